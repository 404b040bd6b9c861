package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.DUE;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.FLUSHED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;
import static org.portolan.dataplane.neighbor.NeighborChange.REFRESHED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_ADDED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_REMOVED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.HeldIndexes;
import org.portolan.control.history.store.StockGit;

class HistorianTest {
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final long M2 = 0x0250_2A16_6D02L;
    private static final int A1 = 0xC0A80301;
    private static final int A9 = 0xC0A80309;

    /** Some 1,200 changes. */
    private static final int SMALL_RING_BYTES = 1 << 16;

    @TempDir
    Path directory;

    private HistoryRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new HistoryRig(directory);
    }

    @AfterEach
    void isSoundAtTheEnd() throws IOException {
        rig.close();
        StockGit.requireSound(rig.path());
    }

    @Test
    void shouldTellTheStoryAsAGraph() {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.tell(DUE, A9, M2, M2).settle();
        rig.tell(LEARNED, A1 + 1, 0, M1).settle();
        rig.tell(EXPIRED, A9, M2, 0).settle();
        rig.tell(DUE, A1, M1, M1).settle().tell(EXPIRED, A1, M1, 0).settle();
        assertThat(rig.git("log", "--graph", "--format=%s", "primary").replaceAll(" +\n", "\n"))
                .isEqualTo("""
                * Arp.tick: updating to age out old entries: 192.168.3.1 -> 02:50:2a:16:6d:01
                *   Arp.tick: merge expiry branch
                |\\
                | * Arp.tick: updating to age out old entries: 192.168.3.9 -> 02:50:2a:16:6d:02
                * | entry added: 192.168.3.2 -> 02:50:2a:16:6d:01
                |/
                * entry added: 192.168.3.9 -> 02:50:2a:16:6d:02
                * entry added: 192.168.3.1 -> 02:50:2a:16:6d:01
                * Arp.create: Initial empty cache
                """);
        assertThat(rig.git("branch", "--format=%(refname:short)").lines().filter(each -> each.startsWith("expire_")))
                .hasSize(2);
        assertThat(rig.counters().expiryMerges()).isEqualTo(2);
        assertThat(rig.counters().expiryFastForwards()).isEqualTo(1);
    }

    @Test
    void shouldSayInTrailersWhatMachinesAsk() {
        rig.tell(LEARNED, A1, 0, M1).tell(MOVED, A1, M1, M2).settle();
        assertThat(rig.git("log", "-1", "--format=%B", "primary").strip()).isEqualTo("""
                entry moved: 192.168.3.1 -> 02:50:2a:16:6d:02

                Ip: 192.168.3.1
                Mac: 02:50:2a:16:6d:02
                Mac-Old: 02:50:2a:16:6d:01
                Interface: lan
                Segment: office
                Reason: answered""");
        assertThat(rig.git(
                        "log",
                        "--format=%(trailers:key=Mac,valueonly,separator=)",
                        "primary",
                        "--",
                        "arp/0/office/192.168.3/1"))
                .isEqualTo("02:50:2a:16:6d:02\n02:50:2a:16:6d:01\n");
    }

    @Test
    void shouldWriteNothingForARefresh() {
        rig.tell(LEARNED, A1, 0, M1).settle();
        final String head = rig.head();
        for (int i = 0; i < 10; i++) {
            rig.tell(DUE, A1, M1, M1).settle().tell(REFRESHED, A1, M1, M1).settle();
        }
        assertThat(rig.head()).isEqualTo(head);
        assertThat(rig.git("branch")).doesNotContain("expire_");
    }

    @Test
    void shouldFoldRefreshesIntoTheNextChangeAndIntoTheMarkOfTheHour() {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.pass(600).tell(REFRESHED, A1, M1, M1).tell(REFRESHED, A9, M2, M2).settle();
        rig.tell(FLUSHED, A1, M1, 0).settle();
        assertThat(rig.file(A1)).contains("seen 2025-11-24T16:1").contains("state flushed");
        rig.pass(3_600).settle();
        assertThat(rig.subject()).isEqualTo("entries seen: 1");
        assertThat(rig.file(A9)).contains("seen 2025-11-24T16:1").contains("state live");
        final String head = rig.head();
        rig.pass(7_200).settle();
        assertThat(rig.head()).isEqualTo(head);
    }

    @Test
    void shouldKeepWhoSurvivedAndExpireWhoDied() {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.tell(DUE, A1, M1, M1).tell(DUE, A9, M2, M2).settle();
        rig.tell(REFRESHED, A1, M1, M1).settle();
        assertThat(rig.git("branch")).doesNotContain("expire_");
        rig.tell(EXPIRED, A9, M2, 0).settle();
        assertThat(rig.file(A1)).contains("state live");
        assertThat(rig.file(A9)).contains("state expired");
    }

    @Test
    void shouldLetALearningDuringAnExpiryWinTheMerge() {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.tell(DUE, A1, M1, M1).tell(DUE, A9, M2, M2).settle();
        rig.tell(EXPIRED, A1, M1, 0).settle();
        rig.tell(LEARNED, A1, 0, M1).settle();
        rig.tell(EXPIRED, A9, M2, 0).settle();
        assertThat(rig.subject()).isEqualTo("Arp.tick: merge expiry branch");
        assertThat(rig.file(A1)).contains("state live");
        assertThat(rig.file(A9)).contains("state expired");
    }

    @Test
    void shouldCloseABranchWhoseProbesWereNeverHeardOfAgain() {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.tell(DUE, A1, M1, M1)
                .tell(DUE, A9, M2, M2)
                .settle()
                .tell(EXPIRED, A1, M1, 0)
                .settle();
        assertThat(rig.git("branch", "--no-merged", "primary")).contains("expire_");
        rig.pass(31).settle();
        assertThat(rig.git("branch", "--no-merged", "primary")).isEmpty();
        assertThat(rig.file(A1)).contains("state expired");
    }

    @Test
    void shouldMergeTheBranchThatARestartLeftOpen() throws IOException {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.tell(DUE, A1, M1, M1)
                .tell(DUE, A9, M2, M2)
                .settle()
                .tell(EXPIRED, A1, M1, 0)
                .settle();
        rig.crash();
        assertThat(rig.remembered()).extracting(Remembered::address).containsExactly(A9);
        rig.settle();
        assertThat(rig.git("branch", "--no-merged", "primary")).isEmpty();
        assertThat(rig.file(A1)).contains("state expired");
    }

    @Test
    void shouldKeepTheNamesOfTheLastSixteenExpiryBranches() {
        for (int i = 0; i < 20; i++) {
            rig.tell(LEARNED, A1, 0, M1)
                    .settle()
                    .pass(5)
                    .tell(EXPIRED, A1, M1, 0)
                    .settle();
        }
        assertThat(rig.git("branch").lines().filter(each -> each.contains("expire_")))
                .hasSize(16);
    }

    @Test
    void shouldSayWhoPinnedAndWhoLetGo() {
        rig.tell(LEARNED, A1, 0, M1).settle();
        rig.tell(STATIC_ADDED, A1, M1, M2, "asked", "root").settle();
        assertThat(rig.git("log", "-1", "--format=%B", "primary"))
                .startsWith("static entry added: 192.168.3.1 -> 02:50:2a:16:6d:02")
                .contains("By: root");
        assertThat(rig.file(A1))
                .contains("state expired")
                .contains("static 02:50:2a:16:6d:02")
                .contains("static-by root");
        rig.tell(STATIC_REMOVED, A1, M2, 0, "asked", "ops").settle();
        assertThat(rig.file(A1)).contains("static removed").contains("static-by ops");
    }

    @Test
    void shouldBringBackWhatWasKnownAfterARestart() throws IOException {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).tell(FLUSHED, A9, M2, 0);
        rig.tell(STATIC_ADDED, A1 + 1, 0, M2, "asked", "root").settle();
        rig.crash();
        assertThat(rig.remembered())
                .containsExactlyInAnyOrder(new Remembered(0, A1, M1, ""), new Remembered(0, A1 + 1, M2, "root"));
    }

    /** A host's word about itself: nobody asked, so it is no better than a claim. */
    @Test
    void shouldNotBringBackWhatNobodyEverConfirmed() throws IOException {
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").tell(LEARNED, A9, 0, M2).settle();
        rig.pass(3_700).settle();
        assertThat(rig.file(A1)).contains("state live").contains("reason asked-us");
        rig.crash();

        assertThat(rig.remembered()).containsExactly(new Remembered(0, A9, M2, ""));
    }

    @Test
    void shouldNotTakeAHostsWordForConfirmedThoughItIsRepeated() throws IOException {
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").settle();
        rig.pass(60).tell(LEARNED, A1, 0, M1, "asked-us", "").settle();
        rig.reopen();

        assertThat(rig.remembered()).isEmpty();
        assertThat(rig.file(A1)).contains("reason asked-us");
    }

    @Test
    void shouldWriteTheFirstThatSayWhoTheyAreAtOnce() throws IOException {
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").settle();
        assertThat(rig.subject()).isEqualTo("entry added: 192.168.3.1 -> 02:50:2a:16:6d:01");
        claimAllThatIsWrittenAtOnce();
        assertThat(rig.counters().folded()).isEqualTo(1);
        rig.pass(120).tell(LEARNED, A9, 0, M2, "asked-us", "").settle();
        assertThat(rig.file(A9)).as("one in two minutes").contains("reason asked-us");
        assertThat(rig.counters().folded()).isEqualTo(1);
    }

    private void claimAllThatIsWrittenAtOnce() throws IOException {
        for (int i = 0; i < Claims.MOST_AT_ONCE; i++) {
            rig.tell(LEARNED, A9 + 1 + i, 0, M1 + 100 + i, "asked-us", "");
        }
        rig.settle();
    }

    @Test
    void shouldWriteWhatAHostSaidOfItselfOnceAnAnswerConfirmedIt() throws IOException {
        claimAllThatIsWrittenAtOnce();
        final String empty = rig.head();
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").settle().pass(60).settle();
        assertThat(rig.head()).as("anybody can say so").isEqualTo(empty);
        assertThat(rig.counters().folded()).isEqualTo(1);
        assertThat(rig.counters().waiting()).isZero();
        rig.tell(REFRESHED, A1, M1, M1).settle();
        assertThat(rig.subject()).isEqualTo("entry added: 192.168.3.1 -> 02:50:2a:16:6d:01");
        assertThat(rig.git("log", "-1", "--format=%b", "primary")).doesNotContain("Mac-Old");
        assertThat(rig.file(A1))
                .contains("state live", "reason answered", "since 2025-11-24T16:00:0", "seen 2025-11-24T16:01:0");
        rig.crash();

        assertThat(rig.remembered()).containsExactly(new Remembered(0, A1, M1, ""));
    }

    @Test
    void shouldWriteWithTheMarkOfTheHourWhoClaimedWhatAndConfirmItTenSecondsAfterItsAnswer() throws IOException {
        claimAllThatIsWrittenAtOnce();
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").tell(LEARNED, A9, 0, M2, "asked-us", "");
        rig.tell(EXPIRED, A9, M2, 0, "silent", "").settle();
        rig.pass(3_600).settle();
        assertThat(rig.git("log", "-1", "--format=%B", "primary").strip()).isEqualTo("""
                entries changed: 1

                Change: learned office 192.168.3.1 - 02:50:2a:16:6d:01
                Reason: asked-us
                Claims-More: 1, most of all by 02:50:2a:16:6d:01""");
        assertThat(rig.file(A1)).contains("state live").contains("reason asked-us");
        final String head = rig.head();
        rig.tell(REFRESHED, A1, M1, M1).settle();
        assertThat(rig.head()).isEqualTo(head);
        rig.pass(10).settle();
        assertThat(rig.subject()).isEqualTo("entries seen: 1");
        assertThat(rig.file(A1)).contains("reason answered");
    }

    @Test
    void shouldHoldWhatOneInterfaceChangesTooOftenAndLoseNothing() throws IOException {
        for (int i = 0; i < 30; i++) {
            for (int host = 0; host < 50; host++) {
                rig.tell(i == 0 ? LEARNED : MOVED, A1 + host, i == 0 ? 0 : M1 + i, M1 + i + 1);
            }
            rig.settle();
        }
        final long commits = rig.counters().commits();
        assertThat(commits).isBetween((long) Shares.MOST_AT_ONCE, Shares.MOST_AT_ONCE + 60L);
        assertThat(rig.counters().waiting()).isPositive();
        rig.tell(STATIC_ADDED, A9 + 100, 0, M2, "asked", "root").settle();
        assertThat(rig.file(A9 + 100))
                .as("an operator's word waits for nothing")
                .contains("static");
        assertThat(rig.counters().waiting()).isZero();
        assertThat(rig.counters().commits()).isLessThan(commits + 60);
        assertThat(rig.file(A1)).contains("mac 02:50:2a:16:6d:1f");
        rig.pass(60);
        rig.tell(MOVED, A1, M1 + 30, M2).settle();
        assertThat(rig.counters().waiting()).isPositive();
        rig.pass(60).settle();
        assertThat(rig.counters().waiting()).isZero();
        assertThat(rig.counters().written() + rig.counters().coalesced())
                .isEqualTo(rig.counters().reported());
    }

    @Test
    void shouldBringBackWhatWasConfirmedBetweenTheLastMarkAndTheEnd() throws IOException {
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").settle();
        rig.tell(REFRESHED, A1, M1, M1);
        rig.reopen();

        assertThat(rig.remembered()).containsExactly(new Remembered(0, A1, M1, ""));
    }

    @Test
    void shouldNotCommitWhatIsKnownAlready() throws IOException {
        rig.tell(LEARNED, A1, 0, M1)
                .tell(STATIC_ADDED, A9, 0, M2, "config", "config")
                .settle();
        rig.crash();
        final String head = rig.head();
        rig.tell(STATIC_ADDED, A9, 0, M2, "config", "config")
                .tell(LEARNED, A1, 0, M1)
                .settle();
        assertThat(rig.head()).isEqualTo(head);
    }

    @Test
    void shouldCarryManyChangesInOneCommitInACrowdAndLoseNone() {
        final int many = 5_000;
        for (int i = 0; i < many; i++) {
            rig.tell(LEARNED, 0x0A000000 + i, 0, M1 + i);
        }
        rig.settle();
        assertThat(rig.counters().waiting()).isZero();
        assertThat(rig.counters().coalesced()).isZero();
        assertThat(rig.counters().written()).isEqualTo(many);
        assertThat(rig.counters().commits()).isEqualTo(1);
        assertThat(rig.git("ls-tree", "-r", "--name-only", "primary").lines()).hasSize(many + 1);
        assertThat(rig.git("log", "-1", "--format=%b", "primary").lines().filter(each -> each.startsWith("Change: ")))
                .hasSize(many);
    }

    @Test
    void shouldKeepEveryStateOfABindingThatChangesTwiceInACrowd() {
        for (int i = 0; i < 400; i++) {
            rig.tell(LEARNED, 0x0A000000 + i, 0, M1);
        }
        for (int i = 0; i < 400; i++) {
            rig.tell(MOVED, 0x0A000000 + i, M1, M2);
        }
        rig.settle();
        assertThat(rig.counters().commits()).isEqualTo(2);
        assertThat(rig.counters().coalesced()).isZero();
    }

    @Test
    void shouldCountWhatItSkipsWhenTheRingIsFullAndEndWithTheLastState() {
        final int rounds = 40;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 1_000; i++) {
                rig.tell(MOVED, 0x0A000000 + i, M1 + round, M1 + round + 1);
            }
        }
        assertThat(rig.counters().coalesced()).isPositive();
        rig.settle();
        assertThat(rig.counters().reported()).isEqualTo(rounds * 1_000L);
        assertThat(rig.counters().written() + rig.counters().coalesced()).isEqualTo(rounds * 1_000L);
        assertThat(rig.file(0x0A000007)).contains("mac 02:50:2a:16:6d:29");
    }

    @Test
    void shouldForgetTombstonesAfterTheHorizonAndSayHowMany() {
        rig.tell(LEARNED, A1, 0, M1)
                .tell(LEARNED, A9, 0, M2)
                .settle()
                .tell(EXPIRED, A1, M1, 0)
                .settle();
        rig.pass(Tombstones.HORIZON_S - 7_200).settle();
        assertThat(rig.file(A1)).contains("state expired");
        rig.pass(3 * 3_600).settle();
        assertThat(rig.subject()).isEqualTo("Arp.gc: 1 tombstones collected");
        assertThat(rig.git("ls-tree", "-r", "--name-only", "primary"))
                .doesNotContain("192.168.3/1\n")
                .contains("192.168.3/9");
        assertThat(rig.git("log", "--format=%s", "primary", "--", "arp/0/office/192.168.3/1"))
                .contains("age out old entries");
    }

    @Test
    void shouldWriteWhatStillWaitsBeforeTheRingWhenItEnds() throws IOException {
        rig.close();
        rig = new HistoryRig(directory, directory, SMALL_RING_BYTES);
        final int many = 3_000;
        for (int i = 0; i < many; i++) {
            rig.tell(LEARNED, 0x0A000000 + i, 0, M1);
        }
        assertThat(rig.counters().overflow.get())
                .as("before the ring waits more than the ring holds")
                .isGreaterThan(many / 2);
        rig.reopen();
        assertThat(rig.remembered()).hasSize(many);
    }

    @Test
    void shouldLookBackInSilence() {
        rig.tell(LEARNED, A1, 0, M1)
                .settle()
                .pass(100)
                .tell(MOVED, A1, M1, M1 + 1)
                .settle();
        rig.pass(3_600).settle().pass(86_400).settle();
        assertThat(rig.log()).doesNotContain("history:");
    }

    @Test
    void shouldSayWhenItLooksBackThatTheHistoryCannotBeRead() throws IOException {
        rig.tell(LEARNED, A1, 0, M1).settle();
        final Path packs = rig.path().resolve("objects/pack");
        final Path aside = directory.resolve("aside");
        Files.move(packs, aside);
        rig.pass(3_600).settle();
        assertThat(rig.log()).contains("the history in " + rig.path() + " cannot be read");
        Files.move(aside, packs);
    }

    /** Of a year they are 143 MB. */
    @Test
    void shouldStartAndWriteWithoutOldIndexesInTheHeap() throws IOException {
        for (int i = 0; i < 8; i++) {
            rig.tell(LEARNED, A1 + i, 0, M1 + i).settle();
        }
        rig.reopen();
        rig.pass(3_600).tell(MOVED, A1, M1, M1 + 9).settle();
        assertThat(rig.repository().getObjectDatabase().getPacks()).hasSizeGreaterThan(6);
        assertThat(HeldIndexes.of(rig.repository()))
                .as("JGit looks at both ends of a ref's move, which are in the newest packs")
                .hasSizeLessThanOrEqualTo(2);
        assertThat(rig.file(A1)).contains("mac 02:50:2a:16:6d:0a");
    }
}
