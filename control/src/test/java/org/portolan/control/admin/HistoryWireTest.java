package org.portolan.control.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.SampleRouter;
import org.portolan.control.history.query.WalkingTimeIndex;
import org.portolan.control.log.Log;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.SampleView;

/** The history's verbs on the wire: what no client of ours would send, and answers that take their time. */
@Timeout(60)
final class HistoryWireTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    private AdminServer serve(final SampleRouter edge) throws IOException {
        edge.learn(SampleRouter.address(20), SampleRouter.mac(1)).write();
        final SampleView view = new SampleView(1);
        view.history = Optional.of(new HistoryQuery(edge.git(), new WalkingTimeIndex(edge.git(), 4), 86_400, () -> {
            throw new IllegalStateException("not asked");
        }));
        final Log log = new Log(
                new PrintStream(logged, true, StandardCharsets.UTF_8),
                Log.Style.JOURNAL,
                Log.Level.INFO,
                System::nanoTime,
                () -> 0);
        final AdminServer server = AdminServer.open(socket(), Optional.empty(), Optional.empty(), log);
        server.start(view);
        return server;
    }

    private Path socket() {
        return directory.resolve("c.sock");
    }

    private String ask(final String line) throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        new AdminClient(socket()).ask(line, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private void assertRefused(final String line, final String sentence) {
        assertThatThrownBy(() -> ask(line)).isInstanceOf(UsageException.class).hasMessage(sentence);
    }

    @Test
    void shouldRefuseWordsThatNoClientSends() throws Exception {
        try (SampleRouter edge = new SampleRouter(directory.resolve("g"), "edge-1", SampleRouter.BEGIN_S);
                AdminServer server = serve(edge)) {
            assertThat(server).isNotNull();
            assertRefused("arp --at=yesterday", "--at yesterday: allowed: seconds since 1970");
            assertRefused("arp --at=-1", "--at -1: allowed: seconds since 1970");
            assertRefused("arp --at=9999999999999999999", "--at 9999999999999999999: allowed: seconds since 1970");
            assertRefused(
                    "arp --at=1 --zone=Mars/Olympus",
                    "--zone Mars/Olympus: allowed: a time zone, such as Europe/Berlin");
            assertRefused(
                    "arp-log --zone=../../etc/passwd",
                    "--zone ../../etc/passwd: allowed: a time zone, such as Europe/Berlin");
            assertRefused("arp-log --address=1.2.3", "1.2.3: not an IPv4 address, such as 192.168.1.20");
            assertRefused(
                    "arp-log --mac=ff:ff:ff:ff:ff:ff",
                    "ff:ff:ff:ff:ff:ff: no host has this MAC; allowed: not zero, and unicast");
            assertRefused("arp-log --limit=99999999", "--limit 99999999: allowed: 1 to 10000000");
            assertRefused("arp-log --since=2 --until=1", "--since is later than --until");
            assertRefused("arp-who", "arp-who needs --address");
            assertRefused("arp-who --address=1.2.3.4 --at=x", "--at x: allowed: seconds since 1970");
            assertRefused("arp-graph --width=3", "--width 3: allowed: 40 to 1000");
            assertRefused("arp-graph --limit=10001", "--limit 10001: allowed: 1 to 10000");
            assertRefused("arp-graph --ascii=1", "--ascii takes no value");
            assertRefused("arp-log --at=1", "arp-log has no option: --at=1");
            assertThat(ask("arp-log --address=192.168.1.20 --since=0 --until=999999999999"))
                    .hasLineCount(2);
            assertThat(ask("arp --at=999999999999 --zone=UTC")).contains("192.168.1.20");
        }
    }

    @Test
    void shouldAnswerAnyWordsWithASentenceOrAnAnswer() throws Exception {
        final String[] verbs = {"arp", "arp-log", "arp-who", "arp-graph"};
        final String[] options = {
            "at", "all", "zone", "address", "mac", "since", "until", "limit", "width", "ascii", "json", "color"
        };
        final String[] values = {
            "0",
            "1",
            "1764000001",
            "999999999999",
            "-1",
            "192.168.1.20",
            "0.0.0.0",
            "255.255.255.255",
            "02:50:2a:16:6d:01",
            "UTC",
            "+18:00",
            "GMT0",
            "Z",
            "%s%n",
            "../x",
            "~",
            "40",
            "1000"
        };
        final Random random = new Random(3);
        try (SampleRouter edge = new SampleRouter(directory.resolve("g"), "edge-1", SampleRouter.BEGIN_S);
                AdminServer server = serve(edge)) {
            assertThat(server).isNotNull();
            int answers = 0;
            for (int i = 0; i < 2_000; i++) {
                final StringBuilder line = new StringBuilder(verbs[random.nextInt(verbs.length)]);
                for (int n = random.nextInt(4); n > 0; n--) {
                    final String option = options[random.nextInt(options.length)];
                    final boolean flag =
                            List.of("all", "ascii", "json", "color").contains(option);
                    line.append(" --").append(option).append(flag ? "" : "=" + values[random.nextInt(values.length)]);
                }
                try {
                    assertThat(ask(line.toString())).isNotEmpty();
                    answers++;
                } catch (final UsageException | AdminClient.AskException e) {
                    assertThat(e.getMessage()).doesNotContain("internal error", "Exception");
                }
            }
            assertThat(answers).isGreaterThan(200);
            assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
        }
    }

    @Test
    void shouldTellADamagedHistoryInASentence() throws Exception {
        try (SampleRouter edge = new SampleRouter(directory.resolve("g"), "edge-1", SampleRouter.BEGIN_S);
                AdminServer server = serve(edge)) {
            assertThat(server).isNotNull();
            java.nio.file.Files.delete(edge.path().resolve("refs/heads/primary"));
            assertThatThrownBy(() -> ask("arp-log"))
                    .isInstanceOf(AdminClient.AskException.class)
                    .hasMessage("the router answers: the history has no branch primary");
        }
    }

    // ---- answers that take their time

    private record Pair(SocketChannel asker, SocketChannel answerer) {}

    private Pair pair() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
            return new Pair(SocketChannel.open(UnixDomainSocketAddress.of(socket())), server.accept());
        }
    }

    @Test
    void shouldSendASignOfLifeWhileItSearchesAndSeeThatTheAskerIsGone() throws Exception {
        final Pair pair = pair();
        final Response response = new Response(pair.answerer, () -> {});
        response.begin();
        final StringWriter nothing = new StringWriter();
        response.working(nothing::flush);
        final long startNs = System.nanoTime();
        final ByteBuffer read = ByteBuffer.allocate(100);
        pair.asker.configureBlocking(false);
        while (pair.asker.read(read) == 0) {
            response.working(nothing::flush);
            Thread.sleep(10);
        }
        assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(500_000_000L);
        assertThat(new String(read.array(), 0, read.position(), StandardCharsets.US_ASCII))
                .isEqualTo("ok\n\u0016");
        pair.asker.close();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        response.working(nothing::flush);
                        Thread.sleep(10);
                    }
                })
                .isInstanceOf(IOException.class);
        pair.answerer.close();
    }

    @Test
    void shouldTakeSignsOfLifeForNothingElse() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
            Thread.ofPlatform().daemon().start(() -> {
                try (SocketChannel asker = server.accept()) {
                    for (final String part :
                            List.of("ok\n\u0016", "one \u0016\u0016two", "\u0016", " three\n\u0016\0")) {
                        asker.write(ByteBuffer.wrap(part.getBytes(StandardCharsets.US_ASCII)));
                        Thread.sleep(20);
                    }
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            new AdminClient(socket(), 30_000).ask("arp-log", out);
            assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("one two three\n");
        }
    }
}
