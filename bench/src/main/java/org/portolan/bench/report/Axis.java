package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * One axis of a chart.
 *
 * @param title with its unit
 * @param from value at the origin
 * @param to value at the far end
 */
record Axis(String title, double from, double to, boolean logarithmic, List<Tick> ticks) {
    /** Nearer than this share of the axis two labels would touch. */
    private static final double APART = 0.055;

    record Tick(double value, String label) {}

    /** Where a value lies: 0 at the origin, 1 at the far end. */
    double share(final double value) {
        return logarithmic
                ? (Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from))
                : (value - from) / (to - from);
    }

    /** From 0 to a round number at or above the most, in 4 to 8 steps. */
    static Axis fromZero(final String title, final double most, final DoubleFunction<String> label) {
        final double top = most > 0 ? most : 1;
        final double decade = Math.pow(10, Math.floor(Math.log10(top / 7)));
        final double step = DoubleStream.of(decade, 2 * decade, 5 * decade)
                .filter(each -> each >= top / 7)
                .findFirst()
                .orElse(10 * decade);
        final long steps = (long) Math.ceil(top / step - 1e-9);
        final List<Tick> ticks = new ArrayList<>();
        for (long i = 0; i <= steps; i++) {
            ticks.add(new Tick(i * step, label.apply(i * step)));
        }
        return new Axis(title, 0, steps * step, false, ticks);
    }

    /** Whole decades around the values. */
    static Axis decades(final String title, final double least, final double most, final DoubleFunction<String> label) {
        final int first = (int) Math.floor(Math.log10(least) + 1e-9);
        final int last = Math.max(first + 1, (int) Math.ceil(Math.log10(most) - 1e-9));
        final List<Tick> ticks = IntStream.rangeClosed(first, last)
                .mapToDouble(each -> Math.pow(10, each))
                .mapToObj(each -> new Tick(each, label.apply(each)))
                .toList();
        return new Axis(title, Math.pow(10, first), Math.pow(10, last), true, ticks);
    }

    /** Logarithmic, with a tick at each value that was measured. */
    static Axis at(final String title, final Collection<Long> values, final DoubleFunction<String> label) {
        final double least = values.stream().mapToLong(Long::longValue).min().orElseThrow();
        final double most = values.stream().mapToLong(Long::longValue).max().orElseThrow();
        final double margin = Math.max(Math.pow(most / least, 0.05), 1.2);
        final Axis bare = new Axis(title, least / margin, most * margin, true, List.of());
        final List<Tick> ticks = new ArrayList<>();
        for (final long value : values.stream().sorted().toList()) {
            if (ticks.isEmpty()
                    || bare.share(value) - bare.share(ticks.getLast().value()) > APART) {
                ticks.add(new Tick(value, label.apply(value)));
            }
        }
        return new Axis(title, bare.from, bare.to, true, ticks);
    }

    /** Names side by side; the first stands at 0. */
    static Axis names(final String title, final List<String> names) {
        return new Axis(
                title,
                -0.5,
                names.size() - 0.5,
                false,
                IntStream.range(0, names.size())
                        .mapToObj(each -> new Tick(each, names.get(each)))
                        .toList());
    }

    /**
     * Percentiles by how rare what lies above is: each nine takes the same room.
     *
     * @param samples where the curve that goes furthest ends
     */
    static Axis percentiles(final double samples) {
        final List<Tick> ticks =
                new ArrayList<>(List.of(new Tick(1, "0 %"), new Tick(2, "50 %"), new Tick(10, "90 %")));
        for (int nines = 2; Math.pow(10, nines) <= samples; nines++) {
            ticks.add(new Tick(Math.pow(10, nines), "99" + (nines > 2 ? "." + "9".repeat(nines - 2) : "") + " %"));
        }
        return new Axis("percentile", 1, Math.max(samples, 10), true, ticks);
    }
}
