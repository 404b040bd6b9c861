package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * The translation of one packet in place: one address, one port or identifier, and the checksums over them by the
 * session's precomputed deltas (RFC 1624 equation 3), so that no payload byte is read.
 *
 * <p>A partial checksum is the uncomplemented sum of the pseudo header, which offload hardware or the kernel
 * completes: the port is no part of it, so it takes the address part alone. A UDP checksum of 0 says that there is
 * none and stays; a UDP or ICMP checksum that comes out as 0 is sent as 0xFFFF.
 */
final class Rewrite {
    private Rewrite() {}

    static void outbound(final long line, final Packet p, final boolean partialChecksum) {
        final long ip = p.ip();
        final int addressDelta = SessionTable.addressDelta(line);
        Ipv4.replaceSource(ip, SessionTable.outsideAddress(line), addressDelta);
        final long transport = p.transport();
        final int transportDelta = SessionTable.transportDelta(line);
        switch (p.kind()) {
            case Packet.KIND_UDP -> {
                final long header = Memory.u64(transport);
                final int checksum = updatedUdp((int) header & 0xFFFF, partialChecksum, addressDelta, transportDelta);
                Udp.replaceSource(transport, header, SessionTable.outsidePort(line), checksum);
            }
            case Packet.KIND_TCP -> {
                Tcp.putSourcePort(transport, SessionTable.outsidePort(line));
                updateTcp(transport, partialChecksum, addressDelta, transportDelta);
            }
            default -> {
                Icmp.putIdentifier(transport, SessionTable.outsidePort(line));
                Icmp.updateChecksum(transport, transportDelta);
            }
        }
    }

    static void inbound(final long line, final Packet p, final boolean partialChecksum) {
        final long ip = p.ip();
        final int addressDelta = InternetChecksum.reverse(SessionTable.addressDelta(line));
        Ipv4.replaceDestination(ip, SessionTable.insideAddress(line), addressDelta);
        final long transport = p.transport();
        final int transportDelta = InternetChecksum.reverse(SessionTable.transportDelta(line));
        switch (p.kind()) {
            case Packet.KIND_UDP -> {
                final long header = Memory.u64(transport);
                final int checksum = updatedUdp((int) header & 0xFFFF, partialChecksum, addressDelta, transportDelta);
                Udp.replaceDestination(transport, header, SessionTable.insidePort(line), checksum);
            }
            case Packet.KIND_TCP -> {
                Tcp.putDestinationPort(transport, SessionTable.insidePort(line));
                updateTcp(transport, partialChecksum, addressDelta, transportDelta);
            }
            default -> {
                Icmp.putIdentifier(transport, SessionTable.insidePort(line));
                Icmp.updateChecksum(transport, transportDelta);
            }
        }
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
