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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Sequence numbers: which segments fit a connection, and what one that does not fit leaves alone. */
class TcpWindowTest {
    private static final int HOST = TestRouter.HOST;
    private static final int REMOTE = TestRouter.REMOTE;
    private static final int OUTSIDE = TestRouter.OUTSIDE;
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;
    private static final int FIN_ACK = Tcp.FIN | Tcp.ACK;
    private static final int RST_ACK = Tcp.RST | Tcp.ACK;
    private static final int PSH_ACK = Tcp.PSH | Tcp.ACK;
    private static final int NO_SCALE = -1;

    /** First numbers of both sides, near where they wrap. */
    private static final int MINE = -3_000;

    private static final int THEIRS = 0x7FFF_FF00;
    private static final int WINDOW = 1_000;
    private static final int SCALE = 7;

    private TestRouter router = router(WindowCheck.COUNT);

    private static TestConfig config() {
        return TestConfig.of(100, OUTSIDE).forwards(new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80));
    }

    private static TestRouter router(final WindowCheck check) {
        return new TestRouter(config(), check);
    }

    @AfterEach
    void close() {
        router.close();
    }

    private void restart(final WindowCheck check) {
        router.close();
        router = router(check);
    }

    /** From inside; numbers count from the first ones. */
    private int out(final int flags, final int sequence, final int acknowledgment, final int payload) {
        return out(flags, sequence, acknowledgment, payload, NO_SCALE);
    }

    private int out(final int flags, final int sequence, final int acknowledgment, final int payload, final int scale) {
        router.packet.segment(
                HOST, 4000, REMOTE, 443, flags, MINE + sequence, THEIRS + acknowledgment, WINDOW, scale, payload);
        return router.outbound();
    }

    private int in(final int flags, final int sequence, final int acknowledgment, final int payload) {
        return in(flags, sequence, acknowledgment, payload, NO_SCALE);
    }

    private int in(final int flags, final int sequence, final int acknowledgment, final int payload, final int scale) {
        router.packet.segment(
                REMOTE, 443, OUTSIDE, 4000, flags, THEIRS + sequence, MINE + acknowledgment, WINDOW, scale, payload);
        return router.inbound();
    }

    private void shouldBe(final int session, final SessionState state) {
        assertThat(router.nat.reader().state(session)).isEqualTo(state);
        assertThat(LastSeen.state(router.lastSeen(session))).as("timer").isEqualTo(state);
    }

    private void shouldHaveCounted(final int segments) {
        assertThat(router.nat.outOfWindow()).as("outside the window").isEqualTo(segments);
    }

    private int established(final int mine, final int theirs) {
        final int session = out(Tcp.SYN, 0, 0, 0, mine);
        in(SYN_ACK, 0, 1, 0, theirs);
        out(Tcp.ACK, 1, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
        return session;
    }

    private int established() {
        return established(NO_SCALE, NO_SCALE);
    }

    private int closed() {
        final int session = established();
        out(FIN_ACK, 1, 1, 0);
        in(Tcp.ACK, 1, 2, 0);
        in(FIN_ACK, 1, 2, 0);
        shouldBe(session, TCP_ESTABLISHED);
        out(Tcp.ACK, 2, 2, 0);
        shouldBe(session, TCP_CLOSED);
        shouldHaveCounted(0);
        return session;
    }

    @Test
    @DisplayName("RFC 7857 section 2: an RST outside the window neither closes nor refreshes")
    void shouldNotBelieveAnRstOutsideTheWindow() {
        final int session = established();
        final int word = router.lastSeen(session);
        router.nowS += 100;
        for (final int sequence : new int[] {-(1 << 14), 3 + 0xFFFF, 1 << 30, Integer.MIN_VALUE, -(1 << 30)}) {
            assertThat(in(Tcp.RST, sequence, 0, 0)).as("is carried").isEqualTo(session);
            in(RST_ACK, sequence, 1, 0);
        }
        shouldBe(session, TCP_ESTABLISHED);
        assertThat(router.lastSeen(session)).isEqualTo(word);
        shouldHaveCounted(10);
    }

    @Test
    @DisplayName("RFC 7857 section 2: an RST in the window starts the closing timer")
    void shouldBelieveAnRstInTheWindow() {
        final int session = established();
        in(Tcp.RST, 1, 0, 0);
        shouldBe(session, TCP_CLOSING);
        shouldHaveCounted(0);
    }

    @Test
    @DisplayName("RFC 7857 section 2.2: after an RST traffic in the window keeps the session")
    void shouldKeepASessionThatGoesOnAfterAnRst() {
        final int session = established();
        in(Tcp.RST, 1, 0, 0);
        router.nowS += 200;
        out(PSH_ACK, 1, 1, 10);
        assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isZero();
        router.nowS += 200;
        in(Tcp.ACK, 1 << 30, 11, 0);
        assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isEqualTo(200);
        in(Tcp.ACK, 1, 11, 0);
        assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isZero();
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    @DisplayName("RFC 7857 section 7.1: the inside's RST in answer to what was outside the window is no use")
    void shouldNotRefreshByAnRstInAnswerToAStray() {
        final int session = established();
        router.nowS += 100;
        in(PSH_ACK, 1 << 30, 5_000_000, 10);
        out(Tcp.RST, 5_000_000, 0, 0);
        shouldBe(session, TCP_ESTABLISHED);
        assertThat(LastSeen.idleS(router.lastSeen(session), router.nowS)).isEqualTo(100);
        shouldHaveCounted(2);
    }

    @Test
    void shouldBelieveTheInsidesOwnRst() {
        final int session = established();
        out(RST_ACK, 1, 1, 0);
        shouldBe(session, TCP_CLOSED);
    }

    @Test
    void shouldNotTakeAForgedFinForTheRemotes() {
        final int session = established();
        out(FIN_ACK, 1, 1, 0);
        in(Tcp.ACK, 1, 2, 0);
        in(FIN_ACK, 500, 2, 0);
        in(FIN_ACK, 1 << 30, 2, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(1);
        in(PSH_ACK, 1, 2, 600);
        out(Tcp.ACK, 2, 601, 0);
        shouldBe(session, TCP_ESTABLISHED);
        in(FIN_ACK, 601, 2, 0);
        shouldBe(session, TCP_ESTABLISHED);
        out(Tcp.ACK, 2, 601, 0);
        shouldBe(session, TCP_ESTABLISHED);
        out(Tcp.ACK, 2, 602, 0);
        shouldBe(session, TCP_CLOSED);
    }

    @Test
    void shouldCloseInEitherOrderOfTheFins() {
        final int session = established();
        in(FIN_ACK, 1, 1, 0);
        out(Tcp.ACK, 1, 2, 0);
        router.nowS += 7_000;
        out(PSH_ACK, 1, 2, 100);
        in(Tcp.ACK, 2, 101, 0);
        shouldBe(session, TCP_ESTABLISHED);
        out(FIN_ACK, 101, 2, 0);
        shouldBe(session, TCP_CLOSED);
        in(Tcp.ACK, 2, 102, 0);
        shouldBe(session, TCP_CLOSED);
        shouldHaveCounted(0);
    }

    @Test
    void shouldCloseWhenBothFinishAtOnce() {
        final int session = established();
        out(FIN_ACK, 1, 1, 0);
        in(FIN_ACK, 1, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        out(Tcp.ACK, 2, 2, 0);
        shouldBe(session, TCP_CLOSED);
        in(Tcp.ACK, 2, 2, 0);
        shouldHaveCounted(0);
    }

    @Test
    void shouldTakeARetransmissionAfterTheCloseForNothingNew() {
        final int session = established();
        in(PSH_ACK, 1, 1, 100);
        in(FIN_ACK, 101, 1, 0);
        out(FIN_ACK, 1, 102, 0);
        shouldBe(session, TCP_CLOSED);
        in(PSH_ACK, 1, 1, 100);
        shouldBe(session, TCP_CLOSED);
        in(FIN_ACK, 101, 1, 0);
        shouldBe(session, TCP_CLOSED);
        in(PSH_ACK, 102, 2, 100);
        shouldBe(session, TCP_CLOSING);
        shouldHaveCounted(0);
    }

    @ParameterizedTest
    @CsvSource({"7, 7, 128000", "0, 14, 1000", "14, 0, 16384000", "-1, 7, 65535", "7, -1, 65535", "14, 14, 16384000"})
    @DisplayName("RFC 7323 2.2: a window is scaled only if both SYNs say so")
    void shouldScaleWindows(final int mine, final int theirs, final int window) {
        final int session = established(mine, theirs);
        final int edge = 1 + Math.max(window, 0xFFFF);
        in(Tcp.RST, edge + 2, 0, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(1);
        in(Tcp.RST, edge, 0, 0);
        shouldBe(session, TCP_CLOSING);
    }

    @Test
    void shouldFollowAStreamThroughTheEndOfTheNumbers() {
        established(SCALE, SCALE);
        int sent = 1;
        int received = 1;
        for (int i = 0; i < 200_000; i++) {
            out(PSH_ACK, sent, received, 40_000);
            sent += 40_000;
            in(PSH_ACK, received, sent, 60_000);
            received += 60_000;
            if (i % 1_000 == 0) {
                in(Tcp.RST, received + (1 << 30), 0, 0);
            }
        }
        shouldHaveCounted(200);
    }

    @Test
    void shouldLetProbesAndKeepAlivesPass() {
        established();
        in(PSH_ACK, 1, 1, 700);
        out(Tcp.ACK, 1, 701, 0);
        in(Tcp.ACK, 700, 1, 0);
        in(Tcp.ACK, 700, 1, 1);
        out(Tcp.ACK, 0, 701, 0);
        out(Tcp.ACK, 0, 701, 1);
        final int edge = 0x1_0000;
        int at = 701;
        for (; at + 1_000 < edge; at += 1_000) {
            in(PSH_ACK, at, 1, 1_000);
        }
        in(PSH_ACK, at, 1, edge - at);
        in(Tcp.ACK, edge, 1, 1);
        in(Tcp.ACK, edge, 1, 1);
        out(Tcp.ACK, 1, edge, 0);
        in(RST_ACK, edge + 1, 1, 0);
        shouldHaveCounted(0);
    }

    @Test
    void shouldLetLargeFramesAndOldOnesPass() {
        established(SCALE, SCALE);
        in(PSH_ACK, 1, 1, 65_000);
        in(PSH_ACK, 65_001, 1, 65_000);
        in(PSH_ACK, 1, 1, 1_460);
        out(Tcp.ACK, 1, 130_001, 0);
        out(Tcp.ACK, 1, 65_001, 0);
        in(PSH_ACK, 1, 1, 1_460);
        shouldHaveCounted(0);
    }

    /** ECN and AccECN have their flags in what was reserved; urgent data has a flag and a pointer. */
    @ParameterizedTest
    @ValueSource(ints = {0x20, 0x40, 0x80, 0xE0})
    void shouldNotCareForOtherFlags(final int more) {
        final int session = out(Tcp.SYN | more, 0, 0, 0, SCALE);
        in(SYN_ACK | more, 0, 1, 0, SCALE);
        out(Tcp.ACK | more, 1, 1, 100);
        shouldBe(session, TCP_ESTABLISHED);
        in(FIN_ACK | more, 1, 101, 0);
        out(FIN_ACK | more, 101, 2, 0);
        shouldBe(session, TCP_CLOSED);
        shouldHaveCounted(0);
    }

    @Test
    @DisplayName("RFC 7413: data on the SYN and on the SYN+ACK")
    void shouldCarryFastOpen() {
        final int session = out(Tcp.SYN, 0, 0, 1_400, SCALE);
        in(SYN_ACK, 0, 1_401, 1_200, SCALE);
        in(PSH_ACK, 1_201, 1_401, 14_000);
        out(Tcp.ACK, 1_401, 15_201, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
    }

    @Test
    @DisplayName("RFC 7413: a server that does not take the data acknowledges the SYN alone")
    void shouldCarryRefusedFastOpen() {
        final int session = out(Tcp.SYN, 0, 0, 1_400, SCALE);
        in(SYN_ACK, 0, 1, 0, SCALE);
        out(PSH_ACK, 1, 1, 1_400);
        in(Tcp.ACK, 1, 1_401, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
    }

    @Test
    void shouldTakeDataThatOvertakesItsSynAck() {
        final int session = out(Tcp.SYN, 0, 0, 0, SCALE);
        in(PSH_ACK, 1, 1, 10_000);
        in(SYN_ACK, 0, 1, 0, SCALE);
        out(Tcp.ACK, 1, 10_001, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
        in(Tcp.RST, 10_001 + 130_000, 0, 0);
        shouldHaveCounted(1);
    }

    @Test
    void shouldTakeASynOfAnotherNumberForANewTry() {
        final int session = out(Tcp.SYN, 0, 0, 0);
        in(SYN_ACK, 0, 1, 0);
        assertThat(out(Tcp.SYN, 5_000_000, 0, 0)).isEqualTo(session);
        in(SYN_ACK, 7_000_000, 5_000_001, 0);
        out(Tcp.ACK, 5_000_001, 7_000_001, 0);
        in(PSH_ACK, 7_000_001, 5_000_001, 100);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
    }

    @Test
    void shouldTakeSynAndSynAckAgain() {
        final int session = out(Tcp.SYN, 0, 0, 0, SCALE);
        out(Tcp.SYN, 0, 0, 0, SCALE);
        in(SYN_ACK, 0, 1, 0, SCALE);
        out(Tcp.SYN, 0, 0, 0, SCALE);
        in(SYN_ACK, 0, 1, 0, SCALE);
        out(Tcp.ACK, 1, 1, 0);
        in(SYN_ACK, 0, 1, 0, SCALE);
        out(Tcp.ACK, 1, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
    }

    @Test
    @DisplayName("SYN cookies: a SYN+ACK that is sent again may have another number")
    void shouldTakeASynAckOfAnotherNumber() {
        final int session = out(Tcp.SYN, 0, 0, 0, SCALE);
        in(SYN_ACK, 0, 1, 0, SCALE);
        in(SYN_ACK, 1 << 28, 1, 0, SCALE);
        out(PSH_ACK, 1, (1 << 28) + 1, 100);
        in(Tcp.ACK, (1 << 28) + 1, 101, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
    }

    @Test
    void shouldNotTakeAForgedSynAckForTheRemotes() {
        final int session = out(Tcp.SYN, 0, 0, 0);
        in(SYN_ACK, 50_000_000, 1_000_000, 0);
        in(RST_ACK, 0, 1_000_000, 0);
        in(Tcp.RST, 0, 0, 0);
        in(Tcp.ACK, 50_000_001, 1_000_000, 0);
        out(Tcp.RST, 1_000_000, 0, 0);
        shouldBe(session, TCP_OPENING);
        shouldHaveCounted(5);
        in(SYN_ACK, 0, 1, 0);
        out(Tcp.ACK, 1, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldCloseWhenTheRemoteRefuses() {
        final int session = out(Tcp.SYN, 0, 0, 0);
        in(RST_ACK, -THEIRS, 1, 0);
        shouldBe(session, TCP_CLOSING);
        shouldHaveCounted(0);
    }

    @Test
    @DisplayName("RFC 5382 REQ-2a: a simultaneous open, and its numbers")
    void shouldFollowASimultaneousOpen() {
        final int session = out(Tcp.SYN, 0, 0, 0, SCALE);
        in(Tcp.SYN, 0, 0, 0, SCALE);
        out(SYN_ACK, 0, 1, 0, SCALE);
        in(SYN_ACK, 0, 1, 0, SCALE);
        shouldBe(session, TCP_ESTABLISHED);
        out(PSH_ACK, 1, 1, 60_000);
        in(Tcp.ACK, 1, 60_001, 0);
        shouldHaveCounted(0);
        in(Tcp.RST, 1 << 20, 0, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(1);
    }

    @Test
    void shouldPickUpAConnectionOlderThanTheRouter() {
        final int session = out(PSH_ACK, 1_000_000, 2_000_000, 100);
        in(PSH_ACK, 2_000_000 + 10_000_000, 1_000_100, 1_000);
        in(PSH_ACK, 2_000_000, 1_000_100, 1_000);
        out(Tcp.ACK, 1_000_100, 2_001_000, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
        in(Tcp.RST, 2_001_000 + 100_000_000, 0, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(1);
    }

    @Test
    void shouldFollowTheInsideIntoAnotherConnection() {
        restart(WindowCheck.DROP);
        final int session = established();
        // The remote has lost its connection, and the inside opens another from the same port.
        out(Tcp.SYN, 1 << 29, 0, 0);
        assertThat(in(SYN_ACK, 1 << 28, (1 << 29) + 1, 0)).isEqualTo(session);
        out(Tcp.ACK, (1 << 29) + 1, (1 << 28) + 1, 0);
        assertThat(in(PSH_ACK, (1 << 28) + 1, (1 << 29) + 1, 100)).isEqualTo(session);
        shouldBe(session, TCP_ESTABLISHED);
        assertThat(TestRouter.reason(in(PSH_ACK, 1, 1, 100))).isEqualTo(DropReason.TCP_OUT_OF_WINDOW);
    }

    @Test
    @DisplayName("RFC 9293 3.5.1: a half-open connection ends by the answers to a new SYN")
    void shouldLetAHalfOpenConnectionEnd() {
        restart(WindowCheck.DROP);
        final int session = established();
        assertThat(out(Tcp.SYN, 1 << 29, 0, 0)).isEqualTo(session);
        assertThat(in(Tcp.ACK, 1, 1, 0)).isEqualTo(session);
        assertThat(out(Tcp.RST, 1, 0, 0)).isEqualTo(session);
        shouldBe(session, TCP_CLOSED);
        out(Tcp.SYN, 1 << 29, 0, 0);
        shouldBe(session, TCP_OPENING);
        // As if the RST had been lost.
        assertThat(in(Tcp.ACK, 1, 1, 0)).isEqualTo(session);
        assertThat(out(Tcp.RST, 1, 0, 0)).isEqualTo(session);
        shouldBe(session, TCP_OPENING);
        in(SYN_ACK, 1 << 28, (1 << 29) + 1, 0);
        out(Tcp.ACK, (1 << 29) + 1, (1 << 28) + 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    void shouldLetARefusalOfANewTryPass() {
        restart(WindowCheck.DROP);
        final int session = established();
        out(Tcp.SYN, 1 << 29, 0, 0);
        assertThat(in(RST_ACK, -THEIRS, (1 << 29) + 1, 0)).isEqualTo(session);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @ParameterizedTest
    @ValueSource(ints = {Tcp.RST, RST_ACK, FIN_ACK, PSH_ACK, Tcp.ACK})
    void shouldDropWhatIsOutsideTheWindow(final int flags) {
        restart(WindowCheck.DROP);
        final int session = established();
        final byte[] before = image(session);
        router.packet.segment(REMOTE, 443, OUTSIDE, 4000, flags, THEIRS + (1 << 29), MINE + 1, WINDOW, NO_SCALE, 10);
        final byte[] sent = router.packet.bytes();
        assertThat(TestRouter.reason(router.inbound())).isEqualTo(DropReason.TCP_OUT_OF_WINDOW);
        assertThat(router.packet.bytes()).as("as it came").isEqualTo(sent);
        assertThat(image(session)).isEqualTo(before);
        shouldHaveCounted(1);
        assertThat(in(Tcp.SYN, 1 << 29, 0, 0)).as("a SYN is carried").isEqualTo(session);
        assertThat(in(SYN_ACK, 1 << 29, 1, 0)).isEqualTo(session);
        assertThat(out(Tcp.RST, 1 << 29, 0, 0)).as("and the inside's own").isEqualTo(session);
        shouldBe(session, TCP_ESTABLISHED);
    }

    private byte[] image(final int session) {
        final byte[] image = new byte[SessionLayout.LINE_BYTES + CompanionLayout.RECORD_BYTES];
        final SessionTable sessions = router.nat.tables().sessions();
        Memory.copy(sessions.line(session), image, 0, SessionLayout.LINE_BYTES);
        Memory.copy(sessions.companion(session), image, SessionLayout.LINE_BYTES, CompanionLayout.RECORD_BYTES);
        return image;
    }

    private int call(final int flags, final int sequence, final int acknowledgment, final int payload) {
        router.packet.segment(
                REMOTE, 5000, OUTSIDE, 8080, flags, THEIRS + sequence, MINE + acknowledgment, WINDOW, SCALE, payload);
        return router.inbound();
    }

    private int answer(final int flags, final int sequence, final int acknowledgment, final int payload) {
        router.packet.segment(
                SERVER, 80, REMOTE, 5000, flags, MINE + sequence, THEIRS + acknowledgment, WINDOW, SCALE, payload);
        return router.outbound();
    }

    private int called() {
        final int session = call(Tcp.SYN, 0, 0, 0);
        shouldBe(session, TCP_INCOMING);
        answer(SYN_ACK, 0, 1, 0);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, 1, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
        return session;
    }

    private int calledAndClosed() {
        final int session = called();
        call(FIN_ACK, 1, 1, 0);
        answer(FIN_ACK, 1, 2, 0);
        call(Tcp.ACK, 2, 2, 0);
        shouldBe(session, TCP_CLOSED);
        shouldHaveCounted(0);
        return session;
    }

    @Test
    void shouldJudgeAForwardsConnectionFromItsFirstSegmentOn() {
        final int session = called();
        answer(PSH_ACK, 1, 1, 64_000);
        answer(PSH_ACK, 64_001, 1, 63_000);
        call(Tcp.ACK, 1, 127_001, 0);
        shouldHaveCounted(0);
        call(Tcp.RST, 200_000, 0, 0);
        call(FIN_ACK, 200_000, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(2);
    }

    @Test
    void shouldKeepTheShortTimerForAForgedSource() {
        final int session = call(Tcp.SYN, 0, 0, 0);
        answer(SYN_ACK, 0, 1, 0);
        for (int guess = 2; guess > 0 && guess < 2_000_000_000; guess += 99_991) {
            call(Tcp.ACK, 1, guess, 0);
            call(FIN_ACK, 1, guess, 0);
        }
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, 1, 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
    }

    @Test
    @DisplayName("RFC 6191, RFC 1122 4.2.2.13: a closed connection opens again by a SYN beyond its last number")
    void shouldReopenByASynBeyondTheLastNumber() {
        final int session = calledAndClosed();
        assertThat(call(Tcp.SYN, 3, 0, 0)).isEqualTo(session);
        shouldBe(session, TCP_INCOMING);
        answer(SYN_ACK, 1 << 28, 4, 0);
        call(Tcp.ACK, 4, (1 << 28) + 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        answer(PSH_ACK, (1 << 28) + 1, 4, 60_000);
        call(Tcp.ACK, 4, (1 << 28) + 60_001, 0);
        shouldHaveCounted(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, -100_000})
    void shouldNotReopenByAnOldSyn(final int sequence) {
        final int session = calledAndClosed();
        call(Tcp.SYN, sequence, 0, 0);
        shouldBe(session, TCP_CLOSED);
        shouldHaveCounted(1);
        answer(Tcp.ACK, 2, 2, 0);
        shouldBe(session, TCP_CLOSED);
    }

    @Test
    @DisplayName("RFC 6191: the server may take a SYN of an older number by its time stamp")
    void shouldReopenWhenTheServerAnswersAnOldSyn() {
        final int session = calledAndClosed();
        call(Tcp.SYN, -100_000, 0, 0);
        answer(SYN_ACK, 1 << 28, -99_999, 0);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, -99_999, 7, 0);
        shouldBe(session, TCP_INCOMING);
        call(Tcp.ACK, -99_999, (1 << 28) + 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        call(PSH_ACK, -99_999, (1 << 28) + 1, 1_000);
        answer(PSH_ACK, (1 << 28) + 1, -98_999, 1_000);
        call(Tcp.ACK, -98_999, (1 << 28) + 1_001, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(1);
    }

    @Test
    void shouldReopenOnTheInsidesNewSyn() {
        final int session = closed();
        out(Tcp.SYN, -500_000, 0, 0);
        shouldBe(session, TCP_OPENING);
        in(SYN_ACK, 1 << 27, -499_999, 0);
        out(Tcp.ACK, -499_999, (1 << 27) + 1, 0);
        shouldBe(session, TCP_ESTABLISHED);
        shouldHaveCounted(0);
    }

    @Test
    void shouldKeepTheOrderOfTheClosedWhateverComes() {
        final int session = closed();
        in(PSH_ACK, 1 << 29, 2, 100);
        in(Tcp.SYN, 1 << 29, 0, 0);
        out(PSH_ACK, 1 << 29, 2, 0);
        shouldBe(session, TCP_CLOSED);
        out(PSH_ACK, (1 << 29) + 5, 2, 50);
        shouldBe(session, TCP_CLOSING);
        in(Tcp.ACK, 2, (1 << 29) + 55, 0);
        out(FIN_ACK, (1 << 29) + 55, 2, 0);
        shouldBe(session, TCP_CLOSED);
        assertThat(router.expire(session)).isTrue();
        assertThat(router.nat.counts().sessions()).isZero();
    }

    @Test
    void shouldJudgeNothingWhenItIsOff() {
        restart(WindowCheck.OFF);
        final int session = established();
        in(Tcp.RST, 1 << 30, 0, 0);
        shouldBe(session, TCP_CLOSING);
        shouldHaveCounted(0);
    }

    @Test
    void shouldGoOnJudgingAfterARestart() {
        final NatConfig room = config().room().checking(WindowCheck.DROP);
        final TableMemory left = TableMemory.anonymous(room);
        router.close();
        router = new TestRouter(new PolicyKeeper(room, config().terms()), left, 1_000);
        final int session = established(SCALE, SCALE);
        out(PSH_ACK, 1, 1, 50_000);
        final int closed = calledAndClosed();
        final TableMemory found = TableMemory.anonymous(room);
        copy(left.sessions(), found.sessions());
        copy(left.mappings(), found.mappings());
        copy(left.hosts(), found.hosts());
        router.close();
        router = new TestRouter(
                new PolicyKeeper(room, config().terms()),
                new TableMemory(found.sessions(), found.mappings(), found.hosts(), true),
                1_001);
        assertThat(TestRouter.reason(in(Tcp.RST, 1 << 20, 0, 0))).isEqualTo(DropReason.TCP_OUT_OF_WINDOW);
        assertThat(in(PSH_ACK, 1, 50_001, 60_000)).isEqualTo(session);
        shouldBe(session, TCP_ESTABLISHED);
        call(Tcp.SYN, 2, 0, 0);
        shouldBe(closed, TCP_CLOSED);
        shouldHaveCounted(2);
        call(Tcp.SYN, 3, 0, 0);
        shouldBe(closed, TCP_INCOMING);
    }

    private static void copy(final Slab from, final Slab to) {
        Memory.copy(from.address(), to.address(), from.bytes());
    }
}
