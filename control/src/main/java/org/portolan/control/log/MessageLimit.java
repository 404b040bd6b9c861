package org.portolan.control.log;

import java.util.HashMap;
import java.util.Map;

/**
 * How often one kind of message may appear: {@value #BURST} in any second that begins with the first of them, the rest
 * counted. Kinds are bounded too: beyond {@value #KINDS} they share one allowance.
 *
 * <p>Not thread-safe; the log holds its lock.
 */
final class MessageLimit {
    static final int BURST = 10;
    static final int KINDS = 256;
    static final long WINDOW_NS = 1_000_000_000L;

    private static final String ALL_OTHERS = "other messages";
    private static final int LONGEST_EXAMPLE = 120;

    /** Called once for each window with the number of messages of a kind that did not appear. */
    @FunctionalInterface
    interface Report {
        void suppressed(Log.Level level, String sentence);
    }

    /** The allowance of one kind. */
    final class Kind {
        private final boolean mixed;
        private long startNs;
        private int passed;
        private int suppressed;
        private Log.Level level = Log.Level.WARN;
        private String example = "";

        private Kind(final boolean mixed) {
            this.mixed = mixed;
        }

        /** Whether one more message may appear. */
        boolean admits(final long nowNs) {
            if (passed == 0 || isOver(nowNs)) {
                renew();
                startNs = nowNs;
            }
            if (passed < BURST) {
                passed++;
                return true;
            }
            suppressed++;
            return false;
        }

        /** This message appeared; it stands for those that will not. */
        void shown(final Log.Level as, final String message) {
            level = as;
            example = message.length() > LONGEST_EXAMPLE ? message.substring(0, LONGEST_EXAMPLE) + "..." : message;
        }

        private boolean isOver(final long nowNs) {
            return nowNs - startNs >= WINDOW_NS;
        }

        private void renew() {
            final int count = suppressed;
            passed = 0;
            suppressed = 0;
            if (count > 0) {
                report.suppressed(level, sentence(count));
            }
        }

        private String sentence(final int count) {
            final String messages = count == 1 ? "message" : "messages";
            final String which = mixed ? "of other kinds" : "like '" + example + "'";
            return "%,d more %s %s %s suppressed".formatted(count, messages, which, count == 1 ? "was" : "were");
        }
    }

    private final Report report;
    private final Map<String, Kind> kinds = new HashMap<>();

    MessageLimit(final Report report) {
        this.report = report;
    }

    /** The allowance that messages of this kind use up. */
    Kind kind(final String name) {
        final boolean mixed = !kinds.containsKey(name) && kinds.size() >= KINDS;
        return kinds.computeIfAbsent(mixed ? ALL_OTHERS : name, ignored -> new Kind(mixed));
    }

    /** Reports the kinds whose window is over; at the end of a run, {@code force} reports all. */
    void settle(final long nowNs, final boolean force) {
        for (final Kind kind : kinds.values()) {
            if (kind.suppressed > 0 && (force || kind.isOver(nowNs))) {
                kind.renew();
            }
        }
    }
}
