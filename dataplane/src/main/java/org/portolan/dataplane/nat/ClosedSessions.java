package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The TCP sessions whose both sides have closed ({@link SessionState#TCP_CLOSED}), longest silent first. They keep port
 * and session for the closing timer, since a last segment may be sent again, unless somebody needs the room. One that
 * still gets segments goes to the end, so the first one says it for all. When the second in their words begins again at
 * 0 ({@link LastSeen}), the order among queues is wrong for the closing timer. A half-closed one can be among
 * them under {@link WindowCheck#OFF} ({@link SessionState}).
 *
 * <p>One queue for each port class of each outside address, as a new mapping can only use a port of these; and for what
 * the outside opened, one for each forward with a mapping, whose limits are reached by its own sessions. The chain runs
 * through the sessions' companions, in words that a window check has for an open connection: no byte a session.
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
    private final RuleSlots slots;
    private final int firstOfAddresses;
    private final AgeQueues queues;
    private OutsideAddresses addresses;

    ClosedSessions(final SessionTable sessions, final MappingTable mappings, final int maxAddresses) {
        this.sessions = sessions;
        this.mappings = mappings;
        slots = mappings.slots();
        firstOfAddresses = slots.capacity();
        final long companion = sessions.companion(0);
        queues = new AgeQueues(
                firstOfAddresses + 2 * maxAddresses,
                new AgeQueues.Fields(
                        companion + CompanionLayout.OLDER_CLOSED,
                        companion + CompanionLayout.NEWER_CLOSED,
                        CompanionLayout.RECORD_BYTES,
                        sessions.lastSeenAddress(0),
                        Integer.BYTES));
    }

    /** The addresses of a policy; a number that has sessions means the same one as before. */
    void adopt(final OutsideAddresses replacement) {
        addresses = replacement;
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

    /** The longest silent closed session of those that the outside opened on a forward with a mapping, or -1. */
    int longestOfForward(final int slot, final int nowS) {
        return longestIn(slot, nowS);
    }

    /** The one in the same queue that is silent for the next longest after a closed session, or -1. */
    int next(final int session, final int nowS) {
        return ifQuiet(queues.newer(session), nowS);
    }

    /** The longest silent closed session of all, or -1. */
    int longestOfAll(final int nowS) {
        final int ofForwards = queues.oldestQueue(0, slots.untouched());
        final int ofAddresses = queues.oldestQueue(firstOfAddresses, firstOfAddresses + 2 * addresses.numbers());
        final boolean first = queues.oldestStamp(ofForwards) < queues.oldestStamp(ofAddresses);
        return longestIn(first ? ofForwards : ofAddresses, nowS);
    }

    private int longestIn(final int queue, final int nowS) {
        return ifQuiet(queues.oldest(queue), nowS);
    }

    private int ifQuiet(final int session, final int nowS) {
        return session >= 0 && isQuiet(session, nowS) ? session : -1;
    }

    /** Whether a session is silent for long enough to be ended. */
    boolean isQuiet(final int session, final int nowS) {
        return LastSeen.idleS(SharedWord.peekInt(sessions.lastSeenAddress(session)), nowS) >= QUIET_S;
    }

    private int queueOf(final int session, final long line) {
        final int slot = MappingRecord.slot(mappings.record(sessions.mapping(session)));
        if (slot >= 0 && SessionLine.isFromOutside(line)) {
            return slot;
        }
        final boolean privileged = OutsidePorts.isPrivileged(Ipv4.TCP, SessionLine.outsidePort(line));
        return queue(addresses.numberOf(SessionLine.outsideAddress(line)), privileged);
    }

    private int queue(final int addressNumber, final boolean privileged) {
        return firstOfAddresses + 2 * addressNumber + (privileged ? 0 : 1);
    }
}
