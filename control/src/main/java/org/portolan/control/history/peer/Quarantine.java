package org.portolan.control.history.peer;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.util.FS;

/**
 * Where a peer's objects lie until they are known to be sound: a directory of objects beside the history's own, which
 * git does not look into. On the same file system, so that what is sound moves over by its name alone.
 */
final class Quarantine implements AutoCloseable {
    private static final String DIRECTORY = "quarantine";

    private final Path place;
    private final ObjectDirectory objects;

    private Quarantine(final Path place, final ObjectDirectory objects) {
        this.place = place;
        this.objects = objects;
    }

    /** An empty one; what a crash left there goes. */
    static Quarantine make(final Path repository, final String peer) throws IOException {
        final Path place = repository.resolve(DIRECTORY).resolve(peer);
        delete(place);
        Files.createDirectories(place);
        final ObjectDirectory objects =
                new ObjectDirectory(new Config(), place.resolve("objects").toFile(), null, FS.DETECTED, null);
        objects.create();
        return new Quarantine(place, objects);
    }

    /** Removes what earlier runs left. */
    static void sweep(final Path repository) throws IOException {
        delete(repository.resolve(DIRECTORY));
    }

    ObjectDirectory objects() {
        return objects;
    }

    @Override
    public void close() throws IOException {
        objects.close();
        delete(place);
        try {
            Files.deleteIfExists(place.getParent());
        } catch (final DirectoryNotEmptyException e) {
            // Another peer's is there.
        }
    }

    /** No link is followed. */
    private static void delete(final Path directory) throws IOException {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes)
                        throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(final Path each, final IOException thrown)
                        throws IOException {
                    if (thrown != null) {
                        throw thrown;
                    }
                    Files.delete(each);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (final NoSuchFileException e) {
            // Nothing was there, which is what is wanted.
        }
    }
}
