package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Flow;

/**
 * The sessions: a slab of {@link SessionLayout} lines and, behind them, their {@link CompanionLayout} records; the
 * dense array of {@link LastSeen} words; and one index that holds both flows of each session as a {@link Match}. Fixed
 * capacity; a free session is found in a chain through the companions of the free ones.
 *
 * <p>One worker calls everything here; control reads through a {@link SessionReader}. A line is written between two
 * writes of its generation (odd in between), and its word in the dense array is published after it, so a reader that
 * sees a word also sees the line that it belongs to. The slab may outlive the process: a line with an even generation
 * is whole at every moment.
 */
final class SessionTable implements AutoCloseable {
    private final int capacity;
    private final FlowKey key;
    private final Slab slab;
    private final Slab lastSeen;
    private final BucketIndex index;
    private final long firstLine;
    private final long firstCompanion;
    private final long firstLastSeen;
    private int size;
    private int untouched;
    private int freeChain = -1;

    /** @param slab closed with the table */
    SessionTable(final Slab slab, final FlowKey key) {
        this.slab = slab;
        this.key = key;
        capacity = (int) (slab.bytes() / SessionLayout.SESSION_BYTES);
        lastSeen = Slab.allocate((long) capacity * Integer.BYTES, "sessions' last-seen words");
        index = new BucketIndex(2 * capacity, "session index");
        firstLine = slab.address();
        firstCompanion = firstLine + (long) capacity * SessionLayout.LINE_BYTES;
        firstLastSeen = lastSeen.address();
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == capacity;
    }

    /** Address of a session's line. */
    long line(final int session) {
        return firstLine + (long) session * SessionLayout.LINE_BYTES;
    }

    /** Address of a session's companion. */
    long companion(final int session) {
        return firstCompanion + (long) session * CompanionLayout.RECORD_BYTES;
    }

    /** Address of a session's word in the dense array. */
    long lastSeenAddress(final int session) {
        return firstLastSeen + (long) session * Integer.BYTES;
    }

    /** Touches the bucket of a hash. */
    long touch(final long hash) {
        return index.touch(hash);
    }

    /** The match that a packet's hash most likely leads to, or -1; {@link #has} decides. */
    int likely(final long hash) {
        return index.likely(hash);
    }

    /** Touches the line of a match's session, or none for -1; as {@link Nat#touchSession}. */
    int touchSession(final int match, final int nowS) {
        return match < 0 ? 0 : LastSeen.otherSecond(SessionLine.lastSeen(line(Match.session(match))), nowS);
    }

    /** Touches the word of a match's session in the dense array, or none for -1. */
    int touchLastSeen(final int match) {
        return match < 0 ? 0 : SharedWord.peekInt(lastSeenAddress(Match.session(match)));
    }

    /** Touches the companion of a match's session, or none for -1. */
    int touchCompanion(final int match) {
        return match < 0 ? 0 : Memory.intAt(companion(Match.session(match)));
    }

    /** Whether the session lives and has this flow in the match's direction. */
    boolean has(final int match, final long addresses, final long ports) {
        return SessionLine.has(line(Match.session(match)), Match.direction(match), addresses, ports);
    }

    /** The session that has this flow, and in which direction, or -1. */
    int find(final long addresses, final long ports, final long hash) {
        long candidate = index.first(hash);
        while (candidate >= 0) {
            if (has((int) candidate, addresses, ports)) {
                return (int) candidate;
            }
            candidate = index.after(hash, candidate);
        }
        return -1;
    }

    /** As {@link #find(long, long, long)}, for a flow that is not a packet's. */
    int find(final long addresses, final long ports) {
        return find(addresses, ports, key.hash(addresses, ports));
    }

    /** Hash of a flow that is not a packet's. */
    long hash(final long addresses, final long ports) {
        return key.hash(addresses, ports);
    }

    /** Whether the index has room for both flows of a session, by their hashes. */
    boolean hasRoom(final long hash, final long replyHash) {
        // Each may take the other's last slot, so each must find two.
        return index.hasRoom(hash, 2) && index.hasRoom(replyHash, 2);
    }

    /** Touches the line, the companion and the word of the session that is opened next; the value means nothing. */
    long touchFree() {
        final int session = freeChain >= 0 ? freeChain : Math.min(untouched, capacity - 1);
        return Memory.longAt(line(session))
                + Memory.longAt(companion(session))
                + SharedWord.peekInt(lastSeenAddress(session));
    }

