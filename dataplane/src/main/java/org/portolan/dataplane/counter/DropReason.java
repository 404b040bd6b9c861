package org.portolan.dataplane.counter;

/**
 * Every way a frame can end without being sent: enum = counter = text, one list.
 *
 * <p>{@link #NONE} is not a reason; its code 0 lets a check return "nothing wrong" and a reason through one int. The
 * text is what an operator reads in {@code portolan stats}; the counter's name is the enum's name in lower case.
 */
public enum DropReason {
    NONE("accepted"),

    // What the driver saw.
    FRAME_TRUNCATED("frame is longer than the receive slot and the kernel kept no copy"),
    FRAME_TOO_SHORT("frame is shorter than an Ethernet header"),
    VLAN_TAGGED("VLAN tag other than priority (VLAN 0): not supported yet"),

    // Ethernet.
    OTHER_HOST("destination MAC is another host's"),
    OWN_SOURCE_MAC("source MAC is this interface's own: a loop or a clone"),
    SOURCE_MAC_INVALID("source MAC is multicast, broadcast or zero"),
    ETHERTYPE_UNSUPPORTED("EtherType is neither IPv4 nor ARP"),
    ARP_MALFORMED("ARP with wrong types, lengths or operation"),

    // IPv4 (RFC 791, 1122, 1812).
    IPV4_TOO_SHORT("shorter than an IPv4 header"),
    IPV4_VERSION("IP version is not 4"),
    IPV4_HEADER_LENGTH("IPv4 header length below 20 or beyond the packet"),
    IPV4_TOTAL_LENGTH("IPv4 total length below the header or beyond the frame"),
    IPV4_CHECKSUM("IPv4 header checksum is wrong"),
    IPV4_OPTIONS("IPv4 options are malformed"),
    IPV4_SOURCE_ROUTE("IPv4 source route option"),
    MARTIAN_SOURCE("source address is not possible on this side"),
    MARTIAN_DESTINATION("destination address can never be routed"),
    MULTICAST_DESTINATION("multicast destination: not supported yet"),
    BROADCAST_DESTINATION("broadcast is not forwarded"),
    LINK_BROADCAST("unicast packet in a broadcast or multicast frame"),
    PROTOCOL_UNSUPPORTED("protocol is not UDP, TCP or ICMP, and no other is carried here"),

    // Fragments (RFC 791, 1858, 3128).
    FRAGMENT_LENGTH("fragment is empty, or not the last one and no multiple of 8 bytes long"),
    FRAGMENT_BEYOND("fragment ends beyond 65,535 bytes"),
    FRAGMENT_TINY("fragment splits the TCP header, or lies where one must be"),
    FRAGMENT_ICMP_ERROR("ICMP error in fragments: its checksum cannot be verified"),
    FRAGMENT_DUPLICATE("fragment was here before"),
    FRAGMENT_OVERLAP("fragment overlaps another one, or its datagram had such fragments before"),
    FRAGMENT_TIMEOUT("fragment waited for the first one of its datagram, which did not come"),
    FRAGMENT_QUEUE_FULL("no room for the fragment to wait for the first one of its datagram"),
    FRAGMENT_REPLACED("fragment waited for the first one of its datagram, and a newer one took its place"),
    FRAGMENT_SESSION_ENDED("the session or the policy that the first fragment passed under is gone"),
    FRAGMENT_LOCAL("fragment to the router itself, which does not reassemble"),

    // Transport.
    UDP_LENGTH("UDP length field disagrees with the packet"),
    UDP_PORT_ZERO("UDP port 0"),
    TCP_LENGTH("TCP header length below 20 or beyond the packet"),
    TCP_FLAGS("TCP flags that no stack sends"),
    TCP_PORT_ZERO("TCP port 0"),
    OFFLOAD_MALFORMED("checksum or segmentation offload fields disagree with the packet"),
    ICMP_LENGTH("ICMP message is too short"),
    ICMP_CHECKSUM("ICMP checksum is wrong"),
    ICMP_TYPE_UNSUPPORTED("ICMP type is neither echo, timestamp nor a translatable error"),
    ICMP_QUOTE("packet quoted in an ICMP error is malformed or its header checksum is wrong"),

