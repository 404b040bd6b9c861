package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Marks.Mark;

/** A history that was shortened, whose marks are lost or were written with another boundary: no time is another one. */
class ShortenedMarksTest {
    private static final long HOUR_S = 3_600;
    private static final long HALF_S = HOUR_S / 2;
    private static final long DAY_S = 86_400;
    private static final ObjectId PEERS = ObjectId.fromString("0123456789012345678901234567890123456789");

    @TempDir
    Path directory;

    private Path file;
    private Chronicle chronicle;
    private Marks marks;
    private int lookedInto;
    private final Map<Long, ObjectId> answered = new TreeMap<>();

    @BeforeEach
    void open() throws IOException {
        final Path path = directory.resolve("edge-1.git");
        file = path.resolve(MarksFile.NAME);
        chronicle = new Chronicle(path, "edge-1", 100);
        marks = reopen();
    }

    @AfterEach
    void close() throws IOException {
        chronicle.close();
    }

    private Marks reopen() throws IOException {
        lookedInto = 0;
        return Marks.open(chronicle.git(), chronicle.head(), (reader, commit, raw) -> {
            lookedInto++;
            return MergedAddresses.NONE;
        });
    }

    private void write(final int commits, final long secondsBetween) throws IOException {
        marks.advance(chronicle.write(commits, secondsBetween));
    }

    /** Ten days or so, with a part of each day twice. */
    private void live() throws IOException {
        for (int day = 0; day < 10; day++) {
            write(26, HOUR_S);
            chronicle.passS(-HOUR_S - HALF_S);
        }
    }

    private void ask(final Mark from) throws IOException {
        for (long second = from.lineS(); second < chronicle.nowS(); second += 1_000) {
            answered.put(second, marks.find(second).map(Mark::commit).orElseThrow());
        }
    }

    private void requireAsBefore(final Marks now) throws IOException {
        for (final Map.Entry<Long, ObjectId> each : answered.entrySet()) {
            assertThat(now.find(each.getKey()).map(Mark::commit))
                    .as("%d", each.getKey())
                    .contains(each.getValue());
        }
    }

    /** The last commit whose date is before its line time: the clock was behind. */
    private Mark waiting() throws IOException {
        for (long ordinal = marks.head().ordinal() / 2; ; ordinal++) {
            final Mark mark = marks.at(ordinal).orElseThrow();
            if (mark.epochSeconds() < mark.lineS()) {
                return mark;
            }
        }
    }

    @Test
    void shouldBelieveTheFileThoughAPeersBoundaryCame() throws IOException {
        live();
        Shallow.write(chronicle.git(), Set.of(PEERS));
        final Marks again = reopen();
        assertThat(again.all()).isEqualTo(marks.all());
        assertThat(lookedInto).isLessThan(30);
        reopen();
        assertThat(lookedInto).isLessThan(30);
    }

    @Test
    void shouldBelieveTheFileOfAShortenedHistoryThoughAPeersBoundaryCame() throws IOException {
        live();
        final Mark boundary = waiting();
        Shallow.write(chronicle.git(), Set.of(boundary.commit()));
        marks.cut(boundary);
        ask(boundary);
        Shallow.write(chronicle.git(), Set.of(boundary.commit(), PEERS));
        final Marks again = reopen();
        assertThat(again.all()).isEqualTo(marks.all());
        assertThat(lookedInto).isLessThan(30);
        requireAsBefore(again);
    }

    /** The router ended between the two. */
    @Test
    void shouldCutTheMarksWhereTheLineBeginsWhenTheBoundaryMovedWithoutThem() throws IOException {
        live();
        final Mark boundary = waiting();
        ask(boundary);
        Shallow.write(chronicle.git(), Set.of(boundary.commit(), PEERS));
        final Marks again = reopen();
        assertThat(lookedInto).isLessThan(30);
        assertThat(again.oldest().commit()).isEqualTo(boundary.commit());
        assertThat(again.oldest().lineS()).isEqualTo(boundary.lineS());
        assertThat(again.oldest().ordinal()).isEqualTo(boundary.ordinal());
        assertThat(again.find(boundary.lineS() - 1)).isEmpty();
        requireAsBefore(again);
        assertThat(reopen().all()).isEqualTo(again.all());
    }

