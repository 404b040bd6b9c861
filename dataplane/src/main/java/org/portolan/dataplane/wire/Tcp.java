package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * TCP (RFC 9293 3.1).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source port          |       Destination port        |
 * +-------------------------------+-------------------------------+
 * |                        Sequence number                        |
 * +---------------------------------------------------------------+
 * |                     Acknowledgment number                     |
 * +-------+-------+---------------+-------------------------------+
 * | Data  |       |C E U A P R S F|                               |
 * |offset |Rsrvd  |W C R C S S Y I|            Window             |
 * |       |       |R E G K H T N N|                               |
 * +-------+-------+---------------+-------------------------------+
 * |           Checksum            |         Urgent pointer        |
 * +-------------------------------+-------------------------------+
 * |                   Options, 0 to 40 bytes                      |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Tcp {
    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int SEQUENCE_OFFSET = 4;
    public static final int ACKNOWLEDGMENT_OFFSET = 8;
    public static final int DATA_OFFSET_OFFSET = 12;
    public static final int FLAGS_OFFSET = 13;
    public static final int WINDOW_OFFSET = 14;
    public static final int CHECKSUM_OFFSET = 16;
    public static final int URGENT_POINTER_OFFSET = 18;
    public static final int HEADER_BYTES = 20;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;

    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_MSS = 2;
    private static final int OPTION_MSS_BYTES = 4;
    private static final int OPTION_WINDOW_SCALE = 3;
    private static final int OPTION_WINDOW_SCALE_BYTES = 3;

    /** The largest window scale; a larger one counts as this (RFC 7323 2.3). */
    public static final int MAXIMUM_WINDOW_SCALE = 14;

    private Tcp() {}

    /**
     * 0 when the header is whole and its flags are a combination that a stack can send, otherwise a
     * {@link DropReason} code.
     *
     * @param available bytes from {@code tcp} to the end of the IPv4 packet
     */
    public static int check(final long tcp, final int available) {
        if (available < HEADER_BYTES) {
            return DropReason.TCP_LENGTH.code;
        }
        final int header = headerLength(tcp);
        if (header < HEADER_BYTES || header > available) {
            return DropReason.TCP_LENGTH.code;
        }
        final int ports = Memory.u32(tcp);
        if (ports >>> 16 == 0 || (ports & 0xFFFF) == 0) {
            return DropReason.TCP_PORT_ZERO.code;
        }
        return isSane(flags(tcp)) ? 0 : DropReason.TCP_FLAGS.code;
    }

    /** Whether {@code available} bytes hold the header with its options, as far as it says how long they are. */
    static boolean isHeaderWithin(final long tcp, final int available) {
        return available >= HEADER_BYTES && headerLength(tcp) <= available;
    }

    /**
     * None of SYN, RST, ACK (a null, FIN or Xmas scan), SYN with FIN, SYN with RST: RFC 9293 gives no stack a way to
     * send them.
     */
    private static boolean isSane(final int flags) {
        return (flags & (SYN | RST | ACK)) != 0
                && (flags & (SYN | FIN)) != (SYN | FIN)
                && (flags & (SYN | RST)) != (SYN | RST);
    }

    public static int sourcePort(final long tcp) {
        return Memory.u16(tcp + SOURCE_PORT_OFFSET);
    }

    public static int destinationPort(final long tcp) {
        return Memory.u16(tcp + DESTINATION_PORT_OFFSET);
    }

    public static int sequence(final long tcp) {
        return Memory.u32(tcp + SEQUENCE_OFFSET);
    }

    public static int acknowledgment(final long tcp) {
        return Memory.u32(tcp + ACKNOWLEDGMENT_OFFSET);
    }

    /** As it stands, unscaled. */
    public static int window(final long tcp) {
        return Memory.u16(tcp + WINDOW_OFFSET);
    }

    public static int headerLength(final long tcp) {
        return (Memory.u8(tcp + DATA_OFFSET_OFFSET) >>> 4) << 2;
    }

    public static int flags(final long tcp) {
        return Memory.u8(tcp + FLAGS_OFFSET);
    }

    public static int checksum(final long tcp) {
        return Memory.u16(tcp + CHECKSUM_OFFSET);
    }

    public static void putSourcePort(final long tcp, final int port) {
        Memory.putU16(tcp + SOURCE_PORT_OFFSET, port);
    }

    public static void putDestinationPort(final long tcp, final int port) {
        Memory.putU16(tcp + DESTINATION_PORT_OFFSET, port);
    }

    /** Both ports, source above destination. */
    public static void putPorts(final long tcp, final int ports) {
        Memory.putU32(tcp + SOURCE_PORT_OFFSET, ports);
    }

    public static void putChecksum(final long tcp, final int checksum) {
        Memory.putU16(tcp + CHECKSUM_OFFSET, checksum);
    }

    /**
     * Offset from {@code tcp} of the first MSS option's two value bytes (RFC 9293 3.2), or 0 where there is none or the
     * options are malformed. The header was checked.
     */
    public static int mssOffset(final long tcp) {
        return mssOffset(tcp, HEADER_BYTES);
    }

    /**
     * As {@link #mssOffset(long)}, for the first MSS option at or after an offset.
     *
     * @param from offset of an option, or the end of the header
     */
    public static int mssOffset(final long tcp, final int from) {
        return optionOffset(tcp, from, OPTION_MSS, OPTION_MSS_BYTES);
    }

    /**
     * The window scale that a SYN offers (RFC 7323 2.2), 0 to 14, or -1 where it offers none. The header was checked.
     */
    public static int windowScale(final long tcp) {
        final int at = optionOffset(tcp, HEADER_BYTES, OPTION_WINDOW_SCALE, OPTION_WINDOW_SCALE_BYTES);
        return at == 0 ? -1 : Math.min(Memory.u8(tcp + at), MAXIMUM_WINDOW_SCALE);
    }

    /** Offset of the value of the first option of a kind and length at or after an offset, or 0. */
    private static int optionOffset(final long tcp, final int from, final int kind, final int bytes) {
        final int header = headerLength(tcp);
        int at = from;
        while (at < header) {
            final int option = Memory.u8(tcp + at);
            if (option == OPTION_END) {
                return 0;
            }
            if (option == OPTION_NOP) {
                at++;
                continue;
            }
            if (at + 1 >= header) {
                return 0;
            }
            final int length = Memory.u8(tcp + at + 1);
            if (length < 2 || at + length > header) {
                return 0;
            }
            if (option == kind && length == bytes) {
                return at + 2;
            }
            at += length;
        }
        return 0;
    }

    public static String describe(final long tcp) {
        final int flags = flags(tcp);
        final StringBuilder names = new StringBuilder(8);
        final String letters = "FSRPAUEC";
        for (int bit = 0; bit < 8; bit++) {
            if ((flags >>> bit & 1) != 0) {
                names.append(letters.charAt(bit));
            }
        }
        return "TCP %d > %d [%s] seq %d ack %d"
                .formatted(
                        sourcePort(tcp),
                        destinationPort(tcp),
                        names,
                        Integer.toUnsignedLong(sequence(tcp)),
                        Integer.toUnsignedLong(acknowledgment(tcp)));
    }
}
