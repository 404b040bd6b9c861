package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * IPv4 (RFC 791, with RFC 1122 3.2.1 and RFC 1812 5.2.2 for what to refuse).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |Version|  IHL  |Type of service|          Total length         |
 * +-------+-------+---------------+-----+-------------------------+
 * |         Identification        |Flags|     Fragment offset     |
 * +---------------+---------------+-----+-------------------------+
 * |      TTL      |   Protocol    |        Header checksum        |
 * +---------------+---------------+-------------------------------+
 * |                         Source address                        |
 * +---------------------------------------------------------------+
 * |                      Destination address                      |
 * +---------------------------------------------------------------+
 * |                   Options, 0 to 40 bytes                      |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv4 {
    public static final int VERSION_IHL_OFFSET = 0;
    public static final int TYPE_OF_SERVICE_OFFSET = 1;
    public static final int TOTAL_LENGTH_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;
    public static final int FRAGMENT_OFFSET = 6;
    public static final int TTL_OFFSET = 8;
    public static final int PROTOCOL_OFFSET = 9;
    public static final int CHECKSUM_OFFSET = 10;
    public static final int SOURCE_OFFSET = 12;
    public static final int DESTINATION_OFFSET = 16;
    public static final int HEADER_BYTES = 20;
    public static final int MAXIMUM_HEADER_BYTES = 60;

    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;

    /** The authentication header (RFC 4302): it covers the addresses, so it does not survive their translation. */
    public static final int AUTHENTICATION = 51;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET_MASK = 0x1FFF;

    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    /** One hop in the 32-bit word that begins with the TTL. */
    private static final int ONE_HOP = 0x0100_0000;

    /** What the checksum takes when the TTL falls by one; the same for every TTL. */
    private static final int TTL_DELTA = InternetChecksum.delta16(0x100, 0);

    private Ipv4() {}

    /**
     * 0 when the header is whole, its checksum right and its options well formed, otherwise a {@link DropReason} code.
     * Bytes after the total length (Ethernet padding) do not matter.
     */
    public static int check(final long ip, final int available) {
        return available < HEADER_BYTES
                ? DropReason.IPV4_TOO_SHORT.code
                : check(ip, available, Memory.u64(ip), Memory.u64(ip + TTL_OFFSET), destination(ip));
    }

    /**
     * As {@link #check(long, int)}, for a caller that has already read the header's first 20 bytes.
     *
     * @param first version to fragment offset, network order
     * @param second TTL to source, network order
     */
    static int check(final long ip, final int available, final long first, final long second, final int destination) {
        if (first >>> 60 != 4) {
            return DropReason.IPV4_VERSION.code;
        }
        final int header = headerLengthIn(first);
        if (header < HEADER_BYTES || header > available) {
            return DropReason.IPV4_HEADER_LENGTH.code;
        }
        final int total = totalLengthIn(first);
        if (total < header || total > available) {
            return DropReason.IPV4_TOTAL_LENGTH.code;
        }
        if (header != HEADER_BYTES) {
            return InternetChecksum.of(ip, header) != 0 ? DropReason.IPV4_CHECKSUM.code : checkOptions(ip, header);
        }
        return InternetChecksum.ofHeader(first, second, destination) == 0 ? 0 : DropReason.IPV4_CHECKSUM.code;
    }

    static int headerLengthIn(final long first) {
        return (int) (first >>> 54) & 0x3C;
    }

    static int totalLengthIn(final long first) {
        return (int) (first >>> 32) & 0xFFFF;
    }

    /** Flags and fragment offset, as {@link Fragment} reads them. */
    static int fragmentWordIn(final long first) {
        return (int) first & 0xFFFF;
    }

    static boolean isFragmentIn(final long first) {
        return (first & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) != 0;
    }

    /** RFC 791 3.1: each option but end and no-operation carries its own length. */
    private static int checkOptions(final long ip, final int header) {
        int at = HEADER_BYTES;
        while (at < header) {
            final int option = Memory.u8(ip + at);
            if (option == OPTION_END) {
                return 0;
            }
            if (option == OPTION_NOP) {
                at++;
                continue;
            }
            if (at + 1 >= header) {
                return DropReason.IPV4_OPTIONS.code;
            }
            final int length = Memory.u8(ip + at + 1);
            if (length < 2 || at + length > header) {
                return DropReason.IPV4_OPTIONS.code;
            }
            if (option == OPTION_LOOSE_SOURCE_ROUTE || option == OPTION_STRICT_SOURCE_ROUTE) {
                return DropReason.IPV4_SOURCE_ROUTE.code;
            }
            at += length;
        }
        return 0;
    }

    public static int headerLength(final long ip) {
        return (Memory.u8(ip) & 0xF) << 2;
    }

    public static int totalLength(final long ip) {
        return Memory.u16(ip + TOTAL_LENGTH_OFFSET);
    }

    public static int identification(final long ip) {
        return Memory.u16(ip + IDENTIFICATION_OFFSET);
    }

    public static boolean dontFragment(final long ip) {
        return (Memory.u16(ip + FRAGMENT_OFFSET) & DONT_FRAGMENT) != 0;
    }

    /** Whether this is a part of a larger packet, the first part included. */
    public static boolean isFragment(final long ip) {
        return (Memory.u16(ip + FRAGMENT_OFFSET) & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) != 0;
    }

    /** Offset of this fragment's first byte in the whole packet's payload, bytes. */
    public static int fragmentOffset(final long ip) {
        return (Memory.u16(ip + FRAGMENT_OFFSET) & FRAGMENT_OFFSET_MASK) << 3;
    }

    /** Flags and fragment offset, as {@link Fragment} reads them. */
    public static int fragmentWord(final long ip) {
        return Memory.u16(ip + FRAGMENT_OFFSET);
    }

    public static int ttl(final long ip) {
        return Memory.u8(ip + TTL_OFFSET);
    }

    public static int protocol(final long ip) {
        return Memory.u8(ip + PROTOCOL_OFFSET);
    }

    public static int checksum(final long ip) {
        return Memory.u16(ip + CHECKSUM_OFFSET);
    }

    public static int source(final long ip) {
        return Memory.u32(ip + SOURCE_OFFSET);
    }

    public static int destination(final long ip) {
        return Memory.u32(ip + DESTINATION_OFFSET);
    }

    public static void putChecksum(final long ip, final int checksum) {
        Memory.putU16(ip + CHECKSUM_OFFSET, checksum);
    }

    public static void putIdentification(final long ip, final int identification) {
        Memory.putU16(ip + IDENTIFICATION_OFFSET, identification);
    }

    public static void putSource(final long ip, final int address) {
        Memory.putU32(ip + SOURCE_OFFSET, address);
    }

    public static void putDestination(final long ip, final int address) {
        Memory.putU32(ip + DESTINATION_OFFSET, address);
    }

    /**
     * Writes what a router changes in a header that it forwards: the TTL, one lower (RFC 1812 5.3.1), both addresses,
     * and the header checksum (RFC 1624). It takes two stores. The TTL must be above 0.
     *
     * @param ttlToChecksum the header's third word, read before
     * @param addresses source above destination
     * @param delta of the addresses' change
     */
    public static void forward(final long ip, final int ttlToChecksum, final long addresses, final int delta) {
        final int checksum = InternetChecksum.update(ttlToChecksum & 0xFFFF, delta + TTL_DELTA);
        final long third = (long) (ttlToChecksum - ONE_HOP & 0xFFFF_0000 | checksum) << 32;
        Memory.putU64(ip + TTL_OFFSET, third | addresses >>> 32);
        Memory.putU32(ip + DESTINATION_OFFSET, (int) addresses);
    }

    /** Both addresses in one word, source above destination. */
    public static long addresses(final long ip) {
        return Memory.u64(ip + SOURCE_OFFSET);
    }

    /** RFC 1812 5.3.1: a TTL above 0 falls by one, and the checksum with it (RFC 1624). */
    public static void decrementTtl(final long ip) {
        final int was = Memory.u32(ip + TTL_OFFSET);
        final int checksum = InternetChecksum.update(was & 0xFFFF, TTL_DELTA);
        Memory.putU32(ip + TTL_OFFSET, was - ONE_HOP & 0xFFFF_0000 | checksum);
    }

    public static void putTtl(final long ip, final int ttl) {
        Memory.putU8(ip + TTL_OFFSET, ttl);
    }

    /** Writes a 20-byte header with a right checksum; not a fragment. */
    public static void putHeader(
            final long ip,
            final int totalLength,
            final int identification,
            final boolean dontFragment,
            final int ttl,
            final int protocol,
            final int source,
            final int destination) {
        Memory.putU16(ip, 0x4500);
        Memory.putU16(ip + TOTAL_LENGTH_OFFSET, totalLength);
        Memory.putU16(ip + IDENTIFICATION_OFFSET, identification);
        Memory.putU16(ip + FRAGMENT_OFFSET, dontFragment ? DONT_FRAGMENT : 0);
        Memory.putU8(ip + TTL_OFFSET, ttl);
        Memory.putU8(ip + PROTOCOL_OFFSET, protocol);
        Memory.putU16(ip + CHECKSUM_OFFSET, 0);
        Memory.putU32(ip + SOURCE_OFFSET, source);
        Memory.putU32(ip + DESTINATION_OFFSET, destination);
        Memory.putU16(ip + CHECKSUM_OFFSET, InternetChecksum.of(ip, HEADER_BYTES));
    }

    /**
     * Whether an address can never be a unicast sender or receiver: 0/8, 127/8, 240/4 with the limited broadcast
     * (RFC 1122 3.2.1.3, RFC 1812 5.3.7). Multicast is {@link #isMulticast}.
     */
    public static boolean isMartian(final int address) {
        final int first = address >>> 24;
        return first == 0 || first == 127 || first >= 240;
    }

    /** 169.254/16: never forwarded, neither from nor to it (RFC 3927 section 7). */
    public static boolean isLinkLocal(final int address) {
        return address >>> 16 == 0xA9FE;
    }

    public static boolean isMulticast(final int address) {
        return address >>> 28 == 0xE;
    }

    /** Dotted quad. */
    public static String describeAddress(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    public static String describe(final long ip) {
        return "IPv4 %s > %s protocol %d length %d ttl %d%s"
                .formatted(
                        describeAddress(source(ip)),
                        describeAddress(destination(ip)),
                        protocol(ip),
                        totalLength(ip),
                        ttl(ip),
                        isFragment(ip) ? " fragment at " + fragmentOffset(ip) : "");
    }
}
