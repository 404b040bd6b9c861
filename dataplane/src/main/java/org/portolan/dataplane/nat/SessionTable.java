package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * The sessions: a slab of {@link SessionLayout} lines, the dense {@link LastSeen} array, and an index for each
 * direction's key. Fixed capacity; a free line is found in a chain through the free lines themselves.
 *
 * <p>One worker calls everything here; control reads through a {@link SessionReader}. A line is written between two
 * writes of its generation (odd in between), and its last-seen word is published after it, so a reader that sees a
 * word also sees the line that it belongs to.
 */
final class SessionTable implements AutoCloseable {
    /** The state's bits in the word that protocol, state and realm share; all 0 in a free line. */
    private static final int STATE_MASK = 0xFF00;

    private final int capacity;
    private final FlowKey key;
    private final Slab lines;
    private final Slab lastSeen;
    private final BucketIndex outbound;
    private final BucketIndex inbound;
    private final long firstLine;
    private final long firstLastSeen;
    private int size;
    private int untouched;
    private int freeChain = -1;

    SessionTable(final int capacity, final FlowKey key) {
        this.capacity = capacity;
        this.key = key;
        lines = Slab.allocate((long) capacity * SessionLayout.LINE_BYTES, "sessions");
        lastSeen = Slab.allocate((long) capacity * Integer.BYTES, "sessions' last-seen words");
        outbound = new BucketIndex(capacity, "outbound session index");
        inbound = new BucketIndex(capacity, "inbound session index");
        firstLine = lines.address();
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

    /** Address of a session's last-seen word. */
    long lastSeenAddress(final int session) {
        return firstLastSeen + (long) session * Integer.BYTES;
    }

    long touchOutbound(final long hash) {
        return outbound.touch(hash);
    }

    long touchInbound(final long hash) {
        return inbound.touch(hash);
    }

    /**
     * The session that an outbound packet's hash most likely leads to, or -1; {@link #isOutbound(int, Packet, int)}
     * decides.
     */
    int likelyOutbound(final long hash) {
        return (int) outbound.firstAtHome(hash);
    }

    int likelyInbound(final long hash) {
        return (int) inbound.firstAtHome(hash);
    }

    /** Touches the line and the last-seen word of a session, or of none for -1. */
    long touchSession(final int session) {
        return session < 0 ? 0 : Memory.longAt(line(session)) ^ SharedWord.peekInt(lastSeenAddress(session));
    }

    /** Whether a session lives and its flow from inside to remote is the packet's. */
    boolean isOutbound(final int session, final Packet p, final int realm) {
        return isOutbound(line(session), p, realm);
    }

    /** Whether a session lives and its flow from remote to outside is the packet's. */
    boolean isInbound(final int session, final Packet p, final int realm) {
        return isInbound(line(session), p, realm);
    }

    /** The session whose flow from inside to remote is the packet's, or -1. */
    int findOutbound(final Packet p, final int realm, final long hash) {
        long candidate = outbound.first(hash);
        while (candidate >= 0) {
            if (isOutbound(line((int) candidate), p, realm)) {
                return (int) candidate;
            }
            candidate = outbound.after(hash, candidate);
        }
        return -1;
    }

    /** The session whose flow from remote to outside is the packet's, or -1. */
    int findInbound(final Packet p, final int realm, final long hash) {
        long candidate = inbound.first(hash);
        while (candidate >= 0) {
            if (isInbound(line((int) candidate), p, realm)) {
                return (int) candidate;
            }
            candidate = inbound.after(hash, candidate);
        }
        return -1;
    }

    private static boolean isOutbound(final long line, final Packet p, final int realm) {
        return Memory.longAt(line + SessionLayout.INSIDE_ADDRESS_OFFSET) == pair(p.source(), p.destination())
                && Memory.intAt(line + SessionLayout.INSIDE_PORT_OFFSET)
                        == (remotePort(p, p.destinationPort()) << 16 | p.sourcePort())
                && isOf(line, p, realm);
    }

    private static boolean isInbound(final long line, final Packet p, final int realm) {
        return Memory.longAt(line + SessionLayout.REMOTE_ADDRESS_OFFSET) == pair(p.source(), p.destination())
                && Memory.intAt(line + SessionLayout.REMOTE_PORT_OFFSET)
                        == (p.destinationPort() << 16 | remotePort(p, p.sourcePort()))
                && isOf(line, p, realm);
    }

    /** Two adjacent fields as one word; the machine is little-endian. */
    private static long pair(final int first, final int second) {
        return (long) second << 32 | first & 0xFFFF_FFFFL;
    }

    /** An echo has none. */
    private static int remotePort(final Packet p, final int port) {
        return p.protocol() == Ipv4.ICMP ? 0 : port;
    }

    private static boolean isOf(final long line, final Packet p, final int realm) {
        final int word = Memory.intAt(line + SessionLayout.PROTOCOL_OFFSET);
        return (word & ~STATE_MASK) == (realm << 16 | p.protocol()) && (word & STATE_MASK) != 0;
    }

    /** Whether the mapping's inside endpoint has a session with this remote endpoint, on whatever mapping. */
    boolean hasOutbound(final long record, final int remote, final int remotePort) {
        final long hash = outboundHash(record, remote, remotePort);
        long candidate = outbound.first(hash);
        while (candidate >= 0) {
            final long line = line((int) candidate);
            if (insideAddress(line) == MappingRecord.insideAddress(record)
                    && remoteAddress(line) == remote
                    && insidePort(line) == MappingRecord.insidePort(record)
                    && remotePort(line) == remotePort
                    && protocol(line) == MappingRecord.protocol(record)
                    && realm(line) == MappingRecord.realm(record)) {
                return true;
            }
            candidate = outbound.after(hash, candidate);
        }
        return false;
    }

    /**
     * Opens a session on a mapping; the table is not full and holds neither of its keys. {@link #index} has to follow.
     *
     * @param record address of the mapping's {@link MappingLayout} record
     * @param remotePort 0 for an echo
     * @param tracking {@link TcpTracking} bits to start with
     */
    int open(
            final int mapping,
            final long record,
            final int remote,
            final int remotePort,
            final SessionState state,
            final int tracking,
            final int nowS) {
        final int session = takeLine();
        final long line = line(session);
        final int generation = SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET);
        beginWrite(line, generation);
        writeEndpoints(line, record, remote, remotePort);
        writeDeltas(line);
        Memory.putU8(line + SessionLayout.STATE_OFFSET, state.code);
        Memory.putU8(line + SessionLayout.TRACKING_OFFSET, tracking);
        Memory.putInt(line + SessionLayout.MAPPING_INDEX_OFFSET, mapping);
        clearUse(line);
        endWrite(line, generation);
        SharedWord.publishInt(lastSeenAddress(session), LastSeen.word(nowS, state.code));
        size++;
        return session;
    }

