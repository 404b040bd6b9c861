package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpFlows;

/** Starting, refusing to start, ending. Each test has a router of its own. */
@NeedsRoot
class LifecycleE2eTest {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private static Lab lab;
    private PortolanProcess router;

    @BeforeAll
    static void build() {
        lab = Lab.builder().build();
    }

    @AfterAll
    static void takeAway() {
        lab.close();
    }

    @AfterEach
    void closeRouter() {
        if (router != null) {
            router.close();
        }
    }

    private PortolanProcess start(final PortolanProcess.Builder options) {
        router = options.build();
        router.start();
        return router;
    }

    /** Starts a router that must refuse; its log is at most a few lines, each a sentence. */
    private String refusal(final PortolanProcess.Builder options) {
        router = options.build();
        router.launch();
        assertThat(router.awaitEnd()).as(router.log()).isEqualTo(FAILED);
        RouterChecks.assertLogIsClean(router);
        assertThat(router.log().lines()).hasSizeLessThan(6);
        return router.log();
    }

    @ParameterizedTest
    @ValueSource(strings = {"busy", "backoff", "park"})
    void shouldForwardWithEveryIdleStrategy(final String idle) {
        start(PortolanProcess.in(lab).idle(idle));
        final Ping.Result ping = lab.client().ping(Lab.SERVER_ADDRESS);
        assertThat(ping.lost()).as(ping.text()).isZero();
        RouterChecks.assertEveryFrameIsAccountedFor(router);
    }

