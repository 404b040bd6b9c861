package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/** RFC 5382: NAT behaviour for TCP. REQ-2 (every legal sequence) is in {@link TcpTrackingTest}. */
class Rfc5382Test {
    private final TestRouter router = TestRouter.withSessions(100);

    @AfterEach
    void close() {
        router.close();
    }

    private int syn(final int host, final int remote, final int remotePort) {
        router.packet.tcp(host, 4000, remote, remotePort, Tcp.SYN);
        return router.outbound();
    }

    @Test
    @DisplayName("REQ-1: mapping is endpoint-independent for TCP too")
    void shouldMapIndependentlyOfTheRemoteEndpoint() {
        syn(OTHER_HOST, REMOTE, 80);
        final int port = router.nat.reader().outsidePort(syn(HOST, REMOTE, 80));
        assertThat(router.nat.reader().outsidePort(syn(HOST, REMOTE, 81)))
                .isEqualTo(port)
                .isNotEqualTo(4000);
        assertThat(router.nat.reader().outsidePort(syn(HOST, OTHER_REMOTE, 80))).isEqualTo(port);
    }

    @Test
    @DisplayName("REQ-4: an unsolicited inbound SYN is forgotten, and the inside may open meanwhile")
    void shouldForgetAnUnsolicitedSyn() {
        syn(HOST, OTHER_REMOTE, 80);
        router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.SYN);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.FILTERED);
        assertThat(router.nat.counts().sessions()).isOne();
        final int session = syn(HOST, REMOTE, 80);
        router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.SYN);
        assertThat(router.inbound()).isEqualTo(session);
    }

    @Test
    @DisplayName("REQ-5: opening, established and closing are told apart for the timer")
    void shouldSayWhichTimerASessionIsUnder() {
        final int session = syn(HOST, REMOTE, 80);
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_OPENING);
        router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.SYN | Tcp.ACK);
        router.inbound();
        router.packet.tcp(HOST, 4000, REMOTE, 80, Tcp.ACK);
        router.outbound();
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_ESTABLISHED);
        router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.RST);
        router.inbound();
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSING);
    }

    @Test
    @DisplayName("REQ-7: no outside port is overloaded")
    void shouldGiveTwoHostsTwoPorts() {
        final int one = router.nat.reader().outsidePort(syn(HOST, REMOTE, 80));
        assertThat(router.nat.reader().outsidePort(syn(OTHER_HOST, OTHER_REMOTE, 81)))
                .isNotEqualTo(one);
    }

    @Test
    @DisplayName("REQ-9, REQ-10: ICMP type 3 is translated and ends no connection")
    void shouldCarryUnreachablesWithoutEndingTheConnection() {
        try (TestPacket error = new TestPacket()) {
            final int session = syn(HOST, REMOTE, 80);
            error.error(Icmp.DESTINATION_UNREACHABLE, 1, REMOTE, OUTSIDE, router.packet);
            assertThat(router.inbound(error, false)).isEqualTo(session);
            assertThat(error.shouldHaveRightChecksums().destination()).isEqualTo(HOST);
            assertThat(router.nat.reader().state(session)).isEqualTo(SessionState.TCP_OPENING);
        }
    }
}
