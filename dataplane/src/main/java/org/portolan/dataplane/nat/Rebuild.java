package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.wire.Flow;

/**
 * Goes on with the records that an earlier process left in the three slabs: indexes, port bitmaps and cells, chains,
 * queues, counts and the dense last-seen array are made from them, by the tables' own methods. No key of that process
 * is needed, and none of its derived words is believed.
 *
 * <table>
 * <caption>what is the truth, and what is made from it</caption>
 * <tr><th>slab</th><th>truth</th><th>derived</th></tr>
 * <tr><td>sessions</td><td>the line; of the companion what TCP tracking knows</td><td>the companion's chains and
 * mapping index</td></tr>
 * <tr><td>mappings</td><td>both endpoints, realm, protocol, flags, since when a resting one rests</td><td>counts and
 * chains, and with them all of the companion</td></tr>
 * <tr><td>hosts</td><td>address, realm, tokens and their second</td><td>counts, paired addresses, chains</td></tr>
 * </table>
 *
 * <p>A session needs the mapping that has its outside endpoint, a mapping needs its port. A mapping needs no host's
 * record: it makes one. What lacks something is dropped and counted: the process ended between two writes. A mapping
 * without sessions that did not rest yet begins its rest now, as nobody knows whether its last session was seen to
 * close.
 *
 * <p>What is kept is what the policy allows, as no sweep follows: a session that it forbids is dropped and counted. So
 * is a mapping on the port of a rule that leads elsewhere, and one without a rule on an address that is in no pool. A
 * mapping whose rule is gone is dynamic from now on. A rule's mapping without sessions is free.
 *
 * <p>Sessions that closed in one second, and mappings whose rest began in one, have lost their order among each other;
 * so have chains, in which it means nothing.
 */
final class Rebuild {
    private final SessionTable sessions;
    private final MappingTable mappings;
    private final KeptMappings kept;
    private final OutsideSessions fromOutside;
    private final SentTo sentTo;
    private final ClosedSessions closed;
    private final Policy policy;
    private final int nowS;
    private int halfSessions;
    private int forbiddenSessions;
    private int lostSessions;

    private Rebuild(final NatTables tables, final Policy policy, final int nowS) {
        sessions = tables.sessions();
        mappings = tables.mappings();
        kept = new KeptMappings(mappings, policy);
        fromOutside = tables.fromOutside();
        sentTo = tables.sentTo();
        closed = tables.closed();
        this.policy = policy;
        this.nowS = nowS;
    }

    /** Fills tables that are empty but for the records in their slabs, and have adopted the policy. */
    static Rebuilt run(final NatTables tables, final Policy policy, final int nowS) {
        return new Rebuild(tables, policy, nowS).run();
    }

    private Rebuilt run() {
        final int lostMappings = kept.keepAll(nowS);
        keepSessions();
        kept.endKeeping(nowS);
        queueClosed();
        return new Rebuilt(
                sessions.size(),
                mappings.live() + mappings.resting(),
                mappings.hosts().size(),
                halfSessions,
                forbiddenSessions,
                lostSessions,
                lostMappings);
    }

    private void keepSessions() {
        for (int session = 0; session < sessions.capacity(); session++) {
            final long line = sessions.line(session);
            if (SessionLine.isHalfWritten(line)) {
                halfSessions++;
                sessions.discard(session);
            } else if (SessionLine.stateCode(line) == SessionState.FREE.code) {
                continue;
            } else if (Recheck.judge(policy, line, needsRule(line)) != Policy.ALLOWED) {
                forbiddenSessions++;
                sessions.discard(session);
            } else if (!keep(session, line)) {
                lostSessions++;
                sessions.discard(session);
            }
        }
        sessions.chainFree();
    }

    /**
     * Nobody knows any more whether the outside opened a session on a rule: where mappings are open, it may not have.
     */
    private boolean needsRule(final long line) {
        final int number = policy.addresses().numberOf(SessionLine.outsideAddress(line));
        return number < 0 || !policy.behavior(policy.addresses().egress(number)).opensMappings();
    }

    private boolean keep(final int session, final long line) {
        final int mapping = mapping(line);
        if (mapping < 0 || !kept.isOf(mapping, line)) {
            return false;
        }
        final long record = mappings.record(mapping);
        final int slot = MappingRecord.slot(record);
        final boolean incoming = SessionLine.isFromOutside(line);
        if (incoming && !fromOutside.canCount() || !sessions.keep(session, nowS)) {
            if (MappingRecord.isShared(record)) {
                mappings.dropUnused(mapping);
            }
            return false;
        }
        if (incoming) {
            fromOutside.opened(slot, SessionLine.remoteAddress(line));
        } else {
            sentTo.add(mapping, SessionLine.remoteAddress(line));
        }
        mappings.keepSession(mapping, incoming);
        if (SessionState.isUnanswered(SessionLine.stateCode(line))) {
            MappingRecord.addUnanswered(record, 1);
        }
        sessions.link(session, mapping, record);
        return true;
    }

    private int mapping(final long line) {
        final int mapping = kept.ofLine(line);
        if (mapping >= 0 || !Flow.hasPorts(SessionLine.protocol(line))) {
            return mapping;
        }
        final int number = policy.addresses().numberOf(SessionLine.outsideAddress(line));
        return policy.behavior(policy.addresses().egress(number)).sharesPorts() ? kept.keepShared(line, nowS) : mapping;
    }

    private void queueClosed() {
        final long[] order = new long[sessions.size()];
        int count = 0;
        for (int session = 0; session < sessions.capacity(); session++) {
            final long line = sessions.line(session);
            if (SessionLine.stateCode(line) == SessionState.TCP_CLOSED.code) {
                order[count++] = oldestFirst(-LastSeen.idleS(SessionLine.lastSeen(line), nowS), session);
            }
        }
        Arrays.sort(order, 0, count);
        for (int i = 0; i < count; i++) {
            closed.add((int) order[i], sessions.line((int) order[i]));
        }
    }

    /** A number that is sorted by time; the record is its low half. */
    static long oldestFirst(final int timeS, final int index) {
        return (long) timeS << 32 | index;
    }
}
