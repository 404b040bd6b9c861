package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpEcho;
import org.portolan.bench.lab.UdpFlows;

/** The main job on real sockets: out, back in, and in by a port forward. */
@NeedsRoot
class TranslationE2eTest {
    private static final int TCP_FORWARD = 8080;
    private static final int UDP_FORWARD = 5353;
    private static final int MEBIBYTE = 1 << 20;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(2).outsideHosts(2).build();
        router = PortolanProcess.in(lab)
                .forward(
                        Forward.tcp(TCP_FORWARD, Lab.CLIENT_ADDRESS, 80),
                        Forward.udp(UDP_FORWARD, Lab.CLIENT_ADDRESS, 53))
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static Host client() {
        return lab.client();
    }

    private static Host server() {
        return lab.server();
    }

    private static void assertNoneLost(final Ping.Result ping) {
        assertThat(ping.lost()).as(ping.text()).isZero();
    }

    @Test
    void shouldCarryPingFromEveryClientToEveryServer() {
        for (final Host client : lab.clients()) {
            for (final Host server : lab.outsideHosts()) {
                assertNoneLost(client.ping(server.address()));
            }
        }
    }

    @Test
    void shouldReachWhatOnlyTheDefaultRouteLeadsTo() {
        assertNoneLost(client().ping(Lab.FAR_ADDRESS));
    }

    @Test
    void shouldAnswerPingOnItsOwnAddresses() {
        assertNoneLost(server().ping(Lab.OUTSIDE_ADDRESS));
        assertNoneLost(client().ping(Lab.INSIDE_ADDRESS));
        assertNoneLost(client().ping(Lab.OUTSIDE_ADDRESS));
    }

    @Test
    void shouldCarryPingsOfTheLargestSizeThatFits() {
        assertNoneLost(client().ping(Lab.SERVER_ADDRESS, "-M", "do", "-s", "1472"));
    }

    @Test
    void shouldEchoUdpAndKeepTheSourcePort() throws IOException {
        try (UdpEcho echo = UdpEcho.open(server(), 7001);
                Datagrams socket = Datagrams.on(client(), 40_001)) {
            socket.send(server().at(7001), "out and back");
            final Datagrams.Received answer = socket.receive(2_000).orElseThrow();
            assertThat(answer.text()).isEqualTo("out and back");
            assertThat(answer.source()).isEqualTo(server().at(7001));
            assertThat(echo.sources()).containsExactly(Host.at(Lab.OUTSIDE_ADDRESS, 40_001));
        }
    }

    @Test
    void shouldGiveTheSecondClientAnotherPortWhenBothUseTheSame() throws IOException {
        try (UdpEcho echo = UdpEcho.open(server(), 7002);
                Datagrams first = Datagrams.on(lab.clients().get(0), 40_002);
                Datagrams second = Datagrams.on(lab.clients().get(1), 40_002)) {
            for (final Datagrams each : List.of(first, second)) {
                each.send(server().at(7002), "port " + each.hashCode());
                assertThat(each.receive(2_000).orElseThrow().text()).isEqualTo("port " + each.hashCode());
            }
            assertThat(echo.sources())
                    .hasSize(2)
                    .contains(Host.at(Lab.OUTSIDE_ADDRESS, 40_002))
                    .allMatch(source -> source.getAddress().getHostAddress().equals(Lab.OUTSIDE_ADDRESS));
        }
    }

    @Test
    void shouldKeepOneOutsidePortForAllDestinationsRfc4787Req1() throws IOException {
        final Host other = lab.outsideHosts().get(1);
        try (UdpEcho one = UdpEcho.open(server(), 7003);
                UdpEcho two = UdpEcho.open(other, 7004);
                Datagrams socket = Datagrams.on(client(), 0)) {
            socket.send(server().at(7003), "one");
            assertThat(socket.receive(2_000)).isPresent();
            socket.send(other.at(7004), "two");
            assertThat(socket.receive(2_000)).isPresent();
            assertThat(one.sources()).hasSize(1).isEqualTo(two.sources());
        }
    }

    @Test
    void shouldEchoAThousandFlowsEachFromAPortOfItsOwn() {
        // What is sent at once to a neighbor that is not known yet has to fit the queue for its answer, and is tested
        // apart.
        assertNoneLost(client().ping(Lab.SERVER_ADDRESS));
        final UdpFlows.Result flows = UdpFlows.run(client(), server(), 7005, Lab.OUTSIDE_ADDRESS, 30_000, 1_000);
        assertThat(flows.right())
                .as("%s %s", flows, router.ask("stats", "--nonzero"))
                .isTrue();
    }

