package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * Packets to the router's own addresses. It answers ping (RFC 1122 3.2.2.6), tells an inside host that a port is
 * unreachable (RFC 1122 4.1.3.1), and says nothing else to the outside. It reassembles nothing: fragments to the router
 * are dropped. Pings from inside and from outside are limited apart, and each of them by host.
 */
public final class LocalInput {
    /** Echo requests of all hosts on one side that are answered, a second and at once. */
    public static final int ECHOES_PER_SECOND = 10_000;

    /** Echo requests of one host that are answered in each of its two places, a second and at once. */
    public static final int ECHOES_PER_HOST = 1000;

    private static final int ECHO_TTL = 64;

    private final Originator originator;
    private final HostRateLimit insideEchoes;
    private final HostRateLimit outsideEchoes;

    /** @param secret nobody else knows it */
    public LocalInput(final Originator originator, final long secret) {
        this.originator = originator;
        insideEchoes = echoes(secret);
        outsideEchoes = echoes(~secret);
    }

    private static HostRateLimit echoes(final long secret) {
        return new HostRateLimit(ECHOES_PER_HOST, ECHOES_PER_HOST, ECHOES_PER_SECOND, ECHOES_PER_SECOND, secret);
    }

    /**
     * 0 when the packet was served, otherwise a {@link DropReason} code. An echo request is turned around where it
     * lies.
     */
    public int serve(final Transit transit, final long nowNs) {
        final Port port = transit.ingress();
        final Packet packet = transit.packet();
        if (packet.isFragment()) {
            return DropReason.FRAGMENT_LOCAL.code;
        }
        if (packet.kind() == Packet.KIND_QUERY && Icmp.type(packet.transport()) == Icmp.ECHO_REQUEST) {
            final HostRateLimit echoes = port.isOutside() ? outsideEchoes : insideEchoes;
            if (!echoes.allow(Ipv4.source(packet.ip()), nowNs)) {
                return DropReason.ECHO_RATE.code;
            }
            echo(port, transit.frame(), packet);
            return 0;
        }
        final boolean transport = packet.kind() == Packet.KIND_UDP || packet.kind() == Packet.KIND_TCP;
        if (transport && !port.isOutside()) {
            originator.error(transit, Icmp.DESTINATION_UNREACHABLE, Icmp.CODE_PORT_UNREACHABLE, 0, nowNs);
        }
        return DropReason.LOCAL_UNSERVED.code;
    }

    private void echo(final Port port, final Frame frame, final Packet packet) {
        final long ip = packet.ip();
        final long icmp = packet.transport();
        final int ttlDelta = InternetChecksum.delta16(Ipv4.ttl(ip) << 8 | Ipv4.ICMP, ECHO_TTL << 8 | Ipv4.ICMP);
        final int source = Ipv4.source(ip);
        Ipv4.putSource(ip, Ipv4.destination(ip));
        Ipv4.putDestination(ip, source);
        Ipv4.putTtl(ip, ECHO_TTL);
        Ipv4.putChecksum(ip, InternetChecksum.update(Ipv4.checksum(ip), ttlDelta));
        final int typeDelta = InternetChecksum.delta16(
                Icmp.ECHO_REQUEST << 8 | Icmp.code(icmp), Icmp.ECHO_REPLY << 8 | Icmp.code(icmp));
        Icmp.putType(icmp, Icmp.ECHO_REPLY);
        Icmp.updateChecksum(icmp, typeDelta);
        Ethernet.putAddresses(frame.address(), Ethernet.source(frame.address()), port.mac());
        final int length = Ethernet.pad(frame.address(), Ethernet.HEADER_BYTES + packet.totalLength());
        originator.send(port, frame.address(), length, Offload.NONE);
    }
}
