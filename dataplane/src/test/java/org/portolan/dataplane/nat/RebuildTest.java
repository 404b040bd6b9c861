package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Random life of a table, which is rebuilt from its three slabs again and again: what was rebuilt is what lives, and
 * goes on as it does. The rebuilt one has other secrets, and noise in each word that is not the truth.
 *
 * <p>Both pick their outside ports at random, so each is sent what its own ports ask for, and ports are compared where
 * one of them did not pick.
 */
class RebuildTest {
    private static final int REBUILDS = 8;
    private static final int STEPS_BETWEEN = 1200;
    private static final int STEPS_TOGETHER = 700;
    private static final int SERVER = TestPacket.ip("10.0.0.3");
    private static final int FIRST_HOST = TestPacket.ip("10.0.0.1");
    private static final int FIRST_REMOTE = TestPacket.ip("198.51.100.1");
    private static final int HOSTS = 24;
    private static final int REMOTES = 5;
    private static final int REST_S = 60;
    /** Of resting mappings: port classes, protocols, addresses. */
    private static final int QUEUES = 2 * 3 * 2;

    private static final int RULES = 2;

    /** Flows that a host opens at once. */
    private static final int BURST = 6;

    private static final int LATER_S = 1_000_000;

    /** What a server answers a SYN with, and what acknowledges that. */
    private static final int SEQUENCE = 5000;

    private static final int[] TCP_FLAGS = {
        Tcp.SYN, Tcp.SYN | Tcp.ACK, Tcp.ACK, Tcp.ACK, Tcp.FIN | Tcp.ACK, Tcp.FIN | Tcp.ACK, Tcp.RST
    };

    private enum Kind {
        OUT,
        IN,
        ERROR,
        BURST,
        END,
        RELEASE
    }

    /** @param forwarded from outside to the server's forward */
    private record Flow(int protocol, int host, int port, int remote, int remotePort, boolean forwarded) {}

    private record Step(Kind kind, Flow flow, int flags, boolean acknowledges) {}

    private final Set<DropReason> refused = EnumSet.noneOf(DropReason.class);
    private final Set<SessionState> states = EnumSet.noneOf(SessionState.class);
    private Random random;
    private Flow last;
    private int ports;
    private int highPorts;

    /** A table and its memory. */
    private static final class Side implements AutoCloseable {
        private final TableMemory memory;
        private final TestRouter router;
        private final TestPacket error = new TestPacket();

        Side(final PolicyKeeper keeper, final TableMemory memory, final int nowS) {
            this.memory = memory;
            router = new TestRouter(keeper, memory, nowS);
        }

        @Override
        public void close() {
            error.close();
            router.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        // sessions, mappings, pool, ports of each host, reasons; in the last one ports below 1024 run out
        "150, 150, 2, 20, HOST_RATE SESSIONS_FULL SESSIONS_RESERVED",
        "400, 60, 2, 20, HOST_RATE MAPPINGS_FULL REMOTE_SESSIONS_FULL FORWARD_SESSIONS_FULL",
        "3000, 3000, 1, 1023, HOST_RATE",
    })
    void shouldBeWhatLivesAndGoOnAsItDoes(
            final int sessions, final int mappings, final int pool, final int portsOfHosts, final String reasons) {
        random = new Random(sessions);
        ports = portsOfHosts;
        final PolicyKeeper keeper = keeper(7, sessions, mappings, pool);
        final NatConfig room = keeper.room();
        int kept = 0;
        try (Side live = new Side(keeper, TableMemory.anonymous(room), 1000)) {
            for (int i = 0; i < REBUILDS; i++) {
                for (int step = 0; step < STEPS_BETWEEN * (sessions / 500 + 1); step++) {
                    take(live, step(i));
                }
                final PolicyKeeper other = keeper(100 + i, sessions, mappings, pool);
                try (Side rebuilt = new Side(other, copy(room, live), live.router.nowS)) {
                    assertThat(rebuilt.router.nat.rebuilt())
                            .isEqualTo(new Rebuilt(
                                    live.router.nat.counts().sessions(),
                                    (int) (live.router.nat.counts().mappings()
                                            + live.router.nat.counts().portsResting()),
                                    live.router.nat.tables().mappings().hosts().size(),
                                    0,
                                    0,
                                    0,
                                    0));
                    compare(live, rebuilt, room, pool);
                    kept += live.router.nat.counts().sessions();
                    goOn(live, rebuilt, i);
                }
            }
        }
        assertThat(kept).isGreaterThan(REBUILDS * 30);
        // Other protocols: StaticRulesRebuildTest.
        assertThat(states).hasSize(SessionState.COUNT - 3);
        assertThat(refused.stream().map(DropReason::name)).contains(reasons.split(" "));
        assertThat(highPorts > 0).as("ports below 1024 ran out").isEqualTo(pool == 1);
    }

