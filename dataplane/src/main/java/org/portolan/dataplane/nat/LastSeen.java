package org.portolan.dataplane.nat;

/**
 * A session's word in the dense last-seen array: the second of its last refresh in the upper 28 bits (seconds since
 * the router's start, enough for eight years), its {@link SessionState} code in the lower four. 0 is a free
 * session.
 *
 * <p>The owning worker writes it (release), at most once a second a session or when the state changes; control
 * reads it (acquire) and scans nothing else for expiry.
 */
public final class LastSeen {
    private static final int STATE_BITS = 4;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;

    private LastSeen() {}

    static int word(final int nowS, final int stateCode) {
        return nowS << STATE_BITS | stateCode;
    }

    /** Seconds since the router's start. */
    public static int seconds(final int word) {
        return word >>> STATE_BITS;
    }

    static int stateCode(final int word) {
        return word & STATE_MASK;
    }

    /** The idle timer that the session is under. */
    public static SessionState state(final int word) {
        return SessionState.ofCode(word & STATE_MASK);
    }
}
