package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** Address-and-port-dependent mapping: one outside port serves many remote endpoints (RFC 7857 section 3). */
class SharedPortsTest {
    private static final int ALL_UNPRIVILEGED = 64_512;
    private static final Behavior SHARED =
            new Behavior(Behavior.Mapping.ADDRESS_AND_PORT_DEPENDENT, Behavior.Filtering.ADDRESS_AND_PORT_DEPENDENT);

    private TestRouter router = new TestRouter(config(1_000));

    private static TestConfig config(final int sessions) {
        return TestConfig.of(sessions, OUTSIDE).withPools(new PolicyTerms.Pool(0, SHARED, OUTSIDE));
    }

    private void use(final TestConfig config) {
        router.close();
        router = new TestRouter(config);
    }

    @AfterEach
    void close() {
        router.close();
    }

    private void answer(final int remote, final int remotePort, final int port, final int session) {
        router.packet.udp(remote, remotePort, OUTSIDE, port);
        assertThat(router.inbound()).isEqualTo(session);
    }

    @Test
    void shouldServeTwoHostsWithOnePortWhenTheirRemotesDifferRfc7857() {
        final int one = router.udp(HOST, 5_000, REMOTE, 53);
        final int other = router.udp(OTHER_HOST, 5_000, OTHER_REMOTE, 53);
        assertThat(router.nat.reader().outsidePort(one)).isEqualTo(5_000);
        assertThat(router.nat.reader().outsidePort(other)).isEqualTo(5_000);
        answer(REMOTE, 53, 5_000, one);
        assertThat(Ipv4.destination(router.packet.parsed().ip())).isEqualTo(HOST);
        answer(OTHER_REMOTE, 53, 5_000, other);
        assertThat(Ipv4.destination(router.packet.parsed().ip())).isEqualTo(OTHER_HOST);
    }

    @Test
    void shouldTakeAnotherPortForTheSameRemoteEndpoint() {
        router.udp(HOST, 5_000, REMOTE, 53);
        assertThat(router.udpPort(OTHER_HOST, 5_000, REMOTE, 53)).isNotEqualTo(5_000);
        assertThat(router.udpPort(OTHER_HOST, 5_000, REMOTE, 54)).isEqualTo(5_000);
    }

