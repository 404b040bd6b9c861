package org.portolan.dataplane.worker;

import org.portolan.dataplane.command.EventProxy;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Originator;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/** Answers packets for which the NAT has no session and opens none, as far as the operator wants them answered. */
final class Refusals {
    private final Nat nat;
    private final Forwarder forwarder;
    private final Originator originator;
    private final Answers answers;
    private final EventProxy events;

    Refusals(
            final Nat nat,
            final Forwarder forwarder,
            final Originator originator,
            final Answers answers,
            final EventProxy events) {
        this.nat = nat;
        this.forwarder = forwarder;
        this.originator = originator;
        this.answers = answers;
        this.events = events;
    }

    /**
     * From inside. A host that cannot be served for a lack of resources, or has used up its share, gets an answer, and
     * control learns of it (RFC 6888 REQ-11); no live mapping makes room.
     *
     * @return the reason
     */
    int inside(final Transit transit, final int reason, final long nowNs) {
        if (Nat.isInsideLimit(reason)) {
            forwarder.unreachable(transit, answers.noResourcesCode(), nowNs);
            events.refused(reason, transit.ingress().index(), transit.packet().source());
        }
        return reason;
    }

    /**
     * From outside. A TCP segment to an address that sessions can have gets a reset, if the operator wants it. What is
     * refused for want of room is reported, and no outside host gets an answer.
     *
     * @return the reason
     */
    int outside(final Transit transit, final int reason, final long nowNs) {
        final Packet packet = transit.packet();
        final boolean unmatched = reason == DropReason.NO_MAPPING.code || reason == DropReason.TCP_NOT_OPENING.code;
        if (unmatched && answers.resetsUnmatchedTcp() && nat.ownsOutside(Ipv4.destination(packet.ip()))) {
            originator.reset(transit, nowNs);
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
        return reason;
    }
}
