package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.system.BootClock;
import org.portolan.dataplane.wire.FrameAtEdge;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/** What happens to a packet without a session, as a table; and that to ask changes nothing. */
class AdmissionTest implements AutoCloseable {
    private static final int LAN_PORT = 0;
    private static final int WAN_PORT = 1;
    private static final int DMZ_PORT = 2;
    private static final int NO_ROUTE = ip(150, 1, 1, 1);
    private static final int UNKNOWN_HOST = ip(10, 9, 0, 77);
    private static final int NOBODY = ip(203, 0, 113, 77);
    private static final int NOW_S = 100;

    private static final Map<Integer, String> VERDICTS = Map.of(
            Admission.WAIT, "WAIT",
            Admission.LOCAL, "LOCAL",
            Admission.FORWARD_UNTRANSLATED, "FORWARD_UNTRANSLATED",
            Admission.OPEN_DYNAMIC, "OPEN_DYNAMIC",
            Admission.OPEN_INBOUND, "OPEN_INBOUND",
            Admission.OPEN_HAIRPIN, "OPEN_HAIRPIN");

    private final TestFrames lan = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames wan = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private final TestFrames dmz = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.DMZ_MAC);
    private final FrameAtEdge edge = new FrameAtEdge();
    private final Transit transit = new Transit(new Frame());
    private WorkerRig rig = new WorkerRig(64, 64, 4);
    private Port[] ports;
    private Forwarder forwarder;
    private Admission admission;

    AdmissionTest() {
        build();
    }

    private void use(final WorkerRig other) {
        rig.close();
        rig = other;
        build();
    }

    private void build() {
        ports = new Port[] {rig.worker.port(LAN_PORT), rig.worker.port(WAN_PORT), rig.worker.port(DMZ_PORT)};
        forwarder = new Forwarder(ports, rig.routes, null);
        final Nat nat = rig.worker.nat();
        admission = new Admission(nat, forwarder, new IngressFilter(ports, nat, forwarder));
    }

    @AfterEach
    @Override
    public void close() {
        lan.close();
        wan.close();
        dmz.close();
        edge.close();
        rig.close();
    }

    private Object[] everything() {
        return new Object[] {rig.worker.nat(), ports, forwarder, admission};
    }

    /** The verdict's name; whatever it is, nothing was written but the packet's own record. */
    private String judge(final int port, final byte[] bytes, final int nowS) {
        transit.begin(ports[port], false);
        transit.frame().set(edge.place(bytes), bytes.length, 0, 0, 0);
        assertThat(Classifier.classify(transit)).as("the classifier").isZero();
        final long before = StateImage.of(everything());
        final long counted = rig.counters.droppedAll() + rig.counters.sent();
        final int verdict = admission.judge(transit, nowS);
        assertThat(StateImage.of(everything())).as("every byte of every table").isEqualTo(before);
        assertThat(rig.counters.droppedAll() + rig.counters.sent()).isEqualTo(counted);
        assertThat(rig.event.producerPosition() + rig.punt.producerPosition())
                .as("messages to control")
                .isZero();
        assertThat(edge.read(transit.frame().address()))
                .as("the packet's own bytes")
                .isEqualTo(bytes);
        return verdict < 0 ? VERDICTS.get(verdict) : DropReason.ofCode(verdict).name();
    }

    private static Arguments row(
            final String packet, final int port, final Function<AdmissionTest, byte[]> frame, final String verdict) {
        return Arguments.of(packet, port, frame, verdict);
    }

    private static Arguments lan(final String packet, final Function<TestFrames, byte[]> frame, final String verdict) {
        return row("lan: " + packet, LAN_PORT, test -> frame.apply(test.lan), verdict);
    }

    private static Arguments wan(final String packet, final Function<TestFrames, byte[]> frame, final String verdict) {
        return row("wan: " + packet, WAN_PORT, test -> frame.apply(test.wan), verdict);
    }

    /** The packets of all rows, by the port that they arrive at. */
    void frames(final List<byte[]> fromLan, final List<byte[]> fromWan, final List<byte[]> fromDmz) {
        final List<List<byte[]>> byPort = List.of(fromLan, fromWan, fromDmz);
        rows().map(Arguments::get).forEach(row -> {
            @SuppressWarnings("unchecked")
            final Function<AdmissionTest, byte[]> frame = (Function<AdmissionTest, byte[]>) row[2];
            byPort.get((int) row[1]).add(frame.apply(this));
            lan.ttl(64).dontFragment(false);
            wan.ttl(64).dontFragment(false);
        });
    }

    static Stream<Arguments> rows() {
        return Stream.of(inside(), insideWays(), outside(), outsideWays(), exempt())
                .flatMap(each -> each);
    }

    private static Stream<Arguments> inside() {
        final int client = WorkerRig.CLIENT;
        final int server = WorkerRig.SERVER;
        return Stream.of(
                lan("UDP", f -> f.udp(client, 5_000, server, 53, 20), "OPEN_DYNAMIC"),
                lan("UDP of a routed host", f -> f.udp(WorkerRig.ROUTED_HOST, 5_000, server, 53, 20), "OPEN_DYNAMIC"),
                lan("echo", f -> f.echo(client, server, Icmp.ECHO_REQUEST, 7), "OPEN_DYNAMIC"),
                lan("echo reply", f -> f.echo(client, server, Icmp.ECHO_REPLY, 7), "ICMP_TYPE_UNSUPPORTED"),
                lan("SYN", f -> f.tcp(client, 5_000, server, 80, Tcp.SYN), "OPEN_DYNAMIC"),
                lan("TCP in mid-stream", f -> f.tcp(client, 5_000, server, 80, Tcp.ACK), "OPEN_DYNAMIC"),
                lan("FIN", f -> f.tcp(client, 5_000, server, 80, Tcp.FIN | Tcp.ACK), "OPEN_DYNAMIC"),
                lan("SYN+ACK", f -> f.tcp(client, 5_000, server, 80, Tcp.SYN | Tcp.ACK), "TCP_NOT_OPENING"),
                lan("RST", f -> f.tcp(client, 5_000, server, 80, Tcp.RST), "TCP_NOT_OPENING"),
                lan(
                        "error about no session",
                        f -> f.error(client, server, Icmp.TIME_EXCEEDED, server, 53, client, 5_000),
                        "ICMP_ERROR_UNMATCHED"),
                lan(
                        "source of another inside network",
                        f -> f.udp(WorkerRig.DMZ_HOST, 5_000, server, 53, 20),
                        "INSIDE_UNTRANSLATED"),
                lan(
                        "source of the outside",
                        f -> f.udp(WorkerRig.OTHER_SERVER, 5_000, server, 53, 20),
                        "INSIDE_UNTRANSLATED"),
                lan("ping to the router", f -> f.echo(client, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7), "LOCAL"),
                lan("UDP to the router", f -> f.udp(client, 5_000, WorkerRig.LAN, 53, 20), "LOCAL"),
                lan("ping to the router outside", f -> f.echo(client, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7), "LOCAL"),
                lan("UDP to a pool address", f -> f.udp(client, 5_000, WorkerRig.POOL, 5353, 20), "OPEN_HAIRPIN"),
                lan("SYN to a forward", f -> f.tcp(client, 5_000, WorkerRig.POOL, 8080, Tcp.SYN), "OPEN_HAIRPIN"),
                lan("RST to a forward", f -> f.tcp(client, 5_000, WorkerRig.POOL, 8080, Tcp.RST), "TCP_NOT_OPENING"),
                lan("UDP to no forward", f -> f.udp(client, 5_000, WorkerRig.POOL, 5352, 20), "NO_MAPPING"),
                lan(
                        "UDP to a forward that leads outside",
                        f -> f.udp(client, 5_000, WorkerRig.POOL, 5354, 20),
                        "HAIRPIN"),
                lan("ping to a pool address", f -> f.echo(client, WorkerRig.POOL, Icmp.ECHO_REQUEST, 7), "NO_MAPPING"),
                lan(
                        "error to a pool address",
                        f -> f.error(client, WorkerRig.POOL, Icmp.TIME_EXCEEDED, WorkerRig.POOL, 53, client, 5_000),
                        "ICMP_ERROR_UNMATCHED"),
                lan(
                        "UDP to another network's broadcast address",
                        f -> f.udp(client, 5_000, ip(10, 9, 255, 255), 9, 20),
                        "BROADCAST_DESTINATION"));
    }

    private static Stream<Arguments> insideWays() {
        final int client = WorkerRig.CLIENT;
        final int server = WorkerRig.SERVER;
        return Stream.of(
                lan(
                        "to another inside network",
                        f -> f.udp(client, 5_000, WorkerRig.DMZ_HOST, 53, 20),
                        "FORWARD_UNTRANSLATED"),
                lan(
                        "error to another inside network",
                        f -> f.error(client, WorkerRig.DMZ_HOST, Icmp.TIME_EXCEEDED, server, 53, client, 5_000),
                        "FORWARD_UNTRANSLATED"),
                lan(
                        "back to its own network",
                        f -> f.udp(client, 5_000, WorkerRig.ROUTED_HOST, 53, 20),
                        "FORWARD_UNTRANSLATED"),
                row(
                        "dmz: to the other inside network",
                        DMZ_PORT,
                        test -> test.dmz.udp(WorkerRig.DMZ_HOST, 5_000, WorkerRig.CLIENT, 53, 20),
                        "FORWARD_UNTRANSLATED"),
                lan("no route", f -> f.udp(client, 5_000, NO_ROUTE, 53, 20), "NO_ROUTE"),
                lan("TTL 1", f -> f.ttl(1).udp(client, 5_000, server, 53, 20), "TTL_EXPIRED"),
                lan("TTL 1 to the router", f -> f.ttl(1).udp(client, 5_000, WorkerRig.LAN, 53, 20), "LOCAL"),
                lan("TTL 1 and no route", f -> f.ttl(1).udp(client, 5_000, NO_ROUTE, 53, 20), "NO_ROUTE"),
                lan("too big", f -> f.dontFragment(true).udp(client, 5_000, server, 53, 1_480), "TOO_BIG"),
                lan("too big, may be cut", f -> f.udp(client, 5_000, server, 53, 1_480), "OPEN_DYNAMIC"),
                lan(
                        "too big for the dmz's MTU",
                        f -> f.udp(client, 5_000, WorkerRig.DMZ_HOST, 53, 1_400),
                        "FORWARD_UNTRANSLATED"),
                lan(
                        "next hop does not answer",
                        f -> f.udp(client, 5_000, WorkerRig.ABSENT_HOST, 53, 20),
                        "NEIGHBOR_UNREACHABLE"),
                lan("next hop unknown", f -> f.udp(client, 5_000, UNKNOWN_HOST, 53, 20), "WAIT"),
                lan(
                        "SYN+ACK whose next hop is unknown",
                        f -> f.tcp(client, 5_000, NOBODY, 80, Tcp.SYN | Tcp.ACK),
                        "WAIT"));
    }

    private static Stream<Arguments> outside() {
        final int server = WorkerRig.SERVER;
        final int pool = WorkerRig.POOL;
        return Stream.of(
                wan("SYN to a forward", f -> f.tcp(server, 5_000, pool, 8080, Tcp.SYN), "OPEN_INBOUND"),
                wan("UDP to a forward", f -> f.udp(server, 5_000, pool, 5353, 20), "OPEN_INBOUND"),
                wan("UDP to no forward", f -> f.udp(server, 5_000, pool, 9, 20), "NO_MAPPING"),
                wan("UDP to a TCP forward", f -> f.udp(server, 5_000, pool, 8080, 20), "NO_MAPPING"),
                wan("ACK to a forward", f -> f.tcp(server, 5_000, pool, 8080, Tcp.ACK), "TCP_NOT_OPENING"),
                wan(
                        "SYN+ACK to a forward",
                        f -> f.tcp(server, 5_000, pool, 8080, Tcp.SYN | Tcp.ACK),
                        "TCP_NOT_OPENING"),
                wan("RST to a forward", f -> f.tcp(server, 5_000, pool, 8080, Tcp.RST), "TCP_NOT_OPENING"),
                wan(
                        "error about no session",
                        f -> f.error(server, pool, Icmp.TIME_EXCEEDED, pool, 53, server, 5_000),
                        "ICMP_ERROR_UNMATCHED"),
                wan("ping to the router", f -> f.echo(server, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7), "LOCAL"),
                wan("UDP to the router", f -> f.udp(server, 5_000, WorkerRig.WAN, 53, 20), "NO_MAPPING"),
                wan("ping to a pool address", f -> f.echo(server, pool, Icmp.ECHO_REQUEST, 7), "NO_MAPPING"),
                wan(
                        "ping to the router inside",
                        f -> f.echo(server, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7),
                        "OUTSIDE_UNTRANSLATED"),
                wan("to an inside host", f -> f.udp(server, 5_000, WorkerRig.CLIENT, 53, 20), "OUTSIDE_UNTRANSLATED"),
                wan(
                        "to another outside host",
                        f -> f.udp(server, 5_000, WorkerRig.OTHER_SERVER, 53, 20),
                        "OUTSIDE_UNTRANSLATED"),
                wan("source of the inside", f -> f.udp(WorkerRig.DMZ_HOST, 5_000, pool, 5353, 20), "MARTIAN_SOURCE"),
                wan("source of the router's", f -> f.udp(WorkerRig.LAN, 5_000, pool, 5353, 20), "MARTIAN_SOURCE"),
                wan("source of the pool", f -> f.udp(pool, 5_000, pool, 5353, 20), "MARTIAN_SOURCE"));
    }

    private static Stream<Arguments> outsideWays() {
        final int server = WorkerRig.SERVER;
        final int pool = WorkerRig.POOL;
        return Stream.of(
                wan(
                        "forward to an outside host",
                        f -> f.udp(WorkerRig.OTHER_SERVER, 5_000, pool, 5354, 20),
                        "ROUTE_LOOPS_BACK"),
                wan("TTL 1", f -> f.ttl(1).udp(server, 5_000, pool, 5353, 20), "TTL_EXPIRED"),
                wan("TTL 1 to no forward", f -> f.ttl(1).udp(server, 5_000, pool, 9, 20), "NO_MAPPING"),
                wan("too big", f -> f.dontFragment(true).udp(server, 5_000, pool, 5353, 1_480), "TOO_BIG"),
                wan("too big, may be cut", f -> f.udp(server, 5_000, pool, 5353, 1_480), "OPEN_INBOUND"));
    }

    /** RFC 6888 REQ-6. */
    private static Stream<Arguments> exempt() {
        final int client = WorkerRig.CLIENT;
        final int server = WorkerRig.EXEMPT_SERVER;
        final int hop = WorkerRig.SERVER;
        return Stream.of(
                lan("exempt", f -> f.udp(client, 5_000, server, 53, 20), "FORWARD_UNTRANSLATED"),
                lan("exempt, RST", f -> f.tcp(client, 5_000, server, 80, Tcp.RST), "FORWARD_UNTRANSLATED"),
                lan("exempt, TTL 1", f -> f.ttl(1).udp(client, 5_000, server, 53, 20), "TTL_EXPIRED"),
                lan("exempt, source elsewhere", f -> f.udp(hop, 5_000, server, 53, 20), "INSIDE_UNTRANSLATED"),
                wan("exempt", f -> f.udp(server, 53, client, 5_000, 20), "FORWARD_UNTRANSLATED"),
                wan("exempt, SYN", f -> f.tcp(server, 53, client, 22, Tcp.SYN), "FORWARD_UNTRANSLATED"),
                wan("exempt, to a forward", f -> f.udp(server, 5_000, WorkerRig.POOL, 5353, 20), "OPEN_INBOUND"),
                wan("exempt, to no forward", f -> f.udp(server, 5_000, WorkerRig.POOL, 9, 20), "NO_MAPPING"),
                wan("exempt, to the router", f -> f.udp(server, 53, WorkerRig.LAN, 53, 20), "OUTSIDE_UNTRANSLATED"),
                wan("exempt, to the outside", f -> f.udp(server, 53, hop, 53, 20), "ROUTE_LOOPS_BACK"),
                wan(
                        "exempt, to a broadcast address",
                        f -> f.udp(server, 53, ip(10, 9, 255, 255), 53, 20),
                        "BROADCAST_DESTINATION"),
                wan("exempt, too big", f -> f.dontFragment(true).udp(server, 53, client, 53, 1_480), "TOO_BIG"),
                wan(
                        "error about a packet to an exempt network",
                        f -> f.error(hop, client, Icmp.TIME_EXCEEDED, client, 5_000, server, 53),
                        "FORWARD_UNTRANSLATED"),
                wan(
                        "error from an exempt network about another packet",
                        f -> f.error(server, client, Icmp.TIME_EXCEEDED, client, 5_000, hop, 53),
                        "OUTSIDE_UNTRANSLATED"));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("rows")
    void shouldSayWhatHappensAndChangeNothing(
            final String packet, final int port, final Function<AdmissionTest, byte[]> frame, final String verdict) {
        assertThat(judge(port, frame.apply(this), NOW_S)).isEqualTo(verdict);
    }

    @Test
    void shouldLookAtEveryTable() {
        assertThat(StateImage.slabs(everything()))
                .as("sessions, mappings, hosts, indices, ports, remotes, neighbors")
                .isGreaterThan(12);
        final long before = StateImage.of(everything());
        rig.lan.arrive(lan.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        assertThat(StateImage.of(everything())).as("after a session was opened").isNotEqualTo(before);
    }

    @Test
    void shouldSayThatTheEgressIsDown() {
        ports[WAN_PORT].link(false, 1_500, WorkerRig.WAN_MAC);
        ports[LAN_PORT].link(false, 1_500, WorkerRig.LAN_MAC);
        assertThat(judge(LAN_PORT, lan.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20), NOW_S))
                .isEqualTo("EGRESS_DOWN");
        assertThat(judge(WAN_PORT, wan.udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 20), NOW_S))
                .isEqualTo("EGRESS_DOWN");
    }

    @Test
    void shouldSayThatANextHopIsAskedFor() {
        rig.lanNeighbors.clear(WorkerRig.CLIENT);
        assertThat(judge(WAN_PORT, wan.udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 20), NOW_S))
                .isEqualTo("WAIT");
    }

    /** Four sessions a forward. */
    @Test
    void shouldSayThatAForwardIsFull() {
        for (int i = 0; i < 4; i++) {
            rig.wan.arrive(wan.udp(WorkerRig.SERVER, 6_000 + i, WorkerRig.POOL, 5353, 20));
        }
        rig.run();
        assertThat(judge(WAN_PORT, wan.udp(WorkerRig.SERVER, 7_000, WorkerRig.POOL, 5353, 20), NOW_S))
                .isEqualTo("FORWARD_SESSIONS_FULL");
        assertThat(judge(WAN_PORT, wan.tcp(WorkerRig.SERVER, 7_000, WorkerRig.POOL, 8080, Tcp.SYN), NOW_S))
                .isEqualTo("OPEN_INBOUND");
    }

    @Test
    void shouldSayThatTheTableIsFull() {
        use(new WorkerRig(8, 16, new OutsideLimits(8, 8, 8, 2)));
        for (int i = 0; i < 6; i++) {
            rig.lan.arrive(lan.udp(WorkerRig.CLIENT, 6_000 + i, WorkerRig.SERVER, 53, 20));
        }
        rig.run();
        assertThat(judge(WAN_PORT, wan.udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 20), NOW_S))
                .isEqualTo("SESSIONS_RESERVED");
        assertThat(judge(LAN_PORT, lan.udp(WorkerRig.CLIENT, 7_000, WorkerRig.SERVER, 53, 20), NOW_S))
                .isEqualTo("OPEN_DYNAMIC");
        for (int i = 0; i < 2; i++) {
            rig.lan.arrive(lan.udp(WorkerRig.CLIENT, 8_000 + i, WorkerRig.SERVER, 53, 20));
        }
        rig.run();
        assertThat(judge(LAN_PORT, lan.udp(WorkerRig.CLIENT, 7_000, WorkerRig.SERVER, 53, 20), NOW_S))
                .isEqualTo("SESSIONS_FULL");
        assertThat(judge(WAN_PORT, wan.udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 20), NOW_S))
                .isEqualTo("SESSIONS_FULL");
    }

    /** The limits of an inside host; the tokens of the seconds that have passed are counted, and not added. */
    @Test
    void shouldSayThatAHostIsAtItsLimit() {
        int nowS;
        do {
            use(new WorkerRig(
                    64, 64, new OutsideLimits(64, 64, 64, 0), new HostLimits(3, 64, 2, 2), Answers.usual(42)));
            nowS = seconds();
            for (int i = 0; i < 2; i++) {
                rig.lan.arrive(lan.udp(WorkerRig.CLIENT, 6_000 + i, WorkerRig.SERVER, 53, 20));
            }
            rig.run();
        } while (seconds() != nowS);
        final byte[] next = lan.udp(WorkerRig.CLIENT, 7_000, WorkerRig.SERVER, 53, 20);
        assertThat(judge(LAN_PORT, next, nowS)).isEqualTo("HOST_RATE");
        for (int i = 0; i < 3; i++) {
            assertThat(judge(LAN_PORT, next, nowS + 1)).isEqualTo("OPEN_DYNAMIC");
        }
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(2);
    }

    /** The worker's clock. */
    private static int seconds() {
        return (int) (new BootClock().nanoTime() / 1_000_000_000L);
    }

    /** What admission lets through opens, and what it refuses does not: the pipeline acts on the same answer. */
    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("rows")
    void shouldBeWhatThePipelineDoes(
            final String packet, final int port, final Function<AdmissionTest, byte[]> frame, final String verdict) {
        final MemoryFrameIo[] ios = {rig.lan, rig.wan, rig.dmz};
        ios[port].arrive(frame.apply(this));
        rig.run();
        final int opened = verdict.equals("OPEN_HAIRPIN") ? 2 : verdict.startsWith("OPEN") ? 1 : 0;
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(opened);
        assertThat(rig.counters.heldFrames()).isEqualTo(verdict.equals("WAIT") ? 1 : 0);
        final boolean passes = VERDICTS.containsValue(verdict);
        if (!passes) {
            assertThat(rig.counters.dropped(DropReason.valueOf(verdict))).isEqualTo(1);
        } else if (!verdict.equals("LOCAL")) {
            assertThat(rig.counters.droppedAll()).isZero();
        }
        assertThat(rig.accounted()).isEqualTo(rig.counters.received());
    }
}
