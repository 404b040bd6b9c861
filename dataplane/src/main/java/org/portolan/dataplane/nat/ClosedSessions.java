package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The TCP sessions whose both sides have closed ({@link SessionState#TCP_CLOSED}), longest silent first. They keep port
 * and session for the closing timer, since a last segment may be sent again, unless somebody needs the room. One that
 * still gets segments goes to the end, so the first one says it for all. When the second in their words begins again at 0
 * ({@link LastSeen}), the order among queues is wrong for the closing timer. A half-closed one is among them if somebody
 * forged the remote's FIN ({@link SessionState}).
 *
 * <p>One queue for each port class of each outside address, as a new mapping can only use a port of these, and one for
 * each forward, whose port is nobody else's but whose limits are reached by its own sessions. The chain runs through
 * the sessions' companions, in words that a window check has for an open connection: no byte a session.
 *
 * <p>One worker uses it.
 */
final class ClosedSessions {
    /**
     * A closed session that carried a segment within this time is left alone: its last ones are still on their way. The
     * clock has whole seconds, so 2 are more than 1.
     */
    private static final int QUIET_S = 2;

    private final SessionTable sessions;
    private final MappingTable mappings;
    private final OutsideAddresses addresses;
    private final int firstForward;
    private final AgeQueues queues;

    /** @param forwards how many; their mappings are the table's first */
    ClosedSessions(
            final SessionTable sessions,
            final MappingTable mappings,
            final OutsideAddresses addresses,
            final int forwards) {
        this.sessions = sessions;
        this.mappings = mappings;
        this.addresses = addresses;
        firstForward = 2 * addresses.count();
        final long companion = sessions.companion(0);
        queues = new AgeQueues(
                firstForward + forwards,
                new AgeQueues.Fields(
                        companion + CompanionLayout.OLDER_CLOSED,
                        companion + CompanionLayout.NEWER_CLOSED,
                        CompanionLayout.RECORD_BYTES,
                        sessions.lastSeenAddress(0),
                        Integer.BYTES));
    }

    /** Adds a session whose last-seen word is up to date. */
    void add(final int session, final long line) {
        queues.add(queueOf(session, line), session);
    }

    void remove(final int session, final long line) {
        queues.remove(queueOf(session, line), session);
        final long companion = sessions.companion(session);
        Memory.putInt(companion + CompanionLayout.OLDER_CLOSED, 0);
        Memory.putInt(companion + CompanionLayout.NEWER_CLOSED, 0);
    }

    /** The longest silent closed session on an outside port of one class of one address, or -1. */
    int longestOnPorts(final int addressNumber, final boolean privileged, final int nowS) {
        return longestIn(queue(addressNumber, privileged), nowS);
    }

    /** The longest silent closed session of a forward, or -1. */
    int longestOfForward(final int forward, final int nowS) {
        return longestIn(firstForward + forward, nowS);
    }

    /** The one of the same forward that is silent for the next longest after a closed session, or -1. */
    int nextOfForward(final int session, final int nowS) {
        return ifQuiet(queues.newer(session), nowS);
    }

    /** The longest silent closed session of all, or -1. */
    int longestOfAll(final int nowS) {
        return longestIn(queues.oldestQueue(), nowS);
    }

    private int longestIn(final int queue, final int nowS) {
        return ifQuiet(queues.oldest(queue), nowS);
    }

    private int ifQuiet(final int session, final int nowS) {
        if (session < 0) {
            return -1;
        }
        final int word = SharedWord.peekInt(sessions.lastSeenAddress(session));
        return LastSeen.idleS(word, nowS) >= QUIET_S ? session : -1;
    }

    private int queueOf(final int session, final long line) {
        final int mapping = sessions.mapping(session);
        if (MappingRecord.isPinned(mappings.record(mapping))) {
            return firstForward + mapping;
        }
        final boolean privileged = OutsidePorts.isPrivileged(Ipv4.TCP, SessionLine.outsidePort(line));
        return queue(addresses.numberOf(SessionLine.outsideAddress(line)), privileged);
    }

    private static int queue(final int addressNumber, final boolean privileged) {
        return 2 * addressNumber + (privileged ? 0 : 1);
    }
}
