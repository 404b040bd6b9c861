package org.portolan.dataplane.nat;

import java.util.Arrays;

/**
 * What a session is and which idle timer it is under: one value for both. The code stands in the session's line and
 * in the low four bits of its last-seen word ({@link LastSeen}). Idle defaults: UDP 300 s (RFC 4787 REQ-5), opening
 * 240, established 7,440, closing and closed 240 (RFC 5382 REQ-5), ICMP query 60 (RFC 5508 REQ-2), incoming 10; control
 * holds the configured ones.
 *
 * <p>An ICMP session stays what it is until it is freed, and so does a UDP session from inside, and one of another
 * protocol. One that the outside opened on a static rule is UDP_INCOMING or INCOMING until the inside answers. TCP, by
 * what {@link TcpTracking} saw:
 *
 * <table>
 * <caption>next state; INCOMING is TCP_INCOMING, and so on; - is no change</caption>
 * <tr><th>from</th><th>OPENING</th><th>INCOMING</th><th>ESTABLISHED</th><th>CLOSING</th><th>CLOSED</th></tr>
 * <tr><td>SYN from inside</td><td>-</td><td>OPENING</td><td>-</td><td>OPENING</td><td>OPENING</td></tr>
 * <tr><td>SYN from outside, of a forward</td><td>-</td><td>-</td><td>-</td><td>-</td><td>INCOMING</td></tr>
 * <tr><td>SYN+ACK from inside, of a forward</td><td>-</td><td>-</td><td>-</td><td>INCOMING</td><td>INCOMING</td></tr>
 * <tr><td>ACKs seen both ways</td><td>ESTABLISHED</td><td>ESTABLISHED</td><td>-</td><td>-</td><td>-</td></tr>
 * <tr><td>FIN, and now both sides' are seen</td><td>CLOSED</td><td>CLOSED</td><td>CLOSED</td><td>CLOSED</td>
 * <td>-</td></tr>
 * <tr><td>RST from inside</td><td>CLOSING</td><td>-</td><td>CLOSED</td><td>-</td><td>-</td></tr>
 * <tr><td>RST from outside</td><td>CLOSING</td><td>-</td><td>CLOSING</td><td>-</td><td>-</td></tr>
 * <tr><td>payload without a FIN</td><td>-</td><td>-</td><td>-</td><td>-</td><td>CLOSING</td></tr>
 * </table>
 *
 * <p>A CLOSED session gives way when somebody needs its port or its place, so nothing should get there that can still
 * carry data. Under {@link WindowCheck#OFF} one way is left: a forged FIN from outside, while the inside has sent its
 * own FIN and waits for the answer. Payload takes the session back to CLOSING; until it comes, the session may be
 * reclaimed after 2 silent seconds. Forbidden, and why:
 * <ul>
 * <li>established to opening: a SYN into a live connection is a rebooted host's, or a forged one. The peer's answer
 * decides (a challenge ACK, then the host's RST; RFC 5961 section 4); until then the long timer must not be lost to
 * one forged packet.
 * <li>anything to closed by an RST from outside: it may be forged just as well, and needs no FIN from inside. The
 * inside host's own says that the connection is gone, except while it opens: then a forged SYN+ACK is answered with an
 * RST too (RFC 9293 3.10.7.3), and the connection goes on.
 * <li>closing to incoming by a SYN from outside: after a forged RST a forged SYN would take a live connection from the
 * closing timer to the shortest one. The server decides: its SYN+ACK says that there is no connection any more.
 * <li>closing to established: late ACKs and retransmitted FINs belong to every close, and would give each dead
 * connection two hours. A connection that survives a forged RST lives on under the closing timer, which its packets
 * refresh: it is freed only if silent (RFC 7857 section 2).
 * <li>incoming to closing: a forged SYN to a port that the inside refuses, or a forged RST after one, would hold a
 * session for the closing timer.
 * <li>anything to free by a packet: only the idle timer frees, and the need for a closed one's room.
 * </ul>
 */
public enum SessionState {
    FREE,
    UDP,
    TCP_OPENING,
    TCP_ESTABLISHED,
    /** Reset, or closed and then used again: under the closing timer, and left alone until it is over. */
    TCP_CLOSING,
    ICMP,
    /** Opened from outside; the inside has not answered. */
    UDP_INCOMING,
    /** Opened from outside; the remote has not acknowledged the inside's SYN+ACK, which a forged source never can. */
    TCP_INCOMING,
    /**
     * Both sides have sent a FIN, or the inside an RST into an established connection: under the closing timer, unless
     * its room is needed.
     */
    TCP_CLOSED,
    /** A packet of another protocol, without ports. */
    OTHER,
    /** Opened from outside by a query or another protocol's packet; the inside has not answered. */
    INCOMING;

    static final int EVENT_SYN_OUT = 0;
    static final int EVENT_SYN_IN = 1;
    static final int EVENT_ACKED = 2;
    static final int EVENT_FINISHED = 3;
    static final int EVENT_RESET_OUT = 4;
    static final int EVENT_RESET_IN = 5;
    static final int EVENT_PAYLOAD = 6;
    static final int EVENT_ANSWERED = 7;
    static final int EVENTS = 8;

    private static final SessionState[] BY_CODE = values();

    /** How many codes there are; below 16, as the last-seen word has four bits for one. */
    public static final int COUNT = BY_CODE.length;

    private static final int[][] NEXT = new int[COUNT][];

    static {
        row(
                TCP_OPENING,
                TCP_OPENING,
                TCP_OPENING,
                TCP_ESTABLISHED,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_OPENING,
                TCP_OPENING);
        row(
                TCP_INCOMING,
                TCP_OPENING,
                TCP_INCOMING,
                TCP_ESTABLISHED,
                TCP_CLOSED,
                TCP_INCOMING,
                TCP_INCOMING,
                TCP_INCOMING,
                TCP_INCOMING);
        row(
                TCP_ESTABLISHED,
                TCP_ESTABLISHED,
                TCP_ESTABLISHED,
                TCP_ESTABLISHED,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_ESTABLISHED,
                TCP_ESTABLISHED);
        row(
                TCP_CLOSING,
                TCP_OPENING,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_INCOMING);
        row(
                TCP_CLOSED,
                TCP_OPENING,
                TCP_INCOMING,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_INCOMING);
    }

    private static void row(final SessionState from, final SessionState... next) {
        NEXT[from.code] = Arrays.stream(next).mapToInt(state -> state.code).toArray();
    }

    /** What stands in the line and in the last-seen word; 0 is {@link #FREE}. */
    public final int code;

    SessionState() {
        code = ordinal();
    }

    public static SessionState ofCode(final int code) {
        return BY_CODE[code];
    }

    /** Whether the outside opened a session in this state and the inside has not accepted it. */
    static boolean isUnanswered(final int code) {
        return code == UDP_INCOMING.code || code == TCP_INCOMING.code || code == INCOMING.code;
    }

    /** The code after an event; only for the TCP states. */
    static int next(final int code, final int event) {
        return NEXT[code][event];
    }
}
