package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.BundleWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.retain.PackShelf.Shelved;
import org.portolan.control.history.store.HeldIndexes;
import org.portolan.control.history.store.StockGit;

class CompactionTest {
    private static final long NOW_MS = 1_764_100_000_000L;

    @TempDir
    Path directory;

    private Path path;
    private Chronicle chronicle;
    private PackShelf shelf;
    private Compaction compaction;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("edge-1.git");
        chronicle = new Chronicle(path, "edge-1", 200);
        shelf = new PackShelf(chronicle.git(), pack -> {});
        compaction = new Compaction(shelf);
    }

    @AfterEach
    void close() throws IOException {
        chronicle.close();
    }

    @Test
    void shouldMakeOnePackOfTwelve() throws IOException {
        chronicle.writeSingly(10, 10);
        assertThat(compaction.step(NOW_MS, Pause.NONE)).isEmpty();
        chronicle.writeSingly(1, 10);
        final String log = log();
        final Optional<Compacted> compacted = compaction.step(NOW_MS, Pause.NONE);
        assertThat(compacted).hasValueSatisfying(done -> {
            assertThat(done.packs()).hasSize(12);
            assertThat(done.objects()).isEqualTo(objects());
            assertThat(done.bytesAfter()).isLessThan(done.bytesBefore() / 2);
        });
        assertThat(shelf.live()).hasSize(1);
        requireSame(log);
    }

    @Test
    void shouldKeepReplacedPacksForTenMinutes() throws IOException {
        chronicle.writeSingly(31, 10);
        final String log = log();
        compaction.step(NOW_MS, Pause.NONE);
        assertThat(shelf.deleteRetired(NOW_MS + PackShelf.KEPT_MS - 1)).isFalse();
        assertThat(packFiles()).hasSize(66);
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        assertThat(packFiles()).hasSize(2);
        requireSame(log);
    }

    @Test
    void shouldWriteAnObjectOnceForEachTier() throws IOException {
        long now = NOW_MS;
        long written = 0;
        for (int i = 0; i < 200; i++) {
            chronicle.write(3, 10);
            for (Optional<Compacted> done = compaction.step(now, Pause.NONE);
                    done.isPresent();
                    done = compaction.step(now, Pause.NONE)) {
                written += done.get().objects();
            }
            now += 60_000;
            deleteAll(now);
        }
        assertThat(shelf.live()).hasSizeLessThan(64);
        assertThat((double) written / objects()).isLessThan(2.5);
        StockGit.requireSound(path);
    }

    @Test
    void shouldMergeSmallPacksBesideOneThatFillsTheMemoryAlmost() throws IOException {
        compaction = new Compaction(shelf, 1_500);
        chronicle.write(200, 10);
        for (int i = 0; i < 12; i++) {
            chronicle.write(80, 10);
        }
        final int packs = shelf.live().size();
        while (compaction.step(NOW_MS, Pause.NONE).isPresent()) {
            // Until there is no more to do.
        }
        assertThat(shelf.live()).hasSizeLessThan(packs - 3);
        StockGit.requireSound(path);
    }

    @Test
    void shouldNotMergeMoreObjectsThanFitIntoMemory() throws IOException {
        compaction = new Compaction(shelf, 1_500);
        for (int i = 0; i < 70; i++) {
            chronicle.write(10, 10);
            final Optional<Compacted> done = compaction.step(NOW_MS, Pause.NONE);
            done.ifPresent(each -> assertThat(each.objects()).isLessThanOrEqualTo(1_500));
        }
        assertThat(shelf.live()).hasSizeLessThan(40);
        StockGit.requireSound(path);
    }

    @Test
    void shouldLetTheHistorianWriteWhileAPackIsWritten() throws IOException {
        chronicle.writeSingly(31, 10);
        final AtomicInteger pauses = new AtomicInteger();
        final Optional<Compacted> done = compaction.step(NOW_MS, () -> {
            if (pauses.incrementAndGet() % 4 == 0) {
                chronicle.write(1, 1);
            }
        });
        assertThat(done).isPresent();
        assertThat(pauses.get()).isGreaterThan(8);
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        assertThat(shelf.live()).hasSize(1 + pauses.get() / 4);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "rev-list", "--count", "primary").strip())
                .isEqualTo("" + (32 + pauses.get() / 4));
    }

    @Test
    void shouldLeaveEverythingAsItWasWhenItIsInterrupted() throws IOException {
        chronicle.writeSingly(31, 10);
        final List<String> before = packFiles();
        final AtomicInteger pauses = new AtomicInteger();
        for (int at = 1; at < 12; at++) {
            final int last = at;
            pauses.set(0);
            assertThatThrownBy(() -> compaction.step(NOW_MS, () -> {
                        if (pauses.incrementAndGet() == last) {
                            throw new IOException("no space left on device");
                        }
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("no space left on device");
            assertThat(packFiles()).isEqualTo(before);
        }
        assertThat(compaction.step(NOW_MS, Pause.NONE)).isPresent();
    }

    @Test
    void shouldTakeObjectsAlongThatNothingReaches() throws IOException {
        chronicle.writeSingly(31, 10);
        final ObjectId lost;
        try (var inserter = chronicle.git().getObjectDatabase().newPackInserter()) {
            lost = inserter.insert(org.eclipse.jgit.lib.Constants.OBJ_BLOB, new byte[] {1, 2, 3});
            inserter.flush();
        }
        compaction.step(NOW_MS, Pause.NONE);
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        assertThat(chronicle.git().getObjectDatabase().has(lost)).isTrue();
        assertThat(shelf.live()).hasSize(1);
    }

    @Test
    void shouldNotTouchAPackThatIsToBeKept() throws IOException {
        chronicle.writeSingly(40, 10);
        final Shelved kept = shelf.live().get(5);
        Files.createFile(shelf.directory().resolve(kept.name() + ".keep"));
        compaction.step(NOW_MS, Pause.NONE);
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        assertThat(shelf.live()).extracting(Shelved::name).contains(kept.name()).hasSize(2);
        StockGit.requireSound(path);
    }

    @Test
    void shouldGoOnAfterStockGitRepackedUnderIt() throws IOException {
        chronicle.writeSingly(31, 10);
        compaction.step(NOW_MS, Pause.NONE);
        chronicle.writeSingly(10, 10);
        StockGit.run(path, "repack", "-a", "-d", "-q");
        StockGit.run(path, "pack-refs", "--all");
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        assertThat(shelf.live()).hasSize(1);
        chronicle.writeSingly(40, 10);
        assertThat(compaction.step(NOW_MS, Pause.NONE)).isPresent();
        StockGit.run(path, "gc", "--prune=now", "-q");
        chronicle.writeSingly(40, 10);
        final String log = log();
        assertThat(compaction.step(NOW_MS, Pause.NONE)).isPresent();
        deleteAll(NOW_MS + 2 * PackShelf.KEPT_MS);
        requireSame(log);
    }

    /** Stock git's cache over all packs names those that go. */
    @Test
    void shouldNotLeaveAMultiPackIndexThatNamesWhatIsGone() throws IOException {
        chronicle.writeSingly(31, 10);
        StockGit.run(path, "multi-pack-index", "write");
        final String log = log();
        compaction.step(NOW_MS, Pause.NONE);
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        requireSame(log);
        assertThat(shelf.directory().resolve("multi-pack-index")).doesNotExist();
    }

    @Test
    void shouldNotDeleteAReplacedPackWhenTheNewOneIsGone() throws IOException {
        chronicle.writeSingly(31, 10);
        final String log = log();
        compaction.step(NOW_MS, Pause.NONE);
        final Shelved merged = shelf.live().getFirst();
        for (final String extension : List.of(".idx", ".pack")) {
            Files.delete(shelf.directory().resolve(merged.name() + extension));
        }
        deleteAll(NOW_MS + PackShelf.KEPT_MS);
        assertThat(shelf.live()).hasSize(32);
        requireSame(log);
    }

    @Test
    void shouldReadCommitsThatStockGitStoredAsDeltas() throws IOException {
        chronicle.writeSingly(40, 10);
        final Path message = Files.writeString(directory.resolve("message"), log().substring(0, 4_000));
        for (final String name : List.of("one", "two", "three")) {
            final String tree = "primary~" + name.length() + "^{tree}";
            StockGit.run(path, "config", "user.name", "a");
            StockGit.run(path, "config", "user.email", "a@b");
            final String commit = StockGit.run(path, "commit-tree", tree, "-F", message.toString());
            StockGit.run(path, "branch", name, commit.strip());
        }
        StockGit.run(path, "repack", "-a", "-d", "-f", "-q");
        chronicle.writeSingly(33, 10);
        final List<Shelved> all = new ArrayList<>(shelf.live());
        final Path index = shelf.directory().resolve(all.getFirst().name() + ".idx");
        assertThat(StockGit.run(path, "verify-pack", "-v", index.toString()))
                .containsPattern("commit \\d+ \\d+ \\d+ \\d+ [0-9a-f]{40}");
        final String log = log();
        try (PackedSet set = PackedSet.all(shelf.files(all))) {
            assertThat(new PackMerge(chronicle.git(), set, Pause.NONE).merge().objects())
                    .isEqualTo(objects());
        }
        for (final Shelved each : all) {
            Files.delete(shelf.directory().resolve(each.name() + ".idx"));
            Files.delete(shelf.directory().resolve(each.name() + ".pack"));
        }
        requireSame(log);
    }

    /** Of a year they are 143 MB. */
    @Test
    void shouldNotBringIndexesIntoTheHeap() throws IOException {
        chronicle.writeSingly(31, 10);
        try (FileRepository git = new FileRepository(path.toFile())) {
            shelf = new PackShelf(git, pack -> {});
            compaction = new Compaction(shelf);
            shelf.retireReplaced(NOW_MS);
            assertThat(shelf.live()).as("nothing is replaced").hasSize(32);
            assertThat(compaction.step(NOW_MS, Pause.NONE)).isPresent();
            deleteAll(NOW_MS + PackShelf.KEPT_MS);
            assertThat(shelf.live()).hasSize(1);
            assertThat(HeldIndexes.of(git)).isEmpty();
            git.newObjectReader().open(chronicle.head());
            assertThat(HeldIndexes.of(git)).as("what the test looks at").hasSize(1);
        }
    }

    /** What is written here is never so deep. Without the old deltas, packs are larger and take longer. */
    @Test
    void shouldCopyDeltasThatAreThere() throws IOException {
        chronicle.writeSingly(200, 10);
        StockGit.run(path, "repack", "-a", "-d", "-f", "-q", "--depth=250", "--window=250");
        assertThat(longestChain(shelf.live().getFirst())).isGreaterThan(60);
        final Shelved merged;
        try (PackedSet set = PackedSet.all(shelf.files(shelf.live()))) {
            final Path file =
                    new PackMerge(chronicle.git(), set, Pause.NONE).merge().file();
            merged = shelf.live().stream()
                    .filter(each -> shelf.file(each.name()).equals(file))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(longestChain(merged)).isGreaterThan(60);
        StockGit.requireSound(path);
    }

    private int longestChain(final Shelved pack) {
        final String index = shelf.directory().resolve(pack.name() + ".idx").toString();
        return StockGit.run(path, "verify-pack", "-v", index)
                .lines()
                .filter(line -> line.startsWith("chain length = "))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("chain length = (\\d+):.*", "$1")))
                .max()
                .orElse(0);
    }

    @Test
    void shouldTakeAwayTheLinksOfAMergeThatWasKilled() throws IOException {
        final Path links = Files.createDirectories(path.resolve("merging/pack"));
        Files.createSymbolicLink(links.resolve("pack-1.pack"), path.resolve("HEAD"));
        chronicle.writeSingly(31, 10);
        assertThat(compaction.step(NOW_MS, Pause.NONE)).isPresent();
        assertThat(path.resolve("merging")).doesNotExist();
        assertThat(path.resolve("HEAD")).exists();
        StockGit.requireSound(path);
    }

    @Test
    void shouldServeReadersThatBeganBeforeAPackWasReplaced() throws IOException {
        chronicle.writeSingly(31, 10);
        try (var git =
                new FileRepositoryBuilder().setGitDir(path.toFile()).setBare().build()) {
            final BundleWriter reader = new BundleWriter(git);
            reader.include("refs/heads/primary", chronicle.head());
            git.getObjectDatabase().newReader().open(chronicle.head());
            compaction.step(NOW_MS, Pause.NONE);
            deleteAll(NOW_MS + PackShelf.KEPT_MS);
            try (var out = Files.newOutputStream(directory.resolve("bundle"))) {
                reader.writeBundle(NullProgressMonitor.INSTANCE, out);
            }
        }
        StockGit.run(path, "bundle", "verify", "-q", directory.resolve("bundle").toString());
    }

    private void deleteAll(final long nowMs) throws IOException {
        while (shelf.deleteRetired(nowMs)) {
            // One after the other.
        }
    }

    private String log() {
        return StockGit.run(path, "log", "-p", "--all");
    }

    private void requireSame(final String log) {
        StockGit.requireSound(path);
        assertThat(log()).isEqualTo(log);
    }

    private long objects() {
        return StockGit.run(path, "rev-list", "--all", "--objects").lines().count();
    }

    private List<String> packFiles() throws IOException {
        try (var files = Files.list(shelf.directory())) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
