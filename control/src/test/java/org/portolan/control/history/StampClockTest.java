package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.FLUSHED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_ADDED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.store.StockGit;

/** Stamps and times that are far ahead, forged ones and those of clocks that were wrong, stop nothing for good. */
@Timeout(60)
class StampClockTest {
    private static final int A1 = 0xC0A80301;
    private static final int A2 = 0xC0A80302;
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final long M2 = 0x0250_2A16_6D02L;
    private static final long EVIL = 0x0266_0000_0001L;
    private static final int DAY_S = 86_400;
    private static final long DAY_MICROS = DAY_S * 1_000_000L;

    @TempDir
    private Path directory;

    private HistoryRig edgeA;
    private HistoryRig edgeB;
    private Forger forger;

    @BeforeEach
    void begin() throws IOException {
        edgeA = new HistoryRig(directory, "edge-a", 0);
        edgeB = new HistoryRig(directory, "edge-b", 0);
        forger = new Forger(directory, edgeA.nowMicros() / 1_000_000);
    }

    @AfterEach
    void end() throws IOException {
        edgeA.close();
        edgeB.close();
        forger.close();
        StockGit.requireSound(edgeA.path());
        StockGit.requireSound(edgeB.path());
    }

    /** Time goes on for both. */
    private void pass(final long seconds) {
        edgeA.pass(seconds);
        edgeB.pass(seconds);
    }

    private static void meet(final HistoryRig to, final String name, final HistoryRig from) throws IOException {
        try (PeerServer server = from.serve()) {
            to.meet(name, HistoryRig.url(server));
        }
    }

    private static long stamp(final HistoryRig rig, final int address) {
        return rig.file(address)
                .lines()
                .filter(line -> line.startsWith("stamp "))
                .map(line -> Long.parseLong(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }

    private static boolean knows(final HistoryRig rig, final int host) {
        return rig.git("ls-tree", "-r", "--name-only", "primary").contains("192.168.3/" + host + "\n");
    }

    @Test
    void shouldStampWithTheWallClockAndAlwaysAfterWhatItReplaces() {
        edgeA.tell(LEARNED, A1, 0, M1).settle();
        final long first = stamp(edgeA, A1);
        assertThat(first).isBetween(edgeA.nowMicros() - 60_000_000, edgeA.nowMicros());
        edgeA.stepWall(-3_600).tell(MOVED, A1, M1, M2).settle();
        assertThat(stamp(edgeA, A1)).as("the clock was set back").isEqualTo(first + 1);
        edgeA.pass(7_200).tell(MOVED, A1, M2, M1).settle();
        assertThat(stamp(edgeA, A1)).isGreaterThan(first + 3_000_000_000L);
    }

    @Test
    void shouldBeatEveryStampOfEarlierVersions() throws IOException {
        forger.sees(A1, EVIL, 999_999_999_999_999L, "edge-x").sees(A2, EVIL, 3, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(edgeA.file(A1)).contains("999999999999999 edge-x");
        edgeA.tell(MOVED, A1, EVIL, M1).tell(MOVED, A2, EVIL, M2).settle();
        meet(edgeB, "edge-a", edgeA);
        edgeB.meet("edge-x", forger.url());
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:01").contains("edge-a");
        assertThat(edgeB.file(A2)).contains("mac 02:50:2a:16:6d:02").contains("edge-a");
    }

    /** 10^15 stopped every router for good, because each later stamp was one too many. */
    @Test
    void shouldGoOnAfterARepositoryThatHoldsTheGreatestStampOfEarlierVersions() throws IOException {
        forger.sees(A1, EVIL, 1_000_000_000_000_000L, "edge-x");
        edgeA.meet("edge-x", forger.url());
        edgeA.tell(MOVED, A1, EVIL, M1).tell(LEARNED, A2, 0, M2).settle();
        meet(edgeB, "edge-a", edgeA);
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:01");
        assertThat(edgeB.file(A2)).contains("mac 02:50:2a:16:6d:02");
        assertThat(edgeB.log()).doesNotContain("left out");
    }

    @Test
    void shouldTakeAStampOfADayAheadAndLeaveOutOneMore() throws IOException {
        final long now = edgeA.nowMicros() / 1_000_000 * 1_000_000;
        forger.sees(A1, EVIL, now + DAY_MICROS, "edge-x").sees(A2, EVIL, now + DAY_MICROS + 1, "edge-x");
        forger.sees(A2 + 1, M1, 5, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 1)).isTrue();
        assertThat(knows(edgeA, 2)).isFalse();
        assertThat(knows(edgeA, 3)).as("the rest is taken").isTrue();
        assertThat(edgeA.log())
                .contains("left out office 192.168.3.2: live 02:66:00:00:00:01")
                .contains("more than a day ahead")
                .contains("check the clock of router edge-x");
    }

    @Test
    void shouldTakeItWhenItsTimeHasCome() throws IOException {
        forger.sees(A1, EVIL, edgeA.nowMicros() + 2 * DAY_MICROS, "edge-x").sees(A2, M1, 5, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 1)).isFalse();
        edgeA.pass(2 * DAY_S);
        forger.sees(A2 + 1, M1, 6, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 1)).isTrue();
    }

