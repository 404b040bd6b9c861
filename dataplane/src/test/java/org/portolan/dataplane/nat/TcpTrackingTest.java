package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.SessionState.TCP_CLOSING;
import static org.portolan.dataplane.nat.SessionState.TCP_ESTABLISHED;
import static org.portolan.dataplane.nat.SessionState.TCP_OPENING;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

class TcpTrackingTest {
    private static final int HOST = TestRouter.HOST;
    private static final int REMOTE = TestRouter.REMOTE;
    private static final int OUTSIDE = TestRouter.OUTSIDE;
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;
    private static final int FIN_ACK = Tcp.FIN | Tcp.ACK;
    private static final int RST_ACK = Tcp.RST | Tcp.ACK;

    private final TestRouter router =
            TestRouter.withSessions(100, new NatConfig.Forward(Ipv4.TCP, OUTSIDE, 8080, SERVER, 80));

    @AfterEach
    void close() {
        router.close();
    }

    private int out(final int flags) {
        router.packet.tcp(HOST, 4000, REMOTE, 443, flags);
        return router.outbound();
    }

    private int in(final int flags) {
        router.packet.tcp(REMOTE, 443, OUTSIDE, 4000, flags);
        return router.inbound();
    }

    private void shouldBe(final int session, final SessionState state) {
        assertThat(router.nat.state(session)).isEqualTo(state);
        assertThat(LastSeen.state(router.lastSeen(session))).as("timer").isEqualTo(state);
    }

    private int established() {
        final int session = out(Tcp.SYN);
        in(SYN_ACK);
        out(Tcp.ACK);
        shouldBe(session, TCP_ESTABLISHED);
        return session;
    }

    private int closed() {
        final int session = established();
        out(FIN_ACK);
        in(FIN_ACK);
        shouldBe(session, TCP_CLOSING);
        return session;
    }

    @Test
    @DisplayName("RFC 5382 REQ-2: SYN, SYN+ACK, ACK establishes, not earlier")
    void shouldEstablishWithTheThirdSegment() {
        final int session = out(Tcp.SYN);
        shouldBe(session, TCP_OPENING);
        assertThat(in(SYN_ACK)).isEqualTo(session);
        shouldBe(session, TCP_OPENING);
        assertThat(out(Tcp.ACK)).isEqualTo(session);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    @DisplayName("RFC 5382 REQ-2: a simultaneous open establishes")
    void shouldEstablishASimultaneousOpen() {
        final int session = out(Tcp.SYN);
        assertThat(in(Tcp.SYN)).isEqualTo(session);
        shouldBe(session, TCP_OPENING);
        out(SYN_ACK);
        shouldBe(session, TCP_OPENING);
        in(SYN_ACK);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldMakeNoSecondSessionOfARetransmittedSyn() {
        final int session = out(Tcp.SYN);
        assertThat(out(Tcp.SYN)).isEqualTo(session);
        assertThat(router.nat.sessions()).isOne();
    }

    @Test
    void shouldCarryAConnectionOlderThanTheRouter() {
        final int session = out(Tcp.ACK | Tcp.PSH);
        shouldBe(session, TCP_OPENING);
        in(Tcp.ACK);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldOpenNothingForAResetOrASynAckFromInside() {
        assertThat(TestRouter.reason(out(Tcp.RST))).isEqualTo(DropReason.TCP_NOT_OPENING);
        assertThat(TestRouter.reason(out(RST_ACK))).isEqualTo(DropReason.TCP_NOT_OPENING);
        assertThat(TestRouter.reason(out(SYN_ACK))).isEqualTo(DropReason.TCP_NOT_OPENING);
        assertThat(router.nat.sessions()).isZero();
        assertThat(router.nat.mappings()).as("the forward").isOne();
    }

    @Test
    void shouldStayEstablishedWhileOneSideHasNotFinished() {
        final int session = established();
        out(FIN_ACK);
        in(Tcp.ACK);
        in(Tcp.ACK | Tcp.PSH);
        shouldBe(session, TCP_ESTABLISHED);
        in(FIN_ACK);
        shouldBe(session, TCP_CLOSING);
        out(Tcp.ACK);
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    void shouldCloseOnAResetFromEitherSide() {
        final int session = established();
        in(Tcp.RST);
        shouldBe(session, TCP_CLOSING);
        out(Tcp.SYN);
        shouldBe(session, TCP_OPENING);
        out(Tcp.RST);
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    void shouldCloseWhenTheRemoteRefuses() {
        final int session = out(Tcp.SYN);
        in(RST_ACK);
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    @DisplayName("RFC 7857 section 2: a session is kept after an RST and freed only if silent")
    void shouldRefreshAClosingSession() {
        final int session = established();
        in(Tcp.RST);
        router.nowS += 200;
        final int generation = router.nat.generation(session);
        final int word = router.lastSeen(session);
        assertThat(out(Tcp.ACK | Tcp.PSH)).isEqualTo(session);
        shouldBe(session, TCP_CLOSING);
        assertThat(LastSeen.seconds(router.lastSeen(session))).isEqualTo(router.nowS);
        assertThat(router.nat.expire(session, generation, word, router.nowS)).isFalse();
    }

    @Test
    void shouldReopenOnANewSynAfterTheClose() {
        final int session = closed();
        assertThat(out(Tcp.SYN)).isEqualTo(session);
        shouldBe(session, TCP_OPENING);
        in(SYN_ACK);
        shouldBe(session, TCP_OPENING);
        out(Tcp.ACK);
        shouldBe(session, TCP_ESTABLISHED);
        out(FIN_ACK);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldNotLetTheOutsideReopenWhatTheInsideOpened() {
        final int session = closed();
        in(Tcp.SYN);
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    void shouldLetTheOutsideReopenAForward() {
        router.packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        final int session = router.inbound();
        shouldBe(session, TCP_OPENING);
        router.packet.tcp(SERVER, 80, REMOTE, 5000, RST_ACK);
        assertThat(router.outbound()).isEqualTo(session);
        shouldBe(session, TCP_CLOSING);
        router.packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN);
        assertThat(router.inbound()).isEqualTo(session);
        shouldBe(session, TCP_OPENING);
    }

    @Test
    void shouldKeepTheLongTimerWhenASynComesIntoAnEstablishedConnection() {
        final int session = established();
        out(Tcp.SYN);
        shouldBe(session, TCP_ESTABLISHED);
        in(Tcp.SYN);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldHaveOneTransitionForEachStateAndEventOfTheTable() {
        final int[][] table = {
            {TCP_OPENING.code, TCP_OPENING.code, TCP_ESTABLISHED.code, TCP_CLOSING.code},
            {TCP_ESTABLISHED.code, TCP_ESTABLISHED.code, TCP_ESTABLISHED.code, TCP_CLOSING.code},
            {TCP_CLOSING.code, TCP_OPENING.code, TCP_CLOSING.code, TCP_CLOSING.code},
        };
        for (final int[] row : table) {
            assertThat(SessionState.next(row[0], SessionState.EVENT_OPENS)).isEqualTo(row[1]);
            assertThat(SessionState.next(row[0], SessionState.EVENT_ACKED)).isEqualTo(row[2]);
            assertThat(SessionState.next(row[0], SessionState.EVENT_ENDS)).isEqualTo(row[3]);
        }
    }
}
