package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideLimits;

/**
 * How many sessions the outside has opened: all together, on each forward ({@link RuleSlots}), and from each remote
 * address; and which of the {@link OutsideLimits} stops one more.
 *
 * <p>One worker uses it.
 */
final class OutsideSessions implements AutoCloseable {
    private final int capacity;
    private final int countable;
    private final RuleSlots slots;
    private final KeyedCounts remotes;
    private OutsideLimits limits;
    private int sessions;

    OutsideSessions(final NatConfig config, final RuleSlots slots) {
        capacity = config.maxSessions();
        countable = config.maxOutsideSessions();
        this.slots = slots;
        remotes = KeyedCounts.ofInts(countable, config.secrets().remotes(), "sessions of remote addresses");
    }

    /** Other limits from now on; what is open beyond them stays. */
    void adopt(final OutsideLimits replacement) {
        limits = replacement;
    }

    /** Sessions that the outside has opened. */
    int sessions() {
        return sessions;
    }

    /** Those that one remote address has opened. */
    int sessionsOf(final int remote) {
        return remotes.of(remote);
    }

    /**
     * The narrowest limit that is reached, as the code of its {@link DropReason}, or 0.
     *
     * @param here sessions that count on the forward or the mapping
     * @param live sessions in the table
     */
    int refusal(final int here, final int remote, final int live) {
        return refusal(here, remote, live, 0, 0);
    }

    /** Whether no limit would be reached if a session of the same forward, with {@code other} as its remote, ended. */
    boolean wouldAdmitInPlaceOf(final int other, final int here, final int remote, final int live) {
        return refusal(here, remote, live, 1, other == remote ? 1 : 0) == 0;
    }

    private int refusal(final int here, final int remote, final int live, final int fewer, final int fewerOfRemote) {
        final int free = capacity - live + fewer;
        if (free == 0) {
            return DropReason.SESSIONS_FULL.code;
        }
        if (sessionsOf(remote) - fewerOfRemote >= limits.remoteSessions()) {
            return DropReason.REMOTE_SESSIONS_FULL.code;
        }
        if (here - fewer >= limits.forwardSessions()) {
            return DropReason.FORWARD_SESSIONS_FULL.code;
        }
        if (sessions - fewer >= limits.sessions()) {
            return DropReason.OUTSIDE_SESSIONS_FULL.code;
        }
        return free <= limits.insideReserve() ? DropReason.SESSIONS_RESERVED.code : 0;
    }

    /** Whether there is room for the count of one more session of an earlier process, whatever the limits. */
    boolean canCount() {
        return sessions < countable;
    }

    /** @param slot of a forward's mapping, or -1 for a dynamic one, which counts by itself */
    void opened(final int slot, final int remote) {
        sessions++;
        slots.addOutsideSessions(slot, 1);
        remotes.add(remote);
    }

    /** @param slot as in {@link #opened} */
    void ended(final int slot, final int remote) {
        sessions--;
        slots.addOutsideSessions(slot, -1);
        remotes.remove(remote);
    }

    long bytes() {
        return remotes.bytes();
    }

    @Override
    public void close() {
        remotes.close();
    }
}
