package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * UDP (RFC 768).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source port          |       Destination port        |
 * +-------------------------------+-------------------------------+
 * |            Length             |           Checksum            |
 * +-------------------------------+-------------------------------+
 * </pre>
 */
public final class Udp {
    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int LENGTH_OFFSET = 4;
    public static final int CHECKSUM_OFFSET = 6;
    public static final int HEADER_BYTES = 8;

    private Udp() {}

    /**
     * 0 when the header is whole and the length field lies between it and the packet's end, otherwise a
     * {@link DropReason} code. Port 0 is refused: it can neither be mapped nor answered.
     *
     * @param available bytes from {@code udp} to the end of the IPv4 packet
     */
    public static int check(final long udp, final int available) {
        return available < HEADER_BYTES ? DropReason.UDP_LENGTH.code : checkHeader(Memory.u64(udp), available);
    }

    /**
     * As {@link #check}, for the first fragment of a datagram: more of it follows, so its length field says more than
     * is here.
     *
     * @param here bytes from {@code udp} to the end of the fragment, at least a header's
     */
    static int checkFirst(final long udp, final int here) {
        final long header = Memory.u64(udp);
        return length(udp) <= here ? DropReason.UDP_LENGTH.code : checkHeader(header, 0xFFFF);
    }

    /** As {@link #check}, for a caller that has already read the header, in network order. */
    static int checkHeader(final long header, final int available) {
        final int length = (int) (header >>> 16) & 0xFFFF;
        if (length < HEADER_BYTES || length > available) {
            return DropReason.UDP_LENGTH.code;
        }
        return header >>> 48 == 0 || (header & 0xFFFF_0000_0000L) == 0 ? DropReason.UDP_PORT_ZERO.code : 0;
    }

    public static int sourcePort(final long udp) {
        return Memory.u16(udp + SOURCE_PORT_OFFSET);
    }

    public static int destinationPort(final long udp) {
        return Memory.u16(udp + DESTINATION_PORT_OFFSET);
    }

    public static int length(final long udp) {
        return Memory.u16(udp + LENGTH_OFFSET);
    }

    /** The header's second word. */
    public static int lengthAndChecksum(final long udp) {
        return Memory.u32(udp + LENGTH_OFFSET);
    }

    /** 0 means that the sender computed none (RFC 768). */
    public static int checksum(final long udp) {
        return Memory.u16(udp + CHECKSUM_OFFSET);
    }

    public static void putSourcePort(final long udp, final int port) {
        Memory.putU16(udp + SOURCE_PORT_OFFSET, port);
    }

    public static void putDestinationPort(final long udp, final int port) {
        Memory.putU16(udp + DESTINATION_PORT_OFFSET, port);
    }

    public static void putChecksum(final long udp, final int checksum) {
        Memory.putU16(udp + CHECKSUM_OFFSET, checksum);
    }

    /** Writes a header with other ports and another checksum; its second word was read before. */
    public static void replacePorts(final long udp, final int lengthAndChecksum, final int ports, final int checksum) {
        Memory.putU64(udp, (long) ports << 32 | lengthAndChecksum & 0xFFFF_0000L | checksum);
    }

    /** Writes a whole header. */
    public static void putHeader(
            final long udp, final int sourcePort, final int destinationPort, final int length, final int checksum) {
        putSourcePort(udp, sourcePort);
        putDestinationPort(udp, destinationPort);
        Memory.putU16(udp + LENGTH_OFFSET, length);
        putChecksum(udp, checksum);
    }

    public static String describe(final long udp) {
        return "UDP %d > %d length %d".formatted(sourcePort(udp), destinationPort(udp), length(udp));
    }
}
