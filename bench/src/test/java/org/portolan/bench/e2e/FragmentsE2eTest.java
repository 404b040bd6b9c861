package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.UdpEcho;

/** Datagrams larger than a link's MTU between two kernels, through the router: they check every byte. */
@NeedsRoot
class FragmentsE2eTest {
    private static final int FORWARD = 5353;
    private static final int SMALL_MTU = 1_000;
    private static final int PAYLOAD = 8_000;
    private static final int WAIT_MS = 2_000;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .forward(Forward.udp(FORWARD, Lab.CLIENT_ADDRESS, 53))
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

    /** A text of which no two parts are alike. */
    private static String text() {
        return IntStream.range(0, PAYLOAD / 4).mapToObj("%04d"::formatted).collect(Collectors.joining());
    }

    private static void shouldPing(final String... options) {
        final Ping.Result ping = client().ping(Lab.SERVER_ADDRESS, options);
        assertThat(ping.received()).as(ping.text()).isEqualTo(ping.sent()).isEqualTo(5);
    }

    private static void shouldEchoFromInside(final int port) throws IOException {
        try (UdpEcho echo = UdpEcho.open(server(), port);
                Datagrams socket = Datagrams.on(client(), 0)) {
            socket.send(server().at(port), text());
            assertThat(socket.receive(WAIT_MS).orElseThrow().text()).isEqualTo(text());
            assertThat(echo.sources())
                    .allSatisfy(source ->
                            assertThat(source.getAddress().getHostAddress()).isEqualTo(Lab.OUTSIDE_ADDRESS));
        }
    }

    private static void shouldEchoFromOutside() throws IOException {
        try (UdpEcho _ = UdpEcho.open(client(), 53);
                Datagrams socket = Datagrams.on(server(), 0)) {
            socket.send(Host.at(Lab.OUTSIDE_ADDRESS, FORWARD), text());
            assertThat(socket.receive(WAIT_MS).orElseThrow().text()).isEqualTo(text());
        }
    }

    @Test
    void shouldCarryPingsInFragmentsRfc4787Req14() {
        shouldPing("-c", "5", "-s", "4000");
    }

    @Test
    void shouldCarryDatagramsInFragmentsFromEitherSideRfc4787Req14() throws IOException {
        shouldEchoFromInside(7_201);
        shouldEchoFromOutside();
    }

    /** The client's packets are cut by the router, and those that come in fragments again. */
    @Test
    void shouldFragmentForASmallerMtuOutsideRfc4787Req13a() throws IOException {
        withMtu(Lab.WAN, server(), () -> {
            shouldPing("-c", "5", "-M", "dont", "-s", "1400");
            shouldPing("-c", "5", "-M", "dont", "-s", "4000");
            shouldEchoFromInside(7_202);
            shouldEchoFromOutside();
        });
    }

    @Test
    void shouldFragmentForASmallerMtuInsideRfc4787Req13a() throws IOException {
        withMtu(Lab.LAN, client(), () -> {
            shouldPing("-c", "5", "-M", "dont", "-s", "1400");
            shouldPing("-c", "5", "-M", "dont", "-s", "4000");
            shouldEchoFromInside(7_203);
            shouldEchoFromOutside();
        });
    }

    /** The router does not put fragments to itself together. */
    @Test
    void shouldDropPingsInFragmentsToTheRouterItself() {
        final long before = router.drops("fragment_local");
        final Ping.Result ping = client().ping(Lab.INSIDE_ADDRESS, "-c", "1", "-s", "4000");
        assertThat(ping.received()).as(ping.text()).isZero();
        assertThat(router.drops("fragment_local")).isEqualTo(before + 3);
    }

    /** A test that sends. */
    private interface Traffic {
        void run() throws IOException;
    }

    /** Sets the MTU of a router's device and of the host behind it while a test runs. */
    private static void withMtu(final String device, final Host host, final Traffic test) throws IOException {
        setMtu(device, host, SMALL_MTU);
        try {
            test.run();
        } finally {
            setMtu(device, host, 1500);
        }
    }

    private static void setMtu(final String device, final Host host, final int mtu) {
        host.namespace().ip("link", "set", Host.DEVICE, "mtu", Integer.toString(mtu));
        lab.router().ip("link", "set", device, "mtu", Integer.toString(mtu));
        assertThat(RouterChecks.within(
                        WAIT_MS,
                        () -> router.askJson("interfaces").get("interfaces").list().stream()
                                .anyMatch(each -> each.get("device").text().equals(device)
                                        && each.get("mtu").number() == mtu)))
                .as("the router knows that the MTU of %s is %d", device, mtu)
                .isTrue();
        client().namespace().ip("route", "flush", "cache");
        server().namespace().ip("route", "flush", "cache");
    }
}
