package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.Fragments;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Fragment;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * The way of fragments (RFC 4787 REQ-14), without reassembly. The first one of a datagram has ports: it goes the way of
 * every packet, and opens a session if it may. What it left with is remembered in {@link Fragments}, and the later ones
 * get the same addresses and the same identification. Those that come before the first one wait for it in {@link
 * EarlyFragments}, and go after it in the order of their offsets. When the first one is refused, so are they, under the
 * same reason.
 *
 * <table>
 * <caption>a fragment and its fate</caption>
 * <tr><th></th><th>the first</th><th>a later one</th></tr>
 * <tr><td>of an unknown datagram</td><td>carried like a packet</td><td>waits, if its source can be there</td></tr>
 * <tr><td>of an early datagram</td><td>carried like a packet, then those that wait</td><td>waits</td></tr>
 * <tr><td>of an open datagram</td><td>see below: it has come before</td>
 * <td>carried as the first one was; FRAGMENT_SESSION_ENDED if that session is gone</td></tr>
 * <tr><td>its place has come before</td><td colspan="2">FRAGMENT_DUPLICATE</td></tr>
 * <tr><td>a part of its place has</td><td colspan="2">FRAGMENT_OVERLAP, and all others of the datagram too</td></tr>
 * </table>
 * A datagram gives way to a new one with the same identification when one of the last two rows fits and the datagram
 * is older than a second, or was complete 100 ms ago.
 */
final class FragmentStage {
    private static final long NS_PER_MS = 1_000_000L;

    /** Datagrams whose time is over that one call ends. */
    private static final int MOST_ENDS = 64;

    private final Pipeline pipeline;
    private final Nat nat;
    private final Forwarder forwarder;
    private final IngressFilter filter;
    private final Refusals refusals;
    private final WorkerCounters counters;
    private final Latency latency;
    private final Fragments fragments;
    private final EarlyFragments early;
    private final Frame earlyFrame = new Frame();
    private final Transit earlyTransit = new Transit(earlyFrame);
    private final Frame droppedFrame = new Frame();

    FragmentStage(
            final Pipeline pipeline,
            final Nat nat,
            final Forwarder forwarder,
            final IngressFilter filter,
            final Refusals refusals,
            final WorkerCounters counters,
            final Latency latency,
            final FramePool pool,
            final Fragments fragments,
            final FragmentLimits limits) {
        this.pipeline = pipeline;
        this.nat = nat;
        this.forwarder = forwarder;
        this.filter = filter;
        this.refusals = refusals;
        this.counters = counters;
        this.latency = latency;
        this.fragments = fragments;
        early = new EarlyFragments(pool, fragments, limits);
    }

    /** Takes a fragment to its end, with those that waited for it, and counts drops; returns how many were sent. */
    int serve(final Transit transit, final long nowNs, final int nowS) {
        final Packet packet = transit.packet();
        final long key = key(transit);
        int datagram = fragments.find(packet.flowAddresses(), key);
        final int reason = datagram < 0 ? 0 : judge(packet, datagram);
        if (reason != 0) {
            final int nowMs = ms(nowNs);
            if (!fragments.isUsedAgain(datagram, nowMs)) {
                if (reason == DropReason.FRAGMENT_OVERLAP.code) {
                    spoil(datagram, reason, nowMs);
                }
                return drop(reason);
            }
            end(datagram, DropReason.FRAGMENT_REPLACED);
            datagram = Fragments.NONE;
        }
        return packet.isLaterFragment()
                ? later(transit, key, datagram, nowNs, nowS)
                : first(transit, key, datagram, nowNs, nowS);
    }

    /** The first fragment's changes when it is sent: the identification may be another one then. */
    private static long key(final Transit transit) {
        final long ip = transit.packet().ip();
        return Fragments.datagram(transit.ingress().index(), Ipv4.protocol(ip), Ipv4.identification(ip));
    }

    // ---- the first one

    private int first(final Transit transit, final long key, final int datagram, final long nowNs, final int nowS) {
        final Packet packet = transit.packet();
        transit.hash(nat.hash(packet, transit.ingress().realm()));
        transit.likely(-1);
        final int outcome = pipeline.route(transit, nowNs, nowS);
        if (outcome == Pipeline.SENT) {
            return 1 + sent(transit, key, datagram, nowNs, nowS);
        }
        if (outcome == Pipeline.STAYED) {
            waits(transit, key, datagram, ms(nowNs));
            return 0;
        }
        refused(transit, key, datagram, outcome, ms(nowNs));
        return drop(outcome);
    }

