package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.wire.Packet;

/**
 * NAT44: finds or opens a packet's session and translates the packet in place. Endpoint-independent mapping (RFC
 * 4787 REQ-1), address and port-dependent filtering (REQ-8): from outside only a session's exact 5-tuple passes,
 * and a static forward.
 *
 * <p>For each batch: {@link #hash} every packet, {@code touch} every bucket, {@code touchSession} every line, then
 * for each packet {@code find}, on a miss {@code open} once its way out is known, then {@code translate}. A touch only
 * warms the cache, the find comes after, so two first packets of one flow in one batch make one session.
 *
 * <p>Owned by one worker thread, which alone calls everything here but {@link #reader} and what it gives, and the
 * counts, which any thread may read. It reads no clock: {@code nowS} is seconds since the router's start and never
 * goes back. All memory is allocated by the constructor; nothing after it allocates or throws.
 */
public final class Nat implements AutoCloseable {
    private final FlowKey key;
    private final OutsideAddresses addresses;
    private final SessionTable sessions;
    private final MappingTable mappings;
    private final Admission admission;
    private final SessionLife life;
    private final NatCounts counts;
    private final SessionReader reader;

    public Nat(final NatConfig config) {
        key = new FlowKey(config.secrets().flows());
        addresses = new OutsideAddresses(config);
        sessions = new SessionTable(config.maxSessions(), key);
        mappings = new MappingTable(config, addresses, key);
        admission = new Admission(config);
        final ClosedSessions closed = new ClosedSessions(
                sessions, mappings, addresses, config.forwards().size());
        life = new SessionLife(sessions, mappings, admission, closed);
        counts = new NatCounts();
        reader = new SessionReader(sessions);
        publishCounts();
    }

    /** Hash of the packet's flow in its own order of source and destination; one function for both directions. */
    public long hash(final Packet p, final int realm) {
        return key.hash(p.source(), p.sourcePort(), p.destination(), p.destinationPort(), p.protocol(), realm);
    }

    /**
     * Touches the bucket of an outbound packet's hash. The value is for the caller to accumulate, and means
     * nothing.
     */
    public long touchOutbound(final long hash) {
        return sessions.touchOutbound(hash);
    }

    /** Touches the bucket of an inbound packet's hash. */
    public long touchInbound(final long hash) {
        return sessions.touchInbound(hash);
    }

    /**
     * The session that an outbound packet's hash most likely leads to, or -1: for {@link #findOutbound} to look at
     * first.
     */
    public int likelyOutbound(final long hash) {
        return sessions.likelyOutbound(hash);
    }

    /** The session that an inbound packet's hash most likely leads to, or -1. */
    public int likelyInbound(final long hash) {
        return sessions.likelyInbound(hash);
    }

    /** Touches the line and the last-seen word of a session, or of none for -1; the value means nothing. */
    public long touchSession(final int session) {
        return sessions.touchSession(session);
    }

    /**
     * {@link #findOutbound(Packet, int, long)} with a look at one session first, which saves the index a second scan.
     * The session may have ended or changed since, so it is compared like any other.
     *
     * @param likely from {@link #likelyOutbound}, or -1
     */
    public int findOutbound(final Packet p, final int realm, final long hash, final int likely) {
        return likely >= 0 && sessions.isOutbound(likely, p, realm) && p.kind() != Packet.KIND_QUERY_REPLY
                ? likely
                : findOutbound(p, realm, hash);
    }

    /** {@link #findInbound(Packet, int, long)} with a look at one session first. */
    public int findInbound(final Packet p, final int realm, final long hash, final int likely) {
        return likely >= 0 && sessions.isInbound(likely, p, realm) && p.kind() != Packet.KIND_QUERY
                ? likely
                : findInbound(p, realm, hash);
    }

    /**
     * The session of a packet from inside, or -1. A query's reply never has one: the inside asks, the outside
     * replies, and an inside host's reply to nobody must not ride on its own query's identifier.
     */
    public int findOutbound(final Packet p, final int realm, final long hash) {
        return p.kind() == Packet.KIND_QUERY_REPLY ? -1 : sessions.findOutbound(p, realm, hash);
    }

    /**
     * The session of a packet from outside, or -1. An ICMP query never has one: who pings the router gets the
     * router.
     */
    public int findInbound(final Packet p, final int realm, final long hash) {
        return p.kind() == Packet.KIND_QUERY ? -1 : sessions.findInbound(p, realm, hash);
    }