    private static int untied(final HistoryRig rig) {
        return Integer.parseInt(rig.git("rev-list", "--count", "primary..refs/remotes/edge-x/primary")
                .strip());
    }

    /** Such a record stays for years, and the peer is read every few seconds. */
    @Test
    void shouldWriteNothingForADisputeThatItHasWonWhileSomethingIsTooEarly() throws IOException {
        edgeA.tell(LEARNED, A2, 0, M2).settle();
        forger.sees(A2, EVIL, 5, "edge-x").sees(A2 + 1, M1, 6, "edge-x");
        forger.sees(A1, EVIL, edgeA.nowMicros() + 9 * DAY_MICROS, "edge-x");
        final PeerFetch reader = edgeA.reader("edge-x", forger.url());
        edgeA.meet(reader);
        assertThat(knows(edgeA, 3)).isTrue();
        final String head = edgeA.head();
        for (int i = 0; i < 20; i++) {
            forger.floodsInVain(1);
            edgeA.meet(reader);
        }
        assertThat(edgeA.head()).isEqualTo(head);
        assertThat(edgeA.counters().conflicts()).isEqualTo(1);
        edgeA.pass(9 * DAY_S);
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isTrue();
    }

    /** What nothing ties to our line no retention lets go of. */
    @Test
    void shouldTieWhatAPeerSaidBeforeThoughSomethingIsTooEarly() throws IOException {
        edgeA.tell(LEARNED, A2, 0, M2).settle();
        forger.sees(A1, EVIL, edgeA.nowMicros() + 99 * DAY_MICROS, "edge-x");
        final PeerFetch reader = edgeA.reader("edge-x", forger.url());
        for (int round = 1; round < 5; round++) {
            forger.floods("elsewhere", 20).sees(A2 + round, M1, round, "edge-x");
            edgeA.meet(reader);
            assertThat(knows(edgeA, 2 + round)).isTrue();
            assertThat(untied(edgeA)).as("its head").isEqualTo(1);
            forger.mergesItsLineIntoAnother(10).sees(A2 + 9 + round, M1, round, "edge-x");
            edgeA.meet(reader);
            assertThat(untied(edgeA)).isEqualTo(1);
            forger.sees(A2 + 19 + round, M1, round, "edge-x").mergesItsLineIntoAnother(10);
            edgeA.meet(reader);
            assertThat(untied(edgeA)).as("both that its head follows are").isEqualTo(1);
        }
        assertThat(edgeA.git("log", "--max-parents=2", "--format=%H", "primary"))
                .as("peers take no commit of three")
                .isEqualTo(edgeA.git("log", "--format=%H", "primary"));
        assertThat(edgeA.git("log", "--first-parent", "--format=%s", "primary"))
                .contains("Arp.merge: edge-x into edge-a: nothing new\n" + "Arp.merge: edge-x into edge-a: 1 entry\n");
        edgeA.pass(99 * DAY_S);
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isTrue();
        assertThat(untied(edgeA)).isZero();
        assertThat(edgeA.counters().commits() + 1)
                .as("with the first one, empty")
                .isEqualTo(Long.parseLong(edgeA.git("rev-list", "--count", "--first-parent", "primary")
                        .strip()));
    }

