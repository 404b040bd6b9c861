package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.util.FileUtils;

/**
 * What a person's {@code git gc} leaves to be faster, and what says wrong things once the boundary moved: bitmaps reach
 * behind it (JGit throws), a commit graph names commits that are gone.
 */
final class StaleCaches {
    private StaleCaches() {}

    static void drop(final FileRepository git) throws IOException {
        final Path objects = git.getObjectDatabase().getDirectory().toPath();
        if (delete(objects.resolve("pack"), "*.bitmap")) {
            // JGit has them in memory too, and lets go of them with its packs. Who reads opens those again.
            git.getObjectDatabase().close();
        }
        delete(objects.resolve("pack"), "multi-pack-index*");
        Files.deleteIfExists(objects.resolve("info/commit-graph"));
        final Path chain = objects.resolve("info/commit-graphs");
        if (Files.exists(chain)) {
            FileUtils.delete(chain.toFile(), FileUtils.RECURSIVE);
        }
    }

    private static boolean delete(final Path directory, final String pattern) throws IOException {
        boolean any = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
            for (final Path file : files) {
                any |= Files.deleteIfExists(file);
            }
        }
        return any;
    }
}
