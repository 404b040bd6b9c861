package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * Judges a TCP segment's numbers by what both sides have said, and notes what it adds. Known of each side are the end
 * of what it has sent, the right edge of what it may send, and the largest window that it has offered, with its scale
 * ({@link TcpNumbers}). The idea is Guido van Rooij's, "Real Stateful TCP Packet Filtering in IP Filter" (2001).
 *
 * <table>
 * <caption>a segment of one side fits if all of these hold; W is the largest window that the other side
 * offered</caption>
 * <tr><th>what</th><th>bound</th><th>why no stack trips over it</th></tr>
 * <tr><td>it begins</td><td>one beyond the right edge or before, or where the last one ended</td><td>a probe of a
 * closed window begins at the edge, and what follows one beyond it; how long the segment is does not matter, so merged
 * frames of 64 KiB fit</td></tr>
 * <tr><td>it ends</td><td>2 W + 64 KiB before the end of what was sent, or later; an RST or a FIN W (at least the data
 * of a SYN) before, or later</td><td>nothing older can be unacknowledged; twice of it is for segments that the network
 * kept back</td></tr>
 * <tr><td>it acknowledges</td><td>no more than the other side has sent</td><td>a NAT sees all that is sent</td></tr>
 * <tr><td>it acknowledges</td><td>2 of its own windows + 64 KiB less than that, or more; not asked of an RST</td>
 * <td>as above</td></tr>
 * <tr><td>RST of an opening</td><td>as above, or its acknowledgment fits the other side's SYN (RFC 9293 3.10.7.3)</td>
 * <td>a refusal has no number of its own</td></tr>
 * </table>
 *
 * <p><b>The inside is believed.</b> Nobody but an inside host can send from its address ({@code worker/IngressFilter}),
 * and no segment from outside makes a stack send other than its own true numbers, an RST apart. So the inside's segment
 * outside the window says that what is noted is another connection's: the connection is <em>picked up</em> from it, as
 * one is that is older than the router. What the outside sends is noted only if it fits what the inside has said.
 *
 * <p>A picked up connection has the largest scale, as nobody knows the one that the SYNs agreed on. Its windows are up
 * to 1 GiB wide. Otherwise a scale counts only if both SYNs have it (RFC 7323 2.2).
 */
final class TcpWindow {
    /** The segment fits, or nothing is known that it could be judged by. */
    static final int FITS = 0;

    /** The inside's segment did not fit; from now on it does. */
    static final int PICKED_UP = 1;

    /** The segment does not fit, and nothing was noted. */
    static final int OUTSIDE = 2;

    private static final int LONGEST_PACKET_BYTES = 0xFFFF;

    /** How much more than a window a segment may be old. */
    private static final int SLACK_BYTES = 1 << 16;

    /** Two of these and a window are less than half of the numbers, so that before and after stay apart. */
    private static final int OLDEST_BYTES = (1 << 30) - (1 << 18);

    /** More than a SYN can carry (RFC 7413); a forged acknowledgment hits it once in 262,144 tries. */
    private static final int SYN_DATA_BYTES = 1 << 14;

    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;
    private static final int OPENING = SessionState.TCP_OPENING.code;
    private static final int INCOMING = SessionState.TCP_INCOMING.code;
    private static final int ESTABLISHED = SessionState.TCP_ESTABLISHED.code;
    private static final int CLOSED = SessionState.TCP_CLOSED.code;

    private TcpWindow() {}

