package org.portolan.control.latency;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.portolan.dataplane.system.LibcThread;
import org.portolan.dataplane.worker.Latency;

/**
 * How late the machine wakes a thread that asks for nothing else: the hypervisor, the scheduler and the JVM's
 * safepoints take their time from it as they do from a worker, so what is seen here too was not the router's doing.
 *
 * <p>A thread of its own sleeps 10 ms again and again: 100 wake-ups a second take about 0.1 % of a CPU, where 1 ms
 * would take ten times that, and what a full receive ring bridges is longer. A pause hides the wake-ups that would have
 * been in it, so it counts as many times as it is long: percentiles are of the time, not of the wake-ups that came.
 */
public final class PauseMeter implements AutoCloseable {
    static final long SLEEP_NS = 10_000_000;

    private static final long SECOND_NS = 1_000_000_000;
    private static final int STACK_BYTES = 256 << 10;
    private static final int END_MS = 1_000;

    /** include/uapi/linux/prctl.h; this thread's own. The usual 50,000 ns would be in every figure. */
    private static final int PR_SET_TIMERSLACK = 29;

    private final Track track = new Track("pauses");
    private final Histogram interval = Latency.histogram();
    private final Thread thread;
    private long fromNs;
    private volatile boolean closed;

    private PauseMeter(final long nowNs) {
        fromNs = nowNs;
        thread = Thread.ofPlatform()
                .daemon()
                .name("pauses")
                .stackSize(STACK_BYTES)
                .unstarted(this::run);
    }

    /** Begins to measure, on a thread with the caller's CPU mask. */
    public static PauseMeter start() {
        final PauseMeter meter = of(System.nanoTime());
        meter.thread.start();
        return meter;
    }

    /** One that does not run by itself. */
    static PauseMeter of(final long nowNs) {
        return new PauseMeter(nowNs);
    }

    private void run() {
        LibcThread.prctl(PR_SET_TIMERSLACK, 1);
        while (!closed) {
            final long sleptNs = System.nanoTime();
            LockSupport.parkNanos(SLEEP_NS);
            woke(sleptNs, System.nanoTime());
        }
        track.add(interval, fromNs, System.nanoTime());
    }

    /** One sleep; a wake-up that came early was not the clock's. */
    void woke(final long sleptNs, final long nowNs) {
        final long lateNs = nowNs - sleptNs - SLEEP_NS;
        if (lateNs >= 0) {
            interval.recordValueWithExpectedInterval(Math.min(lateNs, Latency.HIGHEST_NS), SLEEP_NS);
        }
        if (nowNs - fromNs >= SECOND_NS) {
            track.add(interval, fromNs, nowNs);
            interval.reset();
            fromNs = nowNs;
        }
    }

    /** How late, ns. */
    public Track track() {
        return track;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(END_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
