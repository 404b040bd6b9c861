package org.portolan.dataplane.model;

/** What is wrong, or unusual, about a frame. */
enum TraceMangle {
    NONE,
    // Ethernet.
    OTHER_MAC,
    OWN_MAC,
    GROUP_SOURCE,
    BROADCAST_MAC,
    PRIORITY_TAG,
    VLAN_TAG,
    OTHER_TYPE,
    TRAILER,
    // IPv4.
    VERSION,
    HEADER_LENGTH,
    TOTAL_LENGTH,
    SHORT_TOTAL_LENGTH,
    IP_CHECKSUM,
    OPTIONS,
    SOURCE_ROUTE,
    BAD_OPTIONS,
    DONT_FRAGMENT,
    PROTOCOL,
    PROTOCOL_ZERO,
    // Transport.
    TRANSPORT_CHECKSUM,
    NO_UDP_CHECKSUM,
    TRANSPORT_LENGTH,
    PORT_ZERO,
    MSS,
    ODD_MSS,
    BAD_TCP_OPTIONS,
    // ICMP errors.
    QUOTE_CHECKSUM,
    QUOTE_SHORT,
    QUOTE_HALF_TCP,
    QUOTE_OPTIONS,
    QUOTE_EXTENSION,
    QUOTE_FRAGMENT,
    QUOTE_TRANSPORT_CHECKSUM,
    QUOTE_PROTOCOL,
    QUOTE_PROTOCOL_ZERO,
    MISDIRECTED
}
