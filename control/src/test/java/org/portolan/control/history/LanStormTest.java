package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.DUE;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.StockGit;

/**
 * One host of the LAN forges 15 frames a second, on a virtual clock: the first minutes stay, and the disk holds no more
 * than it may. Longer: {@code -Dportolan.storm.minutes=20}; the same again: {@code -Dportolan.storm.seed=SEED}.
 */
class LanStormTest {
    private static final int MINUTES = Integer.getInteger("portolan.storm.minutes", 3);
    private static final long SEED = Long.getLong("portolan.storm.seed", System.nanoTime());
    private static final int FRAMES_A_SECOND = 15;
    private static final int FIRST = 0x0A000001;
    private static final int HOSTS = 4_000;
    private static final int HONEST = 20;
    private static final long HONEST_MAC = 0x0250_0000_0000L;
    private static final long FORGED_MAC = 0x0266_0000_0000L;
    private static final long MOST_BYTES = 16L << 20;

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private long mostBytes;
    private long mostFiles;

    private record Ending(int second, int address, long mac) {}

    /** What a forged request makes control tell: learned, and a minute later found silent. */
    @Test
    void shouldKeepTheFirstMinutesWhenAHostForgesClaims() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_BYTES)) {
            final String first = honest(rig);
            final Deque<Ending> endings = new ArrayDeque<>();
            final long[] macs = new long[HOSTS];
            for (int second = 0; second < MINUTES * 60; second++) {
                for (int i = 0; i < FRAMES_A_SECOND; i++) {
                    final int host = HONEST + random.nextInt(HOSTS - HONEST);
                    if (macs[host] == 0) {
                        macs[host] = FORGED_MAC + random.nextInt();
                        rig.tell(LEARNED, FIRST + host, 0, macs[host], "asked-us", "");
                        endings.add(new Ending(second + 60, host, macs[host]));
                    }
                }
                while (!endings.isEmpty() && endings.peek().second <= second) {
                    final Ending end = endings.remove();
                    rig.tell(DUE, FIRST + end.address, end.mac, end.mac, "in-use", "");
                    rig.tell(EXPIRED, FIRST + end.address, end.mac, 0, "silent", "");
                    macs[end.address] = 0;
                }
                work(rig);
            }
            judge(rig, "forged claims", first);
            rig.pass(3_600).settle();
            assertThat(rig.git("log", "-3", "--format=%B", "primary"))
                    .as("the hour says who claimed")
                    .contains("Claims-More: ", "Change: learned office 10.0.", "Reason: asked-us");
        }
    }

    /** The forger answers for all that it claims, so that it counts as confirmed, and moves it about. */
    @Test
    void shouldKeepTheFirstMinutesWhenAHostAnswersForWhatItForges() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_BYTES)) {
            final String first = honest(rig);
            final long[] macs = new long[HOSTS];
            for (int second = 0; second < MINUTES * 60; second++) {
                for (int i = 0; i < FRAMES_A_SECOND; i++) {
                    final int host = HONEST + random.nextInt(HOSTS - HONEST);
                    final long before = macs[host];
                    macs[host] = FORGED_MAC + random.nextInt();
                    rig.tell(before == 0 ? LEARNED : MOVED, FIRST + host, before, macs[host]);
                }
                work(rig);
            }
            rig.pass(60).settle();
            judge(rig, "answered forgeries", first);
            assertThat(rig.counters().coalesced() + rig.counters().written())
                    .isEqualTo(rig.counters().reported());
        }
    }

    /** @return the commit that has them all */
    private static String honest(final HistoryRig rig) {
        for (int i = 0; i < HONEST; i++) {
            rig.tell(LEARNED, FIRST + i, 0, HONEST_MAC + i).settle();
        }
        return rig.head();
    }

    private void work(final HistoryRig rig) throws IOException {
        for (int i = 0; i < 5; i++) {
            rig.work();
        }
        long bytes = 0;
        try (Stream<Path> files = Files.list(rig.path().resolve("objects/pack"))) {
            for (final Path file : files.toList()) {
                bytes += file.toFile().length();
            }
        }
        mostBytes = Math.max(mostBytes, bytes);
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            mostFiles = Math.max(mostFiles, files.count());
        }
    }

    private void judge(final HistoryRig rig, final String what, final String first) {
        final String kept = rig.git("rev-list", "--count", "primary").strip();
        System.out.printf(
                "storm: seed %d, %d min of %s: %,d commits, %s kept, most on the disk %,d KiB, most descriptors %d%n",
                SEED, MINUTES, what, rig.counters().commits(), kept, mostBytes >> 10, mostFiles);
        StockGit.requireSound(rig.path());
        assertThat(rig.git("rev-list", "primary")).contains(first);
        assertThat(rig.counters().commits()).as("a host has a share").isLessThan(MINUTES * 60 + 1_300);
        assertThat(mostBytes).isLessThan(MOST_BYTES + (4L << 20));
        assertThat(mostFiles).isLessThan(400);
        assertThat(rig.file(FIRST)).contains("state live");
    }
}
