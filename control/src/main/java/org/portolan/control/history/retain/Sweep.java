package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.portolan.control.history.retain.PackShelf.Shelved;

/**
 * Removes what a crash left: packs half written, a pack without its index or an index without its pack, a lock of the
 * file shallow. Only what has not changed for ten minutes, for a person's git may be at work; such a file is never a
 * commit's, because a commit is durable when pack and index are in their places.
 */
final class Sweep {
    /** JGit writes a batch's pack and a fetched one beside their place, in {@code objects}. */
    private static final Pattern IN_OBJECTS = Pattern.compile("(insert_|incoming_|tmp_).*|noz.*\\.tmp");

    private static final Pattern IN_PACK = Pattern.compile("(tmp_|\\.tmp-).*");
    private static final Pattern HALF = Pattern.compile("pack-.*\\.(pack|idx|rev|bitmap|mtimes|objsize)");

    private final Path root;
    private final Path objects;
    private final Path packs;

    Sweep(final FileRepository git) {
        root = git.getDirectory().toPath();
        objects = git.getObjectDatabase().getDirectory().toPath();
        packs = git.getObjectDatabase().getPackDirectory().toPath();
    }

    /** @return how many files went */
    int run(final long nowMs) throws IOException {
        int count = 0;
        // The writer's lock is held: this name is ours alone, and nobody writes there now.
        count += sweep(packs, Long.MAX_VALUE, name -> name.startsWith(PackMerge.TEMPORARY));
        final long latestMs = nowMs - PackShelf.KEPT_MS;
        count += sweep(objects, latestMs, name -> IN_OBJECTS.matcher(name).matches());
        count += sweep(packs, latestMs, name -> IN_PACK.matcher(name).matches());
        count += sweep(packs, latestMs, name -> HALF.matcher(name).matches() && isHalf(name));
        count += sweep(root, latestMs, name -> name.equals("shallow.lock"));
        return count;
    }

    private boolean isHalf(final String name) {
        final String base = name.substring(0, name.lastIndexOf('.'));
        return !Files.exists(packs.resolve(base + ".pack")) || !Files.exists(packs.resolve(base + ".idx"));
    }

    private interface Names {
        boolean match(String name);
    }

    private static int sweep(final Path directory, final long latestMs, final Names names) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (final Path file : files) {
                if (names.match(file.getFileName().toString()) && isOld(file, latestMs) && Files.isRegularFile(file)) {
                    count += Files.deleteIfExists(file) ? 1 : 0;
                }
            }
        }
        return count;
    }

    private static boolean isOld(final Path file, final long latestMs) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toMillis() <= latestMs;
        } catch (final NoSuchFileException e) {
            return false;
        }
    }

    /** Packs that were replaced before the router ended. They are retired anew, for another ten minutes. */
    static int retireReplaced(final PackShelf shelf, final long nowMs) throws IOException {
        final List<Shelved> replaced = Redundancy.find(shelf);
        shelf.retire(replaced, nowMs, pack -> Redundancy.isHeldElsewhere(shelf, pack));
        return replaced.size();
    }
}
