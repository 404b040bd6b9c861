package org.portolan.dataplane.nat;

/**
 * A session and which of its two flows a packet has, in one int: the session's number above the direction's bit. It is
 * also what the session index holds. A negative one is not a match.
 */
public final class Match {
    /** The packet's flow is the session's original one: it comes from the side that opened the session. */
    static final int ORIGINAL = 0;

    /** The packet's flow is the session's reply. */
    static final int REPLY = 1;

    private Match() {}

    static int of(final int session, final int direction) {
        return session << 1 | direction;
    }

    /** The session's number; of a negative match -1 or another negative number. */
    public static int session(final int match) {
        return match >> 1;
    }

    static int direction(final int match) {
        return match & 1;
    }
}
