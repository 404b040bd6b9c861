package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.REST_S;
import static org.portolan.dataplane.nat.TestRouter.reason;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** What happens when a host's paired address has no port left and the policy allows another one. */
class AnotherAddressTest {
    private static final int HIGH_PORTS = 64_512;
    private static final int POOL = 5;
    private static final int SESSIONS = POOL * HIGH_PORTS + 10_000;

    private static int[] pool() {
        final int[] pool = new int[POOL];
        for (int i = 0; i < POOL; i++) {
            pool[i] = OUTSIDE + i;
        }
        return pool;
    }

    private static TestRouter router() {
        return SwitchedRouter.of(TestConfig.of(SESSIONS, pool()), SwitchedRouter.ANOTHER_ADDRESS);
    }

    private static int addressOf(final TestRouter router, final int session) {
        return router.nat.reader().outsideAddress(session);
    }

    /** Opens a UDP session from each port from 1024 on until as many are open. */
    private static int open(final TestRouter router, final int host, final int sessions) {
        int last = -1;
        for (int i = 0; i < sessions; i++) {
            last = router.udp(host, 1024 + i % HIGH_PORTS, REMOTE + i / HIGH_PORTS, 53);
            assertThat(last).isNotNegative();
        }
        return last;
    }

    @Test
    @DisplayName("RFC 7857 section 4: a port of another address is taken when the paired one has none left")
    void shouldTakeAPortOfAnotherAddressWhenThePairedOneIsFullRfc7857Section4() {
        try (TestRouter router = router()) {
            final int paired = addressOf(router, open(router, HOST, HIGH_PORTS));
            assertThat(router.nat.counts().mappingsElsewhere()).isZero();
            for (int i = 0; i < 1_023; i++) {
                assertThat(addressOf(router, router.udp(HOST, 1 + i, REMOTE, 53)))
                        .isEqualTo(paired);
            }
            int neighbor = OTHER_HOST;
            int elsewhere = router.udp(neighbor, 5000, REMOTE, 53);
            while (router.nat.counts().mappingsElsewhere() == 0) {
                neighbor++;
                elsewhere = router.udp(neighbor, 5000, REMOTE, 53);
            }
            assertThat(addressOf(router, elsewhere)).isNotEqualTo(paired);
            assertThat(addressOf(router, router.udp(neighbor, 5000, REMOTE + 1, 53)))
                    .as("its mapping serves every remote")
                    .isEqualTo(addressOf(router, elsewhere));
            assertThat(addressOf(router, router.udp(neighbor, 5001, REMOTE, 53)))
                    .as("the address that it has")
                    .isEqualTo(addressOf(router, elsewhere));
        }
    }

    @Test
    void shouldKeepThePairedAddressForLaterMappings() {
        try (TestRouter router = router()) {
            final int first = router.udp(HOST, 1024, REMOTE, 53);
            final int paired = addressOf(router, first);
            int neighbor = OTHER_HOST;
            while (addressOf(router, router.udp(neighbor, 2000, REMOTE, 99)) != paired) {
                neighbor++;
            }
            int port = 1024;
            while (router.nat.counts().mappingsElsewhere() == 0) {
                assertThat(router.udp(neighbor, port++, REMOTE, 53)).isNotNegative();
            }
            final int moved = router.udp(HOST, 3000, REMOTE, 53);
            assertThat(addressOf(router, moved)).isNotEqualTo(paired);
            for (int i = 0; i < 10; i++) {
                router.expire(router.udp(neighbor, 1030 + i, REMOTE, 53));
            }
            router.nowS += REST_S;
            assertThat(addressOf(router, router.udp(HOST, 3001, REMOTE, 53))).isEqualTo(paired);
            assertThat(addressOf(router, router.udp(HOST, 3000, REMOTE, 53)))
                    .as("the one that was moved stays")
                    .isNotEqualTo(paired);
        }
    }

    @Test
    void shouldRefuseAHostWithAsManyAddressesAsItMayHave() {
        try (TestRouter router = router()) {
            for (int i = 0; i < POOL; i++) {
                for (int port = 1024; port <= 0xFFFF; port++) {
                    router.udp(HOST + i, port, REMOTE, 53);
                }
            }
            final int host = HOST + 100;
            assertThat(reason(router.udp(host, 5000, REMOTE, 53))).isEqualTo(DropReason.PORTS_EXHAUSTED);
            final Set<Integer> addresses = new HashSet<>();
            for (int i = 0; i < POOL; i++) {
                makeRoomOn(router, OUTSIDE + i);
                for (int port = 6000; port < 6020; port++) {
                    final int session = router.udp(host, 100 * i + port, REMOTE, 53);
                    if (session >= 0) {
                        addresses.add(addressOf(router, session));
                    }
                }
            }
            assertThat(addresses).hasSize(HostLayout.PAIRS);
        }
    }

    /** Ends ten sessions on an address, whose ports then rest. */
    private static void makeRoomOn(final TestRouter router, final int address) {
        int left = 10;
        final SessionRow row = new SessionRow();
        for (int session = 0; left > 0; session++) {
            if (router.nat.reader().snapshot(session, row) && row.outsideAddress() == address) {
                router.expire(session);
                left--;
            }
        }
    }

    @Test
    void shouldLetClosedConnectionsOfThePairedAddressGiveWayFirst() {
        try (TestRouter router = router()) {
            for (int port = 1024; port <= 0xFFFF; port++) {
                router.packet.tcp(HOST, port, REMOTE, 80, Tcp.SYN);
                assertThat(router.outbound()).isNotNegative();
            }
            router.packet.tcp(HOST, 5000, REMOTE, 80, Tcp.FIN | Tcp.ACK);
            final int session = router.outbound();
            final int paired = addressOf(router, session);
            router.packet.tcp(REMOTE, 80, paired, 5000, Tcp.FIN | Tcp.ACK);
            assertThat(router.inbound()).isEqualTo(session);
            router.nowS += 2;
            int host = OTHER_HOST;
            while (router.nat.counts().sessionsReclaimed() == 0) {
                router.packet.tcp(host++, 5000, REMOTE, 80, Tcp.SYN);
                assertThat(router.outbound()).isNotNegative();
                assertThat(router.nat.counts().mappingsElsewhere()).isZero();
            }
            while (router.nat.counts().mappingsElsewhere() == 0) {
                router.packet.tcp(host++, 5000, REMOTE, 80, Tcp.SYN);
                assertThat(router.outbound()).isNotNegative();
            }
        }
    }

    @Test
    void shouldFindTheLastFreePortOfThePool() {
        final TestConfig config = TestConfig.of(3 * HIGH_PORTS, OUTSIDE, OUTSIDE + 1, OUTSIDE + 2);
        try (TestRouter router = SwitchedRouter.of(config, SwitchedRouter.ANOTHER_ADDRESS)) {
            for (int i = 0; i < 3 * HIGH_PORTS; i++) {
                assertThat(router.udp(HOST + i / 100, 2000 + i % 100, REMOTE, 53))
                        .isNotNegative();
            }
            assertThat(router.nat.counts().mappingsElsewhere()).isPositive();
            final int number = router.nat.policy().addresses().numberOf(OUTSIDE);
            assertThat(router.nat.pool().inUse(number, Ipv4.UDP)).isEqualTo(HIGH_PORTS);
        }
    }
}
