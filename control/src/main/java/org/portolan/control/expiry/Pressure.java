package org.portolan.control.expiry;

import org.portolan.control.log.Log;
import org.portolan.dataplane.nat.Nat;

/** Warns before the session table is full, once each time it climbs past a mark. Control's thread. */
public final class Pressure {
    private static final int[] MARKS_PERCENT = {80, 90, 95};

    private final Nat nat;
    private final int maxSessions;
    private final Log log;
    private int warned;

    public Pressure(final Nat nat, final int maxSessions, final Log log) {
        this.nat = nat;
        this.maxSessions = maxSessions;
        this.log = log;
    }

    public void poll() {
        final long sessions = nat.counts().sessions();
        int reached = 0;
        while (reached < MARKS_PERCENT.length && sessions * 100 >= (long) maxSessions * MARKS_PERCENT[reached]) {
            reached++;
        }
        if (reached > warned) {
            log.warn(
                    "session table is %d %% full: %d of nat.max_sessions = %d",
                    MARKS_PERCENT[reached - 1], sessions, maxSessions);
        }
        warned = reached;
    }
}