    /**
     * Judges a segment, and notes it if it fits.
     *
     * @param line address of the session's line
     * @param companion address of its companion
     * @param state of the session, before the segment
     * @param side that sent it: the direction of the packet's {@link Match}
     * @param outbound whether that is the inside
     * @return {@link #FITS}, {@link #PICKED_UP} or {@link #OUTSIDE}
     */
    static int judge(
            final long line,
            final long companion,
            final int state,
            final Packet p,
            final int side,
            final boolean outbound) {
        if ((p.tcpFlags() & Tcp.SYN) != 0) {
            return outbound
                    ? synFromInside(line, companion, state, p, side)
                    : synFromOutside(line, companion, state, p, side);
        }
        if (TcpNumbers.window(companion, side) == 0 || TcpNumbers.window(companion, side ^ 1) == 0) {
            return outbound
                    ? firstFromInside(line, companion, state, p, side)
                    : firstFromOutside(line, companion, state, p, side);
        }
        if (fits(line, companion, state, p, side)) {
            if ((p.tcpFlags() & Tcp.RST) == 0) {
                note(line, companion, state, p, side);
            }
            return FITS;
        }
        if (outbound && (p.tcpFlags() & Tcp.RST) == 0) {
            pickUp(line, companion, state, p, side);
            return PICKED_UP;
        }
        return OUTSIDE;
    }

    /**
     * The same for what nearly every segment is, in as few steps as there can be: one of an established connection,
     * without SYN, FIN and RST, whole, with an acknowledgment, that fits. Notes what it adds.
     *
     * @return false when it may be another one, and nothing was noted
     */
    static boolean carries(final long line, final long companion, final Packet p, final int side) {
        final int other = side ^ 1;
        final long tcp = p.transport();
        final long numbers = Memory.u64(tcp + Tcp.SEQUENCE_OFFSET);
        final int word = Memory.u32(tcp + Tcp.DATA_OFFSET_OFFSET);
        final int windows = Memory.intAt(companion + CompanionLayout.ORIGINAL_WINDOW_OFFSET);
        final int mine = windows >>> (side << 4) & 0xFFFF;
        final int theirs = windows >>> (other << 4) & 0xFFFF;
        final int scales = Memory.shortAt(line + SessionLayout.ORIGINAL_SCALE_OFFSET);
        final int myScale = scales >>> (side << 3) & TcpNumbers.SCALE_MASK;
        final int sequence = (int) (numbers >>> 32);
        final int acknowledgment = (int) numbers;
        final int last = sequence + p.totalLength() - p.headerLength() - (word >>> 28 << 2);
        final int end = TcpNumbers.end(companion, side);
        final int edge = TcpNumbers.establishedEdge(companion, side);
        final int behind = TcpNumbers.end(companion, other) - acknowledgment;
        if (mine == 0
                || theirs == 0
                || sequence - edge > 1 && sequence - end > 0
                || last - end + oldest(theirs << (scales >>> (other << 3) & TcpNumbers.SCALE_MASK)) < 0
                || behind < 0
                || behind > oldest(mine << myScale)) {
            return false;
        }
        if (last - end > 0) {
            TcpNumbers.putEnd(companion, side, last);
        }
        final int window = word & 0xFFFF;
        if (window > mine) {
            TcpNumbers.putWindow(companion, side, window);
        }
        final int allowed = acknowledgment + (window << myScale);
        if (allowed - TcpNumbers.establishedEdge(companion, other) > 0) {
            TcpNumbers.putEdge(companion, other, allowed);
        }
        return true;
    }

    /** The bounds of the class's table; both sides have been heard. */
    private static boolean fits(
            final long line, final long companion, final int state, final Packet p, final int side) {
        final int other = side ^ 1;
        final int flags = p.tcpFlags();
        final long tcp = p.transport();
        final int sequence = Tcp.sequence(tcp);
        final int end = TcpNumbers.end(companion, side);
        final int window = TcpNumbers.scaled(line, companion, other);
        final int oldest = (flags & (Tcp.RST | Tcp.FIN)) != 0
                ? Math.max(SYN_DATA_BYTES, Math.min(window, OLDEST_BYTES))
                : oldest(window);
        final boolean sends = (sequence - TcpNumbers.edge(line, companion, state, side) <= 1 || sequence - end <= 0)
                && endOf(p, sequence) - end + oldest >= 0;
        if ((flags & Tcp.RST) != 0) {
            return sends || (state == OPENING || state == INCOMING) && acknowledgesSyn(companion, other, p);
        }
        // Every segment without SYN and RST acknowledges: Tcp.check.
        final int behind = TcpNumbers.end(companion, other) - Tcp.acknowledgment(tcp);
        return sends
                && ((flags & Tcp.ACK) == 0
                        || behind >= 0 && behind <= oldest(TcpNumbers.scaled(line, companion, side)));
    }

