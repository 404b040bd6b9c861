package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * How many there are of each key: exact, off-heap, with linear probing in cells of which at most two thirds are in use.
 *
 * <p>A cell is one word for keys of 32 bits, the key above its count, and two words for wider ones. In an empty one the
 * count is 0.
 *
 * <p>A sender of forged addresses cannot fill it: a key is here only while something is counted under it, and those
 * are capped at the capacity. Nor can it aim at one cell, as the hash has a secret. One worker uses it.
 */
final class KeyedCounts implements AutoCloseable {
    private final Slab slab;
    private final long firstCell;
    private final int cells;
    private final FlowKey key;
    private final boolean wide;

    private KeyedCounts(final int capacity, final boolean wide, final NatSecrets.Key secret, final String what) {
        this.wide = wide;
        cells = capacity + capacity / 2 + 1;
        slab = Slab.allocate((long) cells * (wide ? 2 : 1) * Long.BYTES, what);
        firstCell = slab.address();
        key = new FlowKey(secret);
    }

    /**
     * For keys of 32 bits.
     *
     * @param capacity how many keys there can be at once, at most 2^30
     * @param what is counted, for a message
     */
    static KeyedCounts ofInts(final int capacity, final NatSecrets.Key secret, final String what) {
        return new KeyedCounts(capacity, false, secret, what);
    }

    /** The same for keys of up to 64 bits. */
    static KeyedCounts ofLongs(final int capacity, final NatSecrets.Key secret, final String what) {
        return new KeyedCounts(capacity, true, secret, what);
    }

    /** The count of a key; 0 for one that is not here. */
    int of(final long counted) {
        return count(cellOf(counted));
    }

    void add(final long counted) {
        final int cell = cellOf(counted);
        put(cell, counted, count(cell) + 1);
    }

    /** Takes one off a key that is here. */
    void remove(final long counted) {
        final int cell = cellOf(counted);
        final int left = count(cell) - 1;
        if (left > 0) {
            put(cell, counted, left);
        } else {
            close(cell);
        }
    }

    /** Empties a cell and moves later ones of its run up, so that no probe stops too early. */
    private void close(final int emptied) {
        int gap = emptied;
        for (int cell = next(gap); count(cell) != 0; cell = next(cell)) {
            final long moved = keyIn(cell);
            if (distance(home(moved), cell) >= distance(gap, cell)) {
                put(gap, moved, count(cell));
                gap = cell;
            }
        }
        put(gap, 0, 0);
    }

    /** The key's cell, or the empty one where it would go. */
    private int cellOf(final long counted) {
        int cell = home(counted);
        while (count(cell) != 0 && keyIn(cell) != counted) {
            cell = next(cell);
        }
        return cell;
    }

    private int next(final int cell) {
        return cell + 1 == cells ? 0 : cell + 1;
    }

    /** Steps from a cell forward to another, around the end. */
    private int distance(final int from, final int to) {
        return to >= from ? to - from : to - from + cells;
    }

    /** Maps the hash's low half to a cell by a multiplication: any number of cells. */
    private int home(final long counted) {
        return (int) ((key.hash(counted, 0) & 0xFFFF_FFFFL) * cells >>> 32);
    }

    private long keyIn(final int cell) {
        return wide ? Memory.longAt(at(cell)) : Memory.longAt(at(cell)) >> 32;
    }

    private int count(final int cell) {
        return (int) Memory.longAt(wide ? at(cell) + Long.BYTES : at(cell));
    }

    private void put(final int cell, final long counted, final int count) {
        if (wide) {
            Memory.putLong(at(cell), counted);
            Memory.putLong(at(cell) + Long.BYTES, count);
        } else {
            Memory.putLong(at(cell), counted << 32 | count);
        }
    }

    private long at(final int cell) {
        return firstCell + ((long) cell << (wide ? 4 : 3));
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
