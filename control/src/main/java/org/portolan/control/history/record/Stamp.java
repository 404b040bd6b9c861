package org.portolan.control.history.record;

import java.util.Comparator;

/**
 * A Lamport stamp: when, in the order of cause and effect, and by whom (Lamport, "Time, Clocks, and the Ordering of
 * Events in a Distributed System", 1978).
 *
 * @param count greater than any that the router had seen
 * @param router the writer's name
 */
public record Stamp(long count, String router) implements Comparable<Stamp> {
    private static final Comparator<Stamp> ORDER =
            Comparator.comparingLong(Stamp::count).thenComparing(Stamp::router);

    @Override
    public int compareTo(final Stamp other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return count + " " + router;
    }
}
