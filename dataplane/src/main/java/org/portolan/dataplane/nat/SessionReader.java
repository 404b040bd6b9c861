package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.wire.Flow;

/**
 * The sessions as another thread may read them: lock-free, without allocation, never in the worker's way.
 * Stateless, so any number of threads may share one. Not to be used after the {@link Nat} is closed.
 *
 * <p>For expiry: take {@link #lastSeenWord}; when its timer is over, take {@link #generation} and send both to the
 * worker, which frees the session only if neither has changed since. A session that was used, changed state or was
 * freed in between is left alone.
 */
public final class SessionReader {
    private final SessionTable sessions;

    SessionReader(final SessionTable sessions) {
        this.sessions = sessions;
    }

    /** How many sessions there can be; indices go from 0 to one less. */
    public int capacity() {
        return sessions.capacity();
    }

    /**
     * The {@link LastSeen} word of a session, 0 when it is free. Written by the worker with release, read with
     * acquire.
     */
    public int lastSeenWord(final int session) {
        return SharedWord.observeInt(sessions.lastSeenAddress(session));
    }

    /** The session's generation; odd while the worker writes. */
    public int generation(final int session) {
        return SharedWord.observeInt(sessions.line(session) + SessionLayout.GENERATION_OFFSET);
    }

    /**
     * Reads one field without checking the generation, as the others below do: another thread may get a mix of two
     * sessions, so these are the worker's own. Other threads use {@link #snapshot}.
     */
    int insideAddress(final int session) {
        return SessionLine.insideAddress(sessions.line(session));
    }

    /** Port, or a query's identifier inside. */
    int insidePort(final int session) {
        return SessionLine.insidePort(sessions.line(session));
    }

    int outsideAddress(final int session) {
        return SessionLine.outsideAddress(sessions.line(session));
    }

    /** Port, or a query's identifier outside. */
    int outsidePort(final int session) {
        return SessionLine.outsidePort(sessions.line(session));
    }

    int remoteAddress(final int session) {
        return SessionLine.remoteAddress(sessions.line(session));
    }

    /** 0 for a query, which has none. */
    int remotePort(final int session) {
        return SessionLine.remotePort(sessions.line(session));
    }

    /**
     * The port that the session's opener sent to; of a query its identifier. Any thread, if nothing is done with it
     * unless the {@link #generation} is the same as one taken before.
     */
    public int destinationPort(final int session) {
        return Flow.destinationPort(SessionLine.ports(sessions.line(session), Match.ORIGINAL));
    }

    /** IP protocol number. */
    int protocol(final int session) {
        return SessionLine.protocol(sessions.line(session));
    }

    SessionState state(final int session) {
        return SessionState.ofCode(SessionLine.stateCode(sessions.line(session)));
    }

    /**
     * Copies a session into {@code row}.
     *
     * @return whether the row is one whole session; false when it is free or changed meanwhile (then try again, or
     *     later)
     */
    public boolean snapshot(final int session, final SessionRow row) {
        final int before = generation(session);
        final int word = lastSeenWord(session);
        if (word == 0 || (before & 1) != 0) {
            return false;
        }
        final long line = sessions.line(session);
        final int outbound = SessionLine.outbound(line);
        final int stateCode = SessionLine.stateCode(line);
        row.protocol = SessionLine.protocol(line);
        row.realm = SessionLine.realm(line);
        row.insideAddress = SessionLine.insideAddress(line);
        row.insidePort = SessionLine.insidePort(line);
        row.outsideAddress = SessionLine.outsideAddress(line);
        row.outsidePort = SessionLine.outsidePort(line);
        row.remoteAddress = SessionLine.remoteAddress(line);
        row.remotePort = SessionLine.remotePort(line);
        row.fromOutside = SessionLine.isFromOutside(line);
        row.hairpin = SessionLine.isHairpin(line);
        row.insideInterface = Memory.u8(line + SessionLayout.INTERFACE_OFFSET);
        row.bytesOut = SharedWord.observeLong(SessionLine.bytes(line, outbound));
        row.bytesIn = SharedWord.observeLong(SessionLine.bytes(line, outbound ^ 1));
        SharedWord.readFence();
        if (generation(session) != before || stateCode == SessionState.FREE.code) {
            return false;
        }
        row.index = session;
        row.generation = before;
        row.state = SessionState.ofCode(stateCode);
        row.lastSeen = word;
        return true;
    }
}