    private static int oldest(final int window) {
        return window >= OLDEST_BYTES >> 1 ? OLDEST_BYTES : 2 * window + SLACK_BYTES;
    }

    private static void note(final long line, final long companion, final int state, final Packet p, final int side) {
        final long tcp = p.transport();
        TcpNumbers.raiseEnd(companion, side, endOf(p, Tcp.sequence(tcp)));
        final int window = Tcp.window(tcp);
        if (window > TcpNumbers.window(companion, side)) {
            TcpNumbers.putWindow(companion, side, window);
        }
        TcpNumbers.raiseEdge(
                companion, state, side ^ 1, Tcp.acknowledgment(tcp) + (window << TcpNumbers.scale(line, side)));
    }

    /** A segment without SYN from inside, while one side has not been heard. */
    private static int firstFromInside(
            final long line, final long companion, final int state, final Packet p, final int side) {
        final boolean resets = (p.tcpFlags() & Tcp.RST) != 0;
        if (TcpNumbers.window(companion, side) == 0) {
            if (!resets && state != INCOMING) {
                pickUp(line, companion, state, p, side);
            } else if (!resets && acknowledgesSyn(companion, side ^ 1, p)) {
                overtake(line, companion, state, p, side);
            }
            return FITS;
        }
        if (resets) {
            final int behind = TcpNumbers.end(companion, side) - Tcp.sequence(p.transport());
            return behind >= 0 && behind < SYN_DATA_BYTES ? FITS : OUTSIDE;
        }
        pickUp(line, companion, state, p, side);
        return PICKED_UP;
    }

    /** A segment without SYN from outside, while one side has not been heard. */
    private static int firstFromOutside(
            final long line, final long companion, final int state, final Packet p, final int side) {
        if (TcpNumbers.window(companion, side ^ 1) == 0) {
            return FITS;
        }
        if (!acknowledgesSyn(companion, side ^ 1, p)) {
            return OUTSIDE;
        }
        if ((p.tcpFlags() & Tcp.RST) == 0) {
            overtake(line, companion, state, p, side);
        }
        return FITS;
    }

    /** Takes the numbers of a segment that has overtaken its side's SYN+ACK. */
    private static void overtake(
            final long line, final long companion, final int state, final Packet p, final int side) {
        final long tcp = p.transport();
        final int window = Tcp.window(tcp);
        Memory.putU8(TcpNumbers.scaleAddress(line, side), Tcp.MAXIMUM_WINDOW_SCALE);
        TcpNumbers.hear(companion, state, side, endOf(p, Tcp.sequence(tcp)), Math.max(1, window));
        TcpNumbers.raiseEdge(
                companion, state, side ^ 1, Tcp.acknowledgment(tcp) + (window << Tcp.MAXIMUM_WINDOW_SCALE));
    }

