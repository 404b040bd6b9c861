package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.dataplane.memory.BootId;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SlabFiles;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Processes that are stopped and killed while they write to tables in files: what is committed is whole. The kernel
 * stops a process between two instructions, as it kills it. All fields of a flow follow from its port, so a record that
 * is half of one mapping and half of another is recognised.
 */
class KilledTablesTest {
    private static final int PROCESSES = 2;
    private static final int STOPS = 80;
    private static final int SESSIONS = 300;
    private static final int PORTS = 1000;
    private static final int HOSTS = 31;
    private static final int FIRST_HOST = TestPacket.ip("10.0.0.1");
    private static final int FIRST_REMOTE = TestPacket.ip("198.51.100.1");
    /** A second after all that the processes write. */
    private static final int LATER_S = 10_000_000;

    private static final String BUSY = "busy";

    @TempDir
    private Path directory;

    private long live;
    private long torn;

    private static TestConfig config() {
        return TestConfig.of(SESSIONS, TestRouter.OUTSIDE, TestRouter.OUTSIDE + 1)
                .mappings(SESSIONS / 2)
                .rest(2)
                .hosts(new HostLimits(SESSIONS, SESSIONS, 1000, 2000));
    }

    private static TableMemory open(final Path directory) throws IOException {
        final int self = (int) Files.getAttribute(directory, "unix:uid");
        try (HeldDirectory held = HeldDirectory.hold(directory)) {
            return TableMemory.inFiles(new SlabFiles(held, BootId.current(), self), config().room(), config().terms());
        }
    }

