package org.portolan.control.latency;

import org.HdrHistogram.Histogram;

/** Of one histogram, in nanoseconds; all 0 when it is empty. */
public record Percentiles(long count, long p50Ns, long p90Ns, long p99Ns, long p999Ns, long maximumNs) {
    public static Percentiles of(final Histogram histogram) {
        return new Percentiles(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
