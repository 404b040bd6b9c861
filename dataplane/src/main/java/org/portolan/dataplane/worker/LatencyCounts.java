package org.portolan.dataplane.worker;

import org.HdrHistogram.Histogram;

/**
 * Counts durations in the buckets of {@link Latency#histogram()}. The worker finds a bucket with one shift and writes
 * one count; a histogram would also keep a sum, a minimum and a maximum (LatencyRecordBenchmark). Control adds the
 * counts to a histogram.
 *
 * <p>Buckets are HdrHistogram's for two digits: 256 of 1 ns, then 128 of 2 ns, 128 of 4 ns, and so on.
 */
final class LatencyCounts {
    private static final int SUB_BITS = 7;
    private static final long LINEAR = (2L << SUB_BITS) - 1;

    private final long[] counts = new long[bucket(Latency.HIGHEST_NS) + 1];

    /** @param durationNs 0 to {@link Latency#HIGHEST_NS} */
    void record(final long durationNs) {
        counts[bucket(durationNs)]++;
    }

    static int bucket(final long durationNs) {
        final int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(durationNs | LINEAR);
        return (shift << SUB_BITS) + (int) (durationNs >>> shift);
    }

    /** The least duration of a bucket, ns. */
    static long least(final int bucket) {
        final int shift = Math.max(0, (bucket >>> SUB_BITS) - 1);
        return (long) (bucket - (shift << SUB_BITS)) << shift;
    }

    /** Adds the counts to a histogram and sets them to 0. */
    void drainTo(final Histogram histogram) {
        for (int bucket = 0; bucket < counts.length; bucket++) {
            if (counts[bucket] != 0) {
                histogram.recordValueWithCount(least(bucket), counts[bucket]);
                counts[bucket] = 0;
            }
        }
    }
}