    /** Whether both indexes have room for a session under these hashes. */
    boolean hasRoom(final long outboundHash, final long inboundHash) {
        return outbound.hasRoom(outboundHash) && inbound.hasRoom(inboundHash);
    }

    /** Makes an opened session findable under both hashes, for which there is room. */
    void index(final int session, final long outboundHash, final long inboundHash) {
        outbound.insert(outboundHash, session);
        inbound.insert(inboundHash, session);
    }

    private int takeLine() {
        if (freeChain < 0) {
            return untouched++;
        }
        final int session = freeChain;
        freeChain = Memory.intAt(line(session) + SessionLayout.MAPPING_INDEX_OFFSET);
        return session;
    }

    private static void writeEndpoints(final long line, final long record, final int remote, final int remotePort) {
        Memory.putU8(line + SessionLayout.PROTOCOL_OFFSET, MappingRecord.protocol(record));
        Memory.putShort(line + SessionLayout.REALM_OFFSET, (short) MappingRecord.realm(record));
        Memory.putInt(line + SessionLayout.INSIDE_ADDRESS_OFFSET, MappingRecord.insideAddress(record));
        Memory.putInt(line + SessionLayout.REMOTE_ADDRESS_OFFSET, remote);
        Memory.putInt(line + SessionLayout.OUTSIDE_ADDRESS_OFFSET, MappingRecord.outsideAddress(record));
        Memory.putShort(line + SessionLayout.INSIDE_PORT_OFFSET, (short) MappingRecord.insidePort(record));
        Memory.putShort(line + SessionLayout.REMOTE_PORT_OFFSET, (short) remotePort);
        Memory.putShort(line + SessionLayout.OUTSIDE_PORT_OFFSET, (short) MappingRecord.outsidePort(record));
    }

    private static void clearUse(final long line) {
        Memory.putInt(line + SessionLayout.EGRESS_HINT_OFFSET, 0);
        Memory.putLong(line + SessionLayout.BYTES_OUT_OFFSET, 0);
        Memory.putLong(line + SessionLayout.BYTES_IN_OFFSET, 0);
        Memory.putInt(line + SessionLayout.LAST_ACK_OUT_OFFSET, 0);
        Memory.putInt(line + SessionLayout.LAST_ACK_IN_OFFSET, 0);
    }

    /** An ICMP checksum covers no pseudo header (RFC 792), so it takes the identifier's delta alone. */
    private static void writeDeltas(final long line) {
        final int addressDelta = InternetChecksum.delta32(insideAddress(line), outsideAddress(line));
        final int portDelta = InternetChecksum.delta16(insidePort(line), outsidePort(line));
        final int transportDelta =
                protocol(line) == Ipv4.ICMP ? portDelta : InternetChecksum.combine(addressDelta, portDelta);
        Memory.putShort(line + SessionLayout.ADDRESS_DELTA_OFFSET, (short) addressDelta);
        Memory.putShort(line + SessionLayout.TRANSPORT_DELTA_OFFSET, (short) transportDelta);
    }

