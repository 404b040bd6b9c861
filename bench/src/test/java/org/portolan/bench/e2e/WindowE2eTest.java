package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;

/** The window check trips over no segment of the kernel's TCP, whatever the wires do to it. */
@NeedsRoot
class WindowE2eTest {
    private static final int FORWARD = 8080;
    private static final long BYTES = 20 << 20;
    private static final String SECONDS = "2";

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .forward(Forward.tcp(FORWARD, Lab.CLIENT_ADDRESS, 80))
                .config("nat", "tcp_window = \"drop\"")
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    @AfterEach
    void shouldHaveFoundNothingOutsideTheWindow() {
        assertThat(router.askJson("stats")
                        .get("frames")
                        .get("tcp_out_of_window")
                        .number())
                .isZero();
        assertThat(router.drops("tcp_out_of_window")).isZero();
    }

    private static void exchangeBothWays() {
        final Host client = lab.client();
        final Host server = lab.server();
        final TcpExchange.Result out =
                TcpExchange.run(server.namespace(), server.at(5001), client.namespace(), server.at(5001), BYTES);
        assertThat(out.right()).as(out.toString()).isTrue();
        final TcpExchange.Result in = TcpExchange.run(
                client.namespace(), client.at(80), server.namespace(), Host.at(Lab.OUTSIDE_ADDRESS, FORWARD), BYTES);
        assertThat(in.right()).as(in.toString()).isTrue();
    }

    @Test
    void shouldCarryIperfBothWays() throws InterruptedException {
        final Process server = lab.server()
                .namespace()
                .start(new ProcessBuilder("iperf3", "-s", "-B", Lab.SERVER_ADDRESS)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        try {
            Thread.sleep(300);
            for (final String way : new String[] {"-P1", "-R", "-P8"}) {
                lab.client().namespace().run("iperf3", "-c", Lab.SERVER_ADDRESS, "-t", SECONDS, way);
            }
        } finally {
            server.destroyForcibly();
        }
    }

    /** Every fiftieth packet, as often a merged one of many segments, in either direction. */
    @Test
    void shouldCarryTransfersThatLoseSegments() {
        for (final Host host : new Host[] {lab.client(), lab.server()}) {
            host.namespace().run("nft", "add table ip lossy");
            host.namespace().run("nft", "add chain ip lossy in { type filter hook input priority 0; }");
            host.namespace().run("nft", "add rule ip lossy in ip protocol tcp numgen random mod 50 == 0 drop");
        }
        try {
            exchangeBothWays();
        } finally {
            for (final Host host : new Host[] {lab.client(), lab.server()}) {
                host.namespace().run("nft", "delete table ip lossy");
            }
        }
    }

    @Test
    void shouldCarryTransfersThatAreLateAndOutOfOrder() {
        final String[] netem = {"tc", "qdisc", "add", "dev", Host.DEVICE, "root", "netem"};
        final String[] how = {"delay", "2ms", "1ms", "reorder", "25%", "50%", "loss", "1%", "duplicate", "1%"};
        final String[] command = java.util.stream.Stream.of(netem, how)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
        assumeTrue(lab.client().namespace().tryRun(command).succeeded(), "the kernel has no netem");
        try {
            lab.server().namespace().run(command);
            exchangeBothWays();
        } finally {
            for (final Host host : new Host[] {lab.client(), lab.server()}) {
                host.namespace().tryRun("tc", "qdisc", "del", "dev", Host.DEVICE, "root");
            }
        }
    }
}
