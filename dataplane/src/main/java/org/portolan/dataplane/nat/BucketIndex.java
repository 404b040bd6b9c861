package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * Hash to entry numbers: 64-byte buckets of twelve slots, two thirds full at most. It holds no keys; whoever asks
 * compares each candidate with the entry's own record, which is the next cache line that the packet needs anyway.
 *
 * <pre>
 *  byte 0                     12      14      16                                               64
 * +--------------------------+-------+-------+------------------------------------------------+
 * |        twelve tags       |spills |   0   |          twelve entry numbers, an int each     |
 * +--------------------------+-------+-------+------------------------------------------------+
 * </pre>
 *
 * <p>A tag is a byte of the hash, never 0; 0 is an empty slot. All twelve are compared at once, in two words: a scan
 * reads the bucket's first 16 bytes and then the entries whose tags are alike. Of the packets that have no entry, one
 * in 32 finds a candidate that is another's.
 *
 * <p><em>Spills</em> counts the live entries that found this bucket full and went on to the next, so a miss stops at
 * the first bucket whose count is 0. In a full index 6 of 100 buckets overflow, and 1 of 100 entries is not at home.
 * Removing an entry takes its mark off every bucket that it had passed.
 *
 * <p>An entry is at most {@value #REACH} buckets from its home, and no search goes further, whoever chose the hashes:
 * an entry for which these buckets are full is refused. A bucket's spills cannot overflow: what passed it is in the 31
 * after it.
 *
 * <p>One thread uses it. Entries are unique by number under one hash; the caller inserts at most {@code capacity}
 * of them.
 */
final class BucketIndex implements AutoCloseable {
    /** Buckets that an entry may be in, its home the first. */
    static final int REACH = 32;

    static final int SLOTS = 12;

    /** Entries for each bucket of a full index. */
    static final int LOAD = 8;

    private static final int TAG_SHIFT = 56;
    private static final int SPILLS = 12;
    private static final int ENTRIES = 16;

    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long LOW_BITS = 0x7F7F_7F7F_7F7F_7F7FL;

    /** The last four tags' bits, where those of the first eight have none. */
    private static final long LAST_TAGS = 0x8080_8080L;

    private static final int LAST_TAGS_SHIFT = 4;

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

    /** Any number, as {@link #home} needs no power of two. */
    private static int bucketsFor(final int capacity) {
        return (int) (((long) capacity + LOAD - 1) / LOAD);
    }

    /** Touches the bucket of {@code hash}; the value means nothing. */
    long touch(final long hash) {
        return Memory.longAt(line(home(hash)));
    }

    /** The first entry that {@code hash} may mean, or -1. */
    int likely(final long hash) {
        final long line = line(home(hash));
        final long alike = alike(line, tag(hash));
        return alike == 0 ? likelyBeyond(line, hash) : Memory.intAt(entry(line, slot(alike)));
    }

    private int likelyBeyond(final long home, final long hash) {
        return spills(home) == 0 ? -1 : (int) first(hash);
    }

    /**
     * The first entry that {@code hash} may mean: its number in the low 32 bits, its place above for
     * {@link #after}; -1 when there is none.
     */
    long first(final long hash) {
        return scan(home(hash), -1L, hash);
    }

    /** The next entry that {@code hash} may mean after {@code candidate}, in the same form. */
    long after(final long hash, final long candidate) {
        final int place = (int) (candidate >>> 32);
        return scan(place / SLOTS, -2L << bit(place % SLOTS), hash);
    }

    /** @param mask of the bits of {@link #alike} that are still to be looked at in the first bucket */
    private long scan(final int fromBucket, final long mask, final long hash) {
        final int tag = tag(hash);
        final int home = home(hash);
        int bucket = fromBucket;
        int left = reach - (bucket >= home ? bucket - home : bucket + buckets - home);
        long alike = alike(line(bucket), tag) & mask;
        while (alike == 0) {
            if (spills(line(bucket)) == 0 || --left == 0) {
                return -1;
            }
            bucket = next(bucket);
            alike = alike(line(bucket), tag);
        }
        final int slot = slot(alike);
        return ((long) bucket * SLOTS + slot) << 32 | Memory.intAt(entry(line(bucket), slot)) & 0xFFFF_FFFFL;
    }

    /** Whether this many entries under this hash would find slots within reach. */
    boolean hasRoom(final long hash, final int entries) {
        int bucket = home(hash);
        int free = 0;
        for (int i = 0; i < reach; i++) {
            free += Long.bitCount(alike(line(bucket), 0));
            if (free >= entries) {
                return true;
            }
            bucket = next(bucket);
        }
        return false;
    }

    /** Inserts an entry for which there is room. */
    void insert(final long hash, final int entry) {
        int bucket = home(hash);
        long free = alike(line(bucket), 0);
        while (free == 0) {
            addSpills(line(bucket), 1);
            bucket = next(bucket);
            free = alike(line(bucket), 0);
        }
        final long line = line(bucket);
        final int slot = slot(free);
        Memory.putInt(entry(line, slot), entry);
        Memory.putU8(line + slot, tag(hash));
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
        final int place = (int) (candidate >>> 32);
        final int holder = place / SLOTS;
        Memory.putU8(line(holder) + place % SLOTS, 0);
        for (int bucket = home(hash); bucket != holder; bucket = next(bucket)) {
            addSpills(line(bucket), -1);
        }
        return true;
    }

    /** One bit for each slot that has the tag: bit 8s for slot s below 8, bit 8(s - 8) + 4 for the others. */
    private static long alike(final long line, final int tag) {
        final long pattern = tag * EACH_BYTE;
        final long first = zeros(Memory.longAt(line) ^ pattern);
        final long last = zeros(Memory.longAt(line + Long.BYTES) ^ pattern) & LAST_TAGS;
        return first >>> 7 | last >>> 7 - LAST_TAGS_SHIFT;
    }

    /** The upper bit of each byte that is 0, and no other. */
    private static long zeros(final long bytes) {
        return ~((bytes & LOW_BITS) + LOW_BITS | bytes | LOW_BITS);
    }

    /** The slot of the lowest bit of {@link #alike}. */
    private static int slot(final long alike) {
        final int bit = Long.numberOfTrailingZeros(alike);
        return (bit >>> 3) + ((bit & LAST_TAGS_SHIFT) << 1);
    }

    private static int bit(final int slot) {
        return slot < Long.BYTES ? slot << 3 : (slot - Long.BYTES << 3) + LAST_TAGS_SHIFT;
    }

    private static int tag(final long hash) {
        final int tag = (int) (hash >>> TAG_SHIFT);
        return tag == 0 ? 1 : tag;
    }

    private static long entry(final long line, final int slot) {
        return line + ENTRIES + slot * Integer.BYTES;
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

    /** Live entries that passed the home bucket of {@code hash}. */
    int spillsAtHome(final long hash) {
        return spills(line(home(hash)));
    }

    private static int spills(final long line) {
        return Memory.shortAt(line + SPILLS);
    }

    private static void addSpills(final long line, final int more) {
        Memory.putShort(line + SPILLS, (short) (spills(line) + more));
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
