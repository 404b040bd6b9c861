package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.Pattern;
import org.portolan.bench.lab.PortolanProcess;

/** What people use every day, through the router: curl, iperf3, nc. */
@NeedsRoot
class EverydayToolsE2eTest {
    private static final int WEB_FORWARD = 8080;
    private static final int IPERF_PORT = 5201;
    private static final int PAGE_BYTES = 8 << 20;
    private static final long END_S = 20;

    @TempDir
    private Path scratch;

    private static Lab lab;
    private static PortolanProcess router;
    private static byte[] page;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .forward(Forward.tcp(WEB_FORWARD, Lab.CLIENT_ADDRESS, 80))
                .build();
        router.start();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Pattern(1, PAGE_BYTES).writeTo(bytes);
        page = bytes.toByteArray();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static Namespace inside() {
        return lab.client().namespace();
    }

    private static Namespace outside() {
        return lab.server().namespace();
    }

    /** What a web server was asked last. */
    private record Asked(String method, String caller, byte[] body) {}

    /** Serves {@link #page} to all who ask, until it is stopped. */
    private static HttpServer serve(final Host host, final AtomicReference<Asked> asked) throws Exception {
        final HttpServer server = host.namespace().call(() -> HttpServer.create(host.at(80), 8));
        server.createContext("/", exchange -> answer(exchange, asked));
        server.start();
        return server;
    }

    private static void answer(final HttpExchange exchange, final AtomicReference<Asked> asked) throws IOException {
        try (exchange) {
            final byte[] body = exchange.getRequestBody().readAllBytes();
            asked.set(new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRemoteAddress().getAddress().getHostAddress(),
                    body));
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        }
    }

    private void fetch(final Namespace from, final String url, final String... options) throws IOException {
        final Path file = scratch.resolve("page");
        final List<String> command = new ArrayList<>(
                List.of("curl", "--silent", "--show-error", "--fail", "--max-time", "30", "--output", file.toString()));
        command.addAll(Arrays.asList(options));
        command.add(url);
        from.run(command.toArray(String[]::new));
        assertThat(Arrays.equals(Files.readAllBytes(file), page)).isTrue();
    }

    @Test
    void shouldCarryACurlFromInside() throws Exception {
        final AtomicReference<Asked> asked = new AtomicReference<>();
        final HttpServer server = serve(lab.server(), asked);
        try {
            fetch(inside(), "http://" + Lab.SERVER_ADDRESS + "/");
            assertThat(asked.get().caller()).isEqualTo(Lab.OUTSIDE_ADDRESS);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldCarryACurlFromOutsideThroughAForwardWithAnUpload() throws Exception {
        final AtomicReference<Asked> asked = new AtomicReference<>();
        final Path upload = Files.write(scratch.resolve("upload"), page);
        final HttpServer server = serve(lab.client(), asked);
        try {
            fetch(
                    outside(),
                    "http://" + Lab.OUTSIDE_ADDRESS + ":" + WEB_FORWARD + "/",
                    "--upload-file",
                    upload.toString());
            assertThat(asked.get().caller()).isEqualTo(Lab.SERVER_ADDRESS);
            assertThat(asked.get().method()).isEqualTo("PUT");
            assertThat(Arrays.equals(asked.get().body(), page)).isTrue();
        } finally {
            server.stop(0);
        }
    }

    /** One stream out and back; with --udp at a rate that a busy machine still carries. */
    @ParameterizedTest(name = "iperf3 {0}")
    @ValueSource(
            strings = {"", "--reverse", "--udp --bitrate 5M --length 1400", "--udp --reverse --bitrate 5M --length 1400"
            })
    void shouldCarryIperf3BothWays(final String mode) throws InterruptedException {
        final Process server = outside()
                .start(new ProcessBuilder("iperf3", "--server", "--one-off", "--bind", Lab.SERVER_ADDRESS)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        try {
            Listening.await(outside(), "tcp", IPERF_PORT);
            final List<String> command =
                    new ArrayList<>(List.of("iperf3", "--client", Lab.SERVER_ADDRESS, "--time", "1", "--json"));
            command.addAll(mode.isEmpty() ? List.of() : List.of(mode.split(" ")));
            final String output = inside().run(command.toArray(String[]::new));
            final JsonValue end = JsonValue.parse(output).get("end");
            if (mode.contains("--udp")) {
                assertThat(end.get("sum").get("packets").real()).as(output).isGreaterThan(100);
                assertThat(end.get("sum").get("lost_percent").real()).as(output).isLessThan(50);
            } else {
                assertThat(end.get("sum_received").get("bytes").real())
                        .as(output)
                        .isGreaterThan(1 << 20);
            }
            assertThat(server.waitFor(END_S, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.destroyForcibly();
        }
    }

    /** A line from the caller, and a line back from who listens. */
    @ParameterizedTest(name = "nc {0}")
    @ValueSource(strings = {"tcp", "udp"})
    void shouldCarryNcBothWays(final String protocol) throws Exception {
        final boolean udp = protocol.equals("udp");
        final int port = udp ? 7102 : 7101;
        final Path heard = scratch.resolve("heard");
        final Process listener = outside()
                .start(new ProcessBuilder(
                                "sh",
                                "-c",
                                "{ sleep 2; echo from outside; } | timeout 20 nc.openbsd -l %s -w 4 %s %d"
                                        .formatted(udp ? "-u" : "-N", Lab.SERVER_ADDRESS, port))
                        .redirectErrorStream(true)
                        .redirectOutput(heard.toFile()));
        Listening.await(outside(), protocol, port);
        final Command.Result caller = inside().tryRun(
                        "sh",
                        "-c",
                        "echo from inside | timeout 20 nc.openbsd %s -w 4 %s %d"
                                .formatted(udp ? "-u" : "", Lab.SERVER_ADDRESS, port));
        assertThat(caller.output()).as(caller.errors()).isEqualTo("from outside\n");
        assertThat(listener.waitFor(END_S, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(heard)).isEqualTo("from inside\n");
    }
}
