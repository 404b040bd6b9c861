package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.policy.StaticRules;

/** Reads a mapping's record by its address, and commits it; the fields are {@link MappingLayout}'s. */
final class MappingRecord {
    private MappingRecord() {}

    static int insideAddress(final long record) {
        return Memory.intAt(record + MappingLayout.INSIDE_ADDRESS_OFFSET);
    }

    static int outsideAddress(final long record) {
        return Memory.intAt(record + MappingLayout.OUTSIDE_ADDRESS_OFFSET);
    }

    static int insidePort(final long record) {
        return Memory.shortAt(record + MappingLayout.INSIDE_PORT_OFFSET) & 0xFFFF;
    }

    static int outsidePort(final long record) {
        return Memory.shortAt(record + MappingLayout.OUTSIDE_PORT_OFFSET) & 0xFFFF;
    }

    static int realm(final long record) {
        return Memory.shortAt(record + MappingLayout.REALM_OFFSET) & 0xFFFF;
    }

    static int protocol(final long record) {
        return Memory.u8(record + MappingLayout.PROTOCOL_OFFSET);
    }

    /** Whether it is that of a whole address, and so of each port. */
    static boolean isWhole(final long record) {
        return protocol(record) == StaticRules.EVERY_PROTOCOL;
    }

    /** The outside port that packets of an inside port of the mapping get. */
    static int outsidePort(final long record, final int insidePort) {
        return isWhole(record) ? insidePort : outsidePort(record);
    }

    static int sessions(final long record) {
        return Memory.intAt(record + MappingLayout.SESSIONS_OFFSET);
    }

    /** Whether it is a static rule's. */
    static boolean isStatic(final long record) {
        return (flags(record) & MappingLayout.FLAG_STATIC) != 0;
    }

    /** The {@link RuleSlots} number of a static rule's mapping; -1 of another. */
    static int slot(final long record) {
        return isStatic(record) ? Memory.intAt(record + MappingLayout.SLOT) : -1;
    }

    /** Of the sessions of a dynamic mapping, those that the outside opened and the inside has not answered. */
    static int unanswered(final long record) {
        return Memory.intAt(record + MappingLayout.UNANSWERED);
    }

    /** Counts unanswered sessions on a mapping; on a static rule's they do not matter. */
    static void addUnanswered(final long record, final int more) {
        if (!isStatic(record)) {
            Memory.putInt(record + MappingLayout.UNANSWERED, unanswered(record) + more);
        }
    }

    /** Whether it is one session's, and others may have the same outside port. */
    static boolean isShared(final long record) {
        return (flags(record) & MappingLayout.FLAG_SHARED) != 0;
    }

    /** Whether the outside has opened a session on a dynamic mapping. */
    static boolean isCalled(final long record) {
        return (flags(record) & MappingLayout.FLAG_CALLED) != 0;
    }

    static boolean isResting(final long record) {
        return (flags(record) & MappingLayout.FLAG_RESTING) != 0;
    }

    static int restsSinceS(final long record) {
        return Memory.intAt(record + MappingLayout.RESTS_SINCE_OFFSET);
    }

    /** Of a mapping with sessions: the one after it in the chain of its host, or -1. */
    static int nextOfHost(final long record) {
        return Memory.intAt(record + MappingLayout.NEXT_OF_HOST) - 1;
    }

    /** Commits a record: what was written of it before is there when the flags are. */
    static void publish(final long record, final int realm, final int protocol, final int flags) {
        SharedWord.publishInt(record + MappingLayout.COMMIT, realm | protocol << 16 | flags << 24);
    }

    /** Changes the flags of a record; what was written of it before is there when they are. */
    static void publishFlags(final long record, final int flags) {
        final int word = SharedWord.peekInt(record + MappingLayout.COMMIT);
        SharedWord.publishInt(record + MappingLayout.COMMIT, word & 0xFF_FFFF | flags << 24);
    }

    static int flags(final long record) {
        return Memory.u8(record + MappingLayout.FLAGS_OFFSET);
    }
}
