package org.portolan.control.expiry;

import java.util.ArrayList;
import java.util.List;
import org.portolan.control.log.Log;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatCounts;
import org.portolan.dataplane.policy.Policy;

/**
 * Warns before something is full: the session table, the mappings, the inside hosts, the sessions from outside, and the
 * ports of each outside address. A line for each at 80 and at 95 %, which says what to do, and one when it has fallen
 * below 75 % again.
 *
 * <p>Control's thread polls once a second, any thread may read {@link #warnings} and {@link #now}.
 */
public final class Pressure {
    private static final String NOTHING = "nothing";

    private final Nat nat;
    private final int maxSessions;
    private final Log log;
    private final Watermark sessions = new Watermark();
    private final Watermark mappings = new Watermark();
    private final Watermark hosts = new Watermark();
    private final Watermark outside = new Watermark();
    private final PoolPressure pool;
    private volatile long warnings;
    private volatile String now = NOTHING;

    public Pressure(final Nat nat, final int maxSessions, final Log log) {
        this.nat = nat;
        this.maxSessions = maxSessions;
        this.log = log;
        pool = new PoolPressure(nat.pool(), log);
    }

    /** @param policy the one that control offered last */
    public void poll(final Policy policy) {
        final NatCounts counts = nat.counts();
        final List<String> high = new ArrayList<>();
        table(
                sessions,
                "session table",
                counts.sessions(),
                maxSessions,
                "limit hosts with many (nat.limits.host_sessions) or raise nat.max_sessions",
                high);
        table(mappings, "mapping table", counts.mappings(), maxSessions, "raise nat.max_sessions", high);
        table(
                hosts,
                "table of inside hosts",
                counts.hosts(),
                counts.hostCapacity(),
                "raise nat.max_sessions: there is room for an eighth as many hosts",
                high);
        table(
                outside,
                "outside hosts' share of the sessions",
                counts.sessionsFromOutside(),
                Math.min(maxSessions, policy.limits().sessions()),
                "lower nat.limits.remote_sessions or raise nat.limits.outside_sessions",
                high);
        warnings += pool.poll(policy.addresses(), high);
        now = high.isEmpty()
                ? NOTHING
                : high.getFirst() + (high.size() > 1 ? " and %d more".formatted(high.size() - 1) : "");
    }

    private void table(
            final Watermark mark,
            final String what,
            final int used,
            final int capacity,
            final String remedy,
            final List<String> high) {
        final int passed = mark.pass(used, capacity);
        if (passed > 0) {
            warnings++;
            // The name belongs to the format: each table is a kind of message of its own.
            log.warn("the " + what + " is %d %% full: %,d of %,d; " + remedy, used * 100L / capacity, used, capacity);
        } else if (passed < 0) {
            log.info("the " + what + " is less than 75 %% full again: %,d of %,d", used, capacity);
        }
        if (mark.isHigh()) {
            high.add(what);
        }
    }

    /** How many warnings there were, since the start. */
    public long warnings() {
        return warnings;
    }

    /** What is nearly full now, in a few words. */
    public String now() {
        return now;
    }
}
