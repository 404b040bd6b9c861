package org.portolan.dataplane.wire;

import org.portolan.dataplane.memory.Memory;

/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3: HC' = ~(~HC + ~m + m')).
 *
 * <p>A <em>sum</em> here is a one's complement sum folded to 16 bits; a <em>checksum</em> is a sum's complement, as it
 * stands in a header. A <em>delta</em> is the sum of ~old + new over all the words that a rewrite changes: one addition
 * rewrites any number of fields, the reverse direction's delta is its complement.
 *
 * <p>Values are in network order as {@link Memory#u16} reads them.
 */
public final class InternetChecksum {
    private InternetChecksum() {}

    /** Folds a sum of 16-bit words to 16 bits with end-around carry. */
    public static int fold(final long sum) {
        // The upper half of x plus its halves exchanged is the sum of both halves with the carry added in again.
        final int half = (int) (sum + Long.rotateRight(sum, 32) >>> 32);
        return half + Integer.rotateRight(half, 16) >>> 16;
    }

    /**
     * One's complement sum of {@code length} bytes, an odd last byte padded with zero on the right.
     *
     * <p>Summed eight bytes a step in the machine's order; RFC 1071 section 2(B): the byte order of the sum does not
     * matter until the end, where one swap mends it.
     */
    public static int sum(final long address, final int length) {
        long sum = 0;
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            final long word = Memory.longAt(address + at);
            sum += (word & 0xFFFF_FFFFL) + (word >>> 32);
        }
        if (at + 4 <= length) {
            sum += Memory.intAt(address + at) & 0xFFFF_FFFFL;
            at += 4;
        }
        if (at + 2 <= length) {
            sum += Memory.shortAt(address + at) & 0xFFFF;
            at += 2;
        }
        if (at < length) {
            sum += Memory.byteAt(address + at) & 0xFF;
        }
        return Short.reverseBytes((short) fold(sum)) & 0xFFFF;
    }

    /** Checksum of a range; 0 when the range carries a right checksum in it. */
    public static int of(final long address, final int length) {
        return ~sum(address, length) & 0xFFFF;
    }

    /** Checksum of 20 bytes, an IPv4 header's: the first eight, the second eight and the last four, network order. */
    static int ofHeader(final long first, final long second, final int last) {
        final long halves = (first >>> 32) + (first & 0xFFFF_FFFFL) + (second >>> 32) + (second & 0xFFFF_FFFFL);
        return ~fold(halves + (last & 0xFFFF_FFFFL)) & 0xFFFF;
    }

    /** Sum of the pseudo header (RFC 768, RFC 9293 3.1) of a transport of {@code length} bytes. */
    public static int pseudoHeaderSum(final int source, final int destination, final int protocol, final int length) {
        return fold((source & 0xFFFF_FFFFL) + (destination & 0xFFFF_FFFFL) + protocol + length);
    }

    /** Checksum of a UDP or TCP range with its pseudo header; 0 when the checksum in it is right. */
    public static int ofTransport(
            final long transport, final int length, final int source, final int destination, final int protocol) {
        final int sum = pseudoHeaderSum(source, destination, protocol, length) + sum(transport, length);
        return ~fold(sum) & 0xFFFF;
    }

    /** Delta of one 32-bit field's change. */
    public static int delta32(final int was, final int is) {
        return fold((~was & 0xFFFF_FFFFL) + (is & 0xFFFF_FFFFL));
    }

    /** Delta of two adjacent 32-bit fields' change. */
    public static int delta64(final long was, final long is) {
        return combine(delta32((int) (was >>> 32), (int) (is >>> 32)), delta32((int) was, (int) is));
    }

    /** Delta of one 16-bit field's change. */
    public static int delta16(final int was, final int is) {
        return fold((~was & 0xFFFFL) + is);
    }

    /** Both changes as one delta. */
    public static int combine(final int delta, final int other) {
        return fold((long) delta + other);
    }

    /** The delta that undoes {@code delta}. */
    public static int reverse(final int delta) {
        return ~delta & 0xFFFF;
    }

    /** A header's checksum after a change (RFC 1624 equation 3). */
    public static int update(final int checksum, final int delta) {
        return ~fold((~checksum & 0xFFFFL) + delta) & 0xFFFF;
    }

    /**
     * As {@link #update}, for a checksum in which 0 must not be written: 0xFFFF stands for it, and verifies the same.
     *
     * <p>The update cannot tell the sum 0 of a range that is all zeros, whose checksum is 0xFFFF, from the sum 0xFFFF
     * of any other, whose checksum is 0x0000 (RFC 1624 section 3). An ICMP message can be all zeros (an echo reply with
     * identifier 0, sequence 0 and no payload), and in UDP 0 says that there is no checksum (RFC 768). An IPv4 header
     * and a TCP segment with its pseudo header never are: there 0 is the right value and stays.
     */
    public static int updateToNonZero(final int checksum, final int delta) {
        final int updated = update(checksum, delta);
        return updated == 0 ? 0xFFFF : updated;
    }

    /** A partial checksum (the uncomplemented pseudo header sum that offload leaves) after a change. */
    public static int updatePartial(final int sum, final int delta) {
        return fold((long) sum + delta);
    }
}
