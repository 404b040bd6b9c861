package org.portolan.dataplane.worker;

import org.portolan.dataplane.command.PuntProxy;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.PendingPorts;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/** Lets frames wait for their next hop, asks control for it, and says which of them are to run again. */
final class HeldFrames {
    /** How long a frame waits for its next hop, ns: three ARP requests a second apart. */
    private static final long HOLD_NS = 3_500_000_000L;

    private final Port[] ports;
    private final Forwarder forwarder;
    private final PendingFrames pending;
    private final PuntProxy punt;
    private final WorkerCounters counters;

    HeldFrames(
            final Port[] ports,
            final Forwarder forwarder,
            final PendingFrames pending,
            final PuntProxy punt,
            final WorkerCounters counters) {
        this.ports = ports;
        this.forwarder = forwarder;
        this.pending = pending;
        this.punt = punt;
        this.counters = counters;
    }

    /** Keeps a frame that the forwarder's last plan found no neighbor for: 0, or a {@link DropReason} code. */
    int hold(final Port port, final Frame frame, final Packet packet, final long nowNs) {
        final int reason = forwarder.hold(pending, port, frame, packet, nowNs);
        if (forwarder.mustAsk(pending, port, nowNs)) {
            ask(forwarder.egress().index(), forwarder.nextHop(), Ipv4.source(packet.ip()));
        }
        final int replaced = pending.replaced();
        if (replaced > 0) {
            counters.drop(DropReason.NEIGHBOR_QUEUE_REPLACED.code, replaced);
        }
        publish();
        return reason;
    }

    /**
     * Whether a frame has waited long enough: its neighbor is known, or known not to answer, or the time is up.
     * Otherwise control is asked again from time to time.
     */
    boolean isDue(final int index, final long nowNs) {
        final int egress = PendingPorts.egress(pending.port(index));
        final long word = ports[egress].neighbors().lookup(pending.nextHop(index));
        final boolean late = nowNs - pending.heldSinceNs(index) > HOLD_NS;
        if (late || NeighborTable.isUsable(word) || NeighborTable.isFailed(word)) {
            return true;
        }
        if (pending.mustAsk(index, nowNs)) {
            ask(egress, pending.nextHop(index), pending.source(index));
        }
        return false;
    }

    private void ask(final int port, final int nextHop, final int asker) {
        if (!punt.resolve(port, nextHop, asker)) {
            counters.resolveLost();
        }
    }

    /** The port that a frame came in by. */
    Port ingress(final int index) {
        return ports[PendingPorts.ingress(pending.port(index))];
    }

    /** Makes {@code frame} the waiting one, as if it had just come in, but with no time of arrival. */
    void open(final int index, final Frame frame) {
        frame.set(pending.frame(index), pending.length(index), pending.offload(index), 0, 0);
    }

    void release(final int index) {
        pending.release(index);
    }

    /** The frame after {@code index}, which still waits, or the first for -1; -1 at the end. */
    int next(final int index) {
        return pending.next(index);
    }

    boolean isEmpty() {
        return pending.size() == 0;
    }

    /** Publishes how many wait. */
    void publish() {
        counters.held(pending.size());
    }
}
