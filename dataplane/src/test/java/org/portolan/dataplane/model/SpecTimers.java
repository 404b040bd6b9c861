package org.portolan.dataplane.model;

import org.portolan.dataplane.policy.Timeouts;

/** How long a session lives without a packet. One timer for each state; a packet of the session starts it again. */
final class SpecTimers {
    private SpecTimers() {}

    /**
     * RFC 4787 REQ-5 for UDP, RFC 5382 REQ-5 and RFC 7857 2.1 for TCP, RFC 5508 REQ-2 for queries. What an outside host
     * opened on a forward has the short timer until the inside has answered (IN-10).
     */
    static int idleS(final SpecState state, final Timeouts timeouts) {
        return switch (state) {
            case UDP -> timeouts.udpS();
            case UDP_INCOMING, TCP_INCOMING, INCOMING -> timeouts.incomingS();
            case TCP_OPENING -> timeouts.tcpOpeningS();
            case TCP_ESTABLISHED -> timeouts.tcpEstablishedS();
            case TCP_CLOSING, TCP_CLOSED -> timeouts.tcpClosingS();
            case ICMP -> timeouts.icmpS();
            case OTHER -> timeouts.otherS();
        };
    }

    /** Whether a session's time is over. */
    static boolean isOver(final SpecSession session, final int nowS, final Timeouts timeouts) {
        return nowS - session.lastSeenS >= idleS(session.state, timeouts);
    }

    /** RFC 6888 REQ-8: whether a port that rests may be given to another endpoint. */
    static boolean isRested(final SpecMapping mapping, final int nowS, final Timeouts timeouts) {
        return nowS - mapping.restsSinceS >= timeouts.portRestS();
    }
}
