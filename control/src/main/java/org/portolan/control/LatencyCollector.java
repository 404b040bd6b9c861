package org.portolan.control;

import org.HdrHistogram.Histogram;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.worker.Latency;

/**
 * Gathers a worker's latency once a second: asks it to swap histograms, and when it has, adds the one it left to the sum since
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

    /** Takes what the worker left; asks for the next swap once that is done. */
    void poll() {
        if (asked && latency.epoch() != collectedEpoch) {
            collectedEpoch = latency.epoch();
            final Histogram left = latency.idle();
            synchronized (total) {
                total.add(left);
            }
            left.reset();
            asked = false;
        }
        if (!asked) {
            asked = commands.swapLatency();
        }
    }

    /** Everything since the start, ns. */
    Histogram total() {
        synchronized (total) {
            return total.copy();
        }
    }
}
