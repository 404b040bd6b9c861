package org.portolan.control.expiry;

import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.nat.LastSeen;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionState;
import org.portolan.dataplane.policy.Timeouts;

/**
 * The expiry scan of one worker's sessions. A pass over all of them is spread over a second, a slice each call, so
 * control is never away for long.
 */
public final class SessionExpiry {
    /** Slices of a pass. */
    private static final int SLICES = 100;

    private static final long SLICE_NS = 1_000_000_000L / SLICES;

    private final SessionReader sessions;
    private final CommandProxy commands;
    private final int[] timeoutS = new int[SessionState.COUNT];
    private final int sliceSize;
    private int next;
    private long nextSliceNs;

    public SessionExpiry(final SessionReader sessions, final CommandProxy commands, final Timeouts timeouts) {
        this.sessions = sessions;
        this.commands = commands;
        sliceSize = (sessions.capacity() + SLICES - 1) / SLICES;
        adopt(timeouts);
    }

    /** Other times from now on, for every session; none of them is touched for it. */
    public void adopt(final Timeouts timeouts) {
        timeoutS[SessionState.UDP.code] = timeouts.udpS();
        timeoutS[SessionState.TCP_OPENING.code] = timeouts.tcpOpeningS();
        timeoutS[SessionState.TCP_ESTABLISHED.code] = timeouts.tcpEstablishedS();
        timeoutS[SessionState.TCP_CLOSING.code] = timeouts.tcpClosingS();
        timeoutS[SessionState.TCP_CLOSED.code] = timeouts.tcpClosingS();
        timeoutS[SessionState.ICMP.code] = timeouts.icmpS();
        timeoutS[SessionState.UDP_INCOMING.code] = timeouts.incomingS();
        timeoutS[SessionState.TCP_INCOMING.code] = timeouts.incomingS();
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
        final int end = Math.min(next + sliceSize, sessions.capacity());
        int sent = 0;
        for (int session = next; session < end; session++) {
            final int word = sessions.lastSeenWord(session);
            if (word != 0 && isOver(word, nowS)) {
                if (!commands.expire(session, sessions.generation(session), word)) {
                    next = session;
                    return sent;
                }
                sent++;
            }
        }
        next = end == sessions.capacity() ? 0 : end;
        return sent;
    }

    private boolean isOver(final int word, final int nowS) {
        return remainingS(word, nowS) <= 0;
    }

    /** Seconds until the session's timer is over if nothing more is seen of it; 0 or less when it is. */
    public int remainingS(final int word, final int nowS) {
        return timeoutS[LastSeen.state(word).code] - LastSeen.idleS(word, nowS);
    }

    /** Idle time-out of a session in this state, s. */
    public int timeoutS(final SessionState state) {
        return timeoutS[state.code];
    }
}
