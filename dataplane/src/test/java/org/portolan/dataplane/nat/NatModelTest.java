package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Random traffic and expiry against plain maps: each flow keeps its session, each inside endpoint its outside
 * endpoint, no outside endpoint serves two, whatever is full.
 */
class NatModelTest {
    private static final int STEPS = 60_000;

    private record Endpoint(int protocol, int address, int port) {}

    private record Flow(Endpoint inside, int remote, int remotePort) {}

    private final Map<Flow, Integer> sessions = new HashMap<>();
    private final List<Flow> live = new ArrayList<>();
    private final Map<Endpoint, Endpoint> outsides = new HashMap<>();
    private final Map<Endpoint, Integer> users = new HashMap<>();
    private int refusedForSessions;
    private int refusedForMappings;

    @ParameterizedTest
    @CsvSource({
        // sessions, mappings, rest; steps fill the tables in the first and third row, mappings run out in the second
        "500, 500, 0",
        "500, 60, 30",
        "37, 37, 30",
        "4000, 4000, 120",
    })
    void shouldAgreeWithAModelUnderRandomTraffic(final int maxSessions, final int maxMappings, final int restS) {
        final int[] pool = {TestRouter.OUTSIDE, TestPacket.ip("203.0.113.3")};
        final TestConfig config =
                TestConfig.of(maxSessions, pool).mappings(maxMappings).rest(restS);
        final Random random = new Random(maxSessions + restS);
        try (TestRouter router = new TestRouter(config)) {
            for (int step = 0; step < STEPS; step++) {
                final boolean growing = step / 5000 % 2 == 0;
                if (live.isEmpty() || random.nextInt(10) < (growing ? 8 : 3)) {
                    send(router, anyFlow(random));
                } else {
                    expire(router, live.remove(random.nextInt(live.size())));
                }
                router.nowS += random.nextInt(50) == 0 ? 1 : 0;
            }
            assertThat(router.nat.counts().sessions()).isEqualTo(sessions.size());
            assertThat(router.nat.counts().mappings()).isEqualTo(users.size());
            while (!live.isEmpty()) {
                expire(router, live.removeLast());
            }
            assertThat(router.nat.counts().sessions()).isZero();
            assertThat(router.nat.counts().mappings()).isZero();
            router.nowS += restS;
            for (int i = 0; i < 100_000; i++) {
                router.nat.releaseRested(router.nowS);
            }
            assertThat(router.nat.counts().portsResting()).isZero();
        }
        assertThat(refusedForSessions > 0).isEqualTo(maxSessions == maxMappings && maxSessions < 4000);
        assertThat(refusedForMappings > 0).isEqualTo(maxMappings < maxSessions);
    }

    private static Flow anyFlow(final Random random) {
        final int protocol = random.nextBoolean() ? Ipv4.UDP : Ipv4.ICMP;
        final int host = TestPacket.ip("10.0.0.0") + random.nextInt(40);
        final int port = 1 + random.nextInt(30);
        final int remotePort = protocol == Ipv4.ICMP ? 0 : 1 + random.nextInt(3);
        return new Flow(new Endpoint(protocol, host, port), TestRouter.REMOTE + random.nextInt(3), remotePort);
    }

    private void build(final TestPacket packet, final Flow flow) {
        final Endpoint inside = flow.inside();
        if (inside.protocol() == Ipv4.UDP) {
            packet.udp(inside.address(), inside.port(), flow.remote(), flow.remotePort());
        } else {
            packet.echo(Icmp.ECHO_REQUEST, inside.address(), flow.remote(), inside.port());
        }
    }

    private void send(final TestRouter router, final Flow flow) {
        build(router.packet, flow);
        final int session = router.outbound();
        if (session < 0) {
            refused(router, flow, TestRouter.reason(session));
            return;
        }
        router.packet.shouldHaveRightChecksums();
        final Integer known = sessions.put(flow, session);
        if (known == null) {
            live.add(flow);
            users.merge(flow.inside(), 1, Integer::sum);
        } else {
            assertThat(session).isEqualTo(known);
        }
        final Endpoint outside = new Endpoint(
                flow.inside().protocol(),
                router.nat.reader().outsideAddress(session),
                router.nat.reader().outsidePort(session));
        final Endpoint before = outsides.put(flow.inside(), outside);
        assertThat(before == null || before.equals(outside)).isTrue();
        answer(router, flow, session);
    }

    private void refused(final TestRouter router, final Flow flow, final DropReason reason) {
        assertThat(sessions).doesNotContainKey(flow);
        if (reason == DropReason.SESSIONS_FULL) {
            refusedForSessions++;
            assertThat(router.nat.counts().sessions())
                    .isEqualTo(router.nat.reader().capacity());
        } else {
            refusedForMappings++;
            assertThat(reason).isEqualTo(DropReason.MAPPINGS_FULL);
            assertThat(users).doesNotContainKey(flow.inside());
            assertThat(router.nat.counts().portsResting()).isZero();
        }
    }

    private void answer(final TestRouter router, final Flow flow, final int session) {
        final int outside = router.nat.reader().outsideAddress(session);
        final int port = router.nat.reader().outsidePort(session);
        if (flow.inside().protocol() == Ipv4.UDP) {
            router.packet.udp(flow.remote(), flow.remotePort(), outside, port);
        } else {
            router.packet.echo(Icmp.ECHO_REPLY, flow.remote(), outside, port);
        }
        assertThat(router.inbound()).isEqualTo(session);
        assertThat(router.packet.destination()).isEqualTo(flow.inside().address());
    }

    private void expire(final TestRouter router, final Flow flow) {
        assertThat(router.expire(sessions.remove(flow))).isTrue();
        if (users.merge(flow.inside(), -1, Integer::sum) == 0) {
            users.remove(flow.inside());
            outsides.remove(flow.inside());
        }
        final Set<Endpoint> distinct = new HashSet<>(outsides.values());
        assertThat(distinct).as("no outside endpoint serves two").hasSameSizeAs(outsides.keySet());
    }
}