    @Test
    void shouldCarryTcpBothWaysWholeWithDefaultOffloads() {
        final TcpExchange.Result result = TcpExchange.run(
                server().namespace(), server().at(5001), client().namespace(), server().at(5001), 100 * MEBIBYTE);
        assertThat(result.right()).as(result.toString()).isTrue();
        assertThat(result.caller().getAddress().getHostAddress()).isEqualTo(Lab.OUTSIDE_ADDRESS);
    }

    @Test
    void shouldForwardATcpPortFromOutside() {
        final TcpExchange.Result result = TcpExchange.run(
                client().namespace(),
                client().at(80),
                server().namespace(),
                Host.at(Lab.OUTSIDE_ADDRESS, TCP_FORWARD),
                20 * MEBIBYTE);
        assertThat(result.right()).as(result.toString()).isTrue();
        assertThat(result.caller().getAddress().getHostAddress()).isEqualTo(Lab.SERVER_ADDRESS);
    }

    @Test
    void shouldForwardAUdpPortFromOutside() throws IOException {
        final InetSocketAddress forwarded = Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD);
        try (UdpEcho echo = UdpEcho.open(client(), 53);
                Datagrams socket = Datagrams.on(server(), 0)) {
            socket.send(forwarded, "in and back");
            final Datagrams.Received answer = socket.receive(2_000).orElseThrow();
            assertThat(answer.text()).isEqualTo("in and back");
            assertThat(answer.source()).isEqualTo(forwarded);
            assertThat(echo.sources()).containsExactly(server().at(socket.port()));
        }
    }

    @Test
    void shouldDropAndCountWhatNobodyAskedFor() throws IOException {
        final long before = router.drops("no_mapping");
        try (Datagrams listener = Datagrams.on(client(), 40_010);
                Datagrams socket = Datagrams.on(server(), 0)) {
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, 40_010), "unasked");
            assertThat(RouterChecks.within(2_000, () -> router.drops("no_mapping") == before + 1))
                    .isTrue();
            assertThat(listener.receive(100)).isEmpty();
        }
    }

    @Test
    void shouldNotLetAStrangerInThroughAnotherOnesSession() throws IOException {
        final long before = router.drops("filtered");
        try (UdpEcho _ = UdpEcho.open(server(), 7006);
                Datagrams socket = Datagrams.on(client(), 40_011);
                Datagrams stranger = Datagrams.on(lab.outsideHosts().get(1), 0)) {
            socket.send(server().at(7006), "hello");
            assertThat(socket.receive(2_000)).isPresent();
            stranger.send(Host.at(Lab.OUTSIDE_ADDRESS, 40_011), "let me in");
            assertThat(RouterChecks.within(2_000, () -> router.drops("filtered") == before + 1))
                    .isTrue();
            assertThat(socket.receive(100)).isEmpty();
        }
    }

    @Test
    void shouldHandOverRightChecksumsThoughTheSenderLeftThemToOffload() throws IOException {
        final AtomicInteger checked = new AtomicInteger();
        try (RawSocket wire = RawSocket.open(server().namespace(), Host.DEVICE);
                Datagrams socket = Datagrams.on(client(), 40_012)) {
            socket.send(server().at(7007), "checksum me");
            final RawFrame udp = wire.await(
                            each -> each.carries(RawFrame.UDP_PROTOCOL) && each.destinationPort() == 7007, 2_000)
                    .orElseThrow();
            assertThat(udp.headerChecksumIsRight()).isTrue();
            assertThat(udp.transportChecksumIsRight()).as(udp.toString()).isTrue();
            assertThat(udp.source()).isEqualTo(Lab.OUTSIDE_ADDRESS);
            assertThat(udp.ttl()).isEqualTo(63);

            TcpExchange.run(server().namespace(), server().at(5002), client().namespace(), server().at(5002), MEBIBYTE);
            wire.await(
                    each -> {
                        if (each.carries(RawFrame.TCP_PROTOCOL) && each.destinationPort() == 5002) {
                            assertThat(each.headerChecksumIsRight()).isTrue();
                            assertThat(each.transportChecksumIsRight())
                                    .as(each.toString())
                                    .isTrue();
                            checked.incrementAndGet();
                        }
                        return false;
                    },
                    300);
        }
        assertThat(checked.get()).isGreaterThan(10);
    }

    @Test
    void shouldDropFramesForOthersAndTaggedOnesUnderTheirOwnReasons() {
        final long others = router.drops("other_host");
        final long tagged = router.drops("vlan_tagged");
        final String mac = lab.router().deviceMac(Lab.LAN);
        try (RawSocket wire = RawSocket.open(client().namespace(), Host.DEVICE)) {
            // The bridge floods a frame for a MAC that it does not know.
            wire.send(RawFrame.udp(
                    client().mac(),
                    "02:00:00:00:77:77",
                    client().address(),
                    1000,
                    Lab.SERVER_ADDRESS,
                    2000,
                    64,
                    new byte[8]));
            wire.send(RawFrame.udp(
                            client().mac(), mac, client().address(), 1000, Lab.SERVER_ADDRESS, 2000, 64, new byte[8])
                    .tagged(10));
        }
        assertThat(RouterChecks.within(2_000, () -> router.drops("other_host") > others))
                .isTrue();
        assertThat(RouterChecks.within(2_000, () -> router.drops("vlan_tagged") == tagged + 1))
                .isTrue();
    }

    @Test
    void shouldListASessionOnTheCommandLine() throws IOException {
        final long beganNs = System.nanoTime();
        try (UdpEcho _ = UdpEcho.open(server(), 7008);
                Datagrams socket = Datagrams.on(client(), 40_013)) {
            socket.send(server().at(7008), "12345678");
            assertThat(socket.receive(2_000)).isPresent();
            final Command.Result result = router.command("sessions", "--json", "--proto", "udp", "--port", "40013");
            assertThat(result.exitCode()).as(result.errors()).isZero();
            assertThat(result.errors()).isEmpty();
            final List<JsonValue> sessions =
                    JsonValue.parse(result.output()).get("sessions").list();
            assertThat(sessions).hasSize(1);
            final JsonValue session = sessions.getFirst();
            assertThat(session.get("protocol").text()).isEqualTo("udp");
            assertThat(session.get("inside_address").text()).isEqualTo(client().address());
            assertThat(session.get("inside_port").number()).isEqualTo(40_013);
            assertThat(session.get("outside_address").text()).isEqualTo(Lab.OUTSIDE_ADDRESS);
            assertThat(session.get("outside_port").number()).isEqualTo(40_013);
            assertThat(session.get("remote_address").text()).isEqualTo(server().address());
            assertThat(session.get("remote_port").number()).isEqualTo(7008);
            assertThat(session.get("bytes_out").number()).isEqualTo(36);
            assertThat(session.get("bytes_in").number()).isEqualTo(36);
            final long agoS = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs);
            assertThat(session.get("expires_in_s").number()).isBetween(300 - agoS - 2, 300L);
        }
    }

    @Test
    void shouldCallATcpSessionClosedOnceBothSidesHaveClosed() {
        final TcpExchange.Result result = TcpExchange.run(
                server().namespace(), server().at(5003), client().namespace(), server().at(5003), MEBIBYTE);
        final int port = result.caller().getPort();
        assertThat(RouterChecks.within(
                        2_000,
                        () -> RouterChecks.session(router, "tcp", client().address(), port)
                                .filter(each -> each.get("state").text().equals("closed")
                                        && each.get("expires_in_s").number() <= 240)
                                .isPresent()))
                .as("%s", RouterChecks.session(router, "tcp", client().address(), port))
                .isTrue();
    }

    @Test
    void shouldShowInterfacesAndNeighbors() {
        assertNoneLost(client().ping(Lab.SERVER_ADDRESS));
        final JsonValue arp = JsonValue.parse(router.command("arp", "--json").require());
        assertThat(arp.get("neighbors").list())
                .anySatisfy(each -> {
                    assertThat(each.get("address").text()).isEqualTo(client().address());
                    assertThat(each.get("mac").text()).isEqualTo(client().mac());
                    assertThat(each.get("interface").text()).isEqualTo("lan");
                })
                .anySatisfy(each -> assertThat(each.get("mac").text()).isEqualTo(server().mac()));
        final JsonValue interfaces =
                JsonValue.parse(router.command("interfaces", "--json").require());
        assertThat(interfaces.get("interfaces").list()).hasSize(2).allSatisfy(each -> {
            assertThat(each.get("up").truth()).isTrue();
            assertThat(each.get("mac").text())
                    .isEqualTo(lab.router().deviceMac(each.get("device").text()));
            assertThat(each.get("mtu").number()).isEqualTo(1500);
            assertThat(each.get("rx_frames").number()).isPositive();
            assertThat(each.get("kernel_drops").number()).isZero();
        });
    }
}
