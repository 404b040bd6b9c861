package org.portolan.control.history.retain;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.portolan.control.history.pack.PackedSet;

/**
 * The packs on the disk, and which of them are on their way out. A pack that was replaced stays ten minutes, so that
 * who reads it reads on; which ones they are is known to this object alone. A restart forgets it and loses nothing:
 * {@link #retireReplaced} finds them again.
 */
final class PackShelf implements Closeable {
    static final long KEPT_MS = 10 * 60 * 1_000L;

    /** While the disk holds more than it may. Who reads looks for the pack that replaced it, as after a git gc. */
    static final long KEPT_SHORTLY_MS = 60 * 1_000L;

    private static final int HEADER_BYTES = 12;
    private static final int SIGNATURE = 0x5041434B;
    private static final List<String> EXTENSIONS =
            List.of(".idx", ".pack", ".rev", ".bitmap", ".promisor", ".mtimes", ".objsize");

    private final FileRepository git;
    private final Consumer<Path> deleting;
    private final Path directory;
    private final List<Retired> retired = new ArrayList<>();
    private long restMs = KEPT_MS;

    /** @param deleting called with each pack's file before it is deleted */
    PackShelf(final FileRepository git, final Consumer<Path> deleting) {
        this.git = git;
        this.deleting = deleting;
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

    /** Asked when the ten minutes are over. */
    @FunctionalInterface
    interface Farewell extends Closeable {
        /** Whether the pack may go: what is still needed of it is in packs that stay. */
        boolean mayGo(String pack) throws IOException;

        @Override
        default void close() throws IOException {
            // As a rule it holds nothing.
        }
    }

    private record Retired(List<String> packs, long sinceMs, boolean isSettled, Farewell farewell) {}

    // ---- list

    FileRepository git() {
        return git;
    }

    Path directory() {
        return directory;
    }

    /** The file {@code .pack}. */
    Path file(final String name) {
        return directory.resolve(name + ".pack");
    }

    List<Path> files(final Collection<Shelved> packs) {
        return packs.stream().map(each -> file(each.name)).toList();
    }

    /** All that stay, the oldest first. */
    List<Shelved> live() throws IOException {
        final Set<String> dying = new HashSet<>();
        retired.forEach(each -> dying.addAll(each.packs));
        final List<Shelved> live = new ArrayList<>();
        try (DirectoryStream<Path> indexes = Files.newDirectoryStream(directory, "pack-*.idx")) {
            for (final Path index : indexes) {
                final String name = index.getFileName().toString().replaceFirst("\\.idx$", "");
                if (!dying.contains(name)) {
                    shelved(name, index, live);
                }
            }
        }
        live.sort(Comparator.comparingLong(Shelved::modifiedMs).thenComparing(Shelved::name));
        return live;
    }

    private void shelved(final String name, final Path index, final List<Shelved> live) throws IOException {
        final Path pack = file(name);
        try {
            live.add(new Shelved(
                    name,
                    objects(pack),
                    Files.size(pack) + Files.size(index),
                    Files.getLastModifiedTime(pack).toMillis(),
                    Files.exists(directory.resolve(name + ".keep"))));
        } catch (final NoSuchFileException | FileNotFoundException e) {
            // Somebody repacks, or an index was left alone: no pack of ours.
            return;
        }
    }

    private static long objects(final Path pack) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "r")) {
            if (file.length() < HEADER_BYTES || file.readInt() != SIGNATURE) {
                throw new IOException(
                        "%s is not a pack: run git fsck, and put back a copy from a peer".formatted(pack));
            }
            file.readInt();
            return Integer.toUnsignedLong(file.readInt());
        }
    }

    long liveBytes() throws IOException {
        return live().stream().mapToLong(Shelved::bytes).sum();
    }

    // ---- delete what was replaced

    /** They go when ten minutes are over, each if its objects are in packs that stay. */
    void retire(final Collection<Shelved> packs, final long nowMs) {
        retire(packs, nowMs, pack -> hold(live(), pack));
    }

    void retire(final Collection<Shelved> packs, final long nowMs, final Farewell farewell) {
        final List<String> names = packs.stream().map(Shelved::name).toList();
        retired.add(new Retired(names, nowMs, false, farewell));
    }

    /**
     * What was retired since this was called last rests from now on: the piece of work that did it may have taken long.
     */
    void settle(final long nowMs) {
        retired.replaceAll(each -> each.isSettled ? each : new Retired(each.packs, nowMs, true, each.farewell));
    }

    /** Retires packs of which others hold everything: replaced, and the router ended before they were deleted. */
    void retireReplaced(final long nowMs) throws IOException {
        final List<Shelved> stay = live();
        stay.sort(Comparator.comparingLong(Shelved::objects).thenComparing(Shelved::name));
        final List<Shelved> replaced = new ArrayList<>();
        for (final Shelved pack : List.copyOf(stay)) {
            stay.remove(pack);
            if (pack.isKept || !hold(stay, pack.name)) {
                stay.add(pack);
            } else {
                replaced.add(pack);
            }
        }
        if (!replaced.isEmpty()) {
            retire(replaced, nowMs);
        }
    }

    /** Whether each object of a pack is in some other one. */
    private boolean hold(final List<Shelved> others, final String name) throws IOException {
        try (PackedSet held = PackedSet.readable(files(others));
                PackedSet pack = PackedSet.readable(List.of(file(name)))) {
            return pack.size() > 0 && held.containsAll(pack);
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
     * Deletes packs that were retired together, if their time is over.
     *
     * @return whether there were any
     */
    boolean deleteRetired(final long nowMs) throws IOException {
        for (final Retired each : retired) {
            if (nowMs - each.sinceMs >= restMs) {
                delete(each);
                return true;
            }
        }
        return false;
    }

    private void delete(final Retired dead) throws IOException {
        try (Farewell farewell = dead.farewell) {
            for (final String name : dead.packs) {
                if (Files.exists(directory.resolve(name + ".idx")) && farewell.mayGo(name)) {
                    delete(name);
                }
            }
        } finally {
            // What did not go stays.
            retired.remove(dead);
        }
    }

    /** The index goes first: without it nobody takes the rest for a pack. */
    private void delete(final String name) throws IOException {
        deleting.accept(file(name));
        Sweep.multiPackIndex(directory);
        for (final String extension : EXTENSIONS) {
            Files.deleteIfExists(directory.resolve(name + extension));
        }
    }

    @Override
    public void close() throws IOException {
        for (final Retired each : retired) {
            each.farewell.close();
        }
        retired.clear();
    }
}
