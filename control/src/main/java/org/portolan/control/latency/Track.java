package org.portolan.control.latency;

import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.portolan.dataplane.worker.Latency;

/**
 * One stream of durations in nanoseconds: all since the start, the last interval, and what the files have yet to take.
 * One thread adds; any thread reads copies, under this object's lock. Times are System.nanoTime().
 */
public final class Track {
    private final String tag;
    private final Histogram total = Latency.histogram();
    private final Histogram last = Latency.histogram();
    private final Histogram untaken = Latency.histogram();
    private long lastFromNs;
    private long lastUntilNs;
    private long untakenFromNs;
    private boolean waiting;

    /** @param tag what its intervals are called in the files: no blank, no comma */
    Track(final String tag) {
        this.tag = tag;
        lastUntilNs = System.nanoTime();
        lastFromNs = lastUntilNs;
    }

    /** A stretch of time, and what happened in it. */
    record Interval(String tag, Histogram durations, long fromNs, long untilNs) {}

    /**
     * What an operator sees.
     *
     * @param lastNs how long the last interval was; 0 before there was one
     * @param ageNs how long ago it ended
     */
    public record Figures(Percentiles last, Percentiles total, long lastNs, long ageNs) {}

    /** Adds an interval that follows the one before. The histogram stays the caller's. */
    synchronized void add(final Histogram interval, final long fromNs, final long untilNs) {
        total.add(interval);
        interval.copyInto(last);
        lastFromNs = fromNs;
        lastUntilNs = untilNs;
        untaken.add(interval);
        if (!waiting) {
            waiting = true;
            untakenFromNs = fromNs;
        }
    }

    /** What was added since the last call, as one interval; empty when nothing happened. */
    synchronized Optional<Interval> take() {
        final boolean something = waiting && untaken.getTotalCount() > 0;
        final Optional<Interval> taken = something
                ? Optional.of(new Interval(tag, untaken.copy(), untakenFromNs, lastUntilNs))
                : Optional.empty();
        untaken.reset();
        waiting = false;
        return taken;
    }

    public synchronized Figures figures(final long nowNs) {
        return new Figures(Percentiles.of(last), Percentiles.of(total), lastUntilNs - lastFromNs, nowNs - lastUntilNs);
    }

    /** Everything since the start. */
    public synchronized Histogram total() {
        return total.copy();
    }
}
