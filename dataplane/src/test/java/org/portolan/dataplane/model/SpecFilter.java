package org.portolan.dataplane.model;

import java.util.List;
import java.util.function.Predicate;
import org.portolan.dataplane.counter.DropReason;

/** Who may send what: addresses that cannot be, on either side (BCP 38, RFC 1812 5.3.7, RFC 3927 section 7). */
final class SpecFilter {
    private final List<SpecPort> ports;
    private final SpecTerms terms;

    SpecFilter(final List<SpecPort> ports, final SpecTerms terms) {
        this.ports = ports;
        this.terms = terms;
    }

    private static boolean isReserved(final int address) {
        final int first = address >>> 24;
        return first == 0 || first == 127 || first >= 240;
    }

    private static boolean isMulticast(final int address) {
        return address >>> 28 == 14;
    }

    private static boolean isLinkLocal(final int address) {
        return address >>> 16 == 0xA9FE;
    }

    /** Whether an address can be that of one host (RFC 1122 3.2.2: only such a sender gets an error). */
    static boolean isSingleHost(final int address) {
        return !isReserved(address) && !isMulticast(address);
    }

    /** IP-3, IN-1, IN-2: what needs no table. */
    static DropReason addresses(final SpecFrame frame) {
        final int source = frame.packet.source();
        final int destination = frame.packet.destination();
        if (!isSingleHost(source)
                || isLinkLocal(source)
                || source == frame.port.address
                || frame.port.isBroadcast(source)) {
            return DropReason.MARTIAN_SOURCE;
        }
        if (isMulticast(destination)) {
            return DropReason.MULTICAST_DESTINATION;
        }
        if (destination == -1 || frame.port.isBroadcast(destination)) {
            return DropReason.BROADCAST_DESTINATION;
        }
        if (isReserved(destination) || isLinkLocal(destination) && destination != frame.port.address) {
            return DropReason.MARTIAN_DESTINATION;
        }
        return frame.isGroup() ? DropReason.LINK_BROADCAST : DropReason.NONE;
    }

    /** IN-1: from outside, an address that leads inside or is the router's, the pool's or a broadcast is forged. */
    DropReason outside(final int source) {
        final int out = terms.routePort(source);
        final boolean isForged = out >= 0 && !ports.get(out).isOutside
                || isOwn(source)
                || isBroadcast(source)
                || terms.ownsOutside(source);
        return isForged ? DropReason.MARTIAN_SOURCE : DropReason.NONE;
    }

    /** IN-3: from inside, the route back has to lead out of the same interface. */
    DropReason inside(final SpecPort port, final int source) {
        return terms.routePort(source) == port.index ? DropReason.NONE : DropReason.INSIDE_UNTRANSLATED;
    }

    /** IN-11: an error is for the sender of the packet that it quotes, and nobody else. Its own source is judged too. */
    DropReason error(final SpecPort port, final SpecPacket packet) {
        final DropReason reason = port.isOutside ? outside(packet.source()) : inside(port, packet.source());
        if (reason != DropReason.NONE) {
            return reason;
        }
        return packet.destination() == packet.flow.destination() ? DropReason.NONE : DropReason.ICMP_ERROR_MISDIRECTED;
    }

    /** Whether an address is the router's own, on any interface. */
    boolean isOwn(final int address) {
        return has(port -> port.address == address);
    }

    /** Whether an address is the router's own, on an outside interface. */
    boolean isOwnOutside(final int address) {
        return has(port -> port.address == address && port.isOutside);
    }

    boolean isBroadcast(final int address) {
        return has(port -> port.isBroadcast(address));
    }

    private boolean has(final Predicate<SpecPort> what) {
        for (final SpecPort port : ports) {
            if (what.test(port)) {
                return true;
            }
        }
        return false;
    }
}