    @Test
    void shouldTieALineThatWasNoNewsForLongThoughSomethingIsTooEarly() throws IOException {
        edgeA.tell(LEARNED, A2, 0, M2).settle();
        forger.sees(A1, EVIL, edgeA.nowMicros() + 99 * DAY_MICROS, "edge-x").floodsInVain(20);
        final PeerFetch reader = edgeA.reader("edge-x", forger.url());
        edgeA.meet(reader);
        for (int i = 1; i < Peers.MOST_APART; i++) {
            edgeA.peers().apart("edge-x", 1);
        }
        forger.floodsInVain(1);
        final String before = edgeA.head();
        assertThat(untied(edgeA)).isGreaterThan(20);
        edgeA.meet(reader);
        assertThat(untied(edgeA)).isEqualTo(1);
        assertThat(edgeA.subject()).isEqualTo("Arp.merge: edge-x into edge-a: nothing new");
        assertThat(edgeA.git("rev-list", "--count", "--first-parent", before + "..primary")
                        .strip())
                .isEqualTo("1");
        forger.floodsInVain(1);
        edgeA.meet(reader);
        assertThat(untied(edgeA)).isEqualTo(2);
    }

    /** Nothing would come of it before. A peer whose table alone is read would send that each time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadAHeadAgainWhenTheTimeOfARecordHasCome(final boolean isTableAlone) throws IOException {
        if (isTableAlone) {
            edgeA.shares().charge("edge-x", Map.of("pack-earlier", 200L << 20));
        }
        edgeA.tell(LEARNED, A2 + 9, 0, M2).settle();
        forger.sees(A1, EVIL, edgeA.nowMicros() + 3 * DAY_MICROS, "edge-x");
        forger.sees(A2, EVIL, edgeA.nowMicros() + 5 * DAY_MICROS, "edge-x").sees(A2 + 1, M1, 5, "edge-x");
        final PeerFetch reader = edgeA.reader("edge-x", forger.url());
        edgeA.meet(reader);
        assertThat(knows(edgeA, 3)).isTrue();
        assertThat(reader.fetch(edgeA.wallS())).isEmpty();
        assertThat(reader.fetch(edgeA.wallS() + 2 * DAY_S - 60)).isEmpty();
        edgeA.pass(2 * DAY_S);
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isTrue();
        assertThat(knows(edgeA, 2)).isFalse();
        assertThat(reader.fetch(edgeA.wallS())).isEmpty();
        edgeA.pass(2 * DAY_S);
        edgeA.meet(reader);
        assertThat(knows(edgeA, 2)).isTrue();
        assertThat(reader.fetch(Integer.MAX_VALUE)).isEmpty();
    }

    /** As a machine without a battery begins. */
    @Test
    void shouldReadAHeadAgainWhenItsClockIsSet() throws IOException {
        forger.sees(A1, EVIL, edgeA.nowMicros(), "edge-x");
        final long asleepS = edgeA.wallS();
        edgeA.stepWall(60 - asleepS);
        final PeerFetch reader = edgeA.reader("edge-x", forger.url());
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isFalse();
        assertThat(reader.fetch(edgeA.wallS())).isEmpty();
        edgeA.stepWall(asleepS - 60);
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isTrue();
    }

    /** The meeting in which its time has come is refused: it is not forgotten, though the peer says nothing new. */
    @Test
    void shouldAskAgainForWhatWaitsWhenTheMeetingIsNotDurable() throws IOException {
        forger.sees(A1, EVIL, edgeA.nowMicros() + 2 * DAY_MICROS, "edge-x").sees(A2, M1, 5, "edge-x");
        edgeA.tell(LEARNED, A2 + 1, 0, M2).settle();
        final PeerFetch reader = edgeA.reader("edge-x", forger.url());
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isFalse();
        edgeA.pass(2 * DAY_S);
        final Path lock = Files.createFile(edgeA.path().resolve("refs/heads/primary.lock"));
        edgeA.meet(reader);
        assertThat(edgeA.counters().failures()).isPositive();
        assertThat(knows(edgeA, 1)).isFalse();
        Files.delete(lock);
        edgeA.meet(reader);
        assertThat(knows(edgeA, 1)).isTrue();
        assertThat(reader.fetch(edgeA.wallS())).as("nothing waits now").isEmpty();
    }

