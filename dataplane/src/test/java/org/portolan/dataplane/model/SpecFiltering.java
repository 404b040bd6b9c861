package org.portolan.dataplane.model;

import java.util.Collection;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.PolicyTerms;

/** Who may send to what from outside (RFC 4787 section 5, REQ-8; RFC 5382 REQ-3). */
final class SpecFiltering {
    private final SpecTables tables;
    private final SpecTerms terms;

    SpecFiltering(final SpecTables tables, final SpecTerms terms) {
        this.tables = tables;
        this.terms = terms;
    }

    /**
     * The way in at an outside endpoint, whoever may use it; null when there is none. A mapping is one as long as the
     * inside uses it: calls that the inside has not answered keep it open for nobody.
     */
    SpecWayIn at(final SpecEndpoint outside) {
        final PolicyTerms.Forward forward = terms.forwardAt(outside);
        if (forward != null) {
            return new SpecWayIn(outside, SpecTerms.insideOf(forward, outside), forward, null);
        }
        final SpecMapping mapping = tables.holders.get(outside);
        return mapping != null && !mapping.isStatic && mapping.sessions > unanswered(mapping)
                ? new SpecWayIn(outside, mapping.inside, null, mapping)
                : null;
    }

    /** Sessions of a mapping that the outside opened and the inside has not accepted. */
    int unanswered(final SpecMapping mapping) {
        int count = 0;
        for (final SpecSession session : mapping.all) {
            count += session.state.isUnanswered() ? 1 : 0;
        }
        return count;
    }

    /** Why a packet from outside may open no session, or {@link DropReason#NONE}. */
    DropReason refusal(final SpecPacket.Kind kind, final SpecFlow flow, final int tcpFlags) {
        if (kind == SpecPacket.Kind.ICMP_ERROR) {
            return DropReason.ICMP_ERROR_UNMATCHED;
        }
        if (kind != SpecPacket.Kind.UDP && kind != SpecPacket.Kind.TCP) {
            final DropReason refusal = refusalWithoutPorts(kind, flow);
            if (refusal != DropReason.NONE) {
                return refusal;
            }
        }
        final SpecWayIn way = at(flow.to());
        if (way == null) {
            return DropReason.NO_MAPPING;
        }
        if (way.mapping() != null && !admits(way.mapping(), flow.source())) {
            return DropReason.FILTERED;
        }
        if (kind == SpecPacket.Kind.TCP && !SpecTcp.mayOpenFromOutside(tcpFlags)) {
            return DropReason.TCP_NOT_OPENING;
        }
        return tables.fromInside.containsKey(answersOf(way, flow)) ? DropReason.NO_MAPPING : DropReason.NONE;
    }

    /** Queries and other protocols come in on the rule of a whole address alone. */
    private DropReason refusalWithoutPorts(final SpecPacket.Kind kind, final SpecFlow flow) {
        if (!terms.isWhole(flow.destination())) {
            return DropReason.NO_MAPPING;
        }
        return switch (kind) {
            case QUERY_REPLY -> DropReason.ICMP_TYPE_UNSUPPORTED;
            case OTHER -> terms.refusalOfOther(flow.protocol(), true);
            default -> DropReason.NONE;
        };
    }

    /** What the inside would answer with: if another session has it, the two could not be told apart. */
    private static SpecFlow answersOf(final SpecWayIn way, final SpecFlow flow) {
        final SpecEndpoint inside = way.inside();
        return new SpecFlow(inside.protocol(), inside.address(), inside.port(), flow.source(), flow.sourcePort());
    }

    /** The mode: to whom a mapping is open that has sent to others. */
    private boolean admits(final SpecMapping mapping, final int remote) {
        return switch (terms.filtering(mapping.egress)) {
            case ENDPOINT_INDEPENDENT -> true;
            case ADDRESS_DEPENDENT -> hasSentTo(mapping.all, remote);
            case ADDRESS_AND_PORT_DEPENDENT -> false;
        };
    }

    private static boolean hasSentTo(final Collection<SpecSession> sessions, final int remote) {
        return sessions.stream().anyMatch(session -> !session.fromOutside && session.remote.address() == remote);
    }
}
