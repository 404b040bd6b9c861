package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.REST_S;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Tcp;

/** RFC 6888: requirements for carrier-grade NATs. */
class Rfc6888Test {
    private final TestRouter router = TestRouter.withSessions(70_000);
    private final Nat nat = router.nat;

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    @DisplayName("REQ-8: a freed port rests before another inside endpoint gets it")
    void shouldReusePortOnlyAfterItRested() {
        router.expire(router.udp(HOST, 4000, REMOTE, 53));
        assertThat(nat.counts().portsInUse()).isZero();
        assertThat(nat.counts().portsResting()).isOne();
        router.nowS += REST_S - 1;
        final int early = router.udp(OTHER_HOST, 4000, REMOTE, 53);
        assertThat(nat.reader().outsidePort(early)).isNotEqualTo(4000);
        router.nowS += 1;
        assertThat(router.udpPort(OTHER_HOST + 1, 4000, REMOTE, 53)).isEqualTo(4000);
        assertThat(nat.counts().portsResting()).isZero();
        assertThat(nat.counts().portsReclaimed()).isZero();
    }

    @Test
    @DisplayName("REQ-8: rest starts with the mapping's last session")
    void shouldNotRestWhileASessionIsLeft() {
        final int one = router.udp(HOST, 4000, REMOTE, 53);
        final int two = router.udp(HOST, 4000, OTHER_REMOTE, 53);
        router.expire(one);
        assertThat(nat.counts().portsResting()).isZero();
        router.expire(two);
        assertThat(nat.counts().portsResting()).isOne();
    }

    @Test
    @DisplayName("REQ-8: the same inside endpoint gets its port back while it rests")
    void shouldGiveARestingPortBackToItsOwner() {
        router.udp(OTHER_HOST, 4000, REMOTE, 53);
        final int session = router.udp(HOST, 4000, REMOTE, 53);
        final int port = nat.reader().outsidePort(session);
        router.expire(session);
        router.nowS += 60;
        assertThat(router.udpPort(HOST, 4000, OTHER_REMOTE, 99)).isEqualTo(port).isNotEqualTo(4000);
        assertThat(nat.counts().portsResting()).isZero();
        router.nowS += 600;
        assertThat(nat.releaseRested(router.nowS)).isFalse();
        assertThat(router.udpPort(HOST, 4000, REMOTE, 53)).isEqualTo(port);
    }

    @Test
    @DisplayName("REQ-8 exception: a TCP connection seen to close needs no rest")
    void shouldFreeThePortOfAClosedConnectionAtOnce() {
        tcp(Tcp.SYN);
        final int session = tcp(Tcp.FIN | Tcp.ACK);
        router.packet.tcp(REMOTE, 80, OUTSIDE, 4000, Tcp.FIN | Tcp.ACK);
        router.inbound();
        assertThat(nat.reader().state(session)).isEqualTo(SessionState.TCP_CLOSED);
        router.expire(session);
        assertThat(nat.counts().portsResting()).isZero();
        router.packet.tcp(OTHER_HOST, 4000, REMOTE, 80, Tcp.SYN);
        assertThat(nat.reader().outsidePort(router.outbound())).isEqualTo(4000);
    }

    @Test
    @DisplayName("REQ-8: a TCP connection that went silent does rest, even if a later one of the same port closed")
    void shouldRestAfterASilentConnection() {
        final int silent = tcp(Tcp.SYN);
        router.packet.tcp(HOST, 4000, OTHER_REMOTE, 80, Tcp.SYN);
        final int closed = router.outbound();
        router.packet.tcp(OTHER_REMOTE, 80, OUTSIDE, 4000, Tcp.RST | Tcp.ACK);
        router.inbound();
        router.expire(silent);
        router.expire(closed);
        assertThat(nat.counts().portsResting()).isOne();
    }

    private int tcp(final int flags) {
        router.packet.tcp(HOST, 4000, REMOTE, 80, flags);
        return router.outbound();
    }

    @Test
    @DisplayName("REQ-8, REQ-11: with no other port left the longest resting one ends its rest, counted")
    void shouldReclaimTheLongestRestingPortOnlyWhenNoneIsFree() {
        final int[] sessions = new int[64_512];
        for (int i = 0; i < sessions.length; i++) {
            sessions[i] = router.udp(HOST + i / 60_000, 1024 + i % 60_000, REMOTE, 53);
        }
        final int firstPort = nat.reader().outsidePort(sessions[30]);
        final int secondPort = nat.reader().outsidePort(sessions[10]);
        router.expire(sessions[30]);
        router.nowS += 5;
        router.expire(sessions[10]);
        assertThat(router.udpPort(OTHER_HOST, 7, REMOTE, 53))
                .as("the other class is not its business")
                .isEqualTo(7);
        assertThat(nat.counts().portsReclaimed()).isZero();
        assertThat(router.udpPort(OTHER_HOST + 9, 7000, REMOTE, 53)).isEqualTo(firstPort);
        assertThat(nat.counts().portsReclaimed()).isOne();
        assertThat(router.udpPort(OTHER_HOST + 9, 7001, REMOTE, 53)).isEqualTo(secondPort);
        assertThat(nat.counts().portsReclaimed()).isEqualTo(2);
        assertThat(reason(router.udp(OTHER_HOST + 9, 7002, REMOTE, 53))).isEqualTo(DropReason.PORTS_EXHAUSTED);
        assertThat(router.udp(HOST, 1024 + 31, REMOTE, 53)).isEqualTo(sessions[31]);
    }

    @Test
    @DisplayName("REQ-8: ports that have rested are given back in passing")
    void shouldGiveBackRestedPorts() {
        for (int i = 0; i < 50; i++) {
            router.expire(router.udp(HOST, 4000 + i, REMOTE, 53));
        }
        assertThat(nat.counts().portsResting()).isEqualTo(50);
        router.nowS += REST_S;
        router.udp(OTHER_HOST, 9000, REMOTE, 53);
        assertThat(nat.counts().portsResting()).as("two for each new mapping").isEqualTo(48);
        int released = 0;
        for (int i = 0; i < 1000; i++) {
            released += nat.releaseRested(router.nowS) ? 1 : 0;
        }
        assertThat(released).isEqualTo(48);
        assertThat(nat.counts().portsResting()).isZero();
    }

    @Test
    @DisplayName("REQ-8: a queue keeps its order when resting mappings are woken from its middle and ends")
    void shouldKeepTheOrderOfRestWhenOwnersComeBack() {
        final int[] sessions = new int[5];
        for (int i = 0; i < 5; i++) {
            sessions[i] = router.udp(HOST, 4000 + i, REMOTE, 53);
        }
        for (int i = 0; i < 5; i++) {
            router.expire(sessions[i]);
            router.nowS += 10;
        }
        router.udp(HOST, 4002, REMOTE, 53);
        router.udp(HOST, 4000, REMOTE, 53);
        router.udp(HOST, 4004, REMOTE, 53);
        assertThat(nat.counts().portsResting()).isEqualTo(2);
        router.nowS = 1000 + 10 + REST_S;
        assertThat(router.udpPort(OTHER_HOST, 4001, REMOTE, 53)).isEqualTo(4001);
        assertThat(router.udpPort(OTHER_HOST, 4003, REMOTE, 53)).isNotEqualTo(4003);
        router.nowS = 1000 + 30 + REST_S;
        assertThat(router.udpPort(OTHER_HOST + 1, 4003, REMOTE, 53)).isEqualTo(4003);
    }
}
