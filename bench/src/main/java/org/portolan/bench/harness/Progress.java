package org.portolan.bench.harness;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;

/**
 * What is going on, a line a point, and how long the rest will take: each kind's own mean once it was measured, the
 * plan's guess before.
 */
final class Progress {
    private static final double SECONDS_A_MINUTE = 60;

    /** What of a measurement fits the line, by kind; the first that it has. */
    private static final List<Figure> TELLING = List.of(
            Figure.LOSS_FREE_FPS,
            Figure.DELIVERED_FPS,
            Figure.SESSIONS_PER_S,
            Figure.P50_US,
            Figure.TCP_GBIT,
            Figure.RTT_AVG_US,
            Figure.START_S,
            Figure.ALLOCATED_BYTES);

    private final PrintStream out;
    private final int points;
    private final Map<Point.Kind, double[]> spent = new EnumMap<>(Point.Kind.class);
    private final Map<Point.Kind, double[]> guessed = new EnumMap<>(Point.Kind.class);
    private int done;

    /** @param points all of the run, those that were measured before included */
    Progress(final PrintStream out, final int points) {
        this.out = out;
        this.points = points;
    }

    /** A point that is still to be measured. */
    void expect(final Point.Kind kind, final double seconds) {
        final double[] sum = guessed.computeIfAbsent(kind, _ -> new double[2]);
        sum[0] += seconds;
        sum[1]++;
    }

    /** Points that an earlier run measured. */
    void skip(final int count) {
        done += count;
    }

    void say(final String line) {
        out.println(line);
    }

    void begin(final Task task, final Point point, final String device) {
        out.printf(
                Locale.ROOT, "[%3d/%d] round %d  %-26s %-34s ", done + 1, points, point.round(), device, task.text());
        out.flush();
    }

    void end(final Point.Kind kind, final double seconds, final Measurement measurement) {
        done++;
        final double[] sum = spent.computeIfAbsent(kind, _ -> new double[2]);
        sum[0] += seconds;
        sum[1]++;
        final double[] left = guessed.get(kind);
        left[0] -= left[0] / Math.max(1, left[1]);
        left[1]--;
        out.printf(Locale.ROOT, "%22s   %s%n", telling(measurement), left());
    }

    private static String telling(final Measurement measurement) {
        return TELLING.stream()
                .filter(measurement.values()::containsKey)
                .findFirst()
                .map(figure -> text(measurement.values().get(figure)) + " " + figure.unit())
                .orElse("-");
    }

    private static String text(final double value) {
        return String.format(Locale.ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
    }

    /** Seconds that the rest is likely to take. */
    double leftSeconds() {
        double seconds = 0;
        for (final Map.Entry<Point.Kind, double[]> each : guessed.entrySet()) {
            final double[] known = spent.get(each.getKey());
            seconds += known == null ? each.getValue()[0] : known[0] / known[1] * each.getValue()[1];
        }
        return seconds;
    }

    private String left() {
        final double seconds = leftSeconds();
        if (done == points) {
            return "done";
        }
        return seconds < SECONDS_A_MINUTE
                ? "under a minute left"
                : "about %.0f min left".formatted(Math.ceil(seconds / SECONDS_A_MINUTE));
    }
}
