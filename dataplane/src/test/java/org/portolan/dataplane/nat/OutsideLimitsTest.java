package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** The outside cannot take what the inside needs. */
class OutsideLimitsTest {
    private static final int SESSIONS = 16_384;
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int WEB = 8080;
    private static final int NAMES = 5353;

    private TestRouter router = router(OutsideLimits.defaults(SESSIONS));

    private static TestRouter router(final OutsideLimits limits) {
        return new TestRouter(TestConfig.of(SESSIONS, OUTSIDE)
                .limits(limits)
                .forwards(
                        new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, WEB, SERVER, 80),
                        new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, NAMES, SERVER, 53)));
    }

    private void limit(final OutsideLimits limits) {
        router.close();
        router = router(limits);
    }

    @AfterEach
    void close() {
        router.close();
    }

    private int syn(final int remote, final int port) {
        router.packet.tcp(remote, port, OUTSIDE, WEB, Tcp.SYN, 0);
        return router.inbound();
    }

    private int query(final int remote, final int port) {
        router.packet.udp(remote, port, OUTSIDE, NAMES);
        return router.inbound();
    }

    @Test
    void shouldServeInsideHostsAfter100000ForgedPacketsOnTwoForwards() {
        final Random random = new Random(5);
        final Map<DropReason, Integer> refused = new EnumMap<>(DropReason.class);
        for (int i = 0; i < 100_000; i++) {
            final int remote = TestPacket.ip("11.0.0.0") + random.nextInt(1 << 24);
            final int port = 1024 + random.nextInt(60_000);
            final int session = i % 2 == 0 ? syn(remote, port) : query(remote, port);
            if (session >= 0 && i % 2 == 0) {
                router.packet.tcp(SERVER, 80, remote, port, Tcp.SYN | Tcp.ACK, 0);
                assertThat(router.outbound()).isEqualTo(session);
            } else if (session < 0) {
                refused.merge(reason(session), 1, Integer::sum);
            }
        }
        assertThat(router.nat.counts().sessionsFromOutside()).isEqualTo(SESSIONS / 4);
        assertThat(refused.keySet()).containsOnly(DropReason.FORWARD_SESSIONS_FULL);
        int served = 0;
        for (int host = 0; host < 2_000; host++) {
            served += router.udp(HOST + host, 40_000, REMOTE, 53) >= 0 ? 1 : 0;
            router.packet.tcp(HOST + host, 40_000, REMOTE, 443, Tcp.SYN);
            served += router.outbound() >= 0 ? 1 : 0;
        }
        assertThat(served).isEqualTo(4_000);
    }

    @Test
    void shouldKeepForgedSessionsUnderTheShortTimer() {
        final int web = syn(REMOTE, 5000);
        router.packet.tcp(SERVER, 80, REMOTE, 5000, Tcp.SYN | Tcp.ACK, 0);
        router.outbound();
        assertThat(LastSeen.state(router.lastSeen(web))).isEqualTo(SessionState.TCP_INCOMING);
        final int names = query(REMOTE, 5000);
        query(REMOTE, 5000);
        assertThat(LastSeen.state(router.lastSeen(names))).isEqualTo(SessionState.UDP_INCOMING);
        router.packet.udp(SERVER, 53, REMOTE, 5000);
        assertThat(router.outbound()).isEqualTo(names);
        assertThat(LastSeen.state(router.lastSeen(names))).as("answered").isEqualTo(SessionState.UDP);
    }

    @Test
    void shouldLimitOneRemote() {
        limit(new OutsideLimits(100, 100, 3, 0));
        final int first = query(REMOTE, 1);
        query(REMOTE, 2);
        assertThat(syn(REMOTE, 3)).as("all its forwards together").isNotNegative();
        assertThat(reason(query(REMOTE, 4))).isEqualTo(DropReason.REMOTE_SESSIONS_FULL);
        assertThat(query(REMOTE + 1, 4)).as("another remote").isNotNegative();
        assertThat(query(REMOTE, 2)).as("a session that is there").isNotNegative();
        router.expire(first);
        assertThat(query(REMOTE, 4)).isNotNegative();
    }

    @Test
    void shouldLimitOneForwardToWhatTheOutsideOpened() {
        limit(new OutsideLimits(100, 3, 100, 0));
        for (int i = 0; i < 5; i++) {
            router.udp(SERVER, 53, REMOTE + 50 + i, 53);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(query(REMOTE + i, 1)).isNotNegative();
        }
        assertThat(reason(query(REMOTE + 3, 1))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        assertThat(syn(REMOTE + 3, 1)).as("the other forward").isNotNegative();
    }

    @Test
    void shouldLimitTheOutsideAsAWhole() {
        limit(new OutsideLimits(4, 3, 100, 0));
        for (int i = 0; i < 2; i++) {
            assertThat(query(REMOTE + i, 1)).isNotNegative();
            assertThat(syn(REMOTE + i, 1)).isNotNegative();
        }
        assertThat(reason(syn(REMOTE + 2, 1))).isEqualTo(DropReason.OUTSIDE_SESSIONS_FULL);
        assertThat(router.nat.counts().sessionsFromOutside()).isEqualTo(4);
    }

    @Test
    void shouldLeaveTheReserveToTheInside() {
        limit(new OutsideLimits(SESSIONS, SESSIONS, SESSIONS, 10));
        for (int i = 0; i < SESSIONS - 10; i++) {
            router.udp(HOST, 40_000, REMOTE + i, 53);
        }
        assertThat(reason(query(REMOTE, 1))).isEqualTo(DropReason.SESSIONS_RESERVED);
        for (int i = 0; i < 10; i++) {
            assertThat(router.udp(HOST, 40_001 + i, REMOTE, 53)).isNotNegative();
        }
        assertThat(reason(query(REMOTE, 1))).isEqualTo(DropReason.SESSIONS_FULL);
        assertThat(reason(router.udp(HOST, 50_000, REMOTE, 53))).isEqualTo(DropReason.SESSIONS_FULL);
    }

    @Test
    void shouldCountNothingForWhatItRefuses() {
        limit(new OutsideLimits(2, 2, 1, 0));
        for (int i = 0; i < 1_000; i++) {
            query(REMOTE + i, 1);
            router.packet.tcp(REMOTE + i, 9, OUTSIDE, WEB, Tcp.ACK);
            assertThat(reason(router.inbound())).isEqualTo(DropReason.TCP_NOT_OPENING);
        }
        for (int session = 0; session < 2; session++) {
            assertThat(router.expire(session)).isTrue();
        }
        assertThat(router.nat.counts().sessionsFromOutside()).isZero();
        assertThat(syn(REMOTE + 900, 1)).isNotNegative();
        assertThat(syn(REMOTE + 901, 1)).isNotNegative();
    }

    @Test
    void shouldHaveDefaultsThatFitTablesOfEverySize() {
        for (final int sessions : new int[] {1_024, 65_536, 1_048_576, 16_777_216}) {
            final OutsideLimits limits = OutsideLimits.defaults(sessions);
            assertThat(limits.sessions() + limits.insideReserve()).isLessThan(sessions / 2);
            assertThat(limits.remoteSessions()).isLessThan(limits.forwardSessions());
            assertThat(2 * limits.forwardSessions()).isEqualTo(limits.sessions());
        }
    }
}
