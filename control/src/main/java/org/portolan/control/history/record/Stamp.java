package org.portolan.control.history.record;

import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/**
 * When, in the order of cause and effect, and by whom: a hybrid logical clock (Kulkarni and others, "Logical Physical
 * Clocks", 2014). The count is the wall clock's microseconds, or one more than the stamp that it replaces if that is
 * greater. So what replaces a record beats it, as with Lamport's clock, and yet nobody can use up the numbers: a count
 * that is far ahead of the wall clock is a wrong one. Counts of earlier versions were 1, 2, 3 and less than 10^15,
 * which the microseconds passed in 2001.
 *
 * @param count greater than that of the record that it replaces
 * @param router the writer's name
 */
public record Stamp(long count, String router) implements Comparable<Stamp> {
    private static final Comparator<Stamp> ORDER =
            Comparator.comparingLong(Stamp::count).thenComparing(Stamp::router);

    /** The second of the wall clock that the count stands for; next to nothing for a count of earlier versions. */
    long seconds() {
        return TimeUnit.MICROSECONDS.toSeconds(count);
    }

    @Override
    public int compareTo(final Stamp other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return count + " " + router;
    }
}
