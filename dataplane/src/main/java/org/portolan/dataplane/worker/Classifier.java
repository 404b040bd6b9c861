package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** The first look at a frame: is it for us, is it whole, can its addresses be. Nothing is looked up. */
final class Classifier {
    /** An ARP frame for control. */
    static final int ARP = -1;

    private static final int LIMITED_BROADCAST = -1;

    private Classifier() {}

    /** 0 for an IPv4 packet, parsed into {@code packet}; {@link #ARP}; or a {@link DropReason} code. */
    static int classify(final Port port, final Frame frame, final Packet packet) {
        if (frame.state() != 0) {
            return (frame.state() & Frame.TRUNCATED) != 0
                    ? DropReason.FRAME_TRUNCATED.code
                    : DropReason.VLAN_TAGGED.code;
        }
        final long address = frame.address();
        final int reason = Ethernet.check(address, frame.length());
        if (reason != 0) {
            return reason;
        }
        final long destination = Ethernet.destination(address);
        final boolean group = Ethernet.isGroup(destination);
        if (destination != port.mac() && !group) {
            return DropReason.OTHER_HOST.code;
        }
        if (Ethernet.source(address) == port.mac()) {
            return DropReason.OWN_SOURCE_MAC.code;
        }
        final long payload = address + Ethernet.HEADER_BYTES;
        final int available = frame.length() - Ethernet.HEADER_BYTES;
        return switch (Ethernet.type(address)) {
            case Ethernet.TYPE_IPV4 -> ipv4(port, frame, packet, payload, available, group);
            case Ethernet.TYPE_ARP -> arp(payload, available);
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
            return reason;
        }
        final int source = Ipv4.source(ip);
        if (Ipv4.isMartian(source)
                || Ipv4.isMulticast(source)
                || source == port.address()
                || port.isSubnetBroadcast(source)) {
            return DropReason.MARTIAN_SOURCE.code;
        }
        final int destination = Ipv4.destination(ip);
        if (Ipv4.isMulticast(destination)) {
            return DropReason.MULTICAST_DESTINATION.code;
        }
        if (destination == LIMITED_BROADCAST || port.isSubnetBroadcast(destination)) {
            return DropReason.BROADCAST_DESTINATION.code;
        }
        if (Ipv4.isMartian(destination)) {
            return DropReason.MARTIAN_DESTINATION.code;
        }
        if (group) {
            return DropReason.LINK_BROADCAST.code;
        }
        return frame.offload() == Offload.NONE ? 0 : offload(frame, packet);
    }

    /** The kernel's word about what is left to do must fit the packet, or the rewrite would mend the wrong bytes. */
    private static int offload(final Frame frame, final Packet packet) {
        final long offload = frame.offload();
        final boolean tcp = packet.kind() == Packet.KIND_TCP;
        if (Offload.needsChecksum(offload)) {
            final int start = (int) (packet.transport() - frame.address());
            final int offset = tcp ? Tcp.CHECKSUM_OFFSET : Udp.CHECKSUM_OFFSET;
            if (!tcp && packet.kind() != Packet.KIND_UDP
                    || Offload.checksumStart(offload) != start
                    || Offload.checksumOffset(offload) != offset) {
                return DropReason.OFFLOAD_MALFORMED.code;
            }
        }
        if (!Offload.isSegmented(offload)) {
            return 0;
        }
        final int segmentation = Offload.segmentation(offload) & ~Offload.SEGMENT_ECN;
        final boolean fits = (tcp && segmentation == Offload.SEGMENT_TCP4
                        || packet.kind() == Packet.KIND_UDP && segmentation == Offload.SEGMENT_UDP)
                && Offload.needsChecksum(offload)
                && Offload.segmentSize(offload) > 0;
        return fits ? 0 : DropReason.OFFLOAD_MALFORMED.code;
    }

    /** Reads the frame's first line into the cache; the value means nothing. */
    static long touch(final Frame frame) {
        return frame.length() >= 8 ? Memory.longAt(frame.address()) : 0;
    }
}
