package org.portolan.bench.traffic;

/**
 * Tells from sequence numbers what was lost, doubled or overtaken. It remembers the last {@value #SIZE} numbers up to
 * the highest one seen, a bit each; what comes later than that is {@link #tooLate}, and nobody knows whether it is a
 * duplicate.
 *
 * <p>Reordered as in RFC 4737 section 3.3: a frame with a number below one that arrived before it. Allocates nothing
 * once made. One thread uses it.
 */
final class SequenceWindow {
    /** Numbers that are remembered. */
    static final int SIZE = 1 << 16;

    private final long[] seen = new long[SIZE / 64];
    private long highest = -1;
    private long arrived;
    private long duplicates;
    private long reordered;
    private long tooLate;

    /** @param sequence the low 32 bits of a frame's number; numbers of a run begin with 0 */
    void take(final int sequence) {
        final long number = highest + (sequence - (int) highest);
        if (number > highest) {
            forgetUpTo(number);
            highest = number;
        } else if (number <= highest - SIZE || number < 0) {
            tooLate++;
            return;
        } else if ((seen[word(number)] & 1L << number) != 0) {
            duplicates++;
            return;
        } else {
            reordered++;
        }
        seen[word(number)] |= 1L << number;
        arrived++;
    }

    private static int word(final long number) {
        return (int) (number & SIZE - 1) >>> 6;
    }

    /** The bits up to this number's stood for numbers that are {@value #SIZE} lower. */
    private void forgetUpTo(final long number) {
        for (long each = Math.max(highest + 1, number - SIZE + 1); each <= number; each++) {
            seen[word(each)] &= ~(1L << each);
        }
    }

    /** Different numbers that arrived. */
    long arrived() {
        return arrived;
    }

    /** Frames whose number had arrived before. */
    long duplicates() {
        return duplicates;
    }

    /** Frames that others with higher numbers had overtaken; they count as arrived. */
    long reordered() {
        return reordered;
    }

    /** Frames that were overtaken by more than the window holds; they do not count as arrived. */
    long tooLate() {
        return tooLate;
    }
}
