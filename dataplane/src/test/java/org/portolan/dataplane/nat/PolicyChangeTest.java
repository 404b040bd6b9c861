package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.REST_S;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/** The policy changes while there are sessions: what is not allowed any more ends, everything else notices nothing. */
class PolicyChangeTest {
    private static final int SECOND = OUTSIDE + 1;
    private static final int UPLINK = 4;
    private static final int UPLINK_ADDRESS = TestPacket.ip("198.18.0.2");
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int SESSIONS = 1000;

    private final TestConfig base = TestConfig.of(SESSIONS, OUTSIDE);
    private TestRouter router;

    @AfterEach
    void close() {
        router.close();
    }

    private static PolicyTerms.Forward forward(final int port, final int server, final int serverPort) {
        return new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, port, server, serverPort);
    }

    /** UDP from outside to a port of the first address. */
    private int in(final int remote, final int port) {
        router.packet.udp(remote, 5000, OUTSIDE, port);
        return router.inbound();
    }

    private int out(final int host, final int port) {
        return router.udp(host, port, REMOTE, 53);
    }

    private int outsideAddress(final int session) {
        return router.nat.reader().outsideAddress(session);
    }

    private int outsidePort(final int session) {
        return router.nat.reader().outsidePort(session);
    }

    private void drainAndRetire() {
        while (router.nat.drain() > 0) {
            assertThat(router.nat.policy().addresses().draining()).isPositive();
        }
        assertThat(router.keeper.retireDrained()).isTrue();
        router.adopt();
        assertThat(router.keeper.isAdopted()).isTrue();
    }

    @Test
    void shouldEndTheSessionsOfAnAddressThatIsGoneAndNoOthers() {
        router = new TestRouter(TestConfig.of(SESSIONS, OUTSIDE, SECOND));
        int ofSecond = 0;
        for (int host = 0; host < 40; host++) {
            ofSecond += outsideAddress(out(HOST + host, 4000)) == SECOND ? 1 : 0;
        }
        assertThat(ofSecond).isBetween(5, 35);
        router.swap(base);
        assertThat(router.nat.counts().sessions())
                .as("nothing ends with the swap")
                .isEqualTo(40);
        assertThat(router.sweep()).isEqualTo(ofSecond);
        assertThat(router.nat.counts().sessions()).isEqualTo(40 - ofSecond);
        assertThat(router.nat.counts().portsResting())
                .as("a gone address's ports do not rest")
                .isZero();
        for (int host = 0; host < 40; host++) {
            assertThat(outsideAddress(out(HOST + host, 4000))).isEqualTo(OUTSIDE);
        }
    }

    @Test
    void shouldFreeTheMemoryOfAGoneAddressWhenItsPortsHaveStoppedToRest() {
        router = new TestRouter(TestConfig.of(SESSIONS, OUTSIDE, SECOND));
        final long both = router.nat.memoryBytes();
        for (int host = 0; host < 40; host++) {
            router.expire(out(HOST + host, 4000));
        }
        final long resting = router.nat.counts().portsResting();
        router.swap(base);
        assertThat(router.keeper.retireDrained()).as("its ports still rest").isFalse();
        drainAndRetire();
        assertThat(router.nat.counts().portsResting()).isBetween(1L, resting - 1);
        assertThat(router.nat.ownsOutside(SECOND)).isFalse();
        assertThat(router.keeper.retireDrained()).isFalse();
        router.swap(TestConfig.of(SESSIONS, OUTSIDE, SECOND + 5));
        assertThat(router.nat.memoryBytes()).as("the piece is used again").isEqualTo(both);
    }

    @Test
    void shouldGiveBackASlabWithTheLastOfItsAddresses() {
        router = new TestRouter(base);
        final long one = router.nat.memoryBytes();
        router.swap(TestConfig.of(SESSIONS, OUTSIDE, SECOND));
        assertThat(router.nat.memoryBytes()).isEqualTo(one + PortMemory.PIECE_BYTES);
        router.swap(base);
        drainAndRetire();
        assertThat(router.nat.memoryBytes()).isEqualTo(one);
    }

    @Test
    void shouldUseAnAddressThatAppears() {
        router = new TestRouter(base);
        final int old = out(HOST, 4000);
        router.swap(TestConfig.of(SESSIONS, OUTSIDE, SECOND));
        assertThat(router.sweep()).isZero();
        assertThat(out(HOST, 4000)).isEqualTo(old);
        assertThat(outsideAddress(out(HOST, 4001)))
                .as("a host keeps its address")
                .isEqualTo(OUTSIDE);
        int ofSecond = 0;
        for (int host = 1; host < 40; host++) {
            ofSecond += outsideAddress(out(HOST + host, 4000)) == SECOND ? 1 : 0;
        }
        assertThat(ofSecond).isPositive();
    }

    @Test
    void shouldNotMakeAMappingOnAnAddressThatDrainsThoughTheHostHasItThere() {
        router = new TestRouter(TestConfig.of(SESSIONS, SECOND));
        final int old = out(HOST, 4000);
        router.expire(out(HOST, 4001));
        router.swap(base);
        router.packet.udp(HOST, 4000, OTHER_REMOTE, 53);
        assertThat(outsideAddress(router.outbound()))
                .as("the live mapping's endpoint")
                .isEqualTo(OUTSIDE);
        assertThat(outsideAddress(out(HOST, 4001))).as("the resting one's").isEqualTo(OUTSIDE);
        assertThat(outsideAddress(out(HOST, 4000)))
                .as("a session that is there")
                .isEqualTo(SECOND);
        assertThat(out(HOST, 4000)).isEqualTo(old);
        assertThat(router.sweep()).isOne();
        assertThat(outsideAddress(out(HOST, 4000))).isEqualTo(OUTSIDE);
        drainAndRetire();
    }

    @Test
    void shouldTakeAnAddressBackWhileItDrains() {
        router = new TestRouter(TestConfig.of(SESSIONS, SECOND));
        out(HOST, 4000);
        router.expire(out(HOST, 4001));
        router.swap(base);
        router.swap(TestConfig.of(SESSIONS, SECOND));
        assertThat(router.sweep()).isZero();
        assertThat(router.nat.drain()).isZero();
        assertThat(outsidePort(out(HOST, 4001))).as("its port still rests").isEqualTo(4001);
        assertThat(router.nat.counts().portsResting()).isZero();
    }

    private static RouteTable by(final int egress) {
        return RouteTable.builder()
                .add(0, 0, egress, 0)
                .add(TestPacket.ip("192.168.0.0"), 16, TestConfig.INSIDE, 0)
                .build();
    }

    @Test
    void shouldEndASessionWhoseWayLeadsToAnotherUplink() {
        final TestConfig two =
                base.withPools(new PolicyTerms.Pool(0, OUTSIDE), new PolicyTerms.Pool(UPLINK, UPLINK_ADDRESS));
        router = new TestRouter(two.routes(by(0)));
        final int session = out(HOST, 4000);
        assertThat(outsideAddress(session)).isEqualTo(OUTSIDE);
        router.swap(two.routes(by(UPLINK)));
        router.egress = UPLINK;
        assertThat(router.sweep()).isOne();
        assertThat(outsideAddress(out(HOST, 4000))).isEqualTo(UPLINK_ADDRESS);
        assertThat(router.nat.counts().portsResting()).as("the old one rests").isOne();
        router.swap(two.routes(by(0)));
        router.egress = 0;
        assertThat(router.sweep()).isOne();
        assertThat(outsidePort(out(HOST, 4000))).as("and is the host's again").isEqualTo(4000);
    }

    @Test
    void shouldRefuseAFlowByAnEgressThatHasNoPoolAnyMore() {
        final TestConfig two =
                base.withPools(new PolicyTerms.Pool(0, OUTSIDE), new PolicyTerms.Pool(UPLINK, UPLINK_ADDRESS));
        router = new TestRouter(two);
        router.swap(base);
        router.egress = UPLINK;
        assertThat(reason(out(HOST, 4000))).isEqualTo(DropReason.PORTS_EXHAUSTED);
        router.packet.tcp(HOST, 4000, REMOTE, 53, org.portolan.dataplane.wire.Tcp.SYN);
        assertThat(reason(router.outbound())).isEqualTo(DropReason.PORTS_EXHAUSTED);
    }

    @Test
    void shouldEndEverySessionOfAHostThatIsNotInsideAnyMore() {
        router = new TestRouter(base.routes(by(0)).forwards(forward(53, HOST, 53)));
        for (int port = 0; port < 100; port++) {
            out(HOST, 4000 + port);
        }
        in(REMOTE, 53);
        final int other = out(OTHER_HOST, 4000);
        final RouteTable without = RouteTable.builder()
                .add(0, 0, 0, 0)
                .add(OTHER_HOST, 32, TestConfig.INSIDE, 0)
                .build();
        router.swap(base.routes(without).forwards(forward(53, HOST, 53)));
        assertThat(router.sweep()).isEqualTo(101);
        assertThat(out(OTHER_HOST, 4000)).isEqualTo(other);
        assertThat(router.nat.counts().sessions()).isOne();
        assertThat(router.nat.counts().sessionsFromOutside()).isZero();
    }

    @Test
    void shouldServeAForwardThatIsAddedAndEndOneThatIsRemoved() {
        router = new TestRouter(base);
        final int session = out(HOST, 4000);
        assertThat(reason(in(REMOTE, 53))).isEqualTo(DropReason.NO_MAPPING);
        router.swap(base.forwards(forward(53, SERVER, 53)));
        assertThat(in(REMOTE, 53)).isNotNegative();
        assertThat(outsidePort(router.udp(SERVER, 53, OTHER_REMOTE, 99))).isEqualTo(53);
        assertThat(router.sweep()).isZero();
        router.swap(base);
        assertThat(reason(in(OTHER_REMOTE, 53))).isEqualTo(DropReason.NO_MAPPING);
        assertThat(router.sweep()).as("what the outside opened").isOne();
        assertThat(router.udp(SERVER, 53, OTHER_REMOTE, 99))
                .as("the inside's lives: the pool has the address")
                .isNotNegative();
        assertThat(out(HOST, 4000)).isEqualTo(session);
        assertThat(router.nat.counts().sessions()).isEqualTo(2);
        assertThat(router.nat.counts().sessionsFromOutside()).isZero();
    }

    @Test
    void shouldLetThePortOfARemovedForwardRestBeforeAnotherHasIt() {
        router = new TestRouter(base.forwards(forward(5353, SERVER, 53)));
        in(REMOTE, 5353);
        router.swap(base);
        router.sweep();
        assertThat(router.nat.counts().portsResting()).isOne();
        assertThat(outsidePort(out(HOST, 5353))).isNotEqualTo(5353);
        router.nowS += REST_S;
        assertThat(outsidePort(out(OTHER_HOST, 5353))).isEqualTo(5353);
    }

    @Test
    void shouldGiveThePortOfAnUnusedForwardThatIsRemovedAwayAtOnce() {
        router = new TestRouter(base.forwards(forward(5353, SERVER, 53)));
        assertThat(outsidePort(out(HOST, 5353))).isNotEqualTo(5353);
        router.swap(base);
        assertThat(outsidePort(out(OTHER_HOST, 5353))).isEqualTo(5353);
    }

    @Test
    void shouldEndTheSessionsOfAForwardWithAnotherTarget() {
        router = new TestRouter(base.forwards(forward(53, SERVER, 53)));
        final int old = in(REMOTE, 53);
        assertThat(router.nat.reader().insideAddress(old)).isEqualTo(SERVER);
        router.swap(base.forwards(forward(53, OTHER_HOST, 53)));
        final int other = in(OTHER_REMOTE, 53);
        assertThat(router.nat.reader().insideAddress(other))
                .as("new flows follow at once")
                .isEqualTo(OTHER_HOST);
        assertThat(router.nat.reader().insideAddress(in(REMOTE, 53)))
                .as("until the sweep")
                .isEqualTo(SERVER);
        assertThat(router.sweep()).isOne();
        assertThat(router.nat.reader().insideAddress(in(REMOTE, 53))).isEqualTo(OTHER_HOST);
        assertThat(in(OTHER_REMOTE, 53)).isEqualTo(other);
        assertThat(outsidePort(router.udp(OTHER_HOST, 53, REMOTE + 50, 99))).isEqualTo(53);
        assertThat(router.nat.counts().mappings()).isOne();
    }

    @Test
    void shouldLetARuleWinOverALiveMapping() {
        router = new TestRouter(base);
        final int old = out(HOST, 5353);
        assertThat(outsidePort(old)).isEqualTo(5353);
        router.swap(base.forwards(forward(5353, SERVER, 53)));
        final int forwarded = in(OTHER_REMOTE, 5353);
        assertThat(router.nat.reader().insideAddress(forwarded)).isEqualTo(SERVER);
        assertThat(out(HOST, 5353)).as("until the sweep").isEqualTo(old);
        assertThat(outsidePort(router.udp(HOST, 5353, OTHER_REMOTE, 99)))
                .as("a new flow of the old endpoint")
                .isNotEqualTo(5353);
        assertThat(router.sweep()).isOne();
        assertThat(router.nat.counts().portsResting()).isZero();
        assertThat(in(OTHER_REMOTE, 5353)).isEqualTo(forwarded);
        router.expire(forwarded);
        assertThat(in(OTHER_REMOTE, 5353)).isNotNegative();
        assertThat(outsidePort(out(OTHER_HOST, 5353))).as("nobody else's").isNotEqualTo(5353);
    }

    @Test
    void shouldLetARuleWinOverARestingPort() {
        router = new TestRouter(base);
        router.expire(out(HOST, 5353));
        router.swap(base.forwards(forward(5353, SERVER, 53)));
        assertThat(outsidePort(out(HOST, 5353))).isNotEqualTo(5353);
        assertThat(router.nat.reader().insideAddress(in(REMOTE, 5353))).isEqualTo(SERVER);
        assertThat(router.nat.counts().portsResting()).isZero();
        router.swap(base);
        router.sweep();
        router.nowS += REST_S;
        assertThat(outsidePort(out(OTHER_HOST, 5353))).isEqualTo(5353);
    }

    @Test
    void shouldTakeALiveMappingBetweenTheSameEndpointsOver() {
        router = new TestRouter(base);
        final int old = out(SERVER, 53);
        router.swap(base.forwards(forward(53, SERVER, 53)));
        assertThat(router.sweep()).isZero();
        final int forwarded = in(OTHER_REMOTE, 53);
        assertThat(forwarded).isNotNegative();
        assertThat(out(SERVER, 53)).isEqualTo(old);
        assertThat(router.nat.counts().mappings()).isOne();
        router.expire(old);
        router.expire(forwarded);
        assertThat(router.nat.counts().mappings()).isZero();
        assertThat(router.nat.counts().portsResting())
                .as("a rule's port does not rest")
                .isZero();
        assertThat(router.nat.counts().hosts()).isZero();
    }

    @Test
    void shouldKeepSessionsBeyondALoweredLimit() {
        router = new TestRouter(base.forwards(forward(53, SERVER, 53)));
        for (int i = 0; i < 5; i++) {
            out(HOST, 4000 + i);
            in(REMOTE + i, 53);
        }
        router.swap(base.forwards(forward(53, SERVER, 53))
                .hosts(new HostLimits(3, 3, 5, 5))
                .limits(new OutsideLimits(2, 2, 2, 0)));
        assertThat(router.sweep()).isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(out(HOST, 4000 + i)).isNotNegative();
            assertThat(in(REMOTE + i, 53)).isNotNegative();
        }
        assertThat(reason(out(HOST, 5000))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
        assertThat(reason(in(REMOTE + 9, 53))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        assertThat(out(OTHER_HOST, 5000)).isNotNegative();
    }

    @Test
    void shouldRestAsLongAsThePolicyOfTheMomentSays() {
        router = new TestRouter(base);
        router.expire(out(HOST, 4000));
        router.nowS += 20;
        router.swap(base.rest(10));
        assertThat(outsidePort(out(OTHER_HOST, 4000)))
                .as("it has rested for 20 s")
                .isEqualTo(4000);
        router.expire(out(OTHER_HOST, 4000));
        router.nowS += 20;
        router.swap(base.rest(60));
        assertThat(outsidePort(out(HOST, 4000))).isNotEqualTo(4000);
        router.swap(base.rest(0));
        router.expire(out(HOST, 4000));
        assertThat(router.nat.counts().portsResting()).as("none begins a rest").isOne();
    }

    @Test
    void shouldKeepRoomForForwardsUnderAnInsideFlood() {
        final PolicyTerms.Forward[] forwards = new PolicyTerms.Forward[200];
        for (int i = 0; i < forwards.length; i++) {
            forwards[i] = forward(100 + i, SERVER + 1000 + i, 53);
        }
        router = new TestRouter(TestConfig.of(2000, OUTSIDE).mappings(300));
        int host = 0;
        while (out(HOST + host, 40_000) >= 0) {
            host++;
        }
        assertThat(host).as("hosts run out").isEqualTo(256);
        int port = 0;
        while (out(HOST, port + 1024) >= 0) {
            port++;
        }
        assertThat(reason(out(HOST, port + 1024))).as("and mappings").isEqualTo(DropReason.MAPPINGS_FULL);
        router.swap(TestConfig.of(2000, OUTSIDE).mappings(300).forwards(forwards));
        for (int i = 0; i < forwards.length; i++) {
            assertThat(in(REMOTE, 100 + i)).as("forward %d", i).isNotNegative();
            assertThat(outsidePort(router.udp(SERVER + 1000 + i, 53, OTHER_REMOTE, 99)))
                    .isEqualTo(100 + i);
        }
    }

    @Test
    void shouldRefuseTermsThatDoNotFitAndChangeNothing() {
        router = new TestRouter(base);
        final PolicyTerms.Forward[] many = new PolicyTerms.Forward[1025];
        for (int i = 0; i < many.length; i++) {
            many[i] = forward(1 + i, SERVER, 53);
        }
        assertThatThrownBy(() -> router.keeper.offer(base.forwards(many).terms()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1025 forwards, and room for 1024 since the start");
        final int[] pool = new int[65];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = OUTSIDE + i;
        }
        assertThatThrownBy(
                        () -> router.keeper.offer(TestConfig.of(SESSIONS, pool).terms()))
                .hasMessage("65 outside addresses, and room for 64 since the start");
        assertThat(router.keeper.current().epoch()).isOne();
        assertThat(router.keeper.isAdopted()).isTrue();
    }

    @Test
    void shouldIgnoreARecheckOfAnotherEpoch() {
        router = new TestRouter(base);
        final int session = out(HOST, 4000);
        router.swap(TestConfig.of(SESSIONS, SECOND));
        assertThat(router.nat.recheck(session, 1, router.nowS)).isZero();
        assertThat(router.nat.recheck(-1, 2, router.nowS)).isZero();
        assertThat(router.nat.recheck(SESSIONS, 2, router.nowS)).isZero();
        assertThat(router.nat.recheck(session + 1, 2, router.nowS))
                .as("a free one")
                .isZero();
        assertThat(router.nat.recheck(session, 2, router.nowS)).isOne();
        assertThat(router.nat.recheck(session, 2, router.nowS)).isZero();
    }

    @Test
    void shouldEndABoundedNumberOfAMappingsSessionsAtOnce() {
        router = new TestRouter(base);
        for (int i = 0; i < 100; i++) {
            router.udp(HOST, 4000, REMOTE + i, 53);
        }
        router.swap(TestConfig.of(SESSIONS, SECOND));
        assertThat(router.nat.recheck(99, 2, router.nowS)).isEqualTo(64);
        assertThat(router.nat.recheck(0, 2, router.nowS)).isEqualTo(36);
        assertThat(router.nat.counts().mappings()).isZero();
    }

    /** A process that ends between the two writes leaves a half that seems to come from the first interface. */
    @Test
    void shouldKnowAHalfOfAHairpinByItsFlows() {
        router = new TestRouter(TestConfig.of(10, TestRouter.OUTSIDE));
        router.packet.udp(TestRouter.HOST, 5_000, TestRouter.OUTSIDE, 5_000);
        final Packet p = router.packet.parsed();
        final long hash = router.nat.hash(p, TestRouter.INSIDE_REALM);
        final int half = router.nat.hairpins().openFirst(p, TestRouter.INSIDE_REALM, 0, hash, router.nowS);
        router.nat.noteInterface(half, 0);
        assertThat(router.nat.recheck(Match.session(half), router.nat.policy().epoch(), router.nowS))
                .isZero();
        assertThat(router.nat.hairpins().isHalf(half)).isTrue();
    }
}
