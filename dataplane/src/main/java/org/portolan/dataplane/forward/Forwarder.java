package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * From a destination to a frame on the right wire, in two halves around the translation: {@link #plan} finds route,
 * next hop and neighbor and refuses what cannot go, while the packet is still as its sender made it (an ICMP error
 * quotes it so) and has taken nothing; {@link #dispatch} writes MSS and Ethernet addresses, and hands the frame over.
 * Translation lowers the TTL, or {@link #dispatchUntranslated}. The plan stands in the packet's {@link Transit}, and
 * planning changes nothing else.
 *
 * <p>One thing is kept from packet to packet, as a cache: the route interval that {@link #use} saw last. It is compared
 * with each destination, so a packet out of turn is planned as well as any other.
 */
public final class Forwarder {
    /** {@link #plan}'s answer when the next hop's MAC is not known yet. */
    public static final int UNRESOLVED = -1;

    private static final int NONE = -1;

    private final Port[] ports;
    private final Fragmenter fragmenter;
    private RouteTable routes;
    /**
     * Route interval of the last packet whose next hop was in the neighbor table, or -1. The next packet most likely
     * has the same.
     */
    private int knownInterval = NONE;

    private int knownFirst;

    /**
     * Addresses in the interval, unsigned. 0 means that nothing is cached, also when the interval is the whole address
     * space.
     */
    private int knownSize;

    private Port knownEgress;
    private int knownGateway;

    public Forwarder(final Port[] ports, final RouteTable routes, final Fragmenter fragmenter) {
        this.ports = ports;
        this.routes = routes;
        this.fragmenter = fragmenter;
    }

    /** Port that the route to an address leads out of, or -1 without a route. */
    public int route(final int destination) {
        final int route = routes.lookup(destination);
        return route < 0 ? -1 : routes.port(route);
    }

    /**
     * Finds the way of a packet to {@code destination}, which after translation will be its own, and writes it into the
     * packet's record.
     *
     * @return 0, {@link #UNRESOLVED}, or a {@link DropReason} code
     */
    public int plan(final Transit transit, final int destination) {
        int interval = knownInterval;
        Port egress = knownEgress;
        int gateway = knownGateway;
        if (Integer.compareUnsigned(destination - knownFirst, knownSize) >= 0) {
            interval = routes.interval(destination);
            final int route = routes.routeOf(interval);
            if (route < 0) {
                return DropReason.NO_ROUTE.code;
            }
            egress = ports[routes.port(route)];
            gateway = routes.gateway(route);
        }
        final int nextHop = gateway != 0 ? gateway : destination;
        transit.plan(interval, egress, nextHop);
        final Packet packet = transit.packet();
        if (egress.isOutside() && transit.ingress().isOutside()) {
            return DropReason.ROUTE_LOOPS_BACK.code;
        }
        if (packet.ttl() <= 1) {
            return DropReason.TTL_EXPIRED.code;
        }
        if (!egress.isUp() || egress.io().isDown()) {
            return DropReason.EGRESS_DOWN.code;
        }
        if (wireLength(transit.frame(), packet) > egress.mtu()) {
            final int reason = cut(transit, egress.mtu());
            if (reason != 0) {
                return reason;
            }
        }
        return neighbor(transit, egress.neighbors(), nextHop);
    }

    /** 0 for a packet that will be fragmented, otherwise why it is not. A segmented frame is the kernel's to cut. */
    private static int cut(final Transit transit, final int mtu) {
        final Packet packet = transit.packet();
        if (Ipv4.dontFragment(packet.ip())) {
            return DropReason.TOO_BIG.code;
        }
        if (Offload.isSegmented(transit.frame().offload()) || !Fragmenter.fits(packet, mtu)) {
            return DropReason.FRAGMENTATION.code;
        }
        packet.markTooLarge();
        return 0;
    }

    private static int neighbor(final Transit transit, final NeighborTable neighbors, final int nextHop) {
        final int slot = neighbors.slot(nextHop);
        if (slot < 0) {
            return UNRESOLVED;
        }
        transit.neighborSlot(slot);
        final long word = neighbors.word(slot, nextHop);
        if (NeighborTable.isUsable(word)) {
            transit.nextHopMac(NeighborTable.mac(word));
            return 0;
        }
        return NeighborTable.isFailed(word) ? DropReason.NEIGHBOR_UNREACHABLE.code : UNRESOLVED;
    }

    /**
     * Tells control that the next hop of the plan is wanted, whether it answers or not, and remembers the route for the
     * next packet.
     */
    public void use(final Transit transit, final int nowS) {
        final int slot = transit.neighborSlot();
        if (slot >= 0) {
            transit.egress().use().markUsed(slot, nowS);
            if (transit.interval() != knownInterval) {
                know(transit.interval());
            }
        }
    }

    private void know(final int interval) {
        knownInterval = interval;
        knownFirst = routes.first(interval);
        knownSize = routes.last(interval) - knownFirst + 1;
        final int route = routes.routeOf(interval);
        knownEgress = ports[routes.port(route)];
        knownGateway = routes.gateway(route);
    }

    /** IPv4 bytes of the largest packet that will be on the wire: of a segmented frame, one segment's. */
    private static int wireLength(final Frame frame, final Packet packet) {
        final long offload = frame.offload();
        if (!Offload.isSegmented(offload)) {
            return packet.totalLength();
        }
        final int transportHeader = packet.kind() == Packet.KIND_TCP ? Tcp.headerLength(packet.transport()) : 8;
        return packet.headerLength() + transportHeader + Offload.segmentSize(offload);
    }

    /** Sends a packet that keeps its addresses: lowers its TTL, then {@link #dispatch}. */
    public int dispatchUntranslated(final Transit transit) {
        Ipv4.decrementTtl(transit.packet().ip());
        return dispatch(transit);
    }

    /**
     * Hands over a packet that was planned and translated. A SYN's MSS is limited before. A fragment, and a packet that
     * is cut into several, gets its identification.
     *
     * @return 0, or a {@link DropReason} code
     */
    public int dispatch(final Transit transit) {
        return transit.packet().needsCare() ? dispatchWithCare(transit) : handOver(transit);
    }

    private int dispatchWithCare(final Transit transit) {
        final Packet packet = transit.packet();
        if ((packet.tcpFlags() & Tcp.SYN) != 0) {
            final int mtu = Math.min(transit.ingress().mtu(), transit.egress().mtu());
            MssClamp.clamp(
                    packet.transport(),
                    mtu,
                    Offload.needsChecksum(transit.frame().offload()));
        }
        if (packet.isFragment() || packet.isTooLarge()) {
            fragmenter.identify(packet);
        }
        return packet.isTooLarge() ? fragmenter.send(transit) : handOver(transit);
    }

    /**
     * Writes a packet's Ethernet addresses and gives it to its driver. What followed the packet in its frame stays
     * here: it may be another network's.
     */
    private static int handOver(final Transit transit) {
        final Packet packet = transit.packet();
        final Frame frame = transit.frame();
        final Port egress = transit.egress();
        final long address = frame.address();
        Ethernet.putAddresses(address, transit.nextHopMac(), egress.mac());
        final int length = Ethernet.pad(address, Ethernet.HEADER_BYTES + packet.totalLength());
        final int result = egress.io().send(address, length, frame.offload());
        if (result == 0) {
            egress.counters().sent(length);
        } else if (result == DropReason.TRANSMIT_RING_FULL.code) {
            egress.counters().ringFull();
        }
        return result;
    }

    /** The worker takes a new route table over at a batch border. */
    public void routes(final RouteTable replacement) {
        routes = replacement;
        knownInterval = NONE;
        knownSize = 0;
    }
}
