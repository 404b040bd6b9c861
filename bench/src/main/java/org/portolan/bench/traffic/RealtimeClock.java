package org.portolan.bench.traffic;

import java.util.concurrent.TimeUnit;
import org.portolan.bench.lab.LabException;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * CLOCK_REALTIME for a generator, because the kernel stamps received frames with that clock; a run in which somebody
 * set it is void. One thread uses it.
 */
public final class RealtimeClock implements AutoCloseable {
    private static final int READINGS = 20;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Slab timespec = Slab.allocate(16, "struct timespec");

    public long nowNs() {
        return Libc.clockNs(Libc.CLOCK_REALTIME, timespec.address());
    }

    /** How far it is ahead of System.nanoTime, CLOCK_MONOTONIC: of a few readings the one with the least between. */
    public long aheadNs() {
        long aheadNs = 0;
        long leastNs = Long.MAX_VALUE;
        for (int i = 0; i < READINGS; i++) {
            final long beforeNs = System.nanoTime();
            final long realtimeNs = nowNs();
            final long betweenNs = System.nanoTime() - beforeNs;
            if (betweenNs < leastNs) {
                leastNs = betweenNs;
                aheadNs = realtimeNs - beforeNs - betweenNs / 2;
            }
        }
        return aheadNs;
    }

    /** Refuses a run in which the clock was set; {@code aheadNs} as it was before. */
    public void requireUnset(final long aheadNs) {
        final long stepNs = aheadNs() - aheadNs;
        if (Math.abs(stepNs) > STEP_NS) {
            throw new LabException("the clock was set by %,d ns during the run: run it again".formatted(stepNs));
        }
    }

    @Override
    public void close() {
        timespec.close();
    }
}
