package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;

/** A gateway with a virtual MAC, one that fails over and back, one that changes its MAC while the router is down. */
@NeedsRoot
class GatewayE2eTest {
    private static final String GATEWAY = Lab.SERVER_ADDRESS;

    /** VRRP's for virtual router 1 (RFC 5798 7.3). */
    private static final String VIRTUAL_MAC = "00:00:5e:00:01:01";

    private static final long WAIT_MS = 10_000;

    private Lab lab;
    private PortolanProcess router;

    @AfterEach
    void stop() {
        RouterChecks.end(lab, router);
    }

    private void start(final Lab.Builder network, final boolean history) {
        lab = network.build();
        final PortolanProcess.Builder options = PortolanProcess.in(lab);
        router = (history ? options.history() : options).build();
        router.start();
    }

    private JsonValue gateway() {
        return router.askJson("arp").get("neighbors").list().stream()
                .filter(row -> row.get("address").text().equals(GATEWAY))
                .findFirst()
                .orElseThrow();
    }

    /** The gateway's kernel is deaf to ARP; this test is the gateway. */
    @Test
    void shouldResolveAndAnswerAGatewayWithAVirtualMac() {
        start(Lab.builder(), false);
        final Host server = lab.server();
        server.namespace().ip("link", "set", Host.DEVICE, "arp", "off");
        try (RawSocket wire = RawSocket.open(server.namespace(), Host.DEVICE)) {
            final CompletableFuture<Ping.Result> ping =
                    CompletableFuture.supplyAsync(() -> lab.client().ping(Lab.FAR_ADDRESS, "-c", "1", "-W", "1"));
            final RawFrame asked =
                    wire.await(frame -> frame.asksFor(GATEWAY), WAIT_MS).orElseThrow();
            wire.send(RawFrame.arpReply(server.mac(), VIRTUAL_MAC, asked.sourceMac(), GATEWAY, Lab.OUTSIDE_ADDRESS));
            final RawFrame sent = wire.await(frame -> frame.carries(RawFrame.ICMP_PROTOCOL), WAIT_MS)
                    .orElseThrow();
            assertThat(sent.destinationMac()).isEqualTo(VIRTUAL_MAC);
            ping.join();

            wire.send(RawFrame.arpRequest(server.mac(), VIRTUAL_MAC, GATEWAY, Lab.OUTSIDE_ADDRESS));
            final RawFrame answer = wire.await(frame -> frame.answersFor(Lab.OUTSIDE_ADDRESS), WAIT_MS)
                    .orElseThrow();
            assertThat(answer.destinationMac())
                    .as("the sender that the packet names")
                    .isEqualTo(VIRTUAL_MAC);
        }
        assertThat(gateway().get("state").text()).isEqualTo("reachable");
        assertThat(gateway().get("mac").text()).isEqualTo(VIRTUAL_MAC);
        assertThat(router.askJson("stats")
                        .get("arp")
                        .get("wan")
                        .get("other_source")
                        .number())
                .isGreaterThanOrEqualTo(2);
    }

    /** Takes the gateway's address from one host to another, which announces it. */
    private static void failOver(final Host from, final Host to) {
        from.namespace().ip("address", "del", GATEWAY + "/24", "dev", Host.DEVICE);
        to.addAddress(GATEWAY);
        try (RawSocket wire = RawSocket.open(to.namespace(), Host.DEVICE)) {
            wire.send(RawFrame.arpRequest(to.mac(), to.mac(), GATEWAY, GATEWAY));
        }
    }

    private void forge(final Host forger) {
        try (RawSocket wire = RawSocket.open(forger.namespace(), Host.DEVICE)) {
            wire.send(RawFrame.arpRequest("02:50:2a:16:6d:ff", "02:50:2a:16:6d:ff", GATEWAY, GATEWAY));
        }
    }

    private boolean isAt(final Host host) {
        return gateway().get("mac").text().equals(host.mac());
    }

    /** 200 echo requests in 20 s; each move may cost those of a second or two, and a busy machine some more. */
    @Test
    void shouldFollowAGatewayThatFailsOverAndBackBesideAForger() {
        start(Lab.builder().outsideHosts(3), false);
        final Host first = lab.outsideHosts().get(0);
        final Host second = lab.outsideHosts().get(1);
        final Host forger = lab.outsideHosts().get(2);
        assertThat(lab.client().ping(GATEWAY).received()).isPositive();

        final CompletableFuture<Ping.Result> ping =
                CompletableFuture.supplyAsync(() -> lab.client().ping(GATEWAY, "-c", "200", "-i", "0.1", "-W", "1"));
        forge(forger);
        assertThat(RouterChecks.within(WAIT_MS, () -> router.log().contains("02:50:2a:16:6d:ff claims " + GATEWAY)))
                .as("the forgery is refused and reported")
                .isTrue();
        failOver(first, second);
        assertThat(RouterChecks.within(WAIT_MS, () -> isAt(second))).isTrue();
        forge(forger);
        failOver(second, first);
        assertThat(RouterChecks.within(WAIT_MS, () -> isAt(first))).isTrue();

        final Ping.Result result = ping.join();
        assertThat(result.lost()).as(result.text()).isLessThan(80);
    }

    @Test
    void shouldLoseNoPacketToAGatewayThatChangedItsMacWhileTheRouterWasDown() {
        start(Lab.builder(), true);
        assertThat(lab.client().ping(GATEWAY).received()).isEqualTo(3);
        assertThat(gateway().get("state").text()).isEqualTo("reachable");
        assertThat(router.terminate()).isZero();
        final Host server = lab.server();
        server.namespace().ip("link", "set", Host.DEVICE, "address", "02:50:2a:16:6d:77");

        router.start();
        final Ping.Result first = lab.client().ping(GATEWAY, "-c", "1", "-W", "3");

        assertThat(first.received()).as(first.text()).isEqualTo(1);
        assertThat(gateway().get("mac").text()).isEqualTo("02:50:2a:16:6d:77");
    }

    @Test
    void shouldMarkAndReportAGatewayThatTwoHostsAnswerFor() {
        start(Lab.builder().outsideHosts(2), false);
        final Host first = lab.outsideHosts().get(0);
        final Host second = lab.outsideHosts().get(1);
        assertThat(lab.client().ping(GATEWAY).received()).isPositive();
        assertThat(isAt(first)).isTrue();
        second.addAddress(GATEWAY);
        try (RawSocket wire = RawSocket.open(second.namespace(), Host.DEVICE)) {
            assertThat(RouterChecks.within(WAIT_MS, () -> {
                        wire.send(RawFrame.arpRequest(second.mac(), second.mac(), GATEWAY, GATEWAY));
                        return gateway().get("contested_by").toString().equals(second.mac());
                    }))
                    .isTrue();
        }
        assertThat(gateway().get("contested_by").text()).isEqualTo(second.mac());
        assertThat(isAt(first)).as("held").isTrue();
        assertThat(router.ask("arp")).contains("contested by " + second.mac());
        assertThat(router.log()).contains("both answer for " + GATEWAY).contains(first.mac(), second.mac());
    }
}
