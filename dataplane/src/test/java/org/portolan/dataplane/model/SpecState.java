package org.portolan.dataplane.model;

/** What a session is, and which timer it is under. */
enum SpecState {
    UDP,
    /** Opened from outside on a forward, the inside has not answered. */
    UDP_INCOMING,
    TCP_OPENING,
    /** Opened from outside on a forward, the remote has not proved that it is there. */
    TCP_INCOMING,
    TCP_ESTABLISHED,
    TCP_CLOSING,
    /** Closed by both sides: gives way when its room is needed. */
    TCP_CLOSED,
    ICMP
}
