package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyCountsTest {
    private final LatencyCounts counts = new LatencyCounts();
    private final Histogram counted = Latency.histogram();
    private final Histogram expected = Latency.histogram();

    private void record(final long durationNs) {
        counts.record(durationNs);
        expected.recordValue(durationNs);
    }

    /** Of each power of two the values around it, and both ends. */
    @Test
    void shouldMakeTheHistogramThatHasRecordedTheSame() {
        record(0);
        record(Latency.HIGHEST_NS);
        for (long power = 2; power < Latency.HIGHEST_NS; power *= 2) {
            record(power - 1);
            record(power);
            record(power + 1);
        }
        final SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            record(random.nextLong(Latency.HIGHEST_NS >>> random.nextInt(33)));
        }
        counts.drainTo(counted);
        assertThat(counted).isEqualTo(expected);
        assertThat(counted.getMaxValue()).isEqualTo(expected.getMaxValue());
        assertThat(counted.getMinNonZeroValue()).isEqualTo(expected.getMinNonZeroValue());
    }

    @Test
    void shouldKnowTheLeastDurationOfEachBucket() {
        for (int bucket = 1; bucket <= LatencyCounts.bucket(Latency.HIGHEST_NS); bucket++) {
            assertThat(LatencyCounts.bucket(LatencyCounts.least(bucket))).isEqualTo(bucket);
            assertThat(LatencyCounts.bucket(LatencyCounts.least(bucket) - 1)).isEqualTo(bucket - 1);
        }
    }

    @Test
    void shouldBeginAgainOnceItIsTaken() {
        record(5);
        counts.drainTo(counted);
        counts.drainTo(counted);
        assertThat(counted.getTotalCount()).isEqualTo(1);
    }
}
