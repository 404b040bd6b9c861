package org.portolan.control.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.portolan.control.log.Terminal;

/**
 * What a command has around it; a test brings its own.
 *
 * @param out unbuffered, so that a failed write is seen
 * @param outIsTerminal whether somebody looks at {@code out}
 */
public record Surroundings(
        OutputStream out,
        PrintStream err,
        boolean outIsTerminal,
        Map<String, String> environment,
        RouterLauncher launcher) {
    static final Path DEFAULT_SOCKET = Path.of("/run/portolan/control.sock");
    static final String SOCKET_VARIABLE = "PORTOLAN_SOCKET";

    /** This process's. */
    public static Surroundings ofProcess(final RouterLauncher launcher) {
        return new Surroundings(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Terminal.isTerminal(1),
                System.getenv(),
                launcher);
    }

    /** https://no-color.org: any value but the empty one turns it off; and a dumb terminal has none. */
    boolean color() {
        return outIsTerminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** The socket to ask when the command line names none. */
    Path socket() {
        final String named = environment.getOrDefault(SOCKET_VARIABLE, "");
        return named.isEmpty() ? DEFAULT_SOCKET : Path.of(named);
    }
}
