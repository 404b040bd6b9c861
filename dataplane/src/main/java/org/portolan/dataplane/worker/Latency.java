package org.portolan.dataplane.worker;

import org.HdrHistogram.Histogram;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * How long frames were in the router: from the kernel's stamp when it put the frame into the ring, to the end of the
 * system call that handed it over.
 * The clock is read once a batch, after the hand-over, so every frame of a batch has the batch's end.
 *
 * <p>Two plain histograms, swapped at a batch border on control's command: a recorder with atomics costs too much for
 * each packet. The worker writes
 * the active one; control reads the other after it saw the new {@link #epoch}.
 */
public final class Latency implements AutoCloseable {
    /** Longest that is told apart, ns. */
    public static final long HIGHEST_NS = 10_000_000_000L;

    private static final int DIGITS = 2;

    private final Histogram[] histograms = {new Histogram(HIGHEST_NS, DIGITS), new Histogram(HIGHEST_NS, DIGITS)};
    private final Slab timespec = Slab.allocate(16, "a timespec");
    private int active;
    /** Written by the worker; volatile, so that the histogram's contents are visible to who saw it move. */
    private volatile int epoch;

    /** @param arrivals CLOCK_REALTIME of each frame, 0 for one that has none (it waited for a neighbor) */
    void record(final long[] arrivals, final int count) {
        if (count == 0) {
            return;
        }
        final long nowNs = Libc.clockNs(Libc.CLOCK_REALTIME, timespec.address());
        final Histogram histogram = histograms[active];
        for (int i = 0; i < count; i++) {
            if (arrivals[i] != 0) {
                // A step of the wall clock is no latency.
                histogram.recordValue(Math.clamp(nowNs - arrivals[i], 0, HIGHEST_NS));
            }
        }
    }

    /** The worker, on control's command. */
    void swap() {
        active ^= 1;
        epoch = epoch + 1;
    }

    /** How often the histograms were swapped. */
    public int epoch() {
        return epoch;
    }

    /**
     * Control: the histogram that the worker left at the last swap; control empties it before it asks for the next
     * one.
     */
    public Histogram idle() {
        return histograms[epoch + 1 & 1];
    }

    @Override
    public void close() {
        timespec.close();
    }
}
