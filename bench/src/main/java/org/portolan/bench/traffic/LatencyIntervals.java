package org.portolan.bench.traffic;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.portolan.bench.lab.LabException;

/**
 * Latencies in histograms of one second each, by the time of arrival, and all of them in one. Three digits, 1 ns to 10
 * s; what took longer counts as that. One thread records; allocates once a second.
 */
public final class LatencyIntervals {
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int DIGITS = 3;

    private final List<Histogram> intervals = new ArrayList<>();
    private final Histogram all = histogram();
    private Histogram current;
    private long endNs;
    private long before;

    private static Histogram histogram() {
        return new Histogram(LONGEST_NS, DIGITS);
    }

    /**
     * @param arrivalNs when the frame arrived, CLOCK_REALTIME
     * @param latencyNs how long after its time that was
     */
    void record(final long arrivalNs, final long latencyNs) {
        if (current == null || arrivalNs >= endNs) {
            begin(arrivalNs);
        }
        if (latencyNs < 0) {
            before++;
        }
        final long valueNs = Math.clamp(latencyNs, 0, LONGEST_NS);
        current.recordValue(valueNs);
        all.recordValue(valueNs);
    }

    private void begin(final long arrivalNs) {
        final long startNs = current == null ? arrivalNs : endNs + (arrivalNs - endNs) / INTERVAL_NS * INTERVAL_NS;
        endNs = startNs + INTERVAL_NS;
        current = histogram();
        current.setStartTimeStamp(TimeUnit.NANOSECONDS.toMillis(startNs));
        current.setEndTimeStamp(TimeUnit.NANOSECONDS.toMillis(endNs));
        intervals.add(current);
    }

    /** The whole run, ns. */
    public Histogram all() {
        return all;
    }

    /** Second by second; a second without arrivals is left out. */
    public List<Histogram> intervals() {
        return List.copyOf(intervals);
    }

    /** Frames that arrived before their time: the two clocks differ, and no latency of this run is worth anything. */
    public long beforeTheirTime() {
        return before;
    }

    /** Writes a histogram log as HdrHistogram's own tools read it: values in ns, the maximum's column in ms. */
    public void writeTo(final Path file) {
        try {
            final HistogramLogWriter log = new HistogramLogWriter(file.toFile());
            log.outputComment("[latency in ns; Interval_Max in ms]");
            log.outputLogFormatVersion();
            if (!intervals.isEmpty()) {
                final long baseMs = intervals.getFirst().getStartTimeStamp();
                log.setBaseTime(baseMs);
                log.outputBaseTime(baseMs);
                log.outputStartTime(baseMs);
            }
            log.outputLegend();
            intervals.forEach(log::outputIntervalHistogram);
            log.close();
        } catch (final FileNotFoundException e) {
            throw new LabException("no latency log in %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