    /** The peer's boundary came while the router ran: the next start need not look at the line. */
    @Test
    void shouldKeepTheFileWithTheBoundaryAsItStands() throws IOException {
        live();
        final String before = Files.readString(file);
        Shallow.write(chronicle.git(), Set.of(PEERS));
        marks.advance(chronicle.head());
        assertThat(Files.readString(file)).isNotEqualTo(before);
    }

    /** Retention keeps the parents of a merge, one of which is a peer's: the boundary is before what it cut off. */
    @Test
    void shouldBelieveAFileThatBeginsLaterThanTheLine() throws IOException {
        live();
        final Mark earlier = marks.at(20).orElseThrow();
        final Mark boundary = waiting();
        Shallow.write(chronicle.git(), Set.of(earlier.commit()));
        marks.cut(boundary);
        Shallow.write(chronicle.git(), Set.of(earlier.commit(), PEERS));
        final Marks again = reopen();
        assertThat(lookedInto).isLessThan(30);
        assertThat(again.all()).isEqualTo(marks.all());
    }

    /** Retention begins it with a commit whose line time is its date, and so all that follows has the same time again. */
    @ParameterizedTest
    @ValueSource(longs = {-HOUR_S, -1, 0, HALF_S - 1, HALF_S, HOUR_S})
    void shouldAnswerTheSameWhenTheMarksOfAShortenedHistoryAreLost(final long laterS) throws IOException {
        live();
        final long oldS = waiting().lineS() + laterS;
        requireTheSameWithoutMarks(oldS, oldS - 2 * HOUR_S);
    }

    /** A boot with a date of six days back, and then the right one; the history is cut where the line waited. */
    @ParameterizedTest
    @ValueSource(longs = {-HOUR_S, -1, 0, 1, HALF_S, HOUR_S})
    void shouldAnswerTheSameWhenTheMarksAreLostAndTheHistoryBeginsWithAWaitOfDays(final long laterS)
            throws IOException {
        write(200, HOUR_S);
        final long bootS = chronicle.nowS();
        chronicle.passS(-6 * DAY_S);
        write(5, 60);
        chronicle.passS(6 * DAY_S);
        write(100, HOUR_S);
        requireTheSameWithoutMarks(bootS + laterS, bootS - 2 * HOUR_S);
    }

    /** A clock that leapt ahead for a moment, and shows a little less than before when it is set right; then silence. */
    @ParameterizedTest
    @ValueSource(longs = {-HOUR_S, -1, 0, 1, HALF_S, DAY_S, DAY_S + HOUR_S})
    void shouldNotBeginWithACommitThatIsDatedAhead(final long laterS) throws IOException {
        write(200, HOUR_S);
        final long leapS = chronicle.nowS();
        chronicle.passS(4_000 * DAY_S);
        write(3, 60);
        chronicle.passS(-4_000 * DAY_S - HALF_S);
        write(5, 60);
        chronicle.passS(2 * DAY_S);
        write(100, HOUR_S);
        requireTheSameWithoutMarks(leapS + laterS, leapS - 2 * HOUR_S);
    }

    /** It was cut while the clock was ahead: nobody knows whether the line leapt there. */
    @Test
    void shouldGoOnAMonthAfterTheClockIsSetRightThoughItBeginsWithTheClockAhead() throws IOException {
        write(48, HOUR_S);
        final Mark boundary = marks.at(24).orElseThrow();
        Shallow.write(chronicle.git(), Set.of(boundary.commit()));
        marks.cut(boundary);
        chronicle.passS(-1_500 * DAY_S);
        write(30 * 24, HOUR_S);
        assertThat(marks.find(chronicle.nowS())).isEmpty();
        write(2 * 24, HOUR_S);
        assertThat(marks.find(chronicle.nowS())).contains(marks.head());
        Files.delete(file);
        assertThat(reopen().find(chronicle.nowS()).map(Mark::commit)).contains(chronicle.head());
    }

    private void requireTheSameWithoutMarks(final long oldS, final long beginS) throws IOException {
        final Retention retention = new Retention(
                new PackShelf(chronicle.git(), pack -> {}),
                marks,
                new Retention.KeptRefs(Set::of),
                new Retention.Limits(2, 0));
        assertThat(retention.step(0, oldS + 2 * DAY_S, Pause.NONE)).isPresent();
        assertThat(marks.oldest().epochSeconds()).isBetween(beginS, oldS);
        ask(marks.oldest());
        Files.delete(file);
        final Marks again = reopen();
        requireAsBefore(again);
        assertThat(again.find(marks.oldest().lineS() - 1)).isEqualTo(Optional.empty());
    }
}
