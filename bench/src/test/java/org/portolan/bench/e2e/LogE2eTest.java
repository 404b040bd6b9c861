package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** What the router writes to stderr, what it does when nobody reads it, and whom it names there. */
@NeedsRoot
@Timeout(60)
class LogE2eTest {
    private static final String NOBODYS_MAC = "02:00:00:00:00:77";
    private static final String TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}[+-][0-9]{2}:[0-9]{2} ";

    /** Its stderr is a pipe that is full from the start and that it holds open itself, so that it never breaks. */
    private static final String INTO_A_FULL_PIPE =
            "exec 3<>\"$0\"; dd if=/dev/zero of=\"$0\" bs=4096 oflag=nonblock 2>/dev/null; exec \"$@\" 2>&3";

    private static Lab lab;

    @TempDir
    private Path directory;

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

    private Path startIntoAFullPipe() {
        final Path pipe = directory.resolve("stderr");
        Command.run("mkfifo", pipe.toString());
        start(PortolanProcess.in(lab).under("sh", "-c", INTO_A_FULL_PIPE, pipe.toString()));
        return pipe;
    }

    private String arp(final String change, final String... words) {
        final List<String> all = new ArrayList<>(List.of("arp", change));
        all.addAll(List.of(words));
        all.addAll(List.of("--socket", router.config().socket().toString()));
        return PortolanProcess.portolan(all.toArray(String[]::new)).require();
    }

    private static int answered() {
        lab.client().namespace().ip("neighbor", "flush", "all");
        return lab.client().ping(Lab.INSIDE_ADDRESS, "-c", "2", "-i", "0.2").received();
    }

    @Test
    void shouldAnswerArpAndForwardThoughNobodyReadsWhatItLogs() throws IOException {
        final Path pipe = startIntoAFullPipe();
        assertThat(answered()).isEqualTo(2);
        for (int i = 0; i < 3; i++) {
            arp("add", "192.168.1.77", NOBODYS_MAC);
            arp("del", "192.168.1.77");
        }
        lab.router().ip("link", "set", Lab.LAN, "down");
        lab.router().ip("link", "set", Lab.LAN, "up");
        assertThat(RouterChecks.within(5_000, () -> answered() == 2)).isTrue();
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
        assertThat(readAgain(pipe))
                .contains("router lab forwards: lan (inside, ")
                .contains(" made 1 neighbor static");
    }

    /** Until the line that the last change is told with. */
    private static String readAgain(final Path pipe) throws IOException {
        final StringBuilder text = new StringBuilder();
        final byte[] some = new byte[65_536];
        try (InputStream in = Files.newInputStream(pipe)) {
            while (text.indexOf("removed the static neighbor") < 0 && text.length() < 1 << 20) {
                text.append(new String(some, 0, in.read(some), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    @Test
    void shouldEndOnSigtermThoughNobodyReadsWhatItLogs() {
        startIntoAFullPipe();
        final long beganNs = System.nanoTime();
        assertThat(router.terminate()).isZero();
        final long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
        assertThat(tookMs)
                .as("ms; under 1,000 on a quiet machine, and 10,000 for a router that waits for its reader")
                .isLessThan(5_000);
    }

    @Test
    void shouldBeginEachLineWithTheTimeAndSayWhatItIs() {
        start(PortolanProcess.in(lab).idle("park"));
        assertThat(RouterChecks.within(5_000, () -> router.log().contains("idle ")))
                .isTrue();
        assertThat(router.log().lines()).allMatch(line -> line.matches(TIME + "(info |warn |error|debug) .*"));
        assertThat(router.log())
                .contains("lan (inside, device lan, 192.168.1.1/24), wan (outside, device wan, 203.0.113.2/24)")
                .contains("NAT to 203.0.113.2 (1 address), 0 port forwards")
                .contains("idle park; history off; socket " + router.config().socket());
    }

    @Test
    void shouldBeginEachLineWithThePriorityUnderJournaldAndOnlyThere() {
        final String named = "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/2) exec \"$@\"";
        start(PortolanProcess.in(lab).under("sh", "-c", named, "sh"));
        assertThat(RouterChecks.within(5_000, () -> router.log().contains("idle ")))
                .isTrue();
        assertThat(router.log().lines()).allMatch(line -> line.matches("<[3-7]>.*"));
    }

    @Test
    void shouldNameTheLoginOfWhoChangesANeighbor() throws Exception {
        start(PortolanProcess.in(lab).history());
        assertThat(asLogin(4_000_000, () -> arp("add", "192.168.1.77", NOBODYS_MAC)))
                .contains("is now static");
        final String who = System.getProperty("user.name") + " (login 4000000)";
        assertThat(router.log()).contains(who + " made 1 neighbor static");
        assertThat(RouterChecks.within(
                        5_000,
                        () -> router.ask("arp-log", "--json", "--address=192.168.1.77")
                                .contains("\"by\":\"" + who + "\"")))
                .as(router.ask("arp-log", "--json", "--address=192.168.1.77"))
                .isTrue();
    }

    /** A thread has a login of its own, and hands it on to the processes that it starts. */
    private static String asLogin(final int uid, final Callable<String> what) throws Exception {
        final FutureTask<Optional<String>> task = new FutureTask<>(() -> {
            try {
                Files.writeString(Path.of("/proc/thread-self/loginuid"), Integer.toString(uid));
            } catch (final IOException e) {
                return Optional.empty();
            }
            return Optional.of(what.call());
        });
        Thread.ofPlatform().start(task);
        assumeTrue(task.get().isPresent(), "a login cannot be set here");
        return task.get().orElseThrow();
    }

    @Test
    void shouldLetTheMembersOfTheGroupUseTheSocketAndNobodyElse() throws IOException {
        assumeTrue(RouterChecks.isRealRoot(), "a user namespace with one mapped uid knows no groups");
        start(PortolanProcess.in(lab).config("control", "group = \"users\""));
        final String socket = router.config().socket().toString();
        assertThat(Command.run("stat", "-c", "%A %U %G", socket).strip()).isEqualTo("srw-rw---- root users");
        assertThat(mayWrite("users", socket)).isTrue();
        assertThat(mayWrite("daemon", socket)).isFalse();
    }

    private static boolean mayWrite(final String group, final String socket) {
        return Command.tryRun(List.of(
                        "setpriv", "--reuid=nobody", "--regid=" + group, "--clear-groups", "test", "-w", socket))
                .succeeded();
    }
}
