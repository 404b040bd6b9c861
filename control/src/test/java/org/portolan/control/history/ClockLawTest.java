package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.store.StockGit;

/**
 * The law of the line's time itself, whatever formula computes it: what was answered about a second that was over is
 * answered again, however wrong the clock is later.
 */
class ClockLawTest {
    private static final long SEED = Long.getLong("portolan.wall.seed", System.nanoTime());
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final int A1 = 0xC0A80301;
    private static final long HOUR_S = 3_600;
    private static final long DAY_S = 86_400;
    private static final int[] BEHIND_DAYS = {2, 3, 6, 30, 400, 2_000, 20_000};

    @TempDir
    Path directory;

    private HistoryRig rig;
    private int changes;
    /** By the second that was asked for, what was found. */
    private final Map<Long, Optional<Moment>> answered = new TreeMap<>();

    @BeforeEach
    void open() throws IOException {
        rig = new HistoryRig(directory);
    }

    @AfterEach
    void isSoundAtTheEnd() throws IOException {
        rig.close();
        StockGit.requireSound(rig.path());
    }

    private void change() {
        final long before = changes == 0 ? 0 : M1 + changes % 7;
        changes++;
        rig.tell(before == 0 ? LEARNED : MOVED, A1, before, M1 + changes % 7).settle();
    }

    /** A boot with a date some days back; then the clock is set right. */
    private void bootBehind(final int days) throws IOException {
        rig.crash();
        rig.stepWall(-days * DAY_S);
        live(3, 60);
        requireAsBefore("behind");
        rig.stepWall(days * DAY_S);
        live(3, 60);
        requireAsBefore("set right");
        requireFound();
    }

    private void live(final int times, final long everyS) {
        for (int i = 0; i < times; i++) {
            rig.pass(everyS);
            change();
        }
    }

    private Optional<Moment> at(final long second) throws IOException {
        return rig.query().at(second, () -> {});
    }

    private void ask(final long second) throws IOException {
        answered.put(second, at(second));
    }

    private void requireAsBefore(final String when) throws IOException {
        for (final Map.Entry<Long, Optional<Moment>> each : answered.entrySet()) {
            assertThat(at(each.getKey())).as("%s: %d", when, each.getKey()).isEqualTo(each.getValue());
        }
    }

    private void loseMarks() throws IOException {
        Files.delete(rig.path().resolve("portolan.marks"));
        rig.reopen();
    }

    private String head() {
        return rig.git("rev-parse", "primary").strip();
    }

    private void requireFound() throws IOException {
        assertThat(at(rig.wallS()).map(moment -> moment.commit().name())).contains(head());
    }

    /** Ten days, one after the other; then a boot with the date of the firmware, until the clock is set. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 9, 12, 400, 2_000})
    void shouldAnswerAsBeforeAfterABootWithADateSomeDaysBack(final int days) throws IOException {
        live(40, 6 * HOUR_S);
        for (long back = 3; back < 240; back += 5) {
            ask(rig.wallS() - back * HOUR_S);
        }
        for (int boot = 0; boot < 3; boot++) {
            rig.crash();
            rig.stepWall(-days * DAY_S);
            change();
            requireAsBefore("behind");
            live(2, 300);
            requireAsBefore("behind");
            rig.stepWall(days * DAY_S);
            change();
            requireAsBefore("set right");
            requireFound();
            live(3, HOUR_S);
            requireFound();
        }
        requireAsBefore("later");
        loseMarks();
        requireAsBefore("with new marks");
    }

    /** Nothing was written for some hours, and somebody asked about them. */
    @ParameterizedTest
    @ValueSource(ints = {2, 7, 400})
    void shouldAnswerAsBeforeAboutAnIdleTimeThoughTheClockGoesBackByDays(final int days) throws IOException {
        live(40, 6 * HOUR_S);
        rig.pass(5 * HOUR_S).settle();
        ask(rig.wallS() - 1);
        rig.stepWall(-days * DAY_S).settle();
        change();
        requireAsBefore("behind");
        rig.pass(600).stepWall(days * DAY_S).settle();
        change();
        requireAsBefore("set right");
        requireFound();
    }

