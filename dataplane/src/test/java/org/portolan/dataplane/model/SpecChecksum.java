package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u8;

/**
 * The Internet checksum as RFC 1071 defines it, word by word, and what becomes of one when the bytes under it change
 * (RFC 1624, equation 3). It shares nothing with the dataplane's code.
 */
final class SpecChecksum {
    private SpecChecksum() {}

    /** One's complement sum of the 16-bit words of a range; an odd last byte is padded with zero. */
    static int sum(final byte[] bytes, final int from, final int to) {
        int sum = 0;
        for (int at = from; at < to; at += 2) {
            sum = plus(sum, at + 1 < to ? u16(bytes, at) : u8(bytes, at) << 8);
        }
        return sum;
    }

    /** One's complement addition of two 16-bit words. */
    static int plus(final int left, final int right) {
        final int sum = left + right;
        return (sum & 0xFFFF) + (sum >>> 16);
    }

    private static int complement(final int word) {
        return ~word & 0xFFFF;
    }

    /** The checksum of a range whose checksum field is zero; 0 for a range that holds its right checksum. */
    static int of(final byte[] bytes, final int from, final int to) {
        return complement(sum(bytes, from, to));
    }

    /** The sum of UDP's and TCP's pseudo header (RFC 768, RFC 9293 3.1). */
    static int pseudo(final int source, final int destination, final int protocol, final int length) {
        int sum = plus(source >>> 16, source & 0xFFFF);
        sum = plus(sum, plus(destination >>> 16, destination & 0xFFFF));
        return plus(sum, plus(protocol, length));
    }

    /**
     * What a checksum field must hold after a change, whether it was right before or not: a receiver must find the same
     * error afterwards as before, so a NAT hides none. RFC 1624: HC' = ~(~HC + ~m + m').
     *
     * @param was the field before
     * @param before sum of everything under the checksum before the change
     * @param after the same after it
     */
    static int afterChange(final int was, final int before, final int after) {
        return complement(plus(plus(complement(was), complement(before)), after));
    }

    /** Where 0 means "none" or stands for all zeros (UDP, ICMP), 0xFFFF is written instead (RFC 768, RFC 1624 3). */
    static int neverZero(final int checksum) {
        return checksum == 0 ? 0xFFFF : checksum;
    }
}
