package org.portolan.bench.report;

import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.HistogramLogReader;
import org.portolan.bench.lab.LabException;

/** The latencies of a point: the intervals of its interval logs summed, a histogram a tag. Values are nanoseconds. */
final class PointLatency {
    /** The tag of the machine's own pauses, as a thread that does nothing else saw them. */
    static final String PAUSE = "pause";

    /** Steps of the curve for each halving of what is left above: 5 draw it smooth at 800 pixels. */
    private static final int STEPS = 5;

    /** What is shorter is drawn as this: 0 has no place on a logarithmic axis, and nobody asks for less. */
    private static final long FLOOR_NS = 100;

    /**
     * A point of a percentile curve.
     *
     * @param oneIn 1 / (1 - p): 10 for the 90th percentile, 1,000 for the 99.9th
     */
    record Step(double oneIn, double us) {}

    private final Map<String, Histogram> tags = new TreeMap<>();

    private PointLatency() {}

    /**
     * Reads the {@code .hlog} files among those; {@link LabException} when one is missing or holds what is no
     * histogram of whole numbers.
     */
    static PointLatency of(final Path directory, final List<String> files) {
        final PointLatency percentiles = new PointLatency();
        for (final String file : files) {
            if (file.endsWith(".hlog")) {
                percentiles.read(directory.resolve(file));
            }
        }
        return percentiles;
    }

    private void read(final Path file) {
        if (!Files.isReadable(file)) {
            throw new LabException(file + " is missing or cannot be read: a measurement names it");
        }
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            while (reader.hasNext()) {
                final EncodableHistogram interval = reader.nextIntervalHistogram();
                if (interval == null) {
                    break;
                }
                if (!(interval instanceof final Histogram histogram)) {
                    throw new LabException(file + " holds a histogram of fractions, not of whole nanoseconds");
                }
                add(Optional.ofNullable(histogram.getTag()).orElse(""), histogram);
            }
        } catch (final FileNotFoundException | RuntimeException e) {
            if (e instanceof final LabException ours) {
                throw ours;
            }
            throw new LabException("%s is not an interval log: %s".formatted(file, e), e);
        }
    }

    private void add(final String tag, final Histogram interval) {
        final Histogram sum =
                tags.computeIfAbsent(tag, each -> new Histogram(interval.getNumberOfSignificantValueDigits()));
        sum.setAutoResize(true);
        sum.add(interval);
    }

    /** Sums what another point saw. */
    void add(final PointLatency other, final String tag) {
        if (other.tags.containsKey(tag)) {
            add(tag, other.tags.get(tag));
        }
    }

    static PointLatency none() {
        return new PointLatency();
    }

    /** Tags with a recorded value, the empty one first. */
    List<String> tags() {
        return tags.entrySet().stream()
                .filter(each -> each.getValue().getTotalCount() > 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    long samples(final String tag) {
        return tags.get(tag).getTotalCount();
    }

    /** From the median's side to the maximum, which stands at as many as there are samples. */
    List<Step> curve(final String tag) {
        final Histogram histogram = tags.get(tag);
        final double samples = histogram.getTotalCount();
        final List<Step> steps = new ArrayList<>();
        for (final HistogramIterationValue each : histogram.percentiles(STEPS)) {
            final double left = 1 - each.getPercentileLevelIteratedTo() / 100;
            final double oneIn = Math.min(samples, left <= 0 ? samples : 1 / left);
            final double us = Math.max(FLOOR_NS, each.getValueIteratedTo()) / 1e3;
            if (steps.isEmpty()
                    || oneIn > steps.getLast().oneIn()
                    || us > steps.getLast().us()) {
                steps.add(new Step(oneIn, us));
            }
        }
        return steps;
    }
}