    @Test
    void shouldHaveWholeRecordsWhereverAProcessStops() throws IOException, InterruptedException {
        final Random random = new Random(1);
        for (int i = 0; i < PROCESSES; i++) {
            final Process process = start(i);
            try (TableMemory memory = open(directory)) {
                assertThat(memory.isKept()).isTrue();
                for (int stop = 0; stop < STOPS; stop++) {
                    signal(process, "STOP");
                    awaitStopped(process);
                    check(memory);
                    signal(process, "CONT");
                    TimeUnit.MICROSECONDS.sleep(random.nextInt(2000));
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            try (TableMemory memory = open(directory)) {
                assertThat(memory.isKept()).isTrue();
                check(memory);
            }
            goOn(i);
        }
        assertThat(live).as("sessions in all tables").isGreaterThan(PROCESSES * STOPS * 20L);
        assertThat(torn).as("stops in the midst of a line").isLessThan(PROCESSES * STOPS);
    }

    /** A process in the place of the killed one: it drops no more than one line, and knows what it keeps. */
    private void goOn(final int processes) throws IOException {
        try (TestRouter router = new TestRouter(config(), open(directory), (processes + 1) * LATER_S)) {
            final Rebuilt rebuilt = router.nat.rebuilt();
            assertThat(rebuilt.sessions()).isGreaterThan(20);
            assertThat(rebuilt.halfSessions()).isLessThanOrEqualTo(1);
            assertThat(rebuilt.lostSessions()).isZero();
            assertThat(rebuilt.lostMappings()).isZero();
            int known = 0;
            for (int port = 1; port <= PORTS; port++) {
                build(router.packet, port, Tcp.ACK);
                final long hash = router.nat.hash(router.packet.parsed(), TestRouter.INSIDE_REALM);
                known += router.nat.find(router.packet.packet(), TestRouter.INSIDE_REALM, hash) >= 0 ? 1 : 0;
            }
            assertThat(known).isEqualTo(rebuilt.sessions());
        }
    }

    private void check(final TableMemory memory) {
        final Map<Long, Long> endpoints = mappings(memory);
        sessions(memory, endpoints);
        hosts(memory);
    }

    private Process start(final int seed) throws IOException {
        final Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--add-exports",
                        "java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledTablesTest.class.getName(),
                        directory.toString(),
                        Integer.toString(seed))
                .redirectErrorStream(true)
                .start();
        assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo(BUSY);
        return process;
    }

    private static void signal(final Process process, final String name) throws IOException, InterruptedException {
        final int result = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(result).isZero();
    }

    /** Until each of its threads is where the kernel stopped it. */
    private static void awaitStopped(final Process process) throws IOException {
        final Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        boolean stopped = false;
        while (!stopped) {
            assertThat(process.isAlive()).isTrue();
            try (Stream<Path> each = Files.list(tasks)) {
                stopped = each.allMatch(KilledTablesTest::isStopped);
            }
        }
    }

    private static boolean isStopped(final Path task) {
        try {
            final String stat = Files.readString(task.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (final NoSuchFileException e) {
            return true;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process that will be killed: sessions of each kind that begin and end for as long as it lives. */
    public static void main(final String[] arguments) throws IOException {
        final Random random = new Random(Integer.parseInt(arguments[1]));
        try (TestRouter router = new TestRouter(
                config(), open(Path.of(arguments[0])), 1000 + Integer.parseInt(arguments[1]) * LATER_S)) {
            for (long step = 0; ; step++) {
                router.nowS += random.nextInt(100) == 0 ? 1 : 0;
                if (router.nat.counts().sessions() > SESSIONS / 2 || random.nextInt(3) == 0) {
                    final int session = random.nextInt(SESSIONS);
                    router.nat.expire(
                            session, router.nat.reader().generation(session), router.lastSeen(session), router.nowS);
                } else {
                    send(router, 1 + random.nextInt(PORTS), random);
                }
                if (step == 100_000) {
                    System.out.println(BUSY);
                }
            }
        }
    }

    private static int host(final int port) {
        return FIRST_HOST + port % HOSTS;
    }

    private static int remote(final int port) {
        return FIRST_REMOTE + port % 7;
    }

    private static int remotePort(final int port) {
        return 5000 + port % 11;
    }

    private static void send(final TestRouter router, final int port, final Random random) {
        build(router.packet, port, random.nextInt(4) == 0 ? Tcp.FIN | Tcp.ACK : Tcp.SYN);
        router.outbound();
    }

    private static void build(final TestPacket packet, final int port, final int flags) {
        switch (port % 3) {
            case 0 -> packet.udp(host(port), port, remote(port), remotePort(port), 4);
            case 1 -> packet.tcp(host(port), port, remote(port), remotePort(port), flags, 0);
            default -> packet.echo(Icmp.ECHO_REQUEST, host(port), remote(port), port, 4);
        }
    }

    /** Inside endpoint of each outside one. */
    private static Map<Long, Long> mappings(final TableMemory memory) {
        final Map<Long, Long> inside = new HashMap<>();
        for (long record = memory.mappings().address();
                record < memory.mappings().address() + memory.mappings().bytes();
                record += MappingLayout.RECORD_BYTES) {
            final int flags = MappingRecord.flags(record);
            if (flags == 0) {
                continue;
            }
            assertThat(flags & MappingLayout.FLAG_TAKEN).isNotZero();
            final int port = MappingRecord.insidePort(record);
            final int protocol = MappingRecord.protocol(record);
            assertThat(MappingRecord.insideAddress(record)).isEqualTo(host(port));
            assertThat(protocol).isEqualTo(protocol(port));
            assertThat(MappingRecord.realm(record)).isZero();
            if ((flags & MappingLayout.FLAG_RESTING) != 0) {
                assertThat(MappingRecord.restsSinceS(record)).isGreaterThanOrEqualTo(1000);
            }
            final long outside =
                    endpoint(protocol, MappingRecord.outsideAddress(record), MappingRecord.outsidePort(record));
            assertThat(inside.put(outside, endpoint(protocol, host(port), port)))
                    .as("one mapping for each outside endpoint")
                    .isNull();
        }
        return inside;
    }

    private static int protocol(final int port) {
        return switch (port % 3) {
            case 0 -> Ipv4.UDP;
            case 1 -> Ipv4.TCP;
            default -> Ipv4.ICMP;
        };
    }

    private static long endpoint(final int protocol, final int address, final int port) {
        return Flow.ports(0, protocol, 0, port) << 32 | address & 0xFFFF_FFFFL;
    }

    /** At most one is not whole. */
    private void sessions(final TableMemory memory, final Map<Long, Long> mappings) {
        int half = 0;
        for (int session = 0; session < SESSIONS; session++) {
            final long line = memory.sessions().address() + (long) session * SessionLayout.LINE_BYTES;
            if ((Memory.intAt(line + SessionLayout.GENERATION_OFFSET) & 1) != 0) {
                half++;
            } else if (SessionLine.stateCode(line) != SessionState.FREE.code) {
                live++;
                check(line, mappings);
            }
        }
        assertThat(half).isLessThanOrEqualTo(1);
        torn += half;
    }

    private static void check(final long line, final Map<Long, Long> mappings) {
        final int port = SessionLine.insidePort(line);
        final int protocol = SessionLine.protocol(line);
        assertThat(protocol).isEqualTo(protocol(port));
        assertThat(SessionLine.insideAddress(line)).isEqualTo(host(port));
        assertThat(SessionLine.remoteAddress(line)).isEqualTo(remote(port));
        assertThat(SessionLine.remotePort(line)).isEqualTo(protocol == Ipv4.ICMP ? 0 : remotePort(port));
        assertThat(mappings)
                .containsEntry(
                        endpoint(protocol, SessionLine.outsideAddress(line), SessionLine.outsidePort(line)),
                        endpoint(protocol, host(port), port));
        final long reply = SessionLine.addresses(line, Match.REPLY);
        final int addressDelta =
                Flow.addressDelta(SessionLine.addresses(line, Match.ORIGINAL), Flow.turnedAddresses(reply));
        final int transportDelta = Flow.transportDelta(
                addressDelta,
                SessionLine.ports(line, Match.ORIGINAL),
                Flow.turnedPorts(SessionLine.ports(line, Match.REPLY)));
        assertThat(Memory.shortAt(line + SessionLayout.ADDRESS_DELTA_OFFSET)).isEqualTo((short) addressDelta);
        assertThat(Memory.shortAt(line + SessionLayout.TRANSPORT_DELTA_OFFSET)).isEqualTo((short) transportDelta);
    }

    private static void hosts(final TableMemory memory) {
        final Map<Integer, Long> seen = new HashMap<>();
        for (long record = memory.hosts().address();
                record < memory.hosts().address() + memory.hosts().bytes();
                record += HostLayout.RECORD_BYTES) {
            if (HostRecord.isTaken(record)) {
                assertThat(HostRecord.insideAddress(record)).isBetween(FIRST_HOST, FIRST_HOST + HOSTS - 1);
                assertThat(seen.put(HostRecord.insideAddress(record), record)).isNull();
                assertThat(HostRecord.tokens(record)).isBetween(0, 2000);
                assertThat(HostRecord.refilledS(record)).isGreaterThanOrEqualTo(1000);
            }
        }
    }
}
