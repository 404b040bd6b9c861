package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpEcho;

/**
 * Devices go down, vanish and come back under a running router; where real root allows it, one that has dropped its
 * privileges.
 */
@NeedsRoot
class DeviceE2eTest {
    private static final long RECOVERY_MS = 3_000;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.builder().build();
        final PortolanProcess.Builder options = PortolanProcess.in(lab).forAnyUser();
        if (RouterChecks.isRealRoot()) {
            options.config("control", "user = \"nobody\"");
        }
        router = options.build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static boolean passes() {
        return lab.client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1").received() == 1;
    }

    private static long kernelCount(final String name) {
        return router.askJson("stats").get("kernel").get(name).number();
    }

    private static JsonValue interfaceOf(final String device) {
        return router.askJson("interfaces").get("interfaces").list().stream()
                .filter(each -> each.get("device").text().equals(device))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldRunAsTheConfiguredUserAndKeepOneCapability() throws IOException {
        if (RouterChecks.isRealRoot()) {
            final Map<String, String> status = new java.util.HashMap<>();
            Files.readAllLines(
                            Path.of("/proc/%d/status".formatted(router.process().pid())))
                    .forEach(line -> {
                        final String[] words = line.split(":\\s*", 2);
                        status.put(words[0], words[1]);
                    });
            assertThat(status.get("Uid").split("\\s+")).containsOnly("65534");
            assertThat(status.get("Groups").strip()).isEmpty();
            assertThat(Files.getOwner(router.config().run().resolve("counters.dat"))
                            .getName())
                    .isEqualTo("nobody");
        }
    }

    @Test
    void shouldForwardAgainAfterADeviceWentDownAndUp() {
        for (final String device : List.of(Lab.WAN, Lab.LAN)) {
            assertThat(RouterChecks.within(RECOVERY_MS, DeviceE2eTest::passes)).isTrue();
            final long downs = kernelCount(device + "_link_downs");
            lab.takeDown(device);
            assertThat(RouterChecks.within(
                            2_000, () -> !interfaceOf(device).get("up").truth()))
                    .isTrue();
            assertThat(passes()).isFalse();
            assertThat(kernelCount(device + "_link_downs")).isEqualTo(downs + 1);
            lab.takeUp(device);
            assertThat(RouterChecks.within(RECOVERY_MS, DeviceE2eTest::passes))
                    .as("after %s came up", device)
                    .isTrue();
            assertThat(interfaceOf(device).get("up").truth()).isTrue();
        }
    }

    @Test
    void shouldForwardAgainAfterADeviceWasDeletedAndMadeAgain() {
        for (final String device : List.of(Lab.WAN, Lab.LAN)) {
            assertThat(RouterChecks.within(RECOVERY_MS, DeviceE2eTest::passes)).isTrue();
            final long reopened = kernelCount(device + "_reopened");
            lab.delete(device);
            assertThat(RouterChecks.within(
                            2_000, () -> !interfaceOf(device).get("up").truth()))
                    .isTrue();
            lab.recreate(device);
            assertThat(RouterChecks.within(RECOVERY_MS, DeviceE2eTest::passes))
                    .as("after %s was made again", device)
                    .isTrue();
            assertThat(kernelCount(device + "_reopened")).isEqualTo(reopened + 1);
            assertThat(interfaceOf(device).get("mac").text())
                    .isEqualTo(lab.router().deviceMac(device));
            final TcpExchange.Result tcp = TcpExchange.run(
                    lab.server().namespace(),
                    lab.server().at(5201),
                    lab.client().namespace(),
                    lab.server().at(5201),
                    5 << 20);
            assertThat(tcp.right()).as(tcp.toString()).isTrue();
        }
    }

    @Test
    void shouldKeepASessionsOutsidePortOverADeviceThatWentAndCame() throws IOException {
        assertThat(RouterChecks.within(RECOVERY_MS, DeviceE2eTest::passes)).isTrue();
        try (Datagrams socket = Datagrams.on(lab.client(), 40_100)) {
            try (UdpEcho _ = UdpEcho.open(lab.server(), 7201)) {
                socket.send(lab.server().at(7201), "before");
                assertThat(socket.receive(2_000)).isPresent();
            }
            lab.delete(Lab.WAN);
            lab.recreate(Lab.WAN);
            assertThat(RouterChecks.within(RECOVERY_MS, DeviceE2eTest::passes)).isTrue();
            try (UdpEcho echo = UdpEcho.open(lab.server(), 7201)) {
                socket.send(lab.server().at(7201), "after");
                assertThat(socket.receive(2_000).orElseThrow().text()).isEqualTo("after");
                assertThat(echo.sources()).containsExactly(Host.at(Lab.OUTSIDE_ADDRESS, 40_100));
            }
        }
    }
}
