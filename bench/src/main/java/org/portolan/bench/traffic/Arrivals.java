package org.portolan.bench.traffic;

/**
 * What a checking sink saw of one run.
 *
 * @param sent what the generator says
 * @param arrived different frames that came, right in all but, possibly, their endpoints
 * @param duplicates copies of frames that had come before
 * @param reordered frames that a later one had overtaken
 * @param tooLate frames that more than {@value SequenceWindow#SIZE} later ones had overtaken: lost for all purposes
 * @param ringLost frames that the sink's own ring had no slot for: the sink was the limit
 * @param faults each frame judged
 * @param latency from the time when a frame was due to its arrival in the kernel
 */
public record Arrivals(
        Sent sent,
        long arrived,
        long duplicates,
        long reordered,
        long tooLate,
        long ringLost,
        Faults faults,
        LatencyIntervals latency) {
    public long lost() {
        return sent.frames() - arrived;
    }

    /** Whether every frame came once, in order, and right. */
    public boolean right() {
        return lost() == 0 && duplicates == 0 && reordered == 0 && tooLate == 0 && faults.wrong() == 0;
    }

    @Override
    public String toString() {
        return "%,d sent, %,d lost (%,d by the sink), %,d duplicates, %,d reordered, %,d too late; %s; "
                        .formatted(sent.frames(), lost(), ringLost, duplicates, reordered, tooLate, faults)
                + "latency p50 %.1f us, p99.9 %.1f us, max %.1f us"
                        .formatted(microseconds(50), microseconds(99.9), microseconds(100));
    }

    private double microseconds(final double percentile) {
        return latency.all().getValueAtPercentile(percentile) / 1e3;
    }
}
