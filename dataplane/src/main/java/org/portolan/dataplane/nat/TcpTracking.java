package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * What was seen of a TCP connection, as bits in the session's line, and the {@link SessionState} events that follow
 * from it. Which segments count is {@link TcpWindow}'s to say.
 *
 * <p>Acknowledgments seen from both sides make a connection: after SYN, SYN+ACK, ACK; after a simultaneous open,
 * where both send SYN and then SYN+ACK (RFC 5382 REQ-2); and for a connection older than the router's start, which
 * has no SYN at all.
 *
 * <p>The exception is a connection that the outside opens. An inside server answers every SYN, a forged one too, so its
 * SYN+ACK proves nothing. The remote's acknowledgment does: until one comes that fits the SYN+ACK's sequence number,
 * the session stays TCP_INCOMING under its short timer. After an RST, which may be forged too, the remote's SYN alone
 * does not bring the session back to that timer; the server's SYN+ACK does. A server whose connection still lives
 * answers a SYN with a bare ACK (RFC 5961 section 4). A closed session's SYN does, if its number is beyond all of the
 * connection before it; for an older number the server's SYN+ACK decides again, as its time stamps may be newer (RFC
 * 6191).
 *
 * <p>A FIN from outside counts once the inside has acknowledged exactly it, and until then only while nothing was sent
 * beyond it: no forged one closes a session. The inside's own counts at once.
 *
 * <table>
 * <caption>a segment outside the window</caption>
 * <tr><th>segment</th><th>what becomes of it</th><th>why</th></tr>
 * <tr><td>any</td><td>counted; no event, no refresh</td><td>RFC 7857 sections 2 and 7.1: an RST that does not fit ends
 * nothing, nor does the inside's RST in answer to it</td></tr>
 * <tr><td>from inside, no RST, no SYN</td><td>counted; the connection is picked up from it and it counts like any
 * other</td><td>the inside is believed about its own connection</td></tr>
 * <tr><td>SYN, SYN+ACK</td><td>carried</td><td>a peer that has lost its connection opens a new one so, and the answer
 * tells it what to do (RFC 9293 3.5.1)</td></tr>
 * <tr><td>from inside</td><td>carried</td><td>it harms nobody but its own connection</td></tr>
 * <tr><td>from outside, opening or incoming</td><td>carried</td><td>it may be the answer that ends a half-open
 * connection</td></tr>
 * <tr><td>from outside, after a SYN from inside that was outside the window, until the inside goes on</td>
 * <td>carried</td><td>the inside has begun another connection, whose numbers nobody has said yet</td></tr>
 * <tr><td>from outside otherwise: RST, FIN, data, acknowledgment; established, closing or closed</td> <td>carried by
 * {@link WindowCheck#COUNT}, dropped by {@link WindowCheck#DROP}</td><td>the inside would drop it too, or answer it
 * with an acknowledgment that says nothing new</td></tr>
 * </table>
 *
 * <p>With {@link WindowCheck#OFF} every segment counts, a FIN from outside at once, and any SYN from outside reopens a
 * closed session of a forward.
 */
final class TcpTracking {
    private static final int ACK_OUT = 0x01;
    private static final int ACK_IN = 0x02;
    private static final int ACK_BOTH = ACK_OUT | ACK_IN;
    private static final int FIN_OUT = 0x04;
    private static final int FIN_IN = 0x08;
    private static final int FIN_BOTH = FIN_OUT | FIN_IN;

    /** The last that the outside has sent is a FIN; whether it is true shows when the inside acknowledges it. */
    private static final int FIN_CLAIMED = 0x10;

    /** The inside has sent a SYN into a connection that is there, and nothing since. */
    private static final int SYN_PENDING = 0x20;

    private static final int OPENING = SessionState.TCP_OPENING.code;
    private static final int INCOMING = SessionState.TCP_INCOMING.code;
    private static final int ESTABLISHED = SessionState.TCP_ESTABLISHED.code;
    private static final int CLOSING = SessionState.TCP_CLOSING.code;
    private static final int CLOSED = SessionState.TCP_CLOSED.code;

    /**
     * How far beyond the SYN+ACK an acknowledgment may be: a server may send data with it (RFC 7413), 10 segments (RFC
     * 6928). A forged one hits this once in 65,536 tries.
     */
    private static final int EARLY_DATA_BYTES = 1 << 16;

    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;
    private static final int NO_EVENT = -1;

    /** For a side: numbers are not judged. */
    private static final int UNJUDGED = -1;

    private TcpTracking() {}

    /**
     * Notes a segment outside the window, which counts for nothing.
     *
     * @param line address of the session's line
     * @return whether it may be dropped
     */
    static boolean ignore(final long line, final Packet p, final boolean outbound) {
        final int state = SessionLine.stateCode(line);
        final int before = Memory.u8(line + SessionLayout.TRACKING_OFFSET);
        if ((p.tcpFlags() & Tcp.SYN) != 0) {
            if (outbound && state == ESTABLISHED) {
                Memory.putU8(line + SessionLayout.TRACKING_OFFSET, before | SYN_PENDING);
            }
            return false;
        }
        return !outbound && state != OPENING && state != INCOMING && (before & SYN_PENDING) == 0;
    }

    /** Whether nothing is open that a segment of an established connection without SYN, FIN and RST could decide. */
    static boolean isSettled(final long line) {
        return (Memory.u8(line + SessionLayout.TRACKING_OFFSET) & (FIN_CLAIMED | SYN_PENDING)) == 0;
    }

    /**
     * Takes a segment into account that fits the window.
     *
     * @param p a segment with flags that {@link Tcp#check} lets through
     * @param side that sent it: the direction of the packet's {@link Match}
     * @param outbound whether it goes from inside to outside
     */
    static void trackInWindow(
            final SessionTable sessions, final int session, final Packet p, final int side, final boolean outbound) {
        final long line = sessions.line(session);
        final int before = Memory.u8(line + SessionLayout.TRACKING_OFFSET);
        final int special = p.tcpFlags() & (Tcp.SYN | Tcp.FIN | Tcp.RST) | before & (FIN_CLAIMED | SYN_PENDING);
        if (special != 0 || SessionLine.stateCode(line) != ESTABLISHED) {
            final int known = finished(sessions.companion(session), p, side, outbound, before);
            track(sessions, session, p, outbound, known, side);
        }
    }

    /** The tracking bits with what a segment that fits says about the outside's FIN. */
    private static int finished(
            final long companion, final Packet p, final int side, final boolean outbound, final int before) {
        if ((p.tcpFlags() & (Tcp.SYN | Tcp.RST)) != 0) {
            return before;
        }
        if (outbound) {
            final boolean acknowledged = (before & FIN_CLAIMED) != 0
                    && Tcp.acknowledgment(p.transport()) == TcpNumbers.end(companion, side ^ 1);
            return before & ~SYN_PENDING | (acknowledged ? FIN_IN : 0);
        }
        final int sequence = Tcp.sequence(p.transport());
        final int end = TcpWindow.endOf(p, sequence);
        if (end == sequence || end != TcpNumbers.end(companion, side)) {
            return before;
        }
        // The last that it sent: a FIN, or data where there was thought to be one.
        return (p.tcpFlags() & Tcp.FIN) != 0 ? before | FIN_CLAIMED : before & ~FIN_CLAIMED;
    }

    /** Takes a segment into account by its flags alone. */
    static void track(final SessionTable sessions, final int session, final Packet p, final boolean outbound) {
        final int before = Memory.u8(sessions.line(session) + SessionLayout.TRACKING_OFFSET);
        track(sessions, session, p, outbound, before, UNJUDGED);
    }

    /**
     * @param known the tracking bits, with what the segment's numbers have added
     * @param side that sent it, or {@link #UNJUDGED}
     */
    private static void track(
            final SessionTable sessions,
            final int session,
            final Packet p,
            final boolean outbound,
            final int known,
            final int side) {
        final long line = sessions.line(session);
        final int state = SessionLine.stateCode(line);
        final int flags = p.tcpFlags();
        final int before = Memory.u8(line + SessionLayout.TRACKING_OFFSET);
        final long companion = sessions.companion(session);
        // The session is a port forward's: the outside may open it again.
        final boolean fromOutside = SessionLine.isFromOutside(line);
        final boolean opens = (flags & SYN_ACK) == Tcp.SYN && (outbound || fromOutside);
        final boolean answers = outbound
                && fromOutside
                && (state == CLOSING || side != UNJUDGED && state == CLOSED)
                && (flags & SYN_ACK) == SYN_ACK
                && isLast(companion, p, side);
        final boolean reopens = answers || opens && (state == CLOSED || outbound && state == CLOSING);
        final int seen = (reopens ? 0 : known)
                | finished(p, outbound, side)
                | acknowledged(companion, before, answers ? INCOMING : state, p, outbound);
        if (seen != before) {
            Memory.putU8(line + SessionLayout.TRACKING_OFFSET, seen);
        }
        final int event;
        if (opens) {
            event = outbound ? SessionState.EVENT_SYN_OUT : SessionState.EVENT_SYN_IN;
        } else {
            event = answers ? SessionState.EVENT_ANSWERED : event(state, companion, p, before, seen, outbound, side);
        }
        final int next = event == NO_EVENT ? state : SessionState.next(state, event);
        if (next != state) {
            sessions.changeState(line, next);
        }
    }

    private static int finished(final Packet p, final boolean outbound, final int side) {
        if ((p.tcpFlags() & Tcp.FIN) == 0) {
            return 0;
        }
        return outbound ? FIN_OUT : side == UNJUDGED ? FIN_IN : 0;
    }

    /** @param state as it will be when a server's SYN+ACK opens its session again */
    private static int acknowledged(
            final long companion, final int before, final int state, final Packet p, final boolean outbound) {
        if ((p.tcpFlags() & (Tcp.ACK | Tcp.RST)) != Tcp.ACK) {
            return 0;
        }
        if (state == INCOMING) {
            return incomingAck(before, companion + CompanionLayout.EXPECTED_ACK, p, outbound);
        }
        return outbound ? ACK_OUT : ACK_IN;
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

    private static int event(
            final int state,
            final long companion,
            final Packet p,
            final int before,
            final int seen,
            final boolean outbound,
            final int side) {
        final int flags = p.tcpFlags();
        if ((flags & Tcp.RST) != 0) {
            return outbound ? SessionState.EVENT_RESET_OUT : SessionState.EVENT_RESET_IN;
        }
        final boolean isLastFin = (flags & Tcp.FIN) != 0 || (before & FIN_BOTH) != FIN_BOTH;
        if (isLastFin && (seen & FIN_BOTH) == FIN_BOTH) {
            return SessionState.EVENT_FINISHED;
        }
        if (state == CLOSED) {
            return carriesNews(companion, p, side) ? SessionState.EVENT_PAYLOAD : NO_EVENT;
        }
        return (seen & ACK_BOTH) == ACK_BOTH ? SessionState.EVENT_ACKED : NO_EVENT;
    }

    /** Whether a segment of a closed connection carries data, and none that is sent again. */
    private static boolean carriesNews(final long companion, final Packet p, final int side) {
        final int headers = p.headerLength() + Tcp.headerLength(p.transport());
        return (p.tcpFlags() & Tcp.SYN) == 0 && p.totalLength() > headers && isLast(companion, p, side);
    }

    /** Whether nothing beyond this segment was sent, as far as numbers are judged. */
    private static boolean isLast(final long companion, final Packet p, final int side) {
        return side == UNJUDGED || TcpWindow.endOf(p, Tcp.sequence(p.transport())) == TcpNumbers.end(companion, side);
    }
}
