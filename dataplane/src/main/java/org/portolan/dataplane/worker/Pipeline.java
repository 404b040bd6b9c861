package org.portolan.dataplane.worker;

import org.portolan.dataplane.command.EventProxy;
import org.portolan.dataplane.command.PuntProxy;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.LocalInput;
import org.portolan.dataplane.forward.Originator;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Packet;

/**
 * A batch of frames from one port, through every stage, to wherever each one ends. The stages run over the whole batch
 * so that the cache misses of one frame overlap those of the next: parse and hash all, touch all buckets, touch all
 * session lines, then translate and forward one by one. A touch hands on the session that it found, which is compared
 * like any other when the packet's turn comes: two first packets of one flow in one batch make one session.
 *
 * <pre>
 *              +-- ARP -----------------------------&gt; punt to control
 *  receive -&gt; classify -&gt; session? -----------&gt; plan -------------&gt; translate -&gt; dispatch -&gt; transmit ring
 *              |             |                  |   |                 |
 *              drop          +-- none: judge    |   +-- first: open --+
 *                                source, local  |
 *                                               +-- next hop unknown -&gt; held, comes back here
 * </pre>
 *
 * <p>A packet takes a session, a mapping or a port only after everything else about it was judged: the source, the
 * route, the TTL, the link, the MTU and the neighbor. One that waits for a neighbor has none of them yet.
 */
public final class Pipeline {
    /** Frames a batch: enough to overlap misses, few enough to stay in the first-level cache. */
    public static final int BATCH = 64;

    private final Port[] ports;
    private final Nat nat;
    private final Forwarder forwarder;
    private final LocalInput local;
    private final IngressFilter filter;
    private final Refusals refusals;
    private final HeldFrames held;
    private final PuntProxy punt;
    private final WorkerCounters counters;
    private final Latency latency;
    private final Departures departures;

