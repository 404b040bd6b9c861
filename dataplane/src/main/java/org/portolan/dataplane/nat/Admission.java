package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;

/**
 * Whether the outside may open one more session ({@link OutsideLimits}), and the counts that this takes: of all, of
 * each forward (in the mapping's record), of each remote address.
 *
 * <p>One worker uses it.
 */
final class Admission implements AutoCloseable {
    private final OutsideLimits limits;
    private final int capacity;
    private final RemoteCounts remotes;
    private int sessions;

    Admission(final NatConfig config) {
        limits = config.limits();
        capacity = config.maxSessions();
        final int most = config.forwards().isEmpty() ? 0 : Math.min(limits.sessions(), capacity);
        remotes = new RemoteCounts(most, config.secrets().remotes());
    }

    /** Sessions that the outside has opened. */
    int sessions() {
        return sessions;
    }

    /**
     * The narrowest limit that is reached, as the code of its {@link DropReason}, or 0.
     *
     * @param record address of the forward's {@link MappingLayout} record
     * @param live sessions in the table
     */
    int refusal(final long record, final int remote, final int live) {
        return refusal(record, remote, live, 0, 0);
    }

    /** Whether no limit would be reached if a session of the same forward, with {@code other} as its remote, ended. */
    boolean wouldAdmitInPlaceOf(final int other, final long record, final int remote, final int live) {
        return refusal(record, remote, live, 1, other == remote ? 1 : 0) == 0;
    }

    private int refusal(final long record, final int remote, final int live, final int fewer, final int fewerOfRemote) {
        final int free = capacity - live + fewer;
        if (free == 0) {
            return DropReason.SESSIONS_FULL.code;
        }
        if (remotes.of(remote) - fewerOfRemote >= limits.remoteSessions()) {
            return DropReason.REMOTE_SESSIONS_FULL.code;
        }
        if (MappingRecord.outsideSessions(record) - fewer >= limits.forwardSessions()) {
            return DropReason.FORWARD_SESSIONS_FULL.code;
        }
        if (sessions - fewer >= limits.sessions()) {
            return DropReason.OUTSIDE_SESSIONS_FULL.code;
        }
        return free <= limits.insideReserve() ? DropReason.SESSIONS_RESERVED.code : 0;
    }

    void opened(final long record, final int remote) {
        sessions++;
        MappingRecord.addOutsideSessions(record, 1);
        remotes.add(remote);
    }

    void ended(final long record, final int remote) {
        sessions--;
        MappingRecord.addOutsideSessions(record, -1);
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