    /** An honest router that took the greatest stamp goes on from there, as often as it likes, and is still taken. */
    @Test
    void shouldTakeWhatAnHonestRouterSaysAfterTheGreatestStampThatItTook() throws IOException {
        final long now = edgeA.nowMicros() / 1_000_000 * 1_000_000;
        forger.sees(A1, EVIL, now + DAY_MICROS, "edge-x");
        edgeA.meet("edge-x", forger.url());
        for (int i = 0; i < 1_000; i++) {
            edgeA.tell(MOVED, A1, i % 2 == 0 ? EVIL : M1, i % 2 == 0 ? M1 : EVIL);
        }
        edgeA.tell(MOVED, A1, EVIL, M2).tell(LEARNED, A2, 0, M2).settle();
        assertThat(stamp(edgeA, A1)).isGreaterThan(now + DAY_MICROS);
        assertThat(stamp(edgeA, A2)).as("one address is no other's").isLessThan(now + DAY_MICROS / 2);
        edgeB.pass(30);
        meet(edgeB, "edge-a", edgeA);
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:02");
        assertThat(edgeB.log()).doesNotContain("left out");
    }

    /** The third router's clock is behind the honest one's: what is too early for it waits, and nothing else does. */
    @Test
    void shouldTakeAllElseFromAnHonestRouterThatPassesOnWhatIsTooEarly() throws IOException {
        edgeA.pass(600);
        final long now = edgeA.nowMicros() / 1_000_000 * 1_000_000;
        for (int round = 0; round < 3; round++) {
            forger.sees(A1, EVIL, now + DAY_MICROS - round, "edge-x");
            edgeA.meet("edge-x", forger.url());
            edgeA.tell(LEARNED, A2 + round, 0, M2).settle();
            meet(edgeB, "edge-a", edgeA);
            assertThat(knows(edgeB, 1)).isFalse();
            assertThat(edgeB.file(A2 + round)).contains("mac 02:50:2a:16:6d:02");
        }
        edgeB.pass(700);
        edgeA.tell(LEARNED, A2 + 9, 0, M2).settle();
        meet(edgeB, "edge-a", edgeA);
        assertThat(knows(edgeB, 1)).isTrue();
    }

    /** It asks for the rest again, though the peer has nothing new since. */
    @Test
    void shouldTakeWhatWasTooEarlyWhenItBeganWithThatHistory() throws IOException {
        edgeA.pass(600).tell(LEARNED, A2, 0, M2).settle();
        forger.sees(A1, EVIL, edgeA.nowMicros() / 1_000_000 * 1_000_000 + DAY_MICROS, "edge-x");
        edgeA.meet("edge-x", forger.url());
        edgeA.tell(LEARNED, A2 + 1, 0, M2).settle();
        meet(edgeB, "edge-a", edgeA);
        assertThat(knows(edgeB, 1)).isFalse();
        assertThat(edgeB.file(A2 + 1)).contains("mac 02:50:2a:16:6d:02");
        assertThat(edgeB.git("log", "--first-parent", "--format=%s", "primary"))
                .as("its line begins with the peer's")
                .startsWith("Arp.merge: edge-a into edge-b")
                .contains("entry added: 192.168.3.2 ");
        meet(edgeB, "edge-a", edgeA);
        assertThat(knows(edgeB, 1)).isFalse();
        edgeB.pass(700);
        meet(edgeB, "edge-a", edgeA);
        assertThat(knows(edgeB, 1)).isTrue();
    }

    /** A clock that was a week ahead once: all that came after it is taken, and a flush mends what was written then. */
    @Test
    void shouldComeBackAfterAClockWasAWeekAhead() throws IOException {
        edgeA.pass(7 * DAY_S).tell(LEARNED, A1, 0, M1).settle();
        edgeA.stepWall(-7 * DAY_S).tell(LEARNED, A2, 0, M2).settle();
        meet(edgeB, "edge-a", edgeA);
        assertThat(knows(edgeB, 1)).isFalse();
        assertThat(edgeB.file(A2)).contains("mac 02:50:2a:16:6d:02");
        assertThat(edgeB.log()).contains("check the clock of router edge-a");
        pass(60);
        edgeA.tell(FLUSHED, A1, M1, 0, "operator", "root").settle();
        edgeA.pass(1).tell(LEARNED, A1, 0, M1).settle();
        meet(edgeB, "edge-a", edgeA);
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:01").contains("since 2025-11-24");
    }

