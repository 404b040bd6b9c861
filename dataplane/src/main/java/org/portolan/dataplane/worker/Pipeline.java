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
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.Fragments;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Packet;

/**
 * A batch of frames from one port, through every stage, to wherever each one ends. The stages run over the whole batch
 * so that the cache misses of one frame overlap those of the next: parse and hash all, touch all buckets, touch all
 * session lines, then translate and forward one by one. A touch hands on the session that it found, which is compared
 * like any other when the packet's turn comes: two first packets of one flow in one batch make one session. What a
 * stage finds out stands in the packet's {@link Transit}; nothing is kept here from one packet to the next.
 *
 * <pre>
 *              +-- ARP -----------------------------&gt; punt to control
 *              +-- fragment ------------------------&gt; FragmentStage
 *  receive -&gt; classify -&gt; session? --&gt; plan ----------------&gt; translate -&gt; dispatch -&gt; transmit ring
 *              |            |           |                       ^
 *             drop          |           +-- next hop unknown    |
 *                           |           |   held, comes back    |
 *                           |           +-- no way: drop        |
 *                           |                                   |
 *                           +-- none: admission, its plan within: open a session;
 *                               or the packet is local, stays inside, waits, is dropped
 * </pre>
 *
 * <p>A packet takes a session, a mapping or a port only after everything else about it was judged: the source, the
 * route, the TTL, the link, the MTU and the neighbor. One that waits for a neighbor has none of them yet.
 */
public final class Pipeline {
    /** Frames a batch: enough to overlap misses, few enough to stay in the first-level cache. */
    public static final int BATCH = 64;

    /** Outcome of a packet: it was given to the driver. A positive outcome is a drop reason's code. */
    static final int SENT = -1;

    /** Outcome of a packet: it was consumed, or it waits. */
    static final int STAYED = 0;

    private final Port[] ports;
    private final Nat nat;
    private final Forwarder forwarder;
    private final LocalInput local;
    private final IngressFilter filter;
    private final Admission admission;
    private final HairpinStage hairpins;
    private final Refusals refusals;
    private final HeldFrames held;
    private final PuntProxy punt;
    private final WorkerCounters counters;
    private final Latency latency;
    private final Departures departures;
    private final FragmentStage fragments;

    private final FrameBatch batch = new FrameBatch(BATCH);
    private final Transit[] transits = new Transit[BATCH];
    private final Frame heldFrame = new Frame();
    private final Transit heldTransit = new Transit(heldFrame);
    private long touched;

    Pipeline(
            final Port[] ports,
            final Nat nat,
            final Forwarder forwarder,
            final LocalInput local,
            final Originator originator,
            final Answers answers,
            final UnsolicitedSyns syns,
            final FramePool pool,
            final PendingFrames pending,
            final Fragments datagrams,
            final FragmentLimits fragmentLimits,
            final PuntProxy punt,
            final EventProxy events,
            final WorkerCounters counters,
            final Latency latency) {
        this.ports = ports;
        this.nat = nat;
        this.forwarder = forwarder;
        this.local = local;
        refusals = new Refusals(nat, originator, answers, syns, events);
        filter = new IngressFilter(ports, nat, forwarder);
        admission = new Admission(nat, forwarder, filter);
        hairpins = new HairpinStage(nat, forwarder, filter);
        held = new HeldFrames(ports, pool, pending, punt, counters);
        this.punt = punt;
        this.counters = counters;
        this.latency = latency;
        departures = new Departures(ports, counters);
        fragments = new FragmentStage(
                this, nat, forwarder, filter, refusals, counters, latency, pool, datagrams, fragmentLimits);
        for (int i = 0; i < BATCH; i++) {
            transits[i] = new Transit(batch.frame(i));
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
        touched += prepare(port) + touch(nowS);
        int sent = 0;
        for (int i = 0; i < received; i++) {
            sent += finish(transits[i], nowNs, nowS);
        }
        sent -= departures.flush(nowNs);
        latency.handedOver(port.isOutside() ? Direction.INBOUND : Direction.OUTBOUND);
        port.io().release();
        counters.received(received);
        counters.sent(sent);
        return received;
    }

    /** Parses and hashes all; the value means nothing. */
    private long prepare(final Port port) {
        final int size = batch.size();
        long bytes = 0;
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += Classifier.touch(batch.frame(i));
        }
        for (int i = 0; i < size; i++) {
            final Transit transit = transits[i];
            transit.begin(port, false);
            bytes += transit.frame().length();
            classify(transit);
        }
        port.counters().received(size, bytes);
        return sum;
    }

