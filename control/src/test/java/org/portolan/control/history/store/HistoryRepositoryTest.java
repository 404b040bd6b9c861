package org.portolan.control.history.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jnr.constants.platform.RLIMIT;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.RandomBindings;

class HistoryRepositoryTest {
    private static final long NOW_S = 1_764_000_000L;

    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void place() {
        path = directory.resolve("state.git");
    }

    @Test
    void shouldBeginWithAnEmptyCacheThatStockGitReads() throws IOException {
        open().close();
        assertThat(StockGit.run(path, "log", "--all", "--decorate", "--format=%D %an %s"))
                .isEqualTo("HEAD -> primary edge-1 Arp.create: Initial empty cache\n");
        StockGit.requireSound(path);
    }

    @Test
    void shouldReadBackEveryTableThatItWrote() throws IOException {
        final RandomBindings random = new RandomBindings(5);
        final Map<BindingKey, Binding> expected = new HashMap<>();
        try (HistoryRepository history = open()) {
            for (int round = 0; round < 50; round++) {
                final Map<BindingKey, Binding> changes = new HashMap<>();
                for (int i = 0; i < 5; i++) {
                    changes.put(random.key(), i == 4 ? null : random.binding());
                }
                commit(history, changes, "round " + round);
                changes.forEach((key, binding) -> {
                    if (binding == null) {
                        expected.remove(key);
                    } else {
                        expected.put(key, binding);
                    }
                });
                assertThat(Tables.of(history, history.primary())).isEqualTo(expected);
            }
        }
        StockGit.requireSound(path);
        try (HistoryRepository history = open()) {
            assertThat(Tables.of(history, history.primary())).isEqualTo(expected);
        }
        assertThat(StockGit.run(path, "rev-list", "--count", "primary").strip()).isEqualTo("51");
    }

    @Test
    void shouldJoinTreesByTheLawsInWhateverOrder() throws IOException {
        final RandomBindings random = new RandomBindings(9);
        try (HistoryRepository history = open();
                Batch batch = history.batch()) {
            for (int round = 0; round < 100; round++) {
                final ObjectId a = randomTree(batch, random);
                final ObjectId b = randomTree(batch, random);
                final ObjectId c = randomTree(batch, random);
                assertThat(join(batch, a, b)).isEqualTo(join(batch, b, a));
                assertThat(join(batch, join(batch, a, b), c)).isEqualTo(join(batch, a, join(batch, b, c)));
                assertThat(join(batch, a, a)).isEqualTo(a);
                assertThat(join(batch, join(batch, a, b), b)).isEqualTo(join(batch, a, b));
            }
        }
    }

    @Test
    void shouldLeaveNothingOfABatchThatWasNotFinished() throws IOException {
        try (HistoryRepository history = open()) {
            final ObjectId before = history.primary();
            try (Batch batch = history.batch()) {
                batch.commit(randomTree(batch, new RandomBindings(1)), List.of(before), "lost\n", NOW_S);
            }
            assertThat(history.primary()).isEqualTo(before);
        }
        StockGit.requireSound(path);
    }

