package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Flow;

/**
 * How many sessions each remote address has opened from outside: exact, off-heap, with linear probing in cells of which
 * at most two thirds are in use.
 *
 * <pre>
 *  one cell, one aligned word; an empty one is 0
 *  63                             32 31                             0
 * +---------------------------------+--------------------------------+
 * |         remote address          |            sessions            |
 * +---------------------------------+--------------------------------+
 * </pre>
 *
 * <p>A sender of forged sources cannot fill it: an address is here only while it has a session, and sessions from
 * outside are capped at the capacity. Nor can it aim at one cell, as the hash is keyed. One worker uses it.
 */
final class RemoteCounts implements AutoCloseable {
    private final Slab slab;
    private final long firstCell;
    private final int cells;
    private final FlowKey key;

    /** @param capacity how many addresses there can be at once */
    RemoteCounts(final int capacity, final NatSecrets.Key secret) {
        cells = capacity + capacity / 2 + 1;
        slab = Slab.allocate((long) cells * Long.BYTES, "sessions of remote addresses");
        firstCell = slab.address();
        key = new FlowKey(secret);
    }

    /** Sessions of an address. */
    int of(final int address) {
        return (int) Memory.longAt(at(cellOf(address)));
    }

    void add(final int address) {
        final long at = at(cellOf(address));
        final int count = (int) Memory.longAt(at);
        Memory.putLong(at, (long) address << 32 | count + 1);
    }

    /** Takes one session off an address that has one. */
    void remove(final int address) {
        final int cell = cellOf(address);
        final long at = at(cell);
        final long word = Memory.longAt(at);
        if ((int) word > 1) {
            Memory.putLong(at, word - 1);
        } else {
            close(cell);
        }
    }

    /** Empties a cell and moves later ones of its run up, so that no probe stops too early. */
    private void close(final int emptied) {
        int gap = emptied;
        int cell = next(gap);
        for (long word = Memory.longAt(at(cell)); word != 0; word = Memory.longAt(at(cell))) {
            if (distance(home((int) (word >>> 32)), cell) >= distance(gap, cell)) {
                Memory.putLong(at(gap), word);
                gap = cell;
            }
            cell = next(cell);
        }
        Memory.putLong(at(gap), 0);
    }

    /** The address's cell, or the empty one where it would go. */
    private int cellOf(final int address) {
        int cell = home(address);
        for (long word = Memory.longAt(at(cell)); word != 0; word = Memory.longAt(at(cell))) {
            if ((int) (word >>> 32) == address) {
                return cell;
            }
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
    private int home(final int address) {
        return (int) ((key.hash(Flow.addresses(address, 0), 0) & 0xFFFF_FFFFL) * cells >>> 32);
    }

    private long at(final int cell) {
        return firstCell + (long) cell * Long.BYTES;
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
