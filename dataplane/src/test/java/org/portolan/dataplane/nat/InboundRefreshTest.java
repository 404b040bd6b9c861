package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** The timers of a router on which packets from outside refresh nothing. */
class InboundRefreshTest {
    private static final PolicyTerms.Forward FORWARD = new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 53, HOST, 53);
    private static final PolicyTerms.Forward WEB = new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 80, HOST, 80);

    private final TestRouter router =
            SwitchedRouter.of(TestConfig.of(100, OUTSIDE).forwards(FORWARD, WEB), SwitchedRouter.NO_INBOUND_REFRESH);

    @AfterEach
    void close() {
        router.close();
    }

    private int idleS(final int session) {
        return LastSeen.idleS(router.lastSeen(session), router.nowS);
    }

    private int tcp(final boolean outbound, final int flags) {
        if (outbound) {
            router.packet.tcp(HOST, 4000, REMOTE, 80, flags);
            return router.outbound();
        }
        router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, flags);
        return router.inbound();
    }

    @Test
    @DisplayName("RFC 4787 REQ-6a: packets from outside restart no timer, those from inside do")
    void shouldRefreshFromInsideAloneRfc4787Req6a() {
        final int session = router.udp(HOST, 4000, REMOTE, 53);
        router.nowS += 50;
        router.packet.udp(REMOTE, 53, OUTSIDE, 4000);
        assertThat(router.inbound()).isEqualTo(session);
        assertThat(idleS(session)).isEqualTo(50);
        router.udp(HOST, 4000, REMOTE, 53);
        assertThat(idleS(session)).isZero();
    }

    @Test
    void shouldRefreshAForwardsSessionFromInsideAlone() {
        router.packet.udp(REMOTE, 1000, OUTSIDE, 53);
        final int session = router.inbound();
        router.nowS += 5;
        router.packet.udp(REMOTE, 1000, OUTSIDE, 53);
        assertThat(router.inbound()).isEqualTo(session);
        assertThat(idleS(session)).as("a client that is not answered").isEqualTo(5);
        router.packet.udp(HOST, 53, REMOTE, 1000);
        assertThat(router.outbound()).isEqualTo(session);
        assertThat(idleS(session)).isZero();
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.UDP);
        router.nowS += 5;
        router.packet.udp(REMOTE, 1000, OUTSIDE, 53);
        router.inbound();
        assertThat(idleS(session)).isEqualTo(5);
    }

    @Test
    void shouldBeginTheTimerOfAStateThatThePacketFromOutsideBrings() {
        tcp(true, Tcp.SYN);
        tcp(false, Tcp.SYN | Tcp.ACK);
        final int session = tcp(true, Tcp.ACK);
        router.nowS += 300;
        tcp(false, Tcp.ACK);
        assertThat(idleS(session)).isEqualTo(300);
        tcp(false, Tcp.RST);
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSING);
        assertThat(idleS(session)).as("the closing timer begins now").isZero();
        router.nowS += 20;
        tcp(false, Tcp.RST);
        assertThat(idleS(session)).isEqualTo(20);
    }

    @Test
    void shouldNotLetTheOutsideGoBackAndForthBetweenClosedAndClosing() {
        tcp(true, Tcp.SYN);
        tcp(false, Tcp.SYN | Tcp.ACK);
        tcp(true, Tcp.ACK);
        tcp(true, Tcp.FIN | Tcp.ACK);
        final int session = tcp(false, Tcp.FIN | Tcp.ACK);
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSED);
        router.nowS += 30;
        tcp(false, Tcp.ACK);
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSING);
        assertThat(idleS(session)).isEqualTo(30);
        tcp(false, Tcp.FIN | Tcp.ACK);
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSED);
        assertThat(idleS(session)).isEqualTo(30);
        assertThat(router.expire(session)).isTrue();
    }

    @Test
    void shouldGiveANewConnectionOnAClosedOneItsTimer() {
        router.packet.tcp(REMOTE, 1000, OUTSIDE, 80, Tcp.SYN);
        final int session = router.inbound();
        router.nowS += 3;
        router.packet.tcp(REMOTE, 1000, OUTSIDE, 80, Tcp.SYN);
        assertThat(router.inbound()).isEqualTo(session);
        assertThat(idleS(session)).as("a SYN that is sent again").isEqualTo(3);
        router.packet.tcp(HOST, 80, REMOTE, 1000, Tcp.FIN | Tcp.ACK);
        router.outbound();
        router.packet.tcp(REMOTE, 1000, OUTSIDE, 80, Tcp.FIN | Tcp.ACK);
        router.inbound();
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSED);
        router.nowS += 100;
        router.packet.tcp(REMOTE, 1000, OUTSIDE, 80, Tcp.SYN);
        router.inbound();
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_INCOMING);
        assertThat(idleS(session)).isZero();
    }
}
