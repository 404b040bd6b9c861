package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * ICMP (RFC 792, next-hop MTU by RFC 1191, message length by RFC 4884).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |     Type      |     Code      |           Checksum            |
 * +---------------+---------------+-------------------------------+
 * | query:     Identifier         |        Sequence number        |
 * | too big:   unused             |         Next-hop MTU          |
 * +-------------------------------+-------------------------------+
 * | error: Quote, the cause's IPv4 header and 8 or more bytes more|
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Icmp {
    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int IDENTIFIER_OFFSET = 4;
    public static final int SEQUENCE_OFFSET = 6;
    public static final int NEXT_HOP_MTU_OFFSET = 6;
    public static final int QUOTE_OFFSET = 8;
    public static final int HEADER_BYTES = 8;

    /** A timestamp query or reply: the header and three times (RFC 792). */
    public static final int TIMESTAMP_BYTES = 20;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP_REQUEST = 13;
    public static final int TIMESTAMP_REPLY = 14;

    public static final int CODE_NET_UNREACHABLE = 0;
    public static final int CODE_HOST_UNREACHABLE = 1;
    public static final int CODE_PORT_UNREACHABLE = 3;
    public static final int CODE_FRAGMENTATION_NEEDED = 4;
    public static final int CODE_ADMINISTRATIVELY_PROHIBITED = 13;
    public static final int CODE_TTL_EXCEEDED = 0;

    /** What a quoted packet must at least carry of its transport: both ports, or an identifier (RFC 792). */
    public static final int QUOTE_TRANSPORT_BYTES = 8;

    private Icmp() {}

    /**
     * 0 when the message is whole, of a kind that is carried, its checksum right and, in an error, the quoted packet
     * well formed with a right header checksum (RFC 5508 REQ-3); otherwise a {@link DropReason} code.
     *
     * @param length bytes of the whole message
     */
    public static int check(final long icmp, final int length) {
        if (length < HEADER_BYTES) {
            return DropReason.ICMP_LENGTH.code;
        }
        final int type = type(icmp);
        final boolean error = isError(type);
        if (!error && !isQuery(type) && !isQueryReply(type)) {
            return DropReason.ICMP_TYPE_UNSUPPORTED.code;
        }
        if (type >= TIMESTAMP_REQUEST && length < TIMESTAMP_BYTES) {
            return DropReason.ICMP_LENGTH.code;
        }
        if (InternetChecksum.of(icmp, length) != 0) {
            return DropReason.ICMP_CHECKSUM.code;
        }
        return error ? checkQuote(icmp + QUOTE_OFFSET, length - QUOTE_OFFSET) : 0;
    }

    /**
     * As {@link #check}, for the first fragment of a message, of which a header is here: a query or its reply. An
     * error's checksum must be verified (RFC 5508 REQ-3), and no error is so long that it comes in parts.
     */
    static int checkFirst(final long icmp) {
        final int type = type(icmp);
        if (isError(type)) {
            return DropReason.FRAGMENT_ICMP_ERROR.code;
        }
        return isQuery(type) || isQueryReply(type) ? 0 : DropReason.ICMP_TYPE_UNSUPPORTED.code;
    }

    /** The quoted packet is cut off, so its total length may reach beyond what is here; its options are skipped. */
    private static int checkQuote(final long quote, final int available) {
        if (available < Ipv4.HEADER_BYTES || Memory.u8(quote) >>> 4 != 4) {
            return DropReason.ICMP_QUOTE.code;
        }
        final int header = Ipv4.headerLength(quote);
        final boolean whole = header >= Ipv4.HEADER_BYTES
                && available >= header + QUOTE_TRANSPORT_BYTES
                && Ipv4.totalLength(quote) >= header + QUOTE_TRANSPORT_BYTES
                && Ipv4.fragmentOffset(quote) == 0
                && InternetChecksum.of(quote, header) == 0;
        return whole ? 0 : DropReason.ICMP_QUOTE.code;
    }

    public static int type(final long icmp) {
        return Memory.u8(icmp + TYPE_OFFSET);
    }

    public static int code(final long icmp) {
        return Memory.u8(icmp + CODE_OFFSET);
    }

    public static int checksum(final long icmp) {
        return Memory.u16(icmp + CHECKSUM_OFFSET);
    }

    public static int identifier(final long icmp) {
        return Memory.u16(icmp + IDENTIFIER_OFFSET);
    }

    public static int sequence(final long icmp) {
        return Memory.u16(icmp + SEQUENCE_OFFSET);
    }

    public static int nextHopMtu(final long icmp) {
        return Memory.u16(icmp + NEXT_HOP_MTU_OFFSET);
    }

    /** Errors that a NAT carries (RFC 5508 section 4). Redirects speak of the local link and are not among them. */
    public static boolean isError(final int type) {
        return type == DESTINATION_UNREACHABLE || type == TIME_EXCEEDED || type == PARAMETER_PROBLEM;
    }

    /** Queries that a NAT carries (RFC 5508 REQ-1): echo and timestamp, each with an identifier. */
    public static boolean isQuery(final int type) {
        return type == ECHO_REQUEST || type == TIMESTAMP_REQUEST;
    }

    /** What answers {@link #isQuery}. */
    public static boolean isQueryReply(final int type) {
        return type == ECHO_REPLY || type == TIMESTAMP_REPLY;
    }

    public static void putType(final long icmp, final int type) {
        Memory.putU8(icmp + TYPE_OFFSET, type);
    }

    public static void putChecksum(final long icmp, final int checksum) {
        Memory.putU16(icmp + CHECKSUM_OFFSET, checksum);
    }

    /** Updates the checksum after a change; one that comes out as 0 is written as 0xFFFF. */
    public static void updateChecksum(final long icmp, final int delta) {
        putChecksum(icmp, InternetChecksum.updateToNonZero(checksum(icmp), delta));
    }

    public static void putIdentifier(final long icmp, final int identifier) {
        Memory.putU16(icmp + IDENTIFIER_OFFSET, identifier);
    }

    /** Writes type, code and the four bytes after the checksum, and a checksum of 0. */
    public static void putHeader(final long icmp, final int type, final int code, final int rest) {
        Memory.putU8(icmp + TYPE_OFFSET, type);
        Memory.putU8(icmp + CODE_OFFSET, code);
        Memory.putU16(icmp + CHECKSUM_OFFSET, 0);
        Memory.putU32(icmp + IDENTIFIER_OFFSET, rest);
    }

    public static String describe(final long icmp) {
        return isError(type(icmp))
                ? "ICMP type %d code %d".formatted(type(icmp), code(icmp))
                : "ICMP type %d id %d seq %d".formatted(type(icmp), identifier(icmp), sequence(icmp));
    }
}
