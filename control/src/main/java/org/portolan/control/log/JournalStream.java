package org.portolan.control.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether a descriptor is journald's own socket: systemd says so in {@code $JOURNAL_STREAM}, as device and inode
 * (systemd.exec(5)). The variable alone proves nothing, for a redirection leaves it as it is.
 */
final class JournalStream {
    private static final String VARIABLE = "JOURNAL_STREAM";

    private JournalStream() {}

    /** @param descriptor a link such as {@code /proc/self/fd/2} */
    static boolean isAt(final Path descriptor, final Map<String, String> environment) {
        final String named = environment.get(VARIABLE);
        if (named == null) {
            return false;
        }
        try {
            final Map<String, Object> file = Files.readAttributes(descriptor, "unix:dev,ino");
            return named.equals(file.get("dev") + ":" + file.get("ino"));
        } catch (final IOException e) {
            return false;
        }
    }
}
