package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/** A Nat as the pipeline drives it, with a clock of the test's own. */
final class TestRouter implements AutoCloseable {
    static final int OUTSIDE = TestPacket.ip("203.0.113.2");
    static final int REMOTE = TestPacket.ip("198.51.100.7");
    static final int OTHER_REMOTE = TestPacket.ip("198.51.100.8");
    static final int HOST = TestPacket.ip("192.168.1.10");
    static final int OTHER_HOST = TestPacket.ip("192.168.1.11");
    static final int REST_S = TestConfig.REST_S;
    static final int INSIDE_REALM = 0;
    static final int OUTSIDE_REALM = Flow.outside(INSIDE_REALM);

    final PolicyKeeper keeper;
    final Nat nat;
    final TestPacket packet = new TestPacket();
    int nowS = 1000;

    /** The outside port that packets from inside leave by. */
    int egress;

    TestRouter(final TestConfig config) {
        keeper = config.keeper();
        nat = new Nat(keeper);
    }

    /** That judges sequence numbers. */
    TestRouter(final TestConfig config, final WindowCheck check) {
        keeper = new PolicyKeeper(config.room().checking(check), config.terms());
        nat = new Nat(keeper);
    }

    TestRouter(final TestConfig config, final TableMemory memory, final int nowS) {
        this(config.keeper(), memory, nowS);
    }

    TestRouter(final PolicyKeeper keeper, final TableMemory memory, final int nowS) {
        this.keeper = keeper;
        nat = new Nat(keeper, memory, nowS);
        this.nowS = nowS;
    }

    /** A new policy, taken over by the worker; nothing is swept yet. */
    void swap(final TestConfig config) {
        keeper.offer(config.terms());
        adopt();
    }

    /** What the worker does at a batch border. */
    void adopt() {
        nat.adopt(keeper.exchange().observe());
        keeper.exchange().adopted(nat.policy());
    }

    /** What control asks the worker for after a swap; how many sessions ended. */
    int sweep() {
        int ended = 0;
        final SessionRow row = new SessionRow();
        for (int session = 0; session < nat.reader().capacity(); session++) {
            if (nat.reader().snapshot(session, row) && isToBeLookedAt(row)) {
                ended += nat.recheck(session, nat.policy().epoch(), nowS);
            }
        }
        return ended;
    }

    private boolean isToBeLookedAt(final SessionRow row) {
        return keeper.current()
                        .verdict(
                                row.isFromOutside() ? Policy.ON_RULE : Policy.FROM_INSIDE,
                                row.isHairpin(),
                                row.protocol(),
                                row.insideAddress(),
                                row.insidePort(),
                                row.outsideAddress(),
                                row.outsidePort(),
                                row.remoteAddress())
                != Policy.ALLOWED;
    }

    /** A forward takes at most 4 sessions. */
    static TestRouter withSessions(final int maxSessions, final PolicyTerms.Forward... forwards) {
        final OutsideLimits limits = new OutsideLimits(maxSessions, 4, maxSessions, 0);
        return new TestRouter(TestConfig.of(maxSessions, OUTSIDE).limits(limits).forwards(forwards));
    }

    /** The built packet from inside: its session, or the negative code of a reason. */
    int outbound() {
        return outbound(packet, false);
    }

    int outbound(final TestPacket tested, final boolean partial) {
        final Packet p = tested.parsed();
        final long hash = nat.hash(p, INSIDE_REALM);
        int match = nat.find(p, INSIDE_REALM, hash);
        if (match < 0) {
            match = nat.openOutbound(p, INSIDE_REALM, egress, hash, nowS);
        }
        return translated(match, p, partial);
    }

    /** The built packet from outside. */
    int inbound() {
        return inbound(packet, false);
    }

    int inbound(final TestPacket tested, final boolean partial) {
        final Packet p = tested.parsed();
        final long hash = nat.hash(p, OUTSIDE_REALM);
        int match = nat.find(p, OUTSIDE_REALM, hash);
        if (match < 0) {
            match = nat.openInbound(p, OUTSIDE_REALM, hash, nowS);
        }
        return translated(match, p, partial);
    }

    private int translated(final int match, final Packet p, final boolean partial) {
        if (match < 0) {
            return match;
        }
        final long target = nat.target(match);
        final int reason = nat.translate(match, target, p, partial, nowS);
        if (reason != 0) {
            return -reason;
        }
        assertThat(Ipv4.destination(p.ip())).isEqualTo(Flow.destination(target));
        return Match.session(match);
    }

    static DropReason reason(final int code) {
        return code >= 0 ? DropReason.NONE : DropReason.ofCode(-code);
    }

    /** UDP from inside; the session or a reason. */
    int udp(final int host, final int port, final int remote, final int remotePort) {
        packet.udp(host, port, remote, remotePort);
        return outbound();
    }

    /** UDP from inside; the outside port it got. */
    int udpPort(final int host, final int port, final int remote, final int remotePort) {
        return nat.reader().outsidePort(udp(host, port, remote, remotePort));
    }

    /** What control does when a session's timer is over. */
    boolean expire(final int session) {
        return nat.expire(session, nat.reader().generation(session), lastSeen(session), nowS);
    }

    int lastSeen(final int session) {
        return nat.reader().lastSeenWord(session);
    }

    @Override
    public void close() {
        packet.close();
        nat.close();
    }
}
