package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put16;
import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u32;
import static org.portolan.dataplane.model.SpecBytes.u8;

import org.portolan.dataplane.counter.DropReason;

/** TCP (RFC 9293), and what RFC 5382 and RFC 7857 section 2 say of its sessions. */
final class SpecTcp {
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;
    private static final int HEADER_BYTES = 20;

    /** A server may send this much with its SYN+ACK (RFC 7413, RFC 6928), and an acknowledgment may cover it. */
    private static final int EARLY_DATA_BYTES = 1 << 16;

    private SpecTcp() {}

    /** RFC 9293 3.1: a whole header, real ports, and flags that some stack can send. */
    static DropReason check(final SpecPacket packet) {
        final byte[] bytes = packet.bytes;
        final int tcp = packet.headerLength();
        final int available = bytes.length - tcp;
        if (available < HEADER_BYTES) {
            return DropReason.TCP_LENGTH;
        }
        final int header = dataOffset(bytes, tcp);
        if (header < HEADER_BYTES || header > available) {
            return DropReason.TCP_LENGTH;
        }
        if (u16(bytes, tcp) == 0 || u16(bytes, tcp + 2) == 0) {
            return DropReason.TCP_PORT_ZERO;
        }
        final int flags = u8(bytes, tcp + 13);
        final boolean saysSomething = (flags & (SYN | RST | ACK)) != 0;
        final boolean opensAndEnds = (flags & SYN) != 0 && (flags & (FIN | RST)) != 0;
        if (!saysSomething || opensAndEnds) {
            return DropReason.TCP_FLAGS;
        }
        packet.is(
                SpecPacket.Kind.TCP,
                new SpecFlow(
                        SpecProtocol.TCP, packet.source(), u16(bytes, tcp), packet.destination(), u16(bytes, tcp + 2)));
        return DropReason.NONE;
    }

    private static int dataOffset(final byte[] bytes, final int tcp) {
        return (u8(bytes, tcp + 12) >>> 4) * 4;
    }

    // ---- who may open

    /**
     * RFC 5382 REQ-2: a connection may be older than the router, so any segment from inside opens one but an RST, which
     * ends something, and a SYN+ACK, which answers something.
     */
    static boolean mayOpenFromInside(final int flags) {
        return (flags & RST) == 0 && (flags & (SYN | ACK)) != (SYN | ACK);
    }

    /** RFC 5382 REQ-4: from outside only a plain SYN opens one, on a forward. */
    static boolean mayOpenFromOutside(final int flags) {
        return (flags & (SYN | ACK | RST | FIN)) == SYN;
    }

    /**
     * Whether a change of state begins a timer, whoever brought it about: a remote host must not hold a session by
     * closing a connection and sending on it again and again.
     */
    static boolean beginsTimer(final SpecState before, final SpecState after) {
        final boolean wasOver = before == SpecState.TCP_CLOSING || before == SpecState.TCP_CLOSED;
        final boolean isOver = after == SpecState.TCP_CLOSING || after == SpecState.TCP_CLOSED;
        return !wasOver || !isOver;
    }

    static SpecState opened(final boolean fromOutside) {
        return fromOutside ? SpecState.TCP_INCOMING : SpecState.TCP_OPENING;
    }

    // ---- state

    /**
     * What was seen of a connection.
     *
     * @param ackOut an acknowledgment from inside; for one that the outside opened, its SYN+ACK
     * @param expectedAck what the remote has to acknowledge, when an outside host opened the connection
     */
    record Seen(boolean ackOut, boolean ackIn, boolean finOut, boolean finIn, int expectedAck) {
        static final Seen NOTHING = new Seen(false, false, false, false, 0);

        Seen forgotten() {
            return new Seen(false, false, false, false, expectedAck);
        }
    }

    private static boolean has(final int flags, final int flag) {
        return (flags & flag) != 0;
    }

    /**
     * Takes a segment into account (RFC 7857 2, RFC 6146 3.5.2): by its flags, and for a connection that an outside
     * host opened by the number that the remote acknowledges, as a server answers a forged SYN too (RFC 5961 4).
     *
     * <ol>
     * <li>A SYN from a side that may open begins the session again when it is closed, or closing and the SYN is the
     * inside's; otherwise it changes nothing but that the inside's own SYN on a forward's session makes it the
     * inside's.
     * <li>On a forward's closing session the server's SYN+ACK says that there is no connection any more.
     * <li>An RST makes it closing; the inside's own on an established connection makes it closed.
     * <li>FINs of both sides make it closed. Payload after that makes it closing, but not a SYN's, which is of another connection.
     * <li>Acknowledgments of both sides make it established.
     * </ol>
     */
    static void track(final SpecSession session, final SpecPacket packet, final boolean outbound) {
        final SpecState state = session.state;
        final int flags = packet.tcpFlags();
        final boolean opens = has(flags, SYN) && !has(flags, ACK) && (outbound || session.fromOutside);
        final boolean serverBeginsAgain =
                outbound && session.fromOutside && state == SpecState.TCP_CLOSING && has(flags, SYN) && has(flags, ACK);
        final boolean isOver = state == SpecState.TCP_CLOSED || outbound && state == SpecState.TCP_CLOSING;
        final SpecState judged = serverBeginsAgain ? SpecState.TCP_INCOMING : state;
        final Seen before = serverBeginsAgain || opens && isOver ? session.tcp.forgotten() : session.tcp;
        session.tcp = see(before, session.tcp.ackOut(), judged, packet, outbound);
        if (serverBeginsAgain) {
            session.state = SpecState.TCP_INCOMING;
        } else if (opens) {
            session.state = outbound ? afterOwnSyn(state) : afterSynFromOutside(state);
        } else if (has(flags, RST)) {
            session.state = afterReset(state, outbound);
        } else if (has(flags, FIN) && session.tcp.finOut() && session.tcp.finIn()) {
            session.state = SpecState.TCP_CLOSED;
        } else if (state == SpecState.TCP_CLOSED) {
            session.state = hasPayload(packet) && !has(flags, SYN) ? SpecState.TCP_CLOSING : state;
        } else if (session.tcp.ackOut() && session.tcp.ackIn()) {
            session.state = state == SpecState.TCP_CLOSING ? state : SpecState.TCP_ESTABLISHED;
        }
    }

