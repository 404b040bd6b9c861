package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.history.store.Tables;
import org.portolan.control.log.Log;

/**
 * kill -9 at random moments of heavy change, the first ones of a repository included: the next start finds everything
 * that was said to be durable. Longer: {@code -Dportolan.crash.rounds=100}; the same kills again:
 * {@code -Dportolan.crash.seed=SEED}. What the kernel had not written yet survives a kill; a power cut is
 * {@code retain/CrashTest}'s matter.
 */
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("portolan.crash.rounds", 10);
    private static final long SEED = Long.getLong("portolan.crash.seed", System.nanoTime());
    private static final int ROUNDS_OF_ONE = 10;

    /** So many rounds of a repository may end before it is made; of the later ones, one of five while it is opened. */
    private static final int FIRST_ROUNDS = 2;

    private static final int EARLY_OF = 5;
    private static final int EARLIEST_KILL_MS = 50;
    private static final int LATEST_KILL_MS = 1_500;
    private static final int PATIENCE_S = 60;
    private static final int KILLED = 128 + 9;

    /** More than replaced packs are kept, in the child's time: each start sweeps and deletes what the last one left. */
    private static final long BETWEEN_ROUNDS_MICROS = TimeUnit.MINUTES.toMicros(15);

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private long beginMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    private String head = "";
    private int unfinished;
    private int reports;
    private int merges;

    @Test
    void shouldFindAllThatWasDurableAtWhateverMomentItWasKilled() throws IOException, InterruptedException {
        System.out.printf("crash: seed %d, %d rounds%n", SEED, ROUNDS);
        Path path = directory;
        for (int round = 0; round < ROUNDS; round++) {
            if (round % ROUNDS_OF_ONE == 0) {
                path = directory.resolve("edge-" + round + ".git");
                head = "";
            }
            final String name = "seed %d, round %d".formatted(SEED, round);
            final boolean early = round % ROUNDS_OF_ONE < FIRST_ROUNDS || random.nextInt(EARLY_OF) == 0;
            judge(name, path, killed(name, path, early));
            beginMicros += BETWEEN_ROUNDS_MICROS;
        }
        System.out.printf(
                "crash: %d more heads were durable, %d kills came before it was made, %d merges of packs%n",
                reports, unfinished, merges);
        assertThat(head).as("what was durable last").isNotEmpty();
    }

    /** What it said, in whole lines. */
    private List<String> killed(final String name, final Path path, final boolean early)
            throws IOException, InterruptedException {
        final Path errors = directory.resolve("stderr");
        final Process process = start(path, errors);
        try {
            final BlockingQueue<String> said = new LinkedBlockingQueue<>();
            final Thread listener = Thread.ofVirtual().start(() -> listen(process, said));
            assertThat(said.poll(PATIENCE_S, TimeUnit.SECONDS)).as(name).isEqualTo(KilledRouter.BEGINS);
            if (!early) {
                assertThat(said.poll(PATIENCE_S, TimeUnit.SECONDS)).as(name).isEqualTo(KilledRouter.OPEN);
                // A loaded machine takes seconds until the first batch: what is to be hit is the change after it.
                final String durable = said.poll(PATIENCE_S, TimeUnit.SECONDS);
                assertThat(durable).as(name).isNotNull();
                head = durable.substring(durable.lastIndexOf(' ') + 1);
            }
            Thread.sleep(random.nextInt(EARLIEST_KILL_MS, LATEST_KILL_MS));
            process.destroyForcibly();
            assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).as(name).isTrue();
            assertThat(listener.join(Duration.ofSeconds(PATIENCE_S))).as(name).isTrue();
            final String complaints = Files.readString(errors);
            assertThat(process.exitValue()).as("%s: %s", name, complaints).isEqualTo(KILLED);
            // <7> is debug, of packs that were merged; all else is a complaint.
            assertThat(complaints.lines().filter(line -> !line.startsWith("<7>")))
                    .as(name)
                    .isEmpty();
            merges += (int) complaints
                    .lines()
                    .filter(line -> line.contains("into one,"))
                    .count();
            said.remove(KilledRouter.OPEN);
            return List.copyOf(said);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(final Path path, final Path errors) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KilledRouter.class.getName()));
        command.addAll(List.of(
                path.toString(),
                directory.resolve("ring").toString(),
                String.valueOf(beginMicros),
                String.valueOf(random.nextLong())));
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    /** The kill may cut the last line: only what ends is a line. */
    private static void listen(final Process process, final BlockingQueue<String> said) {
        final StringBuilder line = new StringBuilder();
        try (var out = process.inputReader(StandardCharsets.US_ASCII)) {
            for (int c = out.read(); c >= 0; c = out.read()) {
                if (c == '\n') {
                    said.add(line.toString());
                    line.setLength(0);
                } else {
                    line.append((char) c);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void judge(final String name, final Path path, final List<String> said) throws IOException {
        reports += said.size();
        if (head.isEmpty() && said.isEmpty() && isUnmade(path)) {
            unfinished++;
            return;
        }
        StockGit.requireSound(path);
        for (final String line : said) {
            head = line.substring(line.lastIndexOf(' ') + 1);
        }
        if (!head.isEmpty()) {
            StockGit.run(path, "merge-base", "--is-ancestor", head, "primary");
        }
        final List<String> beacons = said.stream()
                .filter(line -> line.startsWith(KilledRouter.BEACON))
                .toList();
        if (!beacons.isEmpty()) {
            final String[] words = beacons.getLast().split(" ", -1);
            assertThat(StockGit.run(path, "show", words[2] + ":arp/0/office/10.0.255/1"))
                    .as(name)
                    .contains("mac " + words[1] + "\n");
        }
        assertThat(remembered(path)).as(name).isEqualTo(effective(path));
        StockGit.requireSound(path);
    }

    /** Nothing was ever durable, and the next start makes the rest of it. */
    private static boolean isUnmade(final Path path) {
        return !Files.exists(path.resolve("HEAD")) || Files.exists(path.resolve("portolan.unfinished"));
    }

    /** How many bindings primary and the expiry branches have together. */
    private long effective(final Path path) throws IOException {
        try (HistoryRepository repository = HistoryRepository.open(path, "edge-1", beginMicros / 1_000_000)) {
            final Map<BindingKey, Binding> table = Tables.of(repository, repository.primary());
            final String open =
                    StockGit.run(path, "for-each-ref", "--no-merged=primary", "--format=%(objectname)", "refs/heads");
            for (final String tip : open.lines().toList()) {
                Tables.of(repository, ObjectId.fromString(tip))
                        .forEach((key, each) -> table.merge(key, each, Binding::join));
            }
            final Map<BindingKey, Pin> own = repository.own().pins();
            // The file of the pins is written before the batch: where a kill came between, the file counts.
            own.keySet().forEach(key -> table.remove(key));
            return own.size()
                    + table.values().stream()
                            .filter(each -> each.hintedMac() != 0)
                            .count();
        }
    }

    private long remembered(final Path path) throws IOException {
        final Log log = new Log(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                Log.Style.JOURNAL,
                Log.Level.ERROR,
                () -> 0,
                () -> 0);
        final History history = KilledRouter.open(path, directory.resolve("ring"), () -> beginMicros, log);
        try {
            return history.remembered().size();
        } finally {
            history.abandon();
        }
    }
}
