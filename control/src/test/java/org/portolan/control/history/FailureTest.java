package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.StockGit;

/** The disk is full, or takes nothing any more: the router goes on, and the history when it can. Needs root to mount. */
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
                    .isEqualTo(rig.counters().told() - 1 - rig.counters().coalesced());
            assertThat(rig.log().lines().filter(each -> each.contains("stands still")))
                    .hasSize(1);
            StockGit.requireSound(rig.path());
            Files.delete(ballast);
            rig.pass(5).settle().settle();
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.counters().waiting()).isZero();
            assertThat(rig.counters().lost()).isZero();
            assertThat(rig.log()).contains("history: goes on, after ");
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