    /**
     * Frees a live session: readers see it go before its line changes.
     *
     * @param record address of its mapping's {@link MappingLayout} record
     */
    void free(final int session, final long record) {
        final long line = line(session);
        SharedWord.publishInt(lastSeenAddress(session), 0);
        outbound.remove(outboundHash(record, remoteAddress(line), remotePort(line)), session);
        inbound.remove(inboundHash(record, remoteAddress(line), remotePort(line)), session);
        final int generation = SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET);
        beginWrite(line, generation);
        Memory.putU8(line + SessionLayout.STATE_OFFSET, SessionState.FREE.code);
        Memory.putInt(line + SessionLayout.MAPPING_INDEX_OFFSET, freeChain);
        endWrite(line, generation);
        freeChain = session;
        size--;
    }

    void changeState(final long line, final int stateCode) {
        final int generation = SharedWord.peekInt(line + SessionLayout.GENERATION_OFFSET);
        beginWrite(line, generation);
        Memory.putU8(line + SessionLayout.STATE_OFFSET, stateCode);
        endWrite(line, generation);
    }

    /** Notes that the session was used now; stores at most once a second, or when the state changed. */
    void refresh(final int session, final long line, final int nowS) {
        final long address = lastSeenAddress(session);
        final int word = LastSeen.word(nowS, stateCode(line));
        if (SharedWord.peekInt(address) != word) {
            SharedWord.publishInt(address, word);
        }
    }

    private static void beginWrite(final long line, final int generation) {
        SharedWord.publishInt(line + SessionLayout.GENERATION_OFFSET, generation + 1);
        SharedWord.writeFence();
    }

    private static void endWrite(final long line, final int generation) {
        SharedWord.publishInt(line + SessionLayout.GENERATION_OFFSET, generation + 2);
    }

    /** Hash of the outbound packets of a session on a mapping; an echo's has the identifier on both sides. */
    long outboundHash(final long record, final int remote, final int remotePort) {
        final int protocol = MappingRecord.protocol(record);
        final int inside = MappingRecord.insidePort(record);
        final int port = protocol == Ipv4.ICMP ? inside : remotePort;
        return key.hash(
                MappingRecord.insideAddress(record), inside, remote, port, protocol, MappingRecord.realm(record));
    }

    /** Hash of the inbound packets of a session on a mapping. */
    long inboundHash(final long record, final int remote, final int remotePort) {
        final int protocol = MappingRecord.protocol(record);
        final int outside = MappingRecord.outsidePort(record);
        final int port = protocol == Ipv4.ICMP ? outside : remotePort;
        return key.hash(
                remote, port, MappingRecord.outsideAddress(record), outside, protocol, MappingRecord.realm(record));
    }

    static int protocol(final long line) {
        return Memory.u8(line + SessionLayout.PROTOCOL_OFFSET);
    }

    static int stateCode(final long line) {
        return Memory.u8(line + SessionLayout.STATE_OFFSET);
    }

    static int realm(final long line) {
        return Memory.shortAt(line + SessionLayout.REALM_OFFSET) & 0xFFFF;
    }

    static int insideAddress(final long line) {
        return Memory.intAt(line + SessionLayout.INSIDE_ADDRESS_OFFSET);
    }

    static int remoteAddress(final long line) {
        return Memory.intAt(line + SessionLayout.REMOTE_ADDRESS_OFFSET);
    }

    static int outsideAddress(final long line) {
        return Memory.intAt(line + SessionLayout.OUTSIDE_ADDRESS_OFFSET);
    }

    static int insidePort(final long line) {
        return Memory.shortAt(line + SessionLayout.INSIDE_PORT_OFFSET) & 0xFFFF;
    }

    static int remotePort(final long line) {
        return Memory.shortAt(line + SessionLayout.REMOTE_PORT_OFFSET) & 0xFFFF;
    }

    static int outsidePort(final long line) {
        return Memory.shortAt(line + SessionLayout.OUTSIDE_PORT_OFFSET) & 0xFFFF;
    }

    static int addressDelta(final long line) {
        return Memory.shortAt(line + SessionLayout.ADDRESS_DELTA_OFFSET) & 0xFFFF;
    }

    static int transportDelta(final long line) {
        return Memory.shortAt(line + SessionLayout.TRANSPORT_DELTA_OFFSET) & 0xFFFF;
    }

    /** Whether the outside opened the session, on a forward. */
    static boolean isFromOutside(final long line) {
        return (Memory.u8(line + SessionLayout.TRACKING_OFFSET) & TcpTracking.FROM_OUTSIDE) != 0;
    }

    static int mapping(final long line) {
        return Memory.intAt(line + SessionLayout.MAPPING_INDEX_OFFSET);
    }

    long bytes() {
        return lines.bytes() + lastSeen.bytes() + outbound.bytes() + inbound.bytes();
    }

    @Override
    public void close() {
        inbound.close();
        outbound.close();
        lastSeen.close();
        lines.close();
    }
}
