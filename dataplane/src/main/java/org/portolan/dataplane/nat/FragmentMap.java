package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * Which units of eight bytes of a datagram have come, and at which of them a fragment began: two bitmaps for each
 * datagram. Together they give each fragment's exact place, so a repeated one and one that overlaps another are told
 * apart.
 *
 * <pre>
 *  offset  bytes
 *       0   1024  a bit for each unit at which a fragment began
 *    1024   1024  a bit for each unit that has come
 * </pre>
 */
final class FragmentMap implements AutoCloseable {
    /** Of one datagram. */
    static final int BYTES = 2048;

    private static final int COVERED = BYTES / 2;

    private final Slab slab;

    FragmentMap(final int datagrams) {
        slab = Slab.allocate((long) datagrams * BYTES, "what has come of datagrams in fragments");
    }

    void clear(final int datagram) {
        Memory.zero(starts(datagram), BYTES);
    }

    /** Whether any unit from one up to another (exclusive) has come. */
    boolean hasAny(final int datagram, final int from, final int to) {
        return count(starts(datagram) + COVERED, from, to) != 0;
    }

    /** Whether there was a fragment of exactly these units. */
    boolean has(final int datagram, final int from, final int to) {
        final long starts = starts(datagram);
        final long covered = starts + COVERED;
        return isSet(starts, from)
                && count(starts, from, to) == 1
                && count(covered, from, to) == to - from
                && (isSet(starts, to) || !isSet(covered, to));
    }

    /** Adds a fragment of units that have not come. */
    void add(final int datagram, final int from, final int to) {
        final long starts = starts(datagram);
        put(starts, from, from + 1);
        put(starts + COVERED, from, to);
    }

    private long starts(final int datagram) {
        return slab.address() + (long) datagram * BYTES;
    }

    private static boolean isSet(final long map, final int unit) {
        return (Memory.longAt(word(map, unit)) >>> unit & 1) != 0;
    }

    private static int count(final long map, final int from, final int to) {
        int count = 0;
        for (int at = from; at < to; at = next(at)) {
            count += Long.bitCount(Memory.longAt(word(map, at)) & mask(at, to));
        }
        return count;
    }

    private static void put(final long map, final int from, final int to) {
        for (int at = from; at < to; at = next(at)) {
            final long word = word(map, at);
            Memory.putLong(word, Memory.longAt(word) | mask(at, to));
        }
    }

    /** The first unit of the next word. */
    private static int next(final int unit) {
        return (unit | Long.SIZE - 1) + 1;
    }

    private static long word(final long map, final int unit) {
        return map + (unit >>> 6) * Long.BYTES;
    }

    /** The bits of a unit and those after it in its word that are below {@code to}. */
    private static long mask(final int unit, final int to) {
        final long from = -1L << unit;
        return to >= next(unit) ? from : from & ~(-1L << to);
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
