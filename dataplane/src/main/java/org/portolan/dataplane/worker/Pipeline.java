package org.portolan.dataplane.worker;

import org.portolan.dataplane.command.EventProxy;
import org.portolan.dataplane.command.PuntProxy;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.LocalInput;
import org.portolan.dataplane.forward.PendingPorts;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * A batch of frames from one port, through every stage, to wherever each one ends. The stages run over the whole
 * batch so
 * that the cache misses of one frame overlap those of the next: parse and hash all, touch all buckets, touch all
 * session lines, then
 * translate and forward one by one. A touch is never a lookup's result: two first packets of one flow in one batch
 * make one session.
 *
 * <pre>
 *              +-- ARP -----------------------------> punt to control
 *  receive -> classify -> session? -> plan -> translate -> dispatch -> transmit ring
 *              |             |          |
 *              drop          |          +-- next hop unknown -> held, comes back here
 *                            +-- none: local, forward, open one, or drop
 * </pre>
 */
public final class Pipeline {
    /** Frames a batch: enough to overlap misses, few enough to stay in the first-level cache. */
    public static final int BATCH = 64;

    /** How long a frame waits for its next hop, ns: three ARP requests a second apart. */
    private static final long HOLD_NS = 3_500_000_000L;

    private final Port[] ports;
    private final Nat nat;
    private final Forwarder forwarder;
    private final LocalInput local;
    private final PendingFrames pending;
    private final PuntProxy punt;
    private final EventProxy events;
    private final WorkerCounters counters;
    private final Latency latency;

    private final FrameBatch batch = new FrameBatch(BATCH);
    private final Packet[] packets = new Packet[BATCH];
    private final int[] verdicts = new int[BATCH];
    private final long[] hashes = new long[BATCH];
    private final Frame heldFrame = new Frame();
    private final Packet heldPacket = new Packet();
    private long touched;
    private int sent;
    private long nowNs;
    private int nowS;

    Pipeline(
            final Port[] ports,
            final Nat nat,
            final Forwarder forwarder,
            final LocalInput local,
            final PendingFrames pending,
            final PuntProxy punt,
            final EventProxy events,
            final WorkerCounters counters,
            final Latency latency) {
        this.ports = ports;
        this.nat = nat;
        this.forwarder = forwarder;
        this.local = local;
        this.pending = pending;
        this.punt = punt;
        this.events = events;
        this.counters = counters;
        this.latency = latency;
        for (int i = 0; i < BATCH; i++) {
            packets[i] = new Packet();
        }
    }

    /**
     * Takes one batch from a port through all stages.
     *
     * @param nowNs the duty cycle's time, monotonic
     * @param nowS seconds since the router's start
     * @return frames received
     */
    int poll(final Port port, final long nowNs, final int nowS) {
        batch.clear();
        final int received = port.io().receive(batch);
        if (received == 0) {
            return 0;
        }
        this.nowNs = nowNs;
        this.nowS = nowS;
        sent = 0;
        prepare(port);
        touch(port);
        for (int i = 0; i < received; i++) {
            finish(port, batch.frame(i), packets[i], verdicts[i], hashes[i]);
        }
        handOver();
        latency.handedOver(port.isOutside() ? Direction.INBOUND : Direction.OUTBOUND);
        port.io().release();
        counters.received(received);
        counters.sent(sent);
        return received;
    }

