package org.portolan.dataplane.worker;

import org.portolan.dataplane.command.EventProxy;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Originator;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * Answers the sender of a packet that goes no further, and reports it to control: the package's table "Which refusals
 * get an answer", as code. An inside sender hears of every refusal that it can act on. An outside one hears that the
 * TTL ran out or the packet is too big, which it needs; not that something is unreachable, which would show what is up
 * and down inside.
 */
final class Refusals {
    private final Nat nat;
    private final Originator originator;
    private final Answers answers;
    private final UnsolicitedSyns syns;
    private final EventProxy events;

    Refusals(
            final Nat nat,
            final Originator originator,
            final Answers answers,
            final UnsolicitedSyns syns,
            final EventProxy events) {
        this.nat = nat;
        this.originator = originator;
        this.answers = answers;
        this.syns = syns;
        this.events = events;
    }

    /**
     * Answers a packet that was refused before it was changed.
     *
     * @param reason the code of a {@link DropReason}
     * @return the reason
     */
    int answer(final Transit transit, final int reason, final long nowNs) {
        switch (DropReason.ofCode(reason)) {
            case TTL_EXPIRED -> originator.error(transit, Icmp.TIME_EXCEEDED, Icmp.CODE_TTL_EXCEEDED, 0, nowNs);
            case TOO_BIG -> {
                final int mtu = transit.egress().mtu();
                originator.error(transit, Icmp.DESTINATION_UNREACHABLE, Icmp.CODE_FRAGMENTATION_NEEDED, mtu, nowNs);
            }
            case NO_ROUTE, EGRESS_DOWN -> unreachable(transit, Icmp.CODE_NET_UNREACHABLE, nowNs);
            case NEIGHBOR_UNREACHABLE -> unreachable(transit, Icmp.CODE_HOST_UNREACHABLE, nowNs);
            default -> {
                if (transit.ingress().isOutside()) {
                    outside(transit, reason, nowNs);
                } else {
                    inside(transit, reason, nowNs);
                }
            }
        }
        return reason;
    }

    private void unreachable(final Transit transit, final int code, final long nowNs) {
        if (!transit.ingress().isOutside()) {
            originator.error(transit, Icmp.DESTINATION_UNREACHABLE, code, 0, nowNs);
        }
    }

    /**
     * A host that cannot be served for a lack of resources, or has used up its share, gets an answer, and control
     * learns of it (RFC 6888 REQ-11); no live mapping makes room.
     */
    private void inside(final Transit transit, final int reason, final long nowNs) {
        if (Nat.isInsideLimit(reason)) {
            unreachable(transit, answers.noResourcesCode(), nowNs);
            events.refused(reason, transit.ingress().index(), transit.packet().source());
        }
    }

    /**
     * A TCP segment to an address that sessions can have gets a reset, if the operator wants it. What is refused for
     * a lack of room is reported, and no outside host gets an answer. A SYN to a port that nothing is mapped to may get
     * one later.
     */
    private void outside(final Transit transit, final int reason, final long nowNs) {
        final Packet packet = transit.packet();
        final boolean unmatched = reason == DropReason.NO_MAPPING.code
                || reason == DropReason.FILTERED.code
                || reason == DropReason.TCP_NOT_OPENING.code;
        if (unmatched && answers.resetsUnmatchedTcp() && nat.ownsOutside(Ipv4.destination(packet.ip()))) {
            originator.reset(transit, nowNs);
        }
        final boolean unsolicited = reason == DropReason.NO_MAPPING.code || reason == DropReason.FILTERED.code;
        if (unsolicited && answers.answersUnsolicitedSyn() && !nat.isForwarded(packet)) {
            syns.note(transit, nowNs);
        }
        if (Nat.isForwardLimit(reason)) {
            events.forwardRefused(
                    reason,
                    transit.ingress().index(),
                    packet.source(),
                    packet.protocol(),
                    packet.destination(),
                    packet.destinationPort());
        }
    }
}