    /** Its first five minutes had the firmware's date, and so has each boot. */
    @Test
    void shouldAnswerAsBeforeThoughEachBootBeginsWithTheDateOfTheFirst() throws IOException {
        live(5, 60);
        rig.stepWall(500 * DAY_S);
        live(40, 6 * HOUR_S);
        for (long back = 3; back < 240; back += 5) {
            ask(rig.wallS() - back * HOUR_S);
        }
        final long sinceFirstS = 500 * DAY_S + 40 * 6 * HOUR_S;
        rig.crash();
        rig.stepWall(-sinceFirstS);
        live(3, 60);
        requireAsBefore("behind");
        rig.stepWall(sinceFirstS);
        live(3, 60);
        requireAsBefore("set right");
        requireFound();
    }

    /** A machine without a battery begins in 1970; a later boot has the firmware's date. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 1_000})
    void shouldAnswerAsBeforeAfterABootWithADateSomeDaysBackThoughTheFirstBeganIn1970(final int days)
            throws IOException {
        rig.close();
        rig = new HistoryRig(directory, "edge-1", -20_400 * DAY_S);
        live(5, 60);
        rig.stepWall(20_400 * DAY_S);
        live(20, 6 * HOUR_S);
        for (long back = 3; back < 110; back += 5) {
            ask(rig.wallS() - back * HOUR_S);
        }
        bootBehind(days);
        loseMarks();
        requireAsBefore("with new marks");
    }

    /** It is idle for days now and then, and each such time looks like a leap; no boot has a date of the last one. */
    @ParameterizedTest
    @ValueSource(ints = {5, 11, 14, 17, 400})
    void shouldAnswerAsBeforeAfterABootWithADateSomeDaysBackThoughLittleIsWritten(final int days) throws IOException {
        for (int i = 0; i < 9; i++) {
            live(3, 3 * HOUR_S);
            rig.pass((2 + i % 3) * DAY_S);
            change();
            ask(rig.wallS() - DAY_S);
        }
        bootBehind(days);
    }

    /** A moment in 2036, then in the year of the firmware. */
    @Test
    void shouldAnswerAsBeforeAfterAClockWasAheadAndThenBehind() throws IOException {
        live(40, 6 * HOUR_S);
        for (long back = 3; back < 240; back += 5) {
            ask(rig.wallS() - back * HOUR_S);
        }
        rig.stepWall(4_000 * DAY_S);
        live(2, 60);
        rig.stepWall(-4_500 * DAY_S);
        live(2, 60);
        requireAsBefore("behind");
        rig.stepWall(500 * DAY_S);
        live(2, 60);
        requireAsBefore("set right");
        requireFound();
    }

    /** Nobody knows for how long it was wrong: as long as that, and until the next day begins, nothing is found. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void shouldGoOnAtTheLatestOnTheNextDayWhenItBeganWithTheClockAhead(final int hours) throws IOException {
        live(2, hours * HOUR_S / 2);
        rig.stepWall(-1_500 * DAY_S);
        live(30, HOUR_S);
        requireFound();
        final long askedS = rig.wallS() - 1;
        ask(askedS);
        live(3, HOUR_S);
        loseMarks();
        requireAsBefore("later");
        requireFound();
    }

    /** The clock is right for days, and wrong for a boot or a moment now and then. */
    @Test
    void shouldAnswerAsBeforeAboutATimeThatWasOverWhateverTheClockDoesNow() throws IOException {
        System.out.printf("clock law: seed %d%n", SEED);
        final Random random = new Random(SEED);
        live(10, 5 * HOUR_S);
        for (int i = 0; i < 40; i++) {
            live(1 + random.nextInt(4), random.nextLong(20 * HOUR_S));
            for (int asked = 0; asked < 3; asked++) {
                ask(rig.wallS() - 1 - random.nextLong(12 * DAY_S));
            }
            final long wrongS = wrongS(random);
            if (random.nextInt(3) == 0) {
                rig.crash();
            }
            rig.stepWall(wrongS);
            live(random.nextInt(4), random.nextLong(900));
            requireAsBefore("wrong by " + wrongS);
            if (random.nextInt(5) == 0) {
                rig.reopen();
            }
            rig.stepWall(-wrongS).settle();
            requireAsBefore("right again");
            if (random.nextInt(10) == 0) {
                loseMarks();
                requireAsBefore("with new marks");
            }
            change();
            if (wrongS <= 0) {
                requireFound();
            }
        }
    }

    private static long wrongS(final Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextLong(4_000 * DAY_S);
            case 2 -> -random.nextLong(DAY_S);
            default -> -BEHIND_DAYS[random.nextInt(BEHIND_DAYS.length)] * DAY_S + random.nextLong(HOUR_S);
        };
    }
}
