package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpEcho;

/** What cannot be delivered: who is told, and what is waited for first. */
@NeedsRoot
class ErrorsE2eTest {
    private static final int UDP_FORWARD = 5353;
    private static final int TIME_EXCEEDED = 11 << 8;
    private static final int SMALL_MTU = 1400;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .forward(Forward.udp(UDP_FORWARD, Lab.CLIENT_ADDRESS, 53))
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

    @Test
    void shouldTellTheInsideSenderThatTheTtlRanOut() {
        final long before = router.drops("ttl_expired");
        final Ping.Result ping = client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-t", "1");
        assertThat(ping.text()).contains("From " + Lab.INSIDE_ADDRESS).contains("Time to live exceeded");
        assertThat(router.drops("ttl_expired")).isEqualTo(before + 1);
    }

    @Test
    void shouldTellTheOutsideSenderThatTheTtlRanOut() {
        final String mac = lab.router().deviceMac(Lab.WAN);
        try (RawSocket wire = RawSocket.open(server().namespace(), Host.DEVICE)) {
            wire.send(RawFrame.udp(
                    server().mac(), mac, server().address(), 4000, Lab.OUTSIDE_ADDRESS, UDP_FORWARD, 1, new byte[8]));
            final RawFrame answer = wire.await(each -> each.carries(RawFrame.ICMP_PROTOCOL), 2_000)
                    .orElseThrow();
            assertThat(answer.icmpTypeAndCode()).isEqualTo(TIME_EXCEEDED);
            assertThat(answer.source()).isEqualTo(Lab.OUTSIDE_ADDRESS);
            assertThat(answer.destination()).isEqualTo(server().address());
        }
    }

    @Test
    void shouldForwardATtlOf2AsOne() {
        try (RawSocket wire = RawSocket.open(server().namespace(), Host.DEVICE)) {
            assertThat(client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-t", "2").received())
                    .isEqualTo(1);
            assertThat(wire.await(each -> each.carries(RawFrame.ICMP_PROTOCOL), 2_000)
                            .orElseThrow()
                            .ttl())
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldTranslateAPortUnreachableFromOutsideRfc5508Req4() throws IOException {
        try (Datagrams socket = Datagrams.on(client(), 0).connect(server().at(9))) {
            socket.send(server().at(9), "to a closed port");
            assertThatThrownBy(() -> socket.receive(2_000)).isInstanceOf(PortUnreachableException.class);
        }
    }

    @Test
    void shouldTranslateAPortUnreachableFromInsideRfc5508Req5() throws IOException {
        final var forwarded = Host.at(Lab.OUTSIDE_ADDRESS, UDP_FORWARD);
        try (Datagrams socket = Datagrams.on(server(), 0).connect(forwarded)) {
            socket.send(forwarded, "nobody listens behind it");
            assertThatThrownBy(() -> socket.receive(2_000)).isInstanceOf(PortUnreachableException.class);
        }
    }

    @Test
    void shouldDeliverTheFirstPacketToANeighborThatNobodyHasAskedForYet() throws IOException {
        server().addAddress("203.0.113.77");
        try (UdpEcho _ = UdpEcho.open(server().namespace(), Host.at("203.0.113.77", 7101), (source, payload) -> {});
                Datagrams socket = Datagrams.on(client(), 0)) {
            socket.send(Host.at("203.0.113.77", 7101), "first");
            assertThat(socket.receive(2_000).orElseThrow().text()).isEqualTo("first");
        }
    }

    @Test
    void shouldTellTheSenderThatAHostIsNotThere() {
        final Ping.Result ping = client().ping("203.0.113.99", "-c", "1", "-W", "8");
        assertThat(ping.text()).contains("From " + Lab.INSIDE_ADDRESS).contains("Destination Host Unreachable");
        assertThat(router.drops("neighbor_unreachable")).isPositive();
    }

    @Test
    void shouldTellTheSenderTheMtuOfTheNextLinkRfc4787Req13() {
        withMtu(Lab.WAN, () -> {
            final Ping.Result ping = client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-M", "do", "-s", "1400");
            assertThat(ping.text())
                    .contains("From " + Lab.INSIDE_ADDRESS)
                    .containsPattern("[Ff]rag needed.*mtu = " + SMALL_MTU);
            final Ping.Result small = client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-M", "do", "-s", "1372");
            assertThat(small.received()).as(small.text()).isEqualTo(1);
        });
    }

    @Test
    void shouldCarryTcpOverASmallerMtuOnEitherSideByClampingTheSegmentSize() {
        for (final String device : List.of(Lab.WAN, Lab.LAN)) {
            withMtu(device, () -> {
                try (RawSocket wire = RawSocket.open(server().namespace(), Host.DEVICE)) {
                    final TcpExchange.Result result = TcpExchange.run(
                            server().namespace(), server().at(5101), client().namespace(), server().at(5101), 5 << 20);
                    assertThat(result.right()).as(result.toString()).isTrue();
                    final RawFrame syn = wire.await(
                                    each -> each.carries(RawFrame.TCP_PROTOCOL) && each.tcpFlags() == 2, 2_000)
                            .orElseThrow();
                    assertThat(syn.tcpMaximumSegment()).as("over " + device).isEqualTo(SMALL_MTU - 40);
                }
            });
        }
    }

    /** Sets the MTU of a router's device while it runs, waits until the router knows, and sets it back. */
    private static void withMtu(final String device, final Runnable test) {
        setMtu(device, SMALL_MTU);
        try {
            test.run();
        } finally {
            setMtu(device, 1500);
            client().namespace().ip("route", "flush", "cache");
            server().namespace().ip("route", "flush", "cache");
        }
    }

    private static void setMtu(final String device, final int mtu) {
        lab.router().ip("link", "set", device, "mtu", Integer.toString(mtu));
        assertThat(RouterChecks.within(
                        2_000,
                        () -> router.askJson("interfaces").get("interfaces").list().stream()
                                .anyMatch(each -> each.get("device").text().equals(device)
                                        && each.get("mtu").number() == mtu)))
                .as("the router knows that the MTU of %s is %d", device, mtu)
                .isTrue();
    }
}
