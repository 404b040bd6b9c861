package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.store.StockGit;

/** A peer that brings much, in a whole history: this router's own past stays, and the disk has room. */
@Timeout(300)
final class PeerFloodTest {
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final long MAC = 0x0250_2A16_6D00L;
    private static final int A1 = 0xC0A8_0101;

    /** Its own part is 800,000 while it is in the packs of its batches. */
    private static final long MOST_OF_ALL = 2_000_000;

    /** What one peer may bring of that at once. */
    private static final long SHARE = MOST_OF_ALL / 4;

    @TempDir
    private Path directory;

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

    /** Its table is many times what is left of its share. */
    @Test
    void shouldRefuseATableThatIsMoreThanIsLeft() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 10);
            rig.shares().charge(Forger.NAME, Map.of("pack-earlier", SHARE - 1_000));
            final String head = rig.head();
            final long bytes = bytes(rig);
            peer.fills("office", 10_000);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            rig.meet(reader).meet(reader);
            assertThat(rig.head()).isEqualTo(head);
            assertThat(bytes(rig)).isEqualTo(bytes);
            assertThat(rig.shares().used(Forger.NAME)).isLessThan(SHARE);
            assertThat(rig.counters().failures()).isEqualTo(2);
            StockGit.requireSound(rig.path());
        }
    }

    /** Its table alone is more than it may bring at once, and it has never brought anything. */
    @Test
    void shouldTakeATableThatIsMoreThanIsTakenAtOnce() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 10);
            peer.fills("office", 5_000);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            rig.meet(reader).meet(reader);
            assertThat(rig.shares().used(Forger.NAME)).isBetween(SHARE, 2 * SHARE);
            assertThat(rig.file(0x0A00_0001)).contains("state live");
            StockGit.requireSound(rig.path());
        }
    }

    /** A history that holds nothing may begin with a peer's of any size, but not have it beside its own beginning. */
    @Test
    void shouldTakeNoMoreThanAShareWhereItCannotBeginWithIt() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            peer.at(rig.wallS() + 9 * 86_400L).fills("far-ahead", 1);
            peer.at(rig.wallS()).fills("elsewhere", 10_000).sees(A1, MAC, 5, Forger.NAME);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            final String blank = rig.head();
            rig.meet(reader);
            assertThat(rig.head()).as("it may be its own clock that is wrong").isEqualTo(blank);
            assertThat(bytes(rig)).isLessThan(SHARE);
            rig.tell(LEARNED, A1 + 1, 0, MAC).settle();
            rig.meet(reader);
            assertThat(rig.file(A1)).contains("state live");
            assertThat(bytes(rig)).isLessThan(SHARE);
            assertThat(rig.shares().used(Forger.NAME)).isLessThan(SHARE);
        }
    }

    /** A machine without a battery: to it every peer is dated ahead, and of what size the history is does not matter. */
    @ParameterizedTest
    @ValueSource(ints = {20, 120, 1_500})
    void shouldBeginWithALargeHistoryWhenItsClockIsSet(final int commits) throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            peer.floods("office", commits);
            final String blank = rig.head();
            final long rightS = rig.wallS();
            rig.stepWall(60 - rightS);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            for (int round = 0; round < 3; round++) {
                rig.meet(reader);
                assertThat(rig.head()).isEqualTo(blank);
            }
            rig.stepWall(rightS - 60).meet(reader);
            assertThat(rig.head()).isEqualTo(peer.head());
        }
    }

    /** What waits for its time comes out of what is here already, and is written all the same. */
    @Test
    void shouldAskTheShareForWhatIsHereAlready() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 10);
            peer.sees(A1 + 200, MAC, rig.nowMicros() + 2 * DAY_MICROS, Forger.NAME);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            rig.meet(reader);
            rig.shares().charge(Forger.NAME, Map.of("pack-earlier", SHARE + SHARE / 2));
            rig.pass(2 * 86_400L);
            final String head = rig.head();
            rig.meet(reader);
            assertThat(rig.head()).isEqualTo(head);
            rig.pass(300 * 86_400L).settle();
            rig.meet(reader);
            assertThat(rig.file(A1 + 200)).contains("state live");
        }
    }

    @Test
    void shouldForgiveAShareThoughTheRouterIsRestarted() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL)) {
            rig.shares().charge(Forger.NAME, Map.of("pack-1", SHARE));
            for (int week = 0; week < 26; week++) {
                rig.pass(7 * 86_400L).settle();
                if (week % 2 == 0) {
                    rig.reopen();
                } else {
                    rig.crash();
                }
            }
            assertThat(rig.shares().used(Forger.NAME)).isBetween(SHARE / 2, SHARE / 2 + 1_000);
        }
    }

    /** While time forgives what it brought, retention lets go of it, though one of its records is of the far future. */
    @Test
    void shouldLetGoOfWhatAPeerBroughtThoughARecordIsTooEarly() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            peer.sees(A1 + 200, MAC, rig.nowMicros() + 3_000 * DAY_MICROS, Forger.NAME);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            final int days = 120;
            for (int round = 0; round < 8; round++) {
                rig.pass(days * 86_400L).settle();
                own(rig, 5);
                peer.at(rig.wallS()).floods("elsewhere", 15);
                rig.meet(reader);
                keepUp(rig);
                assertThat(remote(rig)).isEqualTo(peer.head());
            }
            assertThat(rig.log()).contains("more than a day ahead");
            assertThat(rig.shares().used(Forger.NAME)).isLessThan(SHARE);
            final long oldest = rig.git("log", "--all", "--format=%ct")
                    .lines()
                    .mapToLong(Long::parseLong)
                    .min()
                    .orElseThrow();
            assertThat(rig.wallS() - oldest).isLessThan((365 + days + 2) * 86_400L);
            assertThat(bytes(rig)).isLessThan(MOST_OF_ALL / 2);
            StockGit.requireSound(rig.path());
        }
    }

    /** What changes nothing here needs no commit of ours; so much of it does, else nothing would let go of it. */
    @Test
    void shouldTieALineThatBringsMuchAndNothingNew() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory, MOST_OF_ALL);
                Forger peer = new Forger(directory, rig.wallS())) {
            own(rig, 1);
            final PeerFetch reader = rig.reader(Forger.NAME, peer.url());
            peer.floodsInVain(10);
            rig.meet(reader);
            assertThat(rig.subject()).startsWith("entry moved");
            peer.floodsInVain(80);
            rig.meet(reader);
            assertThat(rig.subject()).isEqualTo("Arp.merge: edge-x into edge-1: nothing new");
            assertThat(rig.git("rev-list", "--count", "primary..refs/remotes/edge-x/primary")
                            .strip())
                    .isEqualTo("0");
            final String head = rig.head();
            peer.floodsInVain(10);
            rig.meet(reader);
            assertThat(rig.head()).isEqualTo(head);
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
