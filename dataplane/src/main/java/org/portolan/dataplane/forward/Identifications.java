package org.portolan.dataplane.forward;

import java.util.SplittableRandom;

/**
 * Gives IPv4 identifications to datagrams in fragments whose source address several hosts share, so that the remote
 * host does not put parts of two datagrams together (RFC 6864 4.2, RFC 7857 section 10).
 *
 * <p>There is a counter for each place in a table, and a source, destination and protocol have one place, chosen by a
 * keyed hash. An identification comes again after 65,536 datagrams in fragments of one place. That is all that 16 bits
 * give (RFC 4963); to other remote hosts the others go on. Owned by one worker.
 */
final class Identifications {
    /** Counters; a power of two. */
    private static final int PLACES = 2048;

    private static final int PLACE_SHIFT = Long.SIZE - 11;

    private final short[] last = new short[PLACES];
    private final long seed;
    private final long multiplier;

    /** @param secret nobody else knows it */
    Identifications(final long secret) {
        final SplittableRandom random = new SplittableRandom(secret);
        seed = random.nextLong();
        multiplier = random.nextLong() | 1;
        for (int i = 0; i < PLACES; i++) {
            last[i] = (short) random.nextInt();
        }
    }

    /** The next identification for a datagram with these addresses and this protocol. */
    int next(final int source, final int destination, final int protocol) {
        final long first = fold(((long) source << 32 | destination & 0xFFFF_FFFFL) ^ seed);
        final int place = (int) (fold(first ^ protocol) * multiplier >>> PLACE_SHIFT);
        return ++last[place] & 0xFFFF;
    }

    private long fold(final long value) {
        return Math.unsignedMultiplyHigh(value, multiplier) ^ value * multiplier;
    }
}
