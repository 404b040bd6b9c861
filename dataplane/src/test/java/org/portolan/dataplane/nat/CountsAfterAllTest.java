package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.INSIDE_REALM;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.Behavior.Filtering;
import org.portolan.dataplane.policy.Behavior.Mapping;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * Sessions of every kind under policies of every kind, in any order: when all have ended, nothing is counted any more.
 */
class CountsAfterAllTest {
    private static final int SESSIONS = 120;
    private static final int GRE = 47;
    private static final int WHOLE = OUTSIDE + 7;
    private static final int STEPS = 6_000;
    private static final int[] FLAGS = {Tcp.SYN, Tcp.SYN, Tcp.ACK, Tcp.SYN | Tcp.ACK, Tcp.FIN | Tcp.ACK, Tcp.RST};
    private static final int[] ADDRESSES = {OUTSIDE, OUTSIDE + 1, WHOLE};

    private static final PolicyTerms.Forward RANGE =
            new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5_000, HOST, 5_000).ports(3);
    private static final PolicyTerms.Forward ELSEWHERE =
            new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5_001, HOST + 1, 5_000).ports(2);
    private static final PolicyTerms.Forward TCP_PORT =
            new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE + 1, 5_001, HOST + 1, 5_001);
    private static final PolicyTerms.Forward INBOUND =
            new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 5_002, HOST, 5_002).inboundOnly();
    private static final PolicyTerms.Forward ADDRESS = PolicyTerms.Forward.whole(0, WHOLE, HOST + 2);

    private static final int[] BOTH = {OUTSIDE, OUTSIDE + 1};
    private static final TestConfig NO_RULES =
            config(Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, BOTH);
    private static final List<TestConfig> POLICIES = List.of(
            config(Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_DEPENDENT, BOTH)
                    .forwards(RANGE, TCP_PORT, INBOUND, ADDRESS),
            NO_RULES,
            config(Mapping.ADDRESS_AND_PORT_DEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT, BOTH)
                    .forwards(ELSEWHERE, ADDRESS),
            config(Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, OUTSIDE)
                    .forwards(ELSEWHERE, TCP_PORT),
            config(Mapping.ADDRESS_AND_PORT_DEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT, BOTH),
            config(Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, OUTSIDE, OUTSIDE + 1, WHOLE)
                    .forwards(RANGE, INBOUND));

    private final TestPacket packet = new TestPacket();

    private static TestConfig config(final Mapping mapping, final Filtering filtering, final int... pool) {
        return TestConfig.of(SESSIONS, OUTSIDE)
                .withPools(new PolicyTerms.Pool(0, new Behavior(mapping, filtering), pool))
                .rest(5)
                .limits(new OutsideLimits(80, 30, 20, 4))
                .hosts(new HostLimits(60, 60, 1000, 2000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldCountNothingWhenAllHasEnded(final long seed) {
        final Random random = new Random(seed);
        try (TestRouter router = new TestRouter(POLICIES.getFirst())) {
            for (int step = 0; step < STEPS; step++) {
                step(router, random);
                checkCounts(router);
            }
            end(router);
        }
        packet.close();
    }

    private void step(final TestRouter router, final Random random) {
        final int what = random.nextInt(100);
        if (what < 35) {
            build(random, host(random), remote(random), random.nextBoolean());
            router.outbound(packet, false);
        } else if (what < 60) {
            build(random, remote(random), ADDRESSES[random.nextInt(ADDRESSES.length)], false);
            router.inbound(packet, false);
        } else if (what < 80) {
            build(random, host(random), ADDRESSES[random.nextInt(ADDRESSES.length)], true);
            hairpin(router);
        } else if (what < 96) {
            router.expire(random.nextInt(SESSIONS));
        } else if (what < 98) {
            router.nowS += random.nextInt(4);
            router.nat.releaseRested(router.nowS);
        } else {
            if (random.nextInt(3) == 0) {
                router.swap(POLICIES.get(random.nextInt(POLICIES.size())));
            }
            if (random.nextInt(3) != 0) {
                router.sweep();
            }
            router.nat.drain();
        }
    }

    private static int host(final Random random) {
        return HOST + random.nextInt(4);
    }

    private static int remote(final Random random) {
        return REMOTE + random.nextInt(3);
    }

    private void build(final Random random, final int source, final int destination, final boolean asks) {
        final int port = 5_000 + random.nextInt(4);
        final int other = 5_000 + random.nextInt(4);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> packet.udp(source, port, destination, other);
            case 3, 4, 5 -> packet.tcp(source, port, destination, other, FLAGS[random.nextInt(FLAGS.length)]);
            case 6 -> packet.echo(asks ? Icmp.ECHO_REQUEST : Icmp.ECHO_REPLY, source, destination, port);
            default -> packet.other(GRE, source, destination, 8);
        }
    }

    /** As {@code worker/HairpinStage} does. */
    private void hairpin(final TestRouter router) {
        final Packet p = packet.parsed();
        final Nat nat = router.nat;
        final HairpinSessions halves = nat.hairpins();
        final long hash = nat.hash(p, INSIDE_REALM);
        int first = nat.find(p, INSIDE_REALM, hash);
        if (!nat.ownsOutside(p.receiver()) && first < 0) {
            return;
        }
        if (first < 0) {
            final int egress = nat.egressOf(p.receiver());
            final int way = nat.wayInAt(p.destination(), p.destinationPort(), p.protocol(), INSIDE_REALM);
            if (way < 0 || !nat.hasPool(egress)) {
                return;
            }
            first = halves.openFirst(p, INSIDE_REALM, egress, hash, router.nowS);
        }
        if (first < 0 || !halves.isHalf(first)) {
            return;
        }
        final long addresses = p.flowAddresses();
        final long ports = p.flowPorts();
        halves.turn(first, p);
        int second = halves.findSecond(p, INSIDE_REALM);
        if (second < 0) {
            second = nat.findInbound(p, Flow.hairpin(INSIDE_REALM)) < 0
                    ? -1
                    : halves.openSecond(p, INSIDE_REALM, router.nowS);
        }
        p.flow(addresses, ports);
        if (second >= 0) {
            halves.translate(first, second, p, false, router.nowS);
        } else {
            halves.use(first, p, router.nowS);
        }
    }

    private static void checkCounts(final TestRouter router) {
        final NatTables tables = router.nat.tables();
        int fromOutside = 0;
        int live = 0;
        for (int session = 0; session < SESSIONS; session++) {
            final long line = tables.sessions().line(session);
            if (SessionLine.stateCode(line) != SessionState.FREE.code) {
                live++;
                fromOutside += SessionLine.isFromOutside(line) ? 1 : 0;
                final long record = tables.mappings().record(tables.sessions().mapping(session));
                assertThat(MappingRecord.sessions(record)).isPositive();
                if (!MappingRecord.isStatic(record)) {
                    assertThat(MappingRecord.unanswered(record)).isBetween(0, MappingRecord.sessions(record));
                }
            }
        }
        assertThat(tables.sessions().size()).isEqualTo(live);
        assertThat(tables.fromOutside().sessions()).isEqualTo(fromOutside);
    }

    private static void end(final TestRouter router) {
        router.swap(NO_RULES);
        router.sweep();
        for (int session = 0; session < SESSIONS; session++) {
            router.expire(session);
        }
        router.nowS += 100;
        for (int i = 0; i < 10_000; i++) {
            router.nat.releaseRested(router.nowS);
            router.nat.drain();
        }
        final NatTables tables = router.nat.tables();
        final MappingTable mappings = tables.mappings();
        assertThat(tables.sessions().size()).as("sessions").isZero();
        assertThat(mappings.live() + mappings.resting()).as("mappings").isZero();
        assertThat(mappings.hosts().size()).as("hosts").isZero();
        assertThat(mappings.hosts().dynamic()).as("hosts with ports").isZero();
        assertThat(tables.fromOutside().sessions()).as("from outside").isZero();
        assertThat(mappings.slots().mappings()).as("mappings of rules").isZero();
        for (int slot = 0; slot < mappings.slots().capacity(); slot++) {
            assertThat(mappings.slots().outsideSessions(slot))
                    .as("slot %d", slot)
                    .isZero();
        }
        for (int address = 0; address < 2; address++) {
            final int number = router.nat.policy().addresses().numberOf(OUTSIDE + address);
            for (final int protocol : new int[] {Ipv4.UDP, Ipv4.TCP, Ipv4.ICMP}) {
                assertThat(router.nat.pool().taken(number, protocol))
                        .as("taken")
                        .isZero();
                assertThat(router.nat.pool().resting(number, protocol))
                        .as("resting")
                        .isZero();
                assertThat(mappings.store().ports().shared(number, protocol))
                        .as("shared")
                        .isZero();
            }
        }
        for (int remote = 0; remote < 3; remote++) {
            assertThat(tables.fromOutside().sessionsOf(REMOTE + remote)).isZero();
            for (int mapping = 0; mapping < SESSIONS; mapping++) {
                assertThat(tables.sentTo().has(mapping, REMOTE + remote)).isFalse();
            }
        }
    }
}
