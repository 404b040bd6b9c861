package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyExchange;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Packet;

/**
 * NAT44: finds or opens a packet's session and translates the packet in place. How mappings behave toward remote
 * endpoints is the policy's ({@link Behavior}, RFC 4787 REQ-1 and REQ-8): from outside a session's exact 5-tuple
 * passes, and what opens a session on a static forward or, if the policy lets it, on a mapping of the inside's.
 *
 * <p>For each batch: {@link #hash} every packet, {@link #touch} every bucket, {@link #likely} and {@link #touchSession}
 * for every line, then for each packet {@link #find}, on a miss {@code open} once its way out is known, then {@link
 * #translate}. A touch only warms the cache, the find comes after, so two first packets of one flow in one batch make
 * one session.
 *
 * <p>Owned by one worker thread, which alone calls everything here but {@link #reader} and what it gives, and the
 * counts, which any thread may read. It reads no clock: {@code nowS} is seconds of the boot clock and never goes
 * back. All memory is allocated by the constructor, but for the ports of outside addresses, which come with the policy;
 * nothing after it allocates or throws.
 */
public final class Nat implements AutoCloseable {
    private final FlowKey key;
    private final NatTables tables;
    private final Rebuilt rebuilt;
    private final SessionTable sessions;
    private final MappingTable mappings;
    private final OutsideSessions fromOutside;
    private final SessionLife life;
    private final Recheck recheck;
    private final NatCounts counts;
    private final SessionReader reader;
    private final PolicyKeeper keeper;
    private final HairpinSessions hairpins;
    private final boolean judgesWindows;
    /** Address of the first session's line. */
    private final long lines;

    private boolean inboundRefreshes;
    private Policy policy;
    private OutsideAddresses addresses;

    /**
     * Tables in memory of this process alone, and empty.
     *
     * @param keeper has the room and the first policy; it is closed with this
     */
    public Nat(final PolicyKeeper keeper) {
        this(keeper, TableMemory.anonymous(keeper.room()), 0);
    }

    /**
     * Tables in that memory, with what an earlier process left there and the first policy allows.
     *
     * @param keeper as above
     * @param memory of its room and first policy, closed with this
     * @param nowS of the records that are kept: none is from later
     */
    public Nat(final PolicyKeeper keeper, final TableMemory memory, final int nowS) {
        final NatConfig config = keeper.room();
        this.keeper = keeper;
        key = new FlowKey(config.secrets().flows());
        tables = NatTables.in(memory, config, key);
        sessions = tables.sessions();
        lines = sessions.line(0);
        mappings = tables.mappings();
        fromOutside = tables.fromOutside();
        life = new SessionLife(tables, config.windowCheck());
        judgesWindows = config.windowCheck() != WindowCheck.OFF;
        recheck = new Recheck(sessions, mappings, life);
        counts = new NatCounts(mappings.hosts().mostDynamic());
        reader = new SessionReader(sessions);
        hairpins = new HairpinSessions(this, life);
        adopt(keeper.current());
        rebuilt = memory.isKept() ? Rebuild.run(tables, policy, nowS) : Rebuilt.NOTHING;
        keeper.exchange().adopted(policy);
        publishCounts();
    }

    /**
     * Takes a policy over, between two batches. Sessions that it does not allow live on until {@link #recheck}; what
     * opens from now on follows it.
     */
    public void adopt(final Policy replacement) {
        policy = replacement;
        addresses = replacement.addresses();
        inboundRefreshes = replacement.switches().inboundRefresh();
        life.adopt(replacement);
        recheck.adopt(replacement);
    }

    /** The policy in use. */
    public Policy policy() {
        return policy;
    }

    /** Where the worker finds the next policy. */
    public PolicyExchange policies() {
        return keeper.exchange();
    }

    /**
     * Hash of the packet's flow.
     *
     * @param realm of the port that the packet came in by
     */
    public long hash(final Packet p, final int realm) {
        return key.hash(p.flowAddresses(), Flow.in(realm, p.flowPorts()));
    }

