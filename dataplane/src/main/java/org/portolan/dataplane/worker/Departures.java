package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.Backlog;

/**
 * The last stage: what the ports' drivers took goes to the kernel, and the counters learn what the kernel did not take.
 *
 * <p>A frame counts as sent when its driver takes it, which is right unless the kernel refuses it or its device stands
 * still. Such frames are taken off before the count is published, so counters never run backwards: while they wait they
 * are held, and later they are sent or dropped under a reason.
 */
final class Departures {
    private final Port[] ports;
    private final WorkerCounters counters;

    Departures(final Port[] ports, final WorkerCounters counters) {
        this.ports = ports;
        this.counters = counters;
    }

    /**
     * Flushes every port.
     *
     * @param nowNs the duty cycle's time, monotonic
     * @return how many of the forwarded frames counted as sent have not left; negative when earlier ones left now
     */
    int flush(final long nowNs) {
        int unsent = 0;
        for (final Port port : ports) {
            port.io().flush(nowNs);
            unsent += settle(port);
            port.counters().publish();
        }
        counters.publishOriginated();
        return unsent;
    }

    /** Whether a driver waits for its device: flush has something to do though no frame came. */
    boolean areBacklogged() {
        for (final Port port : ports) {
            if (port.io().isBacklogged()) {
                return true;
            }
        }
        return false;
    }

    /** Whether frames wait in a driver: a sleeping worker looks again soon. */
    boolean areWaiting() {
        for (final Port port : ports) {
            if (port.io().backlog().allWaiting() > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * A port's driver is about to be replaced: what it still holds will never leave.
     *
     * @return as {@link #flush}
     */
    int abandon(final Port port) {
        port.io().abandon();
        final int unsent = settle(port);
        port.counters().publish();
        counters.publishOriginated();
        return unsent;
    }

    private int settle(final Port port) {
        final Backlog backlog = port.io().backlog();
        if (!backlog.isChanged()) {
            return 0;
        }
        final int unsent = backlog.unsent();
        final int unsentOwn = backlog.unsentOwn();
        port.counters().unsent(unsent + unsentOwn, backlog.unsentBytes());
        counters.unsentOwn(unsentOwn);
        counters.originatedLost(backlog.lostOwn());
        counters.drop(DropReason.TRANSMIT_REFUSED.code, backlog.refused());
        counters.drop(DropReason.TRANSMIT_LATE.code, backlog.late());
        counters.drop(DropReason.EGRESS_DOWN.code, backlog.abandoned());
        backlog.settle();
        counters.heldForDevice(waiting());
        return unsent;
    }

    private int waiting() {
        int waiting = 0;
        for (final Port port : ports) {
            waiting += port.io().backlog().waiting();
        }
        return waiting;
    }
}
