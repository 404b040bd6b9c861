package org.portolan.bench.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every file of a directory, or the one file, with its size and the hash of what is in it. */
final class FilesSeen {
    private FilesSeen() {}

    static Map<String, String> of(final Path place) {
        final Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(place)) {
            for (final Path file : all.toList()) {
                files.put(place.relativize(file).toString(), Files.isDirectory(file) ? "directory" : content(file));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static String content(final Path file) throws IOException {
        try {
            final byte[] bytes = Files.readAllBytes(file);
            return bytes.length + " "
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