    /** Peers take no stamp that is more than a day ahead, so none may follow from one that is. */
    @ParameterizedTest
    @ValueSource(ints = {25, 36, 47, 49})
    void shouldStampWithTheRightTimeOnceAClockThatWasAheadIsSet(final int hours) throws IOException {
        final int aheadS = hours * 3_600;
        edgeA.pass(aheadS)
                .tell(LEARNED, A1, 0, M1)
                .tell(STATIC_ADDED, A2, 0, M1, "operator", "root")
                .settle();
        edgeA.stepWall(-aheadS)
                .tell(MOVED, A1, M1, M2)
                .tell(STATIC_ADDED, A2, M1, M2, "operator", "root")
                .settle();
        meet(edgeB, "edge-a", edgeA);
        assertThat(edgeB.log()).doesNotContain("left out");
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:02");
        assertThat(edgeB.file(A2)).contains("static 02:50:2a:16:6d:02");
    }

    /** Its repository was made while the clock was ahead: an hour after it was set, its records have the right time. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4_000})
    void shouldComeBackAfterItBeganWithTheClockAhead(final int days) throws IOException {
        try (HistoryRig edgeC = new HistoryRig(directory, "edge-c", (long) days * DAY_S)) {
            edgeC.tell(LEARNED, A1, 0, M1)
                    .tell(STATIC_ADDED, A2, 0, M1, "operator", "root")
                    .settle();
            edgeC.stepWall((long) -days * DAY_S).tell(LEARNED, A2 + 1, 0, M2).settle();
            for (int minute = 0; minute < 26 * 60; minute++) {
                edgeC.pass(60).work();
            }
            edgeC.tell(LEARNED, A2 + 2, 0, M2).settle();
            edgeC.pass(1).settle();
            edgeC.reopen();
            edgeC.tell(FLUSHED, A1, M1, 0, "operator", "root")
                    .tell(STATIC_ADDED, A2, M1, M2, "operator", "root")
                    .settle();
            edgeC.pass(1).tell(LEARNED, A1, 0, M2).settle();
            edgeA.pass(27 * 3_600);
            meet(edgeA, "edge-c", edgeC);
            assertThat(edgeA.log()).doesNotContain("left out");
            assertThat(edgeA.file(A1)).contains("mac 02:50:2a:16:6d:02");
            assertThat(edgeA.file(A2)).contains("static 02:50:2a:16:6d:02");
            forger.sees(A2 + 3, EVIL, edgeC.nowMicros(), "edge-c");
            edgeC.meet("edge-x", forger.url());
            assertThat(knows(edgeC, 5)).as("forged under its own name").isFalse();
        }
    }

    /** After the repository was made, and before what it knows: what it sees then is later all the same. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldCountOnAfterABootWithADateSomeDaysBack(final int days) throws IOException {
        final long before = fiveDaysThenLearned();
        edgeA.crash();
        edgeA.stepWall(-days * DAY_S).tell(MOVED, A1, M1, M2).settle();
        assertThat(stamp(edgeA, A1)).isEqualTo(before + 1);
    }

    /** What counts is the clock by which the change was seen, and not the one by which it is written. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldCountOnWhenTheClockIsSetBetweenTheReportAndTheWrite(final int days) throws IOException {
        final long before = fiveDaysThenLearned();
        edgeA.crash();
        edgeA.stepWall(-days * DAY_S)
                .tell(MOVED, A1, M1, M2)
                .stepWall(days * DAY_S)
                .settle();
        assertThat(stamp(edgeA, A1)).isEqualTo(before + 1);
    }

    /** @return the stamp of A1 */
    private long fiveDaysThenLearned() {
        for (int i = 0; i < 24; i++) {
            edgeA.pass(5 * 3_600).tell(i == 0 ? LEARNED : MOVED, A2, i == 0 ? 0 : M1 + i, M1 + i + 1);
            edgeA.settle();
        }
        edgeA.tell(LEARNED, A1, 0, M1).settle();
        return stamp(edgeA, A1);
    }

    /** A boot with the firmware's date that nobody sets right is not when the repository was made. */
    @Test
    void shouldCountOnWhileItsClockIsYearsBehindForLong() throws IOException {
        edgeA.pass(60).tell(LEARNED, A1, 0, M1).settle();
        edgeA.pass(3_600).tell(LEARNED, A2, 0, M1).settle();
        final long before = stamp(edgeA, A1);
        edgeA.crash();
        edgeA.stepWall(-900L * DAY_S).tell(LEARNED, A2 + 1, 0, M1).settle();
        for (int minute = 0; minute < 100; minute++) {
            edgeA.pass(60).work();
        }
        edgeA.tell(MOVED, A1, M1, M2).settle();
        assertThat(stamp(edgeA, A1)).isEqualTo(before + 1);
    }

