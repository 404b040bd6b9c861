package org.portolan.dataplane.model;

import java.util.List;
import org.portolan.dataplane.counter.DropReason;

/**
 * The way of a packet to a destination: where it leaves, or why it does not (RFC 1812 5.2, 5.3). What is wrong is named
 * in this order: route, a loop outside, TTL, link, size, neighbor.
 *
 * @param egress null without a route
 * @param nextHop the gateway, or the destination itself
 * @param mac the next hop's, when there is no reason
 * @param mustWait whether the next hop's MAC is not known yet
 */
record SpecWay(SpecPort egress, int nextHop, long mac, boolean mustWait, DropReason reason) {
    static SpecWay of(
            final SpecPacket packet,
            final SpecPort ingress,
            final int destination,
            final List<SpecPort> ports,
            final SpecTerms terms) {
        final SpecTerms.Route route = terms.route(destination);
        if (route == null) {
            return new SpecWay(null, 0, 0, false, DropReason.NO_ROUTE);
        }
        final SpecPort egress = ports.get(route.port());
        final int nextHop = route.gateway() != 0 ? route.gateway() : destination;
        final DropReason reason = obstacle(packet, ingress, egress);
        if (reason != DropReason.NONE) {
            return new SpecWay(egress, nextHop, 0, false, reason);
        }
        final Long mac = egress.neighbors.get(nextHop);
        if (mac == null) {
            return new SpecWay(egress, nextHop, 0, true, DropReason.NONE);
        }
        final boolean hasFailed = mac == SpecPort.FAILED;
        return new SpecWay(egress, nextHop, mac, false, hasFailed ? DropReason.NEIGHBOR_UNREACHABLE : DropReason.NONE);
    }

    private static DropReason obstacle(final SpecPacket packet, final SpecPort ingress, final SpecPort egress) {
        if (ingress.isOutside && egress.isOutside) {
            return DropReason.ROUTE_LOOPS_BACK;
        }
        if (packet.ttl() <= 1) {
            return DropReason.TTL_EXPIRED;
        }
        if (!egress.isUp) {
            return DropReason.EGRESS_DOWN;
        }
        if (packet.totalLength() > egress.mtu) {
            if (!packet.dontFragment()) {
                throw new IllegalStateException("no trace has a packet that is fragmented on its way");
            }
            return DropReason.TOO_BIG;
        }
        return DropReason.NONE;
    }
}