    private static PolicyKeeper keeper(final long seed, final int sessions, final int mappings, final int pool) {
        final PolicyTerms terms = TestConfig.of(
                        sessions, pool == 1 ? new int[] {OUTSIDE} : new int[] {OUTSIDE, OUTSIDE + 1})
                .rest(REST_S)
                .limits(new OutsideLimits(30, 16, 6, 10))
                .hosts(new HostLimits(sessions, sessions, 2, BURST - 1))
                .forwards(
                        new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80),
                        new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5353, SERVER, 53))
                .terms();
        final NatSecrets own = TestConfig.secrets(seed);
        final NatSecrets secrets =
                new NatSecrets(own.flows(), own.ports(), TestConfig.secrets(7).pairing(), own.remotes(), own.hosts());
        return new PolicyKeeper(NatConfig.roomFor(secrets, sessions, mappings, terms), terms);
    }

    /** Both do the same, and say the same. */
    private void goOn(final Side live, final Side rebuilt, final int round) {
        for (int step = 0; step < STEPS_TOGETHER; step++) {
            final Step next = step(round);
            final String said = take(live, next);
            rebuilt.router.nowS = live.router.nowS;
            assertThat(said(rebuilt, next)).as("%s", next).isEqualTo(said);
        }
        final Nat one = live.router.nat;
        final Nat other = rebuilt.router.nat;
        assertThat(other.counts().sessions()).isEqualTo(one.counts().sessions());
        assertThat(other.counts().mappings()).isEqualTo(one.counts().mappings());
        assertThat(other.counts().hosts()).isEqualTo(one.counts().hosts());
        assertThat(other.counts().portsResting()).isEqualTo(one.counts().portsResting());
        assertThat(other.counts().sessionsFromOutside()).isEqualTo(one.counts().sessionsFromOutside());
    }

    private Step step(final int round) {
        final boolean growing = random.nextInt(10) < (round % 2 == 0 ? 8 : 5);
        final int kind = random.nextInt(21);
        if (kind == 0) {
            return new Step(Kind.RELEASE, null, 0, false);
        }
        if (kind == 20) {
            final int port = 30_000 + random.nextInt(100);
            final int host = FIRST_HOST + random.nextInt(HOSTS);
            return new Step(Kind.BURST, new Flow(Ipv4.UDP, host, port, FIRST_REMOTE, 53, false), 0, false);
        }
        final Kind chosen = kind < 11 ? Kind.OUT : kind < 17 ? Kind.IN : kind == 17 ? Kind.ERROR : Kind.END;
        return new Step(
                growing || chosen != Kind.OUT ? chosen : Kind.END,
                flow(),
                TCP_FLAGS[random.nextInt(TCP_FLAGS.length)],
                random.nextInt(4) > 0);
    }

    /** One flow in five is the last one again, so that connections live to their end. */
    private Flow flow() {
        last = last == null || random.nextInt(5) > 0 ? anyFlow() : last;
        return last;
    }

    private Flow anyFlow() {
        final int remote = FIRST_REMOTE + random.nextInt(REMOTES);
        final int kind = random.nextInt(9);
        if (kind < 2 || kind == 8) {
            final boolean tcp = kind != 1;
            return new Flow(tcp ? Ipv4.TCP : Ipv4.UDP, SERVER, tcp ? 80 : 53, remote, 7000 + random.nextInt(8), true);
        }
        final boolean mostlyTcp = ports > 1000 && random.nextInt(10) > 0;
        final int protocol = mostlyTcp || kind > 4 ? Ipv4.TCP : kind == 2 ? Ipv4.ICMP : Ipv4.UDP;
        final int port = 1 + random.nextInt(ports) + (ports < 1000 && random.nextBoolean() ? 4000 : 0);
        final int remotePort = protocol == Ipv4.ICMP ? 0 : 443 + random.nextInt(2);
        return new Flow(protocol, FIRST_HOST + random.nextInt(HOSTS), port, remote, remotePort, false);
    }

    /** Time goes on where two ends in one second would have no order; often nothing else happens between openings. */
    private String take(final Side live, final Step step) {
        final boolean mayEnd = step.kind == Kind.END
                || step.kind == Kind.RELEASE
                || step.flow.protocol == Ipv4.TCP
                || random.nextInt(12) == 0;
        live.router.nowS += mayEnd ? 1 : 0;
        final String said = said(live, step);
        final int session = step.flow == null ? -1 : session(live, step.flow);
        if (session >= 0) {
            states.add(live.router.nat.reader().state(session));
        }
        return said;
    }

    private String said(final Side side, final Step step) {
        final TestRouter router = side.router;
        switch (step.kind) {
            case RELEASE -> {
                return "released " + release(router);
            }
            case END -> {
                final int session = session(side, step.flow);
                return session < 0 ? "none" : Boolean.toString(router.expire(session));
            }
            case BURST -> {
                final StringBuilder said = new StringBuilder();
                for (int i = 0; i < BURST; i++) {
                    final Flow flow = step.flow;
                    final Flow next = new Flow(
                            flow.protocol, flow.host, flow.port + i, flow.remote, flow.remotePort, flow.forwarded);
                    said.append(said(side, new Step(Kind.OUT, next, 0, false)));
                }
                return said.toString();
            }
            case ERROR -> {
                return said(side, step, sendError(side, step));
            }
            default -> {
                return said(side, step, send(side, step));
            }
        }
    }

    /** The flow's session, or -1. */
    private static int session(final Side side, final Flow flow) {
        final TestPacket packet = side.router.packet;
        switch (flow.protocol) {
            case Ipv4.UDP -> packet.udp(flow.host, flow.port, flow.remote, flow.remotePort);
            case Ipv4.TCP -> packet.tcp(flow.host, flow.port, flow.remote, flow.remotePort, Tcp.ACK, 0);
            default -> packet.echo(Icmp.ECHO_REQUEST, flow.host, flow.remote, flow.port);
        }
        final long hash = side.router.nat.hash(packet.parsed(), TestRouter.INSIDE_REALM);
        final int match = side.router.nat.find(packet.packet(), TestRouter.INSIDE_REALM, hash);
        return match < 0 ? -1 : Match.session(match);
    }

    /** A call looks at one queue, and which is the next is nobody's business. */
    private static int release(final TestRouter router) {
        int released = 0;
        for (int silent = 0; silent < QUEUES; silent++) {
            if (router.nat.releaseRested(router.nowS)) {
                released++;
                silent = 0;
            }
        }
        return released;
    }

    private static int send(final Side side, final Step step) {
        build(side, step);
        return step.kind == Kind.OUT ? side.router.outbound() : side.router.inbound();
    }

    /** About the flow's packet to the remote, from a router outside. */
    private static int sendError(final Side side, final Step step) {
        final Flow flow = step.flow;
        final int port = outsidePort(side, flow);
        final int address = outsideAddress(side, flow);
        switch (flow.protocol) {
            case Ipv4.UDP -> side.router.packet.udp(address, port, flow.remote, flow.remotePort);
            case Ipv4.TCP -> side.router.packet.tcp(address, port, flow.remote, flow.remotePort, Tcp.ACK);
            default -> side.router.packet.echo(Icmp.ECHO_REQUEST, address, flow.remote, port);
        }
        side.error.error(Icmp.TIME_EXCEEDED, 0, FIRST_REMOTE + 99, address, side.router.packet);
        return side.router.inbound(side.error, false);
    }

    private String said(final Side side, final Step step, final int session) {
        if (session < 0) {
            refused.add(reason(session));
            return reason(session).toString();
        }
        final TestRouter router = side.router;
        router.nat.noteInterface(Match.of(session, Match.ORIGINAL), TestConfig.INSIDE);
        final TestPacket sent = step.kind == Kind.ERROR ? side.error : router.packet;
        sent.shouldHaveRightChecksums();
        if (OutsidePorts.isPrivileged(step.flow.protocol, step.flow.port)
                && !OutsidePorts.isPrivileged(
                        step.flow.protocol, router.nat.reader().outsidePort(session))) {
            highPorts += step.flow.forwarded ? 0 : 1;
        }
        return "%s > %s, port below 1024 %s, %s, idle %d"
                .formatted(
                        Ipv4.describeAddress(sent.source()),
                        Ipv4.describeAddress(sent.destination()),
                        OutsidePorts.isPrivileged(
                                step.flow.protocol, router.nat.reader().outsidePort(session)),
                        router.nat.reader().state(session),
                        LastSeen.idleS(router.lastSeen(session), router.nowS));
    }

    /** One that no mapping has when the flow has no session. */
    private static int outsidePort(final Side side, final Flow flow) {
        if (flow.forwarded) {
            return flow.protocol == Ipv4.TCP ? 8080 : 5353;
        }
        final int session = session(side, flow);
        return session < 0 ? PortBlocks.LAST_PORT : side.router.nat.reader().outsidePort(session);
    }

    private static int outsideAddress(final Side side, final Flow flow) {
        final int session = session(side, flow);
        return flow.forwarded || session < 0
                ? OUTSIDE
                : side.router.nat.reader().outsideAddress(session);
    }

    private static void build(final Side side, final Step step) {
        final Flow flow = step.flow;
        final boolean out = step.kind == Kind.OUT;
        final TestPacket packet = side.router.packet;
        final int source = out ? flow.host : flow.remote;
        final int destination = out ? flow.remote : outsideAddress(side, flow);
        final int sourcePort = out ? flow.port : flow.remotePort;
        final int destinationPort = out ? flow.remotePort : outsidePort(side, flow);
        switch (flow.protocol) {
            case Ipv4.UDP -> packet.udp(source, sourcePort, destination, destinationPort);
            case Ipv4.TCP -> {
                packet.tcp(source, sourcePort, destination, destinationPort, step.flags, 0);
                acknowledge(packet, step.acknowledges);
            }
            default -> {
                final int type = out ? Icmp.ECHO_REQUEST : Icmp.ECHO_REPLY;
                packet.echo(type, source, destination, out ? flow.port : destinationPort);
            }
        }
    }

    /** Gives a segment its numbers. */
    private static void acknowledge(final TestPacket packet, final boolean right) {
        final long tcp = packet.transport();
        Memory.putU32(tcp + 4, SEQUENCE);
        Memory.putU32(tcp + 8, right ? SEQUENCE + 1 : 77);
        Tcp.putChecksum(tcp, 0);
        final int length = packet.transportLength();
        Tcp.putChecksum(
                tcp, InternetChecksum.ofTransport(tcp, length, packet.source(), packet.destination(), Ipv4.TCP));
    }

    /** The slabs of a live table, as a process that is killed now would leave them, and noise where no truth is. */
    private TableMemory copy(final NatConfig config, final Side live) {
        final TableMemory copy = TableMemory.anonymous(config);
        copy(live.memory.sessions(), copy.sessions());
        copy(live.memory.mappings(), copy.mappings());
        copy(live.memory.hosts(), copy.hosts());
        final long companions = copy.sessions().address() + (long) config.maxSessions() * SessionLayout.LINE_BYTES;
        for (int session = 0; session < config.maxSessions(); session++) {
            final long line = copy.sessions().address() + (long) session * SessionLayout.LINE_BYTES;
            final long companion = companions + (long) session * CompanionLayout.RECORD_BYTES;
            noise(companion + CompanionLayout.MAPPING_INDEX_OFFSET);
            noise(companion + CompanionLayout.NEXT_OF_MAPPING_OFFSET);
            noise(companion + CompanionLayout.PREVIOUS_OF_MAPPING_OFFSET);
            if (SessionLine.stateCode(line) == SessionState.TCP_CLOSED.code) {
                noise(companion + CompanionLayout.OLDER_CLOSED);
                noise(companion + CompanionLayout.NEWER_CLOSED);
            }
        }
        for (long record = copy.mappings().address();
                record < copy.mappings().address() + copy.mappings().bytes();
                record += MappingLayout.RECORD_BYTES) {
            noise(record + MappingLayout.SESSIONS_OFFSET);
            noise(record + MappingLayout.OLDER_OFFSET);
            noise(record + MappingLayout.NEWER_OFFSET);
            if (!MappingRecord.isResting(record)) {
                noise(record + MappingLayout.RESTS_SINCE_OFFSET);
            }
        }
        for (long record = copy.hosts().address();
                record < copy.hosts().address() + copy.hosts().bytes();
                record += HostLayout.RECORD_BYTES) {
            for (int at = HostLayout.SESSIONS_OFFSET; at < HostLayout.RECORD_BYTES; at += Integer.BYTES) {
                if (at != HostLayout.TOKENS_OFFSET && at != HostLayout.REFILLED_OFFSET) {
                    noise(record + at);
                }
            }
        }
        return new TableMemory(copy.sessions(), copy.mappings(), copy.hosts(), true);
    }

    private static void copy(final Slab from, final Slab to) {
        Memory.copy(from.address(), to.address(), from.bytes());
    }

    private void noise(final long word) {
        Memory.putInt(word, random.nextInt());
    }

    private void compare(final Side live, final Side rebuilt, final NatConfig room, final int pool) {
        final NatTables one = live.router.nat.tables();
        final NatTables other = rebuilt.router.nat.tables();
        compareSessions(one, other, live.router.nowS);
        final int most = MappingStore.capacityFor(room);
        compareMappings(one.mappings(), other.mappings(), most);
        compareChains(one, other, most);
        assertThat(hosts(other)).isEqualTo(hosts(one));
        assertThat(resting(other.mappings(), most)).isEqualTo(resting(one.mappings(), most));
        assertThat(closed(other, pool, live.router.nowS)).isEqualTo(closed(one, pool, live.router.nowS));
        assertThat(other.fromOutside().sessions()).isEqualTo(one.fromOutside().sessions());
        for (int i = 0; i < REMOTES; i++) {
            assertThat(other.fromOutside().sessionsOf(FIRST_REMOTE + i))
                    .isEqualTo(one.fromOutside().sessionsOf(FIRST_REMOTE + i));
        }
        for (int number = 0; number < pool; number++) {
            for (int port = 0; port <= PortBlocks.LAST_PORT; port++) {
                for (final int protocol : new int[] {Ipv4.UDP, Ipv4.TCP, Ipv4.ICMP}) {
                    final int mapping = one.mappings().findOutside(OUTSIDE + number, port, protocol);
                    if (other.mappings().findOutside(OUTSIDE + number, port, protocol) != mapping) {
                        throw new AssertionError("the cell of port " + port);
                    }
                }
            }
        }
    }

    private static void compareSessions(final NatTables one, final NatTables other, final int nowS) {
        for (int session = 0; session < one.sessions().capacity(); session++) {
            final long line = one.sessions().line(session);
            final boolean lives = SessionLine.stateCode(line) != SessionState.FREE.code;
            assertThat(bytes(other.sessions().line(session), SessionLayout.LINE_BYTES))
                    .isEqualTo(bytes(line, SessionLayout.LINE_BYTES));
            assertThat(Memory.intAt(other.sessions().lastSeenAddress(session)))
                    .isEqualTo(Memory.intAt(one.sessions().lastSeenAddress(session)))
                    .isEqualTo(SessionLine.lastSeen(line));
            for (int direction = Match.ORIGINAL; lives && direction <= Match.REPLY; direction++) {
                final long addresses = SessionLine.addresses(line, direction);
                final long ports = SessionLine.ports(line, direction);
                assertThat(other.sessions().find(addresses, ports))
                        .isEqualTo(one.sessions().find(addresses, ports))
                        .isEqualTo(Match.of(session, direction));
            }
            if (lives) {
                assertThat(other.sessions().mapping(session))
                        .isEqualTo(one.sessions().mapping(session));
                assertThat(bytes(other.sessions().companion(session) + CompanionLayout.ORIGINAL_END_OFFSET, 8))
                        .isEqualTo(bytes(one.sessions().companion(session) + CompanionLayout.ORIGINAL_END_OFFSET, 8));
            }
        }
    }

    private static byte[] bytes(final long address, final int length) {
        final byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        return bytes;
    }

    private static void compareMappings(final MappingTable one, final MappingTable other, final int most) {
        for (int mapping = 0; mapping < most; mapping++) {
            final long record = one.record(mapping);
            assertThat(MappingRecord.flags(other.record(mapping))).isEqualTo(MappingRecord.flags(record));
            if (MappingRecord.flags(record) == 0) {
                continue;
            }
            assertThat(bytes(other.record(mapping), MappingLayout.FLAGS_OFFSET))
                    .as("endpoints")
                    .isEqualTo(bytes(record, MappingLayout.FLAGS_OFFSET));
            assertThat(MappingRecord.sessions(other.record(mapping))).isEqualTo(MappingRecord.sessions(record));
            if (MappingRecord.isStatic(record)) {
                assertThat(other.slots().outsideSessions(MappingRecord.slot(other.record(mapping))))
                        .isEqualTo(one.slots().outsideSessions(MappingRecord.slot(record)));
                continue;
            }
            if (MappingRecord.isResting(record)) {
                assertThat(MappingRecord.restsSinceS(other.record(mapping)))
                        .isEqualTo(MappingRecord.restsSinceS(record));
            }
            final int inside = one.findInside(
                    MappingRecord.insideAddress(record),
                    MappingRecord.insidePort(record),
                    MappingRecord.protocol(record),
                    0,
                    0);
            assertThat(other.findInside(
                            MappingRecord.insideAddress(record),
                            MappingRecord.insidePort(record),
                            MappingRecord.protocol(record),
                            0,
                            0))
                    .isEqualTo(inside)
                    .isEqualTo(mapping);
        }
    }

    /** The sessions of each mapping, and the mappings of each host, forward and back. */
    private static void compareChains(final NatTables one, final NatTables other, final int most) {
        for (int mapping = 0; mapping < most; mapping++) {
            if (MappingRecord.sessions(one.mappings().record(mapping)) > 0
                    && !MappingRecord.isResting(one.mappings().record(mapping))
                    && MappingRecord.flags(one.mappings().record(mapping)) != 0) {
                assertThat(sessions(other, mapping)).isEqualTo(sessions(one, mapping));
            }
        }
        for (int i = 0; i < HOSTS; i++) {
            assertThat(mappings(other.mappings(), FIRST_HOST + i)).isEqualTo(mappings(one.mappings(), FIRST_HOST + i));
        }
    }

    private static Set<Integer> sessions(final NatTables tables, final int mapping) {
        final Set<Integer> chain = new HashSet<>();
        int previous = -1;
        for (int session = SessionTable.firstOf(tables.mappings().record(mapping));
                session >= 0;
                session = tables.sessions().nextOf(session)) {
            assertThat(chain.add(session)).as("no circle").isTrue();
            final long companion = tables.sessions().companion(session);
            assertThat(Memory.intAt(companion + CompanionLayout.PREVIOUS_OF_MAPPING_OFFSET) - 1)
                    .isEqualTo(previous);
            previous = session;
        }
        return chain;
    }

    private static Set<Integer> mappings(final MappingTable table, final int host) {
        final Set<Integer> chain = new HashSet<>();
        int previous = -1;
        for (int mapping = table.firstOfHost(host, 0); mapping >= 0; mapping = table.nextOfHost(mapping)) {
            assertThat(chain.add(mapping)).as("no circle").isTrue();
            assertThat(table.previousOfHost(mapping)).isEqualTo(previous);
            previous = mapping;
        }
        return chain;
    }

    private static Map<Integer, List<Object>> hosts(final NatTables tables) {
        final Map<Integer, List<Object>> hosts = new HashMap<>();
        for (int i = 0; i < HOSTS; i++) {
            final int host = tables.mappings().hosts().find(FIRST_HOST + i, 0);
            if (host < 0) {
                continue;
            }
            final long record = tables.mappings().hosts().record(host);
            final Map<Integer, Integer> paired = new HashMap<>();
            for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
                if (HostRecord.pairedPorts(record, pair) > 0) {
                    paired.put(HostRecord.paired(record, pair), HostRecord.pairedPorts(record, pair));
                }
            }
            hosts.put(
                    FIRST_HOST + i,
                    List.of(
                            host,
                            HostRecord.sessions(record),
                            HostRecord.outsideSessions(record),
                            HostRecord.ports(record),
                            HostRecord.tokens(record),
                            HostRecord.refilledS(record),
                            paired));
        }
        return hosts;
    }

    /** Each queue of resting mappings, its oldest first. */
    private static Set<List<Integer>> resting(final MappingTable table, final int most) {
        final Set<List<Integer>> queues = new HashSet<>();
        for (int mapping = 0; mapping < most; mapping++) {
            final long record = table.record(mapping);
            if (MappingRecord.isResting(record) && Memory.intAt(record + MappingLayout.OLDER_OFFSET) == 0) {
                final List<Integer> queue = new ArrayList<>();
                for (int next = mapping; next >= 0; ) {
                    queue.add(next);
                    next = Memory.intAt(table.record(next) + MappingLayout.NEWER_OFFSET) - 1;
                }
                queues.add(queue);
            }
        }
        return queues;
    }

    private static List<List<Integer>> closed(final NatTables tables, final int pool, final int nowS) {
        final List<List<Integer>> queues = new ArrayList<>();
        final int quietS = nowS + LATER_S;
        for (int rule = 0; rule < RULES; rule++) {
            final int slot = tables.mappings().slots().slotOf(rule);
            queues.add(queue(tables, slot < 0 ? -1 : tables.closed().longestOfForward(slot, quietS), quietS));
        }
        for (int number = 0; number < pool; number++) {
            queues.add(queue(tables, tables.closed().longestOnPorts(number, true, quietS), quietS));
            queues.add(queue(tables, tables.closed().longestOnPorts(number, false, quietS), quietS));
        }
        return queues;
    }

    private static List<Integer> queue(final NatTables tables, final int oldest, final int nowS) {
        final List<Integer> queue = new ArrayList<>();
        for (int session = oldest; session >= 0; session = tables.closed().next(session, nowS)) {
            queue.add(session);
        }
        return queue;
    }
}
