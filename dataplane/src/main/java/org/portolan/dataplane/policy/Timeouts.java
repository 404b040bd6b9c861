package org.portolan.dataplane.policy;

/**
 * Idle times after which a session ends, and how long a freed port rests; seconds. The worker reads the rest alone;
 * the others are control's, which asks for the end of a session.
 *
 * @param portRestS how long a freed port rests before another inside endpoint may get it (RFC 6888 REQ-8), 0 to
 *     {@value #LONGEST_REST_S}
 * @param incomingS of a session that the outside opened, until the inside has answered
 */
public record Timeouts(
        int udpS, int tcpOpeningS, int tcpEstablishedS, int tcpClosingS, int icmpS, int portRestS, int incomingS) {
    /** 30 days: the bound keeps sums of seconds in an int. */
    public static final int LONGEST_REST_S = 2_592_000;

    public Timeouts {
        if (portRestS < 0 || portRestS > LONGEST_REST_S) {
            throw new IllegalArgumentException("port rest out of range: " + portRestS);
        }
    }

    /** What RFC 4787, 5382, 5508 and 6888 ask for at least, with another rest of ports. */
    public static Timeouts defaults(final int portRestS) {
        return new Timeouts(300, 240, 7_440, 240, 60, portRestS, 10);
    }
}
