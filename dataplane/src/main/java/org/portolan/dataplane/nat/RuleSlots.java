package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.policy.Policy;

/**
 * What is kept for each static rule that has mappings: a number, which names a {@link ClosedSessions} queue, how many
 * mappings it has, and how many of its sessions the outside opened. As many as there may be rules, allocated at the
 * start. One worker uses it.
 *
 * <p>Each rule always finds room for one mapping. What a range has beyond that comes from room for all ranges together.
 *
 * <p>A slot stays as long as one of its mappings lives, also when its rule is gone or has other ports. A rule that
 * begins between the same two endpoints as one before it goes on with that one's slot.
 */
final class RuleSlots {
    private static final int NONE = -1;

    private final int[] outsideSessions;
    private final int[] mappings;
    private final int mostFurther;

    /** Of a slot its rule, or {@link #NONE} when that is gone; and the other way round. */
    private final int[] ruleOf;

    private int[] slotOf;
    private int[] slotOfBefore;

    /** Of a free slot: the next free one, or -1. */
    private final int[] next;

    private int freeChain = NONE;
    private int untouched;
    private int taken;
    private int mappingCount;

    /**
     * @param capacity rules
     * @param mostFurther mappings of all rules together, beyond the first of each
     */
    RuleSlots(final int capacity, final int mostFurther) {
        this.mostFurther = mostFurther;
        outsideSessions = new int[capacity];
        mappings = new int[capacity];
        next = new int[capacity];
        ruleOf = new int[capacity];
        slotOf = new int[capacity];
        slotOfBefore = new int[capacity];
        Arrays.fill(slotOf, NONE);
        Arrays.fill(slotOfBefore, NONE);
    }

    /** Takes a policy over, whose rules have other numbers. */
    void adopt(final Policy policy) {
        final int[] before = slotOf;
        slotOf = slotOfBefore;
        slotOfBefore = before;
        Arrays.fill(slotOf, NONE);
        Arrays.fill(ruleOf, NONE);
        final int[] continued = policy.continued();
        for (int rule = 0; rule < continued.length; rule++) {
            final int slot = continued[rule] < 0 ? NONE : before[continued[rule]];
            slotOf[rule] = slot;
            if (slot >= 0) {
                ruleOf[slot] = rule;
            }
        }
    }

    int capacity() {
        return next.length;
    }

    /** Mappings of static rules. */
    int mappings() {
        return mappingCount;
    }

    /** No slot from this number on was ever taken. */
    int untouched() {
        return untouched;
    }

    /** The slot of a rule, or -1 when it has no mapping. */
    int slotOf(final int rule) {
        return slotOf[rule];
    }

    /** Whether a rule finds no room for one more mapping. */
    boolean isFull(final int rule) {
        return slotOf[rule] < 0 ? taken == next.length : mappingCount - taken >= mostFurther;
    }

    /** Counts a mapping of a rule that is not {@link #isFull full}; the rule's slot. */
    int take(final int rule) {
        if (slotOf[rule] < 0) {
            slotOf[rule] = takeFree();
            ruleOf[slotOf[rule]] = rule;
        }
        mappingCount++;
        mappings[slotOf[rule]]++;
        return slotOf[rule];
    }

    private int takeFree() {
        taken++;
        if (freeChain < 0) {
            return untouched++;
        }
        final int slot = freeChain;
        freeChain = next[slot];
        return slot;
    }

    /** Takes a mapping off its slot, which is free with the last one. */
    void free(final int slot) {
        mappingCount--;
        mappings[slot]--;
        if (mappings[slot] > 0) {
            return;
        }
        if (ruleOf[slot] >= 0) {
            slotOf[ruleOf[slot]] = NONE;
        }
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
