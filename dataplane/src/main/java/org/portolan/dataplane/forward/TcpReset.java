package org.portolan.dataplane.forward;

import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * The reset that a TCP segment gets when no connection is there (RFC 9293 3.10.7.1). Static functions over the
 * offending packet; how often is {@link HostRateLimit}'s.
 */
final class TcpReset {
    /** Length of the packet that {@link #build} writes, bytes. */
    static final int PACKET_BYTES = Ipv4.HEADER_BYTES + Tcp.HEADER_BYTES;

    private static final int TTL = 64;

    private TcpReset() {}

    /**
     * Whether a segment may be answered: never a reset; not a SYN either, since the inside host may be opening the same
     * connection from its side (RFC 5382 REQ-4); not one whose checksum is wrong.
     *
     * @param offload the frame's {@link Offload} word
     */
    static boolean isDue(final Packet packet, final long offload) {
        final int flags = packet.tcpFlags();
        if (packet.kind() != Packet.KIND_TCP || (flags & (Tcp.RST | Tcp.ACK)) != Tcp.ACK) {
            return false;
        }
        final int length = packet.totalLength() - packet.headerLength();
        return (Offload.flags(offload) & (Offload.NEEDS_CHECKSUM | Offload.DATA_VALID)) != 0
                || InternetChecksum.ofTransport(
                                packet.transport(), length, packet.source(), packet.destination(), Ipv4.TCP)
                        == 0;
    }

    /** Writes the packet: its sequence number is what the segment acknowledges, and it acknowledges nothing. */
    static void build(final long outIp, final Packet offending, final int identification) {
        final int source = offending.destination();
        final int destination = offending.source();
        Ipv4.putHeader(outIp, PACKET_BYTES, identification, true, TTL, Ipv4.TCP, source, destination);
        final long tcp = outIp + Ipv4.HEADER_BYTES;
        Memory.zero(tcp, Tcp.HEADER_BYTES);
        Tcp.putSourcePort(tcp, offending.destinationPort());
        Tcp.putDestinationPort(tcp, offending.sourcePort());
        Memory.putU32(tcp + Tcp.SEQUENCE_OFFSET, Tcp.acknowledgment(offending.transport()));
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, Tcp.HEADER_BYTES / 4 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, Tcp.RST);
        Tcp.putChecksum(tcp, InternetChecksum.ofTransport(tcp, Tcp.HEADER_BYTES, source, destination, Ipv4.TCP));
    }
}