    /** Whether flows that leave by this port have outside addresses. */
    public boolean hasPool(final int egress) {
        return egress < NatConfig.MAXIMUM_PORTS && addresses.poolSize(egress) > 0;
    }

    /** Whether the address is of a pool or of a forward. */
    public boolean ownsOutside(final int address) {
        return addresses.numberOf(address) >= 0;
    }

    /**
     * Opens the session of a packet from inside; {@link #findOutbound} has just returned -1 for it. TCP may be in
     * mid-stream, so that connections survive a restart of the router. When there is no room, TCP sessions that both
     * sides have closed give way, the longest closed first.
     *
     * @param egress index of the outside port that the packet leaves by, one with {@link #hasPool}
     * @return the session, or the negative code of {@link DropReason#ICMP_ERROR_UNMATCHED},
     *     {@link DropReason#ICMP_TYPE_UNSUPPORTED} (a query's reply), {@link DropReason#TCP_NOT_OPENING} (an RST,
     *     or a SYN+ACK), {@link DropReason#SESSIONS_FULL}, {@link DropReason#PORTS_EXHAUSTED},
     *     {@link DropReason#MAPPINGS_FULL}, {@link DropReason#INDEX_CROWDED}
     */
    public int openOutbound(final Packet p, final int realm, final int egress, final long hash, final int nowS) {
        final int session = life.openOutbound(p, realm, egress, hash, nowS);
        publishCounts();
        return session;
    }

    /**
     * The static forward that a packet from outside may open a session on; {@link #findInbound} has just returned -1
     * for it. Takes nothing, so that the way to {@link #forwardedTo} can be judged before {@link #openForward}.
     *
     * @return the forward's mapping, or the negative code of {@link DropReason#ICMP_ERROR_UNMATCHED},
     *     {@link DropReason#NO_MAPPING} (no forward here, or this remote endpoint already speaks to that inside
     *     endpoint through another forward), {@link DropReason#TCP_NOT_OPENING} (not a plain SYN)
     */
    public int findForward(final Packet p, final int realm) {
        return life.findForward(p, realm);
    }

    /** Address of the inside host that a forward leads to. */
    public int forwardedTo(final int mapping) {
        return MappingRecord.insideAddress(mappings.record(mapping));
    }

    /**
     * Opens the session of a packet from outside to a static forward. When a limit is reached, a closed session of the
     * same forward gives way: the longest silent, and at a remote's own limit one of that remote, if it is among the
     * 16 that are silent for longest.
     *
     * @return the session, what {@link #findForward} returns when it refuses, or the negative code of
     *     {@link DropReason#SESSIONS_FULL}, {@link DropReason#REMOTE_SESSIONS_FULL},
     *     {@link DropReason#FORWARD_SESSIONS_FULL}, {@link DropReason#OUTSIDE_SESSIONS_FULL},
     *     {@link DropReason#SESSIONS_RESERVED}, {@link DropReason#INDEX_CROWDED}
     */
    public int openForward(final Packet p, final int realm, final long hash, final int nowS) {
        final long reclaimed = life.reclaimed();
        final int session = life.openForward(p, realm, hash, nowS);
        if (session >= 0 || life.reclaimed() != reclaimed) {
            publishCounts();
        }
        return session;
    }

    /** Whether a reason of {@link #openForward} is want of room. */
    public static boolean isForwardLimit(final int reason) {
        return reason == DropReason.SESSIONS_FULL.code
                || reason == DropReason.INDEX_CROWDED.code
                || reason == DropReason.REMOTE_SESSIONS_FULL.code
                || reason == DropReason.FORWARD_SESSIONS_FULL.code
                || reason == DropReason.OUTSIDE_SESSIONS_FULL.code
                || reason == DropReason.SESSIONS_RESERVED.code;
    }

    /**
     * Translates a packet of the session from inside to outside in place, refreshes the session and counts the
     * bytes; an ICMP error is translated only (RFC 5508 REQ-6). The packet's fields still hold the flow as it came.
     *
     * @param partialChecksum whether the transport checksum field holds only the pseudo header's sum
     */
    public void translateOutbound(final int session, final Packet p, final boolean partialChecksum, final int nowS) {
        final long line = sessions.line(session);
        if (p.isIcmpError()) {
            IcmpErrors.outbound(line, p);
            return;
        }
        Rewrite.outbound(line, p, partialChecksum);
        life.track(session, line, p, true, nowS);
        final long bytes = line + SessionLayout.BYTES_OUT_OFFSET;
        SharedWord.publishLong(bytes, SharedWord.peekLong(bytes) + p.totalLength());
    }

