package org.portolan.control.verb;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.portolan.control.answer.Request;
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
        RouterLauncher launcher,
        ReplayLauncher replayer) {
    static final Path DEFAULT_SOCKET = Path.of("/run/portolan/control.sock");
    static final String SOCKET_VARIABLE = "PORTOLAN_SOCKET";

    /** This process's. */
    public static Surroundings ofProcess(final RouterLauncher launcher, final ReplayLauncher replayer) {
        return new Surroundings(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Terminal.isTerminal(1),
                System.getenv(),
                launcher,
                replayer);
    }

    /** https://no-color.org: any value but the empty one turns it off; and a dumb terminal has none. */
    boolean color() {
        return outIsTerminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Whether what is drawn may be of more than ASCII: the locale says so, and it is not the console's VGA font. */
    boolean unicode() {
        final String terminal = environment.getOrDefault("TERM", "");
        for (final String variable : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
            final String locale = environment.getOrDefault(variable, "").toLowerCase(Locale.ROOT);
            if (!locale.isEmpty()) {
                final boolean utf8 = locale.contains("utf-8") || locale.contains("utf8");
                return utf8 && !terminal.equals("linux") && !terminal.equals("dumb");
            }
        }
        return false;
    }

    /** How wide the terminal is; 0 when nobody looks, or when it does not say. */
    int columns() {
        final int said = Request.parse(environment.getOrDefault("COLUMNS", ""), 1, 9_999);
        return said > 0 ? said : outIsTerminal ? Terminal.columns(1) : 0;
    }

    /** How high the terminal is; 0 when nobody looks, or when it does not say. */
    int rows() {
        final int said = Request.parse(environment.getOrDefault("LINES", ""), 1, 9_999);
        return said > 0 ? said : outIsTerminal ? Terminal.rows(1) : 0;
    }

    /** The user's, by TZ or else the machine's. */
    ZoneId zone() {
        final String named = environment.getOrDefault("TZ", "");
        try {
            return named.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(named);
        } catch (final DateTimeException e) {
            // POSIX has other forms of it, and the machine's default came from reading them.
            return ZoneId.systemDefault();
        }
    }

    /** The socket to ask when the command line names none. */
    Path socket() {
        final String named = environment.getOrDefault(SOCKET_VARIABLE, "");
        return named.isEmpty() ? DEFAULT_SOCKET : Path.of(named);
    }
}
