package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/** The first look at a frame: is it for us, is it whole, can its addresses be. Nothing is looked up. */
final class Classifier {
    /** An ARP frame for control. */
    static final int ARP = -1;

    /** A fragment, or the first one of several. */
    static final int FRAGMENT = -2;

    private static final int LIMITED_BROADCAST = -1;

    private Classifier() {}

    /**
     * 0 for an IPv4 packet, parsed into the record's; {@link #FRAGMENT}, parsed too; {@link #ARP}; or a {@link
     * DropReason} code.
     */
    static int classify(final Transit transit) {
        return classify(transit.ingress(), transit.frame(), transit.packet());
    }

    private static int classify(final Port port, final Frame frame, final Packet packet) {
        if (frame.state() != 0) {
            return (frame.state() & Frame.TRUNCATED) != 0
                    ? DropReason.FRAME_TRUNCATED.code
                    : DropReason.VLAN_TAGGED.code;
        }
        final long address = frame.address();
        if (frame.length() < Ethernet.HEADER_BYTES) {
            return DropReason.FRAME_TOO_SHORT.code;
        }
        final long sourceAndType = Ethernet.sourceAndType(address);
        final int reason = Ethernet.checkSource(sourceAndType);
        if (reason != 0) {
            return reason;
        }
        final long destination = Ethernet.destination(address);
        final boolean group = Ethernet.isGroup(destination);
        if (destination != port.mac() && !group) {
            return DropReason.OTHER_HOST.code;
        }
        if (sourceAndType >>> 16 == port.mac()) {
            return DropReason.OWN_SOURCE_MAC.code;
        }
        final int type = (int) sourceAndType & 0xFFFF;
        return type == Ethernet.TYPE_VLAN
                ? tagged(port, frame, packet, group)
                : payload(port, frame, packet, type, group);
    }

    /** A tag that the kernel left in the frame: one that carries a priority only is taken out (802.1Q 9.6). */
    private static int tagged(final Port port, final Frame frame, final Packet packet, final boolean group) {
        final long address = frame.address();
        if (frame.length() < Ethernet.HEADER_BYTES + Ethernet.VLAN_TAG_BYTES) {
            return DropReason.FRAME_TOO_SHORT.code;
        }
        final int type = Ethernet.typeBehindTag(address);
        if (Ethernet.vlan(address) != 0 || type == Ethernet.TYPE_VLAN) {
            return DropReason.VLAN_TAGGED.code;
        }
        Ethernet.untag(address);
        frame.advance(Ethernet.VLAN_TAG_BYTES);
        return payload(port, frame, packet, type, group);
    }

    private static int payload(
            final Port port, final Frame frame, final Packet packet, final int type, final boolean group) {
        final long payload = frame.address() + Ethernet.HEADER_BYTES;
        final int available = frame.length() - Ethernet.HEADER_BYTES;
        return switch (type) {
            case Ethernet.TYPE_IPV4 -> ipv4(port, frame, packet, payload, available, group);
            case Ethernet.TYPE_ARP -> arp(payload, available);
            case Ethernet.TYPE_SERVICE_VLAN -> DropReason.VLAN_TAGGED.code;
            default -> DropReason.ETHERTYPE_UNSUPPORTED.code;
        };
    }

    private static int arp(final long payload, final int available) {
        final int reason = Arp.check(payload, available);
        return reason == 0 ? ARP : reason;
    }

    private static int ipv4(
            final Port port,
            final Frame frame,
            final Packet packet,
            final long ip,
            final int available,
            final boolean group) {
        final int reason = packet.parse(ip, available);
        if (reason != 0) {
            return reason == Packet.FRAGMENT ? fragment(port, frame, packet, group) : reason;
        }
        final int addresses = addresses(port, packet, group);
        if (addresses != 0) {
            return addresses;
        }
        return frame.offload() == Offload.NONE ? 0 : OffloadCheck.check(frame, packet);
    }

    /** No kernel leaves a part of a datagram to hardware: what it says of one is about a whole that is not here. */
    private static int fragment(final Port port, final Frame frame, final Packet packet, final boolean group) {
        final long offload = frame.offload();
        if (Offload.needsChecksum(offload) || Offload.isSegmented(offload)) {
            return DropReason.OFFLOAD_MALFORMED.code;
        }
        frame.offload(Offload.NONE);
        final int reason = addresses(port, packet, group);
        return reason == 0 ? FRAGMENT : reason;
    }

    /** 0, or why a packet's addresses cannot be. */
    private static int addresses(final Port port, final Packet packet, final boolean group) {
        final int source = packet.sender();
        if (Ipv4.isMartian(source)
                || Ipv4.isMulticast(source)
                || Ipv4.isLinkLocal(source)
                || source == port.address()
                || port.isSubnetBroadcast(source)) {
            return DropReason.MARTIAN_SOURCE.code;
        }
        final int destination = packet.receiver();
        if (Ipv4.isMulticast(destination)) {
            return DropReason.MULTICAST_DESTINATION.code;
        }
        if (destination == LIMITED_BROADCAST || port.isSubnetBroadcast(destination)) {
            return DropReason.BROADCAST_DESTINATION.code;
        }
        if (Ipv4.isMartian(destination) || Ipv4.isLinkLocal(destination) && destination != port.address()) {
            return DropReason.MARTIAN_DESTINATION.code;
        }
        return group ? DropReason.LINK_BROADCAST.code : 0;
    }

    /** Reads the frame's first line into the cache; the value means nothing. */
    static long touch(final Frame frame) {
        return frame.length() >= 8 ? Memory.longAt(frame.address()) : 0;
    }
}
