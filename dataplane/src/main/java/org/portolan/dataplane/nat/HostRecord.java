package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;

/** Reads a host's record by its address, and commits it; the fields are {@link HostLayout}'s. */
final class HostRecord {
    private HostRecord() {}

    static int insideAddress(final long record) {
        return Memory.intAt(record + HostLayout.INSIDE_ADDRESS_OFFSET);
    }

    static int realm(final long record) {
        return Memory.shortAt(record + HostLayout.REALM_OFFSET) & 0xFFFF;
    }

    /** Commits a record: what was written of it before is there when the flags are. */
    static void publish(final long record, final int realm, final int flags) {
        SharedWord.publishInt(record + HostLayout.COMMIT, realm | flags << 16);
    }

    static int flags(final long record) {
        return Memory.shortAt(record + HostLayout.FLAGS_OFFSET) & 0xFFFF;
    }

    static boolean isTaken(final long record) {
        return flags(record) != 0;
    }

    /** Those that the host opened. */
    static int sessions(final long record) {
        return Memory.intAt(record + HostLayout.SESSIONS_OFFSET);
    }

    /** Those that outside hosts opened to it. */
    static int outsideSessions(final long record) {
        return Memory.intAt(record + HostLayout.OUTSIDE_SESSIONS_OFFSET);
    }

    /** Dynamic mappings, live and resting. */
    static int ports(final long record) {
        return Memory.intAt(record + HostLayout.PORTS_OFFSET);
    }

    static int tokens(final long record) {
        return Memory.intAt(record + HostLayout.TOKENS_OFFSET);
    }

    static int refilledS(final long record) {
        return Memory.intAt(record + HostLayout.REFILLED_OFFSET);
    }

    /** Both in one word: nobody gets the tokens of a second twice. */
    static void putTokens(final long record, final int tokens, final int nowS) {
        Memory.putLong(record + HostLayout.TOKENS_OFFSET, (long) nowS << 32 | tokens & 0xFFFF_FFFFL);
    }

    /** The first mapping in the chain of those with sessions, or -1. */
    static int firstMapping(final long record) {
        return Memory.intAt(record + HostLayout.FIRST_MAPPING_OFFSET) - 1;
    }

    /** What mappings and sessions add up to is counted again. */
    static void clearCounts(final long record) {
        Memory.putLong(record + HostLayout.SESSIONS_OFFSET, 0);
        Memory.putLong(record + HostLayout.PORTS_OFFSET, 0);
        for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
            Memory.putLong(record + HostLayout.PAIRED_OFFSET + pair * HostLayout.PAIR_BYTES, 0);
        }
    }

    /** @param pair 0 to {@link HostLayout#PAIRS} - 1 */
    static int paired(final long record, final int pair) {
        return Memory.intAt(record + HostLayout.PAIRED_OFFSET + pair * HostLayout.PAIR_BYTES);
    }

    /** Mappings that were given a paired address; 0 when there is none. */
    static int pairedPorts(final long record, final int pair) {
        return Memory.intAt(record + HostLayout.PAIRED_PORTS_OFFSET + pair * HostLayout.PAIR_BYTES);
    }

    /** Adds to one of the counts. */
    static void add(final long record, final int offset, final int more) {
        Memory.putInt(record + offset, Memory.intAt(record + offset) + more);
    }
}
