package org.portolan.dataplane.nat;

/**
 * Finds a closed TCP session that an inside host opened, so that a host at its limit of sessions loses one of these
 * before it is refused. A search is bounded: it looks at the longest silent of all hosts on the host's outside address,
 * and then at a piece of the host's own chain of mappings and sessions. The next search for the same host goes on where
 * this one ended, so that each of its sessions is looked at in turn.
 *
 * <p>One worker uses it.
 */
final class HostsClosedSessions {
    /** Sessions that a search looks at in the queue of an address, and in the host's chain. */
    static final int LOOKS = 16;

    private final SessionTable sessions;
    private final MappingTable mappings;
    private final ClosedSessions closed;

    /** Where the next search of the chain begins, if that session is still the host's; -1 for its first one. */
    private int next = -1;

    HostsClosedSessions(final SessionTable sessions, final MappingTable mappings, final ClosedSessions closed) {
        this.sessions = sessions;
        this.mappings = mappings;
        this.closed = closed;
    }

    /** A closed and silent session that an inside address opened, or -1. Changes only where the next search begins. */
    int find(final int address, final int realm, final int egress, final int nowS) {
        final int host = mappings.hosts().find(address, realm);
        if (host < 0) {
            return -1;
        }
        final int longest = longest(host, mappings.pairedNumber(address, realm, egress), nowS);
        return longest >= 0 ? longest : inChain(host, mappings.firstOfHost(address, realm), nowS);
    }

    private int longest(final int host, final int number, final int nowS) {
        int session = number < 0 ? -1 : closed.longestOnPorts(number, false, nowS);
        for (int i = 0; session >= 0 && i < LOOKS; i++) {
            if (mappings.hostOf(sessions.mapping(session)) == host
                    && !SessionLine.isFromOutside(sessions.line(session))) {
                return session;
            }
            session = closed.next(session, nowS);
        }
        return -1;
    }

    private int inChain(final int host, final int firstMapping, final int nowS) {
        int session = isOf(next, host) ? next : first(firstMapping);
        for (int i = 0; session >= 0 && i < LOOKS; i++) {
            final long line = sessions.line(session);
            if (SessionLine.stateCode(line) == SessionState.TCP_CLOSED.code
                    && !SessionLine.isFromOutside(line)
                    && closed.isQuiet(session, nowS)) {
                next = session;
                return session;
            }
            session = following(session);
        }
        next = session;
        return -1;
    }

    private boolean isOf(final int session, final int host) {
        return session >= 0
                && SessionLine.stateCode(sessions.line(session)) != SessionState.FREE.code
                && mappings.hostOf(sessions.mapping(session)) == host;
    }

    private int first(final int mapping) {
        return mapping < 0 ? -1 : SessionTable.firstOf(mappings.record(mapping));
    }

    /** The session after one in the chain of its host, or -1 after the last. */
    private int following(final int session) {
        final int sibling = sessions.nextOf(session);
        return sibling >= 0 ? sibling : first(mappings.nextOfHost(sessions.mapping(session)));
    }
}
