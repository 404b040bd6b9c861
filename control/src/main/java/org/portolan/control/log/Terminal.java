package org.portolan.control.log;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.posix.POSIXFactory;

/**
 * Whether a file descriptor is a terminal.
 *
 * <p>isatty(3) through JNR-POSIX takes about 300 ms the first time, too long for a command that answers in as much, so
 * the link in /proc is read first and the C library is asked only where that leaves a doubt.
 */
public final class Terminal {
    private Terminal() {}

    public static boolean isTerminal(final int fd) {
        final String target;
        try {
            final Path link = Path.of("/proc/self/fd/" + fd);
            target = Files.readSymbolicLink(link).toString();
            if (Files.isRegularFile(link) || Files.isDirectory(link)) {
                return false;
            }
        } catch (final IOException e) {
            return false;
        }
        if (target.startsWith("pipe:") || target.startsWith("socket:") || target.equals("/dev/null")) {
            return false;
        }
        if (target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")) {
            return true;
        }
        return POSIXFactory.getNativePOSIX().libc().isatty(fd) == 1;
    }

    /** How many columns the terminal has that a descriptor is; 0 when it does not say. */
    public static int columns(final int fd) {
        return size(fd)[1];
    }

    /** How many rows. */
    public static int rows(final int fd) {
        return size(fd)[0];
    }

    /** Rows and columns. stty(1) answers in 17 ms, where the first ioctl(2) through the JVM's linker takes 54. */
    private static int[] size(final int fd) {
        try {
            final Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/proc/self/fd/" + fd))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            final String[] size = new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            if (size.length == 2 && size[0].matches("[0-9]{1,4}") && size[1].matches("[0-9]{1,4}")) {
                return new int[] {Integer.parseInt(size[0]), Integer.parseInt(size[1])};
            }
        } catch (final IOException e) {
            // Without stty nobody says.
        }
        return new int[2];
    }
}
