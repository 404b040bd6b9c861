package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * How sessions begin and end: who may open one, what is taken for it, and what a closed one gives back when there is no
 * room. A live session or mapping is never taken from anybody (RFC 6888 REQ-11).
 *
 * <p>One worker uses it; {@link Nat} is its only caller.
 */
final class SessionLife {
    /**
     * How many closed sessions a new mapping may end before it is refused, as a closed session's port is free only if
     * its mapping has no other session; and how many a new session of a forward looks at for one whose end helps.
     */
    static final int RECLAIMS_FOR_EACH_NEW = 16;

    private static final int CLOSING_STATES = 1 << SessionState.TCP_CLOSING.code | 1 << SessionState.TCP_CLOSED.code;

    private final SessionTable sessions;
    private final MappingTable mappings;
    private final OutsideSessions fromOutside;
    private final ClosedSessions closed;
    private final SentTo sentTo;
    private final Inbound inbound;
    private final SharedMappings shared;
    private Policy policy;
    private final HostsClosedSessions closedOfHosts;
    private final WindowCheck windowCheck;

    /** What a segment outside the window is dropped for, or 0. */
    private final int outOfWindowCode;

    /** A bit for each state in which a packet without SYN, FIN and RST changes nothing. */
    private final int steadyStates;

    private boolean inboundRefreshes;
    private long reclaimed;
    private long outOfWindow;

    /** Keeps the touches alive. */
    private long touched;

    SessionLife(final NatTables tables, final WindowCheck windowCheck) {
        this.windowCheck = windowCheck;
        sessions = tables.sessions();
        mappings = tables.mappings();
        fromOutside = tables.fromOutside();
        closed = tables.closed();
        sentTo = tables.sentTo();
        inbound = new Inbound(sessions, mappings, fromOutside, sentTo);
        shared = new SharedMappings(mappings, sessions);
        closedOfHosts = new HostsClosedSessions(sessions, mappings, closed);
        outOfWindowCode = windowCheck == WindowCheck.DROP ? DropReason.TCP_OUT_OF_WINDOW.code : 0;
        final int established = windowCheck == WindowCheck.OFF ? 1 << SessionState.TCP_ESTABLISHED.code : 0;
        steadyStates =
                1 << SessionState.UDP.code | 1 << SessionState.ICMP.code | 1 << SessionState.OTHER.code | established;
    }

    /** By which rules and mappings packets from outside may open sessions. */
    Inbound inbound() {
        return inbound;
    }

    void adopt(final Policy replacement) {
        policy = replacement;
        inbound.adopt(policy);
        inboundRefreshes = policy.switches().inboundRefresh();
        mappings.adopt(policy);
        fromOutside.adopt(policy.limits());
        closed.adopt(policy.addresses());
    }

    /** How many closed sessions ended before their timer. */
    long reclaimed() {
        return reclaimed;
    }

    /** How many TCP segments were outside the window of their connection. */
    long outOfWindow() {
        return outOfWindow;
    }