    /**
     * Translates a packet of the session from outside to inside, as {@link #translateOutbound} does. It refreshes
     * too (RFC 4787 REQ-6a): only the session's own remote endpoint gets here, so nobody else can keep a mapping
     * alive.
     */
    public void translateInbound(final int session, final Packet p, final boolean partialChecksum, final int nowS) {
        final long line = sessions.line(session);
        if (p.isIcmpError()) {
            IcmpErrors.inbound(line, p);
            return;
        }
        Rewrite.inbound(line, p, partialChecksum);
        life.track(session, line, p, false, nowS);
        final long bytes = line + SessionLayout.BYTES_IN_OFFSET;
        SharedWord.publishLong(bytes, SharedWord.peekLong(bytes) + p.totalLength());
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
     * Gives back a port whose rest is over, at most one a call; for the duty cycle, if the counts shall be right
     * while nothing opens. Which port a new mapping gets does not depend on it.
     *
     * @return whether there was one
     */
    public boolean releaseRested(final int nowS) {
        final boolean released = mappings.releaseNext(nowS);
        if (released) {
            publishCounts();
        }
        return released;
    }

    private void publishCounts() {
        counts.publishSessions(sessions.size(), admission.sessions(), life.reclaimed());
        counts.publishMappings(mappings.live(), mappings.resting(), mappings.reclaimed());
    }

    public int insideAddress(final int session) {
        return SessionTable.insideAddress(sessions.line(session));
    }

    /** Port, or the echo's identifier inside. */
    public int insidePort(final int session) {
        return SessionTable.insidePort(sessions.line(session));
    }

    /**
     * Index of the inside interface that the session's packets come from, 0 to 255; {@link #noteInterface} has set it.
     */
    public int insideInterface(final int session) {
        return Memory.u8(sessions.line(session) + SessionLayout.INTERFACE_OFFSET);
    }

    /** Notes the inside interface on which the source of the session's packets was judged. */
    public void noteInterface(final int session, final int index) {
        Memory.putU8(sessions.line(session) + SessionLayout.INTERFACE_OFFSET, index);
    }

    public int outsideAddress(final int session) {
        return SessionTable.outsideAddress(sessions.line(session));
    }

    /** Port, or the echo's identifier outside. */
    public int outsidePort(final int session) {
        return SessionTable.outsidePort(sessions.line(session));
    }

    public int remoteAddress(final int session) {
        return SessionTable.remoteAddress(sessions.line(session));
    }

    /** 0 for an echo. */
    public int remotePort(final int session) {
        return SessionTable.remotePort(sessions.line(session));
    }

    /** IP protocol number. */
    public int protocol(final int session) {
        return SessionTable.protocol(sessions.line(session));
    }

    public SessionState state(final int session) {
        return SessionState.ofCode(SessionTable.stateCode(sessions.line(session)));
    }

    public int generation(final int session) {
        return Memory.intAt(sessions.line(session) + SessionLayout.GENERATION_OFFSET);
    }

    /** The sessions for other threads to read. */
    public SessionReader reader() {
        return reader;
    }

    /** Live sessions; any thread. */
    public int sessions() {
        return counts.sessions();
    }

    /** Mappings with a session or a pin; any thread. */
    public int mappings() {
        return counts.mappings();
    }

    /**
     * Outside ports and identifiers that live mappings hold, forwards included; any thread. As many as mappings
     * while mapping is endpoint-independent.
     */
    public long portsInUse() {
        return counts.mappings();
    }

    /**
     * Outside ports and identifiers that rest, those whose rest is over and that nobody needed yet included; any
     * thread.
     */
    public long portsResting() {
        return counts.resting();
    }

    /** How often a port had to end its rest early for a new mapping, since the start; any thread. */
    public long portsReclaimed() {
        return counts.portsReclaimed();
    }

    /** Live sessions that outside hosts have opened on forwards; any thread. */
    public int sessionsFromOutside() {
        return counts.fromOutside();
    }

    /** How many closed TCP sessions ended before their timer because their room was needed; any thread. */
    public long sessionsReclaimed() {
        return counts.sessionsReclaimed();
    }

    /** All off-heap memory, bytes. */
    public long memoryBytes() {
        return sessions.bytes() + mappings.bytes() + admission.bytes() + counts.bytes();
    }

    @Override
    public void close() {
        counts.close();
        admission.close();
        mappings.close();
        sessions.close();
    }
}
