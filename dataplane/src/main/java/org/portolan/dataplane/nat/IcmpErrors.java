package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * The translation of an ICMP error in place (RFC 5508 REQ-3 to REQ-5): the quoted packet becomes again what its
 * sender sent, the outer addresses follow it, type and code stay. The caller has checked that the error was sent to the
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
 * <p>The flow of an error is that of a packet that answers the quoted one. When it matches one of a session's flows,
 * the quoted packet was sent as the other one: that is what the quote gets, whole, in either direction. The error goes
 * to that flow's source.
 *
 * <p>A, the router or host that complains from outside, keeps its address. B, who complains from inside, is hidden
 * behind the outside address. The quoted transport checksum is updated where the quote reaches that far and is not
 * verified: the quote is cut off. The error's own checksum, verified on receipt, is updated by the exact sum of what
 * changed, so bytes after the quote (RFC 4884 extensions) are neither read nor changed. No session is written.
 */
final class IcmpErrors {
    private static final int LENGTH_ATTRIBUTE_OFFSET = 5;

    private IcmpErrors() {}

    /**
     * Translates an error about a session's packet.
     *
     * @param fromOutside where the error comes from
     * @param addresses of the session's other flow, whose packet is quoted
     * @param ports of that flow
     */
    static void translate(final Packet p, final boolean fromOutside, final long addresses, final long ports) {
        restoreQuote(p, addresses, ports);
        final int source = fromOutside ? p.sender() : Flow.destination(addresses);
        readdress(p, source, Flow.source(addresses));
    }

    /**
     * Translates an error about a packet that was hairpinned (RFC 5508 REQ-7): the quoted packet becomes what it was
     * between the two halves, and then what its sender sent. Whoever complains is hidden by the first half.
     *
     * @param firstAddresses of the flow that the first half's packet has between the two, and so on
     */
    static void translateHairpin(
            final Packet p,
            final long firstAddresses,
            final long firstPorts,
            final long secondAddresses,
            final long secondPorts) {
        restoreQuote(p, firstAddresses, firstPorts);
        restoreQuote(p, secondAddresses, secondPorts);
        readdress(p, Flow.destination(firstAddresses), Flow.source(secondAddresses));
    }

    private static void readdress(final Packet p, final int source, final int destination) {
        final long was = Flow.addresses(p.sender(), p.receiver());
        final long is = Flow.addresses(source, destination);
        Ipv4.forward(p.ip(), p.ttlToChecksum(), is, Flow.addressDelta(was, is));
    }

    /** Rewrites the quoted packet's addresses and ports with the checksums over them. */
    private static void restoreQuote(final Packet p, final long addresses, final long ports) {
        final long quote = p.quote();
        final int addressDelta = Flow.addressDelta(Ipv4.addresses(quote), addresses);
        final long headerChecksum = quote + Ipv4.CHECKSUM_OFFSET;
        final int headerDelta =
                store(headerChecksum, InternetChecksum.update(Memory.u16(headerChecksum), addressDelta));
        Memory.putU64(quote + Ipv4.SOURCE_OFFSET, addresses);
        final int portDelta = restorePorts(p, (int) ports);
        final int bothDelta = InternetChecksum.combine(addressDelta, portDelta);
        final int transportDelta = restoreTransportChecksum(p, p.protocol() == Ipv4.ICMP ? portDelta : bothDelta);
        final int delta = InternetChecksum.combine(bothDelta, InternetChecksum.combine(headerDelta, transportDelta));
        Icmp.updateChecksum(p.transport(), delta);
    }

    /**
     * TCP has its ports where UDP has them.
     *
     * @return what a checksum over them takes
     */
    private static int restorePorts(final Packet p, final int ports) {
        if (!Flow.hasPorts(p.protocol())) {
            return 0;
        }
        final long quoted = p.quotedTransport();
        if (p.protocol() == Ipv4.ICMP) {
            return store(quoted + Icmp.IDENTIFIER_OFFSET, ports & 0xFFFF);
        }
        final int delta = InternetChecksum.delta32(Memory.u32(quoted + Udp.SOURCE_PORT_OFFSET), ports);
        Memory.putU32(quoted + Udp.SOURCE_PORT_OFFSET, ports);
        return delta;
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
            case Ipv4.ICMP -> {
                final long field = quoted + Icmp.CHECKSUM_OFFSET;
                yield store(field, InternetChecksum.updateToNonZero(Memory.u16(field), delta));
            }
            default -> 0;
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
