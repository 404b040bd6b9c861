package org.portolan.dataplane.nat;

import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * The translation of one packet in place: both addresses, both ports or the identifier, and the checksums over them by
 * the session's precomputed deltas (RFC 1624 equation 3), so that no payload byte is read.
 *
 * <p>Of other protocols the addresses are rewritten, and nothing behind the IPv4 header. ESP and SCTP have a check that
 * covers no addresses (RFC 4303, RFC 9260 6.8); GRE's covers its own bytes (RFC 2784).
 *
 * <p>A partial checksum is the uncomplemented sum of the pseudo header, which offload hardware or the kernel
 * completes: the port is not part of it, so it takes the address part alone. A UDP checksum of 0 says that there is
 * none and stays; a UDP or ICMP checksum that comes out as 0 is sent as 0xFFFF.
 */
final class Rewrite {
    private Rewrite() {}

    /**
     * Gives a packet other addresses and ports.
     *
     * @param addresses source above destination
     * @param ports source above destination
     * @param deltas the direction's: transport above address
     */
    static void translate(
            final Packet p, final long addresses, final int ports, final int deltas, final boolean partialChecksum) {
        final int addressDelta = deltas & 0xFFFF;
        final int transportDelta = deltas >>> 16;
        Ipv4.forward(p.ip(), p.ttlToChecksum(), addresses, addressDelta);
        final long transport = p.transport();
        switch (p.kind()) {
            case Packet.KIND_UDP -> {
                final int word = Udp.lengthAndChecksum(transport);
                final int checksum = updatedUdp(word & 0xFFFF, partialChecksum, addressDelta, transportDelta);
                Udp.replacePorts(transport, word, ports, checksum);
            }
            case Packet.KIND_TCP -> {
                Tcp.putPorts(transport, ports);
                updateTcp(transport, partialChecksum, addressDelta, transportDelta);
            }
            case Packet.KIND_OTHER -> {
                // The IPv4 header is all that is known of it.
            }
            default -> {
                Icmp.putIdentifier(transport, ports & 0xFFFF);
                Icmp.updateChecksum(transport, transportDelta);
            }
        }
    }

    /** The deltas of two rewritings, one after the other. */
    static int both(final int first, final int second) {
        return InternetChecksum.combine(first >>> 16, second >>> 16) << 16
                | InternetChecksum.combine(first & 0xFFFF, second & 0xFFFF);
    }

    private static int updatedUdp(
            final int checksum, final boolean partialChecksum, final int addressDelta, final int transportDelta) {
        return partialChecksum
                ? InternetChecksum.updatePartial(checksum, addressDelta)
                : updatedUdp(checksum, transportDelta);
    }

    /** A UDP checksum after a change, with its two special values. */
    static int updatedUdp(final int checksum, final int delta) {
        return checksum == 0 ? 0 : InternetChecksum.updateToNonZero(checksum, delta);
    }

    private static void updateTcp(
            final long tcp, final boolean partialChecksum, final int addressDelta, final int transportDelta) {
        final int checksum = Tcp.checksum(tcp);
        final int updated = partialChecksum
                ? InternetChecksum.updatePartial(checksum, addressDelta)
                : InternetChecksum.update(checksum, transportDelta);
        Tcp.putChecksum(tcp, updated);
    }
}
