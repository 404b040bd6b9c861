package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Packet;

/**
 * Judges whether a packet's source can be on the side that the packet came from (BCP 38, RFC 1812 5.3.8, RFC 3704).
 *
 * <p>From inside, the route back to the source must lead out of the interface that the packet came in by: strict, as an
 * inside network has one way to the router. From outside, the route back must not lead inside. Strict would be wrong
 * there, since a packet may come by another uplink than its answer takes, and a default route makes every other
 * check vacuous; an exempt network alone has one way. Addresses that the router itself answers for are refused as a
 * source on either side.
 *
 * <p>{@link Classifier} has dropped what needs no look-up. A packet of a session needs none either, because the match
 * of its addresses says that they were judged when the session opened:
 * <ul>
 * <li>from outside, its source is the session's remote address. Either that was the source of the packet that opened
 * the session on a rule or a mapping, and judged then; or it was the destination of a packet from inside, whose route
 * led outside, and which was neither an address of the router's, of the pool or of a forward, nor a broadcast address.
 * <li>from inside, its source is the session's inside address, and the interface that it was judged on is noted in the
 * session. A packet that comes by another one is judged here.
 * </ul>
 * Neither holds for a half of a hairpin, whose remote address is the router's: its flow is in a realm that no port has,
 * and {@link HairpinStage} judges each of its packets from inside.
 *
 * <p>An ICMP error is matched by the packet that it quotes, so the match says nothing of its source: it is always
 * judged.
 */
final class IngressFilter {
    private final Port[] ports;
    private final Nat nat;
    private final Forwarder forwarder;

    IngressFilter(final Port[] ports, final Nat nat, final Forwarder forwarder) {
        this.ports = ports;
        this.nat = nat;
        this.forwarder = forwarder;
    }

    /** 0, or why a source cannot be outside. */
    int outside(final int source) {
        final int out = forwarder.route(source);
        final boolean leadsInside = out >= 0 && !ports[out].isOutside();
        return leadsInside || isOwn(source) || isBroadcast(source) || nat.ownsOutside(source)
                ? DropReason.MARTIAN_SOURCE.code
                : 0;
    }

    /** 0, or why a source cannot be behind an inside interface. */
    int inside(final Port port, final int source) {
        return forwarder.route(source) == port.index() ? 0 : DropReason.INSIDE_UNTRANSLATED.code;
    }

    /**
     * 0, or why a source in an exempt network cannot be behind this outside interface: strict too, as nothing else
     * stands between it and the inside.
     */
    int exempt(final Port port, final int source) {
        return forwarder.route(source) == port.index() ? 0 : DropReason.MARTIAN_SOURCE.code;
    }

    /**
     * 0, or why an ICMP error about a session's packet is not translated. The flow's destination is the quoted packet's
     * source; a host sends an error to that and to nobody else (RFC 1122 3.2.2).
     */
    int error(final Port port, final Packet packet) {
        final int reason = port.isOutside() ? outside(packet.sender()) : inside(port, packet.sender());
        if (reason != 0) {
            return reason;
        }
        return packet.receiver() == packet.destination() ? 0 : DropReason.ICMP_ERROR_MISDIRECTED.code;
    }

    /** Whether an address is the router's own on any interface. */
    boolean isOwn(final int address) {
        for (final Port port : ports) {
            if (port.address() == address) {
                return true;
            }
        }
        return false;
    }

    /** Whether an address is the router's own on an outside interface. */
    boolean isOwnOutside(final int address) {
        for (final Port port : ports) {
            if (port.address() == address) {
                return port.isOutside();
            }
        }
        return false;
    }

    /** Whether an address is the broadcast or network address of a connected subnet. */
    boolean isBroadcast(final int address) {
        for (final Port port : ports) {
            if (port.isSubnetBroadcast(address)) {
                return true;
            }
        }
        return false;
    }
}
