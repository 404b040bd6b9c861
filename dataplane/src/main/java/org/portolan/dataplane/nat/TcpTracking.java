package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * What was seen of a TCP connection, as bits in the session's line, and the {@link SessionState} events that follow
 * from it. Flags only, with one exception: sequence numbers are not judged yet, so an RST outside the window moves a
 * session to the closing timer too; its packets keep it alive there. A FIN outside the window counts as the remote's.
 *
 * <p>Acknowledgments seen from both sides make a connection: after SYN, SYN+ACK, ACK; after a simultaneous open,
 * where both send SYN and then SYN+ACK (RFC 5382 REQ-2); and for a connection older than the router's start, which
 * has no SYN at all.
 *
 * <p>The exception is a connection that the outside opens. An inside server answers every SYN, a forged one too, so its
 * SYN+ACK proves nothing. The remote's acknowledgment does: until one comes that fits the SYN+ACK's sequence number,
 * the session stays TCP_INCOMING under its short timer. After an RST, which may be forged too, the remote's SYN alone
 * does not bring the session back to that timer; the server's SYN+ACK does. A server whose connection still lives
 * answers a SYN with a bare ACK (RFC 5961 section 4).
 */
final class TcpTracking {
    private static final int ACK_OUT = 0x01;
    private static final int ACK_IN = 0x02;
    private static final int ACK_BOTH = ACK_OUT | ACK_IN;
    private static final int FIN_OUT = 0x04;
    private static final int FIN_IN = 0x08;
    private static final int FIN_BOTH = FIN_OUT | FIN_IN;

    private static final int INCOMING = SessionState.TCP_INCOMING.code;
    private static final int CLOSING = SessionState.TCP_CLOSING.code;
    private static final int CLOSED = SessionState.TCP_CLOSED.code;

    /**
     * How far beyond the SYN+ACK an acknowledgment may be: a server may send data with it (RFC 7413), 10 segments (RFC
     * 6928). A forged one hits this once in 65,536 tries.
     */
    private static final int EARLY_DATA_BYTES = 1 << 16;

    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;
    private static final int NO_EVENT = -1;

    private TcpTracking() {}

    /**
     * Takes a segment into account.
     *
     * @param p a segment with flags that {@link Tcp#check} lets through
     * @param outbound whether it goes from inside to outside
     */
    static void track(final SessionTable sessions, final int session, final Packet p, final boolean outbound) {
        final long line = sessions.line(session);
        final int state = SessionLine.stateCode(line);
        final int flags = p.tcpFlags();
        final int before = Memory.u8(line + SessionLayout.TRACKING_OFFSET);
        // The session is a port forward's: the outside may open it again.
        final boolean fromOutside = SessionLine.isFromOutside(line);
        final boolean opens = (flags & SYN_ACK) == Tcp.SYN && (outbound || fromOutside);
        final boolean answers = outbound && fromOutside && state == CLOSING && (flags & SYN_ACK) == SYN_ACK;
        final boolean reopens = answers || opens && (state == CLOSED || outbound && state == CLOSING);
        final long expected = sessions.companion(session) + CompanionLayout.EXPECTED_ACK;
        final int kept = reopens ? 0 : before;
        final int seen = kept | seen(before, expected, answers ? INCOMING : state, p, outbound);
        if (seen != before) {
            Memory.putU8(line + SessionLayout.TRACKING_OFFSET, seen);
        }
        final int event;
        if (opens) {
            event = outbound ? SessionState.EVENT_SYN_OUT : SessionState.EVENT_SYN_IN;
        } else {
            event = answers ? SessionState.EVENT_ANSWERED : event(state, p, seen, outbound);
        }
        final int next = event == NO_EVENT ? state : SessionState.next(state, event);
        if (next != state) {
            sessions.changeState(line, next);
        }
    }

    private static int seen(
            final int before, final long expected, final int state, final Packet p, final boolean outbound) {
        final int flags = p.tcpFlags();
        final int finishes = (flags & Tcp.FIN) != 0 ? outbound ? FIN_OUT : FIN_IN : 0;
        if ((flags & (Tcp.ACK | Tcp.RST)) != Tcp.ACK) {
            return finishes;
        }
        if (state == INCOMING) {
            return finishes | incomingAck(before, expected, p, outbound);
        }
        return finishes | (outbound ? ACK_OUT : ACK_IN);
    }

    /**
     * The inside's SYN+ACK sets what the remote has to acknowledge; nothing before it counts, nor do the inside's other
     * acknowledgments.
     *
     * @param expected address of the word for it
     */
    private static int incomingAck(final int before, final long expected, final Packet p, final boolean outbound) {
        if (outbound) {
            if ((p.tcpFlags() & Tcp.SYN) == 0) {
                return 0;
            }
            Memory.putInt(expected, Tcp.sequence(p.transport()) + 1);
            // The bit that says that it is known comes after it.
            SharedWord.writeFence();
            return ACK_OUT;
        }
        final boolean answered = (before & ACK_OUT) != 0;
        final int beyond = Tcp.acknowledgment(p.transport()) - Memory.intAt(expected);
        return answered && beyond >= 0 && beyond < EARLY_DATA_BYTES ? ACK_IN : 0;
    }

    private static int event(final int state, final Packet p, final int seen, final boolean outbound) {
        final int flags = p.tcpFlags();
        if ((flags & Tcp.RST) != 0) {
            return outbound ? SessionState.EVENT_RESET_OUT : SessionState.EVENT_RESET_IN;
        }
        if ((flags & Tcp.FIN) != 0 && (seen & FIN_BOTH) == FIN_BOTH) {
            return SessionState.EVENT_FINISHED;
        }
        if (state == CLOSED) {
            final int headers = p.headerLength() + Tcp.headerLength(p.transport());
            return p.totalLength() > headers ? SessionState.EVENT_PAYLOAD : NO_EVENT;
        }
        return (seen & ACK_BOTH) == ACK_BOTH ? SessionState.EVENT_ACKED : NO_EVENT;
    }
}
