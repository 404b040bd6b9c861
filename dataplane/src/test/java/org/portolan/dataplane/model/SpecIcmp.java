package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put16;
import static org.portolan.dataplane.model.SpecBytes.put32;
import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u32;
import static org.portolan.dataplane.model.SpecBytes.u8;

import java.util.Arrays;
import org.portolan.dataplane.counter.DropReason;

/** ICMP (RFC 792, RFC 4884), and what RFC 5508 says of queries and errors. */
final class SpecIcmp {
    static final int ECHO_REPLY = 0;
    static final int UNREACHABLE = 3;
    static final int ECHO = 8;
    static final int TIME_EXCEEDED = 11;
    static final int PARAMETER_PROBLEM = 12;
    static final int TIMESTAMP = 13;
    static final int TIMESTAMP_REPLY = 14;
    static final int HEADER_BYTES = 8;

    /** Of a timestamp message. */
    private static final int TIMESTAMP_BYTES = 20;

    /** An error quotes at least this much behind the quoted header (RFC 792). */
    private static final int LEAST_QUOTED_BYTES = 8;

    private SpecIcmp() {}

    static boolean isQuery(final int type) {
        return type == ECHO || type == TIMESTAMP;
    }

    static boolean isReply(final int type) {
        return type == ECHO_REPLY || type == TIMESTAMP_REPLY;
    }

    static boolean isError(final int type) {
        return type == UNREACHABLE || type == TIME_EXCEEDED || type == PARAMETER_PROBLEM;
    }

    /** RFC 5508 REQ-3: a whole message of a kind that is carried, with a right checksum. */
    static DropReason check(final SpecPacket packet) {
        final byte[] bytes = packet.bytes;
        final int icmp = packet.headerLength();
        final int length = bytes.length - icmp;
        if (length < HEADER_BYTES) {
            return DropReason.ICMP_LENGTH;
        }
        final int type = u8(bytes, icmp);
        if (!isError(type) && !isQuery(type) && !isReply(type)) {
            return DropReason.ICMP_TYPE_UNSUPPORTED;
        }
        if ((type == TIMESTAMP || type == TIMESTAMP_REPLY) && length < TIMESTAMP_BYTES) {
            return DropReason.ICMP_LENGTH;
        }
        if (SpecChecksum.of(bytes, icmp, bytes.length) != 0) {
            return DropReason.ICMP_CHECKSUM;
        }
        if (isError(type)) {
            return checkQuote(packet, icmp + HEADER_BYTES);
        }
        final int identifier = u16(bytes, icmp + 4);
        packet.is(
                isQuery(type) ? SpecPacket.Kind.QUERY : SpecPacket.Kind.QUERY_REPLY,
                new SpecFlow(SpecProtocol.ICMP, packet.source(), identifier, packet.destination(), identifier));
        return DropReason.NONE;
    }

    /** RFC 5508 REQ-3a, 3b: the quoted header is whole and its checksum right, its options are skipped. */
    private static DropReason checkQuote(final SpecPacket packet, final int quote) {
        final byte[] bytes = packet.bytes;
        final int available = bytes.length - quote;
        if (available < SpecPacket.HEADER_BYTES || u8(bytes, quote) >>> 4 != 4) {
            return DropReason.ICMP_QUOTE;
        }
        final int header = (u8(bytes, quote) & 0xF) * 4;
        if (header < SpecPacket.HEADER_BYTES
                || available < header + LEAST_QUOTED_BYTES
                || u16(bytes, quote + 2) < header + LEAST_QUOTED_BYTES
                || (u16(bytes, quote + 6) & 0x1FFF) != 0
                || SpecChecksum.of(bytes, quote, quote + header) != 0) {
            return DropReason.ICMP_QUOTE;
        }
        final SpecFlow quoted = quotedFlow(bytes, quote);
        if (quoted == null) {
            return DropReason.ICMP_QUOTE;
        }
        packet.is(SpecPacket.Kind.ICMP_ERROR, quoted.turned());
        return DropReason.NONE;
    }

    private static SpecFlow quotedFlow(final byte[] bytes, final int quote) {
        final int transport = quote + (u8(bytes, quote) & 0xF) * 4;
        final int protocol = u8(bytes, quote + 9);
        final int source = u32(bytes, quote + 12);
        final int destination = u32(bytes, quote + 16);
        switch (protocol) {
            case SpecProtocol.UDP, SpecProtocol.TCP -> {
                final int sourcePort = u16(bytes, transport);
                return new SpecFlow(protocol, source, sourcePort, destination, u16(bytes, transport + 2));
            }
            case SpecProtocol.ICMP -> {
                final int type = u8(bytes, transport);
                final int identifier = u16(bytes, transport + 4);
                return isQuery(type) || isReply(type)
                        ? new SpecFlow(protocol, source, identifier, destination, identifier)
                        : null;
            }
            default -> {
                return protocol == 0 ? null : new SpecFlow(protocol, source, 0, destination, 0);
            }
        }
    }

    /**
     * RFC 5508 section 3.1: the side that opened a session asks, the other one replies.
     *
     * @param fromOpener whether the packet comes from the side that opened the session
     */
    static boolean fits(final SpecPacket.Kind kind, final boolean fromOpener) {
        return kind != (fromOpener ? SpecPacket.Kind.QUERY_REPLY : SpecPacket.Kind.QUERY);
    }

    /** Writes the identifier of a query or its reply (RFC 5508 REQ-1). */
    static void translate(final byte[] packet, final byte[] before, final int icmp, final SpecFlow flow) {
        put16(packet, icmp + 4, flow.sourcePort());
        putChecksum(packet, before, icmp);
    }

