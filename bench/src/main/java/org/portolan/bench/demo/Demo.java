package org.portolan.bench.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.Pattern;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;
import org.portolan.bench.lab.UdpFlows;
import org.portolan.control.log.Terminal;

/**
 * {@code scripts/portolan demo}: the lab, the router, real traffic, what happened. Exit code 0 when every step was
 * right, 1 when one was not, 2 for wrong usage.
 */
public final class Demo {
    private static final String USAGE = """
            usage: portolan demo [--keep]

            Builds a private network (client - router - server), starts the router in it,
            drives real traffic through and shows what happened.

              --keep   leave the network up, say how to enter it, and wait for Ctrl-C
            """;

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private static final long TIME_LIMIT_S = 115;
    private static final int PINGS = 20;
    private static final long DOWNLOAD_BYTES = 1L << 30;
    private static final int HTTP_PORT = 8000;
    private static final int ECHO_PORT = 7;
    private static final int FLOWS = 10_000;
    private static final int FIRST_FLOW_PORT = 20_000;
    private static final int FORWARDED_PORT = 8080;
    private static final int FORWARDED_TO_PORT = 80;
    private static final long FORWARD_BYTES = 16 << 20;

    private final Console console;
    private final boolean keep;
    private boolean right = true;

    private Demo(final Console console, final boolean keep) {
        this.console = console;
        this.keep = keep;
    }

