package org.portolan.control.history.retain;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.FileUtils;
import org.portolan.control.history.boundary.CopyingReader;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Packing;
import org.portolan.control.history.pack.Pause;

/**
 * Writes one pack out of several. The commits in them are walked, so that JGit knows each object's path and finds good
 * delta bases; whatever the walk does not meet goes in too. So the new pack holds every wanted object of the old ones,
 * reachable or not, and replaces them whatever the refs are.
 */
final class PackMerge {
    /**
     * {@link Sweep} takes what begins so for left over. Not {@code tmp_}: git prune(1) would delete it while it is
     * written. No dot: else JGit takes it for a pack.
     */
    static final String TEMPORARY = "portolan_";

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileRepository git;
    private final PackedSet sources;
    private final Set<ObjectId> boundary;
    private final Pause pause;
    private final Path directory;

    PackMerge(final FileRepository git, final PackedSet sources, final Pause pause) {
        this(git, sources, Set.of(), pause);
    }

    /** @param boundary commits whose whole trees are looked through for paths, wherever they are themselves */
    PackMerge(final FileRepository git, final PackedSet sources, final Set<ObjectId> boundary, final Pause pause) {
        this.git = git;
        this.sources = sources;
        this.boundary = boundary;
        this.pause = pause;
        directory = git.getObjectDatabase().getPackDirectory().toPath();
    }

    /** Objects that go in wherever the walk leads: it begins at those of them that are commits. */
    interface Entries {
        void forEach(Visitor visitor) throws IOException;
    }

    interface Visitor {
        void visit(ObjectId id, int type) throws IOException;
    }

    /** A pack that is on the disk and that JGit knows. */
    record Written(Path file, long objects, long bytes) {}

    /** All that is chosen of the sources, which is something. */
    Written merge() throws IOException {
        return merge(
                sources, visitor -> sources.forEach(pause, (number, id) -> visitor.visit(id, sources.type(number))));
    }

    /** @param wanted which of the objects that the walk meets go in */
    Written merge(final ObjectIdSet wanted, final Entries entries) throws IOException {
        try {
            return merge(wanted, entries, true);
        } catch (final MissingObjectException e) {
            // A parent or a tree is not there: the repository was damaged before. Paths are a luxury.
            return merge(wanted, entries, false);
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Written merge(final ObjectIdSet wanted, final Entries entries, final boolean byPath) throws IOException {
        final ProgressMonitor monitor = Pause.monitor(pause);
        try (SourcePacks shown = new SourcePacks(git, sources.files());
                PackWriter writer = new PackWriter(Packing.merging(), shown.newReader());
                ObjectReader reader = new PackedReader(git);
                ObjectWalk walk = new ObjectWalk(reader)) {
            walk.setRetainBody(false);
            writer.excludeObjects(id -> !wanted.contains(id));
            if (byPath) {
                walk(entries, writer, walk, monitor);
            }
            entries.forEach((id, type) -> {
                if (writer.get(id) == null) {
                    writer.addObject(walk.lookupAny(id, type));
                }
            });
            walk.dispose();
            return write(writer, monitor);
        }
    }

    private void walk(
            final Entries entries, final PackWriter writer, final ObjectWalk walk, final ProgressMonitor monitor)
            throws IOException {
        final Set<ObjectId> tips = new HashSet<>();
        final Set<ObjectId> parents = new HashSet<>();
        entries.forEach((id, type) -> {
            if (type == Constants.OBJ_COMMIT) {
                final RevCommit commit = walk.parseCommit(id);
                tips.add(commit);
                parents.addAll(List.of(commit.getParents()));
            }
        });
        final Set<ObjectId> outside = new HashSet<>(parents);
        outside.removeAll(tips);
        outside.removeAll(boundary);
        tips.removeAll(parents);
        tips.addAll(boundary);
        writer.preparePack(monitor, walk, tips, outside, PackWriter.NONE);
    }

    private Written write(final PackWriter writer, final ProgressMonitor monitor) throws IOException {
        final Path pack = directory.resolve(TEMPORARY + "pack");
        final Path index = directory.resolve(TEMPORARY + "idx");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(pack), BUFFER_BYTES)) {
                writer.writePack(monitor, monitor, out);
            }
            pause.pause();
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(index), BUFFER_BYTES)) {
                writer.writeIndex(out);
            }
            pause.pause();
            final long bytes = Files.size(pack) + Files.size(index);
            return new Written(publish(pack, index), writer.getObjectCount(), bytes);
        } finally {
            Files.deleteIfExists(pack);
            Files.deleteIfExists(index);
        }
    }

    /** The index comes last: from then on it is a pack. */
    private Path publish(final Path pack, final Path index) throws IOException {
        for (final Path file : List.of(pack, index)) {
            if (!file.toFile().setReadOnly()) {
                throw new IOException("%s cannot be made read-only".formatted(file));
            }
            Durable.sync(file);
            pause.pause();
        }
        final String name = "pack-" + checksum(pack).name();
        final Path published = directory.resolve(name + ".pack");
        Files.move(pack, published, StandardCopyOption.ATOMIC_MOVE);
        Files.move(index, directory.resolve(name + ".idx"), StandardCopyOption.ATOMIC_MOVE);
        Durable.sync(directory);
        git.getObjectDatabase().openPack(published.toFile());
        return published;
    }

    /** Names the pack, as stock git does it: other bytes, other name, even when the objects are the same. */
    private static ObjectId checksum(final Path pack) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "r")) {
            final byte[] last = new byte[Constants.OBJECT_ID_LENGTH];
            file.seek(file.length() - last.length);
            file.readFully(last);
            return ObjectId.fromRaw(last);
        }
    }

    /**
     * Some packs of a repository for JGit's PackWriter, which looks for each object in all the packs that it is shown,
     * and reads their indexes for that: of a year, 143 MB of heap. Here it sees those that are merged, in a directory
     * of links; what else is read on the way is read by {@link PackedReader}. Without any it could copy no delta: a
     * pack would be 6 % larger.
     */
    private static final class SourcePacks implements AutoCloseable {
        /** In the repository, where git does not look. What a crash leaves there goes with the next merge. */
        private static final String DIRECTORY = "merging";

        private final FileRepository git;
        private final Path place;
        private final ObjectDirectory objects;

        /** @param files the packs, each with its index beside it */
        SourcePacks(final FileRepository git, final Collection<Path> files) throws IOException {
            this.git = git;
            place = git.getDirectory().toPath().resolve(DIRECTORY);
            delete();
            final Path links = Files.createDirectories(place.resolve("pack"));
            for (final Path pack : files) {
                final String name = pack.getFileName().toString();
                for (final String each : new String[] {name, name.replace(".pack", ".idx")}) {
                    Files.createSymbolicLink(
                            links.resolve(each), pack.resolveSibling(each).toAbsolutePath());
                }
            }
            objects = new ObjectDirectory(new Config(), place.toFile(), null, FS.DETECTED, null);
            // Looked for here and now: the copy asks only for what was listed.
            objects.getPacks();
        }

        /** Reads all of the repository, and offers what is in these packs to be copied. */
        ObjectReader newReader() {
            return new CopyingReader(new PackedReader(git), objects.newReader());
        }

        private void delete() throws IOException {
            FileUtils.delete(place.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
        }

        @Override
        public void close() throws IOException {
            objects.close();
            delete();
        }
    }
}