    /** A day is what peers take, so it counts on from there: else what it replaces would come back from them. */
    @Test
    void shouldCountOnAfterAClockThatWasAheadForLessThanADay() throws IOException {
        edgeA.pass(23 * 3_600).tell(LEARNED, A1, 0, M1).settle();
        final long before = stamp(edgeA, A1);
        edgeA.stepWall(-23 * 3_600).tell(MOVED, A1, M1, M2).settle();
        assertThat(stamp(edgeA, A1)).isEqualTo(before + 1);
        meet(edgeB, "edge-a", edgeA);
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:02");
    }

    /** Not even as the beginning of a new history: its times would be wrong for good. */
    @Test
    void shouldNotBeginWithCommitsThatAreFarAhead() throws IOException {
        forger.at(edgeA.nowMicros() / 1_000_000 + 7 * DAY_S).sees(A1, M1, 5, "edge-x");
        forger.at(edgeA.nowMicros() / 1_000_000).sees(A2, M2, 6, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 1)).isFalse();
        assertThat(knows(edgeA, 2)).isTrue();
        assertThat(edgeA.git("log", "--first-parent", "--format=%s", "primary").lines())
                .containsExactly("Arp.merge: edge-x into edge-a: 1 entry", "Arp.create: Initial empty cache");
    }

    /** They came while they said nothing that was news. */
    @Test
    void shouldNotBeginWithCommitsThatAreFarAheadAndCameBefore() throws IOException {
        forger.at(edgeA.wallS() + 4_000L * DAY_S).sees(A1, M1, 5, "edge-x").forgets(A1);
        final String early = forger.head();
        edgeA.meet("edge-x", forger.url());
        assertThat(edgeA.git("rev-parse", "refs/remotes/edge-x/primary").strip())
                .isEqualTo(early);
        forger.at(edgeA.wallS()).sees(A2, M2, 6, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 2)).isTrue();
        assertThat(edgeA.git("log", "--first-parent", "--format=%s", "primary").lines())
                .containsExactly("Arp.merge: edge-x into edge-a: 1 entry", "Arp.create: Initial empty cache");
    }

    /** All of it was here when it was asked for the second time, and nothing came. */
    @Test
    void shouldNotBeginWithCommitsThatAreFarAheadAndAreHere() throws IOException {
        forger.at(edgeA.wallS() + 2L * DAY_S).sees(A1, M1, 5, "edge-x");
        forger.at(edgeA.wallS() + 4_000L * DAY_S).forgets(A1);
        forger.at(edgeA.wallS() + 2L * DAY_S).sees(A2, M2, (edgeA.wallS() + 2L * DAY_S) * 1_000_000, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 2)).isFalse();
        edgeA.pass(2 * DAY_S);
        edgeA.meet("edge-x", forger.url());
        assertThat(knows(edgeA, 2)).isTrue();
        assertThat(edgeA.git("log", "--first-parent", "--format=%s", "primary").lines())
                .containsExactly("Arp.merge: edge-x into edge-a: 1 entry", "Arp.create: Initial empty cache");
    }

    @Test
    void shouldBeginWithAPeersLineThoughThePeerHadNothingBefore() throws IOException {
        edgeA.meet("edge-x", forger.url());
        forger.sees(A2, M2, 6, "edge-x");
        edgeA.meet("edge-x", forger.url());
        assertThat(edgeA.head()).isEqualTo(forger.head());
    }

    /** A machine without a battery begins in 1970: what it replaces is replaced on other routers too. */
    @Test
    void shouldCountOnWhileItsClockIsBehind() throws IOException {
        edgeA.tell(LEARNED, A1, 0, M1).settle();
        final long before = stamp(edgeA, A1);
        meet(edgeB, "edge-a", edgeA);
        edgeA.stepWall(-edgeA.nowMicros() / 1_000_000 + 60)
                .tell(MOVED, A1, M1, M2)
                .settle();
        assertThat(stamp(edgeA, A1)).isEqualTo(before + 1);
        meet(edgeB, "edge-a", edgeA);
        assertThat(edgeB.file(A1)).contains("mac 02:50:2a:16:6d:02");
    }
}
