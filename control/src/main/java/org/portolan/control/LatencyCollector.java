package org.portolan.control;

import org.HdrHistogram.Histogram;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.worker.Latency;

/**
 * Gathers a worker's latency once a second: asks it to swap histograms, and when it has, adds the one it left to the
 * sum since
 * the start and empties it. Control's thread writes; operators' threads read copies.
 */
final class LatencyCollector {
    private final Latency latency;
    private final CommandProxy commands;
    private final Histogram total = new Histogram(Latency.HIGHEST_NS, 2);
    private int collectedEpoch;
    private boolean asked;

    LatencyCollector(final Latency latency, final CommandProxy commands) {
        this.latency = latency;
        this.commands = commands;
    }

    /** Asks the worker to leave what it has; a full ring is asked again. */
    void ask() {
        if (!asked) {
            asked = commands.swapLatency();
        }
    }

    /** Takes what the worker left since it was asked. */
    void collect() {
        if (!asked || latency.epoch() == collectedEpoch) {
            return;
        }
        collectedEpoch = latency.epoch();
        final Histogram left = latency.idle();
        synchronized (total) {
            total.add(left);
        }
        left.reset();
        asked = false;
    }

    /** Everything since the start, ns. */
    Histogram total() {
        synchronized (total) {
            return total.copy();
        }
    }
}
