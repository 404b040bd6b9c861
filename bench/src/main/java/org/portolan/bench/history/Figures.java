package org.portolan.bench.history;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** A median and its range over rounds. */
record Figures(double median, double least, double most) {

    /** @param values at least one; of an even count the upper middle is the median */
    static Figures of(final Collection<Double> values) {
        final double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Figures(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    static Figures of(final double... values) {
        return of(Arrays.stream(values).boxed().toList());
    }

    /** @param decimals after the point */
    String text(final int decimals) {
        final String number = "%,." + decimals + "f";
        return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", median, least, most);
    }
}
