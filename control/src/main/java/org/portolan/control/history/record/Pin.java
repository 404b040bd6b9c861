package org.portolan.control.history.record;

import java.util.Comparator;

/**
 * A static binding, or the memory of one.
 *
 * @param mac 48 bits; 0 when the pin was removed
 * @param by who asked for it, or for its removal
 * @param sinceS wall-clock second of that
 */
public record Pin(long mac, String by, long sinceS, Stamp stamp) {
    private static final Comparator<Pin> ORDER = Comparator.comparingLong((Pin each) -> each.stamp.count())
            .thenComparing(each -> !each.isSet())
            .thenComparing(each -> each.stamp.router())
            .thenComparingLong(Pin::mac)
            .thenComparingLong(Pin::sinceS)
            .thenComparing(Pin::by);

    public boolean isSet() {
        return mac != 0;
    }

    /** The greater of two, either of which may be null. */
    public static Pin join(final Pin one, final Pin other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return ORDER.compare(one, other) >= 0 ? one : other;
    }
}
