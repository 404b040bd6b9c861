package org.portolan.dataplane.model;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideLimits;

/**
 * What becomes of a packet that has no session: the first rule that fits. Nothing is taken here, so a packet that cannot
 * leave takes nothing.
 */
final class SpecAdmission {
    private final SpecFilter filter;
    private final SpecFiltering filtering;
    private final SpecTables tables;
    private final SpecMappings mappings;
    private final SpecTerms terms;
    private final SpecRouter.Ways ways;

    SpecAdmission(
            final SpecFilter filter,
            final SpecFiltering filtering,
            final SpecTables tables,
            final SpecMappings mappings,
            final SpecTerms terms,
            final SpecRouter.Ways ways) {
        this.filter = filter;
        this.filtering = filtering;
        this.tables = tables;
        this.mappings = mappings;
        this.terms = terms;
        this.ways = ways;
    }

    SpecVerdict judge(final SpecFrame frame) {
        return frame.port.isOutside ? fromOutside(frame) : fromInside(frame);
    }

    // ---- from inside

    private SpecVerdict fromInside(final SpecFrame frame) {
        final SpecPacket packet = frame.packet;
        final DropReason source = filter.inside(frame.port, packet.source());
        if (source != DropReason.NONE) {
            return SpecVerdict.drop(source);
        }
        final int destination = packet.destination();
        final boolean isTranslated = terms.ownsOutside(destination);
        if (filter.isOwn(destination) && (!isTranslated || packet.kind == SpecPacket.Kind.QUERY)) {
            return SpecVerdict.of(SpecVerdict.Act.LOCAL, null);
        }
        if (isTranslated) {
            return hairpin(frame);
        }
        if (filter.isBroadcast(destination)) {
            return SpecVerdict.drop(DropReason.BROADCAST_DESTINATION);
        }
        final SpecWay way = ways.to(frame, destination);
        if (way.reason() != DropReason.NONE || way.mustWait()) {
            return noWay(way);
        }
        if (!way.egress().isOutside || terms.isExempt(destination)) {
            return SpecVerdict.of(SpecVerdict.Act.FORWARD_UNTRANSLATED, way);
        }
        final DropReason refusal = refusalFromInside(packet, way.egress().index);
        return refusal != DropReason.NONE
                ? SpecVerdict.drop(refusal, way)
                : SpecVerdict.of(SpecVerdict.Act.OPEN_FROM_INSIDE, way);
    }

    /**
     * RFC 4787 REQ-9, RFC 5382 REQ-8, RFC 5508 REQ-7: as if it went out and came back in. Whether the other host's
     * filter lets it in shows when it comes back.
     */
    private SpecVerdict hairpin(final SpecFrame frame) {
        final SpecPacket packet = frame.packet;
        final int egress = terms.egressOf(packet.destination());
        final DropReason refusal = refusalFromInside(packet, egress);
        if (refusal != DropReason.NONE) {
            return SpecVerdict.drop(refusal);
        }
        final SpecWayIn wayIn = filtering.at(packet.flow.to());
        if (wayIn == null) {
            return SpecVerdict.drop(DropReason.NO_MAPPING);
        }
        final SpecWay way = ways.to(frame, wayIn.inside().address());
        if (way.reason() != DropReason.NONE || way.mustWait()) {
            return noWay(way);
        }
        return terms.pool(egress).isEmpty() || way.egress().isOutside
                ? SpecVerdict.drop(DropReason.HAIRPIN, way)
                : SpecVerdict.of(SpecVerdict.Act.OPEN_HAIRPIN, way);
    }

    private static SpecVerdict noWay(final SpecWay way) {
        return way.mustWait() ? SpecVerdict.of(SpecVerdict.Act.WAIT, way) : SpecVerdict.drop(way.reason(), way);
    }

    /** A packet that can open something, of a host within its limits, while there is room (RFC 6888 REQ-4, REQ-11). */
    private DropReason refusalFromInside(final SpecPacket packet, final int egress) {
        switch (packet.kind) {
            case OTHER -> {
                final boolean hasRule = terms.forwardTo(packet.flow.from(), egress) != null;
                final DropReason refusal = terms.refusalOfOther(packet.protocol(), hasRule);
                if (refusal != DropReason.NONE) {
                    return refusal;
                }
            }
            case ICMP_ERROR -> {
                return DropReason.ICMP_ERROR_UNMATCHED;
            }
            case QUERY_REPLY -> {
                return DropReason.ICMP_TYPE_UNSUPPORTED;
            }
            case TCP -> {
                if (!SpecTcp.mayOpenFromInside(packet.tcpFlags())) {
                    return DropReason.TCP_NOT_OPENING;
                }
            }
            default -> {}
        }
        final DropReason limit = mappings.hostRefusal(packet.flow.from(), egress);
        if (limit != DropReason.NONE) {
            return limit;
        }
        return tables.isFull() && !mappings.hasClosed() ? DropReason.SESSIONS_FULL : DropReason.NONE;
    }

