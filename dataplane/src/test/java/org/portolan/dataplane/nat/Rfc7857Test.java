package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.REST_S;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** RFC 7857: updates of the requirements for UDP, TCP and ICMP. Section 2 is in {@link TcpTrackingTest}
 * and {@link TcpWindowTest}. */
class Rfc7857Test {
    @Test
    @DisplayName("section 4: a host whose paired address is full is refused, though another address has free ports")
    void shouldRefuseWhenThePairedAddressIsFull() {
        final int other = TestPacket.ip("203.0.113.77");
        try (TestRouter router = new TestRouter(TestConfig.of(70_000, OUTSIDE, other))) {
            final int paired = outsideAddress(router, HOST);
            int neighbor = OTHER_HOST;
            while (outsideAddress(router, neighbor) != paired) {
                neighbor++;
            }
            int stranger = neighbor + 1;
            while (outsideAddress(router, stranger) == paired) {
                stranger++;
            }
            int last = 0;
            for (int port = 1024; last >= 0; port++) {
                last = router.udp(HOST, port, REMOTE, 53);
            }
            assertThat(reason(last)).isEqualTo(DropReason.PORTS_EXHAUSTED);
            assertThat(reason(router.udp(neighbor, 5001, REMOTE, 53))).isEqualTo(DropReason.PORTS_EXHAUSTED);
            assertThat(router.udp(stranger, 5001, REMOTE, 53))
                    .as("a host on the other address")
                    .isNotNegative();
        }
    }

    private static int outsideAddress(final TestRouter router, final int host) {
        return router.nat.reader().outsideAddress(router.udp(host, 5000, REMOTE, 53));
    }

    @Test
    @DisplayName("section 5: UDP and TCP from one inside port have mappings of their own")
    void shouldMapEachProtocolApart() {
        try (TestRouter router = TestRouter.withSessions(100)) {
            router.udp(OTHER_HOST, 4000, REMOTE, 53);
            assertThat(router.udpPort(HOST, 4000, REMOTE, 53)).isNotEqualTo(4000);
            router.packet.tcp(HOST, 4000, REMOTE, 80, Tcp.SYN);
            assertThat(router.nat.reader().outsidePort(router.outbound())).isEqualTo(4000);
            assertThat(router.nat.counts().mappings()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("section 7.1: an RST from inside restarts the timer of its session, which then counts as closed")
    void shouldCountAResetFromInsideAsUse() {
        try (TestRouter router = TestRouter.withSessions(100)) {
            router.packet.tcp(HOST, 4000, REMOTE, 80, Tcp.SYN);
            final int session = router.outbound();
            router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.SYN | Tcp.ACK);
            router.inbound();
            router.packet.tcp(HOST, 4000, REMOTE, 80, Tcp.ACK);
            router.outbound();
            router.nowS += 100;
            router.packet.tcp(HOST, 4000, REMOTE, 80, Tcp.RST);
            assertThat(router.outbound()).isEqualTo(session);
            assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isZero();
            assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSED);
        }
    }

    @Test
    @DisplayName("section 10: the IP identification of a whole packet stays as the inside host chose it")
    void shouldLeaveTheIdentificationAsItIs() {
        try (TestRouter router = TestRouter.withSessions(100)) {
            for (int i = 0; i < 50; i++) {
                router.packet.udp(HOST + i % 2, 4000, REMOTE, 53);
                final int identification =
                        Ipv4.identification(router.packet.parsed().ip());
                router.outbound();
                assertThat(Ipv4.identification(router.packet.parsed().ip())).isEqualTo(identification);
            }
        }
    }

    @Test
    @DisplayName("section 11: an ICMP query's mapping ends with its last session, and its identifier rests")
    void shouldEndAQueryMappingWithItsLastSession() {
        try (TestRouter router = TestRouter.withSessions(100)) {
            final int one = echo(router, HOST, REMOTE);
            final int two = echo(router, HOST, OTHER_REMOTE);
            router.expire(one);
            assertThat(router.nat.counts().portsResting()).isZero();
            router.expire(two);
            assertThat(router.nat.counts().portsResting()).isOne();
            router.nowS += REST_S;
            assertThat(router.nat.reader().outsidePort(echo(router, OTHER_HOST, REMOTE)))
                    .isEqualTo(9);
            assertThat(router.nat.counts().mappings()).isOne();
        }
    }

    private static int echo(final TestRouter router, final int host, final int remote) {
        router.packet.echo(Icmp.ECHO_REQUEST, host, remote, 9);
        return router.outbound();
    }
}
