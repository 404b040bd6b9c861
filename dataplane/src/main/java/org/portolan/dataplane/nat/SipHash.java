package org.portolan.dataplane.nat;

/**
 * SipHash (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), for messages of one length only: 8 bytes
 * and a last word. The caller folds the message's remaining bytes and its length into the last word, as the paper's
 * section 2.2 does, so the values are those of the published function.
 *
 * <p>Without the key an output says nothing about any other output, however many were observed and chosen. That is
 * what the multiplications and xorshifts lacked that stood here before.
 */
final class SipHash {
    private SipHash() {}

    /** SipHash-1-3, the variant that hash tables use: 5 rounds. */
    static long fast(final long k0, final long k1, final long first, final long last) {
        return hash(k0, k1, first, last, 1, 3);
    }

    /** SipHash-2-4, the variant that the authors propose as a pseudorandom function: 8 rounds. */
    static long strong(final long k0, final long k1, final long first, final long last) {
        return hash(k0, k1, first, last, 2, 4);
    }

    /** Inlined with constant round counts, the compiler unrolls the loop whole and both conditions disappear. */
    private static long hash(
            final long k0, final long k1, final long first, final long last, final int each, final int end) {
        long v0 = k0 ^ 0x736F_6D65_7073_6575L;
        long v1 = k1 ^ 0x646F_7261_6E64_6F6DL;
        long v2 = k0 ^ 0x6C79_6765_6E65_7261L;
        long v3 = k1 ^ 0x7465_6462_7974_6573L ^ first;
        for (int round = 0; round < 2 * each + end; round++) {
            if (round == each) {
                v0 ^= first;
                v3 ^= last;
            }
            if (round == 2 * each) {
                v0 ^= last;
                v2 ^= 0xFF;
            }
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32) + v3;
            v2 += v1;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
