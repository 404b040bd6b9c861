package org.portolan.dataplane.nat;

/**
 * The hash of a flow's key (source, source port, destination, destination port, protocol, realm), keyed by a secret
 * seed so that nobody outside can choose flows that share a bucket.
 *
 * <p>Two folded 64 x 64 -> 128 bit multiplications over the 16 bytes of the key, the shape that short-key hashes
 * such as wyhash have shown to pass the usual avalanche tests; a test here measures it. Two multiplications are
 * about 8 clocks. Not a cryptographic hash: an observer of the router's timing might in the end learn of
 * collisions, hence a new seed each start.
 */
final class FlowKey {
    private final long addressSecret;
    private final long portSecret;
    private final long middleSecret;
    private final long lastSecret;

    FlowKey(final long seed) {
        addressSecret = secret(seed, 1);
        portSecret = secret(seed, 2);
        middleSecret = secret(seed, 3);
        lastSecret = secret(seed, 4) | 1;
    }

    /** The n-th output of SplitMix64 started at {@code seed}: well mixed even from a poor seed. */
    static long secret(final long seed, final int n) {
        long mixed = seed + n * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ mixed >>> 31;
    }

    long hash(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int protocol,
            final int realm) {
        final long addresses = (long) source << 32 | destination & 0xFFFF_FFFFL;
        final long rest = (long) sourcePort << 48 | (long) destinationPort << 32 | (long) protocol << 16 | realm;
        return fold(fold(addresses ^ addressSecret, rest ^ portSecret) ^ middleSecret, lastSecret);
    }

    private static long fold(final long left, final long right) {
        return Math.unsignedMultiplyHigh(left, right) ^ left * right;
    }
}
