package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;

/**
 * The parts of an IPv4 datagram (RFC 791 3.2, with RFC 1858 and 3128 for what to refuse): flags and fragment offset, as
 * they stand in the header's fourth 16-bit word.
 *
 * <pre>
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-------------------------+
 * |0|D|M|     Offset, 8 bytes     |
 * | |F|F|                         |
 * +-+-+-+-------------------------+
 * </pre>
 */
public final class Fragment {
    /** Offsets, and lengths of all parts but the last, are multiples of this. */
    public static final int UNIT_BYTES = 8;

    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET_MASK = 0x1FFF;
    private static final int LONGEST_DATAGRAM = 0xFFFF;

    private Fragment() {}

    /**
     * 0 when the part can be one of a datagram, otherwise a {@link DropReason} code.
     *
     * <p>A part that begins within the smallest TCP header is refused: with a first part that ends before it, or that
     * it overwrites, a filter would judge other ports or flags than the receiver sees. Ports of UDP and an identifier
     * of ICMP are within the first unit, so no later part can touch them.
     *
     * @param word flags and offset
     * @param length bytes of the packet behind its header
     */
    static int check(final int word, final int headerLength, final int length, final int protocol) {
        if (length == 0 || hasMore(word) && length % UNIT_BYTES != 0) {
            return DropReason.FRAGMENT_LENGTH.code;
        }
        final int offset = offset(word);
        if (headerLength + offset + length > LONGEST_DATAGRAM) {
            return DropReason.FRAGMENT_BEYOND.code;
        }
        if (protocol == 0) {
            return DropReason.PROTOCOL_UNSUPPORTED.code;
        }
        return protocol == Ipv4.TCP && offset != 0 && offset < Tcp.HEADER_BYTES ? DropReason.FRAGMENT_TINY.code : 0;
    }

    /** Whether parts with higher offsets follow. */
    public static boolean hasMore(final int word) {
        return (word & MORE_FRAGMENTS) != 0;
    }

    /** Offset of the part's first byte in the whole packet's payload, bytes. */
    public static int offset(final int word) {
        return (word & OFFSET_MASK) * UNIT_BYTES;
    }

    /**
     * The word of a part of a part.
     *
     * @param word of the part that is cut
     * @param at where in its payload this part begins, a multiple of {@link #UNIT_BYTES}
     * @param last whether nothing of it follows
     */
    public static int part(final int word, final int at, final boolean last) {
        return word + at / UNIT_BYTES | (last ? 0 : MORE_FRAGMENTS);
    }
}