    // NAT.
    NO_MAPPING("from outside, without a session, a port forward or a mapping"),
    FILTERED("from outside to a mapping whose filter does not let its sender in"),
    ICMP_ERROR_UNMATCHED("ICMP error about a packet of no known session"),
    ICMP_ERROR_MISDIRECTED("ICMP error sent to another address than the source of the packet that it quotes"),
    TCP_NOT_OPENING("TCP packet without a session that cannot open one"),
    TCP_OUT_OF_WINDOW("TCP segment from outside that is outside the window of its connection"),
    SESSIONS_FULL("session table is full"),
    MAPPINGS_FULL("mapping table is full"),
    PORTS_EXHAUSTED("every outside port of the pool is in use or resting"),
    HOSTS_FULL("table of inside hosts is full"),
    HOST_SESSIONS_FULL("inside host has reached its session limit"),
    HOST_PORTS_FULL("inside host has reached its port limit"),
    HOST_RATE("inside host has reached its limit of new sessions a second"),
    PROTOCOL_AMBIGUOUS("no port tells it from another flow of this protocol with that remote host"),
    AUTHENTICATION_HEADER("IPsec authentication header: covers the addresses, so it cannot be translated"),
    INDEX_CROWDED("too many flows with hashes alike: no room for one more"),
    REMOTE_SESSIONS_FULL("remote host has reached its share of the session table"),
    FORWARD_SESSIONS_FULL("port forward or open mapping has reached its share of the session table"),
    OUTSIDE_SESSIONS_FULL("outside hosts have reached their share of the session table"),
    SESSIONS_RESERVED("what is left of the session table is reserved for inside hosts"),
    HAIRPIN("inside host to an outside address of this router from where no way leads back inside"),
    OUTSIDE_UNTRANSLATED("from outside, to an address that is not one of this router's outside addresses"),
    INSIDE_UNTRANSLATED("from inside, from a source that is not on or behind that interface"),

    // Forwarding.
    TTL_EXPIRED("TTL ran out (time exceeded is sent, rate limited)"),
    NO_ROUTE("no route to the destination"),
    ROUTE_LOOPS_BACK("route leads back out of an outside interface"),
    TOO_BIG("larger than the next MTU, may not be fragmented (fragmentation needed is sent, rate limited)"),
    FRAGMENTATION("larger than the next MTU and cannot be fragmented: a segmented frame, or no room"),
    NEIGHBOR_UNREACHABLE("next hop did not answer ARP"),
    NEIGHBOR_QUEUE_REPLACED("waited for ARP, replaced by a newer frame"),
    NEIGHBOR_QUEUE_FULL("no room to wait for ARP"),
    NEIGHBOR_TOO_BIG("waiting for ARP: frame is larger than a waiting slot"),

    // To the router itself.
    LOCAL_UNSERVED("to the router itself: nothing listens there"),
    ECHO_RATE("ping to the router above its rate limit"),
    PUNT_FULL("ring to control is full"),

    // Handing over.
    EGRESS_DOWN("egress device is down"),
    TRANSMIT_RING_FULL("transmit ring is full"),
    TRANSMIT_REFUSED("kernel refused the frame"),
    TRANSMIT_LATE("egress took no frame for a second: this one had become too old to send");

    private static final DropReason[] BY_CODE = values();

    /** How many codes there are, {@link #NONE} included. */
    public static final int COUNT = BY_CODE.length;

    /** The value that checks return; 0 is {@link #NONE}. */
    public final int code;

    /** What the operator reads. */
    public final String text;

    DropReason(final String text) {
        this.code = ordinal();
        this.text = text;
    }

    /** The reason of a code that a check returned. */
    public static DropReason ofCode(final int code) {
        return BY_CODE[code];
    }
}
