package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.PortUnreachableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpEcho;

/** Inside hosts that reach each other, and themselves, by the router's outside address, on real sockets. */
@NeedsRoot
class HairpinE2eTest {
    private static final int TCP_FORWARD = 8080;
    private static final int UDP_FORWARD = 5353;
    private static final int MEBIBYTE = 1 << 20;

    private static Lab lab;
    private static PortolanProcess router;
    private static Host server;
    private static Host client;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(2).build();
        server = lab.clients().get(0);
        client = lab.clients().get(1);
        router = PortolanProcess.in(lab)
                .config("nat", "filtering = \"endpoint-independent\"")
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

    @Test
    void shouldShowTheOutsideEndpointToTheServerRfc4787Req9a() throws IOException {
        try (UdpEcho echo = UdpEcho.open(server, 53);
                Datagrams socket = Datagrams.on(client, 40_001)) {
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD), "to my neighbor");
            assertThat(socket.receive(2_000).orElseThrow().source())
                    .isEqualTo(Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD));
            assertThat(echo.sources()).containsExactly(Host.at(Lab.OUTSIDE_ADDRESS, 40_001));
            assertThat(router.ask("sessions", "--json")).contains("\"remote_address\":\"" + Lab.OUTSIDE_ADDRESS);
        }
    }

    @Test
    void shouldCarryAHostToItselfRfc4787Req9() throws IOException {
        try (UdpEcho echo = UdpEcho.open(server, 53);
                Datagrams socket = Datagrams.on(server, 40_002)) {
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD), "to myself");
            assertThat(socket.receive(2_000).orElseThrow().source())
                    .isEqualTo(Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD));
            assertThat(echo.sources()).containsExactly(Host.at(Lab.OUTSIDE_ADDRESS, 40_002));
        }
    }

    @Test
    void shouldCarryAMebibyteOverTcpRfc5382Req8() throws IOException {
        final TcpExchange.Result result = TcpExchange.run(
                server.namespace(),
                server.at(80),
                client.namespace(),
                Host.at(Lab.OUTSIDE_ADDRESS, TCP_FORWARD),
                MEBIBYTE);
        assertThat(result.right()).isTrue();
        assertThat(result.caller().getAddress().getHostAddress()).isEqualTo(Lab.OUTSIDE_ADDRESS);
    }

    /** A peer learns an outside endpoint from a server outside, and calls it from inside. */
    @Test
    void shouldReachAMappingOfAnotherInsideHost() throws IOException {
        try (UdpEcho _ = UdpEcho.open(lab.server(), 7_001);
                Datagrams called = Datagrams.on(server, 40_003);
                Datagrams caller = Datagrams.on(client, 40_004)) {
            called.send(lab.server().at(7_001), "here I am");
            assertThat(called.receive(2_000)).isPresent();
            caller.send(Host.at(Lab.OUTSIDE_ADDRESS, 40_003), "I call you");
            assertThat(called.receive(2_000).orElseThrow().source()).isEqualTo(Host.at(Lab.OUTSIDE_ADDRESS, 40_004));
        }
    }

    @Test
    void shouldReturnAPortUnreachableToTheCallerRfc5508Req7() throws IOException {
        try (Datagrams socket = Datagrams.on(client, 40_005)) {
            socket.connect(Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD));
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD), "nobody listens");
            assertThatThrownBy(() -> socket.receive(2_000)).isInstanceOf(PortUnreachableException.class);
        }
    }
}
