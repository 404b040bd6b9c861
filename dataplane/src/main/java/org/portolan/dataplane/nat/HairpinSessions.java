package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Packet;

/**
 * Hairpinning (RFC 4787 REQ-9, RFC 5382 REQ-8, RFC 5508 REQ-7): a packet from inside to an outside address of this
 * router is carried as if it had gone out and came back in. It belongs to two sessions, its halves.
 *
 * <pre>
 *   host A                  first half                        second half                 host B
 *   A:a &gt; X:x  ---------&gt;  original | reply                   original | reply
 *                           A:a &gt; X:x | X:x &gt; Y:y             Y:y &gt; X:x | B:b &gt; Y:y
 *                              becomes  Y:y &gt; X:x  ---------&gt;  matches, becomes  Y:y &gt; B:b
 * </pre>
 *
 * A's outside endpoint is Y:y, B's is X:x. Each half is a session like any other: it has its own timer, is tracked,
 * counted, limited and ended as one from inside, or as one from outside on a forward or a mapping. So the filter is the
 * usual one too, and two hosts that send to each other's outside endpoints meet as they would from different networks:
 * each half is then opened from inside, and they match each other. The packet's bytes are written once, by both.
 *
 * <p>The flows between the halves are in a realm of their own ({@link Flow#hairpin}), which no packet from a wire is
 * in: nobody outside can pretend to be a half. A half's interface is {@link #INTERFACE}, which is no port's, so that
 * the pipeline notices it where it compares interfaces anyway.
 *
 * <p>One worker uses it.
 */
public final class HairpinSessions {
    /** The {@link Nat#insideInterface} of a half. */
    public static final int INTERFACE = 255;

    private final Nat nat;
    private final SessionLife life;

    HairpinSessions(final Nat nat, final SessionLife life) {
        this.nat = nat;
        this.life = life;
    }

    /** Whether the matched session is a half. */
    public boolean isHalf(final int match) {
        return nat.insideInterface(match) == INTERFACE;
    }

    /**
     * Opens the first half for a packet from inside, as {@link Nat#openOutbound} does.
     *
     * @param egress the port whose network the packet's destination is in
     */
    public int openFirst(final Packet p, final int realm, final int egress, final long hash, final int nowS) {
        final int match = life.openOutbound(p, realm, Flow.hairpin(realm), egress, hash, nowS);
        if (match >= 0) {
            nat.noteInterface(match, INTERFACE);
        }
        nat.publishCounts();
        return match;
    }

    /** Opens the second half for a packet between the halves, as {@link Nat#openInbound} does. */
    public int openSecond(final Packet p, final int realm, final int nowS) {
        final int between = Flow.hairpin(realm);
        final int match = nat.openInbound(p, between, nat.hash(p, between), nowS);
        if (match >= 0) {
            nat.noteInterface(match, INTERFACE);
        }
        return match;
    }

    /** The second half of a packet between the halves, or -1. */
    public int findSecond(final Packet p, final int realm) {
        final int between = Flow.hairpin(realm);
        return nat.find(p, between, nat.hash(p, between));
    }

    /** Gives a packet of the first half the flow that it has between the halves; its bytes stay as they are. */
    public void turn(final int first, final Packet p) {
        p.flow(nat.target(first), Flow.bare(Flow.turned(otherPorts(first))));
    }

    /**
     * Translates a packet in place by both halves. It gets its source from the first one, and its destination from the
     * second.
     *
     * @param partialChecksum as in {@link Nat#translate}
     */
    public void translate(
            final int first, final int second, final Packet p, final boolean partialChecksum, final int nowS) {
        final long firstPorts = otherPorts(first);
        final long secondPorts = otherPorts(second);
        final long firstTarget = nat.target(first);
        final long secondTarget = nat.target(second);
        if (p.isIcmpError()) {
            IcmpErrors.translateHairpin(
                    p, Flow.turnedAddresses(firstTarget), firstPorts, Flow.turnedAddresses(secondTarget), secondPorts);
            return;
        }
        Rewrite.translate(
                p,
                Flow.addresses(Flow.source(firstTarget), Flow.destination(secondTarget)),
                Flow.destinationPort(firstPorts) << 16 | Flow.sourcePort(secondPorts),
                Rewrite.both(deltas(first), deltas(second)),
                partialChecksum);
        use(first, p, nowS);
        use(second, p, nowS);
    }

    /** Takes a packet into account in one half, as if it had left; the filter of the other host may have dropped it. */
    public void use(final int match, final Packet p, final int nowS) {
        if (!p.isIcmpError()) {
            final long line = nat.line(match);
            nat.use(match, line, SessionLine.lastSeen(line), p, nowS);
        }
    }

    private long otherPorts(final int match) {
        return SessionLine.ports(nat.line(match), Match.direction(match) ^ 1);
    }

    private int deltas(final int match) {
        return (int) (Memory.longAt(nat.line(match) + SessionLayout.LAST_SEEN_OFFSET) >>> 32) ^ -Match.direction(match);
    }
}
