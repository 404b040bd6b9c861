package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * When one worker last sent to each neighbor of one {@link NeighborTable}: an int of boot-clock seconds for each slot,
 * {@link #NEVER} at first.
 *
 * <p>The worker is the one writer and stores only when the second changed, so a busy neighbor costs its line one write
 * a second. Control reads, to tell entries in use, which it refreshes, from idle ones, which it lets go. Release and
 * acquire; nothing else is published through it. A slot of the table's hash may have served another address before: a
 * mark older than the entry is not the entry's.
 */
public final class NeighborUse implements AutoCloseable {
    /** Before any time: the first second of the boot clock is 0. */
    public static final int NEVER = -1;

    private final Slab slab;
    private final long marks;

    /** @param slots {@link NeighborTable#slots()} of the table whose use is marked */
    public NeighborUse(final int slots) {
        slab = Slab.allocate(4L * slots, "neighbor use marks");
        marks = slab.address();
        for (int slot = 0; slot < slots; slot++) {
            SharedWord.publishInt(marks + 4L * slot, NEVER);
        }
    }

    /** The worker sent to the neighbor in this slot. The owning worker only. */
    public void markUsed(final int slot, final int nowS) {
        final long mark = marks + 4L * slot;
        if (SharedWord.peekInt(mark) != nowS) {
            SharedWord.publishInt(mark, nowS);
        }
    }

    /** Second of the last use, or {@link #NEVER}. Any thread. */
    public int lastUsedS(final int slot) {
        return SharedWord.observeInt(marks + 4L * slot);
    }

    /** The question that {@link NeighborMachine} asks, over the marks of all workers on one table. Control only. */
    public static UseOracle oracle(final NeighborTable table, final NeighborUse... workers) {
        final NeighborUse[] uses = workers.clone();
        return address -> {
            final int slot = table.slot(address);
            int last = NEVER;
            for (int worker = 0; slot >= 0 && worker < uses.length; worker++) {
                last = Math.max(last, uses[worker].lastUsedS(slot));
            }
            return last;
        };
    }

    @Override
    public void close() {
        slab.close();
    }
}
