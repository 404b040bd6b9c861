package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.SessionState.TCP_CLOSED;
import static org.portolan.dataplane.nat.SessionState.TCP_CLOSING;
import static org.portolan.dataplane.nat.SessionState.TCP_ESTABLISHED;
import static org.portolan.dataplane.nat.SessionState.TCP_INCOMING;
import static org.portolan.dataplane.nat.SessionState.TCP_OPENING;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Under {@link WindowCheck#OFF}: by flags alone. Numbers are {@link TcpWindowTest}'s. */
class TcpTrackingTest {
    private static final int HOST = TestRouter.HOST;
    private static final int REMOTE = TestRouter.REMOTE;
    private static final int OUTSIDE = TestRouter.OUTSIDE;
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;
    private static final int FIN_ACK = Tcp.FIN | Tcp.ACK;
    private static final int RST_ACK = Tcp.RST | Tcp.ACK;
    private static final int EARLY_DATA_BYTES = 1 << 16;

    private final TestRouter router =
            TestRouter.withSessions(100, new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80));

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
        assertThat(router.nat.reader().state(session)).isEqualTo(state);
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
        shouldBe(session, TCP_CLOSED);
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
        assertThat(router.nat.counts().sessions()).isOne();
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
        assertThat(router.nat.counts().sessions()).isZero();
        assertThat(router.nat.counts().mappings()).isZero();
    }

    @Test
    void shouldStayEstablishedWhileOneSideHasNotFinished() {
        final int session = established();
        out(FIN_ACK);
        in(Tcp.ACK);
        in(Tcp.ACK | Tcp.PSH);
        shouldBe(session, TCP_ESTABLISHED);
        in(FIN_ACK);
        shouldBe(session, TCP_CLOSED);
        router.packet.tcp(HOST, 4000, REMOTE, 443, Tcp.ACK, 0);
        router.outbound();
        shouldBe(session, TCP_CLOSED);
    }

    @Test
    void shouldNotTakeAConnectionForClosedThatStillCarriesData() {
        final int session = closed();
        in(Tcp.ACK | Tcp.PSH);
        shouldBe(session, TCP_CLOSING);
        router.packet.tcp(HOST, 4000, REMOTE, 443, Tcp.ACK, 0);
        router.outbound();
        shouldBe(session, TCP_CLOSING);
        in(FIN_ACK);
        shouldBe(session, TCP_CLOSED);
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
    void shouldBelieveTheInsidesOwnResetOfAnEstablishedConnection() {
        final int session = established();
        out(Tcp.RST);
        shouldBe(session, TCP_CLOSED);
        in(Tcp.RST);
        shouldBe(session, TCP_CLOSED);
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
        final int generation = router.nat.reader().generation(session);
        final int word = router.lastSeen(session);
        assertThat(out(Tcp.ACK | Tcp.PSH)).isEqualTo(session);
        shouldBe(session, TCP_CLOSING);
        assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isZero();
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
        router.packet.tcp(REMOTE, 443, OUTSIDE, 4000, Tcp.SYN, 0);
        router.inbound();
        shouldBe(session, TCP_CLOSED);
    }

    private int call(final int flags, final int acknowledgment) {
        router.packet.tcp(REMOTE, 5000, OUTSIDE, 8080, flags, 0);
        Memory.putU32(router.packet.transport() + Tcp.ACKNOWLEDGMENT_OFFSET, acknowledgment);
        return router.inbound();
    }

    private void answer(final int flags, final int sequence) {
        router.packet.tcp(SERVER, 80, REMOTE, 5000, flags, 0);
        Memory.putU32(router.packet.transport() + Tcp.SEQUENCE_OFFSET, sequence);
        router.outbound();
    }

    @Test
    @DisplayName("RFC 5382 REQ-2: a forward's connection is established when the remote acknowledges the SYN+ACK")
    void shouldEstablishWhatTheOutsideOpens() {
        final int session = call(Tcp.SYN, 0);
        shouldBe(session, TCP_INCOMING);
        answer(SYN_ACK, -1);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, 0);
        shouldBe(session, TCP_ESTABLISHED);
        answer(FIN_ACK, 0);
        call(FIN_ACK, 1);
        shouldBe(session, TCP_CLOSED);
    }

    @Test
    void shouldKeepTheShortTimerForAForgedSource() {
        final int session = call(Tcp.SYN, 0);
        call(Tcp.ACK, 1);
        answer(SYN_ACK, 1_000_000);
        shouldBe(session, TCP_INCOMING);
        for (int guess = 0; guess < 1_000_000; guess += 99_991) {
            call(Tcp.ACK, guess);
            call(Tcp.ACK | Tcp.PSH, guess);
            call(FIN_ACK, guess);
            call(Tcp.RST, 0);
        }
        shouldBe(session, TCP_INCOMING);
        answer(RST_ACK, 0);
        shouldBe(session, TCP_INCOMING);
    }

    @Test
    void shouldEstablishWhenTheServerSentDataBeforeTheAcknowledgment() {
        final int session = call(Tcp.SYN, 0);
        answer(SYN_ACK, 7);
        answer(Tcp.ACK, 8);
        call(Tcp.ACK, 8 + 14_600);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldLetTheOutsideReopenAForward() {
        final int session = call(Tcp.SYN, 0);
        answer(SYN_ACK, 7);
        call(Tcp.ACK, 8);
        answer(FIN_ACK, 8);
        call(FIN_ACK, 9);
        shouldBe(session, TCP_CLOSED);
        assertThat(call(Tcp.SYN, 0)).isEqualTo(session);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, 8);
        shouldBe(session, TCP_INCOMING);
        answer(SYN_ACK, 20);
        call(Tcp.ACK, 21);
        shouldBe(session, TCP_ESTABLISHED);
    }

    private int established(final int sequence) {
        final int session = call(Tcp.SYN, 0);
        answer(SYN_ACK, sequence);
        call(Tcp.ACK, sequence + 1);
        shouldBe(session, TCP_ESTABLISHED);
        return session;
    }

    @Test
    @DisplayName("RFC 5961 section 4: a forged RST and a forged SYN leave a living connection the closing timer")
    void shouldNotTakeAForgedSynAfterAForgedResetForANewConnection() {
        final int session = established(7);
        call(Tcp.RST, 0);
        shouldBe(session, TCP_CLOSING);
        call(Tcp.SYN, 0);
        shouldBe(session, TCP_CLOSING);
        answer(Tcp.ACK, 100_000);
        shouldBe(session, TCP_CLOSING);
        call(Tcp.ACK | Tcp.PSH, 100_001);
        shouldBe(session, TCP_CLOSING);
        answer(FIN_ACK, 100_001);
        call(FIN_ACK, 100_002);
        shouldBe(session, TCP_CLOSED);
    }

    @Test
    void shouldLetTheServersSynAckReopenAForwardThatWasReset() {
        final int session = established(7);
        answer(FIN_ACK, 8);
        call(Tcp.RST, 0);
        shouldBe(session, TCP_CLOSING);
        assertThat(call(Tcp.SYN, 0)).isEqualTo(session);
        answer(SYN_ACK, 5_000_000);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, 9);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, 5_000_001);
        shouldBe(session, TCP_ESTABLISHED);
        call(FIN_ACK, 5_000_001);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldNotLetASynAckMakeAnInsideHostsConnectionTheOutsides() {
        final int session = established();
        in(Tcp.RST);
        shouldBe(session, TCP_CLOSING);
        out(SYN_ACK);
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    void shouldTakeOnlyTheServersSynAckForAnAnswer() {
        final int session = call(Tcp.SYN, 0);
        answer(Tcp.ACK, 1_000_000);
        for (int guess = 0; guess < EARLY_DATA_BYTES; guess += 4_096) {
            call(Tcp.ACK, guess);
            shouldBe(session, TCP_INCOMING);
        }
        answer(SYN_ACK, 1_000_000);
        call(Tcp.ACK, 1_000_001);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldNotTakeTheAcknowledgmentOfAnEarlierConnection() {
        final int session = established(7);
        answer(FIN_ACK, 8);
        call(FIN_ACK, 9);
        shouldBe(session, TCP_CLOSED);
        call(Tcp.SYN, 0);
        answer(Tcp.ACK, 9);
        call(Tcp.ACK, 0);
        call(Tcp.ACK, 9);
        shouldBe(session, TCP_INCOMING);
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
        // SYN from inside, SYN from outside, ACKs both ways, FINs both ways, RST from inside, from outside, payload,
        // SYN+ACK from inside.
        final SessionState[][] table = {
            {
                TCP_OPENING,
                TCP_OPENING,
                TCP_OPENING,
                TCP_ESTABLISHED,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_OPENING,
                TCP_OPENING
            },
            {
                TCP_INCOMING,
                TCP_OPENING,
                TCP_INCOMING,
                TCP_ESTABLISHED,
                TCP_CLOSED,
                TCP_INCOMING,
                TCP_INCOMING,
                TCP_INCOMING,
                TCP_INCOMING
            },
            {
                TCP_ESTABLISHED,
                TCP_ESTABLISHED,
                TCP_ESTABLISHED,
                TCP_ESTABLISHED,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_ESTABLISHED,
                TCP_ESTABLISHED
            },
            {
                TCP_CLOSING,
                TCP_OPENING,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_CLOSING,
                TCP_INCOMING
            },
            {
                TCP_CLOSED,
                TCP_OPENING,
                TCP_INCOMING,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSED,
                TCP_CLOSING,
                TCP_INCOMING
            },
        };
        for (final SessionState[] row : table) {
            assertThat(row).hasSize(1 + SessionState.EVENTS);
            for (int event = 0; event < SessionState.EVENTS; event++) {
                assertThat(SessionState.ofCode(SessionState.next(row[0].code, event)))
                        .as("%s, event %d", row[0], event)
                        .isEqualTo(row[1 + event]);
            }
        }
    }
}
