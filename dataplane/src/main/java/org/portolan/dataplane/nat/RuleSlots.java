package org.portolan.dataplane.nat;

/**
 * What is kept for each static rule that has a mapping: a number, which names a {@link ClosedSessions} queue, and how
 * many of its sessions the outside opened. As many as there may be rules, allocated at the start. One worker uses it.
 */
final class RuleSlots {
    private final int[] outsideSessions;

    /** Of a free slot: the next free one, or -1. */
    private final int[] next;

    private int freeChain = -1;
    private int untouched;
    private int taken;

    RuleSlots(final int capacity) {
        outsideSessions = new int[capacity];
        next = new int[capacity];
    }

    int capacity() {
        return next.length;
    }

    /** Slots in use, and so static rules with a mapping. */
    int taken() {
        return taken;
    }

    /** No slot from this number on was ever taken. */
    int untouched() {
        return untouched;
    }

    boolean isFull() {
        return taken == next.length;
    }

    /** Takes a slot of no sessions; there must be a free one. */
    int take() {
        taken++;
        if (freeChain < 0) {
            return untouched++;
        }
        final int slot = freeChain;
        freeChain = next[slot];
        return slot;
    }

    void free(final int slot) {
        taken--;
        next[slot] = freeChain;
        freeChain = slot;
    }

    /** Sessions that the outside opened; none for -1, a rule that has no mapping. */
    int outsideSessions(final int slot) {
        return slot < 0 ? 0 : outsideSessions[slot];
    }

    /** @param slot or -1, for which nothing is counted */
    void addOutsideSessions(final int slot, final int more) {
        if (slot >= 0) {
            outsideSessions[slot] += more;
        }
    }
}