    /** Touches the bucket of a packet's hash. The value is for the caller to accumulate, and means nothing. */
    public long touch(final long hash) {
        return sessions.touch(hash);
    }

    /** The match that a packet's hash most likely leads to, or -1: for {@link #find} to look at first. */
    public int likely(final long hash) {
        return sessions.likely(hash);
    }

    /**
     * Touches the line of a likely match's session, or none for -1.
     *
     * @return not 0 when the session was last seen in another second, so that {@link #touchLastSeen} saves a cache miss
     */
    public int touchSession(final int match, final int nowS) {
        return sessions.touchSession(match, nowS);
    }

    /**
     * Touches the word of a likely match's session that control reads, or none for -1; the value means nothing. A
     * packet writes it once a second.
     */
    public int touchLastSeen(final int match) {
        return sessions.touchLastSeen(match);
    }

    /** Whether each packet of a TCP session needs what {@link #touchWindow} touches. */
    public boolean judgesWindows() {
        return judgesWindows;
    }

    /** Touches what a TCP window check needs of a likely match's session, or none for -1; the value means nothing. */
    public int touchWindow(final int match) {
        return sessions.touchCompanion(match);
    }

    /** How many TCP segments were outside the window of their connection. */
    public long outOfWindow() {
        return life.outOfWindow();
    }

    /**
     * {@link #find(Packet, int, long)} with a look at one match first, which saves the index a second scan. The session
     * may have ended or changed since, so it is compared like any other.
     *
     * @param likely from {@link #likely}, or -1
     */
    public int find(final Packet p, final int realm, final long hash, final int likely) {
        return likely >= 0
                        && SessionLine.has(
                                line(likely), Match.direction(likely), p.flowAddresses(), Flow.in(realm, p.flowPorts()))
                        && p.kind() != forbiddenKind(likely)
                ? likely
                : find(p, realm, hash);
    }

    /**
     * The session that a packet belongs to, and in which direction, as a {@link Match}; or -1. The side that opened an
     * ICMP session asks and the other one replies. So a reply that nobody asked for cannot use a query's identifier,
     * and a ping to the router is answered by the router.
     */
    public int find(final Packet p, final int realm, final long hash) {
        final int match = sessions.find(p.flowAddresses(), Flow.in(realm, p.flowPorts()), hash);
        return match >= 0 && p.kind() == forbiddenKind(match) ? -1 : match;
    }

    /** Whether a session has this flow, that of a packet that is no longer there. */
    public boolean hasFlow(final long addresses, final long ports) {
        return sessions.find(addresses, ports) >= 0;
    }

    /** Whether a forward begins at the destination of a packet from outside, whether or not it may use it. */
    public boolean isForwarded(final Packet p) {
        return policy.rules().byOutside(p.destination(), p.destinationPort(), p.protocol()) >= 0;
    }

    /** Address of the line of a match's session. */
    long line(final int match) {
        return lines + (long) Match.session(match) * SessionLayout.LINE_BYTES;
    }

    /** The kind that no packet of the match's direction has, whatever the protocol. */
    private static int forbiddenKind(final int match) {
        return Packet.KIND_QUERY_REPLY - Match.direction(match);
    }

    /** Whether flows that leave by this port have outside addresses. */
    public boolean hasPool(final int egress) {
        return addresses.poolSize(egress) > 0;
    }

    /** The outside port whose network an address with {@link #ownsOutside} is in. */
    public int egressOf(final int address) {
        return addresses.egress(addresses.numberOf(address));
    }

    /** Whether the address is of a pool or of a forward. */
    public boolean ownsOutside(final int address) {
        return addresses.numberOf(address) >= 0;
    }

    /** Whether packets between inside hosts and this outside address are not translated (RFC 6888 REQ-6). */
    public boolean isExempt(final int address) {
        return policy.isExempt(address);
    }

    /**
     * Says why the first packet of a flow from inside may open no session, as far as that shows without taking
     * anything: its kind, the host's limits, or a full table without a closed session. Changes nothing. {@link
     * #openOutbound} refuses for the same reasons, and also when it finds no host record, mapping, port or place in an
     * index.
     *
     * @return 0, or the code of a {@link DropReason}
     */
    public int refusalOutbound(final Packet p, final int realm, final int egress, final int nowS) {
        return life.refusalOutbound(p, realm, egress, nowS);
    }

