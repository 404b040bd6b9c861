package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.store.StockGit;

/** A power cut at any point of what is written here, and what the next start makes of it. */
class CrashTest {
    private static final long NOW_MS = System.currentTimeMillis();
    private static final long LATER_MS = NOW_MS + 2 * PackShelf.KEPT_MS;

    @TempDir
    Path directory;

    @Test
    void shouldFindEveryObjectWhereverAMergeEnded() throws IOException {
        final Path before = directory.resolve("before.git");
        final Path after = directory.resolve("after.git");
        try (Chronicle chronicle = new Chronicle(before, "edge-1", 50)) {
            chronicle.writeSingly(31, 10);
            Chronicle.copy(before, after);
        }
        try (Chronicle chronicle = new Chronicle(after, "edge-1", 50)) {
            assertThat(new Compaction(new PackShelf(chronicle.git(), pack -> {})).step(NOW_MS, Pause.NONE))
                    .isPresent();
        }
        final Set<String> fresh = files(after);
        fresh.removeAll(files(before));
        assertThat(fresh).hasSize(2);
        final String log = log(before);
        int number = 0;
        for (final List<Write> state : states(after, fresh)) {
            final Path crashed = directory.resolve("crashed-" + number++ + ".git");
            Chronicle.copy(before, crashed);
            for (final Write write : state) {
                final Path file = crashed.resolve("objects/pack").resolve(write.name);
                Files.write(file, write.content);
                Files.setLastModifiedTime(file, FileTime.fromMillis(NOW_MS));
            }
            assertThat(log(crashed)).isEqualTo(log);
            requireCleanAfterAStart(crashed, log);
        }
    }

    private record Write(String name, byte[] content) {}

    /** Half a temporary file, both of them, one in its place, both in theirs. */
    private static List<List<Write>> states(final Path after, final Set<String> fresh) throws IOException {
        final String index =
                fresh.stream().filter(name -> name.endsWith(".idx")).findFirst().orElseThrow();
        final String pack = index.replace(".idx", ".pack");
        final byte[] packed = Files.readAllBytes(after.resolve("objects/pack").resolve(pack));
        final byte[] indexed = Files.readAllBytes(after.resolve("objects/pack").resolve(index));
        final String half = PackMerge.TEMPORARY + "pack";
        final String other = PackMerge.TEMPORARY + "idx";
        final List<List<Write>> states = new ArrayList<>();
        for (final int length : new int[] {0, 1, 12, packed.length / 2, packed.length - 1}) {
            states.add(List.of(new Write(half, Arrays.copyOf(packed, length))));
        }
        states.add(List.of(new Write(half, packed), new Write(other, Arrays.copyOf(indexed, indexed.length / 2))));
        states.add(List.of(new Write(half, packed), new Write(other, indexed)));
        states.add(List.of(new Write(pack, packed), new Write(other, indexed)));
        states.add(List.of(new Write(pack, packed)));
        states.add(List.of(new Write(pack, packed), new Write(index, indexed)));
        return states;
    }

    private static void requireCleanAfterAStart(final Path path, final String log) throws IOException {
        try (Chronicle chronicle = new Chronicle(path, "edge-1", 50)) {
            final Marks marks = Marks.open(chronicle.git(), chronicle.head());
            try (Upkeep upkeep = open(chronicle, marks, Limits.NONE)) {
                for (long now = LATER_MS; now < LATER_MS + 3 * PackShelf.KEPT_MS; now += 60_000) {
                    while (upkeep.step(now, now / 1_000, Pause.NONE)) {
                        // Until there is no more to do.
                    }
                }
            }
            chronicle.writeSingly(1, 10);
        }
        StockGit.requireSound(path);
        assertThat(log(path)).endsWith(log);
        assertThat(files(path)).as("one pack of 32, one of the last commit").hasSize(4);
    }

