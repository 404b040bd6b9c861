package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put16;
import static org.portolan.dataplane.model.SpecBytes.put32;
import static org.portolan.dataplane.model.SpecBytes.put8;
import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u32;
import static org.portolan.dataplane.model.SpecBytes.u8;

import java.util.Arrays;
import org.portolan.dataplane.counter.DropReason;

/**
 * An IPv4 packet (RFC 791), as it came: whether it is whole, and whose flow it is of. Bytes that follow it in its frame
 * are no part of it (IP-7).
 */
final class SpecPacket {
    /** What a packet is, as far as translation tells packets apart. */
    enum Kind {
        UDP,
        TCP,
        QUERY,
        QUERY_REPLY,
        ICMP_ERROR,
        /** Of a protocol without ports. */
        OTHER
    }

    static final int HEADER_BYTES = 20;
    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int STRICT_SOURCE_ROUTE = 137;

    /** The packet alone; null when it is not whole. */
    byte[] bytes;

    Kind kind;
    SpecFlow flow;

    /** Why the packet goes no further, or {@link DropReason#NONE}. */
    final DropReason reason;

    SpecPacket(final byte[] received) {
        reason = check(received);
    }

    /** RFC 791 3.1, RFC 1122 3.2.1, RFC 1812 5.2.2: the first thing that is wrong. */
    private DropReason check(final byte[] received) {
        if (received.length < HEADER_BYTES) {
            return DropReason.IPV4_TOO_SHORT;
        }
        if (u8(received, 0) >>> 4 != 4) {
            return DropReason.IPV4_VERSION;
        }
        final int header = (u8(received, 0) & 0xF) * 4;
        if (header < HEADER_BYTES || header > received.length) {
            return DropReason.IPV4_HEADER_LENGTH;
        }
        final int total = u16(received, 2);
        if (total < header || total > received.length) {
            return DropReason.IPV4_TOTAL_LENGTH;
        }
        if (SpecChecksum.of(received, 0, header) != 0) {
            return DropReason.IPV4_CHECKSUM;
        }
        bytes = Arrays.copyOf(received, total);
        final DropReason options = checkOptions(header);
        if (options != DropReason.NONE) {
            return options;
        }
        if ((u16(bytes, 6) & 0x3FFF) != 0) {
            throw new IllegalStateException("no trace has fragments");
        }
        return switch (protocol()) {
            case SpecProtocol.UDP -> SpecUdp.check(this);
            case SpecProtocol.TCP -> SpecTcp.check(this);
            case SpecProtocol.ICMP -> SpecIcmp.check(this);
            default -> checkOther();
        };
    }

    /** Nothing is known of what follows the header. Protocol 0 is nobody's. */
    private DropReason checkOther() {
        is(Kind.OTHER, new SpecFlow(protocol(), source(), 0, destination(), 0));
        return protocol() == 0 ? DropReason.PROTOCOL_UNSUPPORTED : DropReason.NONE;
    }

    /** RFC 791 3.1: each option but end and no-operation has a length. RFC 7126 4.3, 4.4: no source routes (IP-6). */
    private DropReason checkOptions(final int header) {
        int at = HEADER_BYTES;
        while (at < header && u8(bytes, at) != 0) {
            final int option = u8(bytes, at);
            if (option == 1) {
                at++;
                continue;
            }
            final int length = at + 1 < header ? u8(bytes, at + 1) : 0;
            if (length < 2 || at + length > header) {
                return DropReason.IPV4_OPTIONS;
            }
            if (option == LOOSE_SOURCE_ROUTE || option == STRICT_SOURCE_ROUTE) {
                return DropReason.IPV4_SOURCE_ROUTE;
            }
            at += length;
        }
        return DropReason.NONE;
    }

    /** What it is, and whose; the protocol's check says it. */
    void is(final Kind what, final SpecFlow whose) {
        kind = what;
        flow = whose;
    }

    int headerLength() {
        return (u8(bytes, 0) & 0xF) * 4;
    }

    int totalLength() {
        return bytes.length;
    }

    int protocol() {
        return u8(bytes, 9);
    }

    int ttl() {
        return u8(bytes, 8);
    }

    boolean dontFragment() {
        return (u16(bytes, 6) & 0x4000) != 0;
    }

    /** The header's source; an ICMP error's flow says another one. */
    int source() {
        return u32(bytes, 12);
    }

    int destination() {
        return u32(bytes, 16);
    }

    int tcpFlags() {
        return kind == Kind.TCP ? u8(bytes, headerLength() + 13) : 0;
    }

    /** The sum of the transport's bytes, with the pseudo header's for UDP and TCP. */
    static int transportSum(final byte[] packet, final int header, final int protocol) {
        final int sum = SpecChecksum.sum(packet, header, packet.length);
        return protocol == SpecProtocol.ICMP
                ? sum
                : SpecChecksum.plus(
                        sum, SpecChecksum.pseudo(u32(packet, 12), u32(packet, 16), protocol, packet.length - header));
    }

    /** A copy that has passed one router: a TTL one lower (RFC 1812 5.3.1), with these addresses. */
    byte[] forwarded(final int source, final int destination) {
        final byte[] copy = bytes.clone();
        put8(copy, 8, ttl() - 1);
        put32(copy, 12, source);
        put32(copy, 16, destination);
        putHeaderChecksum(copy, headerLength());
        return copy;
    }

    static void putHeaderChecksum(final byte[] packet, final int header) {
        put16(packet, 10, 0);
        put16(packet, 10, SpecChecksum.of(packet, 0, header));
    }
}