    /**
     * As {@link Nat#openOutbound}.
     *
     * @param outer realm of the replies
     */
    int openOutbound(
            final Packet p, final int realm, final int outer, final int egress, final long hash, final int nowS) {
        // The host's limits are judged where its port is taken; before that only if a closed session is to give way.
        final int refusal =
                sessions.isFull() ? refusalOutbound(p, realm, egress, nowS) : refusalOfKind(p, realm, egress);
        if (refusal != 0) {
            return -refusal;
        }
        if (p.kind() == Packet.KIND_QUERY && hasFlow(p, realm, hash)) {
            return -DropReason.PROTOCOL_AMBIGUOUS.code;
        }
        if (sessions.isFull()) {
            reclaim(closed.longestOfAll(nowS), nowS);
        }
        touched += sessions.touchFree();
        final int mapping = mapping(p, realm, outer, egress, nowS);
        if (mapping < 0) {
            return mapping;
        }
        final long record = mappings.record(mapping);
        final int outsidePort = MappingRecord.outsidePort(record, p.sourcePort());
        final long addresses = Flow.addresses(p.destination(), MappingRecord.outsideAddress(record));
        final long ports = Flow.ports(
                outer, p.protocol(), p.protocol() == Ipv4.ICMP ? outsidePort : p.destinationPort(), outsidePort);
        final long replyHash = sessions.hash(addresses, ports);
        if (!sessions.hasRoom(hash, replyHash)) {
            mappings.dropUnused(mapping);
            return -DropReason.INDEX_CROWDED.code;
        }
        final boolean mayMeet = MappingRecord.isStatic(record) || p.kind() == Packet.KIND_OTHER;
        final int other = mayMeet ? sessions.find(addresses, ports, replyHash) : -1;
        if (other >= 0 && !yields(other, mapping, record)) {
            mappings.dropUnused(mapping);
            return -DropReason.PROTOCOL_AMBIGUOUS.code;
        }
        sentTo.add(mapping, p.destination());
        final int match = begin(p, realm, hash, replyHash, mapping, addresses, ports, stateOf(p.protocol()), nowS);
        if (other >= 0) {
            // Not before: the new mapping may have its host from the other one's.
            end(Match.session(other), nowS);
        }
        return match;
    }

    /** Whether the remote host, which asks too, has a session with a query's flow: the index has each flow once. */
    private boolean hasFlow(final Packet p, final int realm, final long hash) {
        return sessions.find(p.flowAddresses(), Flow.in(realm, p.flowPorts()), hash) >= 0;
    }

    /** Of a session that the inside opened. */
    private static SessionState stateOf(final int protocol) {
        return switch (protocol) {
            case Ipv4.UDP -> SessionState.UDP;
            case Ipv4.TCP -> SessionState.TCP_OPENING;
            case Ipv4.ICMP -> SessionState.ICMP;
            default -> SessionState.OTHER;
        };
    }

    private static SessionState incomingStateOf(final int protocol) {
        return switch (protocol) {
            case Ipv4.UDP -> SessionState.UDP_INCOMING;
            case Ipv4.TCP -> SessionState.TCP_INCOMING;
            default -> SessionState.INCOMING;
        };
    }

    /**
     * Whether a session that gets the answers to a new one ends for it: the new one is a rule's, and it is of another
     * mapping from before the rule, which the sweep has not ended yet.
     */
    private boolean yields(final int match, final int mapping, final long record) {
        return MappingRecord.isStatic(record) && sessions.mapping(Match.session(match)) != mapping;
    }

    /** As {@link Nat#refusalOutbound}. */
    int refusalOutbound(final Packet p, final int realm, final int egress, final int nowS) {
        final int kind = refusalOfKind(p, realm, egress);
        if (kind != 0) {
            return kind;
        }
        final int limit = mappings.refusal(p.source(), p.sourcePort(), p.protocol(), realm, egress, nowS);
        if (limit != 0 && (limit != DropReason.HOST_SESSIONS_FULL.code || closedOfHost(p, realm, egress, nowS) < 0)) {
            return limit;
        }
        return sessions.isFull() && closed.longestOfAll(nowS) < 0 ? DropReason.SESSIONS_FULL.code : 0;
    }

    private int refusalOfKind(final Packet p, final int realm, final int egress) {
        switch (p.kind()) {
            case Packet.KIND_ICMP_ERROR -> {
                return DropReason.ICMP_ERROR_UNMATCHED.code;
            }
            case Packet.KIND_QUERY_REPLY -> {
                return DropReason.ICMP_TYPE_UNSUPPORTED.code;
            }
            case Packet.KIND_TCP -> {
                final int flags = p.tcpFlags();
                final boolean opens = (flags & Tcp.RST) == 0 && (flags & (Tcp.SYN | Tcp.ACK)) != (Tcp.SYN | Tcp.ACK);
                return opens ? 0 : DropReason.TCP_NOT_OPENING.code;
            }
            case Packet.KIND_OTHER -> {
                return inbound.refusalOfOther(
                        p.protocol(), mappings.hasRule(p.source(), 0, p.protocol(), realm, egress));
            }
            default -> {
                return 0;
            }
        }
    }

