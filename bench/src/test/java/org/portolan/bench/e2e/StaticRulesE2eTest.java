package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.bench.lab.UdpEcho;

/** Ranges of ports, a whole address for one host, and protocols without ports, on real sockets. */
@NeedsRoot
class StaticRulesE2eTest {
    private static final String WHOLE = "203.0.113.9";
    private static final int GRE = 47;
    private static final int PROTOCOL_UNREACHABLE = 3 << 8 | 2;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(2).build();
        router = PortolanProcess.in(lab)
                .config(
                        "[nat.forward]",
                        "protocol = \"udp\"\nexternal = \"%s:5000-5099\"\ninternal = \"%s:6000-6099\""
                                .formatted(Lab.OUTSIDE_ADDRESS, Lab.CLIENT_ADDRESS))
                .config("[nat.static]", "external = \"%s\"\ninternal = \"%s\"".formatted(WHOLE, host().address()))
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

    /** The inside host that has an outside address of its own. */
    private static Host host() {
        return lab.clients().get(1);
    }

    private static Host server() {
        return lab.server();
    }

    @Test
    void shouldForwardARangeFromItsFirstPortToItsLast() throws IOException {
        try (UdpEcho first = UdpEcho.open(client(), 6000);
                UdpEcho last = UdpEcho.open(client(), 6099);
                UdpEcho below = UdpEcho.open(client(), 5999);
                UdpEcho above = UdpEcho.open(client(), 6100);
                Datagrams socket = Datagrams.on(server(), 40_001)) {
            for (final int port : new int[] {5000, 5099}) {
                socket.send(Host.at(Lab.OUTSIDE_ADDRESS, port), "port " + port);
                final Datagrams.Received answer = socket.receive(2_000).orElseThrow();
                assertThat(answer.text()).isEqualTo("port " + port);
                assertThat(answer.source()).isEqualTo(Host.at(Lab.OUTSIDE_ADDRESS, port));
            }
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, 4999), "below");
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, 5100), "above");
            assertThat(socket.receive(300)).isEmpty();
            assertThat(first.sources()).containsExactly(server().at(40_001));
            assertThat(last.sources()).containsExactly(server().at(40_001));
            assertThat(below.sources()).isEmpty();
            assertThat(above.sources()).isEmpty();
        }
    }

    @Test
    void shouldGiveAHostAnOutsideAddressOfItsOwn() throws IOException {
        try (UdpEcho echo = UdpEcho.open(server(), 7001);
                Datagrams socket = Datagrams.on(host(), 123)) {
            socket.send(server().at(7001), "as myself");
            assertThat(socket.receive(2_000).orElseThrow().text()).isEqualTo("as myself");
            assertThat(echo.sources()).containsExactly(Host.at(WHOLE, 123));
        }
        assertThat(host().ping(Lab.SERVER_ADDRESS).lost()).isZero();
    }

    @Test
    void shouldReachTheHostOnEachPortOfItsAddressAndByPing() throws IOException {
        assertThat(server().ping(WHOLE).lost()).isZero();
        try (UdpEcho echo = UdpEcho.open(host(), 999);
                Datagrams socket = Datagrams.on(server(), 40_002)) {
            socket.send(Host.at(WHOLE, 999), "anybody there?");
            assertThat(socket.receive(2_000).orElseThrow().source()).isEqualTo(Host.at(WHOLE, 999));
            assertThat(echo.sources()).containsExactly(server().at(40_002));
        }
    }

    private static RawFrame gre(
            final Host from, final String routerMac, final String destination, final String payload) {
        return RawFrame.udp(
                        from.mac(),
                        routerMac,
                        from.address(),
                        0x2000,
                        destination,
                        0x0800,
                        64,
                        payload.getBytes(StandardCharsets.UTF_8))
                .asProtocol(GRE);
    }

    /** The kernel of the server knows no GRE: its complaint comes back to the client too. */
    @Test
    void shouldCarryAnotherProtocolOutAndBackWithTheErrorsAboutIt() {
        final String lan = lab.router().deviceMac(Lab.LAN);
        final String wan = lab.router().deviceMac(Lab.WAN);
        try (RawSocket inside = RawSocket.open(client().namespace(), Host.DEVICE);
                RawSocket outside = RawSocket.open(server().namespace(), Host.DEVICE)) {
            final RawFrame sent = gre(client(), lan, server().address(), "a tunnel's packet");
            inside.send(sent);
            final RawFrame arrived =
                    outside.await(each -> each.carries(GRE), 2_000).orElseThrow();
            assertThat(arrived.source()).isEqualTo(Lab.OUTSIDE_ADDRESS);
            assertThat(arrived.headerChecksumIsRight()).isTrue();
            assertThat(arrived.udpPayload()).isEqualTo(sent.udpPayload());
            final RawFrame error = inside.await(each -> each.carries(RawFrame.ICMP_PROTOCOL), 2_000)
                    .orElseThrow();
            assertThat(error.icmpTypeAndCode()).isEqualTo(PROTOCOL_UNREACHABLE);
            outside.send(gre(server(), wan, Lab.OUTSIDE_ADDRESS, "its answer"));
            final RawFrame answer =
                    inside.await(each -> each.carries(GRE), 2_000).orElseThrow();
            assertThat(answer.destination()).isEqualTo(client().address());
            assertThat(router.ask("sessions", "--proto=gre", "--json")).contains("\"gre\"");
        }
    }

    @Test
    void shouldLetAnotherProtocolInOnAWholeAddress() {
        try (RawSocket inside = RawSocket.open(host().namespace(), Host.DEVICE);
                RawSocket outside = RawSocket.open(server().namespace(), Host.DEVICE)) {
            outside.send(gre(server(), lab.router().deviceMac(Lab.WAN), WHOLE, "hello"));
            assertThat(inside.await(each -> each.carries(GRE), 2_000)
                            .orElseThrow()
                            .destination())
                    .isEqualTo(host().address());
            inside.send(gre(host(), lab.router().deviceMac(Lab.LAN), server().address(), "hello back"));
            assertThat(outside.await(each -> each.carries(GRE), 2_000)
                            .orElseThrow()
                            .source())
                    .isEqualTo(WHOLE);
        }
    }
}