    private static Seen see(
            final Seen before,
            final boolean serverHasAnswered,
            final SpecState state,
            final SpecPacket packet,
            final boolean outbound) {
        final int flags = packet.tcpFlags();
        final boolean finOut = before.finOut() || outbound && has(flags, FIN);
        final boolean finIn = before.finIn() || !outbound && has(flags, FIN);
        boolean ackOut = before.ackOut();
        boolean ackIn = before.ackIn();
        int expected = before.expectedAck();
        if (has(flags, ACK) && !has(flags, RST)) {
            final int tcp = packet.headerLength();
            if (state != SpecState.TCP_INCOMING) {
                ackOut |= outbound;
                ackIn |= !outbound;
            } else if (outbound) {
                if (has(flags, SYN)) {
                    ackOut = true;
                    expected = u32(packet.bytes, tcp + 4) + 1;
                }
            } else if (serverHasAnswered) {
                final int beyond = u32(packet.bytes, tcp + 8) - expected;
                ackIn |= beyond >= 0 && beyond < EARLY_DATA_BYTES;
            }
        }
        return new Seen(ackOut, ackIn, finOut, finIn, expected);
    }

    /** RFC 5961 4: a SYN into a live connection changes nothing, the peer's answer decides. */
    private static SpecState afterOwnSyn(final SpecState state) {
        return state == SpecState.TCP_ESTABLISHED ? state : SpecState.TCP_OPENING;
    }

    /** A forged SYN must not take a closing connection to the shortest timer. */
    private static SpecState afterSynFromOutside(final SpecState state) {
        return state == SpecState.TCP_CLOSED ? SpecState.TCP_INCOMING : state;
    }

    /** RFC 7857 2.2: an RST may be forged, so it ends nothing; the inside is believed about its own connection. */
    private static SpecState afterReset(final SpecState state, final boolean outbound) {
        return switch (state) {
            case TCP_OPENING -> SpecState.TCP_CLOSING;
            case TCP_ESTABLISHED -> outbound ? SpecState.TCP_CLOSED : SpecState.TCP_CLOSING;
            default -> state;
        };
    }

    private static boolean hasPayload(final SpecPacket packet) {
        final int tcp = packet.headerLength();
        return packet.bytes.length > tcp + dataOffset(packet.bytes, tcp);
    }

    // ---- rewriting

    /** Writes ports and checksum of a segment whose addresses are written already. */
    static void translate(final byte[] packet, final byte[] before, final int tcp, final SpecFlow flow) {
        put16(packet, tcp, flow.sourcePort());
        put16(packet, tcp + 2, flow.destinationPort());
        putChecksum(packet, before, tcp);
    }

    private static void putChecksum(final byte[] packet, final byte[] before, final int tcp) {
        final int sumBefore = SpecPacket.transportSum(before, tcp, SpecProtocol.TCP);
        final int sumAfter = SpecPacket.transportSum(packet, tcp, SpecProtocol.TCP);
        put16(packet, tcp + 16, SpecChecksum.afterChange(u16(before, tcp + 16), sumBefore, sumAfter));
    }

    /** RFC 4459 3.2: each MSS option of a SYN is lowered to what both links carry, and never raised. */
    static void clampMss(final byte[] packet, final int tcp, final int mtu) {
        final byte[] before = packet.clone();
        final int most = mtu - SpecPacket.HEADER_BYTES - HEADER_BYTES;
        final int end = tcp + dataOffset(packet, tcp);
        int at = tcp + HEADER_BYTES;
        while (at < end && u8(packet, at) != 0) {
            if (u8(packet, at) == 1) {
                at++;
                continue;
            }
            final int length = at + 1 < end ? u8(packet, at + 1) : 0;
            if (length < 2 || at + length > end) {
                break;
            }
            if (u8(packet, at) == 2 && length == 4 && u16(packet, at + 2) > most) {
                put16(packet, at + 2, most);
            }
            at += length;
        }
        putChecksum(packet, before, tcp);
    }
}
