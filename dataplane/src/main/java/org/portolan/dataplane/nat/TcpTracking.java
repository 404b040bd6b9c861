package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Tcp;

/**
 * What was seen of a TCP connection, as bits in the session's line, and the {@link SessionState} events that follow
 * from it. Flags only: sequence numbers are not judged yet, so an RST outside the window ends a session too; its
 * packets keep it alive under the closing timer.
 *
 * <p>Acknowledgments seen from both sides make a connection: after SYN, SYN+ACK, ACK; after a simultaneous open,
 * where both send SYN and then SYN+ACK (RFC 5382 REQ-2); and for a connection older than the router's start, which
 * has no SYN at all.
 */
final class TcpTracking {
    private static final int ACK_OUT = 0x01;
    private static final int ACK_IN = 0x02;
    private static final int ACK_BOTH = ACK_OUT | ACK_IN;
    private static final int FIN_OUT = 0x04;
    private static final int FIN_IN = 0x08;
    private static final int FIN_BOTH = FIN_OUT | FIN_IN;

    /** The session is a port forward's: the outside may open it again. */
    static final int FROM_OUTSIDE = 0x20;

    private static final int ESTABLISHED = SessionState.TCP_ESTABLISHED.code;
    private static final int CLOSING = SessionState.TCP_CLOSING.code;

    private TcpTracking() {}

    /**
     * Takes a segment into account; for most segments of a living connection this is one comparison.
     *
     * @param flags the segment's TCP flags, a combination that {@link Tcp#check} lets through
     * @param outbound whether it goes from inside to outside
     */
    static void track(final SessionTable sessions, final long line, final int flags, final boolean outbound) {
        final int state = SessionTable.stateCode(line);
        if ((flags & (Tcp.SYN | Tcp.FIN | Tcp.RST)) == 0 && state == ESTABLISHED) {
            return;
        }
        final int before = Memory.u8(line + SessionLayout.TRACKING_OFFSET);
        final boolean opens = (flags & (Tcp.SYN | Tcp.ACK)) == Tcp.SYN && (outbound || (before & FROM_OUTSIDE) != 0);
        final int seen = opens && state == CLOSING ? before & FROM_OUTSIDE : before | seen(flags, outbound);
        if (seen != before) {
            Memory.putU8(line + SessionLayout.TRACKING_OFFSET, seen);
        }
        final int next = next(state, flags, seen, opens);
        if (next != state) {
            sessions.changeState(line, next);
        }
    }

    private static int seen(final int flags, final boolean outbound) {
        final int acknowledges = (flags & (Tcp.ACK | Tcp.RST)) == Tcp.ACK ? outbound ? ACK_OUT : ACK_IN : 0;
        final int finishes = (flags & Tcp.FIN) != 0 ? outbound ? FIN_OUT : FIN_IN : 0;
        return acknowledges | finishes;
    }

    private static int next(final int state, final int flags, final int seen, final boolean opens) {
        if (opens) {
            return SessionState.next(state, SessionState.EVENT_OPENS);
        }
        if ((flags & Tcp.RST) != 0 || (seen & FIN_BOTH) == FIN_BOTH) {
            return SessionState.next(state, SessionState.EVENT_ENDS);
        }
        return (seen & ACK_BOTH) == ACK_BOTH ? SessionState.next(state, SessionState.EVENT_ACKED) : state;
    }
}
