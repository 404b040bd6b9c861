package org.portolan.dataplane.worker;

import org.portolan.dataplane.command.PuntProxy;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * Lets frames wait for their next hop, asks control for it, and says which of them are to run again.
 *
 * <p>A frame waits under both of its ports, packed in one int: when its egress knows the next hop, it is looked at
 * again as if it had just come in by its ingress.
 */
final class HeldFrames {
    /** How long a frame waits for its next hop, ns: three ARP requests a second apart. */
    private static final long HOLD_NS = 3_500_000_000L;

    private final Port[] ports;
    private final FramePool pool;
    private final PendingFrames pending;
    private final PuntProxy punt;
    private final WorkerCounters counters;

    HeldFrames(
            final Port[] ports,
            final FramePool pool,
            final PendingFrames pending,
            final PuntProxy punt,
            final WorkerCounters counters) {
        this.ports = ports;
        this.pool = pool;
        this.pending = pending;
        this.punt = punt;
        this.counters = counters;
    }

    /** Keeps a frame whose plan found no neighbor: 0, or a {@link DropReason} code. */
    int hold(final Transit transit, final long nowNs) {
        final Frame frame = transit.frame();
        final Packet packet = transit.packet();
        final int egress = transit.egress().index();
        final int nextHop = transit.nextHop();
        final int both = transit.ingress().index() << 16 | egress;
        final int length = Ethernet.HEADER_BYTES + packet.totalLength();
        final int reason = pending.hold(both, nextHop, frame.address(), length, frame.offload(), nowNs);
        if (pending.mustAsk(both, nextHop, nowNs)) {
            ask(egress, nextHop, Ipv4.source(packet.ip()));
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
        final int egress = pending.port(index) & 0xFFFF;
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
        return ports[pending.port(index) >>> 16];
    }

    /** Makes {@code frame} the waiting one, as if it had just come in; it waits no longer. */
    void resume(final int index, final Frame frame) {
        pending.resume(index, frame);
    }

    /** The pipeline is done with a frame that was resumed. */
    void release(final Frame frame) {
        pool.release(frame.slot());
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
