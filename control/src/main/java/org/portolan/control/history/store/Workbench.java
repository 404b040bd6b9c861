package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.FileUtils;

/**
 * Where a batch's pack is written before it comes into the repository: a directory of objects of its own, in which git
 * does not look. JGit would put the finished pack among the others at once, where git's tools may delete it.
 */
final class Workbench implements AutoCloseable {
    private static final String DIRECTORY = "writing";

    private final ObjectDirectory objects;

    Workbench(final Path repository) throws IOException {
        final Path place = repository.resolve(DIRECTORY);
        if (Files.exists(place)) {
            // Of a batch that failed.
            sweep(repository);
        }
        final Path shallow = repository.resolve(Constants.SHALLOW);
        objects = new ObjectDirectory(new Config(), place.toFile(), null, FS.DETECTED, shallow.toFile());
        Files.createDirectories(place.resolve("pack"));
    }

    PackInserter newInserter() {
        return objects.newPackInserter();
    }

    /** What is finished: none or one. */
    List<Path> packs() throws IOException {
        final List<Path> packs = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(objects.getPackDirectory().toPath(), "*.pack")) {
            files.forEach(packs::add);
        }
        return packs;
    }

    @Override
    public void close() {
        objects.close();
    }

    /** Removes what an earlier batch left. */
    static void sweep(final Path repository) throws IOException {
        FileUtils.delete(repository.resolve(DIRECTORY).toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
    }
}
