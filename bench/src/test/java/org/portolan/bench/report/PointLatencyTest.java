package org.portolan.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.LabException;

/** Interval logs of all rounds become one curve a tag. */
class PointLatencyTest {
    @TempDir
    Path directory;

    private void log(final String file, final String tag, final long... values) throws IOException {
        try (PrintStream stream = new PrintStream(directory.resolve(file).toFile(), StandardCharsets.UTF_8)) {
            final HistogramLogWriter log = new HistogramLogWriter(stream);
            for (final long value : values) {
                final Histogram interval = new Histogram(3);
                interval.recordValue(value);
                interval.setTag(tag.isEmpty() ? null : tag);
                log.outputIntervalHistogram(0, 1, interval, 1e6);
            }
        }
    }

    @Test
    void shouldSumTheIntervalsOfAllFilesByTag() throws IOException {
        log("one.hlog", "", 1_000, 2_000, 3_000);
        log("two.hlog", "", 1_000, 4_000);
        log("three.hlog", PointLatency.PAUSE, 50_000);
        final PointLatency percentiles =
                PointLatency.of(directory, List.of("one.hlog", "two.hlog", "three.hlog", "iperf.json"));
        assertThat(percentiles.tags()).containsExactly("", PointLatency.PAUSE);
        assertThat(percentiles.samples("")).isEqualTo(5);
        assertThat(percentiles.samples(PointLatency.PAUSE)).isEqualTo(1);
    }

    @Test
    void shouldRiseFromTheLeastToTheMostWithTheMostAtTheCountOfSamples() throws IOException {
        final long[] values = new long[1_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i + 1) * 1_000L;
        }
        log("a.hlog", "", values);
        final List<PointLatency.Step> curve =
                PointLatency.of(directory, List.of("a.hlog")).curve("");
        assertThat(curve.getFirst().us()).isEqualTo(1);
        assertThat(curve.getLast().oneIn()).isEqualTo(1_000);
        assertThat(curve.getLast().us()).isBetween(999.0, 1_001.0);
        assertThat(curve).isSortedAccordingTo(Comparator.comparingDouble(PointLatency.Step::oneIn));
        assertThat(curve).isSortedAccordingTo(Comparator.comparingDouble(PointLatency.Step::us));
        // One in two lies above the median: 500 us.
        assertThat(curve.stream()
                        .filter(each -> each.oneIn() >= 2)
                        .findFirst()
                        .orElseThrow()
                        .us())
                .isBetween(495.0, 505.0);
    }

    @Test
    void shouldNameAFileThatIsMissingOrIsNoLog() throws IOException {
        assertThatThrownBy(() -> PointLatency.of(directory, List.of("none.hlog")))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("none.hlog is missing");
        Files.writeString(directory.resolve("bad.hlog"), "0.0,1.0,2.0,HISTjunk\n");
        assertThatThrownBy(() -> PointLatency.of(directory, List.of("bad.hlog")))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("bad.hlog is not an interval log");
    }
}
