package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.DUE;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;
import static org.portolan.dataplane.neighbor.NeighborChange.REFRESHED;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.query.LineTimes;
import org.portolan.control.history.store.StockGit;

/** The wall clock is set forward and back: it labels, and nothing waits for it. */
class WallClockTest {
    private static final long SEED = Long.getLong("portolan.wall.seed", System.nanoTime());
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final long M2 = 0x0250_2A16_6D02L;
    private static final int A1 = 0xC0A80301;
    private static final int A9 = 0xC0A80309;
    private static final int DAY_S = 86_400;

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

    @ParameterizedTest
    @ValueSource(ints = {-3_600, 3_600, -40 * DAY_S})
    void shouldWriteAtOnceWhateverTheWallClockDoes(final int step) {
        rig.tell(LEARNED, A1, 0, M1).settle();
        rig.tell(MOVED, A1, M1, M2).stepWall(step).settle();
        assertThat(rig.subject()).startsWith("entry moved");
        rig.tell(MOVED, A1, M2, M1).stepWall(-step).settle();
        assertThat(rig.counters().waiting()).isZero();
        assertThat(rig.counters().written()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3_600, 3_600})
    void shouldLabelWithTheWallClockAndTellTheLagByTheOther(final int step) {
        rig.tell(LEARNED, A1, 0, M1).settle();
        assertThat(rig.lagMs()).isZero();
        rig.stepWall(step).tell(MOVED, A1, M1, M2);
        final long toldS = rig.wallS();
        rig.pass(7);
        assertThat(rig.lagMs()).as("in the ring, too").isEqualTo(7_000);
        rig.stepWall(step).pass(1);
        assertThat(rig.lagMs()).isEqualTo(8_000);
        rig.settle();
        assertThat(rig.lagMs()).isZero();
        assertThat(rig.git("log", "-1", "--format=%ct", "primary").strip()).isEqualTo(String.valueOf(toldS));
        assertThat(rig.file(A1)).contains("since " + Instant.ofEpochSecond(toldS));
    }

    @ParameterizedTest
    @ValueSource(ints = {-3_600, 3_600})
    void shouldCloseAnExpiryBranchInTime(final int step) {
        rig.tell(LEARNED, A1, 0, M1).tell(LEARNED, A9, 0, M2).settle();
        rig.tell(DUE, A1, M1, M1)
                .tell(DUE, A9, M2, M2)
                .settle()
                .stepWall(step)
                .tell(EXPIRED, A1, M1, 0)
                .settle();
        assertThat(rig.git("branch", "--no-merged", "primary")).contains("expire_");
        rig.pass(31).settle();
        assertThat(rig.git("branch", "--no-merged", "primary")).isEmpty();
    }

    @Test
    void shouldNameNoTwoExpiryBranchesAlikeWhenATimeComesTwice() {
        for (int i = 0; i < 4; i++) {
            final long beforeS = rig.wallS();
            rig.tell(LEARNED, A1, 0, M1).settle().pass(5);
            rig.tell(EXPIRED, A1, M1, 0).settle();
            rig.stepWall(beforeS - rig.wallS());
        }
        assertThat(rig.git("branch", "--list", "expire_*").lines()).hasSize(4);
        assertThat(rig.counters().expiryMerges()).isEqualTo(4);
    }

