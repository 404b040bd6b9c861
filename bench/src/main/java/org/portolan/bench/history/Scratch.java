package org.portolan.bench.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for repositories: a commit is as fast as its disk. Gone when closed, and when the JVM is interrupted. */
final class Scratch implements AutoCloseable {
    private final Path directory;
    private final Thread atExit = new Thread(this::delete, "scratch");

    /** @param parent exists already */
    Scratch(final Path parent) throws IOException {
        directory = Files.createTempDirectory(parent, "portolan-history-");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    Path resolve(final String name) {
        return directory.resolve(name);
    }

    /** What kind of disk the figures are from. */
    String fileSystem() throws IOException {
        return Files.getFileStore(directory).type();
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException | java.io.UncheckedIOException e) {
            System.err.println("bench: " + directory + " is left: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        delete();
    }
}
