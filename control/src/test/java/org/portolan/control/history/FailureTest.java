package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.FailingDisk;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.StockGit;

/**
 * The disk is full, or takes nothing any more: the router goes on, and the history when it can. Needs root to mount.
 */
class FailureTest {
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final int A1 = 0x0A000001;
    private static final int NEIGHBORS = 2_000;

    @TempDir
    Path directory;

    private Path disk;

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (disk != null) {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void shouldStandStillOnAFullDiskSayItOnceAndGoOnWhenThereIsSpace() throws IOException, InterruptedException {
        mount("size=3m");
        try (HistoryRig rig = new HistoryRig(disk, directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            final Path ballast = fill();
            final String head = rig.head();
            for (int round = 0; round < 30; round++) {
                for (int i = 0; i < NEIGHBORS; i++) {
                    rig.tell(MOVED, A1 + i, M1 + round, M1 + round + 1);
                }
                rig.settle().pass(5);
            }
            assertThat(rig.head()).isEqualTo(head);
            assertThat(rig.historian().stopped()).contains("state.git: No space left on device");
            assertThat(rig.counters().failures()).isGreaterThan(5);
            assertThat(rig.counters().waiting())
                    .isEqualTo(rig.counters().reported() - 1 - rig.counters().coalesced());
            assertThat(rig.log().lines().filter(each -> each.contains("history: cannot be written: ")))
                    .hasSize(1);
            StockGit.requireSound(rig.path());
            Files.delete(ballast);
            rig.pass(5).settle().settle();
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.counters().waiting()).isZero();
            assertThat(rig.counters().lost()).isZero();
            assertThat(rig.log()).contains("history: writing again after ");
            assertThat(rig.file(A1 + 7)).contains("mac 02:50:2a:16:6d:1f");
            StockGit.requireSound(rig.path());
        }
    }

    @Test
    void shouldStandStillOnADiskThatBecameReadOnly() throws IOException, InterruptedException {
        mount("size=8m");
        try (HistoryRig rig = new HistoryRig(disk, directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            final String objects = rig.path().resolve("objects").toString();
            run("mount", "--bind", objects, objects);
            assertThat(run("mount", "-o", "remount,bind,ro", objects)).isZero();
            rig.tell(EXPIRED, A1, M1, 0).settle().pass(5).settle();
            assertThat(rig.historian().stopped())
                    .contains("state.git/objects/pack/pack-")
                    .endsWith(": Read-only file system");
            assertThat(run("umount", "-l", objects)).isZero();
            rig.pass(5).settle();
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.file(A1)).contains("state expired");
            StockGit.requireSound(rig.path());
        }
    }

    @Test
    void shouldStartWarmFromADiskThatIsReadOnlyAlready() throws IOException, InterruptedException {
        mount("size=8m");
        try (HistoryRig rig = new HistoryRig(disk, directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
        }
        run("mount", "-o", "remount,ro", disk.toString());
        try (HistoryRig rig = new HistoryRig(disk, directory)) {
            assertThat(rig.remembered()).containsExactly(new Remembered(0, A1, M1, ""));
            rig.tell(MOVED, A1, M1, M1 + 1).settle();
            assertThat(rig.historian().stopped()).isNotEmpty();
        }
    }

    /** A step behind the move of primary: the changes are written, and only once. */
    @Test
    void shouldWriteOnceWhatFailsBehindTheMoveOfPrimary() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            expire(rig, 16);
            final String oldest = rig.git("branch", "--list", "expire_*", "--format=%(refname)")
                    .lines()
                    .findFirst()
                    .orElseThrow();
            final Path lock = Files.createFile(rig.path().resolve(oldest + ".lock"));
            expire(rig, 1);
            expire(rig, 1);
            assertThat(rig.counters().failures()).isZero();
            assertThat(rig.counters().waiting()).isZero();
            assertThat(rig.counters().written()).isEqualTo(36);
            assertThat(rig.git("log", "--format=%s", "primary").lines().filter(each -> each.contains("age out")))
                    .hasSize(18);
            assertThat(rig.status("unsettled")).contains(oldest);
            assertThat(rig.log().lines().filter(each -> each.contains("the changes are written, but")))
                    .hasSize(1);
            assertThat(rig.path().resolve(oldest)).exists();
            Files.delete(lock);
            rig.pass(5).settle();
            assertThat(rig.git("branch", "--list", "expire_*").lines()).hasSize(16);
            assertThat(rig.status("unsettled")).isEmpty();
            assertThat(rig.log()).contains("history: the work left over after a commit is done");
            assertThat(rig.path().resolve("objects/pack").toFile().list((in, name) -> name.endsWith(".keep")))
                    .isEmpty();
        }
    }