    private static void putChecksum(final byte[] packet, final byte[] before, final int icmp) {
        final int sumBefore = SpecPacket.transportSum(before, icmp, SpecProtocol.ICMP);
        final int sumAfter = SpecPacket.transportSum(packet, icmp, SpecProtocol.ICMP);
        final int was = u16(before, icmp + 2);
        put16(packet, icmp + 2, SpecChecksum.neverZero(SpecChecksum.afterChange(was, sumBefore, sumAfter)));
    }

    /**
     * RFC 5508 REQ-4, REQ-5: the quoted packet becomes again what its sender sent, type and code stay. The quoted
     * transport checksum follows where the quote reaches that far, right or wrong (REQ-3c). What follows the quoted
     * packet (RFC 4884) is not touched (REQ-3d).
     *
     * @param sent the quoted packet's flow as its sender sent it
     */
    static void restoreQuote(final byte[] packet, final byte[] before, final int icmp, final SpecFlow sent) {
        final int quote = icmp + HEADER_BYTES;
        final int header = (u8(packet, quote) & 0xF) * 4;
        final int transport = quote + header;
        final int protocol = sent.protocol();
        final int pseudoBefore = SpecChecksum.pseudo(u32(packet, quote + 12), u32(packet, quote + 16), protocol, 0);
        put32(packet, quote + 12, sent.source());
        put32(packet, quote + 16, sent.destination());
        put16(packet, quote + 10, 0);
        put16(packet, quote + 10, SpecChecksum.of(packet, quote, quote + header));
        final int pseudoAfter = SpecChecksum.pseudo(sent.source(), sent.destination(), protocol, 0);
        switch (protocol) {
            case SpecProtocol.UDP -> {
                final int was = u16(packet, transport + 6);
                final int changed = quotedPorts(packet, transport, sent, was, pseudoBefore, pseudoAfter);
                put16(packet, transport + 6, was == 0 ? 0 : SpecChecksum.neverZero(changed));
            }
            case SpecProtocol.TCP -> {
                final boolean reaches = transport + 18 <= quote + quotedBytes(before, icmp);
                final int was = reaches ? u16(packet, transport + 16) : 0;
                final int changed = quotedPorts(packet, transport, sent, was, pseudoBefore, pseudoAfter);
                if (reaches) {
                    put16(packet, transport + 16, changed);
                }
            }
            case SpecProtocol.ICMP -> {
                final int was = u16(packet, transport + 2);
                final int identifier = u16(packet, transport + 4);
                put16(packet, transport + 4, sent.sourcePort());
                final int changed = SpecChecksum.afterChange(was, identifier, sent.sourcePort());
                put16(packet, transport + 2, SpecChecksum.neverZero(changed));
            }
            default -> {}
        }
        putChecksum(packet, before, icmp);
    }

    /** Writes the quoted ports; what the checksum over them becomes. */
    private static int quotedPorts(
            final byte[] packet,
            final int transport,
            final SpecFlow sent,
            final int was,
            final int pseudoBefore,
            final int pseudoAfter) {
        final int portsBefore = SpecChecksum.sum(packet, transport, transport + 4);
        put16(packet, transport, sent.sourcePort());
        put16(packet, transport + 2, sent.destinationPort());
        final int portsAfter = SpecChecksum.sum(packet, transport, transport + 4);
        return SpecChecksum.afterChange(
                was, SpecChecksum.plus(pseudoBefore, portsBefore), SpecChecksum.plus(pseudoAfter, portsAfter));
    }

    /** How many bytes of the quoted packet are here: RFC 4884 section 4 gives the length in words of 32 bits, or 0. */
    private static int quotedBytes(final byte[] packet, final int icmp) {
        final int here = Math.min(packet.length - icmp - HEADER_BYTES, u16(packet, icmp + HEADER_BYTES + 2));
        final int words = u8(packet, icmp + 5);
        return words == 0 ? here : Math.min(here, words * 4);
    }

    /** An error message about a packet, with as much of it as fits in 576 bytes (RFC 1812 4.3.2.3). */
    static byte[] error(
            final SpecPacket about,
            final int type,
            final int code,
            final int rest,
            final int source,
            final int identification) {
        final byte[] quote = Arrays.copyOf(about.bytes, Math.min(about.bytes.length, 576 - 28));
        final byte[] packet = new byte[28 + quote.length];
        put16(packet, 0, 0x45C0);
        put16(packet, 2, packet.length);
        put16(packet, 4, identification);
        put16(packet, 8, 64 << 8 | SpecProtocol.ICMP);
        put32(packet, 12, source);
        put32(packet, 16, about.source());
        SpecPacket.putHeaderChecksum(packet, 20);
        put16(packet, 20, type << 8 | code);
        put32(packet, 24, rest);
        System.arraycopy(quote, 0, packet, 28, quote.length);
        put16(packet, 22, SpecChecksum.of(packet, 20, packet.length));
        return packet;
    }

    /** The reply to an echo request, to its sender (RFC 1122 3.2.2.6). */
    static byte[] reply(final SpecPacket query) {
        final int icmp = query.headerLength();
        final byte[] packet = query.bytes.clone();
        put32(packet, 12, query.destination());
        put32(packet, 16, query.source());
        SpecBytes.put8(packet, 8, 64);
        SpecPacket.putHeaderChecksum(packet, icmp);
        SpecBytes.put8(packet, icmp, ECHO_REPLY);
        putChecksum(packet, query.bytes, icmp);
        return packet;
    }
}