    /** The packet's mapping, made if need be and if it takes the room of closed sessions; or a reason's code. */
    private int mapping(final Packet p, final int realm, final int outer, final int egress, final int nowS) {
        int mapping = findOrCreate(p, realm, outer, egress, nowS);
        for (int i = 0; mapping < 0 && i < RECLAIMS_FOR_EACH_NEW; i++) {
            if (!reclaim(inTheWay(-mapping, p, realm, egress, nowS), nowS)) {
                break;
            }
            mapping = findOrCreate(p, realm, outer, egress, nowS);
        }
        final boolean elsewhere = mapping == -DropReason.PORTS_EXHAUSTED.code
                && mappings.mayCreateElsewhere()
                && !policy.behavior(egress).sharesPorts();
        return elsewhere
                ? mappings.createElsewhere(p.source(), p.sourcePort(), p.protocol(), realm, egress, nowS)
                : mapping;
    }

    /** The closed session in whose place a host at its limit of sessions may open one, or -1. */
    private int closedOfHost(final Packet p, final int realm, final int egress, final int nowS) {
        final int otherwise = mappings.refusal(p.source(), p.sourcePort(), p.protocol(), realm, egress, 1, nowS);
        return otherwise == 0 ? closedOfHosts.find(p.source(), realm, egress, nowS) : -1;
    }

    private int findOrCreate(final Packet p, final int realm, final int outer, final int egress, final int nowS) {
        if (!policy.behavior(egress).sharesPorts() || !Flow.hasPorts(p.protocol())) {
            return mappings.findOrCreate(p.source(), p.sourcePort(), p.protocol(), realm, egress, nowS);
        }
        final int rule = mappings.rule(p.source(), p.sourcePort(), p.protocol(), realm, egress);
        return rule >= 0
                ? mappings.ofOwnRule(rule, p.source(), p.sourcePort(), realm, nowS)
                : shared.create(p, realm, outer, egress, nowS);
    }

    /** The closed session that has what a new mapping lacks, or -1. */
    private int inTheWay(final int reason, final Packet p, final int realm, final int egress, final int nowS) {
        if (reason == DropReason.MAPPINGS_FULL.code) {
            return closed.longestOfAll(nowS);
        }
        if (reason == DropReason.HOST_SESSIONS_FULL.code) {
            return closedOfHost(p, realm, egress, nowS);
        }
        if (reason != DropReason.PORTS_EXHAUSTED.code || p.protocol() != Ipv4.TCP) {
            return -1;
        }
        final int number = mappings.pairedNumber(p.source(), realm, egress);
        if (number < 0) {
            return -1;
        }
        final boolean privileged = OutsidePorts.isPrivileged(Ipv4.TCP, p.sourcePort());
        final int session = closed.longestOnPorts(number, privileged, nowS);
        return session < 0 && privileged ? closed.longestOnPorts(number, false, nowS) : session;
    }

    /** As {@link Nat#openInbound}. */
    int openInbound(final Packet p, final int realm, final long hash, final int nowS) {
        final int way = inbound.find(p, realm);
        if (way < 0) {
            return way;
        }
        final int refusal = refusalInbound(p, way, nowS);
        if (refusal != 0) {
            return -refusal;
        }
        if (inbound.refusal(way, p) != 0) {
            reclaim(closedWhoseEndHelps(way, p, nowS), nowS);
        }
        final int mapping = inbound.takeMapping(way, p, nowS);
        if (mapping < 0) {
            return mapping;
        }
        final long addresses = inbound.replyAddresses(way, p);
        final long ports = inbound.replyPorts(way, p);
        final long replyHash = sessions.hash(addresses, ports);
        if (!sessions.hasRoom(hash, replyHash)) {
            mappings.dropUnused(mapping);
            return -DropReason.INDEX_CROWDED.code;
        }
        final SessionState state = incomingStateOf(p.protocol());
        final long record = mappings.record(mapping);
        fromOutside.opened(MappingRecord.slot(record), p.source());
        final int match = begin(p, realm, hash, replyHash, mapping, addresses, ports, state, nowS);
        MappingRecord.addUnanswered(record, 1);
        return match;
    }

