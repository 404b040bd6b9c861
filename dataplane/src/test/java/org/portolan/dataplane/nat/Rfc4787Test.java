package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/** RFC 4787: NAT behaviour for unicast UDP. */
class Rfc4787Test {
    private static final int ALL_UNPRIVILEGED = 64_512;

    @Test
    @DisplayName("REQ-1: one inside endpoint keeps one outside endpoint whatever the destination")
    void shouldMapIndependentlyOfTheRemoteEndpoint() {
        try (TestRouter router = TestRouter.withSessions(100)) {
            router.udp(OTHER_HOST, 4000, REMOTE, 53);
            final int port = router.udpPort(HOST, 4000, REMOTE, 53);
            assertThat(port).isNotEqualTo(4000);
            assertThat(router.udpPort(HOST, 4000, REMOTE, 54)).isEqualTo(port);
            assertThat(router.udpPort(HOST, 4000, OTHER_REMOTE, 53)).isEqualTo(port);
            assertThat(router.nat.counts().sessions()).isEqualTo(4);
            assertThat(router.nat.counts().mappings()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("REQ-2: an inside host sticks to one outside address for every protocol, hosts spread over the pool")
    void shouldPairAHostWithOneOutsideAddress() {
        final int[] pool = {OUTSIDE, TestPacket.ip("203.0.113.77"), TestPacket.ip("198.18.0.1")};
        try (TestRouter router = new TestRouter(TestConfig.of(2000, pool))) {
            final Set<Integer> used = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                final Set<Integer> ofHost = new HashSet<>();
                for (int port = 3000; port < 3003; port++) {
                    ofHost.add(router.nat.reader().outsideAddress(router.udp(HOST + i, port, REMOTE, port)));
                    router.packet.tcp(HOST + i, port, REMOTE, 80, Tcp.SYN);
                    ofHost.add(router.nat.reader().outsideAddress(router.outbound()));
                    router.packet.echo(Icmp.ECHO_REQUEST, HOST + i, OTHER_REMOTE, port);
                    ofHost.add(router.nat.reader().outsideAddress(router.outbound()));
                }
                assertThat(ofHost).hasSize(1);
                used.addAll(ofHost);
            }
            assertThat(used).containsExactlyInAnyOrder(pool[0], pool[1], pool[2]);
        }
    }

    @Test
    @DisplayName("REQ-3: no outside endpoint serves two inside endpoints, down to the last port")
    void shouldGiveTheLastPortAndThenRefuse() {
        try (TestRouter router = TestRouter.withSessions(70_000)) {
            final Set<Integer> ports = new HashSet<>();
            for (int i = 0; i < ALL_UNPRIVILEGED; i++) {
                // All hosts like the same 100 source ports, so nearly each flow has to be given another.
                final int session = router.udp(HOST + i / 100, 40_000 + i % 100, REMOTE, 53);
                assertThat(session).as("flow %d", i + 1).isNotNegative();
                assertThat(ports.add(router.nat.reader().outsidePort(session))).isTrue();
            }
            assertThat(router.nat.counts().portsInUse()).isEqualTo(ALL_UNPRIVILEGED);
            assertThat(reason(router.udp(OTHER_HOST + 5000, 5000, REMOTE, 53))).isEqualTo(DropReason.PORTS_EXHAUSTED);
            assertThat(router.udp(HOST, 40_000, OTHER_REMOTE, 53))
                    .as("mapped hosts go on")
                    .isNotNegative();
            router.packet.tcp(OTHER_HOST + 5000, 5000, REMOTE, 53, Tcp.SYN);
            assertThat(router.outbound()).as("TCP has ports of its own").isNotNegative();
        }
    }

    @Test
    @DisplayName("REQ-3: every identifier is usable, 0 included")
    void shouldGiveEveryIdentifierAndThenRefuse() {
        try (TestRouter router = TestRouter.withSessions(70_000)) {
            for (int i = 0; i < 65_536; i++) {
                router.packet.echo(Icmp.ECHO_REQUEST, HOST + (i & 1), REMOTE, i);
                assertThat(router.outbound()).isNotNegative();
            }
            router.packet.echo(Icmp.ECHO_REQUEST, HOST + 2, REMOTE, 0);
            assertThat(reason(router.outbound())).isEqualTo(DropReason.PORTS_EXHAUSTED);
        }
    }

    @Test
    @DisplayName("REQ-3a: ports below 1024 stay below, others above; a free one is kept")
    void shouldKeepThePortOrAtLeastItsClass() {
        try (TestRouter router = TestRouter.withSessions(10_000)) {
            assertThat(router.udpPort(HOST, 500, REMOTE, 500)).isEqualTo(500);
            assertThat(router.udpPort(HOST, 50_000, REMOTE, 500)).isEqualTo(50_000);
            for (int i = 1; i < 1023; i++) {
                assertThat(router.udpPort(HOST + i, 500, REMOTE, 500)).isBetween(1, 1023);
                assertThat(router.udpPort(HOST + i, 50_000, REMOTE, 500)).isBetween(1024, 65_535);
            }
            assertThat(router.udpPort(HOST + 2000, 1024, REMOTE, 500)).isEqualTo(1024);
        }
    }

    @Test
    @DisplayName("REQ-3a: with every port below 1024 taken, a source port below 1024 gets a high one")
    void shouldFallBackToAHighPort() {
        try (TestRouter router = TestRouter.withSessions(10_000)) {
            for (int i = 0; i < 1023; i++) {
                assertThat(router.udpPort(HOST + i, 123, REMOTE, 123)).isBetween(1, 1023);
            }
            assertThat(router.udpPort(HOST + 1023, 123, REMOTE, 123)).isBetween(1024, 65_535);
            assertThat(router.udpPort(HOST + 1023, 123, OTHER_REMOTE, 123))
                    .as("and keeps it")
                    .isEqualTo(router.udpPort(HOST + 1023, 123, REMOTE, 123));
        }
    }

    @Test
    @DisplayName("REQ-3a: a high port that is free goes before a low one whose rest would end early")
    void shouldNotTakeALowPortsRest() {
        try (TestRouter router = TestRouter.withSessions(10_000)) {
            for (int i = 0; i < 1023; i++) {
                final int session = router.udp(HOST + i, 123, REMOTE, 123);
                router.expire(session);
            }
            assertThat(router.nat.counts().portsResting()).isEqualTo(1023);
            assertThat(router.udpPort(HOST + 1023, 123, REMOTE, 123)).isGreaterThanOrEqualTo(1024);
            assertThat(router.nat.counts().portsReclaimed()).isZero();
        }
    }

    @Test
    @DisplayName("REQ-3a: with every high port taken too, a low one's rest ends early, and then it is refused")
    void shouldTakeALowPortsRestLast() {
        try (TestRouter router = TestRouter.withSessions(70_000)) {
            for (int i = 0; i < 65_535; i++) {
                assertThat(router.udp(HOST + i % 1000, 1 + i, REMOTE, 123)).isNotNegative();
            }
            router.expire(router.udp(HOST + 99, 100, REMOTE, 123));
            assertThat(router.udpPort(HOST + 70_000, 123, REMOTE, 123)).isEqualTo(100);
            assertThat(router.nat.counts().portsReclaimed()).isOne();
            assertThat(reason(router.udp(HOST + 70_001, 123, REMOTE, 123))).isEqualTo(DropReason.PORTS_EXHAUSTED);
        }
    }

    @Test
    @DisplayName("REQ-4: a port that is free is kept with its parity, one that is taken is not")
    void shouldKeepTheParityOnlyOfAPortThatIsFree() {
        try (TestRouter router = TestRouter.withSessions(1000)) {
            assertThat(router.udpPort(HOST, 4000, REMOTE, 53)).isEqualTo(4000);
            assertThat(router.udpPort(HOST, 4001, REMOTE, 53)).isEqualTo(4001);
            int odd = 0;
            for (int i = 1; i <= 100; i++) {
                odd += router.udpPort(HOST + i, 4000, REMOTE, 53) & 1;
            }
            assertThat(odd).as("odd ports for the even port 4000").isBetween(20, 80);
        }
    }

    @Test
    @DisplayName("REQ-5: a session says when it was last used and under which timer, and lives until control ends it")
    void shouldLeaveTheTimerToControl() {
        try (TestRouter router = TestRouter.withSessions(10)) {
            final int session = router.udp(HOST, 4000, REMOTE, 53);
            router.nowS += 1_000_000;
            router.udp(OTHER_HOST, 4000, REMOTE, 53);
            assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isEqualTo(1_000_000);
            assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.UDP);
            router.packet.udp(REMOTE, 53, OUTSIDE, 4000);
            assertThat(router.inbound()).as("no timer of its own").isEqualTo(session);
        }
    }

    @Test
    @DisplayName("REQ-6: outbound packets refresh; 6a: so do inbound ones of the session's own remote endpoint")
    void shouldRefreshFromBothSides() {
        try (TestRouter router = TestRouter.withSessions(10)) {
            final int session = router.udp(HOST, 4000, REMOTE, 53);
            router.nowS = 1100;
            router.udp(HOST, 4000, REMOTE, 53);
            assertThat(LastSeen.idleS(router.lastSeen(session), 1100)).isZero();
            router.nowS = 1200;
            router.packet.udp(REMOTE, 53, OUTSIDE, 4000);
            router.inbound();
            assertThat(LastSeen.idleS(router.lastSeen(session), 1200)).isZero();
            router.nowS = 1300;
            router.packet.udp(REMOTE, 54, OUTSIDE, 4000);
            router.inbound();
            assertThat(LastSeen.idleS(router.lastSeen(session), 1200))
                    .as("a filtered one does not")
                    .isZero();
        }
    }

    @Test
    @DisplayName("REQ-11: the same behaviour when ports collide and when the table is nearly full")
    void shouldBehaveAlikeUnderLoad() {
        try (TestRouter router = TestRouter.withSessions(3000)) {
            final List<Integer> ports = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                ports.add(router.udpPort(HOST + i / 4, 4000 + i % 4, REMOTE, 53));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(router.udpPort(HOST + i / 4, 4000 + i % 4, OTHER_REMOTE, 53))
                        .isEqualTo(ports.get(i));
                assertThat(router.udpPort(HOST + i / 4, 4000 + i % 4, OTHER_REMOTE, 54))
                        .isEqualTo(ports.get(i));
            }
            assertThat(reason(router.udp(HOST, 4000, OTHER_REMOTE, 55))).isEqualTo(DropReason.SESSIONS_FULL);
            for (int i = 0; i < 1000; i++) {
                assertThat(router.udpPort(HOST + i / 4, 4000 + i % 4, REMOTE, 53))
                        .isEqualTo(ports.get(i));
            }
        }
    }

    @Test
    @DisplayName("REQ-12: no ICMP message ends a mapping")
    void shouldSurviveEveryIcmpError() {
        try (TestRouter router = TestRouter.withSessions(10);
                TestPacket error = new TestPacket()) {
            final int session = router.udp(HOST, 4000, REMOTE, 53);
            final int word = router.lastSeen(session);
            final int generation = router.nat.reader().generation(session);
            router.nowS += 10;
            final int[] types = {Icmp.DESTINATION_UNREACHABLE, Icmp.TIME_EXCEEDED, Icmp.PARAMETER_PROBLEM};
            for (final int type : types) {
                for (int code = 0; code < 16; code++) {
                    router.packet.udp(OUTSIDE, 4000, REMOTE, 53);
                    error.error(type, code, REMOTE, OUTSIDE, router.packet);
                    assertThat(router.inbound(error, false)).isEqualTo(session);
                }
            }
            assertThat(router.lastSeen(session)).isEqualTo(word);
            assertThat(router.nat.reader().generation(session)).isEqualTo(generation);
            router.packet.udp(REMOTE, 53, OUTSIDE, 4000);
            assertThat(router.inbound()).isEqualTo(session);
        }
    }
}
