package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.KernelNat;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpFlows;

/** The lab itself, with the kernel's NAT in the middle: what fails here is the lab's fault and not the router's. */
@NeedsRoot
class LabE2eTest {
    private static Lab lab;
    private static KernelNat nat;

    @BeforeAll
    static void build() {
        lab = Lab.builder().clients(2).build();
        nat = KernelNat.masquerading(lab, Forward.tcp(8080, Lab.CLIENT_ADDRESS, 80));
        nat.start();
    }

    @AfterAll
    static void tearDown() {
        nat.close();
        lab.close();
    }

    @Test
    void shouldPingThroughFromBothClients() {
        for (final Host client : lab.clients()) {
            final Ping.Result ping = client.ping(Lab.FAR_ADDRESS);
            assertThat(ping.received()).as(ping.text()).isEqualTo(3);
        }
    }

    @Test
    void shouldEchoEveryUdpFlowFromADistinctOutsidePort() {
        final UdpFlows.Result flows = UdpFlows.run(lab.client(), lab.server(), 9000, Lab.OUTSIDE_ADDRESS, 20_000, 500);
        assertThat(flows.right()).as(flows.toString()).isTrue();
    }

    @Test
    void shouldCarryTcpBothWays() {
        final TcpExchange.Result result = TcpExchange.run(
                lab.server().namespace(),
                lab.server().at(5001),
                lab.client().namespace(),
                lab.server().at(5001),
                20 << 20);
        assertThat(result.right()).as(result.toString()).isTrue();
        assertThat(result.caller().getAddress().getHostAddress()).isEqualTo(Lab.OUTSIDE_ADDRESS);
    }

    @Test
    void shouldReachTheClientThroughAPortForward() {
        final InetSocketAddress forwarded = Host.at(Lab.OUTSIDE_ADDRESS, 8080);
        final TcpExchange.Result result = TcpExchange.run(
                lab.client().namespace(), lab.client().at(80), lab.server().namespace(), forwarded, 1 << 20);
        assertThat(result.right()).as(result.toString()).isTrue();
        assertThat(result.caller().getAddress().getHostAddress()).isEqualTo(Lab.SERVER_ADDRESS);
    }

    @Test
    void shouldSeeARawFrameAtTheOtherEndOfTheWire() {
        try (Namespace left = Namespace.create("left");
                Namespace right = Namespace.create("right")) {
            Command.run(
                    "ip",
                    "link",
                    "add",
                    "name",
                    "left0",
                    "netns",
                    left.name(),
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "right0",
                    "netns",
                    right.name());
            left.ip("link", "set", "left0", "addrgenmode", "none", "up");
            right.ip("link", "set", "right0", "addrgenmode", "none", "up");
            try (RawSocket sender = RawSocket.open(left, "left0");
                    RawSocket receiver = RawSocket.open(right, "right0")) {
                final byte[] payload = "portolan".getBytes(StandardCharsets.US_ASCII);
                final RawFrame frame = RawFrame.udp(
                        left.deviceMac("left0"),
                        right.deviceMac("right0"),
                        "192.0.2.1",
                        1000,
                        "192.0.2.2",
                        2000,
                        64,
                        payload);
                sender.send(frame);
                final RawFrame seen = receiver.await(each -> each.carries(RawFrame.UDP_PROTOCOL), 1000)
                        .orElseThrow();
                assertThat(seen).isEqualTo(frame);
                assertThat(seen.headerChecksumIsRight()).isTrue();
                assertThat(seen.transportChecksumIsRight()).isTrue();
                assertThat(seen.udpPayload()).isEqualTo(payload);
                seen.bytes()[48] ^= 1;
                assertThat(seen.transportChecksumIsRight()).isFalse();
            }
        }
    }

    @Test
    void shouldSayWhatACommandComplainedAbout() {
        assertThatThrownBy(() -> lab.router().ip("link", "set", "nosuch", "up"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("Cannot find device")
                .hasMessageContaining("link set nosuch up");
        assertThatThrownBy(() -> Command.run("no-such-program"))
                .hasMessage(
                        "the command `no-such-program` is missing: install the package no-such-program (for example: apt-get install no-such-program)");
    }

    @Test
    void shouldLeaveNoNamespaceBehind() {
        final Lab another = Lab.builder().outsideHosts(2).build();
        assertThat(Command.run("ip", "netns", "list")).contains(another.router().name());
        another.close();
        another.namespaces()
                .forEach(each -> assertThat(Command.run("ip", "netns", "list")).doesNotContain(each.name()));
    }

    /** At Ctrl-C a failing test and the process's end close the same namespaces, and the end must wait for the test. */
    @Test
    void shouldWaitUntilAnotherThreadHasClosedANamespace() throws InterruptedException {
        final Namespace namespace = Namespace.create("closing");
        final CountDownLatch closing = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        namespace.afterwards(() -> {
            closing.countDown();
            awaitQuietly(goOn);
        });
        final Thread first = Thread.ofPlatform().daemon().start(namespace::close);
        closing.await();
        final Thread second = Thread.ofPlatform().daemon().start(namespace::close);
        assertThat(second.join(Duration.ofMillis(300)))
                .as("returned while the namespace was there")
                .isFalse();
        goOn.countDown();
        second.join();
        assertThat(Files.exists(namespace.path())).isFalse();
        first.join();
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
