package org.portolan.control.log;

import java.io.IOException;
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
}