    /**
     * Says why a packet from outside may open no session by the way that {@link #findInbound} found for it: a limit
     * on what the outside opens, unless the end of a closed session would make room. Changes nothing. {@link
     * #openInbound} calls it first, and can still fail when it finds no mapping or no place in the index.
     *
     * @return 0, or the code of a {@link DropReason}
     */
    public int refusalInbound(final Packet p, final int way, final int nowS) {
        return life.refusalInbound(p, way, nowS);
    }

    /**
     * Opens the session of a packet from inside; {@link #find} has just returned -1 for it. TCP may be in
     * mid-stream, so that connections survive a restart of the router. When there is no room, TCP sessions that both
     * sides have closed end early, the longest closed first.
     *
     * @param egress index of the outside port that the packet leaves by, one with {@link #hasPool}
     * @return the packet's match, or the negative code of {@link DropReason#ICMP_ERROR_UNMATCHED},
     *     {@link DropReason#ICMP_TYPE_UNSUPPORTED} (a query's reply), {@link DropReason#TCP_NOT_OPENING} (an RST,
     *     or a SYN+ACK), {@link DropReason#PROTOCOL_UNSUPPORTED}, {@link DropReason#AUTHENTICATION_HEADER}, or one of
     *     {@link #isInsideLimit}
     */
    public int openOutbound(final Packet p, final int realm, final int egress, final long hash, final int nowS) {
        final int match = life.openOutbound(p, realm, Flow.outside(realm), egress, hash, nowS);
        publishCounts();
        return match;
    }

    /**
     * The way by which a packet from outside may open a session: a static forward, or a mapping of the inside's whose
     * filter lets its source in; {@link #find} has just returned -1 for it. Takes nothing, so that the way to {@link
     * #leadsTo} can be judged before {@link #openInbound}.
     *
     * @return the way, or the negative code of {@link DropReason#ICMP_ERROR_UNMATCHED}, {@link DropReason#NO_MAPPING}
     *     (neither is there, or this remote endpoint already speaks to that inside endpoint by another way),
     *     {@link DropReason#FILTERED}, {@link DropReason#TCP_NOT_OPENING} (not a plain SYN)
     */
    public int findInbound(final Packet p, final int realm) {
        return life.inbound().find(p, realm);
    }

    /**
     * The way in at an outside endpoint, whoever it lets in; or the negative code of {@link DropReason#NO_MAPPING}.
     * Takes nothing.
     */
    public int wayInAt(final int address, final int port, final int protocol, final int realm) {
        return life.inbound().at(address, port, protocol, realm);
    }

    /** Address of the inside host that a way in leads to. */
    public int leadsTo(final int way) {
        return life.inbound().insideAddress(way);
    }

    /**
     * Opens the session of a packet from outside. When a forward's limit is reached, a closed session of the same
     * forward ends early: the longest silent, and at a remote's own limit one of that remote, if it is among the 16
     * that are silent for longest.
     *
     * @return the packet's match, what {@link #findInbound} returns when it refuses, or the negative code of
     *     {@link DropReason#SESSIONS_FULL}, {@link DropReason#REMOTE_SESSIONS_FULL},
     *     {@link DropReason#FORWARD_SESSIONS_FULL}, {@link DropReason#OUTSIDE_SESSIONS_FULL},
     *     {@link DropReason#SESSIONS_RESERVED}, {@link DropReason#MAPPINGS_FULL}, {@link DropReason#INDEX_CROWDED}
     */
    public int openInbound(final Packet p, final int realm, final long hash, final int nowS) {
        final long reclaimed = life.reclaimed();
        final int match = life.openInbound(p, realm, hash, nowS);
        if (match >= 0 || life.reclaimed() != reclaimed) {
            publishCounts();
        }
        return match;
    }

