package org.portolan.dataplane.wire;

/**
 * A flow: the endpoints of a packet as it arrives at the router, in two words. Outside of this package's codecs, only
 * this class knows where in the words an address, a port, the protocol or the realm is: code that hashes flows ({@code
 * nat/FlowKey}) or compares them ({@code nat/SessionLine}) handles the two words whole.
 *
 * <pre>
 *  addresses
 *  63                              32 31                               0
 * +----------------------------------+----------------------------------+
 * |              source              |            destination           |
 * +----------------------------------+----------------------------------+
 *
 *  ports
 *  63      56 55            40 39    32 31            16 15             0
 * +----------+----------------+--------+----------------+----------------+
 * |    0     |     realm      |protocol|  source port   |destination port|
 * +----------+----------------+--------+----------------+----------------+
 * </pre>
 *
 * <p>Both words are in the order of the headers: the addresses are the eight bytes of an IPv4 header from its source
 * on, the low half of the ports is the first four bytes of a UDP or TCP header.
 *
 * <p>An ICMP query (echo, timestamp) has its identifier as both ports, and so has its reply. The type is not part of
 * the flow: an echo and a timestamp of one host with one identifier share a session, which maps the identifier to the
 * same one in both directions, so neither can reach another host or another identifier. An ICMP error carries the flow
 * of the packet that it quotes, turned round: the flow of a packet that travels the error's way.
 *
 * <p>Every other protocol has ports 0, so two hosts have one flow of it each way.
 *
 * <p>The realm keeps networks apart whose addresses may be the same. The outside of a realm is a realm of its own
 * ({@link #outside}), so a flow from inside never matches one from outside. {@link Packet} holds its flow without a
 * realm, which is the port's that it came in by: {@link #in} adds it.
 */
public final class Flow {
    /** Added to an inside realm's number, it is the number of what lies outside. */
    private static final int OUTSIDE = 0x8000;

    /** Added to the number of what lies outside, it is the number of what only seems to: hairpinned packets. */
    private static final int HAIRPIN = 0x4000;

    private static final int REALM_SHIFT = 40;
    private static final int PROTOCOL_SHIFT = 32;
    private static final long OUTSIDE_BIT = (long) OUTSIDE << REALM_SHIFT;
    private static final long HAIRPIN_BIT = (long) HAIRPIN << REALM_SHIFT;
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    private Flow() {}

    /** The word of two addresses. */
    public static long addresses(final int source, final int destination) {
        return (long) source << 32 | destination & LOW_HALF;
    }

    /** The word of protocol and ports, without a realm. */
    static long ports(final int protocol, final int both) {
        return (long) protocol << PROTOCOL_SHIFT | both & LOW_HALF;
    }

    /** The word of realm, protocol and ports. */
    public static long ports(final int realm, final int protocol, final int source, final int destination) {
        return in(realm, ports(protocol, source << 16 | destination));
    }

    /** The same ports in a realm. */
    public static long in(final int realm, final long ports) {
        return (long) realm << REALM_SHIFT | ports;
    }

    /** Whether flows of a protocol have ports, or an identifier as both; those of the others have ports 0. */
    public static boolean hasPorts(final int protocol) {
        return protocol == Ipv4.UDP || protocol == Ipv4.TCP || protocol == Ipv4.ICMP;
    }

    /** The same ports without their realm. */
    public static long bare(final long ports) {
        return ports & (1L << REALM_SHIFT) - 1;
    }

    /** The realm of what lies outside of an inside realm. */
    public static int outside(final int realm) {
        return realm | OUTSIDE;
    }

    /**
     * The realm between the two halves of a hairpin: a packet from inside to an outside address of the router is there
     * as if it had gone out and came back in. No packet from a wire is ever in it.
     */
    public static int hairpin(final int realm) {
        return realm | OUTSIDE | HAIRPIN;
    }

    /** The inside realm of a realm, which may be that one itself. */
    public static int inside(final int realm) {
        return realm & ~(OUTSIDE | HAIRPIN);
    }

    /** Whether a flow is between the two halves of a hairpin. */
    public static boolean isHairpin(final long ports) {
        return (ports & HAIRPIN_BIT) != 0;
    }

    /** The word of the ports of a flow that goes the other way, in the same realm. */
    public static long turned(final long ports) {
        return ports & ~LOW_HALF | turnedPorts(ports) & LOW_HALF;
    }

    /** Whether a flow arrives from outside, or seems to. */
    public static boolean isFromOutside(final long ports) {
        return (ports & OUTSIDE_BIT) != 0;
    }

    public static int source(final long addresses) {
        return (int) (addresses >>> 32);
    }

    public static int destination(final long addresses) {
        return (int) addresses;
    }

    public static int sourcePort(final long ports) {
        return (int) ports >>> 16;
    }

    public static int destinationPort(final long ports) {
        return (int) ports & 0xFFFF;
    }

    /** IP protocol number. */
    public static int protocol(final long ports) {
        return (int) (ports >>> PROTOCOL_SHIFT) & 0xFF;
    }

    public static int realm(final long ports) {
        return (int) (ports >>> REALM_SHIFT) & 0xFFFF;
    }

    /** The addresses of a flow that goes the other way. */
    public static long turnedAddresses(final long addresses) {
        return Long.rotateLeft(addresses, 32);
    }

    /** Both ports of a flow that goes the other way, as a header has them: source above destination. */
    public static int turnedPorts(final long ports) {
        return Integer.rotateLeft((int) ports, 16);
    }

    /** What a checksum over the addresses takes when they are rewritten. */
    public static int addressDelta(final long was, final long is) {
        return InternetChecksum.delta64(was, is);
    }

    /**
     * What the transport's checksum takes when addresses and ports are rewritten. An ICMP checksum covers no pseudo
     * header (RFC 792), so it takes the change of the identifier alone.
     *
     * @param addressDelta of the same rewriting
     * @param was the flow's ports
     * @param is the new ports, source above destination
     */
    public static int transportDelta(final int addressDelta, final long was, final int is) {
        return protocol(was) == Ipv4.ICMP
                ? InternetChecksum.delta16(destinationPort(was), is & 0xFFFF)
                : InternetChecksum.combine(addressDelta, InternetChecksum.delta32((int) was, is));
    }
}