    @Test
    void shouldWriteOnceWhenTheDirectoryOfTheBranchesCannotBeSynced() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            try (FailingDisk disk =
                    new FailingDisk(path -> path.equals(rig.path().resolve("refs/heads")))) {
                rig.tell(MOVED, A1, M1, M1 + 1).settle().pass(5).settle();
                rig.tell(MOVED, A1, M1 + 1, M1 + 2).settle();
                assertThat(disk.failures()).isGreaterThan(2);
                assertThat(rig.historian().stopped()).isEmpty();
                assertThat(rig.counters().failures()).isZero();
                assertThat(rig.counters().waiting()).isZero();
                assertThat(rig.counters().written()).isEqualTo(3);
                assertThat(rig.status("unsettled")).contains("refs/heads: Input/output error");
            }
            assertThat(rig.git("log", "--format=%s", "primary").lines().filter(each -> each.contains("entry moved")))
                    .hasSize(2);
            rig.pass(5).settle();
            assertThat(rig.status("unsettled")).isEmpty();
            assertThat(rig.log()).contains("history: the work left over after a commit is done");
            StockGit.requireSound(rig.path());
        }
    }

    /** A step before the move of primary: the changes are written when the disk takes them, and once. */
    @Test
    void shouldLeaveNoPackForEachTryWhileTheDirectoryOfThePacksCannotBeSynced() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            final Path packs = rig.path().resolve("objects/pack");
            final int files = packs.toFile().list().length;
            try (FailingDisk disk = new FailingDisk(path -> path.equals(packs))) {
                rig.tell(MOVED, A1, M1, M1 + 1).settle();
                for (int i = 0; i < 3; i++) {
                    rig.pass(5).settle();
                }
                assertThat(disk.failures()).isGreaterThan(3);
                assertThat(rig.historian().stopped()).contains("objects/pack: Input/output error");
                assertThat(packs.toFile().list()).hasSize(files);
            }
            rig.pass(5).settle();
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.counters().written()).isEqualTo(2);
            assertThat(rig.git("log", "--format=%s", "primary").lines().filter(each -> each.contains("entry moved")))
                    .hasSize(1);
            StockGit.requireSound(rig.path());
        }
    }

    private static void expire(final HistoryRig rig, final int times) {
        for (int i = 0; i < times; i++) {
            rig.tell(LEARNED, A1, 0, M1)
                    .settle()
                    .pass(5)
                    .tell(EXPIRED, A1, M1, 0)
                    .settle();
        }
    }

    @Test
    void shouldLeaveNoPackForEachTryWhileAStaleLockIsThere() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            final Path lock = Files.createFile(rig.path().resolve("refs/heads/primary.lock"));
            final int packs = rig.path().resolve("objects/pack").toFile().list().length;
            rig.tell(MOVED, A1, M1, M1 + 1).settle();
            for (int i = 0; i < 5; i++) {
                rig.pass(5).settle();
            }
            assertThat(rig.counters().failures()).isGreaterThan(5);
            assertThat(rig.historian().stopped()).contains("a stale ", "primary.lock is left");
            assertThat(rig.path().resolve("objects/pack").toFile().list()).hasSize(packs);
            Files.delete(lock);
            rig.pass(5).settle();
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.file(A1)).contains("mac 02:50:2a:16:6d:02");
        }
    }

    @Test
    void shouldWriteOnceWhenTheMarksCannotBeKept() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            final Path marks = rig.path().resolve("portolan.marks");
            Files.delete(marks);
            Files.createDirectories(marks.resolve("in-the-way"));
            rig.pass(86_400).tell(MOVED, A1, M1, M1 + 1).settle();
            assertThat(rig.counters().failures()).isZero();
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.git("log", "--format=%s", "primary").lines().filter(each -> each.contains("entry moved")))
                    .hasSize(1);
        }
    }

    @Test
    void shouldSayWithinMinutesThatAPackWasCutOffAndThatItIsWholeAgain() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle().pass(60).settle();
            assertThat(rig.status("damage")).isEmpty();
            final Path pack = firstPack(rig);
            final byte[] whole = Files.readAllBytes(pack);
            assertThat(pack.toFile().setWritable(true)).isTrue();
            Files.write(pack, java.util.Arrays.copyOf(whole, whole.length / 2));
            rig.pass(60).settle().pass(5).settle();
            assertThat(rig.status("damage")).contains(pack.getFileName() + " is cut off");
            assertThat(rig.log().lines().filter(each -> each.startsWith("<3>") && each.contains(" is cut off")))
                    .hasSize(1);
            Files.write(pack, whole);
            rig.pass(60).settle();
            assertThat(rig.status("damage")).isEmpty();
            assertThat(rig.log()).contains("history: the repository is whole again");
        }
    }

    @Test
    void shouldSayWithinMinutesThatAPackIsGone() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            for (int i = 0; i < 5; i++) {
                rig.tell(LEARNED, A1 + i, 0, M1).settle().pass(1);
            }
            rig.pass(60).settle();
            final Path pack = firstPack(rig);
            final Path index = pack.resolveSibling(pack.getFileName().toString().replace(".pack", ".idx"));
            Files.move(index, directory.resolve("idx"));
            rig.pass(60).settle().pass(5).settle();
            assertThat(rig.status("damage"))
                    .contains("state.git is damaged: the object ")
                    .contains("fsck");
            Files.move(directory.resolve("idx"), index);
            rig.pass(60).settle();
            assertThat(rig.status("damage")).isEmpty();
        }
    }

    /** The inspection never saw it: so a question meets the gap, in a history that begins behind a boundary. */
    @Test
    void shouldSayThatAPackIsMissingAndNotThatTheHistoryBeginsLater() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1)
                    .settle()
                    .pass(10)
                    .tell(LEARNED, A1 + 1, 0, M1)
                    .settle();
            final ObjectId boundary =
                    ObjectId.fromString(rig.git("rev-parse", "primary~1").strip());
            Shallow.write(rig.repository(), Set.of(boundary));
            rig.reopen();
            rig.pass(60).settle();
            final long askedS = rig.wallS();
            rig.pass(1);
            final Set<Path> before = packFiles(rig);
            rig.tell(LEARNED, A1 + 2, 0, M1).settle().pass(1);
            final Set<Path> gone = packFiles(rig);
            gone.removeAll(before);
            for (int i = 3; i < 6; i++) {
                rig.tell(LEARNED, A1 + i, 0, M1).settle().pass(1);
            }
            for (final Path file : gone) {
                Files.move(file, directory.resolve(file.getFileName()));
            }
            // Else what it has open is read on.
            rig.repository().getObjectDatabase().close();
            rig.pass(60).settle().pass(5).settle();
            assertThat(rig.status("damage")).as("nobody has met it").isEmpty();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> rig.query().at(askedS, () -> {}))
                        .isInstanceOf(HistoryException.class)
                        .hasMessageContaining("fsck");
                assertThatThrownBy(() -> rig.query().log(LogQuery.everything(9), () -> {}, entry -> {}))
                        .isInstanceOf(HistoryException.class)
                        .hasMessageContaining("fsck");
                rig.pass(5).settle();
            }
            assertThat(rig.status("damage")).contains("state.git is damaged: the object ");
            assertThat(rig.number("gaps")).isEqualTo(6);
            assertThat(rig.log().lines().filter(each -> each.startsWith("<3>") && each.contains(" is missing")))
                    .hasSize(1);
            for (final Path file : gone) {
                Files.move(directory.resolve(file.getFileName()), file);
            }
            rig.pass(60).settle();
            assertThat(rig.status("damage")).isEmpty();
            assertThat(rig.query().at(askedS, () -> {})).isPresent();
            assertThat(rig.query().at(askedS - 3_600, () -> {}))
                    .as("behind the boundary")
                    .isEmpty();
        }
    }

    private static Set<Path> packFiles(final HistoryRig rig) throws IOException {
        try (var files = Files.list(rig.path().resolve("objects/pack"))) {
            return files.collect(java.util.stream.Collectors.toSet());
        }
    }

    @Test
    void shouldSayWithinMinutesThatARefPointsNowhere() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(LEARNED, A1, 0, M1).settle();
            final Path branch = rig.path().resolve("refs/heads/primary");
            final byte[] right = Files.readAllBytes(branch);
            Files.writeString(branch, "1".repeat(40) + "\n");
            rig.pass(60).settle().pass(5).settle();
            assertThat(rig.status("damage")).contains("primary is not where this router moved it");
            Files.write(branch, right);
            final Path other = Files.writeString(rig.path().resolve("refs/heads/mine"), "1".repeat(40) + "\n");
            rig.pass(60).settle();
            assertThat(rig.status("damage")).contains("the object " + "1".repeat(40) + " is missing");
            Files.delete(other);
            rig.pass(60).settle();
            assertThat(rig.status("damage")).isEmpty();
        }
    }

    private static Path firstPack(final HistoryRig rig) throws IOException {
        try (var files = Files.list(rig.path().resolve("objects/pack"))) {
            return files.filter(each -> each.toString().endsWith(".pack"))
                    .min(java.util.Comparator.comparing(Path::getFileName))
                    .orElseThrow();
        }
    }

    private void mount(final String options) throws IOException, InterruptedException {
        disk = Files.createDirectory(directory.resolve("disk"));
        final int code = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString());
        if (code != 0) {
            disk = null;
        }
        assumeThat(code).as("mount needs root").isZero();
    }

    private Path fill() throws IOException {
        final Path ballast = disk.resolve("ballast");
        try (var out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (final IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
        return ballast;
    }

    private static int run(final String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
