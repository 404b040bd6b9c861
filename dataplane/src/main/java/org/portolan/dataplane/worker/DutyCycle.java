package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.WorkerCounters;

/**
 * Notices when the worker was away for longer than a duty cycle can take: the proof that it waits for nobody. Sleep
 * that the idle strategy asked for is not a stall.
 */
final class DutyCycle {
    /** Longer than any batch; shorter than what a full receive ring bridges. */
    static final long STALL_NS = 1_000_000;

    private final WorkerCounters counters;
    private long lastNs;
    private boolean busy;

    DutyCycle(final WorkerCounters counters) {
        this.counters = counters;
    }

    /** At the start of each cycle. A cycle that follows an idle one may have slept and is not judged. */
    void begin(final long nowNs) {
        if (busy && nowNs - lastNs > STALL_NS) {
            counters.stalled(nowNs - lastNs);
        }
        lastNs = nowNs;
    }

    /** At the end of each cycle. */
    void end(final int workCount) {
        busy = workCount > 0;
    }
}