    /** Whether a reason of {@link #openOutbound} is a lack of room, or a limit of the host; what can pass later. */
    public static boolean isInsideLimit(final int reason) {
        return reason == DropReason.SESSIONS_FULL.code
                || reason == DropReason.MAPPINGS_FULL.code
                || reason == DropReason.PORTS_EXHAUSTED.code
                || reason == DropReason.INDEX_CROWDED.code
                || reason == DropReason.HOSTS_FULL.code
                || reason == DropReason.HOST_SESSIONS_FULL.code
                || reason == DropReason.HOST_PORTS_FULL.code
                || reason == DropReason.HOST_RATE.code
                || reason == DropReason.PROTOCOL_AMBIGUOUS.code;
    }

    /** Whether a reason of {@link #openInbound} is a lack of room, or a limit on what the outside opens. */
    public static boolean isForwardLimit(final int reason) {
        return reason == DropReason.SESSIONS_FULL.code
                || reason == DropReason.MAPPINGS_FULL.code
                || reason == DropReason.INDEX_CROWDED.code
                || reason == DropReason.REMOTE_SESSIONS_FULL.code
                || reason == DropReason.FORWARD_SESSIONS_FULL.code
                || reason == DropReason.OUTSIDE_SESSIONS_FULL.code
                || reason == DropReason.SESSIONS_RESERVED.code;
    }

    /** The addresses that a packet of this match will have: those of the session's other flow, turned round. */
    public long target(final int match) {
        return Flow.turnedAddresses(SessionLine.addresses(line(match), Match.direction(match) ^ 1));
    }

    /**
     * Translates a packet in place: what matches one flow of its session becomes the other one turned round. Refreshes
     * the session and counts the bytes; an ICMP error is translated only (RFC 5508 REQ-6). The packet's fields still
     * hold the flow as it came.
     *
     * <p>Packets from outside refresh too, unless the policy says otherwise (RFC 4787 REQ-6a): only the session's own
     * remote endpoint gets here, so nobody else can keep a mapping alive.
     *
     * @param target from {@link #target}
     * @param partialChecksum whether the transport checksum field holds only the pseudo header's sum
     * @return 0, or the code of {@link DropReason#TCP_OUT_OF_WINDOW}; then the packet is as it came
     */
    public int translate(
            final int match, final long target, final Packet p, final boolean partialChecksum, final int nowS) {
        final int direction = Match.direction(match);
        final long line = line(match);
        final long ports = SessionLine.ports(line, direction ^ 1);
        if (p.isIcmpError()) {
            // The other flow arrives on the other side.
            IcmpErrors.translate(p, !Flow.isFromOutside(ports), Flow.turnedAddresses(target), ports);
            return 0;
        }
        final long use = Memory.longAt(line + SessionLayout.LAST_SEEN_OFFSET);
        final int reason = use(match, line, (int) use, p, nowS);
        if (reason != 0) {
            return reason;
        }
        final int deltas = (int) (use >>> 32) ^ -direction;
        Rewrite.translate(p, target, Flow.turnedPorts(ports), deltas, partialChecksum);
        return 0;
    }

    /**
     * Takes a packet of a session into account, which is no ICMP error.
     *
     * @param use the session's {@link LastSeen} word
     * @return 0, or the code of {@link DropReason#TCP_OUT_OF_WINDOW}
     */
    int use(final int match, final long line, final int use, final Packet p, final int nowS) {
        final int state = LastSeen.stateCode(use);
        if (!life.isSteady(state, p) && !life.carries(match, line, state, p)) {
            final int reason = life.track(match, line, p, nowS);
            if (reason != 0) {
                return reason;
            }
        } else if (LastSeen.otherSecond(use, nowS) != 0 && (inboundRefreshes || isFromInside(match, line))) {
            // Looked at once a second only.
            sessions.refresh(Match.session(match), line, nowS, state);
        }
        count(match, line, p);
        return 0;
    }

    private static void count(final int match, final long line, final Packet p) {
        final long bytes = SessionLine.bytes(line, Match.direction(match));
        SharedWord.publishLong(bytes, SharedWord.peekLong(bytes) + p.totalLength());
    }

    private static boolean isFromInside(final int match, final long line) {
        return !Flow.isFromOutside(SessionLine.ports(line, Match.direction(match)));
    }

