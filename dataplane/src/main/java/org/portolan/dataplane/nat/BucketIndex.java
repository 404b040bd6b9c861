package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * Hash to entry numbers: 64-byte buckets of eight slots, at most half full. It holds no keys; who asks compares
 * each candidate with the entry's own record, which is the next cache line that the packet needs anyway.
 *
 * <pre>
 *  one slot, one aligned word
 *  63                   40 39        32 31                             0
 * +-----------------------+------------+--------------------------------+
 * |          tag          |   spills   |        entry number + 1        |
 * +-----------------------+------------+--------------------------------+
 * </pre>
 *
 * <p>A slot is empty when its entry number field is 0. <em>Spills</em> (in a bucket's first slot only) counts the
 * live entries that found this bucket full and went on to the next, so a miss stops at the first bucket whose count
 * is 0: at half load 98 of 100 buckets never overflow, and both a hit and a miss touch one line. Removing an entry
 * takes its mark off every bucket that it had passed.
 *
 * <p>An entry is at most {@value #REACH} buckets from its home, and no search goes further, whoever chose the hashes:
 * an entry for which these buckets are full is refused. By chance 128 entries meet in 16 buckets with room for 64 about
 * once in 10^12 buckets of a full index. A bucket's spills can not overflow: what passed it is in the 15 after it.
 *
 * <p>One thread uses it. Entries are unique by number under one hash; the caller inserts at most {@code capacity}
 * of them.
 */
final class BucketIndex implements AutoCloseable {
    /** Buckets that an entry may be in, its home the first. */
    static final int REACH = 16;

    private static final int SLOTS = Memory.CACHE_LINE_BYTES / Long.BYTES;
    private static final int TAG_SHIFT = 40;
    private static final int SPILLS_SHIFT = 32;
    private static final long SPILLS_MASK = 0xFFL << SPILLS_SHIFT;
    private static final long ONE_SPILL = 1L << SPILLS_SHIFT;

    private final Slab slab;
    private final long address;
    private final int buckets;
    private final int reach;

    BucketIndex(final int capacity, final String purpose) {
        buckets = bucketsFor(capacity);
        reach = Math.min(REACH, buckets);
        slab = Slab.allocate((long) buckets * Memory.CACHE_LINE_BYTES, purpose);
        address = slab.address();
    }

    /**
     * As many as make {@code capacity} entries fill half the slots; any number, as {@link #home} needs no power of
     * two.
     */
    private static int bucketsFor(final int capacity) {
        return (int) ((2L * capacity + SLOTS - 1) / SLOTS);
    }

    /** Touches the bucket of {@code hash}; the value means nothing. */
    long touch(final long hash) {
        return Memory.longAt(line(home(hash)));
    }

    /**
     * The first entry that {@code hash} may mean: its number in the low 32 bits, its place above for
     * {@link #after}; -1 when there is none.
     */
    long first(final long hash) {
        return scan(home(hash), 0, hash);
    }

    /** The next entry that {@code hash} may mean after {@code candidate}, in the same form. */
    long after(final long hash, final long candidate) {
        final int place = (int) (candidate >>> 32);
        return scan(place / SLOTS, place % SLOTS + 1, hash);
    }

    /** The first candidate in the home bucket alone, as {@link #first} gives it: for touching ahead. */
    long firstAtHome(final long hash) {
        final int bucket = home(hash);
        return scanBucket(bucket, 0, hash >>> TAG_SHIFT);
    }

    private long scan(final int fromBucket, final int fromSlot, final long hash) {
        final long tag = hash >>> TAG_SHIFT;
        int bucket = fromBucket;
        int slot = fromSlot;
        final int home = home(hash);
        int left = reach - (bucket >= home ? bucket - home : bucket + buckets - home);
        while (true) {
            final long candidate = scanBucket(bucket, slot, tag);
            if (candidate >= 0 || spills(line(bucket)) == 0) {
                return candidate;
            }
            if (--left == 0) {
                return -1;
            }
            bucket = next(bucket);
            slot = 0;
        }
    }

    private long scanBucket(final int bucket, final int fromSlot, final long tag) {
        final long line = line(bucket);
        for (int slot = fromSlot; slot < SLOTS; slot++) {
            final long word = Memory.longAt(line + slot * Long.BYTES);
            if (word >>> TAG_SHIFT == tag && (int) word != 0) {
                return ((long) bucket * SLOTS + slot) << 32 | ((int) word - 1);
            }
        }
        return -1;
    }

    /** Whether an entry under this hash would find a slot within reach. */
    boolean hasRoom(final long hash) {
        int bucket = home(hash);
        for (int i = 0; i < reach; i++) {
            if (freeSlot(line(bucket)) >= 0) {
                return true;
            }
            bucket = next(bucket);
        }
        return false;
    }

    /** Inserts an entry that {@link #hasRoom}. */
    void insert(final long hash, final int entry) {
        int bucket = home(hash);
        int slot = freeSlot(line(bucket));
        while (slot < 0) {
            final long line = line(bucket);
            Memory.putLong(line, Memory.longAt(line) + ONE_SPILL);
            bucket = next(bucket);
            slot = freeSlot(line(bucket));
        }
        final long at = line(bucket) + slot * Long.BYTES;
        Memory.putLong(at, hash >>> TAG_SHIFT << TAG_SHIFT | Memory.longAt(at) & SPILLS_MASK | entry + 1);
    }

    private static int freeSlot(final long line) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if ((int) Memory.longAt(line + slot * Long.BYTES) == 0) {
                return slot;
            }
        }
        return -1;
    }

    /** Whether the entry was there under this hash; it no longer is. */
    boolean remove(final long hash, final int entry) {
        long candidate = first(hash);
        while (candidate >= 0 && (int) candidate != entry) {
            candidate = after(hash, candidate);
        }
        if (candidate < 0) {
            return false;
        }
        final long at = address + (candidate >>> 32) * Long.BYTES;
        Memory.putLong(at, Memory.longAt(at) & SPILLS_MASK);
        final int holder = (int) (candidate >>> 32) / SLOTS;
        for (int bucket = home(hash); bucket != holder; bucket = next(bucket)) {
            final long line = line(bucket);
            Memory.putLong(line, Memory.longAt(line) - ONE_SPILL);
        }
        return true;
    }

    /** Maps the hash's low half to a bucket by a multiplication: no division, any number of buckets. */
    private int home(final long hash) {
        return (int) ((hash & 0xFFFF_FFFFL) * buckets >>> 32);
    }

    private int next(final int bucket) {
        return bucket + 1 == buckets ? 0 : bucket + 1;
    }

    private long line(final int bucket) {
        return address + (long) bucket * Memory.CACHE_LINE_BYTES;
    }

    private static long spills(final long line) {
        return Memory.longAt(line) & SPILLS_MASK;
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
