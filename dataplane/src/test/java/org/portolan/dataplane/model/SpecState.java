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
    ICMP,
    /** Of a protocol without ports. */
    OTHER,
    /** A query's or another protocol's, opened from outside on the rule of a whole address; the inside has not answered. */
    INCOMING;

    /** Of a session that the inside has opened or accepted, but for TCP. */
    static SpecState of(final int protocol) {
        return switch (protocol) {
            case SpecProtocol.UDP -> UDP;
            case SpecProtocol.ICMP -> ICMP;
            default -> OTHER;
        };
    }

    /** Whether the outside opened a session in this state and the inside has not accepted it. */
    boolean isUnanswered() {
        return this == UDP_INCOMING || this == TCP_INCOMING || this == INCOMING;
    }
}