    /** Packets from inside to an outside address of this router. */
    public HairpinSessions hairpins() {
        return hairpins;
    }

    /** Whether a match that was found earlier is still that of this flow, whose ports are with the realm. */
    public boolean isStill(final int match, final long flowAddresses, final long ports) {
        return SessionLine.has(line(match), Match.direction(match), flowAddresses, ports);
    }

    /**
     * Counts a later fragment of a datagram on its session, and refreshes it; what the first fragment said of the
     * session's state it has said.
     */
    public void carry(final int match, final Packet p, final int nowS) {
        final long line = line(match);
        final int word = SessionLine.lastSeen(line);
        if (life.isSteady(LastSeen.stateCode(word), p)) {
            use(match, line, word, p, nowS);
        } else {
            count(match, line, p);
        }
    }

    /**
     * Frees a session whose timer control found to be over. Its mapping goes with its last session, and the port
     * then rests unless TCP was seen to close.
     *
     * @param generation and lastSeenWord what control saw; the session is left alone when either has changed
     * @return whether it was freed
     */
    public boolean expire(final int session, final int generation, final int lastSeenWord, final int nowS) {
        if (!life.isUnchanged(session, generation, lastSeenWord)) {
            return false;
        }
        life.end(session, nowS);
        publishCounts();
        return true;
    }

    /**
     * Judges a session again after a change of the policy, as {@link Recheck} says.
     *
     * @param epoch of the policy that control judged by; under another one nothing is done
     * @return how many sessions ended
     */
    public int recheck(final int session, final int epoch, final int nowS) {
        final int ended = recheck.judge(session, epoch, nowS);
        if (ended > 0) {
            publishCounts();
        }
        return ended;
    }

    /**
     * Ends the rest of ports on outside addresses that are no longer in the policy, a bounded number a call.
     *
     * @return how many
     */
    public int drain() {
        final int ended = mappings.room().drain();
        if (ended > 0) {
            publishCounts();
        }
        return ended;
    }

    /**
     * Frees at most one port whose rest is over. The duty cycle calls it, so that the counts are right while nothing
     * opens. Which port a new mapping gets does not depend on it.
     *
     * @return whether there was one
     */
    public boolean releaseRested(final int nowS) {
        final boolean released = mappings.room().releaseNext(nowS);
        if (released) {
            publishCounts();
        }
        return released;
    }

    /** After a session, a mapping or a host came or went. */
    void publishCounts() {
        counts.publishSessions(sessions.size(), fromOutside.sessions(), life.reclaimed());
        counts.publishMappings(
                mappings.live(), mappings.resting(), mappings.room().reclaimed());
        counts.publishHosts(mappings.hosts().dynamic());
        counts.publishElsewhere(mappings.elsewhere());
    }

    /**
     * Index of the inside interface that the matched session's packets come from, 0 to 254; {@link #noteInterface} has
     * set it. Of a half of a hairpin {@link HairpinSessions#INTERFACE}.
     */
    public int insideInterface(final int match) {
        return Memory.u8(line(match) + SessionLayout.INTERFACE_OFFSET);
    }

    /** Notes the inside interface on which the source of the matched session's packets was judged. */
    public void noteInterface(final int match, final int index) {
        Memory.putU8(line(match) + SessionLayout.INTERFACE_OFFSET, index);
    }

    NatTables tables() {
        return tables;
    }

    /** What the tables began with. */
    public Rebuilt rebuilt() {
        return rebuilt;
    }

    /** The sessions for other threads to read. */
    public SessionReader reader() {
        return reader;
    }

    /** The sizes of the tables, for any thread. */
    public NatCounts counts() {
        return counts;
    }

    /** How many ports of each outside address are taken, for any thread. */
    public PoolCounts pool() {
        return mappings.poolCounts();
    }

    /** All off-heap memory, bytes. */
    public long memoryBytes() {
        return tables.bytes() + counts.bytes() + keeper.memoryBytes();
    }

    @Override
    public void close() {
        counts.close();
        tables.close();
        keeper.close();
    }
}
