package org.portolan.dataplane.forward;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * The ICMP errors that the router makes itself: time exceeded, fragmentation needed, unreachable, prohibited (RFC 792,
 * RFC 1191, RFC 1812 4.3 and 5.2.7). Static functions over the offending packet; how often is
 * {@link HostRateLimit}'s.
 */
public final class IcmpReplies {
    /** Longest error, header included (RFC 1812 4.3.2.3): every host can take as much (RFC 1122 3.3.2). */
    public static final int MAXIMUM_BYTES = 576;

    private static final int QUOTE_AT = Ipv4.HEADER_BYTES + Icmp.HEADER_BYTES;
    private static final int TTL = 64;

    /** Precedence 6, internetwork control (RFC 1812 4.3.2.5). */
    private static final int TYPE_OF_SERVICE = 0xC0;

    private static final int PLAIN_FIRST_WORD = 0x4500;
    private static final int PRECEDENCE_DELTA =
            InternetChecksum.delta16(PLAIN_FIRST_WORD, PLAIN_FIRST_WORD | TYPE_OF_SERVICE);

    // Queries that IANA lists and hosts send: RFC 792, 950, 1256.
    private static final int ROUTER_ADVERTISEMENT = 9;
    private static final int ROUTER_SOLICITATION = 10;
    private static final int ADDRESS_MASK_REPLY = 18;

    private IcmpReplies() {}

    /**
     * Writes the error packet about {@code offending} to who sent that. The caller has refused before what may not be
     * answered: {@link #isForbidden}, and what the packet's bytes cannot tell, namely a frame that came by link-layer
     * broadcast, and a source or destination that is the broadcast address of a subnet.
     *
     * @param outIp room for {@link #MAXIMUM_BYTES}, apart from the offending packet
     * @param offending its header was checked ({@link Packet#parse} got as far as the flow, or refused it for its
     *     protocol), its bytes are as they came in
     * @param type one of {@link Icmp}'s errors
     * @param code of that type
     * @param rest the four bytes after the checksum: for fragmentation needed the next hop's MTU (RFC 1191 section 4),
     *     otherwise 0
     * @param sourceAddress the router's, of the interface that the error leaves by (RFC 1812 4.3.2.4)
     * @param identification of the new packet, not repeated soon (RFC 6864)
     * @return its total length
     */
    public static int build(
            final long outIp,
            final Packet offending,
            final int type,
            final int code,
            final int rest,
            final int sourceAddress,
            final int identification) {
        return build(outIp, offending.ip(), offending.totalLength(), type, code, rest, sourceAddress, identification);
    }

    /**
     * As {@link #build(long, Packet, int, int, int, int, int)}, about a packet of which the first bytes were kept.
     *
     * @param ip address of its IPv4 header
     * @param kept bytes that are there, the header and 8 more at least (RFC 792)
     */
    static int build(
            final long outIp,
            final long ip,
            final int kept,
            final int type,
            final int code,
            final int rest,
            final int sourceAddress,
            final int identification) {
        final int quoted = Math.min(kept, MAXIMUM_BYTES - QUOTE_AT);
        final int total = QUOTE_AT + quoted;
        Ipv4.putHeader(outIp, total, identification & 0xFFFF, false, TTL, Ipv4.ICMP, sourceAddress, Ipv4.source(ip));
        Memory.putU8(outIp + Ipv4.TYPE_OF_SERVICE_OFFSET, TYPE_OF_SERVICE);
        Ipv4.putChecksum(outIp, InternetChecksum.update(Ipv4.checksum(outIp), PRECEDENCE_DELTA));
        final long icmp = outIp + Ipv4.HEADER_BYTES;
        Icmp.putHeader(icmp, type, code, rest);
        Memory.copy(ip, outIp + QUOTE_AT, quoted);
        Icmp.putChecksum(icmp, InternetChecksum.of(icmp, Icmp.HEADER_BYTES + quoted));
        return total;
    }

    /** RFC 1122 3.2.2 and RFC 1812 4.3.2.7, as far as the packet itself tells: no error about it may be sent. */
    static boolean isForbidden(final Packet offending) {
        final long ip = offending.ip();
        final int headerLength = offending.headerLength();
        return Ipv4.fragmentOffset(ip) != 0
                || isNoSingleHost(Ipv4.source(ip))
                || isNoSingleHost(Ipv4.destination(ip))
                || Ipv4.protocol(ip) == Ipv4.ICMP
                        && !isQuery(ip + headerLength, offending.totalLength() - headerLength);
    }

    /** Zero, loopback, multicast, class E, broadcast. */
    private static boolean isNoSingleHost(final int address) {
        return Ipv4.isMartian(address) || Ipv4.isMulticast(address);
    }

    /** Only a known query may be answered with an error: an unknown or cut off ICMP message may be an error itself. */
    private static boolean isQuery(final long icmp, final int length) {
        if (length < 1) {
            return false;
        }
        final int type = Icmp.type(icmp);
        return type == Icmp.ECHO_REQUEST
                || type == Icmp.ECHO_REPLY
                || type == ROUTER_ADVERTISEMENT
                || type == ROUTER_SOLICITATION
                || type >= Icmp.TIMESTAMP_REQUEST && type <= ADDRESS_MASK_REPLY;
    }
}
