package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * From a destination to a frame on the right wire, in two halves around the translation: {@link #plan} finds route,
 * next hop and neighbor and refuses what cannot go, while the packet is still as its sender made it (an ICMP error
 * quotes it so) and has taken nothing; {@link #dispatch} writes what a hop changes and hands the frame over.
 *
 * <p>An inside sender is told of every refusal. An outside one is told that the TTL ran out or the packet is too big,
 * which it needs; not that something is unreachable, which would tell it what is up and down inside.
 */
public final class Forwarder {
    /** {@link #plan}'s answer when the next hop's MAC is not known yet. */
    public static final int UNRESOLVED = -1;

    private final Port[] ports;
    private final Originator originator;
    private RouteTable routes;

    private Port egress;
    private int nextHop;
    private long nextHopMac;

    public Forwarder(final Port[] ports, final RouteTable routes, final Originator originator) {
        this.ports = ports;
        this.routes = routes;
        this.originator = originator;
    }

    /** Port that the route to an address leads out of, or -1 without a route. */
    public int route(final int destination) {
        final int route = routes.lookup(destination);
        return route < 0 ? -1 : routes.port(route);
    }

    /**
     * Finds the way of a packet to {@code destination}, which after translation will be its own.
     *
     * @return 0, {@link #UNRESOLVED}, or a {@link DropReason} code, its sender told where the RFCs ask for it
     */
    public int plan(
            final Port ingress,
            final Frame frame,
            final Packet packet,
            final int destination,
            final int nowS,
            final long nowNs) {
        final int route = routes.lookup(destination);
        if (route < 0) {
            unreachable(ingress, frame, packet, Icmp.CODE_NET_UNREACHABLE, nowNs);
            return DropReason.NO_ROUTE.code;
        }
        egress = ports[routes.port(route)];
        if (egress.isOutside() && ingress.isOutside()) {
            return DropReason.ROUTE_LOOPS_BACK.code;
        }
        if (packet.ttl() <= 1) {
            originator.error(ingress, frame, packet, Icmp.TIME_EXCEEDED, Icmp.CODE_TTL_EXCEEDED, 0, nowNs);
            return DropReason.TTL_EXPIRED.code;
        }
        if (!egress.isUp() || egress.io().isDown()) {
            unreachable(ingress, frame, packet, Icmp.CODE_NET_UNREACHABLE, nowNs);
            return DropReason.EGRESS_DOWN.code;
        }
        if (wireLength(frame, packet) > egress.mtu()) {
            return tooBig(ingress, frame, packet, nowNs);
        }
        nextHop = routes.nextHop(route, destination);
        return neighbor(ingress, frame, packet, nowS, nowNs);
    }

    private int neighbor(final Port ingress, final Frame frame, final Packet packet, final int nowS, final long nowNs) {
        final int slot = egress.neighbors().slot(nextHop);
        if (slot < 0) {
            return UNRESOLVED;
        }
        final long word = egress.neighbors().word(slot, nextHop);
        egress.use().markUsed(slot, nowS);
        if (NeighborTable.isUsable(word)) {
            nextHopMac = NeighborTable.mac(word);
            return 0;
        }
        if (NeighborTable.isFailed(word)) {
            return neighborFailed(ingress, frame, packet, nowNs);
        }
        return UNRESOLVED;
    }

    /** The next hop does not answer: the sender is told (RFC 1812 5.2.7.1). */
    public int neighborFailed(final Port ingress, final Frame frame, final Packet packet, final long nowNs) {
        unreachable(ingress, frame, packet, Icmp.CODE_HOST_UNREACHABLE, nowNs);
        return DropReason.NEIGHBOR_UNREACHABLE.code;
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

    private int tooBig(final Port ingress, final Frame frame, final Packet packet, final long nowNs) {
        if (!Ipv4.dontFragment(packet.ip())) {
            return DropReason.FRAGMENTATION.code;
        }
        originator.error(
                ingress,
                frame,
                packet,
                Icmp.DESTINATION_UNREACHABLE,
                Icmp.CODE_FRAGMENTATION_NEEDED,
                egress.mtu(),
                nowNs);
        return DropReason.TOO_BIG.code;
    }

    /** Tells a packet's inside sender that its destination is unreachable. */
    public void unreachable(
            final Port ingress, final Frame frame, final Packet packet, final int code, final long nowNs) {
        if (ingress.isOutside()) {
            return;
        }
        originator.error(ingress, frame, packet, Icmp.DESTINATION_UNREACHABLE, code, 0, nowNs);
    }

    /** Where the last plan leads. */
    public Port egress() {
        return egress;
    }

    public int nextHop() {
        return nextHop;
    }

    /**
     * Writes TTL, MSS and Ethernet addresses of a packet that was planned and translated, and hands it over. What
     * followed the packet in its frame stays here: it may be another network's.
     *
     * @return 0, or a {@link DropReason} code
     */
    public int dispatch(final Port ingress, final Frame frame, final Packet packet) {
        Ipv4.decrementTtl(packet.ip());
        if ((packet.tcpFlags() & Tcp.SYN) != 0) {
            MssClamp.clamp(
                    packet.transport(), Math.min(ingress.mtu(), egress.mtu()), Offload.needsChecksum(frame.offload()));
        }
        final long address = frame.address();
        Ethernet.putAddresses(address, nextHopMac, egress.mac());
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
    }

    /** Whether control is to be asked now for the neighbor that the last plan named. */
    public boolean mustAsk(final PendingFrames pending, final Port ingress, final long nowNs) {
        return pending.mustAsk(PendingPorts.pack(ingress.index(), egress.index()), nextHop, nowNs);
    }

    /** Lets a frame wait for the neighbor that the last plan named: 0, or a {@link DropReason} code. */
    public int hold(
            final PendingFrames pending, final Port ingress, final Frame frame, final Packet packet, final long nowNs) {
        return pending.hold(
                PendingPorts.pack(ingress.index(), egress.index()),
                nextHop,
                frame.address(),
                Ethernet.HEADER_BYTES + packet.totalLength(),
                frame.offload(),
                nowNs);
    }
}