    /** As {@link Nat#refusalInbound}; the closed sessions of a busy server give way first. */
    int refusalInbound(final Packet p, final int way, final int nowS) {
        final int refusal = inbound.refusal(way, p);
        if (refusal == 0 || inbound.slot(way, p) < 0 || !inbound.wouldAdmitInPlaceOf(p.source(), way, p)) {
            return refusal;
        }
        return closedWhoseEndHelps(way, p, nowS) >= 0 ? 0 : refusal;
    }

    /** The longest silent closed session of a forward in whose place a remote may open one, or -1. */
    private int closedWhoseEndHelps(final int way, final Packet p, final int nowS) {
        int old = closed.longestOfForward(inbound.slot(way, p), nowS);
        for (int i = 0; old >= 0 && i < RECLAIMS_FOR_EACH_NEW; i++) {
            final int other = SessionLine.remoteAddress(sessions.line(old));
            if (inbound.wouldAdmitInPlaceOf(other, way, p)) {
                return old;
            }
            old = closed.next(old, nowS);
        }
        return -1;
    }

    /** Opens the session of a packet with this reply; the packet's match. */
    private int begin(
            final Packet p,
            final int realm,
            final long hash,
            final long replyHash,
            final int mapping,
            final long replyAddresses,
            final long replyPorts,
            final SessionState state,
            final int nowS) {
        final long ports = Flow.in(realm, p.flowPorts());
        mappings.addSession(mapping, Flow.isFromOutside(ports));
        final int session =
                sessions.open(p.flowAddresses(), ports, replyAddresses, replyPorts, hash, replyHash, state, nowS);
        final long record = mappings.record(mapping);
        sessions.link(session, mapping, record);
        if (MappingRecord.isShared(record)) {
            shared.follow(sessions.line(session), true);
        }
        return Match.of(session, Match.ORIGINAL);
    }

    /**
     * Ends a live session. Its mapping goes with its last session, and the port then rests unless TCP was seen to
     * close.
     */
    void end(final int session, final int nowS) {
        final long line = sessions.line(session);
        final int state = SessionLine.stateCode(line);
        final int mapping = sessions.mapping(session);
        final long record = mappings.record(mapping);
        if (state == SessionState.TCP_CLOSED.code) {
            closed.remove(session, line);
        }
        final boolean incoming = SessionLine.isFromOutside(line);
        if (incoming) {
            fromOutside.ended(MappingRecord.slot(record), SessionLine.remoteAddress(line));
            if (SessionState.isUnanswered(state)) {
                MappingRecord.addUnanswered(record, -1);
            }
        } else {
            sentTo.remove(mapping, SessionLine.remoteAddress(line));
        }
        if (MappingRecord.isShared(record)) {
            shared.follow(line, false);
        }
        sessions.unlink(session, record);
        sessions.free(session);
        final boolean silent = state != SessionState.TCP_CLOSING.code && state != SessionState.TCP_CLOSED.code;
        mappings.removeSession(mapping, incoming, !silent, nowS);
    }

    /** Ends sessions of a mapping, a bounded number; how many. */
    int endOfMapping(final int mapping, final int most, final int nowS) {
        int ended = 0;
        int session = SessionTable.firstOf(mappings.record(mapping));
        while (session >= 0 && ended < most) {
            final int next = sessions.nextOf(session);
            end(session, nowS);
            session = next;
            ended++;
        }
        return ended;
    }

    /** Ends sessions of all mappings of an inside host, a bounded number; how many. */
    int endOfHost(final int address, final int realm, final int most, final int nowS) {
        int ended = 0;
        int mapping = mappings.firstOfHost(address, realm);
        while (mapping >= 0 && ended < most) {
            final int next = mappings.nextOfHost(mapping);
            ended += endOfMapping(mapping, most - ended, nowS);
            mapping = next;
        }
        return ended;
    }

    private boolean reclaim(final int session, final int nowS) {
        if (session < 0) {
            return false;
        }
        end(session, nowS);
        reclaimed++;
        return true;
    }

