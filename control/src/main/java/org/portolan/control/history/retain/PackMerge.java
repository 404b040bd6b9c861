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
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.portolan.control.history.pack.PackedReader;

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
    private final PackConfig config;
    private final Pause pause;
    private final Set<ObjectId> boundary;
    private final Path directory;

    PackMerge(final FileRepository git, final PackConfig config, final Pause pause) {
        this(git, config, pause, Set.of());
    }

    /** @param boundary commits whose whole trees are looked through for paths, wherever they are themselves */
    PackMerge(final FileRepository git, final PackConfig config, final Pause pause, final Set<ObjectId> boundary) {
        this.git = git;
        this.config = config;
        this.pause = pause;
        this.boundary = boundary;
        directory = git.getObjectDatabase().getPackDirectory().toPath();
    }

    /** A pack that is on the disk and that JGit knows. */
    record Written(String name, long objects, long bytes) {}

    /**
     * @param wanted which objects of the sources; asked for those only
     * @return null when nothing is wanted
     */
    Written merge(final Collection<Pack> sources, final ObjectIdSet wanted) throws IOException {
        try {
            return merged(sources, wanted, true, true);
        } catch (final MissingObjectException e) {
            // A parent or a tree is not there: the repository was damaged before. Paths are a luxury.
            return merged(sources, wanted, false, true);
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The same, but only what the wanted commits lead to. */
    Written mergeWalked(final Collection<Pack> sources, final ObjectIdSet wanted) throws IOException {
        try {
            return merged(sources, wanted, true, false);
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Written merged(
            final Collection<Pack> sources, final ObjectIdSet wanted, final boolean byPath, final boolean withRest)
            throws IOException {
        final ProgressMonitor monitor = Pause.monitor(pause);
        try (SourcePacks shown = new SourcePacks(git, sources);
                PackWriter writer = new PackWriter(config, shown.newReader());
                ObjectReader reader = new PackedReader(git);
                ObjectWalk walk = new ObjectWalk(reader)) {
            final Sources from = new Sources(shown.packs(), wanted);
            walk.setRetainBody(false);
            writer.excludeObjects(id -> !from.contains(id));
            if (byPath) {
                from.ends(walk, boundary, pause);
                writer.preparePack(monitor, walk, from.tips, from.outside, PackWriter.NONE);
            }
            if (withRest) {
                from.addRest(writer, walk, pause);
            }
            walk.dispose();
            return writer.getObjectCount() == 0 ? null : write(writer, monitor);
        }
    }

    /** The objects of some packs that are wanted. */
    private static final class Sources implements ObjectIdSet {
        private final Collection<Pack> packs;
        private final ObjectIdSet wanted;
        private final Set<ObjectId> tips = new HashSet<>();
        private final Set<ObjectId> outside = new HashSet<>();

        Sources(final Collection<Pack> packs, final ObjectIdSet wanted) {
            this.packs = packs;
            this.wanted = wanted;
        }

        @Override
        public boolean contains(final AnyObjectId id) {
            try {
                for (final Pack pack : packs) {
                    if (pack.getIndex().contains(id)) {
                        return wanted.contains(id);
                    }
                }
                return false;
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Where the walk begins, and what it need not go into. */
        void ends(final ObjectWalk walk, final Set<ObjectId> boundary, final Pause pause) throws IOException {
            final Set<ObjectId> parents = new HashSet<>();
            forEach(pause, (id, type) -> {
                if (type == Constants.OBJ_COMMIT) {
                    final RevCommit commit = walk.parseCommit(id);
                    tips.add(commit);
                    for (final RevCommit parent : commit.getParents()) {
                        parents.add(parent);
                    }
                }
            });
            for (final ObjectId parent : parents) {
                if (!tips.remove(parent) && !boundary.contains(parent)) {
                    outside.add(parent);
                }
            }
            tips.addAll(boundary);
        }

        void addRest(final PackWriter writer, final ObjectWalk walk, final Pause pause) throws IOException {
            forEach(pause, (id, type) -> {
                if (writer.get(id) == null) {
                    final RevObject object = walk.lookupAny(id, type);
                    writer.addObject(object);
                }
            });
        }

        private void forEach(final Pause pause, final Visitor visitor) throws IOException {
            int since = 0;
            for (final Pack pack : packs) {
                final PackIndex index = pack.getIndex();
                try (PackScan scan = new PackScan(pack.getPackFile().toPath(), index)) {
                    for (final PackIndex.MutableEntry entry : index) {
                        final ObjectId id = entry.toObjectId();
                        if (wanted.contains(id)) {
                            visitor.visit(id, scan.type(entry.getOffset()));
                        }
                        if ((++since & 0xFF) == 0) {
                            pause.pause();
                        }
                    }
                }
            }
        }
    }

    private interface Visitor {
        void visit(ObjectId id, int type) throws IOException;
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
    private String publish(final Path pack, final Path index) throws IOException {
        for (final Path file : List.of(pack, index)) {
            if (!file.toFile().setReadOnly()) {
                throw new IOException("%s cannot be made read-only".formatted(file));
            }
            Durable.sync(file);
            pause.pause();
        }
        final String name = "pack-" + checksum(pack).name();
        Files.move(pack, directory.resolve(name + ".pack"), StandardCopyOption.ATOMIC_MOVE);
        Files.move(index, directory.resolve(name + ".idx"), StandardCopyOption.ATOMIC_MOVE);
        Durable.sync(directory);
        git.getObjectDatabase().openPack(directory.resolve(name + ".pack").toFile());
        return name;
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
}
