package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;
import static org.portolan.dataplane.policy.HostLimits.UNLIMITED;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/** A host at its limit of sessions loses its own closed ones first. */
class HostsClosedSessionsTest {
    private static final int MOST = 100;

    private TestRouter router = router(new HostLimits(MOST, UNLIMITED, UNLIMITED, UNLIMITED));

    private static TestRouter router(final HostLimits limits) {
        return new TestRouter(TestConfig.of(5_000, OUTSIDE).hosts(limits));
    }

    @AfterEach
    void close() {
        router.close();
    }

    private int open(final int host, final int port) {
        router.packet.tcp(host, port, REMOTE, 80, Tcp.SYN);
        return router.outbound();
    }

    private void finish(final int host, final int port) {
        router.packet.tcp(host, port, REMOTE, 80, Tcp.FIN | Tcp.ACK);
        final int session = router.outbound();
        router.packet.tcp(REMOTE, 80, OUTSIDE, router.nat.reader().outsidePort(session), Tcp.FIN | Tcp.ACK);
        assertThat(router.inbound()).isEqualTo(session);
        assertThat(LastSeen.state(router.lastSeen(session))).isEqualTo(SessionState.TCP_CLOSED);
    }

    /** What the pipeline asks before it opens. */
    private DropReason refusal(final int host, final int port) {
        final Packet p = router.packet.tcp(host, port, REMOTE, 80, Tcp.SYN).parsed();
        return DropReason.ofCode(router.nat.refusalOutbound(p, 0, 0, router.nowS));
    }

    @Test
    void shouldEndAClosedSessionOfTheHostAtItsLimit() {
        for (int i = 0; i < MOST; i++) {
            open(HOST, 2000 + i);
        }
        assertThat(refusal(HOST, 3000)).isEqualTo(DropReason.HOST_SESSIONS_FULL);
        finish(HOST, 2050);
        assertThat(refusal(HOST, 3000)).as("it is not silent yet").isEqualTo(DropReason.HOST_SESSIONS_FULL);
        router.nowS += 2;
        assertThat(refusal(HOST, 3000)).isEqualTo(DropReason.NONE);
        assertThat(open(HOST, 3000)).isNotNegative();
        assertThat(router.nat.counts().sessionsReclaimed()).isOne();
        assertThat(router.nat.counts().sessions()).isEqualTo(MOST);
        assertThat(refusal(HOST, 3001)).isEqualTo(DropReason.HOST_SESSIONS_FULL);
        assertThat(reason(open(HOST, 3001))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
    }

    @Test
    void shouldFindItBehindManyClosedOnesOfOthersInBoundedSteps() {
        for (int i = 0; i < MOST; i++) {
            open(OTHER_HOST, 2000 + i);
            finish(OTHER_HOST, 2000 + i);
        }
        router.nowS++;
        open(HOST, 4999);
        for (int i = 1; i < MOST; i++) {
            open(HOST, 5000 + i);
        }
        finish(HOST, 4999);
        router.nowS += 2;
        int tries = 0;
        while (refusal(HOST, 3000) != DropReason.NONE) {
            assertThat(tries++).isLessThanOrEqualTo(MOST / HostsClosedSessions.LOOKS);
        }
        assertThat(tries).as("its oldest is last in its chain").isPositive();
        assertThat(open(HOST, 3000)).isNotNegative();
        assertThat(router.nat.counts().sessionsReclaimed()).isOne();
    }

    @Test
    void shouldTakeNothingOfAnotherHost() {
        for (int i = 0; i < MOST; i++) {
            open(HOST, 2000 + i);
        }
        open(OTHER_HOST, 2000);
        finish(OTHER_HOST, 2000);
        router.nowS += 2;
        for (int i = 0; i < MOST; i++) {
            assertThat(reason(open(HOST, 3000))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
        }
        assertThat(router.nat.counts().sessionsReclaimed()).isZero();
    }

    @Test
    void shouldEndNoneForASessionThatAnotherLimitRefuses() {
        router.close();
        router = router(new HostLimits(2, 2, UNLIMITED, UNLIMITED));
        open(HOST, 2000);
        open(HOST, 2001);
        finish(HOST, 2000);
        router.nowS += 2;
        assertThat(reason(open(HOST, 3000))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
        assertThat(router.nat.counts().sessionsReclaimed()).isZero();
        router.packet.tcp(HOST, 2001, REMOTE, 81, Tcp.SYN);
        assertThat(router.outbound()).as("by a port that it has").isNotNegative();
        assertThat(router.nat.counts().sessionsReclaimed()).isOne();
    }
}