    private static int synFromInside(
            final long line, final long companion, final int state, final Packet p, final int side) {
        final int other = side ^ 1;
        if (state == ESTABLISHED) {
            return unnoted(line, companion, state, p, side);
        }
        if ((p.tcpFlags() & SYN_ACK) == Tcp.SYN) {
            final boolean again =
                    TcpNumbers.isHeard(companion, side) && isJustBefore(p, TcpNumbers.end(companion, side));
            begin(line, companion, state, p, side);
            if (state == INCOMING || state == OPENING && again) {
                agree(line, companion);
            } else {
                TcpNumbers.putWindow(companion, other, 0);
            }
            return FITS;
        }
        if (state != OPENING && state != INCOMING) {
            // Sent again late, or the answer to a SYN that opens the session again.
            final int verdict = unnoted(line, companion, state, p, side);
            if (verdict == FITS || !SessionLine.isFromOutside(line)) {
                return verdict;
            }
        }
        final boolean known = TcpNumbers.isHeard(companion, other) && acknowledgesSyn(companion, other, p);
        begin(line, companion, state, p, side);
        if (!known) {
            // The inside answers a SYN that was not noted.
            Memory.putU8(TcpNumbers.scaleAddress(line, other), Tcp.MAXIMUM_WINDOW_SCALE);
            TcpNumbers.hear(companion, state, other, Tcp.acknowledgment(p.transport()), TcpNumbers.LARGEST_WINDOW);
        }
        agree(line, companion);
        TcpNumbers.raiseEdge(companion, state, other, Tcp.acknowledgment(p.transport()) + Tcp.window(p.transport()));
        return FITS;
    }

    private static int synFromOutside(
            final long line, final long companion, final int state, final Packet p, final int side) {
        final int other = side ^ 1;
        if ((p.tcpFlags() & SYN_ACK) == Tcp.SYN) {
            if (state == CLOSED && SessionLine.isFromOutside(line)) {
                return reopens(line, companion, state, p, side);
            }
            final boolean isFirst = state == OPENING && !TcpNumbers.isHeard(companion, side);
            if (isFirst || state == INCOMING && !TcpNumbers.isHeard(companion, other)) {
                begin(line, companion, state, p, side);
                if (isFirst) {
                    agree(line, companion);
                }
                return FITS;
            }
            if (state != OPENING && state != INCOMING) {
                return unnoted(line, companion, state, p, side);
            }
            // The same again, with data on it. Of two openings the inside decides which one it answers.
            if (isJustBefore(p, TcpNumbers.end(companion, side))) {
                TcpNumbers.raiseEnd(companion, side, endOf(p, Tcp.sequence(p.transport())));
            }
            return FITS;
        }
        if (state != OPENING) {
            return unnoted(line, companion, state, p, side);
        }
        if (!TcpNumbers.isHeard(companion, other)) {
            return FITS;
        }
        if (!acknowledgesSyn(companion, other, p)) {
            return OUTSIDE;
        }
        begin(line, companion, state, p, side);
        agree(line, companion);
        TcpNumbers.raiseEdge(companion, state, other, Tcp.acknowledgment(p.transport()) + Tcp.window(p.transport()));
        return FITS;
    }

    /** RFC 1122 4.2.2.13, RFC 6191: beyond all of the connection before it, so an old SYN that is sent again is not. */
    private static int reopens(final long line, final long companion, final int state, final Packet p, final int side) {
        if (TcpNumbers.isHeard(companion, side) && Tcp.sequence(p.transport()) - TcpNumbers.end(companion, side) <= 0) {
            return OUTSIDE;
        }
        begin(line, companion, state, p, side);
        TcpNumbers.putWindow(companion, side ^ 1, 0);
        return FITS;
    }

    /** A SYN into a connection that is there. */
    private static int unnoted(final long line, final long companion, final int state, final Packet p, final int side) {
        return !TcpNumbers.isHeard(companion, side)
                        || !TcpNumbers.isHeard(companion, side ^ 1)
                        || fits(line, companion, state, p, side)
                ? FITS
                : OUTSIDE;
    }

