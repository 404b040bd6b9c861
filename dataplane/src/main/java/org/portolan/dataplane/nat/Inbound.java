package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.StaticRules;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * The ways in: by which rule or mapping a packet from outside may open a session, and what stops it. Judging takes and
 * changes nothing.
 *
 * <p>A way in is an int: a static rule's number, or a dynamic mapping's with {@link #MAPPING} set. A rule lets
 * everybody in. A mapping lets in whom its {@link Behavior.Filtering} does, as long as the inside uses it: calls that
 * the inside has not answered keep it open for nobody.
 *
 * <p>One worker uses it, through {@link SessionLife}.
 */
final class Inbound {
    /** Set in a way in that is a dynamic mapping. */
    private static final int MAPPING = 1 << 30;

    private static final int NO_MAPPING = -DropReason.NO_MAPPING.code;

    private final SessionTable sessions;
    private final MappingTable mappings;
    private final OutsideSessions fromOutside;
    private final SentTo sentTo;
    private Policy policy;
    private StaticRules rules;

    Inbound(
            final SessionTable sessions,
            final MappingTable mappings,
            final OutsideSessions fromOutside,
            final SentTo sentTo) {
        this.sessions = sessions;
        this.mappings = mappings;
        this.fromOutside = fromOutside;
        this.sentTo = sentTo;
    }

    void adopt(final Policy replacement) {
        policy = replacement;
        rules = replacement.rules();
    }

    /** The way in at an outside endpoint, whoever may use it; or {@link DropReason#NO_MAPPING}'s negative code. */
    int at(final int address, final int port, final int protocol, final int realm) {
        final int rule = rules.byOutside(address, port, protocol);
        if (rule >= 0) {
            return Flow.inside(realm) == 0 ? rule : NO_MAPPING;
        }
        final int mapping = Flow.hasPorts(protocol) ? mappings.findOutside(address, port, protocol) : -1;
        if (mapping < 0) {
            return NO_MAPPING;
        }
        final long record = mappings.record(mapping);
        final boolean isOpen = !MappingRecord.isStatic(record)
                && !MappingRecord.isResting(record)
                && MappingRecord.sessions(record) > MappingRecord.unanswered(record)
                && MappingRecord.realm(record) == Flow.inside(realm);
        return isOpen ? mapping | MAPPING : NO_MAPPING;
    }

    /** As {@link Nat#findInbound}. */
    int find(final Packet p, final int realm) {
        if (p.isIcmpError()) {
            return -DropReason.ICMP_ERROR_UNMATCHED.code;
        }
        if (p.kind() != Packet.KIND_UDP && p.kind() != Packet.KIND_TCP) {
            final int refusal = refusalWithoutPorts(p);
            if (refusal != 0) {
                return -refusal;
            }
        }
        final int way = at(p.destination(), p.destinationPort(), p.protocol(), realm);
        if (way < 0) {
            return way;
        }
        if (isMapping(way) && !admits(mapping(way), p.source())) {
            return -DropReason.FILTERED.code;
        }
        if (p.kind() == Packet.KIND_TCP && (p.tcpFlags() & (Tcp.SYN | Tcp.ACK | Tcp.RST | Tcp.FIN)) != Tcp.SYN) {
            return -DropReason.TCP_NOT_OPENING.code;
        }
        final int taken = sessions.find(replyAddresses(way, p), replyPorts(way, p));
        return taken >= 0 ? NO_MAPPING : way;
    }

    /** Queries and other protocols come in on a whole address alone. */
    private int refusalWithoutPorts(final Packet p) {
        if (rules.ofWhole(p.destination()) < 0) {
            return DropReason.NO_MAPPING.code;
        }
        if (p.kind() == Packet.KIND_QUERY_REPLY) {
            return DropReason.ICMP_TYPE_UNSUPPORTED.code;
        }
        return p.kind() == Packet.KIND_OTHER ? refusalOfOther(p.protocol(), true) : 0;
    }

    /**
     * Why a protocol without ports is not translated, as a reason's code, or 0.
     *
     * @param hasRule whether a static rule covers it
     */
    int refusalOfOther(final int protocol, final boolean hasRule) {
        if (protocol == Ipv4.AUTHENTICATION) {
            return DropReason.AUTHENTICATION_HEADER.code;
        }
        return policy.otherProtocols().carries(hasRule) ? 0 : DropReason.PROTOCOL_UNSUPPORTED.code;
    }

    private boolean admits(final int mapping, final int remote) {
        final int outside = MappingRecord.outsideAddress(mappings.record(mapping));
        final int egress = policy.addresses().egress(policy.addresses().numberOf(outside));
        return switch (policy.behavior(egress).filtering()) {
            case ENDPOINT_INDEPENDENT -> true;
            case ADDRESS_DEPENDENT -> sentTo.has(mapping, remote);
            case ADDRESS_AND_PORT_DEPENDENT -> false;
        };
    }

    static boolean isMapping(final int way) {
        return (way & MAPPING) != 0;
    }

    static int mapping(final int way) {
        return way & ~MAPPING;
    }

    /** Address of the inside host that a way leads to. */
    int insideAddress(final int way) {
        return isMapping(way) ? MappingRecord.insideAddress(mappings.record(mapping(way))) : rules.insideAddress(way);
    }

    private int insidePort(final int way, final Packet p) {
        return isMapping(way)
                ? MappingRecord.insidePort(mappings.record(mapping(way)))
                : rules.insidePort(way, p.destinationPort());
    }

    private int realm(final int way) {
        return isMapping(way) ? MappingRecord.realm(mappings.record(mapping(way))) : 0;
    }

    /** The flow of the inside's answers to a packet that comes by a way: its addresses. */
    long replyAddresses(final int way, final Packet p) {
        return Flow.addresses(insideAddress(way), p.source());
    }

    /** The flow of the inside's answers: realm, protocol and ports. */
    long replyPorts(final int way, final Packet p) {
        return Flow.ports(realm(way), p.protocol(), insidePort(way, p), p.sourcePort());
    }

    /** The limit on what the outside opens that stops a packet by a way in, or 0. */
    int refusal(final int way, final Packet p) {
        return fromOutside.refusal(here(way, p), p.source(), sessions.size());
    }

    /**
     * Sessions that count against a way's own limit: of a mapping, those that the inside has not accepted. A rule that
     * came to a mapping on which the outside has sessions uses it as it is, and counts as it does.
     */
    private int here(final int way, final Packet p) {
        if (isMapping(way)) {
            return MappingRecord.unanswered(mappings.record(mapping(way)));
        }
        final int ofRule = mappings.slots().outsideSessions(slot(way, p));
        final int holder = mappings.findOutside(p.destination(), p.destinationPort(), p.protocol());
        final boolean isCalled = holder >= 0 && MappingRecord.isCalled(mappings.record(holder));
        return isCalled ? ofRule + MappingRecord.unanswered(mappings.record(holder)) : ofRule;
    }

    /** Whether a packet may open a session by a way in the place of one that {@code other} has there. */
    boolean wouldAdmitInPlaceOf(final int other, final int way, final Packet p) {
        return fromOutside.wouldAdmitInPlaceOf(other, here(way, p), p.source(), sessions.size());
    }

    /** Slot of a rule's mapping; -1 of a rule that has none, and of a dynamic mapping. */
    int slot(final int way, final Packet p) {
        return isMapping(way) ? -1 : mappings.slotOf(way, p.destinationPort());
    }

    /** The mapping that a new session by a way belongs to, made for a rule without one; or a reason's negative code. */
    int takeMapping(final int way, final Packet p, final int nowS) {
        if (!isMapping(way)) {
            return mappings.ofRule(way, p.destinationPort(), nowS);
        }
        mappings.call(mapping(way));
        return mapping(way);
    }
}