    @Test
    void shouldGiveNobodyElseASharedPortThatARuleHasComeTo() {
        final int one = router.udp(HOST, 5_000, REMOTE, 53);
        router.swap(config(1_000)
                .forwards(new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5_000, HOST, 5_000).inboundOnly()));
        assertThat(router.udp(HOST, 5_000, REMOTE, 53)).as("goes on").isEqualTo(one);
        assertThat(router.udpPort(OTHER_HOST, 5_000, OTHER_REMOTE, 53)).isNotEqualTo(5_000);
    }

    @Test
    void shouldLetNobodyElseIn() {
        router.udp(HOST, 5_000, REMOTE, 53);
        router.packet.udp(REMOTE, 54, OUTSIDE, 5_000);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldShareIdentifiersAmongTargets() {
        router.packet.echo(Icmp.ECHO_REQUEST, HOST, REMOTE, 7);
        final int one = router.outbound();
        router.packet.echo(Icmp.ECHO_REQUEST, OTHER_HOST, OTHER_REMOTE, 7);
        final int other = router.outbound();
        assertThat(router.nat.reader().outsidePort(one)).isEqualTo(7);
        assertThat(router.nat.reader().outsidePort(other)).isEqualTo(7);
        router.packet.echo(Icmp.ECHO_REPLY, OTHER_REMOTE, OUTSIDE, 7);
        assertThat(router.inbound()).isEqualTo(other);
    }

    /** No rest (RFC 6888 REQ-8 has the exception), and a port is free with its last flow. */
    @Test
    void shouldFreeAPortWithItsLastFlow() {
        final int one = router.udp(HOST, 5_000, REMOTE, 53);
        final int other = router.udp(OTHER_HOST, 5_000, OTHER_REMOTE, 53);
        router.expire(one);
        assertThat(router.nat.counts().mappings()).isEqualTo(1);
        assertThat(router.udpPort(OTHER_HOST, 6_000, REMOTE, 53)).isEqualTo(6_000);
        router.expire(other);
        assertThat(router.nat.counts().portsResting()).isZero();
        assertThat(router.udpPort(HOST + 9, 5_000, REMOTE, 53)).isEqualTo(5_000);
    }

    /** Each of two remote endpoints gets every port of the one address, then no more; nobody loses a session. */
    @Test
    void shouldServeEveryPortToEachRemoteEndpointAndThenRefuse() {
        use(config(3 * ALL_UNPRIVILEGED));
        for (final int remotePort : new int[] {53, 54}) {
            final Set<Integer> ports = new HashSet<>();
            for (int i = 0; i < ALL_UNPRIVILEGED; i++) {
                final int session = router.udp(HOST + i / 100, 40_000 + i % 100, REMOTE, remotePort);
                assertThat(session).as("flow %d to %d", i + 1, remotePort).isNotNegative();
                ports.add(router.nat.reader().outsidePort(session));
            }
            assertThat(ports).hasSize(ALL_UNPRIVILEGED);
            assertThat(reason(router.udp(OTHER_HOST + 5_000, 5_000, REMOTE, remotePort)))
                    .isEqualTo(DropReason.PORTS_EXHAUSTED);
        }
        assertThat(router.nat.counts().sessions()).isEqualTo(2 * ALL_UNPRIVILEGED);
    }

    /** Each refusal once cost a look at every port, milliseconds: the bound is a hundred times what they take now. */
    @Test
    @Timeout(20)
    void shouldRefuseAtOnceWhereRulesHaveThePorts() {
        use(config(1_000).forwards(new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 1024, HOST + 9, 1024, 64_500, false)));
        int sessions = 0;
        for (int i = 0; i < 20_000; i++) {
            final int session = router.udp(HOST, 2_000 + i, REMOTE, 53);
            sessions += session >= 0 ? 1 : 0;
        }
        assertThat(sessions).as("ports above the range").isEqualTo(12);
    }

    /** As above: one remote endpoint has all ports below 1024, and far fewer of the others. */
    @Test
    @Timeout(20)
    void shouldGoOnToHighPortsAtOnceWhenTheLowOnesAreUsed() {
        use(config(2 * ALL_UNPRIVILEGED));
        for (int i = 0; i < ALL_UNPRIVILEGED; i++) {
            router.udp(HOST + i / 100, 40_000 + i % 100, REMOTE, 53);
        }
        for (int port = 1; port < 1024; port++) {
            router.udp(HOST, port, OTHER_REMOTE, 53);
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(router.udpPort(OTHER_HOST + i / 1000, 1 + i % 1000, OTHER_REMOTE, 53))
                    .isGreaterThanOrEqualTo(1024);
        }
    }

    /** Ends and beginnings of all kinds, against a map of who has which port with which remote endpoint. */
    @Test
    void shouldAgreeWithAModel() {
        use(config(400).seeded(11));
        final Random random = new Random(5);
        final Map<Integer, String> flows = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(5) < 3 && flows.size() < 400) {
                final int remotePort = 50 + random.nextInt(3);
                final int session = router.udp(HOST + random.nextInt(40), 1 + random.nextInt(6), REMOTE, remotePort);
                final String flow = router.nat.reader().outsidePort(session) + " " + remotePort;
                if (flows.putIfAbsent(session, flow) == null) {
                    assertThat(flows.values().stream().filter(flow::equals))
                            .as(flow)
                            .hasSize(1);
                }
            } else if (!flows.isEmpty()) {
                final int session = flows.keySet().stream()
                        .skip(random.nextInt(flows.size()))
                        .findFirst()
                        .orElseThrow();
                assertThat(router.expire(session)).isTrue();
                flows.remove(session);
            }
            assertThat(router.nat.counts().sessions()).isEqualTo(flows.size());
            assertThat(router.nat.counts().mappings()).isEqualTo(flows.size());
        }
    }

    /** What was opened under one behavior goes on under the other, and both find their ports. */
    @Test
    void shouldFollowThePolicyFromOneBehaviorToTheOtherAndBack() {
        final TestConfig exclusive = TestConfig.of(1_000, OUTSIDE);
        final int shared = router.udp(HOST, 5_000, REMOTE, 53);
        router.swap(exclusive);
        assertThat(router.sweep()).isZero();
        final int own = router.udp(OTHER_HOST, 5_000, OTHER_REMOTE, 53);
        final int port = router.nat.reader().outsidePort(own);
        assertThat(port).as("taken by a shared mapping").isNotEqualTo(5_000);
        router.swap(config(1_000));
        assertThat(router.udpPort(HOST + 9, port, REMOTE, 99))
                .as("held by one endpoint alone")
                .isNotEqualTo(port);
        answer(REMOTE, 53, 5_000, shared);
        answer(OTHER_REMOTE, 53, port, own);
        router.expire(shared);
        router.expire(own);
        assertThat(router.udpPort(HOST + 8, 5_000, REMOTE, 53)).isEqualTo(5_000);
    }
}