    /** Parses and hashes all. */
    private void prepare(final Port port) {
        final int size = batch.size();
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            touched += Classifier.touch(batch.frame(i));
        }
        for (int i = 0; i < size; i++) {
            final Frame frame = batch.frame(i);
            bytes += frame.length();
            final int verdict = Classifier.classify(port, frame, packets[i]);
            verdicts[i] = verdict;
            if (verdict == 0) {
                hashes[i] = nat.hash(packets[i], port.realm());
            }
        }
        port.counters().received(size, bytes);
    }

    /** Brings buckets, then session lines, into the cache; sums what it read so that the reads stay. */
    private void touch(final Port port) {
        final int size = batch.size();
        long sum = touched;
        for (int i = 0; i < size; i++) {
            if (verdicts[i] == 0) {
                sum += port.isOutside() ? nat.touchInbound(hashes[i]) : nat.touchOutbound(hashes[i]);
            }
        }
        for (int i = 0; i < size; i++) {
            if (verdicts[i] == 0) {
                sum += port.isOutside() ? nat.touchSessionInbound(hashes[i]) : nat.touchSessionOutbound(hashes[i]);
            }
        }
        touched = sum;
    }

    private void finish(final Port port, final Frame frame, final Packet packet, final int verdict, final long hash) {
        if (verdict == Classifier.ARP) {
            if (punt.arp(port.index(), frame.address(), frame.length())) {
                counters.consumed();
            } else {
                counters.drop(DropReason.PUNT_FULL.code);
            }
            return;
        }
        final int reason = verdict != 0 ? verdict : route(port, frame, packet, hash, true);
        if (reason != 0) {
            counters.drop(reason);
        }
    }

    /** 0 when the frame was sent, consumed or held, otherwise why not. */
    private int route(final Port port, final Frame frame, final Packet packet, final long hash, final boolean mayHold) {
        return port.isOutside()
                ? inbound(port, frame, packet, hash, mayHold)
                : outbound(port, frame, packet, hash, mayHold);
    }

    private int outbound(
            final Port port, final Frame frame, final Packet packet, final long hash, final boolean mayHold) {
        final int destination = Ipv4.destination(packet.ip());
        int session = nat.findOutbound(packet, port.realm(), hash);
        if (session < 0) {
            if (isOwn(destination)) {
                return ownFromInside(port, frame, packet);
            }
            final int reason = admit(port, packet, destination);
            if (reason != 0) {
                return reason;
            }
            final int out = forwarder.route(destination);
            if (out >= 0 && ports[out].isSubnetBroadcast(destination)) {
                return DropReason.BROADCAST_DESTINATION.code;
            }
            if (out >= 0 && !ports[out].isOutside()) {
                return forwardPlain(port, frame, packet, destination, mayHold);
            }
            if (out >= 0) {
                session = nat.openOutbound(packet, port.realm(), hash, nowS);
                if (session < 0) {
                    return refuse(port, frame, packet, -session);
                }
            }
        }
        final int plan = forwarder.plan(port, frame, packet, destination, nowS, nowNs);
        if (plan != 0) {
            return plan == Forwarder.UNRESOLVED ? hold(port, frame, packet, mayHold) : plan;
        }
        nat.translateOutbound(session, packet, Offload.needsChecksum(frame.offload()), nowS);
        return dispatch(port, frame, packet);
    }

    private int inbound(
            final Port port, final Frame frame, final Packet packet, final long hash, final boolean mayHold) {
        int session = nat.findInbound(packet, port.realm(), hash);
        if (session < 0) {
            final int destination = Ipv4.destination(packet.ip());
            if (!nat.ownsOutside(destination) && !isOwn(destination)) {
                return DropReason.OUTSIDE_UNTRANSLATED.code;
            }
            session = nat.openForward(packet, port.realm(), hash, nowS);
            if (session < 0) {
                final boolean unmapped = -session == DropReason.NO_MAPPING.code;
                if (unmapped && packet.kind() == Packet.KIND_ECHO_REQUEST && isOwn(destination)) {
                    return consume(port, frame, packet);
                }
                return -session;
            }
        }
        final int plan = forwarder.plan(port, frame, packet, nat.insideAddress(session), nowS, nowNs);
        if (plan != 0) {
            return plan == Forwarder.UNRESOLVED ? hold(port, frame, packet, mayHold) : plan;
        }
        nat.translateInbound(session, packet, Offload.needsChecksum(frame.offload()), nowS);
        return dispatch(port, frame, packet);
    }

    /** From inside to an address of the router's: ping is answered everywhere, the rest only on inside addresses. */
    private int ownFromInside(final Port port, final Frame frame, final Packet packet) {
        if (packet.kind() != Packet.KIND_ECHO_REQUEST && nat.ownsOutside(Ipv4.destination(packet.ip()))) {
            return DropReason.HAIRPIN.code;
        }
        return consume(port, frame, packet);
    }

    /** Whether a packet from inside without a session may have one. */
    private int admit(final Port port, final Packet packet, final int destination) {
        if (nat.ownsOutside(destination)) {
            return DropReason.HAIRPIN.code;
        }
        // The way back to the source leads where the packet came from, or its answers would not arrive (RFC 3704 2.2).
        return forwarder.route(Ipv4.source(packet.ip())) == port.index() ? 0 : DropReason.INSIDE_UNTRANSLATED.code;
    }

    /** Between two inside networks nothing is translated. */
    private int forwardPlain(
            final Port port, final Frame frame, final Packet packet, final int destination, final boolean mayHold) {
        final int plan = forwarder.plan(port, frame, packet, destination, nowS, nowNs);
        if (plan != 0) {
            return plan == Forwarder.UNRESOLVED ? hold(port, frame, packet, mayHold) : plan;
        }
        final int reason = forwarder.dispatch(port, frame, packet);
        if (reason == 0) {
            latency.noteInside(frame.arrivalNs());
            sent++;
        }
        return reason;
    }

    private int dispatch(final Port port, final Frame frame, final Packet packet) {
        final int reason = forwarder.dispatch(port, frame, packet);
        if (reason == 0) {
            latency.note(frame.arrivalNs());
            sent++;
        }
        return reason;
    }

    private int consume(final Port port, final Frame frame, final Packet packet) {
        final int reason = local.serve(port, frame, packet, nowNs);
        if (reason == 0) {
            counters.consumed();
        }
        return reason;
    }

    /** RFC 6888 REQ-11: who cannot be served is told, counted and reported; no live mapping makes room. */
    private int refuse(final Port port, final Frame frame, final Packet packet, final int reason) {
        if (reason == DropReason.SESSIONS_FULL.code
                || reason == DropReason.MAPPINGS_FULL.code
                || reason == DropReason.PORTS_EXHAUSTED.code) {
            forwarder.unreachable(port, frame, packet, Icmp.CODE_HOST_UNREACHABLE, nowNs);
            events.refused(reason, port.index());
        }
        return reason;
    }

    private int hold(final Port port, final Frame frame, final Packet packet, final boolean mayHold) {
        if (!mayHold) {
            return forwarder.neighborFailed(port, frame, packet, nowNs);
        }
        final int reason = forwarder.hold(pending, port, frame, nowNs);
        if (forwarder.mustAsk(pending, port, nowNs)) {
            ask(forwarder.egress().index(), forwarder.nextHop());
        }
        final int replaced = pending.replaced();
        if (replaced > 0) {
            counters.drop(DropReason.NEIGHBOR_QUEUE_REPLACED.code, replaced);
        }
        counters.held(pending.size());
        return reason;
    }

    private void ask(final int port, final int nextHop) {
        if (!punt.resolve(port, nextHop)) {
            counters.resolveLost();
        }
    }

    /**
     * Looks at the frames that wait for a neighbor: those whose answer came, and those that waited too long, run
     * again.
     */
    int pollPending(final long nowNs, final int nowS) {
        if (pending.size() == 0) {
            return 0;
        }
        this.nowNs = nowNs;
        this.nowS = nowS;
        sent = 0;
        int done = 0;
        for (int i = pending.next(-1); i >= 0; ) {
            final int next = pending.next(i);
            final int egress = PendingPorts.egress(pending.port(i));
            final long word = ports[egress].neighbors().lookup(pending.nextHop(i));
            final boolean late = nowNs - pending.heldSinceNs(i) > HOLD_NS;
            if (late || NeighborTable.isUsable(word) || NeighborTable.isFailed(word)) {
                rerun(i);
                done++;
            } else if (pending.mustAsk(i, nowNs)) {
                ask(egress, pending.nextHop(i));
            }
            i = next;
        }
        if (done > 0) {
            handOver();
            counters.held(pending.size());
            counters.sent(sent);
        }
        return done;
    }

    private void rerun(final int index) {
        final Port port = ports[PendingPorts.ingress(pending.port(index))];
        heldFrame.set(pending.frame(index), pending.length(index), pending.offload(index), 0, 0);
        final int verdict = Classifier.classify(port, heldFrame, heldPacket);
        final long hash = verdict == 0 ? nat.hash(heldPacket, port.realm()) : 0;
        final int reason = verdict != 0 ? verdict : route(port, heldFrame, heldPacket, hash, false);
        if (reason != 0) {
            counters.drop(reason);
        }
        pending.release(index);
    }

    /** Hands over what every port has taken: after a batch, and after the inject ring was read. */
    void handOver() {
        for (final Port port : ports) {
            port.io().flush();
            port.counters().publish();
        }
    }

    /** Keeps the touch pass alive: a value that the compiler cannot prove unused. */
    long touched() {
        return touched;
    }

    private boolean isOwn(final int address) {
        for (final Port port : ports) {
            if (port.address() == address) {
                return true;
            }
        }
        return false;
    }
}