    /** Whether a packet changes nothing about its session but the time of its last use. */
    boolean isSteady(final int stateCode, final Packet p) {
        return (steadyStates >>> stateCode & 1) != 0 && (p.tcpFlags() & (Tcp.SYN | Tcp.FIN | Tcp.RST)) == 0;
    }

    /**
     * Whether a packet that is not {@link #isSteady steady} is a segment of an established connection that fits its
     * window and changes nothing else but the time of its last use. What it adds to the window is noted then.
     */
    boolean carries(final int match, final long line, final int stateCode, final Packet p) {
        return stateCode == SessionState.TCP_ESTABLISHED.code
                && (p.tcpFlags() & (Tcp.SYN | Tcp.FIN | Tcp.RST | Tcp.ACK)) == Tcp.ACK
                && !p.isFragment()
                && TcpTracking.isSettled(line)
                && TcpWindow.carries(line, sessions.companion(Match.session(match)), p, Match.direction(match));
    }

    /**
     * Takes a packet into account that is not an ICMP error and not {@link #isSteady steady}: the session's state, its
     * timer, its place among the closed.
     *
     * @return 0, or the code of {@link DropReason#TCP_OUT_OF_WINDOW}
     */
    int track(final int match, final long line, final Packet p, final int nowS) {
        final int session = Match.session(match);
        final int side = Match.direction(match);
        final boolean outbound = side == SessionLine.outbound(line);
        final int before = SessionLine.stateCode(line);
        final boolean judged = windowCheck != WindowCheck.OFF && p.kind() == Packet.KIND_TCP;
        if (judged) {
            final int verdict = TcpWindow.judge(line, sessions.companion(session), before, p, side, outbound);
            if (verdict != TcpWindow.FITS) {
                outOfWindow++;
                if (verdict == TcpWindow.OUTSIDE) {
                    return TcpTracking.ignore(line, p, outbound) ? outOfWindowCode : 0;
                }
            }
        }
        if (before == SessionState.TCP_CLOSED.code) {
            closed.remove(session, line);
        }
        if (judged) {
            TcpTracking.trackInWindow(sessions, session, p, side, outbound);
        } else if (p.kind() == Packet.KIND_TCP) {
            TcpTracking.track(sessions, session, p, outbound);
        } else if (outbound) {
            sessions.changeState(line, stateOf(p.protocol()).code);
        }
        final int after = SessionLine.stateCode(line);
        final boolean unanswered = SessionState.isUnanswered(after);
        if (unanswered != SessionState.isUnanswered(before)) {
            MappingRecord.addUnanswered(mappings.record(sessions.mapping(session)), unanswered ? 1 : -1);
        }
        final boolean trusted = outbound || inboundRefreshes;
        // A call that the inside does not answer ends in its time, however often it is repeated.
        final boolean refreshes = outbound || inboundRefreshes && !unanswered;
        if (after != before && (trusted || beginsTimer(before, after))
                || refreshes && LastSeen.otherSecond(SessionLine.lastSeen(line), nowS) != 0) {
            sessions.refresh(session, line, nowS, after);
        } else if (after != before) {
            sessions.publishLastSeen(session, line);
        }
        if (judged && after != before) {
            TcpNumbers.restoreEdges(line, sessions.companion(session), before, after);
        }
        if (after == SessionState.TCP_CLOSED.code) {
            closed.add(session, line);
        }
        return 0;
    }

    /**
     * Whether a change of state begins a timer though its packet does not refresh: any that a remote cannot bring about
     * again and again without the inside, as it could between closing and closed.
     */
    private static boolean beginsTimer(final int before, final int after) {
        return after != before && (CLOSING_STATES >>> before & CLOSING_STATES >>> after & 1) == 0;
    }

    /** Whether a session is still as control saw it. */
    boolean isUnchanged(final int session, final int generation, final int lastSeenWord) {
        return session >= 0
                && session < sessions.capacity()
                && lastSeenWord != 0
                && SharedWord.peekInt(sessions.line(session) + SessionLayout.GENERATION_OFFSET) == generation
                && SharedWord.peekInt(sessions.lastSeenAddress(session)) == lastSeenWord;
    }
}
