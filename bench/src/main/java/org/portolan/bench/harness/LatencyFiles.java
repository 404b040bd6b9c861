package org.portolan.bench.harness;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;

/** Histograms as a run keeps them. */
final class LatencyFiles {
    /** Tag of the machine's own pauses in a log. */
    static final String PAUSE = "pause";

    private static final double US = 1_000;
    private static final long LONGEST_NS = 10_000_000_000L;
    private static final int DIGITS = 2;

    private LatencyFiles() {}

    /** The percentiles that describe a latency; values are ns. */
    static void percentiles(final Measurement.Builder measurement, final Histogram histogram) {
        measurement
                .put(Figure.SAMPLES, histogram.getTotalCount())
                .put(Figure.P50_US, histogram.getValueAtPercentile(50) / US)
                .put(Figure.P90_US, histogram.getValueAtPercentile(90) / US)
                .put(Figure.P99_US, histogram.getValueAtPercentile(99) / US)
                .put(Figure.P99_9_US, histogram.getValueAtPercentile(99.9) / US)
                .put(Figure.P99_99_US, histogram.getValueAtPercentile(99.99) / US)
                .put(Figure.MAX_US, histogram.getMaxValue() / US);
    }

    /**
     * What a device logged of its own latency in a time.
     *
     * @param directory of its interval logs; in whole lines, the open one too
     * @param tag of the intervals that are wanted
     * @param fromMs wall clock; an interval that the time touches is taken whole
     */
    static Histogram read(final Path directory, final String tag, final long fromMs, final long untilMs) {
        final Histogram sum = new Histogram(LONGEST_NS, DIGITS);
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file :
                    files.filter(each -> each.toString().endsWith(".hlog")).toList()) {
                addTo(sum, file, tag, fromMs, untilMs);
            }
            return sum;
        } catch (final IOException e) {
            throw new LabException("no latency log in %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private static void addTo(
            final Histogram sum, final Path file, final String tag, final long fromMs, final long untilMs)
            throws IOException {
        try (HistogramLogReader log = new HistogramLogReader(file.toFile())) {
            for (EncodableHistogram each = log.nextIntervalHistogram();
                    each != null;
                    each = log.nextIntervalHistogram()) {
                final boolean touches = each.getEndTimeStamp() > fromMs && each.getStartTimeStamp() < untilMs;
                if (touches && tag.equals(each.getTag())) {
                    sum.add((Histogram) each);
                }
            }
        }
    }

    /** One histogram of ns as a log of one interval, as HdrHistogram's own tools read it. */
    static void write(final Histogram histogram, final String tag, final Path file) {
        try {
            final HistogramLogWriter log = new HistogramLogWriter(file.toFile());
            log.outputComment("[values in ns; Interval_Max in us]");
            log.outputLogFormatVersion();
            log.outputLegend();
            histogram.setTag(tag);
            log.outputIntervalHistogram(0, 0, histogram, US);
            log.close();
        } catch (final FileNotFoundException e) {
            throw new LabException("no histogram log in %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
