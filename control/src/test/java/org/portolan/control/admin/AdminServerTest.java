package org.portolan.control.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.answer.Request;
import org.portolan.control.config.SystemGroup;
import org.portolan.control.config.SystemUser;
import org.portolan.control.log.Log;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.ArpRow;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;
import org.portolan.control.view.SampleView;
import org.portolan.control.view.SessionFilter;

/** Real sockets, one process. */
@Timeout(60)
final class AdminServerTest {
    private static final AdminServer.Patience SHORT = new AdminServer.Patience(300, 400, 3_000);

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(logged, true, StandardCharsets.UTF_8),
            Log.Style.JOURNAL,
            Log.Level.INFO,
            System::nanoTime,
            System::currentTimeMillis);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (final AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void shouldAnswerEveryVerb() throws Exception {
        start(new SampleView(3));
        assertThat(ask("sessions"))
                .startsWith("PROTO")
                .hasLineCount(4)
                .contains("tcp    established  inside   192.168.1.10:1024");
        assertThat(ask("stats")).contains("edge-1, up 1h02m", "1,234  no_mapping", "12,345,678  received");
        assertThat(ask("interfaces")).contains("02:00:00:00:00:01", "down", "8,000,000,000");
        assertThat(ask("arp")).contains("192.168.1.10  02:00:00:00:00:0a  reachable", "incomplete");
    }

    @Test
    void shouldStreamMoreThanAnyBufferHolds() throws Exception {
        start(new SampleView(200_000));
        assertThat(ask("sessions")).hasLineCount(200_001).endsWith("\n");
    }

    @Test
    void shouldEndTheScanWhenTheAskerIsGone() throws Exception {
        final SampleView view = new SampleView(Integer.MAX_VALUE);
        start(view);
        final SocketChannel asker = connect();
        send(asker, "sessions\n");
        asker.read(ByteBuffer.allocate(10));
        asker.close();
        assertThat(view.scanEnded.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ask("arp")).isNotEmpty();
    }

    @Test
    void shouldServeAHundredAskersAtOnce() throws Exception {
        start(new SampleView(1_000));
        try (ExecutorService askers = Executors.newFixedThreadPool(100)) {
            final List<Callable<String>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(() -> ask("sessions"));
            }
            for (final Future<String> answer : askers.invokeAll(all)) {
                assertThat(answer.get()).hasLineCount(1_001);
            }
        }
    }

    @Test
    void shouldServeOthersWhileEveryPlaceIsHeldByTheSilent() throws Exception {
        start(new SampleView(1), AdminServer.IDLE_PATIENCE, SHORT);
        final List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < AdminServer.MOST_CONNECTIONS; i++) {
            silent.add(connect());
        }
        assertThat(ask("arp")).contains("reachable");
        assertThat(silent.getFirst().read(ByteBuffer.allocate(1))).as("cut off").isEqualTo(-1);
    }

    @Test
    void shouldServeOthersWhileEveryPlaceIsHeldByWhoTakesNoAnswer() throws Exception {
        start(new SampleView(Integer.MAX_VALUE), AdminServer.IDLE_PATIENCE, SHORT);
        for (int i = 0; i < AdminServer.MOST_CONNECTIONS; i++) {
            send(connect(), "sessions\n");
        }
        assertThat(ask("arp")).contains("reachable");
    }

    @Test
    void shouldCutOffWhoDripsARequestForEver() throws Exception {
        start(new SampleView(1), SHORT, SHORT);
        final SocketChannel slow = connect();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        send(slow, "s");
                        Thread.sleep(20);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldLetAPagerHoldALongAnswer() throws Exception {
        start(new SampleView(50_000));
        final StringBuilder text = new StringBuilder();
        new AdminClient(socket()).ask("sessions", new OutputStream() {
            @Override
            public void write(final int b) {
                text.append((char) b);
            }

            @Override
            public void write(final byte[] bytes, final int offset, final int length) throws IOException {
                if (text.isEmpty()) {
                    sleep(1_500);
                }
                text.append(new String(bytes, offset, length, StandardCharsets.US_ASCII));
            }
        });
        assertThat(text.toString()).hasLineCount(50_001);
    }

    @Test
    void shouldRefuseARequestThatIsTooLong() throws Exception {
        start(new SampleView(1));
        final SocketChannel asker = connect();
        send(asker, "a".repeat(Request.LONGEST_BYTES));
        assertThat(readAll(asker)).isEqualTo("usage the request is longer than 4096 bytes\n\0");
        assertThat(ask("arp")).isNotEmpty();
    }

    @Test
    void shouldRefuseWordsThatItDoesNotKnow() throws Exception {
        start(new SampleView(1));
        assertRefused("reboot", "this router does not know the verb: reboot");
        assertRefused("", "this router does not know the verb: (empty)");
        assertRefused("arp --when=now", "arp has no option: --when=now");
        assertRefused("arp --json=1", "--json takes no value");
        assertRefused("arp --json --json", "--json is given twice");
        assertRefused("sessions --port", "--port needs a value");
        assertRefused("sessions --port=", "--port needs a value");
        assertRefused("sessions --port=70000", "--port 70000: allowed: 0 to 65535");
        assertRefused("sessions --limit=0", "--limit 0: allowed: 1 to 16777216");
        assertRefused("sessions --sort=bytes --limit=20000", "--limit 20000: allowed: 1 to 16384");
        assertRefused("sessions --sort=age", "--sort age: allowed: bytes, idle, expires, src, dst");
        assertRefused("sessions --src=1.2.3", "--src 1.2.3: allowed: ADDRESS or ADDRESS/PREFIX");
        assertRefused("sessions --state=half-open", "--state half-open: allowed: opening, established, closing");
        assertRefused("arp\u001B[2J", "the request is not printable ASCII");
    }

    private void assertRefused(final String line, final String sentence) {
        assertThatThrownBy(() -> ask(line)).isInstanceOf(UsageException.class).hasMessage(sentence);
    }

    @Test
    void shouldSurviveGarbage() throws Exception {
        start(new SampleView(1));
        final Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            try (SocketChannel asker = connect()) {
                final byte[] bytes = new byte[random.nextInt(1, 6_000)];
                random.nextBytes(bytes);
                if (random.nextBoolean()) {
                    bytes[bytes.length - 1] = '\n';
                    asker.write(ByteBuffer.wrap(bytes));
                    asker.read(ByteBuffer.allocate(5));
                } else {
                    asker.write(ByteBuffer.wrap(bytes));
                }
            } catch (final IOException e) {
                assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
            }
        }
        assertThat(ask("arp")).contains("reachable");
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void shouldTellAMistakeOfOurOwnInASentence() throws Exception {
        start(new SampleView(1) {
            @Override
            public List<ArpRow> arp() {
                throw new IllegalStateException("table is gone");
            }
        });
        assertThatThrownBy(() -> ask("arp"))
                .isInstanceOf(AdminClient.AskException.class)
                .hasMessageStartingWith("the router answers: internal error: IllegalStateException: table is gone");
        assertThat(logged.toString(StandardCharsets.UTF_8)).startsWith("<3>control socket: arp: IllegalStateException");
    }

    @Test
    void shouldServeAsManyAsTheDocsSay() throws IOException {
        assertThat(Files.readString(Path.of("../docs/socket.md")))
                .contains("%d connections are served".formatted(AdminServer.MOST_CONNECTIONS));
    }

    @Test
    void shouldNotPassACutAnswerForAWholeOne() throws Exception {
        start(new SampleView(1) {
            @Override
            public void sessions(final SessionFilter filter, final SessionVisitor visitor) {
                for (int i = 0; i < 5_000; i++) {
                    visitor.onSession(SampleView.session(i));
                }
                throw new IllegalStateException("table is gone");
            }
        });
        for (final String line : List.of("sessions", "sessions --json")) {
            assertThatThrownBy(() -> ask(line))
                    .isInstanceOf(AdminClient.AskException.class)
                    .hasMessageStartingWith("the answer is incomplete");
        }
    }

    @Test
    void shouldMakeTheSocketForOwnerAndGroupOnly() throws Exception {
        start(new SampleView(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-rw----");
        assertThat(directory)
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith(".p"));
    }

    @Test
    void shouldGiveTheSocketAndItsNewDirectoryToTheUser() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"));
        final Optional<SystemUser> nobody = SystemUser.named("nobody");
        final Path socket = directory.resolve("run/control.sock");
        open.add(AdminServer.open(socket, nobody, Optional.empty(), log));
        for (final Path each : List.of(socket, socket.getParent())) {
            assertThat(Files.getAttribute(each, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(nobody.orElseThrow().uid());
            assertThat(Files.getAttribute(each, "unix:gid", LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(nobody.orElseThrow().gid());
        }
    }

    @Test
    void shouldGiveTheSocketToTheUserAndToTheGroupWhoseMembersMayAsk() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"));
        final Optional<SystemUser> nobody = SystemUser.named("nobody");
        final Optional<SystemGroup> users = SystemGroup.named("users");
        open.add(AdminServer.open(socket(), nobody, users, log));
        assertThat(Files.getAttribute(socket(), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(nobody.orElseThrow().uid());
        assertThat(Files.getAttribute(socket(), "unix:gid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(users.orElseThrow().gid());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-rw----");
    }

    @Test
    void shouldWarnWhenTheGroupCannotReachItsSocket() throws Exception {
        final Optional<SystemGroup> users = SystemGroup.named("users");
        assumeTrue(System.getProperty("user.name").equals("root"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        open.add(AdminServer.open(socket(), Optional.empty(), users, log));
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .isEqualTo("<4>control.group: members of users cannot reach the socket because they may not enter %1$s."
                        .concat(" To allow it: chgrp users %1$s && chmod g+x %1$s\n")
                        .formatted(directory));

        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setAttribute(directory, "unix:gid", users.orElseThrow().gid());
        assertThat(AdminSocket.closedTo(users.orElseThrow(), socket())).isEmpty();
    }

    @Test
    void shouldTellWhoAnswersAndHowItSpeaks() throws Exception {
        start(new SampleView(1));
        assertThat(ask("version")).matches("portolan .* \\(Java .*\\), socket protocol 1\n");
        assertThat(ask("version --json")).startsWith("{\"version\":\"").endsWith("\"protocol\":1}\n");
    }

    @Test
    void shouldRefuseTheSocketOfALiveRouter() throws Exception {
        start(new SampleView(1));
        assertThatThrownBy(() -> AdminServer.open(socket(), Optional.empty(), Optional.empty(), log))
                .isInstanceOf(IOException.class)
                .hasMessage("a router is already running on " + socket()
                        + "; stop it, or give this one another [router] run");
        assertThat(ask("arp")).contains("reachable");
    }

    @Test
    void shouldRefuseTheSocketOfARouterThatHasNotBegunToAnswer() throws Exception {
        open.add(AdminServer.open(socket(), Optional.empty(), Optional.empty(), log));
        assertThatThrownBy(() -> AdminServer.open(socket(), Optional.empty(), Optional.empty(), log))
                .hasMessageStartingWith("a router is already running");
    }

    @Test
    void shouldNotWaitForARouterThatIsWedgedWithAFullBacklog() throws Exception {
        open.add(AdminServer.open(socket(), Optional.empty(), Optional.empty(), log));
        boolean full = false;
        for (int i = 0; i < 1_000 && !full; i++) {
            final SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
            open.add(waiting);
            waiting.configureBlocking(false);
            try {
                full = !waiting.connect(UnixDomainSocketAddress.of(socket()));
            } catch (final SocketException e) {
                full = true;
            }
        }
        assertThat(full).isTrue();
        assertThatThrownBy(() -> AdminServer.open(socket(), Optional.empty(), Optional.empty(), log))
                .hasMessageStartingWith("a router is already running");
        assertThatThrownBy(() -> new AdminClient(socket(), 300).ask("arp", OutputStream.nullOutputStream()))
                .hasMessage("the router on " + socket() + " does not answer");
    }

    @Test
    void shouldReplaceAStaleSocket() throws Exception {
        final ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(socket()));
        dead.close();
        assertThat(socket()).exists();
        start(new SampleView(1));
        assertThat(ask("arp")).contains("reachable");
    }

    @Test
    void shouldLetOneOfManyThatStartAtOnceHaveAStaleSocket() throws Exception {
        for (int round = 0; round < 20; round++) {
            final Path path = directory.resolve("race" + round);
            try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(UnixDomainSocketAddress.of(path));
            }
            final List<Callable<AdminServer>> starts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                starts.add(() -> {
                    try {
                        return AdminServer.open(path, Optional.empty(), Optional.empty(), log);
                    } catch (final AdminSocket.RefusedException e) {
                        return null;
                    }
                });
            }
            int started = 0;
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                for (final Future<AdminServer> each : threads.invokeAll(starts)) {
                    if (each.get() != null) {
                        open.add(each.get());
                        each.get().start(new SampleView(1));
                        started++;
                    }
                }
            }
            assertThat(started).isEqualTo(1);
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            new AdminClient(path).ask("arp", out);
            assertThat(out.size()).isPositive();
        }
    }

    @Test
    void shouldNotTouchAFileThatIsNoSocket() throws Exception {
        Files.writeString(socket(), "precious");
        assertThatThrownBy(() -> AdminServer.open(socket(), Optional.empty(), Optional.empty(), log))
                .hasMessage(socket() + " exists and is not a socket; remove it, or name another with [control] socket");
        assertThat(socket()).hasContent("precious");
    }

    @Test
    void shouldSayWhyTheSocketCannotBeOpened() {
        final Path path = Path.of("/proc/nowhere/control.sock");
        assertThatThrownBy(() -> AdminServer.open(path, Optional.empty(), Optional.empty(), log))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot open the control socket /proc/nowhere/control.sock: ");
    }

    @Test
    void shouldRemoveTheSocketAtTheEnd() throws Exception {
        start(new SampleView(1)).close();
        assertThat(socket()).doesNotExist();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(directory.resolve("c.sock.lock"));
        }
        assertThatThrownBy(() -> ask("arp"))
                .isInstanceOf(AdminClient.AskException.class)
                .hasMessage(
                        "no router is running: nothing answers on " + socket() + " (for another one: --socket PATH)");
    }

    @Test
    void shouldLeaveTheSocketOfAnotherAtTheEnd() throws Exception {
        final AdminServer first = start(new SampleView(1));
        Files.delete(socket());
        start(new SampleView(1));
        first.close();
        assertThat(ask("arp")).contains("reachable");
    }

    @Test
    void shouldSayInASentenceWhatTheRouterCannotTellNow() throws Exception {
        start(new SampleView(1) {
            @Override
            public List<ArpRow> arp() throws RefusedException {
                throw new RefusedException("control does not answer");
            }

            @Override
            public void sessions(final SessionFilter filter, final SessionVisitor visitor) throws RefusedException {
                throw new RefusedException("the router is ending");
            }
        });
        assertThatThrownBy(() -> ask("arp")).hasMessage("the router answers: control does not answer");
        assertThatThrownBy(() -> ask("sessions")).hasMessage("the router answers: the router is ending");
        assertThatThrownBy(() -> ask("sessions --sort=bytes")).hasMessage("the router answers: the router is ending");
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void shouldAnswerEveryVerbThatItLetsPass() throws Exception {
        start(new SampleView(1));
        for (final String verb : Request.OPTIONS.keySet()) {
            answerOrSentence(verb);
        }
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private void answerOrSentence(final String verb) throws Exception {
        try {
            ask(verb);
        } catch (final AdminClient.AskException | UsageException e) {
            assertThat(e.getMessage()).as(verb).doesNotContain("internal error");
        }
    }

    @Test
    void shouldSayHowTheSocketCanBeRemovedByWhomTheRouterBecomes() {
        final Path path = Path.of("/run/x.sock");
        assertThat(AdminServer.leftBehind(path, new AccessDeniedException("/run/x.sock")))
                .isEqualTo("cannot remove the control socket: /run/x.sock: permission denied; the next router takes its"
                        + " place. To avoid it, put control.socket into a directory that control.user may write to");
        assertThat(AdminServer.leftBehind(path, new IOException("Input/output error")))
                .isEqualTo("cannot remove the control socket: /run/x.sock: Input/output error");
    }

    @Test
    void shouldGiveUpOnARouterThatDoesNotAnswer() throws Exception {
        open.add(AdminServer.open(socket(), Optional.empty(), Optional.empty(), log));
        assertThatThrownBy(() -> new AdminClient(socket(), 300).ask("arp", OutputStream.nullOutputStream()))
                .isInstanceOf(AdminClient.AskException.class)
                .hasMessage("the router on " + socket() + " does not answer");
    }

    @Test
    void shouldKnowWhatIsNotARouter() throws Exception {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket()));
            Thread.ofPlatform().daemon().start(() -> {
                try (SocketChannel asker = other.accept()) {
                    send(asker, "220 mail.example ESMTP\n");
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThatThrownBy(() -> ask("arp"))
                    .hasMessage("what listens on " + socket() + " is not a Portolan router");
        }
    }

    private Path socket() {
        return directory.resolve("c.sock");
    }

    private AdminServer start(final RouterView view) throws IOException {
        return start(view, AdminServer.IDLE_PATIENCE, AdminServer.PRESSED_PATIENCE);
    }

    private AdminServer start(
            final RouterView view, final AdminServer.Patience idle, final AdminServer.Patience pressed)
            throws IOException {
        final AdminServer server = AdminServer.open(socket(), Optional.empty(), Optional.empty(), log, idle, pressed);
        open.add(server);
        server.start(view);
        return server;
    }

    private String ask(final String line) throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        new AdminClient(socket()).ask(line, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private SocketChannel connect() throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        open.add(channel);
        channel.connect(UnixDomainSocketAddress.of(socket()));
        return channel;
    }

    private static void send(final SocketChannel channel, final String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String readAll(final SocketChannel channel) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(10_000);
        while (channel.read(buffer) >= 0) {
            assertThat(buffer.hasRemaining()).isTrue();
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    private static void sleep(final long ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