    private final FrameBatch batch = new FrameBatch(BATCH);
    private final Packet[] packets = new Packet[BATCH];
    private final int[] verdicts = new int[BATCH];
    private final long[] hashes = new long[BATCH];
    private final int[] likely = new int[BATCH];
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
            final Originator originator,
            final Answers answers,
            final PendingFrames pending,
            final PuntProxy punt,
            final EventProxy events,
            final WorkerCounters counters,
            final Latency latency) {
        this.ports = ports;
        this.nat = nat;
        this.forwarder = forwarder;
        this.local = local;
        refusals = new Refusals(nat, forwarder, originator, answers, events);
        filter = new IngressFilter(ports, nat, forwarder);
        held = new HeldFrames(ports, forwarder, pending, punt, counters);
        this.punt = punt;
        this.counters = counters;
        this.latency = latency;
        departures = new Departures(ports, counters);
        for (int i = 0; i < BATCH; i++) {
            packets[i] = new Packet();
        }
    }

    /**
     * Takes one batch from a port through all stages.
     *
     * @param nowNs the duty cycle's time, monotonic
     * @param nowS seconds of the boot clock
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
        touch();
        for (int i = 0; i < received; i++) {
            finish(port, batch.frame(i), packets[i], verdicts[i], hashes[i], likely[i]);
        }
        sent -= departures.flush(nowNs);
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

    /**
     * Brings buckets, then session lines, into the cache, and the sessions' words for control if packets of this batch
     * will write them; sums what it read so that the reads stay. Each of these is a loop of its own with nothing else in
     * it: the processor then has many misses under way at once.
     */
    private void touch() {
        final int size = batch.size();
        long sum = touched;
        for (int i = 0; i < size; i++) {
            if (verdicts[i] == 0) {
                sum += nat.touch(hashes[i]);
            }
        }
        for (int i = 0; i < size; i++) {
            likely[i] = verdicts[i] == 0 ? nat.likely(hashes[i]) : -1;
        }
        int stale = 0;
        for (int i = 0; i < size; i++) {
            stale |= nat.touchSession(likely[i], nowS);
        }
        for (int i = 0; stale != 0 && i < size; i++) {
            sum += nat.touchLastSeen(likely[i]);
        }
        touched = sum + stale;
    }

    private void finish(
            final Port port,
            final Frame frame,
            final Packet packet,
            final int verdict,
            final long hash,
            final int likely) {
        if (verdict == Classifier.ARP) {
            if (punt.arp(port.index(), frame.address(), frame.length())) {
                counters.consumed();
            } else {
                counters.drop(DropReason.PUNT_FULL.code);
            }
            return;
        }
        final int reason = verdict != 0 ? verdict : route(port, frame, packet, hash, likely, true);
        if (reason != 0) {
            counters.drop(reason);
        }
    }

    /**
     * @param likely the match that the touch found for the hash, or -1
     * @return 0 when the frame was sent, consumed or held, otherwise why not
     */
    private int route(
            final Port port,
            final Frame frame,
            final Packet packet,
            final long hash,
            final int likely,
            final boolean mayHold) {
        final int match = nat.find(packet, port.realm(), hash, likely);
        if (match < 0) {
            return port.isOutside()
                    ? firstFromOutside(port, frame, packet, hash, mayHold)
                    : firstFromInside(port, frame, packet, hash, mayHold);
        }
        if (packet.isIcmpError() || !port.isOutside() && nat.insideInterface(match) != port.index()) {
            final int reason = judge(port, packet, match);
            if (reason != 0) {
                return reason;
            }
        }
        final long target = nat.target(match);
        final int plan = forwarder.plan(port, frame, packet, Flow.destination(target), nowS, nowNs);
        if (plan != 0) {
            return unplanned(plan, port, frame, packet, mayHold);
        }
        return translate(match, target, port, frame, packet);
    }

    /** An ICMP error, or a packet of a session that was opened through another inside interface. */
    private int judge(final Port port, final Packet packet, final int match) {
        if (packet.isIcmpError()) {
            return filter.error(port, packet);
        }
        final int reason = filter.inside(port, packet.sender());
        if (reason == 0) {
            nat.noteInterface(match, port.index());
        }
        return reason;
    }

    /** A packet from inside without a session: for the router, for another inside network, or the first of a flow. */
    private int firstFromInside(
            final Port port, final Frame frame, final Packet packet, final long hash, final boolean mayHold) {
        final int reason = filter.inside(port, packet.sender());
        if (reason != 0) {
            return reason;
        }
        final int destination = packet.receiver();
        if (filter.isOwn(destination)) {
            return ownFromInside(port, frame, packet);
        }
        if (nat.ownsOutside(destination)) {
            return DropReason.HAIRPIN.code;
        }
        if (filter.isBroadcast(destination)) {
            return DropReason.BROADCAST_DESTINATION.code;
        }
        final int plan = forwarder.plan(port, frame, packet, destination, nowS, nowNs);
        if (plan != 0) {
            return unplanned(plan, port, frame, packet, mayHold);
        }
        if (!forwarder.egress().isOutside()) {
            return dispatchInside(port, frame, packet);
        }
        final int match =
                nat.openOutbound(packet, port.realm(), forwarder.egress().index(), hash, nowS);
        if (match < 0) {
            return refusals.inside(port, frame, packet, -match, nowNs);
        }
        nat.noteInterface(match, port.index());
        return translate(match, nat.target(match), port, frame, packet);
    }

    /** A packet from outside without a session: a ping for the router, or the first of a flow to a port forward. */
    private int firstFromOutside(
            final Port port, final Frame frame, final Packet packet, final long hash, final boolean mayHold) {
        final int reason = filter.outside(packet.sender());
        if (reason != 0) {
            return reason;
        }
        final int destination = packet.receiver();
        final boolean own = filter.isOwnOutside(destination);
        if (own && packet.kind() == Packet.KIND_QUERY) {
            return consume(port, frame, packet);
        }
        if (!own && !nat.ownsOutside(destination)) {
            return DropReason.OUTSIDE_UNTRANSLATED.code;
        }
        final int mapping = nat.findForward(packet, port.realm());
        if (mapping < 0) {
            return refusals.outside(port, frame, packet, -mapping, nowNs);
        }
        final int plan = forwarder.plan(port, frame, packet, nat.forwardedTo(mapping), nowS, nowNs);
        if (plan != 0) {
            return unplanned(plan, port, frame, packet, mayHold);
        }
        final int match = nat.openForward(packet, port.realm(), hash, nowS);
        if (match < 0) {
            return refusals.outside(port, frame, packet, -match, nowNs);
        }
        nat.noteInterface(match, forwarder.egress().index());
        return translate(match, nat.target(match), port, frame, packet);
    }

    private int translate(final int match, final long target, final Port port, final Frame frame, final Packet packet) {
        nat.translate(match, target, packet, Offload.needsChecksum(frame.offload()), nowS);
        return dispatch(port, frame, packet);
    }

    /** From inside to an address of the router's: ping is answered everywhere, the rest only on inside addresses. */
    private int ownFromInside(final Port port, final Frame frame, final Packet packet) {
        if (packet.kind() != Packet.KIND_QUERY && nat.ownsOutside(packet.receiver())) {
            return DropReason.HAIRPIN.code;
        }
        return consume(port, frame, packet);
    }

    /** Between two inside networks nothing is translated. */
    private int dispatchInside(final Port port, final Frame frame, final Packet packet) {
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

    /** What becomes of a packet that the forwarder found no way for: it waits for a neighbor, or is dropped. */
    private int unplanned(
            final int plan, final Port port, final Frame frame, final Packet packet, final boolean mayHold) {
        if (plan != Forwarder.UNRESOLVED) {
            return plan;
        }
        return mayHold ? held.hold(port, frame, packet, nowNs) : forwarder.neighborFailed(port, frame, packet, nowNs);
    }

    /**
     * Looks at the frames that wait for a neighbor: those whose answer came, and those that waited too long, run
     * again.
     */
    int pollPending(final long nowNs, final int nowS) {
        if (held.isEmpty()) {
            return 0;
        }
        this.nowNs = nowNs;
        this.nowS = nowS;
        sent = 0;
        int done = 0;
        for (int i = held.next(-1); i >= 0; ) {
            final int next = held.next(i);
            if (held.isDue(i, nowNs)) {
                rerun(i);
                done++;
            }
            i = next;
        }
        if (done > 0) {
            sent -= departures.flush(nowNs);
            held.publish();
            counters.sent(sent);
        }
        return done;
    }

    private void rerun(final int index) {
        final Port port = held.ingress(index);
        held.open(index, heldFrame);
        final int verdict = Classifier.classify(port, heldFrame, heldPacket);
        final long hash = verdict == 0 ? nat.hash(heldPacket, port.realm()) : 0;
        final int reason = verdict != 0 ? verdict : route(port, heldFrame, heldPacket, hash, -1, false);
        if (reason != 0) {
            counters.drop(reason);
        }
        held.release(index);
    }

    /**
     * Hands over what every port has taken outside of a batch: frames that were injected, and frames that could not
     * leave in an earlier cycle.
     *
     * @return how many forwarded frames left
     */
    int handOver(final long nowNs) {
        final int left = -departures.flush(nowNs);
        if (left != 0) {
            counters.sent(left);
        }
        return left;
    }

    /**
     * Takes everything that a port's driver has received, and gives up what it could not send: another takes its place.
     * A batch may be small, so batches are no bound.
     */
    void drain(final Port port, final long nowNs, final int nowS) {
        int left = port.io().mostWaiting();
        int received;
        do {
            received = poll(port, nowNs, nowS);
            left -= received;
        } while (received > 0 && left > 0);
        counters.sent(-departures.abandon(port));
    }

    Departures departures() {
        return departures;
    }

    /** Keeps the touch pass alive: a value that the compiler cannot prove unused. */
    long touched() {
        return touched;
    }
}
