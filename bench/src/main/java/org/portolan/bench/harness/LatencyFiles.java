package org.portolan.bench.harness;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;

/** Histograms as a run keeps them. */
final class LatencyFiles {
    /** Tag of the machine's own pauses in a log. */
    static final String PAUSE = "pause";

    private static final double US = 1_000;

    private LatencyFiles() {}

    /** The percentiles that every latency is told by; values are ns. */
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
