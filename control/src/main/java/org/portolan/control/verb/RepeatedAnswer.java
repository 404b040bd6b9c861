package org.portolan.control.verb;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.portolan.control.admin.AdminClient;
import org.portolan.control.answer.Request;
import org.portolan.control.text.UsageException;

/**
 * An answer again and again, until interrupted. On a terminal each takes the place of the one before, and what does
 * not fit is cut; elsewhere they follow each other, an empty line between, or a JSON document a line. Each is one
 * write, and leaves the terminal as it was: there is nothing to clean up after an interrupt.
 */
final class RepeatedAnswer {
    private static final int LONGEST_S = 86_400;
    private static final String HOME = "\u001B[H";
    private static final String NO_WRAP = "\u001B[?7l";
    private static final String WRAP = "\u001B[?7h";
    private static final String CLEAR_TO_END_OF_LINE = "\u001B[K";
    private static final String CLEAR_BELOW = "\u001B[J";

    private final Surroundings surroundings;
    private final boolean json;
    private final int seconds;

    /** @param seconds as the user wrote them */
    RepeatedAnswer(final Surroundings surroundings, final boolean json, final String seconds) throws UsageException {
        this.surroundings = surroundings;
        this.json = json;
        this.seconds = Request.parse(seconds, 1, LONGEST_S);
        if (this.seconds < 0) {
            throw new UsageException("--watch %s: allowed: 1 to %d".formatted(seconds, LONGEST_S));
        }
    }

    /** Ends by an exception: the router's, the output's, or an interrupt. */
    void run(final AdminClient client, final String line) throws Exception {
        for (boolean first = true; ; first = false) {
            if (!first) {
                Thread.sleep(1_000L * seconds);
            }
            if (json) {
                client.ask(line, surroundings.out());
            } else {
                show(client, line, first);
            }
        }
    }

    private void show(final AdminClient client, final String line, final boolean first) throws Exception {
        final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        client.ask(line, answer);
        final String text = answer.toString(StandardCharsets.UTF_8);
        final String lines = first ? text : "\n" + text;
        final String shown = surroundings.outIsTerminal() ? screen(text, surroundings.rows()) : lines;
        try {
            surroundings.out().write(shown.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new AdminClient.OutputException(e);
        }
    }

    /**
     * What draws the text over what is there. The terminal itself cuts lines at its edge.
     *
     * @param rows that the terminal has; 0 when it does not say
     */
    static String screen(final String text, final int rows) {
        final StringBuilder screen = new StringBuilder(HOME).append(NO_WRAP);
        text.lines()
                // The last row stays free: a line feed there would scroll the first one away.
                .limit(rows == 0 ? Long.MAX_VALUE : Math.max(1, rows - 1))
                .forEach(
                        each -> screen.append(each).append(CLEAR_TO_END_OF_LINE).append('\n'));
        return screen.append(CLEAR_BELOW).append(WRAP).toString();
    }
}
