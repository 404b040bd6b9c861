package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;

/** SIGTERM in the middle of heavy change: what was acknowledged is there. All rounds end one router's one history. */
@NeedsRoot
class HistoryEndE2eTest {
    private static final int ROUNDS = 4;
    private static final int PINNED_AT_ONCE = 100;
    private static final int PINNED = 1_000;
    private static final int LATEST_MS = 2_000;
    private static final long ANSWER_MS = 10_000;
    private static final Random RANDOM = new Random();

    private static Lab lab;
    private static PortolanProcess router;
    private static LiveGit git;

    @BeforeAll
    static void build() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab).insidePrefixLength(16).history().build();
        git = LiveGit.of(router);
    }

    @AfterAll
    static void takeAway() {
        RouterChecks.assertLogIsClean(router);
        router.close();
        lab.close();
    }

    @AfterEach
    void end() {
        router.stop();
    }

    /** Pins addresses as fast as the socket takes them, each time to another MAC, until the router is gone. */
    private static final class Writer implements Runnable {
        private final int round;
        private final Map<String, String> answered = new TreeMap<>();
        private final Map<String, String> asked = new TreeMap<>();
        /** Written by the writer alone. */
        private volatile int answers;

        Writer(final int round) {
            this.round = round;
        }

        @Override
        public void run() {
            try {
                for (int change = 0; ; change += PINNED_AT_ONCE) {
                    asked.clear();
                    for (int i = change; i < change + PINNED_AT_ONCE; i++) {
                        asked.put(address(i), "02:50:%02x:%02x:%02x:01".formatted(round, i >> 16, i >> 8 & 0xFF));
                    }
                    load(asked);
                    answered.putAll(asked);
                    answers++;
                }
            } catch (final LabException e) {
                // It has ended: what was asked last may be done or not.
            }
        }

        private static String address(final int change) {
            final int host = 1_000 + change % PINNED;
            return "192.168.%d.%d".formatted(host >> 8, host & 0xFF);
        }

        private static void load(final Map<String, String> bindings) {
            final String answer = router.ask(
                    "arp-load",
                    "--bindings="
                            + bindings.entrySet().stream()
                                    .map(each -> each.getKey() + "/" + each.getValue())
                                    .collect(Collectors.joining(",")));
            assertThat(JsonValue.parse(answer).get("outcomes").list())
                    .allMatch(each -> each.get("refusal").text().isEmpty());
        }
    }

    /** What the router said of its history last. */
    private record Durable(String head, long commits) {
        static Durable ask() {
            final JsonValue history = router.askJson("history").get("history");
            return new Durable(
                    history.get("head").text(), history.get("commits").number());
        }
    }

    /** Asks until that moment, or until the router ends. */
    private static Durable lastSaid(final long untilNs) throws InterruptedException {
        Durable said = Durable.ask();
        while (System.nanoTime() < untilNs) {
            Thread.sleep(5);
            said = Durable.ask();
        }
        return said;
    }

    @RepeatedTest(ROUNDS)
    void shouldEndCleanlyAndKnowItAllAgain(final RepetitionInfo repetition) throws Exception {
        final int round = repetition.getCurrentRepetition();
        router.start();
        final String before = git.head();
        final Writer writer = new Writer(round);
        final FutureTask<Void> writing = new FutureTask<>(writer, null);
        Thread.ofPlatform().start(writing);
        assertThat(RouterChecks.within(ANSWER_MS, () -> writer.answers > 0)).isTrue();
        final long waitMs = RANDOM.nextInt(LATEST_MS);
        final Durable said = lastSaid(System.nanoTime() + waitMs * 1_000_000);
        assertThat(router.terminate())
                .as("after %d ms: %s", waitMs, router.log())
                .isZero();
        writing.get();

        git.assertSound();
        assertNothingIsLocked();
        assertThat(git.isAncestor(said.head(), git.head()))
                .as("%s in round %d", said, round)
                .isTrue();
        assertThat(Long.parseLong(git.run("rev-list", "--count", before + ".." + git.head())))
                .as("after %d ms", waitMs)
                .isGreaterThanOrEqualTo(said.commits());
        final Map<String, String> kept = pinsInGit();
        assertThat(writer.answered)
                .as("after %d ms", waitMs)
                .isNotEmpty()
                .allSatisfy((address, mac) ->
                        assertThat(kept.get(address)).as(address).isIn(mac, writer.asked.get(address)));

        router.start();
        assertThat(pinsInTable()).isEqualTo(kept);
    }

    private static void assertNothingIsLocked() throws IOException {
        final Path own = git.repository().resolve("portolan.lock");
        try (Stream<Path> files = Files.walk(git.repository())) {
            assertThat(files.filter(each -> each.toString().endsWith(".lock"))).containsExactly(own);
        }
        try (FileChannel channel = FileChannel.open(own, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            assertThat(lock).isNotNull();
        }
        try (Stream<Path> objects = Files.list(git.repository().resolve("objects"))) {
            assertThat(objects.map(each -> each.getFileName().toString())).containsOnly("info", "pack");
        }
    }

    /** MAC by address, as {@code primary:arp/0/SEGMENT/192.168.4/10:static 02:...} says. */
    private static Map<String, String> pinsInGit() {
        final Map<String, String> pins = new TreeMap<>();
        for (final String line : git.lines("grep", "^static 02", "primary")) {
            final String[] file = line.substring(0, line.indexOf(":static")).split("/");
            pins.put(file[3] + "." + file[4], line.substring(line.lastIndexOf(' ') + 1));
        }
        return pins;
    }

    private static Map<String, String> pinsInTable() {
        return router.askJson("arp").get("neighbors").list().stream()
                .filter(row -> row.get("state").text().equals("static"))
                .collect(Collectors.toMap(
                        row -> row.get("address").text(), row -> row.get("mac").text()));
    }
}
