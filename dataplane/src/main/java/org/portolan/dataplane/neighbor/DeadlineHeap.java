package org.portolan.dataplane.neighbor;

import java.util.Arrays;

/**
 * Entries by deadline, the next one first, and of equal ones the one that was scheduled first, so that who waits is
 * served in turn: a binary heap whose elements know their place. Control only.
 */
final class DeadlineHeap {
    private NeighborEntry[] heap = new NeighborEntry[64];
    private int size;
    private long scheduled;

    /** The entry that is due first, or null. */
    NeighborEntry first() {
        return size == 0 ? null : heap[0];
    }

    /** Puts an entry in, or moves the one that is in already. */
    void schedule(final NeighborEntry entry, final long dueMs) {
        entry.dueMs = dueMs;
        entry.dueOrder = scheduled++;
        if (entry.heapIndex < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            place(entry, size++);
        }
        down(up(entry.heapIndex));
    }

    /** No effect when it is not in. */
    void remove(final NeighborEntry entry) {
        final int hole = entry.heapIndex;
        if (hole < 0) {
            return;
        }
        entry.heapIndex = -1;
        final NeighborEntry last = heap[--size];
        heap[size] = null;
        if (last != entry) {
            place(last, hole);
            down(up(hole));
        }
    }

    private int up(final int from) {
        final NeighborEntry entry = heap[from];
        int at = from;
        while (at > 0 && isBefore(entry, heap[at - 1 >>> 1])) {
            place(heap[at - 1 >>> 1], at);
            at = at - 1 >>> 1;
        }
        place(entry, at);
        return at;
    }

    private void down(final int from) {
        final NeighborEntry entry = heap[from];
        int at = from;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], entry)) {
                break;
            }
            place(heap[child], at);
            at = child;
        }
        place(entry, at);
    }

    private static boolean isBefore(final NeighborEntry one, final NeighborEntry other) {
        return one.dueMs < other.dueMs || one.dueMs == other.dueMs && one.dueOrder < other.dueOrder;
    }

    private void place(final NeighborEntry entry, final int at) {
        heap[at] = entry;
        entry.heapIndex = at;
    }
}
