package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.util.FileUtils;

/**
 * Deletes what is of no use: what a crash left, and caches of stock git's that would say wrong things. A crash leaves
 * packs half written, a pack without its index or an index without its pack, a lock of the file shallow. Only what was
 * there ten minutes ago and has not changed since, for a person's git may be at work; such a file is never a commit's,
 * because a commit is durable when pack and index are in their places.
 */
final class Sweep {
    /** JGit writes a batch's pack and a fetched one beside their place, in {@code objects}. */
    private static final Pattern IN_OBJECTS = Pattern.compile("(insert_|incoming_|tmp_).*|noz.*\\.tmp");

    private static final Pattern IN_PACK = Pattern.compile("(tmp_|\\.tmp-).*");
    private static final Pattern HALF = Pattern.compile("pack-.*\\.(pack|idx|rev|bitmap|mtimes|objsize)");

    private final Path root;
    private final Path objects;
    private final Path packs;
    private Map<Path, Sighting> seen = new HashMap<>();

    /** A file as it was when it was seen first. */
    private record Sighting(long sinceMs, long modifiedMs, long bytes) {
        boolean isOf(final BasicFileAttributes file) {
            return file.lastModifiedTime().toMillis() == modifiedMs && file.size() == bytes;
        }
    }

    Sweep(final FileRepository git) {
        root = git.getDirectory().toPath();
        objects = git.getObjectDatabase().getDirectory().toPath();
        packs = git.getObjectDatabase().getPackDirectory().toPath();
    }

    /**
     * @param nowMs of a clock that never goes back
     * @return how many files went
     */
    int run(final long nowMs) throws IOException {
        // The writer's lock is held: this name is ours alone, and nobody writes there now.
        int count = delete(packs, name -> name.startsWith(PackMerge.TEMPORARY));
        final List<Path> left =
                new ArrayList<>(list(objects, name -> IN_OBJECTS.matcher(name).matches()));
        left.addAll(list(packs, name -> IN_PACK.matcher(name).matches()));
        left.addAll(list(packs, name -> HALF.matcher(name).matches() && isHalf(name)));
        left.addAll(list(root, name -> name.equals("shallow.lock")));
        final Map<Path, Sighting> before = seen;
        seen = new HashMap<>();
        for (final Path file : left) {
            count += sweep(file, before.get(file), nowMs) ? 1 : 0;
        }
        return count;
    }

    private boolean sweep(final Path file, final Sighting before, final long nowMs) throws IOException {
        final BasicFileAttributes now;
        try {
            now = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (final NoSuchFileException e) {
            return false;
        }
        if (before != null && before.isOf(now) && nowMs - before.sinceMs >= PackShelf.KEPT_MS) {
            return Files.deleteIfExists(file);
        }
        seen.put(
                file,
                before != null && before.isOf(now)
                        ? before
                        : new Sighting(nowMs, now.lastModifiedTime().toMillis(), now.size()));
        return false;
    }

    private boolean isHalf(final String name) {
        final String base = name.substring(0, name.lastIndexOf('.'));
        return !Files.exists(packs.resolve(base + ".pack")) || !Files.exists(packs.resolve(base + ".idx"));
    }

    private interface Names {
        boolean match(String name);
    }

    private static int delete(final Path directory, final Names names) throws IOException {
        int count = 0;
        for (final Path file : list(directory, names)) {
            count += Files.deleteIfExists(file) ? 1 : 0;
        }
        return count;
    }

    private static List<Path> list(final Path directory, final Names names) throws IOException {
        final List<Path> list = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (final Path file : files) {
                if (names.match(file.getFileName().toString()) && Files.isRegularFile(file)) {
                    list.add(file);
                }
            }
        }
        return list;
    }

    /**
     * What a person's {@code git gc} leaves to be faster, once the boundary moved: bitmaps reach behind it (JGit
     * throws), a commit graph names commits that are gone.
     */
    static void caches(final FileRepository git) throws IOException {
        final Path objects = git.getObjectDatabase().getDirectory().toPath();
        if (delete(objects.resolve("pack"), name -> name.endsWith(".bitmap")) > 0) {
            // JGit has them in memory too, and lets go of them with its packs. Who reads opens those again.
            git.getObjectDatabase().close();
        }
        multiPackIndex(objects.resolve("pack"));
        Files.deleteIfExists(objects.resolve("info/commit-graph"));
        FileUtils.delete(objects.resolve("info/commit-graphs").toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
    }

    /** Names all packs, also one that is about to go. */
    static void multiPackIndex(final Path packs) throws IOException {
        delete(packs, name -> name.startsWith("multi-pack-index"));
    }
}
