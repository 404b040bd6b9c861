package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put16;
import static org.portolan.dataplane.model.SpecBytes.u16;

import org.portolan.dataplane.counter.DropReason;

/** UDP (RFC 768), and what RFC 4787 says of its sessions. */
final class SpecUdp {
    private static final int HEADER_BYTES = 8;

    private SpecUdp() {}

    /** RFC 768: a whole header, a length between it and the packet's end; port 0 can neither be mapped nor answered. */
    static DropReason check(final SpecPacket packet) {
        final byte[] bytes = packet.bytes;
        final int udp = packet.headerLength();
        final int available = bytes.length - udp;
        if (available < HEADER_BYTES || u16(bytes, udp + 4) < HEADER_BYTES || u16(bytes, udp + 4) > available) {
            return DropReason.UDP_LENGTH;
        }
        if (u16(bytes, udp) == 0 || u16(bytes, udp + 2) == 0) {
            return DropReason.UDP_PORT_ZERO;
        }
        packet.is(
                SpecPacket.Kind.UDP,
                new SpecFlow(
                        SpecProtocol.UDP, packet.source(), u16(bytes, udp), packet.destination(), u16(bytes, udp + 2)));
        return DropReason.NONE;
    }

    /** RFC 4787 REQ-1 and REQ-9 aside, every first packet from inside opens a session. */
    static SpecState opened(final boolean fromOutside) {
        return fromOutside ? SpecState.UDP_INCOMING : SpecState.UDP;
    }

    /** Writes ports and checksum of a packet whose addresses are written already. No checksum stays none (IP-8). */
    static void translate(final byte[] packet, final byte[] before, final int udp, final SpecFlow flow) {
        put16(packet, udp, flow.sourcePort());
        put16(packet, udp + 2, flow.destinationPort());
        final int was = u16(packet, udp + 6);
        if (was != 0) {
            final int sumBefore = SpecPacket.transportSum(before, udp, SpecProtocol.UDP);
            final int sumAfter = SpecPacket.transportSum(packet, udp, SpecProtocol.UDP);
            put16(packet, udp + 6, SpecChecksum.neverZero(SpecChecksum.afterChange(was, sumBefore, sumAfter)));
        }
    }
}
