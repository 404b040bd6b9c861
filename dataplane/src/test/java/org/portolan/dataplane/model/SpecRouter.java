package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.portolan.dataplane.counter.DropReason;

/**
 * What the router does with a frame, from its arrival to where it ends. Read this first: {@link #arrive}, {@link
 * #carry}, then {@link SpecAdmission} for packets without a session.
 */
final class SpecRouter {
    /** Frames that wait for one next hop; a further one takes the oldest one's place. */
    private static final int WAITING_EACH_HOP = 64;

    private static final long LONGEST_WAIT_NS = 3_500_000_000L;

    /** Finds a packet's way. */
    interface Ways {
        SpecWay to(SpecFrame frame, int destination);
    }

    /** A frame that leaves by a port. */
    record Departure(int port, byte[] frame) {}

    /** What has happened to all frames: received = sent + consumed + waiting + dropped. */
    static final class Counts {
        long received;
        long sent;
        long consumed;
        long originated;
        long originatedLost;
        final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);

        void drop(final DropReason reason) {
            dropped.merge(reason, 1L, Long::sum);
        }

        long dropped(final DropReason reason) {
            return dropped.getOrDefault(reason, 0L);
        }
    }

    private record Hop(int ingress, int egress, int address) {}

    private record Waiting(SpecFrame frame, long sinceNs) {}

    final List<SpecPort> ports;
    final SpecTables tables;
    final Counts counts = new Counts();
    final List<Departure> departures = new ArrayList<>();
    SpecTerms terms;
    private final SpecSettings settings;
    private final SpecChoices choices;
    private final Map<Boolean, SpecAllowance> errors = new HashMap<>();
    private final Map<Boolean, SpecAllowance> echoes = new HashMap<>();
    private final SpecAllowance resets = new SpecAllowance(50, 1000);

    /** By hop, the hops in the order of their first frames. */
    private final Map<Hop, List<Waiting>> waiting = new LinkedHashMap<>();

    private long nowNs;
    private int identification;
    private SpecFilter filter;
    private SpecFiltering filtering;
    private SpecMappings mappings;
    private SpecAdmission admission;

    SpecRouter(
            final List<SpecPort> ports,
            final SpecSizes sizes,
            final SpecSettings settings,
            final SpecTerms terms,
            final SpecChoices choices) {
        this.ports = ports;
        this.settings = settings;
        this.choices = choices;
        tables = new SpecTables(sizes.with(terms));
        for (final boolean outside : new boolean[] {false, true}) {
            errors.put(outside, new SpecAllowance(50, 1000));
            echoes.put(outside, new SpecAllowance(1000, 10_000));
        }
        begin(terms, 0);
    }

    /** Time and terms of what follows. */
    private void begin(final SpecTerms these, final long now) {
        nowNs = now;
        terms = these;
        filter = new SpecFilter(ports, terms);
        mappings = new SpecMappings(tables, terms, choices, nowS());
        filtering = new SpecFiltering(tables, terms);
        admission = new SpecAdmission(
                filter,
                filtering,
                tables,
                mappings,
                terms,
                (frame, destination) -> SpecWay.of(frame.packet, frame.port, destination, ports, terms));
    }

    int nowS() {
        return (int) (nowNs / 1_000_000_000L);
    }

    // ---- what happens from outside

    /** It is this late now: rests that are over end. */
    void time(final long now) {
        if (now != nowNs) {
            begin(terms, now);
        }
        mappings.endRests();
    }

    /** Ends a session whose time is over. */
    void expire(final SpecSession session) {
        mappings.end(session);
    }

    boolean isOver(final SpecSession session) {
        return SpecTimers.isOver(session, nowS(), terms.timeouts());
    }

    /**
     * Takes another policy over. What it does not allow ends at once, all else lives on (RFC 4787 REQ-11): {@link
     * SpecPolicy}.
     */
    void adopt(final SpecTerms replacement) {
        final SpecTerms before = terms;
        tables.keepSlots(replacement.forwards());
        begin(replacement, nowNs);
        endRestsOnLostAddresses();
        mappings.endRests();
        final List<SpecSession> all = choices.inSweepOrder(List.copyOf(tables.fromInside.values()));
        final Set<SpecSession> left = new LinkedHashSet<>(all);
        for (final SpecSession session : all) {
            if (left.contains(session)) {
                sweep(session, before, left);
            }
        }
    }

    /** Nobody will get a port of an address that is no longer the router's. */
    private void endRestsOnLostAddresses() {
        for (final SpecMapping mapping : List.copyOf(tables.resting)) {
            if (!terms.ownsOutside(mapping.outside.address())) {
                tables.remove(mapping);
            }
        }
    }

    private void sweep(final SpecSession judged, final SpecTerms before, final Set<SpecSession> left) {
        final SpecPolicy.Verdict verdict = SpecPolicy.judge(judged, terms, before, ports);
        if (verdict == SpecPolicy.Verdict.ALLOWED) {
            return;
        }
        for (final SpecSession session : List.copyOf(left)) {
            if (SpecPolicy.endsWith(session, judged, verdict)) {
                left.remove(session);
                mappings.end(session);
            }
        }
    }

    // ---- a frame

    /** A frame has come in by a port. */
    void arrive(final int port, final byte[] received) {
        counts.received++;
        finish(new SpecFrame(ports.get(port), received));
    }

    private void finish(final SpecFrame frame) {
        final DropReason reason = frame.reason != DropReason.NONE ? frame.reason : carry(frame);
        if (reason != DropReason.NONE) {
            counts.drop(reason);
        }
    }

    /** Why a packet went no further, or {@link DropReason#NONE}: it was sent, consumed, or waits. */
    private DropReason carry(final SpecFrame frame) {
        final SpecPacket packet = frame.packet;
        final SpecSession session = sessionOf(frame);
        if (session == null) {
            return carryFirst(frame);
        }
        if (session.isHalf) {
            return turn(frame, session);
        }
        final boolean outbound = !frame.port.isOutside;
        final DropReason source = packet.kind == SpecPacket.Kind.ICMP_ERROR
                ? filter.error(frame.port, packet)
                : outbound ? filter.inside(frame.port, packet.source()) : DropReason.NONE;
        if (source != DropReason.NONE) {
            return source;
        }
        final int target = outbound ? session.remote.address() : session.inside.address();
        final SpecWay way = SpecWay.of(packet, frame.port, target, ports, terms);
        if (way.mustWait()) {
            return await(frame, way);
        }
        if (way.reason() != DropReason.NONE) {
            return refuse(frame, way.reason(), way);
        }
        send(frame, way, translate(session, packet, outbound));
        return DropReason.NONE;
    }

    /** A session's own remote endpoint gets in; who else does is {@link SpecFiltering}'s (RFC 4787 REQ-8). */
    private SpecSession sessionOf(final SpecFrame frame) {
        final boolean outbound = !frame.port.isOutside;
        final Map<SpecFlow, SpecSession> flows = outbound ? tables.fromInside : tables.fromOutside;
        final SpecSession session = flows.get(frame.packet.flow);
        return session != null && SpecIcmp.fits(frame.packet.kind, outbound != session.fromOutside) ? session : null;
    }

    private DropReason carryFirst(final SpecFrame frame) {
        final SpecVerdict verdict = admission.judge(frame);
        return switch (verdict.act()) {
            case OPEN_FROM_INSIDE -> openFromInside(frame, verdict.way());
            case OPEN_FROM_OUTSIDE -> openFromOutside(frame, verdict.way(), verdict.wayIn());
            case OPEN_HAIRPIN -> openHairpin(frame, verdict.way());
            case FORWARD_UNTRANSLATED -> {
                final SpecPacket packet = frame.packet;
                send(frame, verdict.way(), packet.forwarded(packet.source(), packet.destination()));
                yield DropReason.NONE;
            }
            case LOCAL -> serve(frame);
            case WAIT -> await(frame, verdict.way());
            case DROP -> refuse(frame, verdict.reason(), verdict.way());
        };
    }

    // ---- sessions

    private DropReason openFromInside(final SpecFrame frame, final SpecWay way) {
        final Opened opened = openFromInside(frame.packet.flow, way.egress().index, false);
        if (opened.session == null) {
            return refuse(frame, opened.reason, way);
        }
        send(frame, way, translate(opened.session, frame.packet, true));
        return DropReason.NONE;
    }

    private record Opened(SpecSession session, DropReason reason) {}

    private Opened openFromInside(final SpecFlow flow, final int egress, final boolean isHalf) {
        if (tables.fromInside.containsKey(flow)) {
            // The remote host asks with the same identifier.
            return new Opened(null, DropReason.PROTOCOL_AMBIGUOUS);
        }
        if (tables.isFull()) {
            mappings.reclaim(mappings.longestClosed(session -> true));
        }
        final SpecMappings.Result result = mappings.take(flow, egress, isHalf);
        if (result.mapping() == null) {
            return new Opened(null, result.reason());
        }
        final int remotePort = flow.protocol() == SpecProtocol.ICMP ? 0 : flow.destinationPort();
        final SpecEndpoint remote = new SpecEndpoint(flow.protocol(), flow.destination(), remotePort);
        final SpecSession other = inTheWay(result.mapping(), flow.from(), remote, isHalf);
        if (other != null && (other.mapping == result.mapping() || !result.mapping().isStatic)) {
            mappings.dropUnused(result.mapping());
            return new Opened(null, DropReason.PROTOCOL_AMBIGUOUS);
        }
        final SpecSession opened = open(result.mapping(), flow.from(), remote, false, isHalf);
        if (other != null) {
            // The new one is a rule's, and the other one is from before the rule.
            mappings.end(other);
        }
        return new Opened(opened, DropReason.NONE);
    }

    /** The session that already gets what comes back to a new one: nothing would tell the two apart. */
    private SpecSession inTheWay(
            final SpecMapping mapping, final SpecEndpoint inside, final SpecEndpoint remote, final boolean isHalf) {
        final SpecSession asked = new SpecSession(mapping, inside, remote, false, isHalf, SpecState.OTHER, nowS());
        return tables.outer(isHalf).get(asked.outsideFlow());
    }

    private DropReason openFromOutside(final SpecFrame frame, final SpecWay way, final SpecWayIn wayIn) {
        final Opened opened = openFromOutside(frame.packet.flow, wayIn, false);
        if (opened.session == null) {
            return refuse(frame, opened.reason, way);
        }
        send(frame, way, translate(opened.session, frame.packet, false));
        return DropReason.NONE;
    }

    private Opened openFromOutside(final SpecFlow flow, final SpecWayIn wayIn, final boolean isHalf) {
        if (admission.outsideLimit(flow.source(), wayIn, null) != DropReason.NONE) {
            mappings.reclaim(admission.closedInTheWay(flow.source(), wayIn));
        }
        final SpecMappings.Result result = wayIn.mapping() != null
                ? new SpecMappings.Result(wayIn.mapping(), DropReason.NONE)
                : mappings.ofForward(wayIn.forward(), wayIn.outside());
        if (result.mapping() == null) {
            return new Opened(null, result.reason());
        }
        final int remotePort = flow.protocol() == SpecProtocol.ICMP ? 0 : flow.sourcePort();
        final SpecEndpoint remote = new SpecEndpoint(flow.protocol(), flow.source(), remotePort);
        return new Opened(open(result.mapping(), wayIn.inside(), remote, true, isHalf), DropReason.NONE);
    }

    // ---- hairpins

    private DropReason openHairpin(final SpecFrame frame, final SpecWay way) {
        final int egress = terms.egressOf(frame.packet.destination());
        final Opened first = openFromInside(frame.packet.flow, egress, true);
        return first.session == null ? refuse(frame, first.reason, way) : turn(frame, first.session);
    }

    /**
     * RFC 4787 REQ-9, 9a: a packet of a first half goes out and comes back in: it belongs to a second half too, which
     * opens as any session from outside does. It leaves with the source of the first and the destination of the second.
     */
    private DropReason turn(final SpecFrame frame, final SpecSession first) {
        final SpecPacket packet = frame.packet;
        final boolean isError = packet.kind == SpecPacket.Kind.ICMP_ERROR;
        final DropReason source =
                isError ? filter.error(frame.port, packet) : filter.inside(frame.port, packet.source());
        if (source != DropReason.NONE) {
            return source;
        }
        final SpecFlow flow = first.outsideFlow().turned();
        SpecSession second = tables.between.get(flow);
        second = second != null && SpecIcmp.fits(packet.kind, second.fromOutside) ? second : null;
        DropReason reason = second == null ? filtering.refusal(packet.kind, flow, packet.tcpFlags()) : DropReason.NONE;
        SpecWay way = null;
        if (reason == DropReason.NONE) {
            final SpecWayIn wayIn = second == null ? filtering.at(flow.to()) : null;
            final SpecEndpoint inside = second == null ? wayIn.inside() : second.inside;
            way = SpecWay.of(packet, frame.port, inside.address(), ports, terms);
            if (way.mustWait()) {
                return await(frame, way);
            }
            reason = way.reason() == DropReason.NONE && way.egress().isOutside ? DropReason.HAIRPIN : way.reason();
            if (reason == DropReason.NONE && second == null) {
                reason = admission.refusalFromOutside(flow.source(), wayIn);
            }
            if (reason == DropReason.NONE && second == null) {
                final Opened opened = openFromOutside(flow, wayIn, true);
                second = opened.session;
                reason = opened.reason;
            }
        }
        if (reason != DropReason.NONE) {
            use(first, packet, true);
            return refuse(frame, reason, way);
        }
        final byte[] between = translate(first, packet, true);
        send(frame, way, comeBack(second, packet, between));
        return DropReason.NONE;
    }

    /** The second half's translation, of what the first one made; the packet passes the router once. */
    private byte[] comeBack(final SpecSession second, final SpecPacket packet, final byte[] between) {
        final SpecPacket gone = new SpecPacket(between);
        final byte[] bytes = translate(second, gone, false);
        SpecBytes.put8(bytes, 8, packet.ttl() - 1);
        SpecPacket.putHeaderChecksum(bytes, packet.headerLength());
        return bytes;
    }

    private void use(final SpecSession session, final SpecPacket packet, final boolean outbound) {
        if (packet.kind != SpecPacket.Kind.ICMP_ERROR) {
            track(session, packet, outbound);
        }
    }

    // ---- one session

    private SpecSession open(
            final SpecMapping mapping,
            final SpecEndpoint inside,
            final SpecEndpoint remote,
            final boolean fromOutside,
            final boolean isHalf) {
        final SpecState state = switch (remote.protocol()) {
            case SpecProtocol.UDP -> SpecUdp.opened(fromOutside);
            case SpecProtocol.TCP -> SpecTcp.opened(fromOutside);
            default -> fromOutside ? SpecState.INCOMING : SpecState.of(remote.protocol());
        };
        final SpecSession session = new SpecSession(mapping, inside, remote, fromOutside, isHalf, state, nowS());
        tables.add(session, terms.hostLimits());
        return session;
    }

    /** A packet of a session becomes the same packet of its other side; an error does and changes nothing else. */
    private byte[] translate(final SpecSession session, final SpecPacket packet, final boolean outbound) {
        final int header = packet.headerLength();
        final SpecFlow flow = (outbound ? session.outsideFlow() : session.insideFlow()).turned();
        if (packet.kind == SpecPacket.Kind.ICMP_ERROR) {
            final int source = outbound ? session.outside.address() : packet.source();
            final byte[] error = packet.forwarded(source, flow.destination());
            SpecIcmp.restoreQuote(error, packet.bytes, header, flow.turned());
            return error;
        }
        track(session, packet, outbound);
        final byte[] bytes = packet.forwarded(flow.source(), flow.destination());
        switch (packet.kind) {
            case UDP -> SpecUdp.translate(bytes, packet.bytes, header, flow);
            case TCP -> SpecTcp.translate(bytes, packet.bytes, header, flow);
            case OTHER -> {}
            default -> SpecIcmp.translate(bytes, packet.bytes, header, flow);
        }
        return bytes;
    }

    /**
     * RFC 4787 REQ-6, 6a: packets of the session refresh it, from both sides or from inside alone, and move its state on. A call that the inside
     * does not answer ends in its time, however often it is repeated (IN-10).
     */
    private void track(final SpecSession session, final SpecPacket packet, final boolean outbound) {
        final SpecState before = session.state;
        if (outbound) {
            session.bytesOut += packet.totalLength();
        } else {
            session.bytesIn += packet.totalLength();
        }
        switch (packet.kind) {
            case TCP -> SpecTcp.track(session, packet, outbound);
            default -> session.state = outbound ? SpecState.of(packet.flow.protocol()) : session.state;
        }
        final boolean mayRefresh = outbound || terms.switches().inboundRefresh();
        final boolean isAnswered = outbound || !session.state.isUnanswered();
        final boolean isNew = session.state != before && (mayRefresh || SpecTcp.beginsTimer(before, session.state));
        if (isNew || mayRefresh && isAnswered) {
            session.lastSeenS = nowS();
        }
        tables.closed.remove(session);
        if (session.state == SpecState.TCP_CLOSED) {
            tables.closed.add(session);
        }
    }

    // ---- where a frame ends

    private void send(final SpecFrame frame, final SpecWay way, final byte[] packet) {
        if ((frame.packet.tcpFlags() & SpecTcp.SYN) != 0) {
            SpecTcp.clampMss(packet, frame.packet.headerLength(), Math.min(frame.port.mtu, way.egress().mtu));
        }
        counts.sent++;
        depart(way.egress(), SpecFrame.around(packet, way.mac(), way.egress().mac));
    }

    private void depart(final SpecPort port, final byte[] frame) {
        departures.add(new Departure(port.index, frame));
    }

    /** The router itself: it answers ping, and tells an inside host that nothing listens on a port. */
    private DropReason serve(final SpecFrame frame) {
        final SpecPacket packet = frame.packet;
        if (SpecAnswers.isEcho(packet)) {
            final byte[] reply = SpecFrame.around(SpecIcmp.reply(packet), frame.source(), frame.port.mac);
            final boolean isSure = echoes.get(frame.port.isOutside).take(packet.source(), nowNs);
            if (!isSure && !choices.hasAnswered(frame.port.index, reply)) {
                return DropReason.ECHO_RATE;
            }
            counts.consumed++;
            sendOwn(frame.port, reply);
            return DropReason.NONE;
        }
        final boolean hasPort = packet.kind == SpecPacket.Kind.UDP || packet.kind == SpecPacket.Kind.TCP;
        if (hasPort && !frame.port.isOutside) {
            answer(frame, SpecAnswers.error(frame, SpecIcmp.UNREACHABLE, 3, 0, identification), errors.get(false));
        }
        return DropReason.LOCAL_UNSERVED;
    }

    private DropReason refuse(final SpecFrame frame, final DropReason reason, final SpecWay way) {
        final boolean isReset = reason == DropReason.NO_MAPPING
                || reason == DropReason.FILTERED
                || reason == DropReason.TCP_NOT_OPENING;
        answer(
                frame,
                SpecAnswers.about(frame, reason, way, settings, terms, identification),
                isReset ? resets : errors.get(frame.port.isOutside));
        return reason;
    }

    /** RFC 1812 4.3.2.8 (IP-10): as far as the limits go. The answer leaves to where the frame came from. */
    private void answer(final SpecFrame frame, final byte[] packet, final SpecAllowance limit) {
        if (packet == null) {
            return;
        }
        final byte[] answer = SpecFrame.around(packet, frame.source(), frame.port.mac);
        if (limit.take(frame.packet.source(), nowNs) || choices.hasAnswered(frame.port.index, answer)) {
            identification = identification + 1 & 0xFFFF;
            sendOwn(frame.port, answer);
        }
    }

    private void sendOwn(final SpecPort port, final byte[] frame) {
        if (port.isUp) {
            counts.originated++;
            depart(port, frame);
        } else {
            counts.originatedLost++;
        }
    }

    // ---- waiting for a neighbor

    long waiting() {
        return waiting.values().stream().mapToLong(List::size).sum();
    }

    /** RFC 1122 2.3.2.2: a frame whose next hop is not known waits, once. */
    private DropReason await(final SpecFrame frame, final SpecWay way) {
        if (frame.hasWaited) {
            return refuse(frame, DropReason.NEIGHBOR_UNREACHABLE, way);
        }
        final Hop hop = new Hop(frame.port.index, way.egress().index, way.nextHop());
        final List<Waiting> queue = waiting.computeIfAbsent(hop, any -> new ArrayList<>());
        if (queue.size() == WAITING_EACH_HOP) {
            queue.removeFirst();
            counts.drop(DropReason.NEIGHBOR_QUEUE_REPLACED);
        }
        queue.add(new Waiting(frame, nowNs));
        return DropReason.NONE;
    }

    /** Frames whose next hop is known now, or does not answer, or that have waited too long, run again. */
    void poll() {
        for (final Hop hop : List.copyOf(waiting.keySet())) {
            final List<Waiting> queue = waiting.get(hop);
            for (final Waiting each : List.copyOf(queue)) {
                final boolean isAnswered = ports.get(hop.egress).neighbors.containsKey(hop.address);
                if (isAnswered || nowNs - each.sinceNs > LONGEST_WAIT_NS) {
                    queue.remove(each);
                    rerun(each.frame);
                }
            }
            if (queue.isEmpty()) {
                waiting.remove(hop);
            }
        }
    }

    private void rerun(final SpecFrame waited) {
        final SpecFrame frame = new SpecFrame(waited.port, waited.bytes);
        frame.hasWaited = true;
        finish(frame);
    }
}
