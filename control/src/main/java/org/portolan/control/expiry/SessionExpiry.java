package org.portolan.control.expiry;

import java.util.function.IntSupplier;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.nat.LastSeen;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionState;
import org.portolan.dataplane.policy.Timeouts;

/**
 * The expiry scan of one worker's sessions. A pass over all of them is spread over a second, a slice each call, so
 * control is never away for long. It reads a session's line only if the operator gave UDP ports times of their own, and
 * the session is idle for longer than the shortest of them.
 */
public final class SessionExpiry {
    /** Slices of a pass. */
    private static final int SLICES = 100;

    private static final long SLICE_NS = 1_000_000_000L / SLICES;

    private final SessionReader sessions;
    private final CommandProxy commands;
    private final IntSupplier live;
    private final OpeningTimer opening;
    private final int[] timeoutS = new int[SessionState.COUNT];
    private final int sliceSize;
    private Timeouts configured;
    private volatile UdpPortTimes udpPorts;
    private int next;
    private long nextSliceNs;

    /**
     * @param live how many sessions there are
     * @param opening shortens the times of unanswered ones by that
     */
    public SessionExpiry(
            final SessionReader sessions,
            final CommandProxy commands,
            final Timeouts timeouts,
            final IntSupplier live,
            final OpeningTimer opening) {
        this.sessions = sessions;
        this.commands = commands;
        this.live = live;
        this.opening = opening;
        sliceSize = (sessions.capacity() + SLICES - 1) / SLICES;
        adopt(timeouts);
    }

    /** Other times from now on, for every session; none of them is touched for it. */
    public void adopt(final Timeouts timeouts) {
        configured = timeouts;
        opening.adopt(timeouts);
        udpPorts = new UdpPortTimes(timeouts.udpPortsS(), timeouts.udpS());
        timeoutS[SessionState.UDP.code] = timeouts.udpS();
        timeoutS[SessionState.TCP_ESTABLISHED.code] = timeouts.tcpEstablishedS();
        timeoutS[SessionState.TCP_CLOSING.code] = timeouts.tcpClosingS();
        timeoutS[SessionState.TCP_CLOSED.code] = timeouts.tcpClosingS();
        timeoutS[SessionState.ICMP.code] = timeouts.icmpS();
        timeoutS[SessionState.OTHER.code] = timeouts.otherS();
        adoptOpening();
    }

    /** The times of unanswered sessions, as full as the table is. */
    private void adoptOpening() {
        timeoutS[SessionState.TCP_OPENING.code] = opening.currentS(configured.tcpOpeningS());
        timeoutS[SessionState.UDP_INCOMING.code] = opening.currentS(configured.incomingS());
        timeoutS[SessionState.TCP_INCOMING.code] = opening.currentS(configured.incomingS());
        timeoutS[SessionState.INCOMING.code] = opening.currentS(configured.incomingS());
    }

    /**
     * Asks the worker to free what is over in the next slice, when a slice is due.
     *
     * @param nowNs monotonic
     * @param nowS seconds of the boot clock
     * @return commands sent
     */
    public int poll(final long nowNs, final int nowS) {
        if (nowNs - nextSliceNs < 0) {
            return 0;
        }
        nextSliceNs = nowNs + SLICE_NS;
        opening.update(live.getAsInt());
        adoptOpening();
        final int end = Math.min(next + sliceSize, sessions.capacity());
        int sent = 0;
        for (int session = next; session < end; session++) {
            final int word = sessions.lastSeenWord(session);
            if (word == 0 || !mayBeOver(word, nowS)) {
                continue;
            }
            final int generation = sessions.generation(session);
            // The port is this session's if the worker finds the same generation, which came before.
            if (isOver(session, word, nowS)) {
                if (!commands.expire(session, generation, word)) {
                    next = session;
                    return sent;
                }
                sent++;
            }
        }
        next = end == sessions.capacity() ? 0 : end;
        return sent;
    }

    /** Whether a session's timer may be over, as far as its word tells: without a look at its line. */
    private boolean mayBeOver(final int word, final int nowS) {
        final SessionState state = LastSeen.state(word);
        final int shortestS = state == SessionState.UDP ? udpPorts.shortestS() : timeoutS[state.code];
        return LastSeen.idleS(word, nowS) >= shortestS;
    }

    private boolean isOver(final int session, final int word, final int nowS) {
        if (LastSeen.state(word) != SessionState.UDP || udpPorts.isEmpty()) {
            return true;
        }
        return LastSeen.idleS(word, nowS) >= udpPorts.ofPortS(sessions.destinationPort(session));
    }

    /** Seconds until a session's timer is over if nothing more is seen of it, unless its port has its own time. */
    public int remainingS(final int word, final int nowS) {
        return timeoutS(LastSeen.state(word)) - LastSeen.idleS(word, nowS);
    }

    /** Idle time-out of a session in this state, s, unless its port has its own. */
    public int timeoutS(final SessionState state) {
        return timeoutS[state.code];
    }

    /**
     * Idle time-out of a session in this state, s.
     *
     * @param destinationPort the one that its opener sent to
     */
    public int timeoutS(final SessionState state, final int destinationPort) {
        final UdpPortTimes times = udpPorts;
        return state == SessionState.UDP && !times.isEmpty() ? times.ofPortS(destinationPort) : timeoutS(state);
    }
}
