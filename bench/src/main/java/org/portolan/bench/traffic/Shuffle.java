package org.portolan.bench.traffic;

/**
 * A pseudo-random permutation of {@code 0 .. size-1} that needs no memory: a Feistel network of four rounds over the
 * next even power of two, walked until it lands below {@code size} (Black and Rogaway, Ciphers with Arbitrary Finite
 * Domains, CT-RSA 2002). The same key gives the same permutation each time.
 */
final class Shuffle {
    private static final int ROUNDS = 4;

    private final int size;
    private final int halfBits;
    private final int halfMask;
    private final int key;

    /** @param size 1 to 2^30 */
    Shuffle(final int size, final int key) {
        this.size = size;
        this.key = key;
        halfBits = Math.max(1, (33 - Integer.numberOfLeadingZeros(size - 1)) / 2);
        halfMask = (1 << halfBits) - 1;
    }

    /** Where {@code index} goes. On the average less than four walks, since the network is less than four sizes. */
    int of(final int index) {
        int at = index;
        do {
            at = network(at);
        } while (at >= size);
        return at;
    }

    private int network(final int value) {
        int left = value >>> halfBits;
        int right = value & halfMask;
        for (int round = 0; round < ROUNDS; round++) {
            final int swapped = right;
            right = left ^ mix(right + (round << 24) ^ key) & halfMask;
            left = swapped;
        }
        return left << halfBits | right;
    }

    /** The finalizer of MurmurHash3. */
    private static int mix(final int value) {
        int hash = value;
        hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
        return hash ^ hash >>> 16;
    }
}
