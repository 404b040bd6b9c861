package org.portolan.dataplane.worker;

import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * How long frames were in the router, by {@link Direction}: from the kernel's stamp when it put the frame into the
 * ring, to the end of the system call that handed it over. The clock is read once a batch, after the hand-over, so
 * every frame of a batch has the batch's end.
 *
 * <p>The worker keeps counts, not histograms ({@link LatencyCounts}): two sets for each direction, which it swaps at a
 * batch border on control's command. A recorder with atomics takes many times as long for each packet
 * (LatencyRecordBenchmark). The worker writes the active set. When control has seen the new {@link #epoch}, it adds the
 * other set to histograms and sets it to 0, before it asks for the next swap.
 */
public final class Latency implements AutoCloseable {
    /** Longest value with its own bucket, ns; what took longer counts as this long. */
    public static final long HIGHEST_NS = 10_000_000_000L;

    /**
     * A value has another bucket than one that is 1 % longer: 28 KiB a histogram, where three digits would take 200.
     */
    private static final int DIGITS = 2;

    /** By set, of which {@link #active} is one, then by direction. */
    private final LatencyCounts[][] counts = {counts(), counts()};

    private final long[] arrivals = new long[Pipeline.BATCH];
    private final long[] insideArrivals = new long[Pipeline.BATCH];
    private int noted;
    private int insideNoted;
    private final Slab timespec = Slab.allocate(16, "a timespec");
    private int active;
    /** Written by the worker before {@link #epoch}. */
    private long swappedNs = System.nanoTime();
    /** Written by the worker. Volatile: a thread that sees a new epoch also sees the counts before it. */
    private volatile int epoch;

    private static LatencyCounts[] counts() {
        return Stream.generate(LatencyCounts::new)
                .limit(Direction.values().length)
                .toArray(LatencyCounts[]::new);
    }

    /** An empty histogram with the buckets that are counted here. */
    public static Histogram histogram() {
        return new Histogram(HIGHEST_NS, DIGITS);
    }

    /**
     * The worker: a frame of the current batch was translated and taken for sending.
     *
     * @param arrivalNs CLOCK_REALTIME, 0 for one that has none (it waited for a neighbor, which is not latency of the
     *     router's)
     */
    public void note(final long arrivalNs) {
        if (arrivalNs != 0 && noted < Pipeline.BATCH) {
            arrivals[noted++] = arrivalNs;
        }
    }

    /** The same for one that stays between inside networks. */
    public void noteInside(final long arrivalNs) {
        if (arrivalNs != 0 && insideNoted < Pipeline.BATCH) {
            insideArrivals[insideNoted++] = arrivalNs;
        }
    }

    /**
     * The worker: what was noted is with the kernel now.
     *
     * @param translated where the frames of this batch went that were translated: a batch comes from one port, so all
     *     of them went the same way, and the counts are looked up once
     */
    public void handedOver(final Direction translated) {
        if (noted + insideNoted == 0) {
            return;
        }
        final long nowNs = Libc.clockNs(Libc.CLOCK_REALTIME, timespec.address());
        record(counts[active][translated.ordinal()], arrivals, noted, nowNs);
        record(counts[active][Direction.INSIDE.ordinal()], insideArrivals, insideNoted, nowNs);
        noted = 0;
        insideNoted = 0;
    }

    private static void record(final LatencyCounts into, final long[] arrivals, final int count, final long nowNs) {
        for (int i = 0; i < count; i++) {
            // A step of the wall clock is not latency.
            into.record(Math.clamp(nowNs - arrivals[i], 0, HIGHEST_NS));
        }
    }

    /** The worker, on control's command. */
    public void swap() {
        active ^= 1;
        swappedNs = System.nanoTime();
        epoch = epoch + 1;
    }

    /** How often the sets of counts were swapped. */
    public int epoch() {
        return epoch;
    }

    /** Control, after it saw the {@link #epoch}: System.nanoTime() of that swap; at first, of the beginning. */
    public long swappedNs() {
        return swappedNs;
    }

    /**
     * Adds the counts that the worker left at the last swap to a histogram, and sets them to 0. Control calls it before
     * it asks for the next swap.
     */
    public void drainIdle(final Direction direction, final Histogram into) {
        counts[epoch + 1 & 1][direction.ordinal()].drainTo(into);
    }

    /** Adds what the worker recorded since the last swap. Call it after the worker's thread has ended. */
    public void drainActive(final Direction direction, final Histogram into) {
        counts[epoch & 1][direction.ordinal()].drainTo(into);
    }

    @Override
    public void close() {
        timespec.close();
    }
}