    /**
     * Opens a session, whose flows are not in the table and for which there is room.
     *
     * @param hash of the original flow
     * @param replyHash of the other one
     */
    int open(
            final long addresses,
            final long ports,
            final long replyAddresses,
            final long replyPorts,
            final long hash,
            final long replyHash,
            final SessionState state,
            final int nowS) {
        final int session = takeLine();
        final long line = line(session);
        final int generation = SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET);
        final int word = LastSeen.word(nowS, state.code);
        beginWrite(line, generation);
        Memory.putLong(line + SessionLayout.ORIGINAL_ADDRESSES_OFFSET, addresses);
        Memory.putLong(line + SessionLayout.ORIGINAL_PORTS_OFFSET, ports);
        Memory.putLong(line + SessionLayout.REPLY_ADDRESSES_OFFSET, replyAddresses);
        Memory.putLong(line + SessionLayout.REPLY_PORTS_OFFSET, replyPorts);
        writeDeltas(line, addresses, ports, replyAddresses, replyPorts);
        Memory.putInt(line + SessionLayout.LAST_SEEN_OFFSET, word);
        Memory.putInt(line + SessionLayout.TRACKING_OFFSET, 0);
        Memory.putLong(line + SessionLayout.ORIGINAL_BYTES_OFFSET, 0);
        Memory.putLong(line + SessionLayout.REPLY_BYTES_OFFSET, 0);
        clearCompanion(companion(session));
        endWrite(line, generation);
        SharedWord.publishInt(lastSeenAddress(session), word);
        index.insert(hash, Match.of(session, Match.ORIGINAL));
        index.insert(replyHash, Match.of(session, Match.REPLY));
        size++;
        return session;
    }

    private static void clearCompanion(final long companion) {
        for (int at = 0; at < CompanionLayout.RECORD_BYTES; at += Long.BYTES) {
            Memory.putLong(companion + at, 0);
        }
    }

    private int takeLine() {
        if (freeChain < 0) {
            return untouched++;
        }
        final int session = freeChain;
        freeChain = Memory.intAt(companion(session) + CompanionLayout.MAPPING_INDEX_OFFSET);
        return session;
    }

    private static void writeDeltas(
            final long line, final long addresses, final long ports, final long replyAddresses, final long replyPorts) {
        final int addressDelta = Flow.addressDelta(addresses, Flow.turnedAddresses(replyAddresses));
        final int transportDelta = Flow.transportDelta(addressDelta, ports, Flow.turnedPorts(replyPorts));
        Memory.putShort(line + SessionLayout.ADDRESS_DELTA_OFFSET, (short) addressDelta);
        Memory.putShort(line + SessionLayout.TRANSPORT_DELTA_OFFSET, (short) transportDelta);
    }

    /** Frees a live session that is in no mapping's chain: readers see it go before its line changes. */
    void free(final int session) {
        final long line = line(session);
        SharedWord.publishInt(lastSeenAddress(session), 0);
        for (int direction = Match.ORIGINAL; direction <= Match.REPLY; direction++) {
            index.remove(hash(line, direction), Match.of(session, direction));
        }
        clear(line, SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET));
        chainFree(session);
        size--;
    }

    private static void clear(final long line, final int generation) {
        beginWrite(line, generation);
        Memory.putLong(line + SessionLayout.ORIGINAL_PORTS_OFFSET, 0);
        Memory.putLong(line + SessionLayout.REPLY_PORTS_OFFSET, 0);
        Memory.putInt(line + SessionLayout.LAST_SEEN_OFFSET, 0);
        endWrite(line, generation);
    }

    /**
     * Goes on with a session of an earlier process, whose line is whole and in use.
     *
     * @return false when one of its flows is in the table already, or has no room in the index
     */
    boolean keep(final int session, final int nowS) {
        final long line = line(session);
        final long hash = hash(line, Match.ORIGINAL);
        final long replyHash = hash(line, Match.REPLY);
        if (SessionLine.stateCode(line) >= SessionState.COUNT
                || !index.hasRoom(hash, 2)
                || !index.hasRoom(replyHash, 2)
                || isThere(line, Match.ORIGINAL, hash)
                || isThere(line, Match.REPLY, replyHash)) {
            return false;
        }
        if (LastSeen.idleS(SessionLine.lastSeen(line), nowS) < 0) {
            Memory.putInt(line + SessionLayout.LAST_SEEN_OFFSET, LastSeen.word(nowS, SessionLine.stateCode(line)));
        }
        index.insert(hash, Match.of(session, Match.ORIGINAL));
        index.insert(replyHash, Match.of(session, Match.REPLY));
        SharedWord.publishInt(lastSeenAddress(session), SessionLine.lastSeen(line));
        size++;
        return true;
    }

    private boolean isThere(final long line, final int direction, final long hash) {
        return find(SessionLine.addresses(line, direction), SessionLine.ports(line, direction), hash) >= 0;
    }

    private long hash(final long line, final int direction) {
        return key.hash(SessionLine.addresses(line, direction), SessionLine.ports(line, direction));
    }

    /** Frees the line of a session that is not kept. */
    void discard(final int session) {
        final long line = line(session);
        clear(line, SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET) & ~1);
    }

    /** Chains the free lines, the first of them first, when all that are kept are. */
    void chainFree() {
        freeChain = -1;
        untouched = capacity;
        for (int session = capacity - 1; session >= 0; session--) {
            if (SessionLine.stateCode(line(session)) == SessionState.FREE.code) {
                chainFree(session);
            }
        }
    }

    private void chainFree(final int session) {
        Memory.putInt(companion(session) + CompanionLayout.MAPPING_INDEX_OFFSET, freeChain);
        freeChain = session;
    }

    /** One word, so the line is whole before and after, and its generation never odd. */
    void changeState(final long line, final int stateCode) {
        final int generation = SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET);
        final int word = LastSeen.withState(SessionLine.lastSeen(line), stateCode);
        Memory.putInt(line + SessionLayout.LAST_SEEN_OFFSET, word);
        endWrite(line, generation);
    }

    /** Notes that the session was used now, in its line and for control. */
    void refresh(final int session, final long line, final int nowS, final int stateCode) {
        final int word = LastSeen.word(nowS, stateCode);
        Memory.putInt(line + SessionLayout.LAST_SEEN_OFFSET, word);
        SharedWord.publishInt(lastSeenAddress(session), word);
    }

    /** Publishes the word of a session whose state changed and whose timer goes on. */
    void publishLastSeen(final int session, final long line) {
        SharedWord.publishInt(lastSeenAddress(session), SessionLine.lastSeen(line));
    }

    private static void beginWrite(final long line, final int generation) {
        SharedWord.publishInt(line + SessionLayout.GENERATION_OFFSET, generation + 1);
        SharedWord.writeFence();
    }

    private static void endWrite(final long line, final int generation) {
        SharedWord.publishInt(line + SessionLayout.GENERATION_OFFSET, generation + 2);
    }

    /** Adds an opened session to the chain of its mapping, as the first. */
    void link(final int session, final int mapping, final long record) {
        final long companion = companion(session);
        final int first = firstOf(record);
        Memory.putInt(companion + CompanionLayout.MAPPING_INDEX_OFFSET, mapping);
        Memory.putInt(companion + CompanionLayout.NEXT_OF_MAPPING_OFFSET, first + 1);
        Memory.putInt(companion + CompanionLayout.PREVIOUS_OF_MAPPING_OFFSET, 0);
        if (first >= 0) {
            Memory.putInt(companion(first) + CompanionLayout.PREVIOUS_OF_MAPPING_OFFSET, session + 1);
        }
        Memory.putInt(record + MappingLayout.FIRST_SESSION, session + 1);
    }

    /** Takes a session out of the chain of its mapping. */
    void unlink(final int session, final long record) {
        final int next = nextOf(session);
        final int previous = Memory.intAt(companion(session) + CompanionLayout.PREVIOUS_OF_MAPPING_OFFSET) - 1;
        if (previous < 0) {
            Memory.putInt(record + MappingLayout.FIRST_SESSION, next + 1);
        } else {
            Memory.putInt(companion(previous) + CompanionLayout.NEXT_OF_MAPPING_OFFSET, next + 1);
        }
        if (next >= 0) {
            Memory.putInt(companion(next) + CompanionLayout.PREVIOUS_OF_MAPPING_OFFSET, previous + 1);
        }
    }

    /** The last opened session of a live mapping, or -1. */
    static int firstOf(final long record) {
        return Memory.intAt(record + MappingLayout.FIRST_SESSION) - 1;
    }

    /** The session of the same mapping that was opened before, or -1. */
    int nextOf(final int session) {
        return Memory.intAt(companion(session) + CompanionLayout.NEXT_OF_MAPPING_OFFSET) - 1;
    }

    int mapping(final int session) {
        return Memory.intAt(companion(session) + CompanionLayout.MAPPING_INDEX_OFFSET);
    }

    long bytes() {
        return slab.bytes() + lastSeen.bytes() + index.bytes();
    }

    @Override
    public void close() {
        index.close();
        lastSeen.close();
        slab.close();
    }
}