    private void classify(final Transit transit) {
        final int verdict = Classifier.classify(transit);
        transit.verdict(verdict);
        if (verdict == 0) {
            transit.hash(nat.hash(transit.packet(), transit.ingress().realm()));
        }
    }

    /**
     * Brings buckets, then session lines, into the cache, the sessions' words for control if packets of this batch will
     * write them, and of TCP packets what a window check needs. Each of these is a loop of its own with nothing else in
     * it: the processor then has many misses under way at once.
     *
     * @return the sum of what was read, so that the reads stay; it means nothing
     */
    private long touch(final int nowS) {
        final int size = batch.size();
        long sum = 0;
        for (int i = 0; i < size; i++) {
            if (transits[i].verdict() == 0) {
                sum += nat.touch(transits[i].hash());
            }
        }
        int tcp = 0;
        for (int i = 0; i < size; i++) {
            final Transit transit = transits[i];
            transit.likely(transit.verdict() == 0 ? nat.likely(transit.hash()) : -1);
            tcp |= transit.packet().tcpFlags();
        }
        int stale = 0;
        for (int i = 0; i < size; i++) {
            stale |= nat.touchSession(transits[i].likely(), nowS);
        }
        for (int i = 0; stale != 0 && i < size; i++) {
            sum += nat.touchLastSeen(transits[i].likely());
        }
        for (int i = 0; tcp != 0 && nat.judgesWindows() && i < size; i++) {
            sum += transits[i].packet().tcpFlags() != 0 ? nat.touchWindow(transits[i].likely()) : 0;
        }
        return sum + stale;
    }

    /**
     * Takes one frame to its end and counts it if it is dropped; returns how many frames were sent: a fragment takes
     * along those that waited for it.
     */
    private int finish(final Transit transit, final long nowNs, final int nowS) {
        final int verdict = transit.verdict();
        if (verdict != 0) {
            return finishOther(transit, verdict, nowNs, nowS);
        }
        final int outcome = route(transit, nowNs, nowS);
        if (outcome > 0) {
            counters.drop(outcome);
        }
        return outcome == SENT ? 1 : 0;
    }

    /** What is no whole packet. */
    private int finishOther(final Transit transit, final int verdict, final long nowNs, final int nowS) {
        switch (verdict) {
            case Classifier.FRAGMENT -> {
                return fragments.serve(transit, nowNs, nowS);
            }
            case Classifier.ARP -> punt(transit);
            default -> counters.drop(verdict);
        }
        return 0;
    }

    private void punt(final Transit transit) {
        final Frame frame = transit.frame();
        if (punt.arp(transit.ingress().index(), frame.address(), frame.length())) {
            counters.consumed();
        } else {
            counters.drop(DropReason.PUNT_FULL.code);
        }
    }