    /** Takes a side's numbers from its SYN, whose window is never scaled. */
    private static void begin(final long line, final long companion, final int state, final Packet p, final int side) {
        final long tcp = p.transport();
        final int option = Tcp.windowScale(tcp);
        final int scale = Math.max(0, option);
        final int window = Math.max(1, Tcp.window(tcp) + (1 << scale) - 1 >> scale);
        final boolean again = (state == OPENING || state == INCOMING)
                && TcpNumbers.isHeard(companion, side)
                && isJustBefore(p, TcpNumbers.end(companion, side));
        Memory.putU8(TcpNumbers.scaleAddress(line, side), option < 0 ? TcpNumbers.NO_SCALE : scale);
        if (again) {
            TcpNumbers.raiseEnd(companion, side, endOf(p, Tcp.sequence(tcp)));
            TcpNumbers.putWindow(companion, side, Math.max(window, TcpNumbers.window(companion, side)));
        } else {
            TcpNumbers.hear(companion, state, side, endOf(p, Tcp.sequence(tcp)), window);
        }
    }

    /** If only one of two SYNs has a scale, none is used. */
    private static void agree(final long line, final long companion) {
        final long original = TcpNumbers.scaleAddress(line, Match.ORIGINAL);
        final long reply = TcpNumbers.scaleAddress(line, Match.REPLY);
        if (((Memory.u8(original) | Memory.u8(reply)) & TcpNumbers.NO_SCALE) != 0) {
            for (int side = Match.ORIGINAL; side <= Match.REPLY; side++) {
                TcpNumbers.putWindow(
                        companion, side, Math.min(TcpNumbers.LARGEST_WINDOW, TcpNumbers.scaled(line, companion, side)));
            }
            Memory.putU8(original, TcpNumbers.NO_SCALE);
            Memory.putU8(reply, TcpNumbers.NO_SCALE);
        }
    }

    /** Takes the numbers of both sides from the inside's segment. */
    private static void pickUp(final long line, final long companion, final int state, final Packet p, final int side) {
        final int other = side ^ 1;
        final long tcp = p.transport();
        final int end = endOf(p, Tcp.sequence(tcp));
        final int acknowledgment = Tcp.acknowledgment(tcp);
        final int window = Tcp.window(tcp);
        Memory.putU8(TcpNumbers.scaleAddress(line, side), Tcp.MAXIMUM_WINDOW_SCALE);
        Memory.putU8(TcpNumbers.scaleAddress(line, other), Tcp.MAXIMUM_WINDOW_SCALE);
        TcpNumbers.hear(companion, state, side, end, Math.max(1, window));
        TcpNumbers.hear(companion, state, other, acknowledgment, TcpNumbers.LARGEST_WINDOW);
        TcpNumbers.raiseEdge(companion, state, side, end + (TcpNumbers.LARGEST_WINDOW << Tcp.MAXIMUM_WINDOW_SCALE));
        TcpNumbers.raiseEdge(companion, state, other, acknowledgment + (window << Tcp.MAXIMUM_WINDOW_SCALE));
    }

    /** Whether a segment acknowledges a side's SYN and nothing more than can have come with it. */
    private static boolean acknowledgesSyn(final long companion, final int side, final Packet p) {
        final int behind = TcpNumbers.end(companion, side) - Tcp.acknowledgment(p.transport());
        return (p.tcpFlags() & Tcp.ACK) != 0 && behind >= 0 && behind < SYN_DATA_BYTES;
    }

    /** Whether a SYN is of the connection whose side has sent up to an end, which data may have raised before. */
    private static boolean isJustBefore(final Packet p, final int end) {
        final int behind = end - endOf(p, Tcp.sequence(p.transport()));
        return behind > -SYN_DATA_BYTES && behind <= TcpNumbers.LARGEST_WINDOW;
    }

    /** The number after the segment's last; a first fragment's end is nowhere in it, so it is as long as can be. */
    static int endOf(final Packet p, final int sequence) {
        final int flags = p.tcpFlags();
        final int headers = p.headerLength() + Tcp.headerLength(p.transport());
        final int bytes = (Ipv4.isFragment(p.ip()) ? LONGEST_PACKET_BYTES : p.totalLength()) - headers;
        // SYN is bit 1, FIN bit 0.
        return sequence + bytes + (flags >> 1 & 1) + (flags & 1);
    }
}
