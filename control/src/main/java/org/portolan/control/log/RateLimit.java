package org.portolan.control.log;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * How often one kind of message may appear: {@value #BURST} in any second that begins with the first of them, the rest
 * counted. Kinds are bounded too: beyond {@value #KINDS} they share one allowance.
 *
 * <p>Not thread-safe; the log holds its lock.
 */
final class RateLimit {
    static final int BURST = 10;
    static final int KINDS = 256;
    static final long WINDOW_NS = 1_000_000_000L;

    private static final String ALL_OTHERS = "other messages";

    private static final class Window {
        private long startNs;
        private int passed;
        private int suppressed;
    }

    private final Map<String, Window> windows = new HashMap<>();

    /**
     * Whether this message may appear.
     *
     * @param report is told of the kind's suppressed messages, once, when its window is over
     */
    boolean admit(final String kind, final long nowNs, final ObjIntConsumer<String> report) {
        final String bounded = windows.containsKey(kind) || windows.size() < KINDS ? kind : ALL_OTHERS;
        final Window window = windows.computeIfAbsent(bounded, ignored -> new Window());
        if (window.passed == 0 || nowNs - window.startNs >= WINDOW_NS) {
            renew(bounded, window, report);
            window.startNs = nowNs;
        }
        if (window.passed < BURST) {
            window.passed++;
            return true;
        }
        window.suppressed++;
        return false;
    }

    /** Reports the kinds whose window is over; at the end of a run, {@code force} reports all. */
    void settle(final long nowNs, final boolean force, final ObjIntConsumer<String> report) {
        windows.forEach((kind, window) -> {
            if (window.suppressed > 0 && (force || nowNs - window.startNs >= WINDOW_NS)) {
                renew(kind, window, report);
            }
        });
    }

    private static void renew(final String kind, final Window window, final ObjIntConsumer<String> report) {
        final int suppressed = window.suppressed;
        window.passed = 0;
        window.suppressed = 0;
        if (suppressed > 0) {
            report.accept(kind, suppressed);
        }
    }
}
