package org.portolan.control.history.retain;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;

/**
 * The packs on the disk, and which of them are on their way out. A pack that was replaced stays ten minutes, so that
 * who reads it reads on; which ones they are is known to this object alone. A restart forgets it and loses nothing: a
 * pack of which another one holds everything is found again ({@link Redundancy}).
 */
final class PackShelf {
    static final long KEPT_MS = 10 * 60 * 1_000L;

    /** While the disk holds more than it may. Who reads looks for the pack that replaced it, as after a git gc. */
    static final long KEPT_SHORTLY_MS = 60 * 1_000L;

    private static final int HEADER_BYTES = 12;
    private static final int SIGNATURE = 0x5041434B;
    private static final List<String> EXTENSIONS =
            List.of(".idx", ".pack", ".rev", ".bitmap", ".promisor", ".mtimes", ".objsize");

    private final FileRepository git;
    private final Path directory;
    private final Map<String, Retired> retired = new LinkedHashMap<>();
    private long restMs = KEPT_MS;

    PackShelf(final FileRepository git) {
        this.git = git;
        directory = git.getObjectDatabase().getPackDirectory().toPath();
    }

    /**
     * A pack with its index.
     *
     * @param name without extension
     * @param bytes pack and index
     * @param isKept marked with a file {@code .keep}: nobody may touch it
     */
    record Shelved(String name, long objects, long bytes, long modifiedMs, boolean isKept) {}

    /** Asked when the ten minutes are over: whether the pack may go. */
    @FunctionalInterface
    interface Farewell {
        boolean mayGo(Pack pack) throws IOException;
    }

    private record Retired(long sinceMs, Farewell farewell) {}

    FileRepository git() {
        return git;
    }

    Path directory() {
        return directory;
    }

    /** All that stay, the oldest first. */
    List<Shelved> live() throws IOException {
        final List<Shelved> live = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "pack-*.idx")) {
            for (final Path index : files) {
                final String name = index.getFileName().toString().replaceFirst("\\.idx$", "");
                if (!retired.containsKey(name)) {
                    shelved(name, index, live);
                }
            }
        }
        live.sort(Comparator.comparingLong(Shelved::modifiedMs).thenComparing(Shelved::name));
        return live;
    }

    private void shelved(final String name, final Path index, final List<Shelved> live) throws IOException {
        final Path pack = directory.resolve(name + ".pack");
        try {
            live.add(new Shelved(
                    name,
                    objects(pack),
                    Files.size(pack) + Files.size(index),
                    Files.getLastModifiedTime(pack).toMillis(),
                    Files.exists(directory.resolve(name + ".keep"))));
        } catch (final NoSuchFileException | java.io.FileNotFoundException e) {
            // Somebody repacks, or an index was left alone: no pack of ours.
            return;
        }
    }

    private static long objects(final Path pack) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "r")) {
            if (file.length() < HEADER_BYTES || file.readInt() != SIGNATURE) {
                throw new IOException("%s is no pack: look with git fsck, put back a copy of a peer's".formatted(pack));
            }
            file.readInt();
            return Integer.toUnsignedLong(file.readInt());
        }
    }

    long liveBytes() throws IOException {
        long bytes = 0;
        for (final Shelved pack : live()) {
            bytes += pack.bytes;
        }
        return bytes;
    }

    /** A pack's name as it stands here: without extension. */
    static String name(final Pack pack) {
        return pack.getPackFile().getName().replaceFirst("\\.pack$", "");
    }

    /** JGit's view of a pack; whoever wrote it. */
    Pack open(final String name) throws IOException {
        final ObjectDirectory objects = git.getObjectDatabase();
        for (final Pack pack : objects.getPacks()) {
            if (pack.getPackFile().getName().equals(name + ".pack")) {
                return pack;
            }
        }
        return objects.openPack(directory.resolve(name + ".pack").toFile());
    }

    List<Pack> open(final Collection<Shelved> packs) throws IOException {
        final Map<String, Pack> known = new HashMap<>();
        for (final Pack pack : git.getObjectDatabase().getPacks()) {
            known.put(pack.getPackFile().getName(), pack);
        }
        final List<Pack> open = new ArrayList<>(packs.size());
        for (final Shelved each : packs) {
            final Pack pack = known.get(each.name + ".pack");
            open.add(pack == null ? open(each.name) : pack);
        }
        return open;
    }

    void retire(final Collection<Shelved> packs, final long nowMs, final Farewell farewell) {
        for (final Shelved pack : packs) {
            retired.putIfAbsent(pack.name, new Retired(nowMs, farewell));
        }
    }

    int retiredCount() {
        return retired.size();
    }

    /** Of all packs, those that were replaced and rest included. */
    long allBytes() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "pack-*")) {
            for (final Path file : files) {
                bytes += file.toFile().length();
            }
        }
        return bytes;
    }

    /** How long one that was replaced stays from now on. */
    void rest(final long ms) {
        restMs = ms;
    }

    /**
     * Deletes at most one pack whose time is over.
     *
     * @return whether there was one
     */
    boolean deleteOne(final long nowMs) throws IOException {
        for (final Map.Entry<String, Retired> each : retired.entrySet()) {
            final Retired one = each.getValue();
            if (nowMs - one.sinceMs >= restMs) {
                retired.remove(each.getKey());
                final String name = each.getKey();
                if (Files.exists(directory.resolve(name + ".idx")) && one.farewell.mayGo(open(name))) {
                    delete(name);
                }
                return true;
            }
        }
        return false;
    }

    /** The index goes first: without it nobody takes the rest for a pack. */
    private void delete(final String name) throws IOException {
        deleteMultiPackIndex();
        for (final String extension : EXTENSIONS) {
            Files.deleteIfExists(directory.resolve(name + extension));
        }
    }

    /** Stock git's cache over all packs: it would name one that is gone. */
    private void deleteMultiPackIndex() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "multi-pack-index*")) {
            for (final Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
