package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Records that a process left between two of its writes, and files of which one is new. */
class LeftRecordsTest {
    private static final int START_S = 1000;
    private static final int REST_S = TestRouter.REST_S;
    private static final int SERVER = TestPacket.ip("192.168.1.80");

    private final TestConfig config = TestConfig.of(8, OUTSIDE)
            .hosts(new HostLimits(8, 8, 1, 5))
            .forwards(new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5353, SERVER, 53));

    private final TableMemory first = TableMemory.anonymous(config.room());
    private final TestRouter before = new TestRouter(config, first, START_S);
    private TestRouter after;

    @AfterEach
    void close() {
        before.close();
        if (after != null) {
            after.close();
        }
    }

    /** Starts another process with the records as they are now, after some of them were changed. */
    private Rebuilt restart(final Consumer<TableMemory> change) {
        return restart(config, change);
    }

    /** As above, with another policy of the same room. */
    private Rebuilt restart(final TestConfig other, final Consumer<TableMemory> change) {
        final TableMemory memory = TableMemory.anonymous(config.room());
        copy(first.sessions(), memory.sessions());
        copy(first.mappings(), memory.mappings());
        copy(first.hosts(), memory.hosts());
        change.accept(memory);
        final TableMemory kept = new TableMemory(memory.sessions(), memory.mappings(), memory.hosts(), true);
        after = new TestRouter(other, kept, before.nowS);
        return after.nat.rebuilt();
    }

    private static void copy(final Slab from, final Slab to) {
        Memory.copy(from.address(), to.address(), from.bytes());
    }

    private static long line(final TableMemory memory, final int session) {
        return memory.sessions().address() + (long) session * SessionLayout.LINE_BYTES;
    }

    private static long mapping(final TableMemory memory, final int mapping) {
        return memory.mappings().address() + (long) mapping * MappingLayout.RECORD_BYTES;
    }

    @Test
    void shouldDropALineThatIsHalfWrittenAndRestItsPort() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        before.udp(OTHER_HOST, 4000, REMOTE, 53);
        final int generation = before.nat.reader().generation(session);
        final Rebuilt rebuilt = restart(memory -> {
            Memory.putInt(line(memory, session) + SessionLayout.GENERATION_OFFSET, generation + 1);
            Memory.putInt(line(memory, session) + SessionLayout.LAST_SEEN_OFFSET, 0);
        });
        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 2, 2, 1, 0, 0, 0));
        assertThat(after.nat.counts().portsResting()).isOne();
        assertThat(after.nat.reader().generation(session))
                .as("even, and none that a command may name")
                .isEqualTo(generation + 2);
        assertThat(after.udpPort(HOST, 4001, REMOTE, 53)).isEqualTo(4001);
        assertThat(after.udpPort(HOST, 4000, REMOTE, 53)).as("its own port").isEqualTo(4000);
    }

    @Test
    void shouldDropASessionWhoseMappingIsNotThere() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        final int other = before.udp(OTHER_HOST, 4001, REMOTE, 53);
        final int lost = before.nat.tables().sessions().mapping(session);
        final Rebuilt rebuilt = restart(memory -> MappingRecord.publishFlags(mapping(memory, lost), 0));
        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 1, 1, 0, 0, 1, 0));
        assertThat(after.nat.reader().state(other)).isEqualTo(SessionState.UDP);
        assertThat(after.nat.reader().state(session)).isEqualTo(SessionState.FREE);
        after.packet.udp(REMOTE, 53, OUTSIDE, 4000);
        assertThat(TestRouter.reason(after.inbound())).isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldLetAMappingRestWhoseSessionIsNotThere() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        final Rebuilt rebuilt = restart(memory -> Memory.zero(line(memory, session), SessionLayout.LINE_BYTES));
        assertThat(rebuilt).isEqualTo(new Rebuilt(0, 1, 1, 0, 0, 0, 0));
        assertThat(after.udpPort(OTHER_HOST, 4000, REMOTE, 53)).isNotEqualTo(4000);
        after.nowS += REST_S - 1;
        after.udp(OTHER_HOST, 4002, REMOTE, 53);
        assertThat(after.nat.counts().portsResting()).isOne();
        after.nowS++;
        after.udp(OTHER_HOST, 4003, REMOTE, 53);
        assertThat(after.nat.counts().portsResting()).isZero();
    }

    @Test
    void shouldDropTheSecondMappingOfAPort() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        final int second = before.udp(OTHER_HOST, 4001, REMOTE, 53);
        final int mapping = before.nat.tables().sessions().mapping(second);
        final Rebuilt rebuilt = restart(
                memory -> Memory.putShort(mapping(memory, mapping) + MappingLayout.OUTSIDE_PORT_OFFSET, (short) 4000));
        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 1, 1, 0, 0, 1, 1));
        assertThat(after.nat.reader().outsidePort(session)).isEqualTo(4000);
    }

    @Test
    void shouldDropASessionOfFlowsThatAnotherHas() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        final int free = 7;
        final Rebuilt rebuilt =
                restart(memory -> Memory.copy(line(memory, session), line(memory, free), SessionLayout.LINE_BYTES));
        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 1, 1, 0, 0, 1, 0));
        assertThat(after.udp(HOST, 4000, REMOTE, 53)).isEqualTo(session);
    }

    @Test
    void shouldMakeTheHostsOfMappingsWhenTheirFileIsNew() {
        before.udp(HOST, 4000, REMOTE, 53);
        before.udp(HOST, 4001, REMOTE, 53);
        final Rebuilt rebuilt = restart(
                memory -> Memory.zero(memory.hosts().address(), memory.hosts().bytes()));
        assertThat(rebuilt).isEqualTo(new Rebuilt(2, 2, 1, 0, 0, 0, 0));
        final HostTable hosts = after.nat.tables().mappings().hosts();
        final long record = hosts.record(hosts.find(HOST, 0));
        assertThat(HostRecord.ports(record)).isEqualTo(2);
        assertThat(HostRecord.sessions(record)).isEqualTo(2);
        assertThat(HostRecord.tokens(record)).as("as if it had been silent").isEqualTo(5);
    }

    @Test
    void shouldKeepTheTokensOfAHost() {
        for (int port = 4000; port < 4005; port++) {
            assertThat(before.udp(HOST, port, REMOTE, 53)).isNotNegative();
        }
        restart(memory -> {});
        assertThat(TestRouter.reason(after.udp(HOST, 4005, REMOTE, 53))).isEqualTo(DropReason.HOST_RATE);
    }

    @Test
    void shouldDropAllSessionsWhenTheFileOfMappingsIsNew() {
        before.udp(HOST, 4000, REMOTE, 53);
        final Rebuilt rebuilt = restart(memory ->
                Memory.zero(memory.mappings().address(), memory.mappings().bytes()));
        assertThat(rebuilt).isEqualTo(new Rebuilt(0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void shouldTakeATimeInTheFutureForNow() {
        before.nowS += 500;
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        before.nowS -= 400;
        restart(memory -> {});
        assertThat(LastSeen.idleS(after.lastSeen(session), after.nowS)).isZero();
        after.nowS++;
        for (int port = 5000; port < 5005; port++) {
            assertThat(after.udp(HOST, port, REMOTE, 53)).isNotNegative();
        }
    }

    @Test
    void shouldGoOnWithAHandshakeFromOutside() {
        final TestConfig tcp =
                TestConfig.of(8, OUTSIDE).forwards(new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80));
        final TableMemory memory = TableMemory.anonymous(tcp.room());
        try (TestRouter earlier = new TestRouter(tcp, memory, START_S)) {
            earlier.packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.SYN, 0);
            final int session = earlier.inbound();
            earlier.packet.tcp(SERVER, 80, REMOTE, 5000, Tcp.SYN | Tcp.ACK, 0);
            final int expected = Tcp.sequence(earlier.packet.transport()) + 1;
            assertThat(earlier.outbound()).isEqualTo(session);
            try (TestRouter later = new TestRouter(
                    tcp, new TableMemory(memory.sessions(), memory.mappings(), memory.hosts(), true), START_S)) {
                assertThat(later.nat.rebuilt()).isEqualTo(new Rebuilt(1, 1, 1, 0, 0, 0, 0));
                assertThat(later.nat.counts().sessionsFromOutside()).isOne();
                later.packet.tcp(REMOTE, 5000, OUTSIDE, 8080, Tcp.ACK, 0);
                Memory.putU32(later.packet.transport() + 8, expected);
                assertThat(later.inbound()).isEqualTo(session);
                assertThat(later.nat.reader().state(session)).isEqualTo(SessionState.TCP_ESTABLISHED);
            }
        }
    }

    /** A session from a remote on the forward's port; the session. */
    private int fromOutside() {
        before.packet.udp(REMOTE, 5000, OUTSIDE, 5353);
        return before.inbound();
    }

    private TestConfig withForwards(final PolicyTerms.Forward... forwards) {
        return config.forwards(forwards);
    }

    private static PolicyTerms.Forward forward(final int externalPort, final int host, final int port) {
        return new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, externalPort, host, port);
    }

    @Test
    void shouldGoOnWithTheSessionsOfARule() {
        final int session = fromOutside();
        final int own = before.udp(SERVER, 53, REMOTE, 6000);
        assertThat(restart(memory -> {})).isEqualTo(new Rebuilt(2, 1, 1, 0, 0, 0, 0));
        assertThat(after.nat.counts().sessionsFromOutside()).isOne();
        final MappingTable mappings = after.nat.tables().mappings();
        assertThat(mappings.slots().mappings()).isOne();
        assertThat(mappings.slots().outsideSessions(mappings.slotOf(0, 5353))).isOne();
        after.expire(session);
        assertThat(mappings.slots().outsideSessions(mappings.slotOf(0, 5353))).isZero();
        after.expire(own);
        assertThat(mappings.slots().mappings()).isZero();
        assertThat(mappings.hosts().size()).isZero();
        assertThat(after.nat.counts().portsResting()).as("a rule has the port").isZero();
    }

    @Test
    void shouldFreeARulesMappingWithoutSessions() {
        final int session = fromOutside();
        before.udp(SERVER, 4000, REMOTE, 53);
        final Rebuilt rebuilt = restart(memory -> Memory.zero(line(memory, session), SessionLayout.LINE_BYTES));
        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 1, 1, 0, 0, 0, 0));
        assertThat(after.nat.tables().mappings().slots().mappings()).isZero();
        assertThat(after.udpPort(OTHER_HOST, 5353, REMOTE, 53))
                .as("the rule still has its port")
                .isNotEqualTo(5353);
    }

    @Test
    void shouldGoOnWithoutARuleThatIsGone() {
        fromOutside();
        final int own = before.udp(SERVER, 53, REMOTE, 6000);
        assertThat(restart(withForwards(), memory -> {})).isEqualTo(new Rebuilt(1, 1, 1, 0, 1, 0, 0));
        assertThat(after.nat.counts().sessionsFromOutside()).isZero();
        assertThat(after.nat.counts().hosts()).as("with a dynamic mapping").isOne();
        assertThat(after.udpPort(SERVER, 53, REMOTE, 6001)).as("its mapping").isEqualTo(5353);
        assertThat(after.nat.reader().outsidePort(own)).isEqualTo(5353);
    }

    @Test
    void shouldDropWhatIsOnThePortOfARuleThatLeadsElsewhere() {
        before.udp(HOST, 4000, REMOTE, 53);
        fromOutside();
        final Rebuilt rebuilt =
                restart(withForwards(forward(4000, SERVER, 53), forward(5353, OTHER_HOST, 53)), memory -> {});
        assertThat(rebuilt).isEqualTo(new Rebuilt(0, 0, 0, 0, 2, 0, 2));
        assertThat(after.udpPort(HOST, 4000, REMOTE, 53)).isNotEqualTo(4000);
        assertThat(after.udpPort(SERVER, 53, REMOTE, 53)).isEqualTo(4000);
    }

    @Test
    void shouldGiveAMappingToTheRuleOfItsEndpoints() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        before.expire(before.udp(OTHER_HOST, 4001, REMOTE, 53));
        assertThat(before.nat.counts().portsResting()).isOne();
        final Rebuilt rebuilt =
                restart(withForwards(forward(4000, HOST, 4000), forward(4001, OTHER_HOST, 4001)), memory -> {});
        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 1, 1, 0, 0, 0, 0));
        assertThat(after.nat.counts().portsResting()).isZero();
        assertThat(after.nat.counts().hosts()).as("with a dynamic mapping").isZero();
        after.packet.udp(TestRouter.OTHER_REMOTE, 6000, OUTSIDE, 4000);
        assertThat(after.inbound()).isNotNegative();
        after.expire(session);
        assertThat(after.nat.tables().mappings().slots().mappings()).isOne();
    }

    @Test
    void shouldDropWhatIsOnAnAddressThatIsGone() {
        before.udp(HOST, 4000, REMOTE, 53);
        before.expire(before.udp(OTHER_HOST, 4001, REMOTE, 53));
        final TestConfig other = withForwards().withPools(new PolicyTerms.Pool(0, OUTSIDE + 1));
        assertThat(restart(other, memory -> {})).isEqualTo(new Rebuilt(0, 0, 0, 0, 1, 0, 2));
        assertThat(after.udpPort(HOST, 4000, REMOTE, 53)).isEqualTo(4000);
    }

    @Test
    void shouldDropASessionWhoseWayTheRoutesForbid() {
        final int session = before.udp(HOST, 4000, REMOTE, 53);
        before.udp(TestPacket.ip("10.0.0.1"), 4000, REMOTE, 53);
        final RouteTable routes = RouteTable.builder()
                .add(0, 0, 0, 0)
                .add(TestPacket.ip("192.168.0.0"), 16, 5, 0)
                .build();
        assertThat(restart(config.routes(routes), memory -> {})).isEqualTo(new Rebuilt(1, 2, 2, 0, 1, 0, 0));
        assertThat(after.nat.counts().portsResting()).as("of the other session").isOne();
        assertThat(after.nat.insideInterface(Match.of(session, Match.ORIGINAL))).isEqualTo(5);
    }
}