    @Test
    void shouldCarryRealTrafficInsideTheBoundsOfItsMemory() {
        start(PortolanProcess.in(lab).jvm("-Dportolan.memory.checked=true"));
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
        final UdpFlows.Result flows = UdpFlows.run(lab.client(), lab.server(), 7301, Lab.OUTSIDE_ADDRESS, 30_000, 300);
        assertThat(flows.right())
                .as("%s %s", flows, router.ask("stats", "--nonzero"))
                .isTrue();
        final TcpExchange.Result tcp = TcpExchange.run(
                lab.server().namespace(),
                lab.server().at(5301),
                lab.client().namespace(),
                lab.server().at(5301),
                5 << 20);
        assertThat(tcp.right()).as(tcp.toString()).isTrue();
        RouterChecks.assertEveryFrameIsAccountedFor(router);
        RouterChecks.assertLogIsClean(router);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void shouldEndCleanlyOnASignalAndRemoveItsSocket(final String signal) {
        start(PortolanProcess.in(lab));
        assertThat(router.config().socket()).exists();
        Command.run("kill", "-" + signal, Long.toString(router.process().pid()));
        assertThat(router.awaitEnd()).as(router.log()).isEqualTo(DONE);
        assertThat(router.config().socket()).doesNotExist();
        RouterChecks.assertLogIsClean(router);
    }

    @Test
    void shouldReplaceTheSocketOfARouterThatWasKilled() {
        start(PortolanProcess.in(lab));
        router.kill();
        assertThat(router.config().socket()).exists();
        router.start();
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
    }

    @Test
    void shouldRefuseTheSocketOfARunningRouterWhichGoesOnAnswering() {
        start(PortolanProcess.in(lab));
        try (PortolanProcess second =
                PortolanProcess.in(lab).runDirectory(router.config().run()).build()) {
            second.launch();
            assertThat(second.awaitEnd()).as(second.log()).isEqualTo(FAILED);
            assertThat(second.log()).contains(router.config().socket().toString());
            RouterChecks.assertLogIsClean(second);
        }
        assertThat(router.askJson("stats").get("router").text()).isEqualTo("lab");
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
    }

    @Test
    void shouldRefuseADeviceWithAKernelAddressAndNameTheMendingCommand() {
        lab.router().ip("address", "add", "192.168.1.1/24", "dev", Lab.LAN);
        try {
            assertThat(refusal(PortolanProcess.in(lab)))
                    .contains("192.168.1.1")
                    .contains("ip -4 address flush dev lan");
        } finally {
            lab.router().ip("address", "flush", "dev", Lab.LAN);
        }
    }

    @Test
    void shouldRefuseADeviceOnWhichTheKernelForwardsAndNameTheMendingCommand() {
        lab.router().sysctl("ipv4/conf/wan/forwarding", "1");
        try {
            assertThat(refusal(PortolanProcess.in(lab))).contains("sysctl -w net.ipv4.conf.wan.forwarding=0");
        } finally {
            lab.router().sysctl("ipv4/conf/wan/forwarding", "0");
        }
    }

    /** Two would each answer and forward every frame: a ping came back four times. */
    @Test
    void shouldRefuseADeviceThatHasARouterAndNameItsProcess() {
        start(PortolanProcess.in(lab));
        try (PortolanProcess second = PortolanProcess.in(lab).build()) {
            second.launch();
            assertThat(second.awaitEnd()).as(second.log()).isEqualTo(FAILED);
            assertThat(second.log())
                    .contains("interfaces.lan.device: lan has a router already, process "
                            + router.process().pid());
            RouterChecks.assertLogIsClean(second);
        }
        final Ping.Result ping = lab.client().ping(Lab.SERVER_ADDRESS);
        assertThat(ping.lost()).as(ping.text()).isZero();
        assertThat(ping.text()).doesNotContain("DUP!");
        router.kill();
        start(PortolanProcess.in(lab));
    }

    @Test
    void shouldReportAKernelAddressThatCameWhileItRuns() {
        start(PortolanProcess.in(lab));
        try {
            lab.router().ip("address", "add", "192.168.1.1/24", "dev", Lab.LAN);
            assertThat(RouterChecks.within(3_000, () -> router.log().contains("ip -4 address flush dev lan")))
                    .as(router.log())
                    .isTrue();
        } finally {
            lab.router().ip("address", "flush", "dev", Lab.LAN);
        }
        assertThat(RouterChecks.within(3_000, () -> router.log().contains("leaves device lan to the router again")))
                .as(router.log())
                .isTrue();
    }

    @Test
    void shouldReportForwardingThatWasSwitchedOnWhileItRuns() {
        start(PortolanProcess.in(lab));
        try {
            lab.router().sysctl("ipv4/conf/wan/forwarding", "1");
            assertThat(RouterChecks.within(
                            3_000, () -> router.log().contains("sysctl -w net.ipv4.conf.wan.forwarding=0")))
                    .as(router.log())
                    .isTrue();
        } finally {
            lab.router().sysctl("ipv4/conf/wan/forwarding", "0");
        }
    }

    @Test
    void shouldSayWhichDevicesExistWhenOneDoesNot() {
        lab.router().ip("link", "set", Lab.WAN, "down");
        lab.router().ip("link", "set", Lab.WAN, "name", "other");
        try {
            assertThat(refusal(PortolanProcess.in(lab)))
                    .contains("\"wan\"")
                    .contains("lan")
                    .contains("other");
        } finally {
            lab.router().ip("link", "set", "other", "name", Lab.WAN);
            lab.router().ip("link", "set", Lab.WAN, "up");
        }
    }

    @Test
    void shouldSayWhichCapabilityIsMissingAndHowToGiveIt() {
        assertThat(refusal(PortolanProcess.in(lab).under("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw")))
                .contains("CAP_NET_RAW");
    }

    @Test
    void shouldRefuseAUserWhoCannotReadWhatTheRouterRunsFrom() throws IOException {
        assumeTrue(RouterChecks.isRealRoot(), "a user namespace with one mapped uid knows nobody");
        final String log =
                refusal(PortolanProcess.in(lab).forOwnerOnly().history().config("control", "user = \"nobody\""));
        final Path closed = router.configFile().resolveSibling("lib");
        assertThat(log.lines().filter(line -> line.contains("control.user")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("nobody may not read " + closed + "/")
                .contains(closed + " is closed to it")
                .contains("chmod o+rx " + closed);
        assertThat(router.config().socket()).doesNotExist();
        assertThat(router.config().history().orElseThrow()).doesNotExist();
    }

    @Test
    void shouldNameFileLineKeyAndWhatIsAllowedForAWrongConfig() {
        router = PortolanProcess.in(lab).config("io", "cpu = 1").build();
        router.launch();
        assertThat(router.awaitEnd()).isEqualTo(FAILED);
        assertThat(router.log())
                .contains(router.configFile().toString())
                .contains("cpu")
                .contains("cpus");
        assertThat(router.config().socket()).doesNotExist();
    }

    @Test
    void shouldCheckAFileWithoutStartingAnything() {
        start(PortolanProcess.in(lab));
        final Command.Result check =
                PortolanProcess.portolan("check", router.configFile().toString());
        assertThat(check.exitCode()).as(check.errors()).isEqualTo(DONE);
        assertThat(PortolanProcess.portolan("check", "/nonexistent.toml").exitCode())
                .isEqualTo(FAILED);
    }

    @Test
    void shouldSayInOneSentenceThatNoRouterRuns() {
        for (final String verb : List.of("sessions", "stats", "latency", "arp", "interfaces")) {
            final Command.Result result = PortolanProcess.portolan(verb, "--socket", "/run/nobody-here.sock");
            assertThat(result.exitCode()).isEqualTo(FAILED);
            assertThat(result.output()).isEmpty();
            assertThat(result.errors().lines()).hasSize(1);
            assertThat(result.errors()).contains("/run/nobody-here.sock");
        }
    }

    @Test
    void shouldCallAWrongOptionWrongUsage() {
        assertThat(PortolanProcess.portolan("sessions", "--no-such-option").exitCode())
                .isEqualTo(WRONG_USAGE);
        assertThat(PortolanProcess.portolan("no-such-verb").exitCode()).isEqualTo(WRONG_USAGE);
    }

    @Test
    void shouldLetTwoRoutersRunSideBySideOnOneMachine() throws IOException {
        start(PortolanProcess.in(lab));
        try (Lab another = Lab.builder().build();
                PortolanProcess second = PortolanProcess.in(another).build()) {
            second.start();
            assertThat(another.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
            assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
            assertThat(Files.isSameFile(router.config().run(), second.config().run()))
                    .isFalse();
        }
    }

    @Test
    void shouldNotAnswerOnASocketAfterItsEnd() {
        start(PortolanProcess.in(lab));
        assertThat(router.terminate()).isEqualTo(DONE);
        assertThatThrownBy(() -> router.ask("stats")).isInstanceOf(LabException.class);
        assertThat(Path.of("/proc", Long.toString(router.process().pid()))).doesNotExist();
    }
}
