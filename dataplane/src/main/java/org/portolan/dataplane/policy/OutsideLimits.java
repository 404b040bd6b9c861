package org.portolan.dataplane.policy;

/**
 * How much of the session table the sessions may take that outside hosts open on static rules and on open mappings, so
 * that inside hosts always find room. Mappings need no limit of their own: a rule's mapping is made with its first
 * session, in room that is kept for rules, and the outside makes no other.
 *
 * @param sessions all of them together, 0 or more
 * @param forwardSessions those of one rule, or those of one open mapping that the inside has not answered, 0 or more
 * @param remoteSessions those of one remote address, 0 or more
 * @param insideReserve the last free sessions of the table, which the outside leaves alone, 0 or more
 */
public record OutsideLimits(int sessions, int forwardSessions, int remoteSessions, int insideReserve) {
    private static final int LEAST_REMOTE_SESSIONS = 64;

    public OutsideLimits {
        if (sessions < 0 || forwardSessions < 0 || remoteSessions < 0 || insideReserve < 0) {
            throw new IllegalArgumentException("a limit below 0");
        }
    }

    /**
     * A quarter of the table for the outside, half of that for one forward, a quarter of that for one remote, and a
     * sixteenth of the table kept for the inside. Closed connections count until they give way, so one remote's 32,768
     * of a table of the usual 1,048,576 are 136 connections a second for the closing timer of 240 s: a proxy in front
     * of the server may need them.
     */
    public static OutsideLimits defaults(final int maxSessions) {
        return new OutsideLimits(
                maxSessions / 4, maxSessions / 8, Math.max(LEAST_REMOTE_SESSIONS, maxSessions / 32), maxSessions / 16);
    }
}