    public static void main(final String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(final List<String> arguments) {
        final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        if (arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"))) {
            out.print(USAGE);
            return DONE;
        }
        if (!arguments.isEmpty() && !arguments.equals(List.of("--keep"))) {
            System.err.println("portolan demo: does not take: " + String.join(" ", arguments));
            System.err.print(USAGE);
            return WRONG_USAGE;
        }
        final boolean terminal = Terminal.isTerminal(1);
        final boolean color =
                terminal && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
        try {
            return new Demo(new Console(out, terminal, color), !arguments.isEmpty()).run();
        } catch (final LabException e) {
            System.err.println("portolan demo: " + e.getMessage());
            return FAILED;
        }
    }

    private int run() {
        Command.require("ip");
        Command.require("ping");
        if (!Namespace.isRoot()) {
            throw new LabException("network namespaces need root or a user namespace: scripts/portolan demo makes one");
        }
        final Thread watch = limitTime();
        final long beganNs = System.nanoTime();
        final Pattern pattern = new Pattern(System.nanoTime(), DOWNLOAD_BYTES);
        final CompletableFuture<String> hash = CompletableFuture.supplyAsync(pattern::sha256);
        console.blank();
        console.line(
                "  client " + Lab.CLIENT_ADDRESS + " --- lan [ router ] wan --- " + Lab.SERVER_ADDRESS + " server");
        console.line("                  " + Lab.INSIDE_ADDRESS + "          " + Lab.OUTSIDE_ADDRESS);
        console.blank();
        try (Lab lab = lab();
                PortolanProcess router = router(lab)) {
            if (right) {
                traffic(lab, router, pattern, hash);
                new RouterSummary(console, router).print();
            }
            if (!right) {
                console.blank();
                console.heading("The router's log");
                console.indented(router.log());
            }
            verdict((System.nanoTime() - beganNs) / 1e9);
            if (keep && router.isRunning()) {
                watch.interrupt();
                new Visit(console, lab, router).await();
            }
        }
        return right ? DONE : FAILED;
    }

    private Lab lab() {
        console.running("lab", "");
        final long beganNs = System.nanoTime();
        final Lab lab = Lab.builder().clients(NeighborStory.CLIENTS).build();
        console.passed(
                "lab",
                Console.number(
                        "three clients, router and server in namespaces, joined by veth pairs, %.1f s",
                        (System.nanoTime() - beganNs) / 1e9));
        return lab;
    }

    private PortolanProcess router(final Lab lab) {
        console.running("router", "");
        final PortolanProcess.Builder options = PortolanProcess.in(lab);
        NeighborStory.configure(options);
        final PortolanProcess router = options.forward(
                        Forward.tcp(FORWARDED_PORT, Lab.CLIENT_ADDRESS, FORWARDED_TO_PORT))
                .build();
        step("router", () -> {
            router.start();
            return Console.number("AF_PACKET rings, answers %.1f s after its start", router.startSeconds());
        });
        return router;
    }

    private void traffic(
            final Lab lab, final PortolanProcess router, final Pattern pattern, final CompletableFuture<String> hash) {
        final NeighborStory story = NeighborStory.begin(lab, router);
        step("ping", () -> ping(lab));
        step("download", () -> download(lab, pattern, hash.join()));
        step("UDP flows", () -> flows(lab));
        step("port forward", () -> forward(lab));
        step("neighbors", story::end);
    }

    @FunctionalInterface
    private interface Step {
        /** What was right about it, or a {@link LabException} that says what was not. */
        String run();
    }

    private void step(final String name, final Step step) {
        console.running(name, "");
        try {
            console.passed(name, step.run());
        } catch (final LabException e) {
            right = false;
            console.failed(name, e.getMessage());
        }
    }

    private static void require(final boolean condition, final String complaint) {
        if (!condition) {
            throw new LabException(complaint);
        }
    }

    /** The first one goes to a neighbor that nobody has asked for yet, and must not be lost either. */
    private static String ping(final Lab lab) {
        final Ping.Result ping = lab.client().ping(Lab.SERVER_ADDRESS, "-c", Integer.toString(PINGS));
        require(ping.lost() == 0, "%d of %d lost".formatted(ping.lost(), ping.sent()));
        return Console.number(
                "%d of %d, the first included; average %.2f ms", ping.received(), ping.sent(), ping.averageMs());
    }

    private String download(final Lab lab, final Pattern pattern, final String hash) {
        final Download.Result result = Download.run(
                lab.client(),
                lab.server(),
                HTTP_PORT,
                pattern,
                bytes -> console.running("download", "%d %%".formatted(bytes * 100 / pattern.bytes())));
        require(
                result.received().bytes() == pattern.bytes(),
                "%d bytes of %d".formatted(result.received().bytes(), pattern.bytes()));
        require(
                result.received().sha256().equals(hash),
                "SHA-256 is wrong: " + result.received().sha256());
        return Console.number(
                "1 GiB by HTTP in %.1f s, %.2f Gbit/s, SHA-256 right", result.seconds(), result.gigabitsPerSecond());
    }

    private static String flows(final Lab lab) {
        final UdpFlows.Result result =
                UdpFlows.run(lab.client(), lab.server(), ECHO_PORT, Lab.OUTSIDE_ADDRESS, FIRST_FLOW_PORT, FLOWS);
        require(result.right(), result.toString());
        return Console.number(
                "%,d of %,d echoed from %,d outside ports in %.1f s, %d sent again (%d socket buffer overflows)",
                result.echoed(),
                result.flows(),
                result.outsidePorts(),
                result.seconds(),
                result.repeats(),
                result.overflows());
    }

    private static String forward(final Lab lab) {
        final TcpExchange.Result result = TcpExchange.run(
                lab.client().namespace(),
                lab.client().at(FORWARDED_TO_PORT),
                lab.server().namespace(),
                Host.at(Lab.OUTSIDE_ADDRESS, FORWARDED_PORT),
                FORWARD_BYTES);
        final String caller = result.caller().getAddress().getHostAddress();
        require(result.right(), "the bytes that arrived are not those that were sent");
        require(caller.equals(Lab.SERVER_ADDRESS), "the client saw " + caller + " instead of the server");
        return "%s:%d to %s:%d, 16 MiB each way at once, both hashes right"
                .formatted(Lab.OUTSIDE_ADDRESS, FORWARDED_PORT, Lab.CLIENT_ADDRESS, FORWARDED_TO_PORT);
    }

    private void verdict(final double seconds) {
        console.blank();
        if (right) {
            console.heading(Console.number("All of it was right, in %.0f s.", seconds));
        } else {
            console.heading(Console.number("Something was wrong: see the step marked FAIL. %.0f s.", seconds));
        }
    }

    /** A demo that hangs has failed: it is ended, and the lab with it. */
    private static Thread limitTime() {
        final Thread watch = Thread.ofPlatform()
                .daemon()
                .name("demo-time-limit")
                .unstarted(() -> {
                    try {
                        TimeUnit.SECONDS.sleep(TIME_LIMIT_S);
                        System.err.printf("%nportolan demo: not done after %d s%n", TIME_LIMIT_S);
                        System.exit(FAILED);
                    } catch (final InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        watch.start();
        return watch;
    }
}
