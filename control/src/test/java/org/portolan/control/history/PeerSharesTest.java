package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.PeerShares.Room;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.peer.PeerFetch.Extent;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.log.Log;

/** What peers may bring is bounded, so that this router's own past stays. */
@Timeout(300)
final class PeerSharesTest {
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final long MAC = 0x0250_2A16_6D00L;
    private static final int A1 = 0xC0A8_0101;
    /** A peer may bring 100,000 bytes of it at once. */
    private static final long MOST = 400_000;

    /** Of a whole history: its own part is 800,000 while it is in the packs of its batches. */
    private static final long MOST_OF_ALL = 2_000_000;

    @TempDir
    private Path directory;

    private final java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(said, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.DEBUG, () -> 0, () -> 0);
    private long steady = 1;

    private PeerShares shares(final int peers) {
        return new PeerShares(directory, MOST, 100, peers, new Clocks(() -> steady, () -> steady), log);
    }

    @Test
    void shouldTakeAllThenWhatIsSharedThenNothing() {
        final PeerShares shares = shares(1);
        assertThat(shares.room("edge-2", 75_000)).isEqualTo(Room.ALL);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.ALL);
        shares.charge("edge-2", Map.of("pack-1", 80_000L));
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.HEAD_ALONE);
        assertThat(shares.room("edge-2", 1)).isEqualTo(Room.SHARED);
        shares.charge("edge-2", Map.of("pack-2", 20_000L));
        assertThat(shares.room("edge-2", 1)).isEqualTo(Room.NONE);
        assertThat(shares.room("edge-3", 75_000)).as("each has its own share").isEqualTo(Room.ALL);
        assertThat(shares(2).room("edge-3", 40_000)).isEqualTo(Room.SHARED);
    }

    @Test
    void shouldForgiveAShareInTheTimeThatTheHistoryIsKept() {
        shares(1).charge("edge-2", Map.of("pack-1", 100_000L));
        final PeerShares shares = shares(1);
        assertThat(shares.used("edge-2")).as("after a restart").isEqualTo(100_000);
        steady += 25 * DAY_MICROS;
        assertThat(shares.used("edge-2")).isEqualTo(75_000);
        steady += 25 * DAY_MICROS;
        assertThat(shares.room("edge-2", 25_000)).isEqualTo(Room.ALL);
        assertThat(shares.room("edge-2", 26_000)).isEqualTo(Room.SHARED);
        steady += 100 * DAY_MICROS;
        assertThat(shares.used("edge-2")).isZero();
    }

    @Test
    void shouldGiveBackWhatMergingSaves() {
        final PeerShares shares = shares(1);
        shares.charge("edge-2", Map.of("pack-1", 40_000L, "pack-2", 40_000L));
        shares.merged(new Compacted(List.of("pack-1", "pack-of-our-own"), 100, 50_000, 5_000));
        assertThat(shares.used("edge-2")).isEqualTo(44_000);
        shares.merged(new Compacted(List.of("pack-1"), 100, 50_000, 5_000));
        assertThat(shares.used("edge-2")).isEqualTo(44_000);
    }

    /** The last part of a history that is too large comes in its place, and its head when that is too large as well. */
    @Test
    void shouldAskForLessOfAHistoryThatIsTooLarge() {
        final PeerShares shares = shares(1);
        assertThat(shares.room("edge-2", 90_000)).isEqualTo(Room.SHARED);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.LAST_PART);
        assertThat(shares.room("edge-2", 90_000)).isEqualTo(Room.SHARED);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.HEAD_ALONE);
        steady += DAY_MICROS / 24;
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.LAST_PART);
        assertThat(shares.room("edge-2", 60_000)).isEqualTo(Room.ALL);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.ALL);
    }

    @Test
    void shouldBeginWithWholeSharesWhenTheFileIsDamaged() throws IOException {
        Files.writeString(directory.resolve(PeerShares.NAME), "many edge-2\n");
        assertThat(shares(1).used("edge-2")).isZero();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("portolan.peers cannot be read");
    }

    // ---- in a whole history

    /** Two commits for each host, in batches in which each change is a commit of its own. */
    private static void own(final HistoryRig rig, final int hosts) {
        for (int host = 0; host < hosts; host++) {
            rig.tell(LEARNED, A1 + host, 0, MAC);
        }
        rig.settle();
        for (int host = 0; host < hosts; host++) {
            rig.tell(MOVED, A1 + host, MAC, MAC + 1);
        }
        rig.settle();
    }

    private static int ownCommits(final HistoryRig rig) {
        return Integer.parseInt(
                rig.git("rev-list", "--count", "--first-parent", "primary").strip());
    }

    /** Minutes of upkeep. */
    private static void keepUp(final HistoryRig rig) {
        for (int i = 0; i < 12; i++) {
            rig.pass(70).settle();
        }
    }

    private static long bytes(final HistoryRig rig) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> packs =
                Files.newDirectoryStream(rig.path().resolve("objects/pack"), "*.{pack,idx}")) {
            for (final Path pack : packs) {
                bytes += Files.size(pack);
            }
        }
        return bytes;
    }

    @Test
    void shouldKeepItsOwnPastHoweverMuchAPeerSaysOfOtherSegments() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 100);
            keepUp(rig);
            final int before = ownCommits(rig);
            assertThat(before).isGreaterThan(200);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            for (int round = 0; round < 8; round++) {
                peer.at(rig.wallS()).floods("elsewhere", 300);
                peer.sees(A1 + 200 + round, MAC, rig.nowMicros(), Forger.NAME);
                rig.meet(reader);
                keepUp(rig);
            }
            assertThat(ownCommits(rig)).isGreaterThan(before);
            assertThat(bytes(rig)).isLessThan(MOST_OF_ALL);
            for (int round = 0; round < 8; round++) {
                assertThat(rig.file(A1 + 200 + round))
                        .as("what the peer says of our segment")
                        .contains("state live");
            }
            assertThat(rig.log())
                    .containsOnlyOnce(
                            "left out what it says of segments that this router is not on: it has used up its share");
            StockGit.requireSound(rig.path());
        }
        StockGit.requireSound(directory.resolve("state.git"));
    }

    /** What it says of our own segment is a commit of ours each time, and counts. */
    @Test
    void shouldKeepItsOwnPastHoweverMuchAPeerSaysOfItsSegment() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 100);
            keepUp(rig);
            final int before = ownCommits(rig);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            for (int round = 0; round < 8; round++) {
                peer.at(rig.wallS()).floods("office", 250);
                rig.meet(reader).pass(70).settle();
            }
            keepUp(rig);
            assertThat(ownCommits(rig)).isGreaterThan(before);
            assertThat(bytes(rig)).isLessThan(MOST_OF_ALL);
            StockGit.requireSound(rig.path());
        }
    }

    @Test
    void shouldTakeOtherSegmentsAgainWhenThereIsRoom() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 10);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            peer.at(rig.wallS()).floods("elsewhere", 20);
            rig.meet(reader);
            assertThat(remote(rig)).isEqualTo(peer.head());
            final String taken = peer.head();
            while (remote(rig).equals(peer.head())) {
                peer.at(rig.wallS()).floods("elsewhere", 25);
                rig.meet(reader);
            }
            assertThat(remote(rig)).isNotEqualTo(taken);
            rig.meet(reader);
            assertThat(remote(rig)).as("still no room").isNotEqualTo(peer.head());
            rig.pass(200 * 86_400L).settle();
            rig.meet(reader);
            assertThat(remote(rig)).isEqualTo(peer.head());
            assertThat(rig.git("rev-list", "--count", "--merges", "primary").strip())
                    .isNotEqualTo("0");
            StockGit.requireSound(rig.path());
        }
    }

    private static String remote(final HistoryRig rig) {
        return rig.git("rev-parse", "refs/remotes/" + Forger.NAME + "/primary").strip();
    }
}
