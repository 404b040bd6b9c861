package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.REST_S;
import static org.portolan.dataplane.nat.TestRouter.reason;
import static org.portolan.dataplane.policy.HostLimits.UNLIMITED;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** What one inside host may have and do, and that another one does not notice. */
class HostLimitsTest {
    private static final int SESSIONS = 5_000;

    private static TestRouter router(final HostLimits limits, final PolicyTerms.Forward... forwards) {
        return new TestRouter(TestConfig.of(SESSIONS, OUTSIDE).hosts(limits).forwards(forwards));
    }

    @Test
    @DisplayName("RFC 6888 REQ-5: the sessions of one inside host are limited, another one's are not touched")
    void shouldLimitSessions() {
        try (TestRouter router = router(new HostLimits(10, UNLIMITED, UNLIMITED, UNLIMITED))) {
            int last = -1;
            for (int i = 0; i < 10; i++) {
                last = router.udp(HOST, 4000, REMOTE + i, 53);
                assertThat(last).isNotNegative();
            }
            assertThat(reason(router.udp(HOST, 4000, REMOTE + 10, 53))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
            assertThat(reason(router.udp(HOST, 4001, REMOTE, 53))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
            assertThat(router.nat.counts().portsInUse()).as("no port was taken").isOne();
            assertThat(router.udp(HOST, 4000, REMOTE + 9, 53))
                    .as("live ones go on")
                    .isEqualTo(last);
            assertThat(router.udp(OTHER_HOST, 4000, REMOTE, 53)).isNotNegative();
            router.expire(last);
            assertThat(router.udp(HOST, 4001, REMOTE, 53)).isNotNegative();
        }
    }

    @Test
    @DisplayName("RFC 6888 REQ-4: the ports of one inside host are limited, resting ones included")
    void shouldLimitPorts() {
        try (TestRouter router = router(new HostLimits(UNLIMITED, 3, UNLIMITED, UNLIMITED))) {
            final int first = router.udp(HOST, 4000, REMOTE, 53);
            router.packet.tcp(HOST, 4000, REMOTE, 80, Tcp.SYN);
            assertThat(router.outbound()).as("all protocols together").isNotNegative();
            assertThat(router.udp(HOST, 4001, REMOTE, 53)).isNotNegative();
            assertThat(reason(router.udp(HOST, 4002, REMOTE, 53))).isEqualTo(DropReason.HOST_PORTS_FULL);
            assertThat(router.udp(HOST, 4001, REMOTE + 1, 53))
                    .as("a mapping that it has")
                    .isNotNegative();
            assertThat(router.udp(OTHER_HOST, 4002, REMOTE, 53)).isNotNegative();
            router.expire(first);
            assertThat(reason(router.udp(HOST, 4002, REMOTE, 53))).isEqualTo(DropReason.HOST_PORTS_FULL);
            assertThat(router.udp(HOST, 4000, REMOTE, 53))
                    .as("its own resting one")
                    .isNotNegative();
            router.expire(router.udp(HOST, 4000, REMOTE, 53));
            router.nowS += REST_S;
            while (router.nat.counts().portsResting() > 0) {
                router.nat.releaseRested(router.nowS);
            }
            assertThat(router.udp(HOST, 4002, REMOTE, 53)).isNotNegative();
        }
    }

    @Test
    @DisplayName("RFC 6888 REQ-5: the rate of new sessions of one inside host is limited, after a burst")
    void shouldLimitTheRate() {
        try (TestRouter router = router(new HostLimits(UNLIMITED, UNLIMITED, 2, 20))) {
            assertThat(openAll(router, 0)).isEqualTo(20);
            router.nowS += 3;
            assertThat(openAll(router, 100)).isEqualTo(6);
            assertThat(router.udp(HOST, 5000, REMOTE, 53)).as("live ones go on").isNotNegative();
            assertThat(router.udp(OTHER_HOST, 4000, REMOTE, 53)).isNotNegative();
        }
    }

    /**
     * As many sessions after a long silence as after any other: a burst, and not all that the silence would have paid.
     */
    @Test
    @DisplayName("RFC 6888 REQ-5: the rate is limited for the inside endpoint of a forward too")
    void shouldLimitTheRateOfTheEndpointOfAForward() {
        final PolicyTerms.Forward forward = new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 53, HOST, 53);
        try (TestRouter router = router(new HostLimits(UNLIMITED, UNLIMITED, 2, 20), forward)) {
            assertThat(router.udp(HOST, 53, REMOTE, 1_000)).isNotNegative();
            router.nowS += 60;
            int opened = 0;
            while (opened < 100 && router.udp(HOST, 53, REMOTE, 2_000 + opened) >= 0) {
                opened++;
            }
            assertThat(opened).isEqualTo(20);
        }
    }

    private static int openAll(final TestRouter router, final int first) {
        int opened = 0;
        while (opened < 100) {
            final int session = router.udp(HOST, 5000 + first + opened, REMOTE, 53);
            if (session < 0) {
                assertThat(reason(session)).isEqualTo(DropReason.HOST_RATE);
                return opened;
            }
            opened++;
        }
        return opened;
    }

    @Test
    void shouldNotCountWhatTheOutsideOpens() {
        final PolicyTerms.Forward forward = new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 53, HOST, 53);
        try (TestRouter router = router(new HostLimits(2, 1, 2, 2), forward)) {
            final List<Integer> fromOutside = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                router.packet.udp(REMOTE + i, 1000, OUTSIDE, 53);
                fromOutside.add(router.inbound());
            }
            assertThat(fromOutside).allMatch(session -> session >= 0);
            assertThat(router.udp(HOST, 4000, REMOTE, 99)).isNotNegative();
            assertThat(router.udp(HOST, 53, REMOTE, 99))
                    .as("by the forward's port")
                    .isNotNegative();
            assertThat(reason(router.udp(HOST, 4000, REMOTE, 98))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
            fromOutside.forEach(router::expire);
            assertThat(reason(router.udp(HOST, 4000, REMOTE, 98))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
            assertThat(router.nat.counts().hosts()).isOne();
        }
    }

    @Test
    void shouldNotEndAClosedSessionOfAnotherHostForOneThatIsRefused() {
        final HostLimits limits = new HostLimits(UNLIMITED, 1, UNLIMITED, UNLIMITED);
        try (TestRouter router = new TestRouter(TestConfig.of(2, OUTSIDE).hosts(limits))) {
            router.packet.tcp(OTHER_HOST, 4000, REMOTE, 80, Tcp.SYN);
            router.outbound();
            router.packet.tcp(OTHER_HOST, 4000, REMOTE, 80, Tcp.FIN | Tcp.ACK);
            router.outbound();
            router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.FIN | Tcp.ACK);
            router.inbound();
            router.udp(HOST, 4000, REMOTE, 53);
            router.nowS += 10;
            assertThat(reason(router.udp(HOST, 4001, REMOTE, 53))).isEqualTo(DropReason.HOST_PORTS_FULL);
            assertThat(router.nat.counts().sessionsReclaimed()).isZero();
            assertThat(router.udp(HOST, 4000, REMOTE, 54)).isNotNegative();
            assertThat(router.nat.counts().sessionsReclaimed()).isOne();
        }
    }