    @Test
    void shouldRefuseADirectoryOfSomethingElseAndChangeNothing() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("letter.txt"), "dear");
        assertRefused("is not empty and not a bare git repository");
        assertThat(path.toFile().list()).containsExactly("letter.txt");
    }

    @Test
    void shouldRefuseSomebodyElsesRepository() throws IOException {
        final Path work = Files.createDirectory(directory.resolve("work"));
        StockGit.run(work, "init", "-q", "-b", "primary");
        Files.writeString(work.resolve("readme"), "x");
        StockGit.run(work, "add", ".");
        StockGit.run(work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x");
        StockGit.run(work, "clone", "-q", "--bare", work.toString(), path.toString());
        assertRefused("no Portolan history");
    }

    @Test
    void shouldRefuseAnEmptyBareRepositoryAndLeaveItAsItWas() throws IOException {
        StockGit.run(directory, "init", "-q", "--bare", path.toString());
        final Path lock = Files.createFile(path.resolve("refs/heads/main.lock"));
        final String[] before = path.toFile().list();
        assertRefused("no Portolan history");
        assertThat(path.toFile().list()).containsExactlyInAnyOrder(before);
        assertThat(lock).exists();
    }

    @Test
    void shouldRefuseAnotherSchemaVersion() throws IOException {
        final Path work = directory.resolve("work");
        open().close();
        StockGit.run(directory, "clone", "-q", path.toString(), work.toString());
        Files.writeString(work.resolve("portolan"), "schema 2\n");
        StockGit.run(work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-a", "-m", "x");
        StockGit.run(work, "push", "-q", "origin", "primary");
        assertRefused("has schema version 2, and this program reads 1");
    }

    @Test
    void shouldRefuseWhatAnotherRouterHolds() throws IOException {
        try (HistoryRepository held = open()) {
            assertThat(held.path()).exists();
            assertRefused("is in use by another router (process "
                    + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void shouldSayThatAPackIsTruncated() throws IOException {
        try (HistoryRepository history = open()) {
            commit(history, Map.of(new RandomBindings(1).key(), new RandomBindings(2).binding()), "one");
        }
        for (final java.io.File pack :
                path.resolve("objects/pack").toFile().listFiles((d, name) -> name.endsWith(".pack"))) {
            assertThat(pack.setWritable(true)).isTrue();
            try (var file = new java.io.RandomAccessFile(pack, "rw")) {
                file.setLength(file.length() / 2);
            }
        }
        assertRefused("is damaged");
    }

    @Test
    void shouldSayThatAnObjectIsMissing() throws IOException {
        try (HistoryRepository history = open()) {
            commit(history, Map.of(new RandomBindings(1).key(), new RandomBindings(2).binding()), "one");
        }
        for (final java.io.File file : path.resolve("objects/pack").toFile().listFiles()) {
            Files.delete(file.toPath());
        }
        assertRefused("is damaged");
    }

    /** From the first descriptor that it has not to the last that it needs. */
    @Test
    void shouldSayThatTooManyFilesAreOpenAndNotThatItIsDamaged() throws Exception {
        try (HistoryRepository history = open()) {
            commit(history, Map.of(new RandomBindings(1).key(), new RandomBindings(2).binding()), "one");
            history.accept();
        }
        // Loads what is loaded only once.
        readAll();
        limitDescriptors(Long.MAX_VALUE);
        final int used = openDescriptors();
        final List<String> refusals = new ArrayList<>();
        for (int more = 0; more < 40; more++) {
            limitDescriptors(used + more);
            try {
                readAll();
                break;
            } catch (final IOException e) {
                refusals.add(String.valueOf(e.getMessage()));
            } finally {
                limitDescriptors(Long.MAX_VALUE);
            }
        }
        assertThat(refusals)
                .isNotEmpty()
                .hasSizeLessThan(40)
                .allSatisfy(refusal -> assertThat(refusal)
                        .contains(path.toString())
                        .contains("too many files are open")
                        .doesNotContain("damaged"));
        readAll();
    }

    private void readAll() throws IOException {
        // JGit keeps files of the last one open.
        new WindowCacheConfig().install();
        try (HistoryRepository history = open()) {
            assertThat(Tables.of(history, history.primary())).hasSize(1);
        }
    }

    private static int openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            // Without the one that lists them.
            return (int) all.count() - 1;
        }
    }

    /** The soft limit alone, of this process: a program to do it could not be started. */
    private static void limitDescriptors(final long most) {
        final POSIX posix = POSIXFactory.getNativePOSIX();
        final int resource = RLIMIT.RLIMIT_NOFILE.intValue();
        final long hard = posix.getrlimit(resource).rlimMax();
        assertThat(posix.setrlimit(resource, Math.min(most, hard), hard)).isZero();
    }

    @Test
    void shouldSayOfAFileWhyItCannotBeReadAndNotThatItIsDamaged() throws IOException {
        try (HistoryRepository history = open()) {
            assertThat(history.damaged(new AccessDeniedException(path + "/objects/pack/pack-1.pack")))
                    .hasMessage(
                            "%s cannot be read: %s/objects/pack/pack-1.pack: permission denied".formatted(path, path));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWriteToNoLockThatIsALink(final boolean symbolic) throws IOException {
        open().close();
        final Path other = Files.writeString(directory.resolve("other"), "root's");
        final Path lock = path.resolve("portolan.lock");
        if (symbolic) {
            Files.createSymbolicLink(lock, other);
        } else {
            Files.createLink(lock, other);
        }
        assertThatThrownBy(this::open).isInstanceOf(HistoryException.class).hasMessageContaining("rm " + lock);
        assertThat(other).hasContent("root's");
    }

    @Test
    void shouldSayThatTheBranchIsMissing() throws IOException {
        open().close();
        final Path branch = path.resolve("refs/heads/primary");
        Files.writeString(branch, "");
        assertRefused("has no branch primary");
        Files.writeString(branch, "\0".repeat(41));
        assertRefused("has no branch primary");
        Files.delete(branch);
        assertRefused("has no branch primary");
    }

    @Test
    void shouldLeaveTheLockOfTheLastRouterAsItWasWhenItIsNotAccepted() throws IOException {
        open().close();
        final Path lock = path.resolve("portolan.lock");
        assertThat(lock).doesNotExist();
        Files.writeString(lock, "123456789\n");
        open().close();
        assertThat(lock).hasContent("123456789\n");
        try (HistoryRepository history = open()) {
            history.accept();
        }
        assertThat(lock).hasContent(ProcessHandle.current().pid() + "\n");
    }

    @Test
    void shouldFinishWhatACrashLeftHalfMade() throws IOException {
        Files.createDirectories(path.resolve("objects"));
        Files.createFile(path.resolve("portolan.unfinished"));
        Files.writeString(path.resolve("HEAD"), "ref: ");
        try (HistoryRepository history = open()) {
            assertThat(Tables.of(history, history.primary())).isEmpty();
        }
        assertThat(path.resolve("portolan.unfinished")).doesNotExist();
        StockGit.requireSound(path);
    }

    @Test
    void shouldTakeAwayWhatAKilledWriterLeft() throws IOException {
        open().close();
        final Path lock = Files.createFile(path.resolve("refs/heads/primary.lock"));
        final Path pack = Files.createFile(
                Files.createDirectories(path.resolve("writing/pack")).resolve("insert_123.pack"));
        final Path cut = Files.writeString(path.resolve("objects/pack/pack-1.keep"), "portolan: until its");
        final Path somebodys = Files.writeString(path.resolve("objects/pack/pack-2.keep"), "mine\n");
        open().close();
        assertThat(lock).exists();
        assertThat(pack).exists();
        try (HistoryRepository history = open()) {
            history.accept();
            commit(history, Map.of(new RandomBindings(1).key(), new RandomBindings(2).binding()), "one");
        }
        assertThat(lock).doesNotExist();
        assertThat(pack).doesNotExist();
        assertThat(cut).doesNotExist();
        assertThat(somebodys).hasContent("mine\n");
    }

    @Test
    void shouldNotMoveABranchThatSomebodyElseMoved() throws IOException {
        try (HistoryRepository history = open()) {
            commit(history, Map.of(new RandomBindings(1).key(), new RandomBindings(2).binding()), "one");
            StockGit.run(path, "update-ref", "refs/heads/primary", "primary~1");
            assertThatThrownBy(() -> commit(history, Map.of(), "two"))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("another program writes to this repository");
        }
    }

    private void assertRefused(final String because) {
        assertThatThrownBy(this::openAndRead)
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(because);
    }

    private void openAndRead() throws IOException {
        try (HistoryRepository history = open()) {
            Tables.of(history, history.primary());
        }
    }

    private HistoryRepository open() throws IOException {
        return HistoryRepository.open(path, "edge-1", NOW_S);
    }

    private static ObjectId randomTree(final Batch batch, final RandomBindings random) throws IOException {
        final Map<BindingKey, Binding> table = new HashMap<>();
        for (int i = 0; i < 12; i++) {
            table.put(random.key(), random.binding());
        }
        return batch.edit(batch.emptyTable(), table);
    }

    private static ObjectId join(final Batch batch, final ObjectId one, final ObjectId other) throws IOException {
        return batch.trees().join(one, other, (key, ours, theirs, joined) -> {});
    }

    private static void commit(
            final HistoryRepository history, final Map<BindingKey, Binding> changes, final String subject)
            throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId tree = batch.edit(batch.treeOf(history.primary()), changes);
            batch.move(
                    HistoryRepository.PRIMARY, batch.commit(tree, List.of(history.primary()), subject + "\n", NOW_S));
            batch.finish();
        }
    }
}
