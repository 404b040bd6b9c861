package org.portolan.dataplane.policy;

import java.util.Map;

/**
 * Idle times after which a session ends, and how long a freed port rests; seconds. The worker reads the rest alone;
 * the others are control's, which asks for the end of a session.
 *
 * @param portRestS how long a freed port rests before another inside endpoint may get it (RFC 6888 REQ-8), 0 to
 *     {@value #LONGEST_REST_S}
 * @param incomingS of a session that the outside opened, until the inside has answered
 * @param openingFloorS how short the times of unanswered sessions may become when the session table fills up
 * @param udpPortsS other times of UDP sessions by the port that their opener sent to (RFC 4787 REQ-5a)
 * @param otherS of a protocol that is neither UDP, TCP nor ICMP
 */
public record Timeouts(
        int udpS,
        int tcpOpeningS,
        int tcpEstablishedS,
        int tcpClosingS,
        int icmpS,
        int portRestS,
        int incomingS,
        int openingFloorS,
        Map<Integer, Integer> udpPortsS,
        int otherS) {
    /** Of protocols without ports: longer than the keep-alives of tunnels. */
    public static final int DEFAULT_OTHER_S = 600;

    public static final int DEFAULT_OPENING_FLOOR_S = 10;

    /** 30 days: the bound keeps sums of seconds in an int. */
    public static final int LONGEST_REST_S = 2_592_000;

    /** With the usual floor, and no time of a port's own. */
    public Timeouts(
            final int udpS,
            final int tcpOpeningS,
            final int tcpEstablishedS,
            final int tcpClosingS,
            final int icmpS,
            final int portRestS,
            final int incomingS) {
        this(
                udpS,
                tcpOpeningS,
                tcpEstablishedS,
                tcpClosingS,
                icmpS,
                portRestS,
                incomingS,
                DEFAULT_OPENING_FLOOR_S,
                Map.of());
    }

    public Timeouts {
        udpPortsS = Map.copyOf(udpPortsS);
        if (portRestS < 0 || portRestS > LONGEST_REST_S) {
            throw new IllegalArgumentException("port rest out of range: " + portRestS);
        }
    }

    /** With the usual time for other protocols. */
    public Timeouts(
            final int udpS,
            final int tcpOpeningS,
            final int tcpEstablishedS,
            final int tcpClosingS,
            final int icmpS,
            final int portRestS,
            final int incomingS,
            final int openingFloorS,
            final Map<Integer, Integer> udpPortsS) {
        this(
                udpS,
                tcpOpeningS,
                tcpEstablishedS,
                tcpClosingS,
                icmpS,
                portRestS,
                incomingS,
                openingFloorS,
                udpPortsS,
                DEFAULT_OTHER_S);
    }

    /** What RFC 4787, 5382, 5508 and 6888 ask for at least, with another rest of ports. */
    public static Timeouts defaults(final int portRestS) {
        return new Timeouts(300, 240, 7_440, 240, 60, portRestS, 10);
    }
}
