package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.Policy;

/**
 * The worker's part of the sweep after a change of the policy: a session that control found to be not allowed is judged
 * once more, by the same {@link Policy#verdict}, and ended: the session, or those of its mapping or its host, a bounded
 * number of them. What lies at the number now is what is judged, so a command needs no generation, and a session that
 * changed its state meanwhile is not passed over.
 *
 * <p>When the route to an allowed session's inside host leads to another interface, its packets come from there from
 * now on, and those from the old one are judged like a stranger's.
 *
 * <p>One worker uses it.
 */
final class Recheck {
    /** Sessions that one command may end: packets wait for no more than these. */
    private static final int MOST_ENDED = 64;

    private final SessionTable sessions;
    private final MappingTable mappings;
    private final SessionLife life;
    private Policy policy;

    Recheck(final SessionTable sessions, final MappingTable mappings, final SessionLife life) {
        this.sessions = sessions;
        this.mappings = mappings;
        this.life = life;
    }

    void adopt(final Policy replacement) {
        policy = replacement;
    }

    /** As {@link Nat#recheck}. */
    int judge(final int session, final int epoch, final int nowS) {
        if (epoch != policy.epoch() || session < 0 || session >= sessions.capacity()) {
            return 0;
        }
        final long line = sessions.line(session);
        if (SessionLine.stateCode(line) == SessionState.FREE.code) {
            return 0;
        }
        final boolean onRule = MappingRecord.isStatic(mappings.record(sessions.mapping(session)));
        return switch (judge(policy, line, onRule)) {
            case Policy.ALLOWED -> 0;
            case Policy.ENDS_SESSION -> {
                life.end(session, nowS);
                yield 1;
            }
            case Policy.ENDS_MAPPING -> life.endOfMapping(sessions.mapping(session), MOST_ENDED, nowS);
            default -> life.endOfHost(SessionLine.insideAddress(line), SessionLine.realm(line), MOST_ENDED, nowS);
        };
    }

    /**
     * The verdict on a session's line. An allowed one's packets come from where the route leads from now on.
     *
     * @param onRule whether the outside opened it on a static rule, if it did
     */
    static int judge(final Policy policy, final long line, final boolean onRule) {
        final int insideAddress = SessionLine.insideAddress(line);
        final int verdict = policy.verdict(
                opened(SessionLine.isFromOutside(line), onRule),
                SessionLine.isHairpin(line),
                SessionLine.protocol(line),
                insideAddress,
                SessionLine.insidePort(line),
                SessionLine.outsideAddress(line),
                SessionLine.outsidePort(line),
                SessionLine.remoteAddress(line));
        if (verdict == Policy.ALLOWED) {
            // Of a half too: a process may have ended after it opened one and before it noted this.
            final int from = SessionLine.isHairpin(line) ? HairpinSessions.INTERFACE : policy.routePort(insideAddress);
            Memory.putU8(line + SessionLayout.INTERFACE_OFFSET, from);
        }
        return verdict;
    }

    private static int opened(final boolean fromOutside, final boolean onRule) {
        if (!fromOutside) {
            return Policy.FROM_INSIDE;
        }
        return onRule ? Policy.ON_RULE : Policy.ON_MAPPING;
    }
}
