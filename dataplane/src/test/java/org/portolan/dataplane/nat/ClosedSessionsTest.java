package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Closed TCP sessions give way under need, the longest closed first, and nobody else does. */
class ClosedSessionsTest {
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int FIN_ACK = Tcp.FIN | Tcp.ACK;
    private static final int ALL_UNPRIVILEGED = 64_512;

    private TestRouter router;

    @AfterEach
    void close() {
        router.close();
    }

    private void table(final int sessions) {
        router = TestRouter.withSessions(sessions, new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80));
    }

    private int out(final int host, final int port, final int flags) {
        router.packet.tcp(host, port, REMOTE, 443, flags, 0);
        return router.outbound();
    }

    private void in(final int session, final int flags) {
        router.packet.tcp(REMOTE, 443, OUTSIDE, router.nat.reader().outsidePort(session), flags, 0);
        assertThat(router.inbound()).isEqualTo(session);
    }

    private int establish(final int host, final int port) {
        final int session = out(host, port, Tcp.SYN);
        in(session, Tcp.SYN | Tcp.ACK);
        out(host, port, Tcp.ACK);
        return session;
    }

    private int closeBothSides(final int host, final int port) {
        final int session = establish(host, port);
        out(host, port, FIN_ACK);
        in(session, FIN_ACK);
        assertThat(router.nat.reader().state(session)).isEqualTo(SessionState.TCP_CLOSED);
        return session;
    }

    @Test
    void shouldNotEndWhatTheInsideOpenedForAForwardThatIsFull() {
        table(100);
        for (int i = 0; i < 4; i++) {
            router.packet.tcp(REMOTE + 1 + i, 5000, OUTSIDE, 8080, Tcp.SYN, 0);
            assertThat(router.inbound()).isNotNegative();
        }
        closeBothSides(SERVER, 80);
        router.nowS += 10;
        router.packet.tcp(REMOTE + 9, 5000, OUTSIDE, 8080, Tcp.SYN, 0);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        assertThat(router.nat.counts().sessionsReclaimed()).isZero();
    }

    @Test
    void shouldGiveTheLongestClosedPortAwayWhenNoneIsFree() {
        table(70_000);
        for (int port = 1024; port < 65_536; port++) {
            if (port != 8080) {
                establish(HOST, port);
            }
        }
        for (final int port : new int[] {30_000, 20_000, 40_000}) {
            out(HOST, port, FIN_ACK);
            in(out(HOST, port, Tcp.ACK), FIN_ACK);
            router.nowS++;
        }
        router.nowS += 5;
        assertThat(router.nat.reader().outsidePort(out(HOST + 1, 50_000, Tcp.SYN)))
                .isEqualTo(30_000);
        assertThat(router.nat.reader().outsidePort(out(HOST + 1, 50_001, Tcp.SYN)))
                .isEqualTo(20_000);
        assertThat(router.nat.counts().sessionsReclaimed()).isEqualTo(2);
        assertThat(router.nat.reader().outsidePort(out(HOST + 1, 50_002, Tcp.SYN)))
                .isEqualTo(40_000);
        assertThat(reason(out(HOST + 1, 50_003, Tcp.SYN)))
                .as("all others are alive")
                .isEqualTo(DropReason.PORTS_EXHAUSTED);
        assertThat(router.nat.counts().sessionsReclaimed()).isEqualTo(3);
        assertThat(router.nat.counts().sessions()).isEqualTo(ALL_UNPRIVILEGED - 1);
    }

    @Test
    @DisplayName("RFC 5382: 2,000 short connections a second through one address, none refused")
    void shouldCarryMoreShortConnectionsThanTheClosingTimerAllows() {
        table(70_000);
        for (int i = 0; i < 200_000; i++) {
            closeBothSides(HOST + i / 60_000, 1024 + i % 60_000);
            router.nowS += i % 2_000 == 0 ? 1 : 0;
        }
        assertThat(router.nat.counts().sessionsReclaimed()).isGreaterThan(100_000);
        assertThat(router.nat.counts().portsReclaimed()).isZero();
    }

    @Test
    void shouldGiveWayOnlyWhenItIsNeeded() {
        table(100);
        final int session = closeBothSides(HOST, 4000);
        router.nowS += 200;
        for (int i = 0; i < 90; i++) {
            assertThat(out(HOST, 5000 + i, Tcp.SYN)).isNotNegative();
        }
        assertThat(router.nat.reader().state(session)).isEqualTo(SessionState.TCP_CLOSED);
        assertThat(router.nat.counts().sessionsReclaimed()).isZero();
    }

    @Test
    void shouldGiveItsPlaceInAFullTableAway() {
        table(3);
        closeBothSides(HOST, 4000);
        router.nowS++;
        closeBothSides(HOST, 4001);
        establish(HOST, 4002);
        router.nowS += 5;
        assertThat(router.udp(HOST, 9000, REMOTE, 53)).as("UDP needs it too").isNotNegative();
        router.packet.tcp(REMOTE, 443, OUTSIDE, 4000, Tcp.ACK, 0);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
        assertThat(out(HOST, 4001, Tcp.ACK)).as("the second one is still there").isNotNegative();
        assertThat(router.nat.counts().sessionsReclaimed()).isOne();
    }

    @Test
    void shouldGiveItsMappingAway() {
        router = new TestRouter(TestConfig.of(100, OUTSIDE).mappings(2));
        closeBothSides(HOST, 4000);
        establish(HOST, 4001);
        assertThat(reason(router.udp(HOST, 9000, REMOTE, 53)))
                .as("not yet quiet")
                .isEqualTo(DropReason.MAPPINGS_FULL);
        router.nowS += 5;
        assertThat(router.udp(HOST, 9000, REMOTE, 53)).isNotNegative();
        assertThat(router.nat.counts().mappings()).isEqualTo(2);
        assertThat(reason(router.udp(HOST, 9001, REMOTE, 53))).isEqualTo(DropReason.MAPPINGS_FULL);
    }

    @Test
    void shouldLeaveEveryOtherSessionAlone() {
        table(7);
        establish(HOST, 4000);
        out(HOST, 4001, Tcp.SYN);
        final int halfClosed = establish(HOST, 4002);
        out(HOST, 4002, FIN_ACK);
        in(halfClosed, Tcp.ACK);
        final int otherHalf = establish(HOST, 4003);
        in(otherHalf, FIN_ACK);
        final int reset = establish(HOST, 4004);
        in(reset, Tcp.RST);
        final int aborted = out(HOST, 4005, Tcp.SYN);
        in(aborted, Tcp.SYN | Tcp.ACK);
        out(HOST, 4005, Tcp.RST);
        final int busy = closeBothSides(HOST, 4006);
        router.packet.tcp(REMOTE, 443, OUTSIDE, 4006, Tcp.ACK, 100);
        assertThat(router.inbound()).isEqualTo(busy);
        router.nowS += 200;
        assertThat(reason(router.udp(HOST, 9000, REMOTE, 53))).isEqualTo(DropReason.SESSIONS_FULL);
        assertThat(router.nat.counts().sessionsReclaimed()).isZero();
    }

    @Test
    void shouldLeaveAClosedSessionAloneUntilItIsQuiet() {
        table(2);
        final int first = closeBothSides(HOST, 4000);
        closeBothSides(HOST, 4001);
        router.nowS++;
        assertThat(reason(router.udp(HOST, 9000, REMOTE, 53))).isEqualTo(DropReason.SESSIONS_FULL);
        router.nowS++;
        in(first, FIN_ACK);
        assertThat(router.udp(HOST, 9000, REMOTE, 53)).isNotNegative();
        assertThat(router.nat.reader().state(first)).as("it spoke again").isEqualTo(SessionState.TCP_CLOSED);
    }

    @Test
    void shouldLeaveASessionAloneThatOpenedAgain() {
        table(2);
        closeBothSides(HOST, 4000);
        final int again = closeBothSides(HOST, 4001);
        assertThat(establish(HOST, 4001)).isEqualTo(again);
        router.nowS += 5;
        assertThat(router.udp(HOST, 9000, REMOTE, 53)).isNotNegative();
        assertThat(router.nat.reader().state(again)).isEqualTo(SessionState.TCP_ESTABLISHED);
        assertThat(reason(router.udp(HOST, 9001, REMOTE, 53))).isEqualTo(DropReason.SESSIONS_FULL);
    }

    @Test
    void shouldLookPastClosedSessionsWhosePortIsStillInUse() {
        table(70_000);
        for (int port = 1024; port < 65_536; port++) {
            if (port != 8080) {
                establish(HOST, port);
            }
        }
        for (int port = 30_000; port < 30_010; port++) {
            router.packet.tcp(HOST, port, REMOTE + 1, 443, Tcp.SYN);
            router.outbound();
            out(HOST, port, FIN_ACK);
            in(out(HOST, port, Tcp.ACK), FIN_ACK);
        }
        out(HOST, 30_010, FIN_ACK);
        in(out(HOST, 30_010, Tcp.ACK), FIN_ACK);
        router.nowS += 5;
        assertThat(router.nat.reader().outsidePort(out(HOST + 1, 50_000, Tcp.SYN)))
                .isEqualTo(30_010);
        router.packet.tcp(HOST, 30_005, REMOTE + 1, 443, Tcp.ACK);
        assertThat(router.outbound()).as("the other session of such a port").isNotNegative();
    }

    @Test
    void shouldGiveWayWithinItsForwardsLimit() {
        table(100);
        for (int i = 0; i < 4; i++) {
            call(REMOTE + i);
        }
        router.packet.tcp(REMOTE + 9, 5000, OUTSIDE, 8080, Tcp.SYN, 0);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        router.nowS += 5;
        router.packet.tcp(REMOTE + 9, 5000, OUTSIDE, 8080, Tcp.SYN, 0);
        assertThat(router.inbound()).isNotNegative();
        assertThat(router.nat.counts().sessionsReclaimed()).isOne();
        assertThat(router.nat.counts().sessionsFromOutside()).isEqualTo(4);
    }

    @Test
    void shouldLookForAClosedSessionOfTheRemoteThatIsAtItsLimit() {
        router = new TestRouter(TestConfig.of(100, OUTSIDE)
                .limits(new OutsideLimits(100, 100, 3, 0))
                .forwards(new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80)));
        for (int i = 0; i < 15; i++) {
            call(REMOTE + i);
        }
        for (int port = 1; port <= 3; port++) {
            call(REMOTE + 50, port);
        }
        assertThat(syn(REMOTE + 50, 4)).as("not yet quiet").isEqualTo(DropReason.REMOTE_SESSIONS_FULL);
        router.nowS += 5;
        assertThat(syn(REMOTE + 50, 4)).as("the oldest of its own").isEqualTo(DropReason.NONE);
        assertThat(router.nat.counts().sessionsReclaimed()).isOne();
        assertThat(syn(REMOTE + 50, 2)).as("one that is there").isEqualTo(DropReason.NONE);
        assertThat(router.nat.counts().sessions()).isEqualTo(18);
        assertThat(syn(REMOTE + 50, 5))
                .as("the next one is the 16th of the queue")
                .isEqualTo(DropReason.NONE);
        assertThat(syn(REMOTE + 50, 6)).as("all its own are alive").isEqualTo(DropReason.REMOTE_SESSIONS_FULL);
        assertThat(router.nat.counts().sessionsReclaimed()).isEqualTo(2);
    }

    private DropReason syn(final int remote, final int port) {
        router.packet.tcp(remote, port, OUTSIDE, 8080, Tcp.SYN, 0);
        return reason(router.inbound());
    }

    private void call(final int remote) {
        call(remote, 5000);
    }

    /** A whole connection to the forward, closed by both sides. */
    private void call(final int remote, final int port) {
        for (final int flags : new int[] {Tcp.SYN, Tcp.ACK, FIN_ACK}) {
            router.packet.tcp(remote, port, OUTSIDE, 8080, flags, 0);
            Memory.putU32(router.packet.transport() + Tcp.ACKNOWLEDGMENT_OFFSET, remote + 1);
            assertThat(router.inbound()).isNotNegative();
            router.packet.tcp(SERVER, 80, remote, port, flags == Tcp.SYN ? Tcp.SYN | Tcp.ACK : flags, 0);
            Memory.putU32(router.packet.transport() + Tcp.SEQUENCE_OFFSET, remote);
            router.outbound();
        }
    }
}
