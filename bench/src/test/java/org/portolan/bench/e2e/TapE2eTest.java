package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;

/** A router with a tap inside, whose kernel's end is the client's, and a veth outside. */
@NeedsRoot
class TapE2eTest {
    private static final int BYTES_EACH_WAY = 16 << 20;
    private static final long RECOVERY_MS = 8_000;

    private final Lab lab = Lab.builder().build();
    private PortolanProcess router;

    private PortolanProcess build(final String idle) {
        return onATap().idle(idle).build();
    }

    private PortolanProcess.Builder onATap() {
        return PortolanProcess.in(lab).config("interfaces.lan", "driver = \"tap\"");
    }

    private void start(final String idle) {
        lab.delete(Lab.LAN);
        router = build(idle);
        router.start();
        plugIn();
        assertThat(RouterChecks.within(RECOVERY_MS, this::passes)).isTrue();
    }

    /** Gives the kernel's end of the tap to the client, under the client's own name for it. */
    private void plugIn() {
        final Namespace client = lab.client().namespace();
        lab.router().ip("link", "set", Lab.LAN, "netns", client.name(), "name", Host.DEVICE);
        client.ip("address", "add", Lab.CLIENT_ADDRESS + "/24", "dev", Host.DEVICE);
        client.ip("link", "set", Host.DEVICE, "up");
        client.ip("route", "add", "default", "via", Lab.INSIDE_ADDRESS);
    }

    private boolean passes() {
        return lab.client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1").received() == 1;
    }

    @AfterEach
    void stop() {
        RouterChecks.end(lab, router);
    }

    private void exchange() {
        final TcpExchange.Result result = TcpExchange.run(
                lab.server().namespace(),
                lab.server().at(5001),
                lab.client().namespace(),
                lab.server().at(5001),
                BYTES_EACH_WAY);
        assertThat(result.right()).as("%s", result).isTrue();
        assertThat(result.caller().getAddress().getHostAddress()).isEqualTo(Lab.OUTSIDE_ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"backoff", "park"})
    void shouldCarryPingAndTcpBetweenATapAndAVeth(final String idle) {
        start(idle);
        final long framesBefore = receivedFrames();
        exchange();
        assertThat(receivedFrames() - framesBefore)
                .as("large frames pass whole: %d bytes each way in frames of 1514 would be more", BYTES_EACH_WAY)
                .isLessThan(BYTES_EACH_WAY / 1448);
        assertThat(router.drops("transmit_refused")).isZero();
        RouterChecks.assertLogIsClean(router);
    }

    private long receivedFrames() {
        return router.askJson("stats").get("frames").get("received").number();
    }

    /** The container goes away and another one comes: the tap was deleted with the namespace's end of it. */
    @Test
    void shouldMakeTheTapAgainAfterItsKernelsEndWasDeleted() {
        start("backoff");
        lab.client().namespace().ip("link", "delete", Host.DEVICE);
        assertThat(RouterChecks.within(
                        RECOVERY_MS, () -> lab.router().ip("link").contains(Lab.LAN + ":")))
                .isTrue();
        plugIn();
        assertThat(RouterChecks.within(RECOVERY_MS, this::passes)).isTrue();
        assertThat(router.log()).contains("lan: device lan was opened again");
    }

    @Test
    void shouldSayWhatIsWrongWithATapThatItCannotHave() {
        router = build("backoff");
        router.launch();
        assertThat(router.awaitEnd()).isEqualTo(1);
        assertThat(router.log()).contains("TUNSETIFF", "lan", "of another kind");
    }

    @Test
    void shouldSayWhatAProcessNeedsThatMayNotMakeATap() {
        lab.delete(Lab.LAN);
        router = onATap().under("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin")
                .build();
        router.launch();
        assertThat(router.awaitEnd()).isEqualTo(1);
        assertThat(router.log()).contains("TUNSETIFF", "EPERM", "ip tuntap add dev lan mode tap user USER");
    }

    /** As in a container that was not given the device file. */
    @Test
    void shouldSayHowToGetADeviceFileThatIsMissing() {
        lab.delete(Lab.LAN);
        router = onATap().under("unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /dev/net && exec \"$@\"", "sh")
                .build();
        router.launch();
        assertThat(router.awaitEnd()).isEqualTo(1);
        assertThat(router.log()).contains("/dev/net/tun", "ENOENT", "modprobe tun", "--device /dev/net/tun");
    }

    @Test
    void shouldSayThatATapIsInUse() {
        start("backoff");
        lab.client()
                .namespace()
                .ip("link", "set", Host.DEVICE, "netns", lab.router().name(), "name", Lab.LAN);
        final PortolanProcess second = build("backoff");
        try {
            second.launch();
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat(second.log()).contains("EBUSY", "Another process has this tap");
        } finally {
            second.close();
        }
    }
}
