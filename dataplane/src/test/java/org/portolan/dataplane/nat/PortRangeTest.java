package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** One rule forwards a range of ports. */
class PortRangeTest {
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int SESSIONS = 4000;
    private static final PolicyTerms.Forward RANGE = range(5000, SERVER, 6000, 1000);

    private final TestConfig base = TestConfig.of(SESSIONS, OUTSIDE).limits(new OutsideLimits(2000, 2000, 2000, 0));
    private TestRouter router = new TestRouter(base.forwards(RANGE));

    @AfterEach
    void close() {
        router.close();
    }

    private static PolicyTerms.Forward range(final int outside, final int server, final int inside, final int ports) {
        return new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, outside, server, inside).ports(ports);
    }

    private void start(final TestConfig config) {
        router.close();
        router = new TestRouter(config);
    }

    /** UDP from outside; the session or a reason. */
    private int in(final int port) {
        return in(REMOTE, port);
    }

    private int in(final int remote, final int port) {
        router.packet.udp(remote, 4000, OUTSIDE, port);
        return router.inbound();
    }

    /** Where the packet that was just carried goes to. */
    private int carriedTo() {
        return Memory.u16(router.packet.transport() + Udp.DESTINATION_PORT_OFFSET);
    }

    private static boolean isBeside(final int port) {
        return port < 5000 || port > 5999;
    }

    @Test
    void shouldReachTheRangeFromItsFirstPortToItsLastAndNothingBeside() {
        for (final int port : new int[] {5000, 5001, 5999}) {
            assertThat(in(port)).isNotNegative();
            assertThat(router.packet.destination()).isEqualTo(SERVER);
            assertThat(carriedTo()).isEqualTo(port + 1000);
            router.packet.shouldHaveRightChecksums();
        }
        assertThat(reason(in(4999))).isEqualTo(DropReason.NO_MAPPING);
        assertThat(reason(in(6000))).isEqualTo(DropReason.NO_MAPPING);
        router.packet.tcp(REMOTE, 4000, OUTSIDE, 5500, Tcp.SYN);
        assertThat(reason(router.inbound())).as("the other protocol").isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldGiveWhatTheInsideOpensThePortOfTheRange() {
        assertThat(router.udpPort(SERVER, 6000, REMOTE, 53)).isEqualTo(5000);
        assertThat(router.udpPort(SERVER, 6999, REMOTE, 53)).isEqualTo(5999);
        assertThat(router.udpPort(SERVER, 7000, REMOTE, 53))
                .as("beside the range")
                .isEqualTo(7000);
        assertThat(router.udpPort(SERVER, 5999, REMOTE, 53))
                .as("beside the range")
                .matches(PortRangeTest::isBeside);
        assertThat(router.udpPort(OTHER_HOST, 6500, REMOTE, 53))
                .as("another host")
                .isEqualTo(6500);
    }

    @Test
    void shouldKeepThePortsOfTheRangeFromDynamicMappings() {
        for (int i = 0; i < 1000; i++) {
            assertThat(router.udpPort(HOST, 5000 + i, REMOTE, 53)).matches(PortRangeTest::isBeside);
        }
        start(base.forwards(range(1024, SERVER, 1024, 64_511)));
        assertThat(router.udpPort(HOST, 4000, REMOTE, 53))
                .as("the last free port")
                .isEqualTo(65_535);
        assertThat(reason(router.udp(HOST, 4001, REMOTE, 53))).isEqualTo(DropReason.PORTS_EXHAUSTED);
    }

    @Test
    void shouldCountTheSessionsOfARangeTogether() {
        start(base.limits(new OutsideLimits(100, 3, 100, 0)).forwards(RANGE, range(7000, SERVER, 7000, 2)));
        final int first = in(5000);
        assertThat(in(5001)).isNotNegative();
        assertThat(in(REMOTE + 1, 5001)).isNotNegative();
        assertThat(reason(in(5002))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        assertThat(reason(in(REMOTE + 2, 5000))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        assertThat(in(7000)).as("another rule").isNotNegative();
        router.expire(first);
        assertThat(in(5002)).isNotNegative();
    }

    @Test
    void shouldFreeEachMappingWithItsLastSession() {
        final RuleSlots slots = router.nat.tables().mappings().slots();
        final int one = in(5000);
        final int same = in(REMOTE + 1, 5000);
        final int other = in(5001);
        assertThat(slots.mappings()).isEqualTo(2);
        router.expire(one);
        assertThat(slots.mappings()).isEqualTo(2);
        router.expire(same);
        assertThat(slots.mappings()).isOne();
        router.expire(other);
        assertThat(slots.mappings()).isZero();
        assertThat(router.nat.counts().portsResting())
                .as("the rule has the ports")
                .isZero();
        assertThat(in(5000)).isNotNegative();
    }

    @Test
    void shouldHaveAMappingForEachPortOfARangeWhateverTheInsideTakes() {
        for (int host = 0; host < 500; host++) {
            assertThat(router.udp(HOST + 1000 + host, 4000, REMOTE, 53)).isNotNegative();
        }
        for (int port = 5000; port < 6000; port++) {
            assertThat(in(port)).isNotNegative();
        }
        assertThat(router.nat.tables().mappings().slots().mappings()).isEqualTo(1000);
    }

    @Test
    void shouldTakeTheFirstOfTwoRulesFromInside() {
        start(base.forwards(
                range(5000, SERVER, 6000, 10),
                range(7000, SERVER, 6005, 10),
                range(8000, SERVER, 6000, 1),
                range(9000, SERVER, 6014, 1)));
        assertThat(router.udpPort(SERVER, 6000, REMOTE, 53)).isEqualTo(5000);
        assertThat(router.udpPort(SERVER, 6009, REMOTE, 53)).isEqualTo(5009);
        assertThat(router.udpPort(SERVER, 6010, REMOTE, 53)).isEqualTo(7005);
        assertThat(router.udpPort(SERVER, 6014, REMOTE, 53)).isEqualTo(7009);
        assertThat(in(8000)).as("the other rules serve the outside").isNotNegative();
        assertThat(in(9000)).isNotNegative();
    }

    @Test
    void shouldGiveItsPortsBackWhenTheRangeIsRemoved() {
        final int session = in(5000);
        router.udp(SERVER, 6001, REMOTE, 53);
        router.swap(base);
        assertThat(router.udpPort(HOST, 5002, REMOTE, 53))
                .as("unused by the range")
                .isEqualTo(5002);
        assertThat(router.udpPort(HOST, 5000, REMOTE, 53)).as("still in use").isNotEqualTo(5000);
        assertThat(router.sweep()).as("what the outside opened").isOne();
        assertThat(router.nat.reader().lastSeenWord(session)).isZero();
        assertThat(router.udpPort(SERVER, 6001, REMOTE, 53)).as("goes on").isEqualTo(5001);
        assertThat(router.udpPort(HOST, 5003, REMOTE, 54)).isEqualTo(5003);
    }

    @Test
    void shouldLeaveSessionsAloneWhenTheRangeGrowsOrShrinks() {
        final int kept = in(5400);
        final int lost = in(5900);
        router.swap(base.forwards(range(5000, SERVER, 6000, 500)));
        assertThat(router.sweep()).isOne();
        assertThat(router.nat.reader().lastSeenWord(lost)).isZero();
        assertThat(in(5400)).isEqualTo(kept);
        assertThat(reason(in(5900))).isEqualTo(DropReason.NO_MAPPING);
        assertThat(router.udpPort(HOST, 5700, REMOTE, 53)).isEqualTo(5700);
        router.swap(base.forwards(range(4900, SERVER, 5900, 1000)));
        assertThat(router.sweep()).as("the dynamic mapping of port 5700").isOne();
        assertThat(in(5400)).isEqualTo(kept);
        assertThat(in(4900)).isNotNegative();
    }

    @Test
    void shouldLetARangeWinOverALiveMapping() {
        start(base);
        final int old = router.udp(HOST, 5005, REMOTE, 53);
        final int beside = router.udp(HOST, 4999, REMOTE, 53);
        router.swap(base.forwards(RANGE));
        assertThat(in(5005)).as("a new flow is the rule's").isNotNegative();
        assertThat(router.packet.destination()).isEqualTo(SERVER);
        assertThat(router.udp(HOST, 5005, REMOTE, 53)).as("until the sweep").isEqualTo(old);
        assertThat(router.sweep()).isOne();
        assertThat(router.udpPort(HOST, 5005, REMOTE, 53)).matches(PortRangeTest::isBeside);
        assertThat(router.udp(HOST, 4999, REMOTE, 53)).isEqualTo(beside);
        assertThat(router.nat.counts().portsResting()).isZero();
    }

    @Test
    void shouldEndALiveSessionWhoseAnswersWouldBeTheRulesOwn() {
        start(base);
        router.udp(HOST, 5005, REMOTE, 53);
        router.swap(base.forwards(RANGE));
        final int ofServer = router.udp(SERVER, 6005, REMOTE, 53);
        assertThat(ofServer).isNotNegative();
        router.packet.udp(REMOTE, 53, OUTSIDE, 5005);
        assertThat(router.inbound()).isEqualTo(ofServer);
        assertThat(router.packet.destination()).isEqualTo(SERVER);
    }

    @Test
    void shouldServeTheOutsideAloneWhenTheRuleSaysSo() {
        start(base.forwards(RANGE.inboundOnly()));
        final int session = in(5000);
        assertThat(router.packet.destination()).isEqualTo(SERVER);
        router.packet.udp(SERVER, 6000, REMOTE, 4000);
        assertThat(router.outbound()).as("the answer").isEqualTo(session);
        assertThat(router.udpPort(SERVER, 6000, REMOTE, 53)).as("its own flow").matches(PortRangeTest::isBeside);
    }
}
