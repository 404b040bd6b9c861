package org.portolan.control.expiry;

import org.portolan.control.log.Log;
import org.portolan.dataplane.policy.Timeouts;

/**
 * How long unanswered sessions live. Their configured time shortens while the session table fills up: not at 80 % full,
 * to a floor at 95 %, and in proportion between. So a flood of SYNs that nobody answers makes room for others before
 * the table is full. An answered or established session is never touched.
 *
 * <p>RFC 5382 REQ-5 asks for 240 s whatever the load; this departs from it under pressure only. The log says when it
 * begins, and when it ends: below 75 %, so that a table around the mark does not fill the log.
 *
 * <p>Control's thread uses it, any thread may read {@link #openingS} and {@link #times}.
 */
public final class OpeningTimer {
    private static final int BEGINS_PER_MILLE = 800;
    private static final int FLOOR_PER_MILLE = 950;
    private static final int ENDS_PER_MILLE = 750;

    private final int capacity;
    private final Log log;
    private Timeouts configured;
    private int perMille;
    private boolean shortens;
    private volatile int openingS;
    private volatile long times;

    /** @param capacity of the session table */
    public OpeningTimer(final int capacity, final Timeouts configured, final Log log) {
        this.capacity = capacity;
        this.log = log;
        adopt(configured);
    }

    /** Other configured times from now on. */
    void adopt(final Timeouts replacement) {
        configured = replacement;
        openingS = currentS(replacement.tcpOpeningS());
    }

    /** Takes into account how many sessions there are now. */
    void update(final int sessions) {
        perMille = (int) (sessions * 1_000L / capacity);
        openingS = currentS(configured.tcpOpeningS());
        if (!shortens && perMille >= BEGINS_PER_MILLE) {
            shortens = true;
            times++;
            log.warn(
                    "session table is 80 %% full: sessions that nobody has answered end sooner, after %d s at 95 %%",
                    currentS(configured.tcpOpeningS(), FLOOR_PER_MILLE));
        } else if (shortens && perMille < ENDS_PER_MILLE) {
            shortens = false;
            log.info("session table is less than 75 % full: sessions that nobody has answered have their full time");
        }
    }

    /** What a configured time is at the moment. */
    int currentS(final int configuredS) {
        return currentS(configuredS, perMille);
    }

    private int currentS(final int configuredS, final int full) {
        final int over = Math.clamp(full - BEGINS_PER_MILLE, 0, FLOOR_PER_MILLE - BEGINS_PER_MILLE);
        final int most = Math.max(0, configuredS - configured.openingFloorS());
        return configuredS - (int) ((long) most * over / (FLOOR_PER_MILLE - BEGINS_PER_MILLE));
    }

    /** The time of TCP sessions that open, now, s. */
    public int openingS() {
        return openingS;
    }

    /** How often it began to shorten, since the start. */
    public long times() {
        return times;
    }
}
