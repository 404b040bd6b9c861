package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.portolan.control.history.pack.FreshPack;

/**
 * What a writer that was killed leaves behind: locks that nobody holds, packs that were never finished, and marks that
 * keep git's tools from them. Whoever holds the repository's own lock may take them away, for nobody else writes there.
 */
final class Leftovers {
    private static final int REF_DEPTH = 4;

    private Leftovers() {}

    static void sweep(final Path repository) throws IOException {
        sweep(repository, "{HEAD,config,packed-refs,shallow}.lock");
        sweep(repository, OwnFile.UNFINISHED);
        Workbench.sweep(repository);
        FreshPack.sweep(repository.resolve("objects/pack"));
        final List<Path> locks;
        try (Stream<Path> refs = Files.walk(repository.resolve("refs"), REF_DEPTH)) {
            locks = refs.filter(each -> each.toString().endsWith(".lock")).toList();
        }
        for (final Path lock : locks) {
            Files.deleteIfExists(lock);
        }
    }

    private static void sweep(final Path directory, final String names) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, names)) {
            for (final Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