    /** Remembers what a first fragment became, and sends those that waited for it; returns how many were sent. */
    private int sent(final Transit transit, final long key, final int known, final long nowNs, final int nowS) {
        final int nowMs = ms(nowNs);
        final Port ingress = transit.ingress();
        final Packet packet = transit.packet();
        final int source = fragments.source(packet.sender(), ingress.isOutside());
        final int beyond = fragments.beyondShare(source);
        if (beyond >= 0) {
            end(beyond, DropReason.FRAGMENT_REPLACED);
        }
        final int datagram = known >= 0 ? known : add(transit, key, fragments.inTheWay(ingress.isOutside()), nowMs);
        final int match = nat.find(packet, ingress.realm(), transit.hash());
        final long ip = packet.ip();
        fragments.open(
                datagram,
                Ipv4.addresses(ip),
                Ipv4.identification(ip),
                Flow.in(ingress.realm(), packet.flowPorts()),
                match,
                nat.policy().epoch(),
                nowMs);
        note(transit, datagram);
        int sent = 0;
        while (early.isWaiting(datagram)) {
            early.resume(datagram, earlyFrame);
            earlyTransit.begin(ingress, false);
            earlyTransit.verdict(Classifier.classify(earlyTransit));
            sent += carry(earlyTransit, datagram, nowNs, nowS);
            early.release(earlyFrame);
        }
        publish();
        spendComplete(datagram, nowMs);
        return sent;
    }

    /** A first fragment waits for its next hop: the later ones wait too, and longer. */
    private void waits(final Transit transit, final long key, final int known, final int nowMs) {
        final int datagram = known >= 0
                ? known
                : add(transit, key, fragments.inTheWay(transit.ingress().isOutside()), nowMs);
        fragments.hold(datagram, nowMs);
    }

    private void refused(final Transit transit, final long key, final int known, final int reason, final int nowMs) {
        final int datagram = known >= 0
                ? known
                : add(
                        transit,
                        key,
                        fragments.inTheWayOfRefused(transit.ingress().isOutside()),
                        nowMs);
        if (datagram >= 0) {
            spoil(datagram, reason, nowMs);
        }
    }

    // ---- later ones

    private int later(final Transit transit, final long key, final int known, final long nowNs, final int nowS) {
        final int nowMs = ms(nowNs);
        if (known < 0) {
            return unknown(transit, key, nowMs);
        }
        if (!fragments.isOpen(known)) {
            return hold(transit, known);
        }
        final int sent = carry(transit, known, nowNs, nowS);
        if (sent > 0) {
            note(transit, known);
            spendComplete(known, nowMs);
        }
        return sent;
    }

    private int unknown(final Transit transit, final long key, final int nowMs) {
        final Port ingress = transit.ingress();
        final int sender = transit.packet().sender();
        final int reason = ingress.isOutside() ? filter.outside(sender) : filter.inside(ingress, sender);
        if (reason != 0) {
            return drop(reason);
        }
        final int datagram = add(transit, key, fragments.inTheWay(ingress.isOutside()), nowMs);
        return hold(transit, datagram);
    }

    /** Lets a fragment wait for its first one; older ones of its sender, or of its side, may have to make way. */
    private int hold(final Transit transit, final int datagram) {
        if (early.isSourceFull(datagram)) {
            replace(fragments.otherEarlyOfSource(datagram));
        }
        if (early.isSideFull(datagram)) {
            replace(fragments.otherEarlyOfSide(datagram));
        }
        final Packet packet = transit.packet();
        final int length = (int) (packet.ip() - transit.frame().address()) + packet.totalLength();
        final boolean held = !early.isSourceFull(datagram)
                && !early.isSideFull(datagram)
                && early.hold(datagram, transit.frame().address(), length);
        if (held) {
            note(transit, datagram);
        }
        publish();
        return held ? 0 : drop(DropReason.FRAGMENT_QUEUE_FULL.code);
    }

    private void replace(final int datagram) {
        if (datagram >= 0) {
            end(datagram, DropReason.FRAGMENT_REPLACED);
        }
    }