    // ---- from outside

    private SpecVerdict fromOutside(final SpecFrame frame) {
        final SpecPacket packet = frame.packet;
        final DropReason source = filter.outside(packet.source());
        if (source != DropReason.NONE) {
            return SpecVerdict.drop(source);
        }
        final int destination = packet.destination();
        final boolean isOwn = filter.isOwnOutside(destination);
        if (isOwn && packet.kind == SpecPacket.Kind.QUERY) {
            return SpecVerdict.of(SpecVerdict.Act.LOCAL, null);
        }
        if (!isOwn && !terms.ownsOutside(destination)) {
            return terms.isExempt(packet.flow.source()) && !filter.isOwn(destination)
                    ? fromExempt(frame)
                    : SpecVerdict.drop(DropReason.OUTSIDE_UNTRANSLATED);
        }
        final DropReason filtered = filtering.refusal(packet.kind, packet.flow, packet.tcpFlags());
        if (filtered != DropReason.NONE) {
            return SpecVerdict.drop(filtered);
        }
        final SpecWayIn wayIn = filtering.at(packet.flow.to());
        final SpecWay way = ways.to(frame, wayIn.inside().address());
        if (way.reason() != DropReason.NONE || way.mustWait()) {
            return noWay(way);
        }
        final DropReason refusal = refusalFromOutside(packet.flow.source(), wayIn);
        return refusal != DropReason.NONE
                ? SpecVerdict.drop(refusal, way)
                : new SpecVerdict(SpecVerdict.Act.OPEN_FROM_OUTSIDE, DropReason.NONE, way, wayIn);
    }

    /** RFC 6888 REQ-6; strict about the source, as nothing else stands between it and the inside. */
    private SpecVerdict fromExempt(final SpecFrame frame) {
        if (terms.routePort(frame.packet.flow.source()) != frame.port.index) {
            return SpecVerdict.drop(DropReason.MARTIAN_SOURCE);
        }
        final int destination = frame.packet.destination();
        if (filter.isBroadcast(destination)) {
            return SpecVerdict.drop(DropReason.BROADCAST_DESTINATION);
        }
        final SpecWay way = ways.to(frame, destination);
        return way.reason() != DropReason.NONE || way.mustWait()
                ? noWay(way)
                : SpecVerdict.of(SpecVerdict.Act.FORWARD_UNTRANSLATED, way);
    }

    /** IN-9: what the outside may take, unless a closed session of the same forward gives way. */
    DropReason refusalFromOutside(final int remote, final SpecWayIn wayIn) {
        final DropReason reason = outsideLimit(remote, wayIn, null);
        return reason == DropReason.NONE || closedInTheWay(remote, wayIn) == null ? reason : DropReason.NONE;
    }

    private SpecSlot slotOf(final SpecWayIn wayIn) {
        if (wayIn.forward() == null) {
            return null;
        }
        final SpecMapping mapping = tables.holders.get(SpecTerms.mapped(wayIn.forward(), wayIn.outside()));
        return mapping != null && mapping.slot != null ? mapping.slot : tables.slotOf(wayIn.forward());
    }

    /** A closed session of the forward in whose place a remote may open one, or null. */
    SpecSession closedInTheWay(final int remote, final SpecWayIn wayIn) {
        final SpecSlot slot = slotOf(wayIn);
        if (slot == null) {
            return null;
        }
        return mappings.longestClosed(session -> session.fromOutside
                && session.mapping.slot == slot
                && outsideLimit(remote, wayIn, session) == DropReason.NONE);
    }

    /**
     * The first limit that is reached, or {@link DropReason#NONE}. Of a mapping only what the inside has not accepted
     * counts against the limit of one forward.
     *
     * @param ended a session that would have ended, or null
     */
    DropReason outsideLimit(final int remote, final SpecWayIn wayIn, final SpecSession ended) {
        final OutsideLimits limits = terms.limits();
        final SpecSlot slot = slotOf(wayIn);
        final int ofForward = slot == null ? 0 : slot.outsideSessions;
        final int here = wayIn.mapping() != null ? filtering.unanswered(wayIn.mapping()) : ofForward;
        final int one = ended == null ? 0 : 1;
        final int oneOfRemote = ended != null && ended.remote.address() == remote ? 1 : 0;
        final int free = tables.sizes.sessions() - tables.sessions() + one;
        if (free == 0) {
            return DropReason.SESSIONS_FULL;
        }
        if (tables.outsideSessionsOf(remote) - oneOfRemote >= limits.remoteSessions()) {
            return DropReason.REMOTE_SESSIONS_FULL;
        }
        if (here - one >= limits.forwardSessions()) {
            return DropReason.FORWARD_SESSIONS_FULL;
        }
        if (tables.outsideSessions - one >= limits.sessions()) {
            return DropReason.OUTSIDE_SESSIONS_FULL;
        }
        return free <= limits.insideReserve() ? DropReason.SESSIONS_RESERVED : DropReason.NONE;
    }
}
