package org.portolan.bench.run;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * A median and its range over rounds.
 *
 * @param count of the rounds, at least 1
 */
public record Rounds(double median, double least, double most, int count) {
    /** Rounds further apart than this share of their median tell an order of magnitude, not a figure. */
    public static final double WIDE = 0.25;

    /** @param values at least one; of an even count the mean of the middle two is the median */
    public static Rounds of(final Collection<Double> values) {
        final double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Rounds(median(sorted), sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    private static double median(final double[] sorted) {
        final int upper = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[upper] : sorted[upper - 1] + (sorted[upper] - sorted[upper - 1]) / 2;
    }

    public static Rounds of(final double... values) {
        return of(Arrays.stream(values).boxed().toList());
    }

    /** From the least to the most, as a share of the median; 0 when all rounds agree. */
    public double spread() {
        return most == least ? 0 : (most - least) / Math.abs(median);
    }

    public boolean isWide() {
        return spread() > WIDE;
    }

    /** Whether some value lies in both ranges. */
    public boolean overlaps(final Rounds other) {
        return least <= other.most && other.least <= most;
    }

    /** @param decimals after the point */
    public String text(final int decimals) {
        final String number = "%,." + decimals + "f";
        return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", median, least, most);
    }
}
