package org.portolan.control.replay;

import org.agrona.concurrent.status.CountersReader;

/**
 * The counters as lines {@code name value}, in the order in which they were made; reasons that dropped nothing left
 * out.
 */
final class CounterText {
    private static final String DROP = ".drop.";

    private CounterText() {}

    /** @param sessions open at the end */
    static String of(final CountersReader counters, final long sessions) {
        final StringBuilder text = new StringBuilder();
        counters.forEach((value, id, name) -> {
            if (value != 0 || !name.contains(DROP)) {
                line(text, name, value);
            }
        });
        line(text, "sessions", sessions);
        return text.toString();
    }

    private static void line(final StringBuilder text, final String name, final long value) {
        text.append(name).append(' ').append(value).append('\n');
    }
}