    @Test
    void shouldConfirmWhatAnAnswerConfirmsAnHourEarlier() throws IOException {
        rig.tell(LEARNED, A1, 0, M1, "asked-us", "").settle().stepWall(-3_600);
        rig.tell(REFRESHED, A1, M1, M1).settle().pass(3_610).settle();
        rig.crash();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, A1, M1, ""));
    }

    /** What is found is the newest commit whose time on the line is not after the second that was asked for. */
    @Test
    void shouldFindATimeOnALineWhoseDatesDoNotRise() throws IOException {
        System.out.printf("wall clock: seed %d%n", SEED);
        final Random random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            rig.tell(i == 0 ? LEARNED : MOVED, A1, i == 0 ? 0 : M1 + i, M1 + i + 1)
                    .settle();
            rig.pass(random.nextInt(600));
            if (random.nextInt(6) == 0) {
                final int days = random.nextInt(3) == 0 ? 5 : 1;
                rig.stepWall(random.nextInt(-days * DAY_S, days * DAY_S));
            }
            if (random.nextInt(20) == 0) {
                rig.reopen();
            }
        }
        final List<Said> line = line();
        final long[] times = times(line);
        for (int i = 0; i < 400; i++) {
            final long second = rig.wallS() + random.nextInt(-4 * DAY_S, 2 * DAY_S);
            final int newest = LineTimes.newest(times, second);
            assertThat(rig.query().at(second, () -> {}).map(Moment::commit).map(id -> id.name()))
                    .as("%d of %s", second, line)
                    .isEqualTo(newest < 0 ? Optional.empty() : Optional.of(line.get(newest).commit));
        }
    }

    private static long[] times(final List<Said> line) {
        return LineTimes.of(line.stream().mapToLong(Said::second).toArray());
    }

    /** 10:00, back to 09:00 for a minute, and 10:01: half past nine is over, and stays what it was. */
    @ParameterizedTest
    @ValueSource(ints = {60, 3_600, DAY_S})
    void shouldAnswerAsBeforeAfterAMomentWithTheClockBehind(final int behindS) throws IOException {
        rig.tell(LEARNED, A1, 0, M1).settle().pass(behindS / 2);
        final long halfS = rig.wallS();
        rig.pass(behindS / 2).tell(LEARNED, A9, 0, M1).settle();
        final Moment half = rig.query().at(halfS, () -> {}).orElseThrow();
        final Holding then = rig.query().who(A1, half, () -> {}).getFirst();
        final List<LogQuery> logs = List.of(
                LogQuery.everything(9).between(0, halfS),
                LogQuery.everything(9).ofAddress(A1).between(0, halfS));
        final List<List<LogEntry>> said = List.of(log(logs.get(0)), log(logs.get(1)));
        rig.stepWall(-behindS).tell(MOVED, A1, M1, M2).settle();
        requireAsBefore(halfS, half, then, logs, said);
        rig.pass(50).stepWall(behindS).tell(MOVED, A1, M2, M1).settle();
        requireAsBefore(halfS, half, then, logs, said);
        rig.reopen();
        requireAsBefore(halfS, half, then, logs, said);
        java.nio.file.Files.delete(rig.path().resolve("portolan.marks"));
        rig.reopen();
        requireAsBefore(halfS, half, then, logs, said);
        assertThat(macsOfA1(LogQuery.everything(9).between(halfS, Long.MAX_VALUE)))
                .as("since half past nine")
                .containsExactly(M1, M2);
    }

    /** An idle hour was asked about, too: that it was there is written when the clock goes back. */
    @ParameterizedTest
    @ValueSource(ints = {60, 3_600, 20_000 * DAY_S})
    void shouldAnswerAsBeforeAboutAnIdleTime(final int behindS) throws IOException {
        rig.tell(LEARNED, A1, 0, M1).settle().pass(7_200).settle();
        final long askedS = rig.wallS() - 1;
        final Moment moment = rig.query().at(askedS, () -> {}).orElseThrow();
        rig.stepWall(-behindS).settle();
        assertThat(rig.subject()).startsWith("Arp.clock: set back from 2025-11-24T18:00:0");
        rig.pass(3).settle().tell(MOVED, A1, M1, M2).settle();
        assertThat(rig.git("rev-list", "--count", "primary").strip()).isEqualTo("4");
        assertThat(rig.query().at(askedS, () -> {})).contains(moment);
        assertThat(rig.git("fsck", "--strict")).isEmpty();
        rig.pass(10).stepWall(3_600).tell(MOVED, A1, M2, M1).settle();
        rig.reopen();
        assertThat(rig.query().at(askedS, () -> {})).contains(moment);
    }

    @Test
    void shouldWriteNothingOfAClockThatWasAheadWhileNothingHappened() {
        rig.tell(LEARNED, A1, 0, M1).settle();
        rig.stepWall(4_000 * DAY_S).settle().pass(60).settle();
        rig.stepWall(-4_000 * DAY_S).settle().pass(60).settle();
        assertThat(rig.subject()).startsWith("entry added");
    }

    private void requireAsBefore(
            final long second,
            final Moment half,
            final Holding then,
            final List<LogQuery> logs,
            final List<List<LogEntry>> said)
            throws IOException {
        assertThat(rig.query().at(second, () -> {})).contains(half);
        assertThat(rig.query().who(A1, half, () -> {}).getFirst().then().binding())
                .isEqualTo(then.then().binding());
        for (int i = 0; i < logs.size(); i++) {
            assertThat(log(logs.get(i))).isEqualTo(said.get(i));
        }
    }

    private List<LogEntry> log(final LogQuery query) throws IOException {
        final List<LogEntry> entries = new java.util.ArrayList<>();
        rig.query().log(query, () -> {}, entries::add);
        return entries;
    }

    private List<Long> macsOfA1(final LogQuery query) throws IOException {
        return log(query).stream()
                .filter(entry -> "192.168.3.1".equals(entry.address()))
                .map(LogEntry::mac)
                .toList();
    }

    /** A clock that leaps into 2036 hides nothing that follows, and one at 1970 changes nothing that was. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4_000, -2, -3, -400, -20_000})
    void shouldAnswerAsBeforeAndGoOnAfterAClockThatWasDaysWrong(final int days) throws IOException {
        rig.tell(LEARNED, A1, 0, M1).settle().pass(600);
        final long beforeS = rig.wallS();
        final Moment before = rig.query().at(beforeS, () -> {}).orElseThrow();
        rig.pass(600).tell(LEARNED, A9, 0, M1).settle();
        rig.stepWall((long) days * DAY_S).tell(MOVED, A1, M1, M2).settle();
        rig.pass(60).tell(MOVED, A1, M2, M1).settle();
        rig.pass(60)
                .stepWall((long) -days * DAY_S - 300)
                .tell(MOVED, A1, M1, M2)
                .settle();
        assertThat(rig.query().at(beforeS, () -> {})).contains(before);
        for (int i = 0; i < 10; i++) {
            rig.pass(100).tell(MOVED, A1, M1 + i, M1 + i + 1).settle();
            final String head = rig.git("rev-parse", "primary").strip();
            if (i > 3) {
                assertThat(rig.query()
                                .at(rig.wallS(), () -> {})
                                .map(at -> at.commit().name()))
                        .contains(head);
            }
            assertThat(rig.query().at(beforeS, () -> {})).contains(before);
        }
    }

    @Test
    void shouldTellAllOfAnAddressThoughTimesDoNotRise() throws IOException {
        System.out.printf("wall clock: seed %d%n", SEED);
        final Random random = new Random(SEED);
        final int moves = 120;
        for (int i = 0; i < moves; i++) {
            rig.tell(i == 0 ? LEARNED : MOVED, A1, i == 0 ? 0 : M1 + i, M1 + i + 1)
                    .settle();
            for (int quiet = random.nextInt(6); quiet > 0; quiet--) {
                rig.pass(random.nextInt(DAY_S))
                        .tell(MOVED, A9, M1 + quiet, M1 + i + quiet)
                        .settle();
            }
            if (random.nextInt(8) == 0) {
                rig.stepWall(random.nextInt(-20 * DAY_S, 20 * DAY_S));
            }
        }
        final List<Long> macs = new java.util.ArrayList<>();
        final int[] steps = {0};
        rig.query()
                .log(
                        LogQuery.everything(1_000).ofAddress(A1),
                        () -> {
                            if (++steps[0] > 100_000) {
                                throw new IOException("it goes round and round");
                            }
                        },
                        entry -> macs.add(entry.mac()));
        assertThat(macs)
                .isEqualTo(java.util.stream.LongStream.range(0, moves)
                        .map(i -> M1 + moves - i)
                        .boxed()
                        .toList());
    }

    /** A commit of primary's line, and the MAC that it gave {@link #A1}: 0 for none. */
    private record Said(String commit, long second, long mac) {}

    private List<Said> line() {
        return rig.git("log", "--first-parent", "--reverse", "--format=%H %ct %s", "primary")
                .lines()
                .map(each -> each.split(" ", 3))
                .map(each -> new Said(each[0], Long.parseLong(each[1]), macOfA1(each[2])))
                .toList();
    }

    private static long macOfA1(final String subject) {
        final boolean isAbout = subject.contains("192.168.3.1 ");
        return isAbout ? Long.parseLong(subject.substring(subject.length() - 17).replace(":", ""), 16) : 0;
    }

    /** Against the line as git lists it, at times to both sides of each commit. */
    private void requireNeighbors() throws IOException {
        final List<Said> line = line();
        final int[] changes = java.util.stream.IntStream.range(0, line.size())
                .filter(i -> line.get(i).mac != 0)
                .toArray();
        final long[] times = times(line);
        for (int i = 1; i < line.size(); i++) {
            for (int off = -1; off <= 1; off++) {
                final long second = (off == 0 ? line.get(i).second : times[i]) + off;
                final Optional<Moment> moment = rig.query().at(second, () -> {});
                final int at = LineTimes.newest(times, second);
                assertThat(moment.map(found -> found.commit().name()))
                        .isEqualTo(at < 0 ? Optional.empty() : Optional.of(line.get(at).commit));
                if (at >= changes[0]) {
                    requireHolding(line, changes, at, moment.orElseThrow());
                }
            }
        }
    }

    private void requireHolding(final List<Said> line, final int[] changes, final int at, final Moment moment)
            throws IOException {
        int now = changes.length - 1;
        while (changes[now] > at) {
            now--;
        }
        final Said then = line.get(changes[now]);
        final Holding holding = rig.query().who(A1, moment, () -> {}).getFirst();
        final String name = "at commit %d, %d, of %s".formatted(at, line.get(at).second, line);
        assertThat(holding.then().binding().mac()).as(name).isEqualTo(then.mac);
        assertThat(holding.then().fromS()).as(name).isEqualTo(then.second);
        assertThat(
                        holding.before() == null || holding.before().binding() == null
                                ? 0
                                : holding.before().binding().mac())
                .as(name)
                .isEqualTo(now == 0 ? 0 : line.get(changes[now - 1]).mac);
        if (now == changes.length - 1) {
            assertThat(holding.after()).as(name).isNull();
            assertThat(holding.then().untilS()).as(name).isZero();
            return;
        }
        final Said next = line.get(changes[now + 1]);
        assertThat(holding.then().untilS()).as(name).isEqualTo(Math.max(next.second, line.get(at).second));
        assertThat(holding.after().binding().mac()).as(name).isEqualTo(next.mac);
        assertThat(holding.after().fromS()).as(name).isEqualTo(next.second);
    }

    /** One date that is behind, or some, is not where what was asked for begins. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellAllSinceATimeThoughTimesDoNotRise(final boolean once) throws IOException {
        System.out.printf("wall clock: seed %d%n", SEED);
        final Random random = new Random(SEED);
        for (int i = 0; i < 30; i++) {
            final int step = once ? i == 20 ? 400 * DAY_S : 0 : random.nextInt(5) == 0 ? random.nextInt(9 * DAY_S) : 0;
            rig.stepWall(-step)
                    .tell(i == 0 ? LEARNED : MOVED, A1, i == 0 ? 0 : M1 + i, M1 + i + 1)
                    .settle();
            if (random.nextInt(3) > 0) {
                rig.stepWall(step);
            }
            for (int quiet = random.nextInt(3); quiet > 0; quiet--) {
                rig.pass(random.nextInt(DAY_S / 2))
                        .tell(MOVED, A9, M1 + quiet, M1 + i + quiet)
                        .settle();
            }
        }
        final List<Said> line = line();
        final long[] times = times(line);
        for (final Said from : line) {
            final List<Long> expected = java.util.stream.IntStream.range(0, line.size())
                    .filter(i -> line.get(i).mac != 0 && times[i] >= from.second)
                    .mapToObj(i -> line.get(i).mac)
                    .toList()
                    .reversed();
            for (final LogQuery all : List.of(LogQuery.everything(1_000).ofAddress(A1), LogQuery.everything(1_000))) {
                final List<Long> macs = new java.util.ArrayList<>();
                rig.query().log(all.between(from.second, Long.MAX_VALUE), () -> {}, entry -> {
                    if ("192.168.3.1".equals(entry.address())) {
                        macs.add(entry.mac());
                    }
                });
                assertThat(macs).as("since %d of %s", from.second, line).isEqualTo(expected);
            }
        }
    }

    /** The line's order says what came before and after, and the clock only how it is called. */
    @Test
    void shouldDateNeighborsRightlyAroundAClockThatWasAheadAndBack() throws IOException {
        for (int i = 0; i < 40; i++) {
            if (i % 8 == 3) {
                rig.stepWall(100 * DAY_S);
            } else if (i % 8 == 6) {
                rig.stepWall(-100 * DAY_S);
            } else if (i % 8 == 7) {
                rig.stepWall(-3 * 3_600);
            }
            rig.tell(i == 0 ? LEARNED : MOVED, A1, i == 0 ? 0 : M1 + i, M1 + i + 1)
                    .settle();
            for (int quiet = 0; quiet < i % 3; quiet++) {
                rig.pass(4_000).tell(MOVED, A9, M1 + quiet, M1 + i + quiet + 1).settle();
            }
        }
        requireNeighbors();
        rig.pass(60).settle();
        assertThat(rig.log()).contains("into one,");
        requireNeighbors();
        rig.reopen();
        requireNeighbors();
        java.nio.file.Files.delete(rig.path().resolve("portolan.marks"));
        rig.reopen();
        requireNeighbors();
    }

    /** It came, ended and was collected while the clock was ahead: neither side of that time shows it. */
    @Test
    void shouldTellWhatWasForgottenWhileTheClockWasAhead() throws IOException {
        rig.tell(LEARNED, A1, 0, M1).settle().pass(60);
        rig.stepWall(50 * DAY_S).tell(MOVED, A1, M1, M2).settle();
        rig.pass(60).tell(LEARNED, A9, 0, M2).settle().pass(60);
        rig.tell(EXPIRED, A9, M2, 0).settle().pass(60).tell(MOVED, A1, M2, M1).settle();
        rig.stepWall(50 * DAY_S);
        for (int minute = 0; minute < 130; minute++) {
            rig.pass(60).settle();
        }
        assertThat(rig.git("log", "--format=%s", "primary")).contains("tombstones collected");
        rig.stepWall(-100 * DAY_S).tell(MOVED, A1, M1, M2).settle();
        rig.pass(60).tell(MOVED, A1, M2, M1).settle();
        final List<String> kinds = new java.util.ArrayList<>();
        rig.query()
                .log(
                        LogQuery.everything(9).ofAddress(A9),
                        () -> {},
                        entry -> kinds.add(entry.kind().name()));
        assertThat(kinds).containsExactly("EXPIRED", "ADDED");
        final Moment now = rig.query().at(rig.wallS(), () -> {}).orElseThrow();
        final Holding last = rig.query().who(A9, now, () -> {}).getFirst();
        assertThat(last.then().binding()).isNull();
        assertThat(last.before().binding().observed().mac()).isEqualTo(M2);
    }

    /** One that is wrong for a moment must not make the history forget; one that stays is right. */
    @Test
    void shouldForgetNothingForAClockThatIsYearsAheadForAMoment() {
        rig.tell(LEARNED, A1, 0, M1).settle();
        for (int day = 0; day < 4; day++) {
            rig.pass(DAY_S).tell(MOVED, A1, M1, M2).tell(MOVED, A1, M2, M1).settle();
        }
        rig.tell(EXPIRED, A1, M1, 0).settle();
        final String commits = rig.git("rev-list", "primary");
        rig.stepWall(800 * DAY_S);
        for (int minute = 0; minute < 50; minute++) {
            rig.pass(60).settle();
        }
        rig.stepWall(-800 * DAY_S);
        for (int minute = 0; minute < 90; minute++) {
            rig.pass(60).settle();
        }
        assertThat(rig.git("rev-list", "primary")).isEqualTo(commits);
        assertThat(rig.log()).doesNotContain("history: now begins at");
        rig.stepWall(800 * DAY_S);
        for (int minute = 0; minute < 70; minute++) {
            rig.pass(60).settle();
        }
        assertThat(rig.log()).contains("history: now begins at");
    }
}
