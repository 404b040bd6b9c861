package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.UdpFlows;

/** A router ends when one of its threads fails, and only when it has to. */
@NeedsRoot
class ProcessEndE2eTest {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int BROKEN = 3;

    /**
     * A second for a thread that hangs, the rest for a busy machine; without the watchdog it would be 10 s and more.
     */
    private static final long PROMPTLY_MS = 8_000;

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

    private Path trigger() {
        return Path.of("/run", "failing-%d".formatted(ProcessHandle.current().pid()));
    }

    /** Starts a router, lets its agent fail, and waits for its end. */
    private int fail(final String agent, final FailingRouter.How how, final String... more) throws IOException {
        Files.deleteIfExists(trigger());
        final List<String> jvm = new ArrayList<>(List.of(
                "-D%s=%s".formatted(FailingRouter.AGENT, agent),
                "-D%s=%s".formatted(FailingRouter.HOW, how),
                "-D%s=%s".formatted(FailingRouter.WHEN, trigger())));
        jvm.addAll(List.of(more));
        router = PortolanProcess.in(lab)
                .main(FailingRouter.class)
                .history()
                .jvm(jvm.toArray(String[]::new))
                .build();
        router.start();
        try {
            Files.createFile(trigger());
            final long beganNs = System.nanoTime();
            final int code = router.awaitEnd();
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs))
                    .as(router.log())
                    .isLessThan(PROMPTLY_MS);
            return code;
        } finally {
            Files.deleteIfExists(trigger());
        }
    }

    /** No packet socket is left in the router's namespace, nor the table that keeps the kernel off. */
    private static void assertDevicesAreReleased() {
        assertThat(lab.router().read("/proc/thread-self/net/packet").lines()).hasSize(1);
        assertThat(lab.router().run("nft", "list", "tables")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "worker-0,ERROR",
        "worker-0,EXCEPTION",
        "control,ERROR",
        "control,EXCEPTION",
        "historian,ERROR",
        "historian,EXCEPTION"
    })
    void shouldEndWithOneErrorAndGiveTheDevicesBackWhenAThreadFails(final String agent, final FailingRouter.How how)
            throws IOException {
        assertThat(fail(agent, how)).as(router.log()).isEqualTo(BROKEN);
        assertThat(router.log().lines().filter(line -> line.contains("failed")))
                .singleElement()
                .asString()
                .contains("thread " + agent + " failed: ")
                .contains("planned")
                .contains(
                        "The router stops with exit code 3 and releases its devices. Restart it and report this line");
        assertThat(router.log()).doesNotContain("\tat ").doesNotContain("Exception in thread");
        assertThat(router.config().socket()).doesNotExist();
        assertDevicesAreReleased();
    }

    @ParameterizedTest
    @CsvSource({"worker-0,control", "control,worker-0", "control,historian", "historian,worker-0"})
    void shouldEndThoughAnotherThreadHangs(final String agent, final String hanging) throws IOException {
        assertThat(fail(agent, FailingRouter.How.ERROR, "-D%s=%s".formatted(FailingRouter.HANGS, hanging)))
                .as(router.log())
                .isEqualTo(BROKEN);
        assertThat(router.log()).contains("thread " + agent + " failed: ");
        assertDevicesAreReleased();
    }

    @ParameterizedTest
    @CsvSource({"worker-0", "control", "historian"})
    void shouldEndWithTheSameCodeWithoutMemory(final String agent) throws IOException {
        assertThat(fail(agent, FailingRouter.How.MEMORY)).as(router.log()).isEqualTo(BROKEN);
        assertThat(router.log()).contains("OutOfMemoryError");
        assertDevicesAreReleased();
    }

    @Test
    void shouldEndWithoutMemoryWhereTheJvmDoesNotDoIt() throws IOException {
        assertThat(fail("worker-0", FailingRouter.How.MEMORY, "-XX:-ExitOnOutOfMemoryError"))
                .as(router.log())
                .isEqualTo(BROKEN);
        assertThat(router.log()).contains("thread worker-0 failed: OutOfMemoryError");
        assertDevicesAreReleased();
    }

    @Test
    void shouldStayAndSaySoOnAHangup() {
        router = PortolanProcess.in(lab).build();
        router.start();
        Command.run("kill", "-HUP", Long.toString(router.process().pid()));
        assertThat(RouterChecks.within(5_000, () -> router.log().contains("config is read at the start only")))
                .as(router.log())
                .isTrue();
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
        assertThat(router.terminate()).isEqualTo(DONE);
    }

    @Test
    void shouldEndAtOnceThoughAnAskerDoesNotRead() throws IOException {
        router = PortolanProcess.in(lab).build();
        router.start();
        UdpFlows.run(lab.client(), lab.server(), 7302, Lab.OUTSIDE_ADDRESS, 40_000, 3_000);
        try (SocketChannel asker = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector begun = Selector.open()) {
            asker.connect(UnixDomainSocketAddress.of(router.config().socket()));
            asker.write(ByteBuffer.wrap("sessions --json\n".getBytes(StandardCharsets.US_ASCII)));
            // It has begun to answer, and its answer is more than the kernel keeps for a reader.
            asker.configureBlocking(false);
            asker.register(begun, SelectionKey.OP_READ);
            assertThat(begun.select(5_000)).isOne();
            final long beganNs = System.nanoTime();
            assertThat(router.terminate()).as(router.log()).isEqualTo(DONE);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs))
                    .isLessThan(PROMPTLY_MS);
        }
    }

    @Test
    void shouldRefuseACpuThatItMayNotUseAndNameThoseThatItMay() {
        router = PortolanProcess.in(lab)
                .under("taskset", "-c", "0")
                .config("io", "cpus = [1]")
                .build();
        router.launch();
        assertThat(router.awaitEnd()).as(router.log()).isEqualTo(FAILED);
        assertThat(router.log())
                .contains("io.cpus: a worker cannot be pinned to CPU 1: this process may use 0")
                .doesNotContain("forwards");
        final Command.Result check =
                PortolanProcess.portolan("check", router.configFile().toString());
        assertThat(check.exitCode()).isEqualTo(DONE);
    }
}
