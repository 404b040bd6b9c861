package org.portolan.dataplane.nat;

/**
 * A session's word in the dense last-seen array: the second of its last refresh in the upper 28 bits, its {@link
 * SessionState} code in the lower four. 0 is a free session.
 *
 * <p>The second is the boot clock's ({@link org.portolan.dataplane.system.BootClock}), modulo 2^28: after eight and a
 * half years it begins again at 0. Two seconds are compared by their distance, which is right up to four years.
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

    /** The same second under another state. */
    static int withState(final int word, final int stateCode) {
        return word & ~STATE_MASK | stateCode;
    }

    /**
     * How long ago it was, s; negative when it was later than {@code nowS}, as another thread's clock may be behind.
     */
    public static int idleS(final int word, final int nowS) {
        return (nowS << STATE_BITS) - (word & ~STATE_MASK) >> STATE_BITS;
    }

    /** 0 when it was in this second. */
    static int otherSecond(final int word, final int nowS) {
        return (word ^ nowS << STATE_BITS) >>> STATE_BITS;
    }

    static int stateCode(final int word) {
        return word & STATE_MASK;
    }

    /** The idle timer that the session is under. */
    public static SessionState state(final int word) {
        return SessionState.ofCode(word & STATE_MASK);
    }
}