    @Test
    void shouldRefuseANewHostWhenThereIsNoRoomForItUnlessOneOnlyRests() {
        try (TestRouter router = router(HostLimits.NONE)) {
            final int room = router.nat.counts().hostCapacity();
            assertThat(room).isEqualTo(SESSIONS / 8);
            int last = -1;
            for (int i = 0; i < room; i++) {
                last = router.udp(HOST + i, 4000, REMOTE, 53);
                assertThat(last).isNotNegative();
            }
            assertThat(router.nat.counts().hosts()).isEqualTo(room);
            assertThat(reason(router.udp(HOST + room, 4000, REMOTE, 53))).isEqualTo(DropReason.HOSTS_FULL);
            assertThat(router.udp(HOST + 5, 4001, REMOTE, 53))
                    .as("a host that has a record")
                    .isNotNegative();
            router.expire(last);
            assertThat(router.nat.counts().hosts()).as("its port rests").isEqualTo(room);
            assertThat(router.udp(HOST + room, 4000, REMOTE, 53)).isNotNegative();
            assertThat(router.nat.counts().portsReclaimed()).isOne();
            assertThat(router.nat.counts().hosts()).isEqualTo(room);
        }
    }

    @Test
    void shouldForgetAHostOfARefusedFlow() {
        try (TestRouter router = new TestRouter(TestConfig.of(SESSIONS, OUTSIDE).mappings(1))) {
            router.udp(HOST, 4000, REMOTE, 53);
            assertThat(router.nat.counts().hostCapacity()).isOne();
            assertThat(reason(router.udp(HOST, 4001, REMOTE, 53))).isEqualTo(DropReason.MAPPINGS_FULL);
            assertThat(router.nat.counts().hosts()).isOne();
            router.expire(router.udp(HOST, 4000, REMOTE, 53));
            router.nowS += REST_S;
            router.nat.releaseRested(router.nowS);
            while (router.nat.counts().portsResting() > 0) {
                router.nat.releaseRested(router.nowS);
            }
            assertThat(router.nat.counts().hosts()).isZero();
        }
    }

    @Test
    void shouldRejectLimitsThatMeanNothing() {
        assertThatThrownBy(() -> new HostLimits(0, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HostLimits(1, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HostLimits(1, 1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HostLimits(1, 1, 2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(HostLimits.defaultSessions(1_048_576)).isEqualTo(524_288);
    }
}
