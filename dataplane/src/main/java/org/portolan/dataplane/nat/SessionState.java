package org.portolan.dataplane.nat;

/**
 * What a session is and which idle timer it is under: one value for both. The code stands in the session's line and
 * in the low four bits of its last-seen word ({@link LastSeen}). Idle defaults: UDP 300 s (RFC 4787 REQ-5), opening
 * 240, established 7,440, closing 240 (RFC 5382 REQ-5), ICMP query 60 (RFC 5508 REQ-2); control holds the
 * configured ones.
 *
 * <p>A UDP or ICMP session stays what it is until it is freed. TCP, by what {@link TcpTracking} saw:
 *
 * <table>
 * <caption>next state</caption>
 * <tr><th>from</th><th>OPENS: a SYN from the side that may open</th><th>ACKED: ACKs seen both ways</th>
 * <th>ENDS: FIN seen both ways, or an RST</th></tr>
 * <tr><td>TCP_OPENING</td><td>TCP_OPENING</td><td>TCP_ESTABLISHED</td><td>TCP_CLOSING</td></tr>
 * <tr><td>TCP_ESTABLISHED</td><td>TCP_ESTABLISHED</td><td>TCP_ESTABLISHED</td><td>TCP_CLOSING</td></tr>
 * <tr><td>TCP_CLOSING</td><td>TCP_OPENING</td><td>TCP_CLOSING</td><td>TCP_CLOSING</td></tr>
 * </table>
 *
 * <p>Forbidden, and why:
 * <ul>
 * <li>established to opening: a SYN into a live connection is a rebooted host's, or a forged one. The peer's answer
 * decides (a challenge ACK, then the host's RST; RFC 5961 section 4); until then the long timer must not be lost to
 * one forged packet.
 * <li>closing to established: late ACKs and retransmitted FINs belong to every close, and would give each dead
 * connection two hours. A connection that survives a forged RST lives on under the closing timer, which its packets
 * refresh: it is freed only if silent (RFC 7857 section 2).
 * <li>anything to free by a packet: only the idle timer frees.
 * </ul>
 */
public enum SessionState {
    FREE,
    UDP,
    TCP_OPENING,
    TCP_ESTABLISHED,
    TCP_CLOSING,
    ICMP;

    static final int EVENT_OPENS = 0;
    static final int EVENT_ACKED = 1;
    static final int EVENT_ENDS = 2;

    private static final SessionState[] BY_CODE = values();

    /** How many codes there are; below 16, as the last-seen word has four bits for one. */
    public static final int COUNT = BY_CODE.length;

    private static final int[][] NEXT = new int[COUNT][];

    static {
        NEXT[TCP_OPENING.code] = new int[] {TCP_OPENING.code, TCP_ESTABLISHED.code, TCP_CLOSING.code};
        NEXT[TCP_ESTABLISHED.code] = new int[] {TCP_ESTABLISHED.code, TCP_ESTABLISHED.code, TCP_CLOSING.code};
        NEXT[TCP_CLOSING.code] = new int[] {TCP_OPENING.code, TCP_CLOSING.code, TCP_CLOSING.code};
    }

    /** What stands in the line and in the last-seen word; 0 is {@link #FREE}. */
    public final int code;

    SessionState() {
        code = ordinal();
    }

    public static SessionState ofCode(final int code) {
        return BY_CODE[code];
    }

    /** The code after an event; only for the TCP states. */
    static int next(final int code, final int event) {
        return NEXT[code][event];
    }
}