    private static Upkeep open(final Chronicle chronicle, final Marks marks, final Limits limits) {
        return Upkeep.open(chronicle.git(), marks, new KeptRefs(Set::of), limits, new Upkeep.Listener() {
            @Override
            public void compacted(final Compaction.Compacted done) {
                assertThat(done.objects()).isPositive();
            }

            @Override
            public void retained(final Retention.Report done) {
                assertThat(done.bytesAfter()).isPositive();
            }
        });
    }

    @Test
    void shouldSweepWhatBatchesAndFetchesLeftHalf() throws IOException {
        final Path path = directory.resolve("edge-1.git");
        try (Chronicle chronicle = new Chronicle(path, "edge-1", 50)) {
            chronicle.writeSingly(5, 10);
            final List<Path> left = List.of(
                    path.resolve("objects/insert_123.pack"),
                    path.resolve("objects/insert_123.idx"),
                    path.resolve("objects/incoming_9.pack"),
                    path.resolve("objects/pack/tmp_pack_abc"),
                    path.resolve("objects/pack/pack-" + "a".repeat(40) + ".pack"),
                    path.resolve("objects/pack/pack-" + "b".repeat(40) + ".idx"),
                    path.resolve("shallow.lock"));
            final Sweep sweep = new Sweep(chronicle.git());
            for (final Path each : left) {
                Files.write(each, new byte[] {1});
                // Whatever the wall clock was when it was written.
                Files.setLastModifiedTime(each, FileTime.fromMillis(0));
            }
            assertThat(sweep.run(NOW_MS)).isZero();
            assertThat(sweep.run(NOW_MS + PackShelf.KEPT_MS - 1))
                    .as("somebody may be at work")
                    .isZero();
            assertThat(sweep.run(NOW_MS + PackShelf.KEPT_MS)).isEqualTo(left.size());
            assertThat(left).noneMatch(Files::exists);
        }
        StockGit.requireSound(path);
    }

    /** A full or read-only disk must not keep the router from reading its history. */
    @Test
    void shouldNotTouchTheDiskBeforeTheFirstStep() throws IOException {
        final Path path = directory.resolve("edge-1.git");
        try (Chronicle chronicle = new Chronicle(path, "edge-1", 50)) {
            chronicle.writeSingly(5, 10);
            final Marks marks = Marks.open(chronicle.git(), chronicle.head());
            final Path half = Files.write(path.resolve("objects/pack/" + PackMerge.TEMPORARY + "pack"), new byte[] {1});
            try (Upkeep upkeep = open(chronicle, marks, Limits.NONE)) {
                assertThat(half).exists();
                assertThat(upkeep.step(LATER_MS, LATER_MS / 1_000, Pause.NONE)).isTrue();
                assertThat(half).doesNotExist();
            }
        }
    }

    @Test
    void shouldLoseNothingWhenItIsKilledAtAnyTime() throws Exception {
        final Path path = directory.resolve("edge-1.git");
        for (int round = 0; round < 2; round++) {
            final Process process = start(path);
            final String durable;
            try (var lines = process.inputReader()) {
                String last = "";
                for (int i = 0; i < 60 + 13 * round; i++) {
                    final String line = lines.readLine();
                    assertThat(line).as("it ended by itself").isNotNull();
                    last = line;
                }
                durable = last;
                process.destroyForcibly();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
            StockGit.requireSound(path);
            StockGit.run(path, "merge-base", "--is-ancestor", durable, "primary");
        }
        assertThat(path.resolve("shallow")).as("it dropped history, too").isNotEmptyFile();
    }

    private static Process start(final Path path) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                CrashingRouter.class.getName(),
                path.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Set<String> files(final Path path) {
        final File[] files = path.resolve("objects/pack").toFile().listFiles();
        final Set<String> names = new TreeSet<>();
        for (final File file : files) {
            names.add(file.getName());
        }
        return names;
    }

    private static String log(final Path path) {
        return StockGit.run(path, "log", "-p", "--all");
    }
}
