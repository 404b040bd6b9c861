package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put16;
import static org.portolan.dataplane.model.SpecBytes.put32;
import static org.portolan.dataplane.model.SpecBytes.put8;
import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u32;
import static org.portolan.dataplane.model.SpecBytes.u8;

import org.portolan.dataplane.counter.DropReason;

/**
 * What the router itself has to say about a packet that goes no further (RFC 5508 REQ-8 to REQ-10, RFC 6888 REQ-11,
 * IN-14). An inside host hears of everything that it can act on; an outside one only what it needs to get through.
 */
final class SpecAnswers {
    private static final int NET = 0;
    private static final int HOST = 1;
    private static final int FRAGMENTATION_NEEDED = 4;

    private SpecAnswers() {}

    /** An answer to a frame's sender, or null. */
    static byte[] about(
            final SpecFrame frame,
            final DropReason reason,
            final SpecWay way,
            final SpecSettings settings,
            final SpecTerms terms,
            final int identification) {
        final boolean isOutside = frame.port.isOutside;
        return switch (reason) {
            case TTL_EXPIRED -> error(frame, SpecIcmp.TIME_EXCEEDED, 0, 0, identification);
            case TOO_BIG -> error(frame, SpecIcmp.UNREACHABLE, FRAGMENTATION_NEEDED, way.egress().mtu, identification);
            case NO_ROUTE, EGRESS_DOWN -> isOutside ? null : error(frame, SpecIcmp.UNREACHABLE, NET, 0, identification);
            case NEIGHBOR_UNREACHABLE -> isOutside ? null : error(frame, SpecIcmp.UNREACHABLE, HOST, 0, identification);
            case SESSIONS_FULL,
                    MAPPINGS_FULL,
                    PORTS_EXHAUSTED,
                    HOSTS_FULL,
                    HOST_SESSIONS_FULL,
                    HOST_PORTS_FULL,
                    HOST_RATE,
                    PROTOCOL_AMBIGUOUS ->
                isOutside ? null : error(frame, SpecIcmp.UNREACHABLE, settings.noResourcesCode(), 0, identification);
            case NO_MAPPING, FILTERED, TCP_NOT_OPENING ->
                isOutside && settings.resetsUnmatchedTcp() && terms.ownsOutside(frame.packet.destination())
                        ? reset(frame.packet, identification)
                        : null;
            default -> null;
        };
    }

    /** RFC 1122 3.2.2, RFC 1812 4.3.2.7 (IP-9): no error about an error, or to or about what is no single host. */
    static byte[] error(
            final SpecFrame frame, final int type, final int code, final int rest, final int identification) {
        final SpecPacket packet = frame.packet;
        final boolean isForbidden = frame.isGroup()
                || packet.kind == SpecPacket.Kind.ICMP_ERROR
                || !SpecFilter.isSingleHost(packet.source())
                || !SpecFilter.isSingleHost(packet.destination());
        return isForbidden ? null : SpecIcmp.error(packet, type, code, rest, frame.port.address, identification);
    }

    /**
     * RFC 9293 3.10.7.1: the reset of a segment that acknowledges something. Not of a SYN, as the inside may be opening
     * the same connection (RFC 5382 REQ-4), and not of a segment whose checksum is wrong.
     */
    private static byte[] reset(final SpecPacket about, final int identification) {
        final byte[] bytes = about.bytes;
        final int tcp = about.headerLength();
        final boolean isDue = about.kind == SpecPacket.Kind.TCP
                && (about.tcpFlags() & (SpecTcp.ACK | SpecTcp.RST)) == SpecTcp.ACK
                && SpecPacket.transportSum(bytes, tcp, SpecProtocol.TCP) == 0xFFFF;
        if (!isDue) {
            return null;
        }
        final byte[] packet = new byte[40];
        put16(packet, 0, 0x4500);
        put16(packet, 2, packet.length);
        put16(packet, 4, identification);
        put16(packet, 6, 0x4000);
        put16(packet, 8, 64 << 8 | SpecProtocol.TCP);
        put32(packet, 12, about.destination());
        put32(packet, 16, about.source());
        SpecPacket.putHeaderChecksum(packet, 20);
        put16(packet, 20, u16(bytes, tcp + 2));
        put16(packet, 22, u16(bytes, tcp));
        put32(packet, 24, u32(bytes, tcp + 8));
        put8(packet, 32, 5 << 4);
        put8(packet, 33, SpecTcp.RST);
        put16(packet, 36, ~SpecPacket.transportSum(packet, 20, SpecProtocol.TCP));
        return packet;
    }

    /** Whether a query to the router itself is answered: echo is, the others are not (RFC 1122 3.2.2.6). */
    static boolean isEcho(final SpecPacket packet) {
        return packet.kind == SpecPacket.Kind.QUERY && u8(packet.bytes, packet.headerLength()) == SpecIcmp.ECHO;
    }
}