    /** Sends a later fragment as its first one was sent: 1, or 0 when it waits or was dropped. */
    private int carry(final Transit transit, final int datagram, final long nowNs, final int nowS) {
        final Packet packet = transit.packet();
        final int match = fragments.match(datagram);
        final boolean lives = match >= 0
                ? nat.isStill(match, packet.flowAddresses(), fragments.ports(datagram))
                : fragments.epoch(datagram) == nat.policy().epoch();
        if (!lives) {
            spoil(datagram, DropReason.FRAGMENT_SESSION_ENDED.code, ms(nowNs));
            return drop(DropReason.FRAGMENT_SESSION_ENDED.code);
        }
        final long addresses = fragments.newAddresses(datagram);
        final int plan = forwarder.plan(transit, Flow.destination(addresses));
        forwarder.use(transit, nowS);
        if (plan != 0) {
            final int reason = plan == Forwarder.UNRESOLVED
                    ? pipeline.waitForNeighbor(transit, nowNs)
                    : refusals.answer(transit, plan, nowNs);
            return reason == Pipeline.STAYED ? 0 : drop(reason);
        }
        rewrite(packet, addresses, fragments.newIdentification(datagram));
        if (match >= 0) {
            nat.carry(match, packet, nowS);
        }
        final int result = forwarder.dispatch(transit);
        if (result != 0) {
            return drop(result);
        }
        if (match >= 0 && transit.ingress().isOutside() != transit.egress().isOutside()) {
            latency.note(transit.frame().arrivalNs());
        } else {
            latency.noteInside(transit.frame().arrivalNs());
        }
        return 1;
    }

    private static void rewrite(final Packet packet, final long addresses, final int identification) {
        final long ip = packet.ip();
        final int delta = InternetChecksum.combine(
                Flow.addressDelta(packet.flowAddresses(), addresses),
                InternetChecksum.delta16(Ipv4.identification(ip), identification));
        Ipv4.putIdentification(ip, identification);
        Ipv4.forward(ip, packet.ttlToChecksum(), addresses, delta);
    }

    // ---- what has come

    /** 0, or why a fragment cannot be carried beside those that came before it. */
    private int judge(final Packet packet, final int datagram) {
        final int word = Ipv4.fragmentWord(packet.ip());
        return fragments.judge(datagram, Fragment.offset(word), payloadBytes(packet), Fragment.hasMore(word));
    }

    private void note(final Transit transit, final int datagram) {
        final Packet packet = transit.packet();
        final int word = Ipv4.fragmentWord(packet.ip());
        fragments.note(datagram, Fragment.offset(word), payloadBytes(packet), Fragment.hasMore(word));
    }

    private static int payloadBytes(final Packet packet) {
        return packet.totalLength() - packet.headerLength();
    }

    private void spendComplete(final int datagram, final int nowMs) {
        if (fragments.isOpen(datagram) && fragments.isComplete(datagram)) {
            fragments.spend(datagram, 0, nowMs);
        }
    }

    // ---- the ends of datagrams

    /** Adds a datagram after what is in its way has ended; {@link Fragments#NONE} when there is no room. */
    private int add(final Transit transit, final long key, final int inTheWay, final int nowMs) {
        if (inTheWay == Fragments.NO_ROOM) {
            return Fragments.NONE;
        }
        if (inTheWay >= 0) {
            end(inTheWay, DropReason.FRAGMENT_REPLACED);
        }
        final int sender = transit.packet().sender();
        final boolean outside = transit.ingress().isOutside();
        final int source = fragments.source(sender, outside);
        return fragments.add(transit.packet().flowAddresses(), key, source, outside, nowMs);
    }

    /** Drops what waits of a datagram, and what will come of it. */
    private void spoil(final int datagram, final int reason, final int nowMs) {
        dropWaiting(datagram, reason);
        fragments.spend(datagram, reason, nowMs);
    }

    /** Drops what waits of a datagram, and forgets it. */
    private void end(final int datagram, final DropReason reason) {
        dropWaiting(datagram, reason.code);
        fragments.free(datagram);
    }

    private void dropWaiting(final int datagram, final int reason) {
        while (early.isWaiting(datagram)) {
            early.resume(datagram, droppedFrame);
            early.release(droppedFrame);
            counters.drop(reason);
        }
        publish();
    }

    private int drop(final int reason) {
        counters.drop(reason);
        return 0;
    }

    /** Forgets datagrams whose time is over; what still waits of them is dropped. */
    void expire(final long nowNs) {
        if (fragments.size() == 0) {
            return;
        }
        final int nowMs = ms(nowNs);
        int due = fragments.due(nowMs);
        for (int i = 0; i < MOST_ENDS && due >= 0; i++) {
            end(due, DropReason.FRAGMENT_TIMEOUT);
            due = fragments.due(nowMs);
        }
    }

    /** Whether fragments wait: their time has to be looked at. */
    boolean isWaiting() {
        return early.size() > 0;
    }

    private void publish() {
        counters.heldForFirst(early.size());
    }

    private static int ms(final long nowNs) {
        return (int) (nowNs / NS_PER_MS);
    }
}