    /** {@link #SENT}, {@link #STAYED}, or the code of why the packet was dropped. */
    int route(final Transit transit, final long nowNs, final int nowS) {
        final Port port = transit.ingress();
        final Packet packet = transit.packet();
        final int match = nat.find(packet, port.realm(), transit.hash(), transit.likely());
        if (match < 0) {
            return first(transit, nowNs, nowS);
        }
        if (packet.isIcmpError() || !port.isOutside() && nat.insideInterface(match) != port.index()) {
            if (hairpins.isHalf(match)) {
                return hairpin(match, transit, nowNs, nowS);
            }
            final int reason = judge(port, packet, match);
            if (reason != 0) {
                return reason;
            }
        }
        final long target = nat.target(match);
        final int plan = forwarder.plan(transit, Flow.destination(target));
        forwarder.use(transit, nowS);
        if (plan != 0) {
            return plan == Forwarder.UNRESOLVED
                    ? waitForNeighbor(transit, nowNs)
                    : refusals.answer(transit, plan, nowNs);
        }
        return translate(match, target, transit, nowS);
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

    /** Does what {@link Admission} decides for a packet without a session. */
    private int first(final Transit transit, final long nowNs, final int nowS) {
        final int verdict = admission.judge(transit, nowS);
        forwarder.use(transit, nowS);
        return switch (verdict) {
            case Admission.OPEN_DYNAMIC -> openDynamic(transit, nowNs, nowS);
            case Admission.OPEN_INBOUND -> openInbound(transit, nowNs, nowS);
            case Admission.OPEN_HAIRPIN -> openHairpin(transit, nowNs, nowS);
            case Admission.FORWARD_UNTRANSLATED -> dispatchInside(transit);
            case Admission.LOCAL -> consume(transit, nowNs);
            case Admission.WAIT -> waitForNeighbor(transit, nowNs);
            default -> refusals.answer(transit, verdict, nowNs);
        };
    }

    private int openDynamic(final Transit transit, final long nowNs, final int nowS) {
        final Port ingress = transit.ingress();
        final int egress = transit.egress().index();
        final int match = nat.openOutbound(transit.packet(), ingress.realm(), egress, transit.hash(), nowS);
        return opened(match, ingress, transit, nowNs, nowS);
    }

    private int openInbound(final Transit transit, final long nowNs, final int nowS) {
        final int realm = transit.ingress().realm();
        final int match = nat.openInbound(transit.packet(), realm, transit.hash(), nowS);
        return opened(match, transit.egress(), transit, nowNs, nowS);
    }

    private int openHairpin(final Transit transit, final long nowNs, final int nowS) {
        final int match = hairpins.openFirst(transit, nowS);
        return match < 0 ? refusals.answer(transit, -match, nowNs) : hairpin(match, transit, nowNs, nowS);
    }

    private int hairpin(final int match, final Transit transit, final long nowNs, final int nowS) {
        final int reason = hairpins.turn(transit, match, nowS);
        if (reason == 0) {
            return inside(transit, forwarder.dispatch(transit));
        }
        return reason == Forwarder.UNRESOLVED
                ? waitForNeighbor(transit, nowNs)
                : refusals.answer(transit, reason, nowNs);
    }

    /** @param inside the port that the session's inside host is behind */
    private int opened(final int match, final Port inside, final Transit transit, final long nowNs, final int nowS) {
        if (match < 0) {
            return refusals.answer(transit, -match, nowNs);
        }
        nat.noteInterface(match, inside.index());
        return translate(match, nat.target(match), transit, nowS);
    }

    private int translate(final int match, final long target, final Transit transit, final int nowS) {
        final boolean partial = Offload.needsChecksum(transit.frame().offload());
        final int outside = nat.translate(match, target, transit.packet(), partial, nowS);
        if (outside != 0) {
            return outside;
        }
        final int reason = forwarder.dispatch(transit);
        if (reason == 0) {
            latency.note(transit.frame().arrivalNs());
            return SENT;
        }
        return reason;
    }

    /** Between two inside networks, and to and from an exempt one, nothing is translated. */
    private int dispatchInside(final Transit transit) {
        return inside(transit, forwarder.dispatchUntranslated(transit));
    }

    private int inside(final Transit transit, final int reason) {
        if (reason == 0) {
            latency.noteInside(transit.frame().arrivalNs());
            return SENT;
        }
        return reason;
    }

    private int consume(final Transit transit, final long nowNs) {
        final int reason = local.serve(transit, nowNs);
        if (reason == 0) {
            counters.consumed();
            return STAYED;
        }
        return reason;
    }

    /** A frame waits once; then its next hop counts as one that does not answer. */
    int waitForNeighbor(final Transit transit, final long nowNs) {
        return transit.hasWaited()
                ? refusals.answer(transit, DropReason.NEIGHBOR_UNREACHABLE.code, nowNs)
                : held.hold(transit, nowNs);
    }

    /**
     * Looks at the frames that wait for a neighbor: those whose answer came, and those that waited too long, run
     * again.
     */
    int pollPending(final long nowNs, final int nowS) {
        if (held.isEmpty()) {
            return 0;
        }
        int sent = 0;
        int done = 0;
        for (int i = held.next(-1); i >= 0; ) {
            final int next = held.next(i);
            if (held.isDue(i, nowNs)) {
                sent += rerun(i, nowNs, nowS);
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

    private int rerun(final int index, final long nowNs, final int nowS) {
        heldTransit.begin(held.ingress(index), true);
        held.resume(index, heldFrame);
        classify(heldTransit);
        heldTransit.likely(-1);
        final int sent = finish(heldTransit, nowNs, nowS);
        held.release(heldFrame);
        return sent;
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

    FragmentStage fragments() {
        return fragments;
    }

    Departures departures() {
        return departures;
    }

    /** Keeps the touch pass alive: a value that the compiler cannot prove unused. */
    long touched() {
        return touched;
    }
}
