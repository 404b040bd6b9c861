package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * The translation of an ICMP error in place (RFC 5508 REQ-3 to REQ-5): the quoted packet becomes again what its
 * sender sent, the outer address follows it, type and code stay. The caller has checked that the error was sent to the
 * source of the packet that it quotes.
 *
 * <pre>
 *  from outside:  [ ip  A > outside ][ icmp error [ ip  outside > remote ][ outside port | remote port ... ] ]
 *  to inside:     [ ip  A > inside  ][ icmp error [ ip  inside  > remote ][ inside port  | remote port ... ] ]
 *
 *  from inside:   [ ip  B       > remote ][ icmp error [ ip  remote > inside  ][ remote port | inside port  ... ] ]
 *  to outside:    [ ip  outside > remote ][ icmp error [ ip  remote > outside ][ remote port | outside port ... ] ]
 * </pre>
 *
 * <p>A, the router or host that complains from outside, keeps its address. The quoted transport checksum is updated
 * where the quote reaches that far and is not verified: the quote is cut off. The error's own checksum, verified on
 * receipt, is updated by the exact sum of what changed, so bytes after the quote (RFC 4884 extensions) are neither
 * read nor changed. No session is written.
 */
final class IcmpErrors {
    private static final int LENGTH_ATTRIBUTE_OFFSET = 5;

    private IcmpErrors() {}

    static void inbound(final long line, final Packet p) {
        final int inside = SessionTable.insideAddress(line);
        final long port =
                p.quotedTransport() + (p.protocol() == Ipv4.ICMP ? Icmp.IDENTIFIER_OFFSET : Udp.SOURCE_PORT_OFFSET);
        restore(p, p.quote() + Ipv4.SOURCE_OFFSET, inside, port, SessionTable.insidePort(line));
        final long ip = p.ip();
        final int delta = InternetChecksum.delta32(Ipv4.destination(ip), inside);
        Ipv4.putDestination(ip, inside);
        Ipv4.putChecksum(ip, InternetChecksum.update(Ipv4.checksum(ip), delta));
    }

    static void outbound(final long line, final Packet p) {
        final int outside = SessionTable.outsideAddress(line);
        final long port = p.quotedTransport()
                + (p.protocol() == Ipv4.ICMP ? Icmp.IDENTIFIER_OFFSET : Udp.DESTINATION_PORT_OFFSET);
        restore(p, p.quote() + Ipv4.DESTINATION_OFFSET, outside, port, SessionTable.outsidePort(line));
        final long ip = p.ip();
        final int delta = InternetChecksum.delta32(Ipv4.source(ip), outside);
        Ipv4.putSource(ip, outside);
        Ipv4.putChecksum(ip, InternetChecksum.update(Ipv4.checksum(ip), delta));
    }

    /** Rewrites one endpoint of the quoted packet with the checksums over it; TCP has its ports where UDP has them. */
    private static void restore(
            final Packet p, final long addressField, final int address, final long portField, final int port) {
        final int addressDelta = InternetChecksum.delta32(Memory.u32(addressField), address);
        final int portDelta = InternetChecksum.delta16(Memory.u16(portField), port);
        Memory.putU32(addressField, address);
        Memory.putU16(portField, port);
        final long headerChecksum = p.quote() + Ipv4.CHECKSUM_OFFSET;
        final int headerDelta =
                store(headerChecksum, InternetChecksum.update(Memory.u16(headerChecksum), addressDelta));
        final int bothDelta = InternetChecksum.combine(addressDelta, portDelta);
        final int transportDelta = restoreTransportChecksum(p, p.protocol() == Ipv4.ICMP ? portDelta : bothDelta);
        final int delta = InternetChecksum.combine(bothDelta, InternetChecksum.combine(headerDelta, transportDelta));
        final long icmp = p.transport();
        Icmp.updateChecksum(icmp, delta);
    }

    /** @return the delta of the field's own change */
    private static int restoreTransportChecksum(final Packet p, final int delta) {
        final long quoted = p.quotedTransport();
        return switch (p.protocol()) {
            case Ipv4.UDP -> {
                final long field = quoted + Udp.CHECKSUM_OFFSET;
                yield store(field, Rewrite.updatedUdp(Memory.u16(field), delta));
            }
            case Ipv4.TCP -> {
                final long field = quoted + Tcp.CHECKSUM_OFFSET;
                final boolean here = field + 2 <= p.quote() + originalBytes(p);
                yield here ? store(field, InternetChecksum.update(Memory.u16(field), delta)) : 0;
            }
            default -> {
                final long field = quoted + Icmp.CHECKSUM_OFFSET;
                yield store(field, InternetChecksum.updateToNonZero(Memory.u16(field), delta));
            }
        };
    }

    /**
     * How many bytes after the ICMP header are the quoted packet's own: no more than it had, and where the length
     * attribute (RFC 4884 section 4, in 32-bit words) is given, no more than that says; padding and extensions
     * follow.
     */
    private static int originalBytes(final Packet p) {
        final int here = Math.min(p.quoteLength(), Ipv4.totalLength(p.quote()));
        final int words = Memory.u8(p.transport() + LENGTH_ATTRIBUTE_OFFSET);
        return words == 0 ? here : Math.min(here, words * Integer.BYTES);
    }

    private static int store(final long field, final int value) {
        final int delta = InternetChecksum.delta16(Memory.u16(field), value);
        Memory.putU16(field, value);
        return delta;
    }
}
