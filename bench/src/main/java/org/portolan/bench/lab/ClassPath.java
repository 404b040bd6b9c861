package org.portolan.bench.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What this JVM's classes are read from, and a router's too. */
final class ClassPath {
    private ClassPath() {}

    /** Surefire starts its JVM from a jar of its own and tells the real class path apart. */
    static String own() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /**
     * Copies all of it. Jars in a home directory are closed to a router that becomes another user, and a class that is
     * loaded only then is missing; where the router is installed, its one jar is open from the start.
     */
    static String copiedTo(final Path directory) {
        final List<String> copies = new ArrayList<>();
        for (final String entry : own().split(File.pathSeparator)) {
            final Path from = Path.of(entry);
            if (Files.exists(from)) {
                final Path to = directory.resolve(copies.size() + "-" + from.getFileName());
                copy(from, to);
                copies.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    /** A copy that only its owner may read. */
    static String closedCopy(final Path directory) {
        final String copies = copiedTo(directory);
        try {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return copies;
    }

    private static void copy(final Path from, final Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            Files.createDirectories(to.getParent());
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
