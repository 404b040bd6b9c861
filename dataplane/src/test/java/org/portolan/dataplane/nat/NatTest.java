package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

class NatTest {
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int FORWARD_ONLY = TestPacket.ip("203.0.113.99");

    private final TestRouter router = TestRouter.withSessions(
            6,
            new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80),
            new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8081, SERVER, 80),
            new PolicyTerms.Forward(0, Ipv4.UDP, FORWARD_ONLY, 53, SERVER, 53));
    private final TestPacket packet = router.packet;
    private final Nat nat = router.nat;

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void shouldMakeOneSessionOfTwoFirstPacketsInOneBatch() {
        try (TestPacket second = new TestPacket()) {
            final Packet one = packet.udp(HOST, 4000, REMOTE, 53).parsed();
            final Packet two = second.udp(HOST, 4000, REMOTE, 53).parsed();
            final long hash = nat.hash(one, 0);
            assertThat(nat.hash(two, 0)).isEqualTo(hash);
            nat.touch(hash);
            final int likely = nat.likely(hash);
            assertThat(nat.touchSession(likely, 1)).as("nothing to touch yet").isZero();
            assertThat(nat.touchLastSeen(likely)).isZero();
            assertThat(nat.find(one, 0, hash, likely)).isEqualTo(-1);
            final int match = nat.openOutbound(one, 0, 0, hash, 1);
            assertThat(nat.find(two, 0, hash, likely)).isEqualTo(match);
            assertThat(nat.likely(hash)).isEqualTo(match);
            assertThat(nat.touchSession(match, 1)).as("seen in this second").isZero();
            assertThat(nat.touchSession(match, 2)).isNotZero();
            assertThat(nat.touchLastSeen(match)).isEqualTo(nat.reader().lastSeenWord(Match.session(match)));
            assertThat(nat.counts().sessions()).isOne();
        }
    }

    @Test
    void shouldTellAllAboutASession() {
        packet.udp(HOST, 4000, REMOTE, 53);
        final int session = router.outbound();
        assertThat(nat.reader().insideAddress(session)).isEqualTo(HOST);
        assertThat(nat.reader().insidePort(session)).isEqualTo(4000);
        assertThat(nat.reader().outsideAddress(session)).isEqualTo(OUTSIDE);
        assertThat(nat.reader().outsidePort(session)).isEqualTo(4000);
        assertThat(nat.reader().remoteAddress(session)).isEqualTo(REMOTE);
        assertThat(nat.reader().remotePort(session)).isEqualTo(53);
        assertThat(nat.reader().protocol(session)).isEqualTo(Ipv4.UDP);
        assertThat(nat.reader().state(session)).isEqualTo(SessionState.UDP);
        assertThat(nat.reader().generation(session)).isEven();
    }

    @Test
    void shouldCountBytesEachWay() {
        final SessionRow row = new SessionRow();
        packet.udp(HOST, 4000, REMOTE, 53, 100);
        final int session = router.outbound();
        packet.udp(HOST, 4000, REMOTE, 53, 1);
        router.outbound();
        packet.udp(REMOTE, 53, OUTSIDE, 4000, 900);
        router.inbound();
        assertThat(nat.reader().snapshot(session, row)).isTrue();
        assertThat(row.bytesOut()).isEqualTo(128 + 29);
        assertThat(row.bytesIn()).isEqualTo(928);
        assertThat(router.expire(session)).isTrue();
        assertThat(nat.reader().snapshot(session, row)).isFalse();
        assertThat(router.udp(HOST, 4000, REMOTE, 54))
                .as("the line is used again")
                .isEqualTo(session);
        assertThat(nat.reader().snapshot(session, row)).isTrue();
        assertThat(row.bytesOut()).isEqualTo(46);
        assertThat(row.bytesIn()).isZero();
    }

    @Test
    void shouldKeepRealmsApart() {
        final Packet p = packet.udp(HOST, 4000, REMOTE, 53).parsed();
        final int first = nat.openOutbound(p, 0, 0, nat.hash(p, 0), 1);
        assertThat(nat.find(p, 1, nat.hash(p, 1))).isEqualTo(-1);
        final int second = nat.openOutbound(p, 1, 0, nat.hash(p, 1), 1);
        assertThat(nat.reader().outsidePort(Match.session(second)))
                .isNotEqualTo(nat.reader().outsidePort(Match.session(first)));
        assertThat(nat.find(p, 0, nat.hash(p, 0))).isEqualTo(first);
        assertThat(nat.find(p, 1, nat.hash(p, 1))).isEqualTo(second);
    }

    @Test
    void shouldCompareTheWholeKeyWhenHashesAreAlike() {
        final Packet p = packet.udp(HOST, 4000, REMOTE, 53).parsed();
        final long hash = nat.hash(p, 0);
        final int match = nat.openOutbound(p, 0, 0, hash, 1);
        assertThat(nat.find(p, 0, hash)).isEqualTo(match);
        assertThat(nat.find(p, 1, hash)).as("another realm").isEqualTo(-1);
        assertThat(nat.find(p, TestRouter.OUTSIDE_REALM, hash))
                .as("from outside")
                .isEqualTo(-1);
        assertThat(nat.find(packet.udp(HOST + 1, 4000, REMOTE, 53).parsed(), 0, hash))
                .isEqualTo(-1);
        assertThat(nat.find(packet.udp(HOST, 4001, REMOTE, 53).parsed(), 0, hash))
                .isEqualTo(-1);
        assertThat(nat.find(packet.udp(HOST, 4000, REMOTE + 1, 53).parsed(), 0, hash))
                .isEqualTo(-1);
        assertThat(nat.find(packet.udp(HOST, 4000, REMOTE, 54).parsed(), 0, hash))
                .isEqualTo(-1);
        assertThat(nat.find(packet.tcp(HOST, 4000, REMOTE, 53, Tcp.SYN).parsed(), 0, hash))
                .isEqualTo(-1);
        final Packet answer = packet.udp(REMOTE, 53, OUTSIDE, 4000).parsed();
        final long replyHash = nat.hash(answer, TestRouter.OUTSIDE_REALM);
        assertThat(nat.find(answer, TestRouter.OUTSIDE_REALM, replyHash))
                .isEqualTo(Match.of(Match.session(match), Match.REPLY));
        assertThat(nat.find(answer, Flow.outside(1), replyHash))
                .as("the outside of another realm")
                .isEqualTo(-1);
        assertThat(nat.find(answer, 0, replyHash)).as("from inside").isEqualTo(-1);
    }

    @Test
    void shouldLetOnlyTheSessionsOwnRemoteEndpointIn() {
        router.udp(HOST, 4000, REMOTE, 53);
        packet.udp(REMOTE, 53, OUTSIDE, 4000);
        assertThat(router.inbound()).isNotNegative();
        packet.udp(REMOTE, 54, OUTSIDE, 4000);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.FILTERED);
        packet.udp(TestRouter.OTHER_REMOTE, 53, OUTSIDE, 4000);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.FILTERED);
        packet.tcp(REMOTE, 53, OUTSIDE, 4000, Tcp.SYN);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
        assertThat(nat.counts().sessions()).isOne();
    }

    @Test
    void shouldNotTakeAPingToTheRouterForAnAnswer() {
        packet.echo(Icmp.ECHO_REQUEST, HOST, REMOTE, 77);
        final int session = router.outbound();
        packet.echo(Icmp.ECHO_REQUEST, REMOTE, OUTSIDE, nat.reader().outsidePort(session));
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
        packet.echo(Icmp.ECHO_REPLY, HOST, REMOTE, 77);
        assertThat(reason(router.outbound())).isEqualTo(DropReason.ICMP_TYPE_UNSUPPORTED);
        packet.echo(Icmp.ECHO_REPLY, REMOTE, OUTSIDE, nat.reader().outsidePort(session));
        assertThat(router.inbound()).isEqualTo(session);
    }

    @Test
    void shouldForwardAPlainSynAndTranslateItsAnswers() {
        packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        final int session = router.inbound();
        packet.shouldHaveRightChecksums();
        assertThat(packet.destination()).isEqualTo(SERVER);
        assertThat(Tcp.destinationPort(packet.transport())).isEqualTo(80);
        packet.tcp(SERVER, 80, REMOTE, 5000, Tcp.SYN | Tcp.ACK);
        assertThat(router.outbound()).isEqualTo(session);
        packet.shouldHaveRightChecksums();
        assertThat(packet.source()).isEqualTo(OUTSIDE);
        assertThat(Tcp.sourcePort(packet.transport())).isEqualTo(8080);
    }

    @Test
    void shouldForwardAnAddressThatIsNotOfThePool() {
        packet.udp(REMOTE, 5000, FORWARD_ONLY, 53);
        final int session = router.inbound();
        packet.shouldHaveRightChecksums();
        assertThat(packet.destination()).isEqualTo(SERVER);
        packet.udp(SERVER, 53, REMOTE, 5000);
        assertThat(router.outbound()).isEqualTo(session);
        assertThat(packet.shouldHaveRightChecksums().source()).isEqualTo(FORWARD_ONLY);
    }

    @Test
    void shouldOpenAForwardOnlyWithAPlainSyn() {
        for (final int flags : new int[] {Tcp.ACK, Tcp.SYN | Tcp.ACK, Tcp.RST, Tcp.FIN | Tcp.ACK}) {
            packet.tcp(REMOTE, 5000, OUTSIDE, 8080, flags);
            assertThat(reason(router.inbound())).isEqualTo(DropReason.TCP_NOT_OPENING);
        }
    }

    @Test
    void shouldCapTheSessionsOfAForward() {
        for (int i = 0; i < 4; i++) {
            packet.tcp(REMOTE, 5000 + i, OUTSIDE, 8080, Tcp.SYN);
            assertThat(router.inbound()).isNotNegative();
        }
        packet.tcp(REMOTE, 6000, OUTSIDE, 8080, Tcp.SYN);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        packet.tcp(SERVER, 80, REMOTE, 6000, Tcp.SYN);
        assertThat(router.outbound()).as("the inside server itself may").isNotNegative();
    }

    @Test
    void shouldRefuseASecondForwardToTheSameInsideFlow() {
        packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        final int session = router.inbound();
        packet.tcp(REMOTE, 5000, OUTSIDE, 8081, Tcp.SYN);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
        packet.tcp(SERVER, 80, REMOTE, 5000, Tcp.SYN | Tcp.ACK);
        assertThat(router.outbound()).isEqualTo(session);
    }

    @Test
    void shouldNeverGiveAForwardedPortAway() {
        packet.tcp(HOST, 8080, REMOTE, 80, Tcp.SYN);
        assertThat(nat.reader().outsidePort(router.outbound()))
                .isNotEqualTo(8080)
                .isGreaterThanOrEqualTo(1024);
    }

    @Test
    void shouldKeepNothingOfAForwardWithoutSessionsAndStillServeIt() {
        packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        assertThat(router.expire(router.inbound())).isTrue();
        assertThat(nat.counts().portsResting()).isZero();
        assertThat(nat.counts().mappings()).isZero();
        packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        assertThat(router.inbound()).isNotNegative();
    }

    @Test
    void shouldRefuseASessionWhenTheTableIsFull() {
        for (int i = 0; i < 6; i++) {
            assertThat(router.udp(HOST, 4000, REMOTE, 100 + i)).isNotNegative();
        }
        assertThat(reason(router.udp(HOST, 4000, REMOTE, 200))).isEqualTo(DropReason.SESSIONS_FULL);
        assertThat(router.udp(HOST, 4000, REMOTE, 103)).as("the others live").isNotNegative();
        packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.SESSIONS_FULL);
    }

    @Test
    void shouldRefuseAMappingWhenTheTableIsFull() {
        final TestConfig config = TestConfig.of(100, OUTSIDE).mappings(2);
        try (TestRouter small = new TestRouter(config)) {
            small.udp(HOST, 4000, REMOTE, 53);
            final int second = small.udp(HOST, 4001, REMOTE, 53);
            assertThat(reason(small.udp(HOST, 4002, REMOTE, 53))).isEqualTo(DropReason.MAPPINGS_FULL);
            assertThat(small.udp(HOST, 4001, REMOTE, 54))
                    .as("a mapping that is there")
                    .isNotNegative();
            small.expire(second);
            small.expire(small.udp(HOST, 4001, REMOTE, 54));
            assertThat(small.nat.counts().portsResting()).isOne();
            assertThat(small.udp(HOST, 4002, REMOTE, 53))
                    .as("in the place of the resting one")
                    .isNotNegative();
            assertThat(small.nat.counts().portsReclaimed()).isOne();
        }
    }

    @Test
    void shouldFreeOnlyWhatControlStillSees() {
        final int session = router.udp(HOST, 4000, REMOTE, 53);
        final int generation = nat.reader().generation(session);
        final int word = router.lastSeen(session);
        assertThat(nat.expire(session, generation + 2, word, router.nowS)).isFalse();
        assertThat(nat.expire(session, generation, word + 16, router.nowS)).isFalse();
        assertThat(nat.expire(-1, generation, word, router.nowS)).isFalse();
        assertThat(nat.expire(6, generation, word, router.nowS)).isFalse();
        router.nowS++;
        router.udp(HOST, 4000, REMOTE, 53);
        assertThat(nat.expire(session, generation, word, router.nowS))
                .as("it was used")
                .isFalse();
        assertThat(nat.expire(session, generation, router.lastSeen(session), router.nowS))
                .isTrue();
        assertThat(nat.expire(session, nat.reader().generation(session), 0, router.nowS))
                .as("it is free")
                .isFalse();
        assertThat(nat.counts().sessions()).isZero();
        packet.udp(REMOTE, 53, OUTSIDE, 4000);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldWriteTheLastSeenWordOnlyWhenTheSecondChanges() {
        final int session = router.udp(HOST, 4000, REMOTE, 53);
        assertThat(LastSeen.idleS(router.lastSeen(session), 1000)).isZero();
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.UDP);
        router.nowS = 1_000_000;
        router.udp(HOST, 4000, REMOTE, 53);
        assertThat(LastSeen.idleS(router.lastSeen(session), 1_000_000)).isZero();
    }

    @Test
    void shouldKnowItsOutsideAddresses() {
        assertThat(nat.ownsOutside(OUTSIDE)).isTrue();
        assertThat(nat.ownsOutside(FORWARD_ONLY)).isTrue();
        assertThat(nat.ownsOutside(REMOTE)).isFalse();
        assertThat(nat.ownsOutside(0)).isFalse();
        final int[] pool = new int[3000];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = OUTSIDE + i * 7;
        }
        final OutsideAddresses many =
                OutsideAddresses.next(null, TestConfig.of(1, pool).terms(), number -> false, pool.length, () -> 0);
        for (int i = 0; i < pool.length; i++) {
            assertThat(many.numberOf(pool[i])).isEqualTo(i);
            assertThat(many.numberOf(pool[i] + 1)).isEqualTo(-1);
        }
    }

    @Test
    void shouldRefuseAnErrorAboutNoSession() {
        try (TestPacket error = new TestPacket()) {
            packet.udp(OUTSIDE, 4000, REMOTE, 53);
            error.error(Icmp.TIME_EXCEEDED, 0, REMOTE, OUTSIDE, packet);
            assertThat(reason(router.inbound(error, false))).isEqualTo(DropReason.ICMP_ERROR_UNMATCHED);
            packet.udp(REMOTE, 53, HOST, 4000);
            error.error(Icmp.DESTINATION_UNREACHABLE, 3, HOST, REMOTE, packet);
            assertThat(reason(router.outbound(error, false))).isEqualTo(DropReason.ICMP_ERROR_UNMATCHED);
        }
    }

    @Test
    void shouldRefuseAConfigThatCannotWork() {
        final TestConfig right = TestConfig.of(1, OUTSIDE);
        assertThatThrownBy(TestConfig.of(0, OUTSIDE)::room).hasMessageContaining("maxSessions");
        assertThatThrownBy(() -> TestConfig.of(1)).hasMessageContaining("pool");
        assertThatThrownBy(() -> new PolicyTerms.Pool(-1, 1)).hasMessageContaining("egress");
        assertThatThrownBy(TestConfig.of(1, 1, 1)::terms).hasMessageContaining("twice");
        assertThatThrownBy(right.withPools(new PolicyTerms.Pool(0, 1), new PolicyTerms.Pool(1, 1))::terms)
                .hasMessageContaining("twice");
        assertThatThrownBy(right.withPools(new PolicyTerms.Pool(0, 1), new PolicyTerms.Pool(0, 2))::terms)
                .hasMessageContaining("two pools");
        assertThatThrownBy(right.rest(-1)::terms).hasMessageContaining("port rest");
        assertThatThrownBy(() -> new OutsideLimits(-1, 0, 0, 0)).hasMessageContaining("below 0");
        assertThatThrownBy(() -> new PolicyTerms.Forward(0, Ipv4.ICMP, 1, 1, 1, 1))
                .hasMessageContaining("protocol");
        assertThatThrownBy(() -> new PolicyTerms.Forward(0, Ipv4.TCP, 1, 0, 1, 1))
                .hasMessageContaining("external port");
        final PolicyTerms.Forward one = new PolicyTerms.Forward(0, Ipv4.TCP, 1, 1, 1, 1);
        final PolicyTerms.Forward two = new PolicyTerms.Forward(0, Ipv4.TCP, 1, 1, 2, 2);
        assertThatThrownBy(right.forwards(one, two)::terms).hasMessageContaining("twice");
        final PolicyTerms.Forward elsewhere = new PolicyTerms.Forward(1, Ipv4.TCP, OUTSIDE, 1, 1, 1);
        assertThatThrownBy(right.forwards(elsewhere)::terms).hasMessageContaining("two egresses");
    }
}
