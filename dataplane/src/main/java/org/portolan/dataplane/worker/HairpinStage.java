package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.nat.HairpinSessions;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Packet;

/**
 * Carries a packet of the first half of a hairpin on into the second one ({@link HairpinSessions}), as if it had gone
 * out and came back in. The way to the inside host behind the second half is judged before a byte is written or the
 * second half opened, so a packet that waits or is refused is still as its sender made it.
 *
 * <p>It cannot loop: there is one turn, and what it leads to must be inside.
 */
final class HairpinStage {
    /** No reason has this code. */
    private static final int WAIT = Integer.MIN_VALUE;

    private final Nat nat;
    private final HairpinSessions halves;
    private final Forwarder forwarder;
    private final IngressFilter filter;

    HairpinStage(final Nat nat, final Forwarder forwarder, final IngressFilter filter) {
        this.nat = nat;
        halves = nat.hairpins();
        this.forwarder = forwarder;
        this.filter = filter;
    }

    /** Whether the matched session is a half of a hairpin. */
    boolean isHalf(final int match) {
        return halves.isHalf(match);
    }

    /** Opens the first half for a packet that {@link Admission} lets turn; its match, or a reason's negative code. */
    int openFirst(final Transit transit, final int nowS) {
        final Packet packet = transit.packet();
        final int egress = nat.egressOf(packet.receiver());
        return halves.openFirst(packet, transit.ingress().realm(), egress, transit.hash(), nowS);
    }

    /**
     * Translates a packet of the first half and plans its way.
     *
     * @return 0 when it is ready to be dispatched, {@link Forwarder#UNRESOLVED}, or the code of a {@link DropReason}
     */
    int turn(final Transit transit, final int first, final int nowS) {
        final Port port = transit.ingress();
        final Packet packet = transit.packet();
        final int reason = packet.isIcmpError() ? filter.error(port, packet) : filter.inside(port, packet.sender());
        if (reason != 0) {
            return reason;
        }
        final long addresses = packet.flowAddresses();
        final long ports = packet.flowPorts();
        halves.turn(first, packet);
        final int second = second(transit, nowS);
        packet.flow(addresses, ports);
        if (second >= 0) {
            final boolean partial = Offload.needsChecksum(transit.frame().offload());
            halves.translate(first, second, packet, partial, nowS);
            return 0;
        }
        if (second == WAIT) {
            return Forwarder.UNRESOLVED;
        }
        halves.use(first, packet, nowS);
        return -second;
    }

    /**
     * The match of the second half, opened if need be, with the way planned; {@link #WAIT}; or a reason's negative
     * code.
     */
    private int second(final Transit transit, final int nowS) {
        final Packet packet = transit.packet();
        final int realm = transit.ingress().realm();
        final int found = halves.findSecond(packet, realm);
        if (found >= 0) {
            final int plan = plan(transit, Flow.destination(nat.target(found)), nowS);
            return plan == 0 ? found : plan;
        }
        final int way = nat.findInbound(packet, Flow.hairpin(realm));
        if (way < 0) {
            return way;
        }
        final int plan = plan(transit, nat.leadsTo(way), nowS);
        return plan == 0 ? halves.openSecond(packet, realm, nowS) : plan;
    }

    /** 0, {@link #WAIT}, or a reason's negative code. */
    private int plan(final Transit transit, final int inside, final int nowS) {
        final int plan = forwarder.plan(transit, inside);
        forwarder.use(transit, nowS);
        if (plan != 0) {
            return plan == Forwarder.UNRESOLVED ? WAIT : -plan;
        }
        return transit.egress().isOutside() ? -DropReason.HAIRPIN.code : 0;
    }
}
