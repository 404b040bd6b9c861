package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.query.LineTimes;
import org.portolan.control.history.retain.Marks.Mark;

class MarksTest {
    private static final int DAY_S = 86_400;

    @TempDir
    Path directory;

    private Path path;
    private Path file;
    private Chronicle chronicle;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("edge-1.git");
        file = path.resolve(MarksFile.NAME);
        chronicle = new Chronicle(path, "edge-1", 100);
    }

    @AfterEach
    void close() throws IOException {
        chronicle.close();
    }

    @Test
    void shouldFindTheNewestCommitAtOrBeforeEveryTime() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 97);
        requireAll(marks, 97);
        assertThat(before(marks, Chronicle.BEGIN_S - 1)).isEmpty();
        assertThat(before(marks, Long.MAX_VALUE)).contains(chronicle.head());
        assertThat(marks.oldest().epochSeconds()).isEqualTo(Chronicle.BEGIN_S);
    }

    @Test
    void shouldMarkEachDaysFirstCommitAndNoneFurtherApartThan512() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_200, 10);
        chronicle.passS(2 * DAY_S);
        grow(marks, 300, 600);
        long last = 0;
        for (final Mark mark : marks.all()) {
            assertThat(mark.ordinal() - last).isLessThanOrEqualTo(Marks.APART);
            last = mark.ordinal();
        }
        final List<RevCommit> line = line();
        for (int i = line.size() - 2; i >= 0; i--) {
            final long day = line.get(i).getCommitTime() / DAY_S;
            final ObjectId commit = line.get(i);
            if (day != line.get(i + 1).getCommitTime() / DAY_S) {
                assertThat(marks.all()).anyMatch(mark -> mark.commit().equals(commit));
            }
        }
        assertThat(marks.all().size()).isLessThan(12);
    }

    @Test
    void shouldBeTheSameAfterAStart() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 600);
        final Marks again = Marks.open(chronicle.git(), chronicle.head());
        assertThat(again.all()).isEqualTo(marks.all());
        assertThat(again.head()).isEqualTo(marks.head());
        requireAll(again, 599);
    }

    @Test
    void shouldWalkOnlyWhatTheFileDoesNotKnow() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 600);
        // Whoever walks to the beginning would miss the packs of it.
        final PackShelf shelf = new PackShelf(chronicle.git(), pack -> {});
        for (final PackShelf.Shelved pack : shelf.live().subList(0, 5)) {
            Files.delete(shelf.directory().resolve(pack.name() + ".idx"));
        }
        try (FileRepository git = (FileRepository)
                new FileRepositoryBuilder().setGitDir(path.toFile()).setBare().build()) {
            assertThat(Marks.open(git, chronicle.head()).all()).isEqualTo(marks.all());
            Files.delete(file);
            assertThatThrownBy(() -> Marks.open(git, chronicle.head())).isInstanceOf(MissingObjectException.class);
        }
    }

    @Test
    void shouldBeMadeAnewWhereverTheFileIsTorn() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 600);
        final byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 97) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
            requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
        }
    }

    @Test
    void shouldNotBelieveAFileThatWasChanged() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 600);
        final byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += 61) {
            final byte[] changed = whole.clone();
            changed[at] = (byte) (changed[at] == '7' ? '8' : '7');
            Files.write(file, changed);
            requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
        }
        Files.writeString(file, "what is this?\n", StandardOpenOption.TRUNCATE_EXISTING);
        requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
        Files.delete(file);
        requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
    }

    /** Of version 3: without the line's times. */
    @Test
    void shouldMakeAnewTheFileOfAnEarlierVersion() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 600);
        final StringBuilder lines = new StringBuilder();
        for (final Mark mark : marks.all()) {
            lines.append("%d %d %s\n"
                    .formatted(
                            mark.ordinal(), mark.epochSeconds(), mark.commit().name()));
        }
        final java.util.zip.CRC32 sum = new java.util.zip.CRC32();
        sum.update(lines.toString().getBytes(StandardCharsets.US_ASCII));
        Files.writeString(file, "marks 3 %08x %08x\n%s".formatted(sum.getValue(), 0, lines));
        requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
    }

    @Test
    void shouldNotBelieveAnotherHistorysFile() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 700, 600);
        try (Chronicle other = new Chronicle(directory.resolve("edge-2.git"), "edge-2", 100)) {
            other.write(700, 300);
            Marks.open(other.git(), other.head());
            Files.copy(
                    other.git().getDirectory().toPath().resolve(MarksFile.NAME),
                    file,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
    }

    @Test
    void shouldFollowWhenPrimaryWasSetBack() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 600);
        final ObjectId back = marks.at(700).orElseThrow().commit();
        marks.advance(back);
        assertThat(marks.head().commit()).isEqualTo(back);
        assertThat(before(marks, Long.MAX_VALUE)).contains(back);
        requireSame(Marks.open(chronicle.git(), back), marks);
    }

    @Test
    void shouldFindATimeThoughTheClockWasSetBack() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 600, 60);
        chronicle.passS(-20_000);
        grow(marks, 600, 60);
        chronicle.passS(400 * DAY_S);
        grow(marks, 30, 60);
        chronicle.passS(-400 * DAY_S);
        grow(marks, 600, 60);
        requireAll(marks, 59);
        assertThat(marks.all().size()).isLessThan(16);
    }

    /** So the earliest and the latest time of a stretch are those of marks. */
    @Test
    void shouldMarkBothSidesOfAStepBack() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 50, 60);
        for (int i = 0; i < 3; i++) {
            chronicle.passS(-1_000);
            grow(marks, 130, 60);
            requirePeaks(marks);
        }
        Files.delete(file);
        requirePeaks(Marks.open(chronicle.git(), chronicle.head()));
    }

    private void requirePeaks(final Marks marks) throws IOException {
        final List<RevCommit> line = line();
        int steps = 0;
        for (int i = 0; i + 1 < line.size(); i++) {
            final RevCommit commit = line.get(i);
            final RevCommit parent = line.get(i + 1);
            if (commit.getCommitTime() < parent.getCommitTime()) {
                steps++;
                assertThat(marks.all()).anyMatch(mark -> mark.commit().equals(commit.copy()));
                assertThat(marks.all()).anyMatch(mark -> mark.commit().equals(parent.copy()));
            }
        }
        assertThat(steps).isPositive();
    }

    @Test
    void shouldBeginAtTheBoundaryWhenItMoved() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 60);
        final Mark boundary = marks.find(Chronicle.BEGIN_S + 777 * 60).orElseThrow();
        assertThat(boundary.ordinal()).isEqualTo(777);
        Shallow.write(chronicle.git(), Set.of(boundary.commit()));
        marks.cut(boundary);
        assertThat(marks.oldest()).isEqualTo(boundary);
        assertThat(before(marks, boundary.epochSeconds() - 1)).isEmpty();
        assertThat(before(marks, boundary.epochSeconds())).contains(boundary.commit());
        requireAll(marks, 59);
        requireSame(Marks.open(chronicle.git(), chronicle.head()), marks);
        assertThat(Marks.open(chronicle.git(), chronicle.head()).oldest().ordinal())
                .isEqualTo(777);
        grow(marks, 600, 60);
        requireAll(marks, 59);
    }

    @Test
    void shouldFindTheBeginningWhenTheBoundaryMovedWithoutIt() throws IOException {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 1_300, 60);
        final ObjectId boundary = marks.at(777).orElseThrow().commit();
        Shallow.write(chronicle.git(), Set.of(boundary));
        final Marks again = Marks.open(chronicle.git(), chronicle.head());
        assertThat(again.oldest().commit()).isEqualTo(boundary);
        requireAll(again, 59);
    }

    @Test
    void shouldAnswerReadersWhileItGrowsAndIsCut() throws Exception {
        final Marks marks = Marks.open(chronicle.git(), chronicle.head());
        grow(marks, 600, 60);
        final AtomicBoolean over = new AtomicBoolean();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (!over.get()) {
                    final long asked = marks.head().epochSeconds() - 600;
                    final Optional<ObjectId> found = before(marks, asked);
                    assertThat(found).isPresent();
                    try (RevWalk walk = new RevWalk(chronicle.git())) {
                        assertThat(walk.parseCommit(found.get()).getCommitTime())
                                .isLessThanOrEqualTo((int) asked);
                    }
                }
            } catch (final Throwable e) {
                failure.set(e);
            }
        });
        for (int i = 0; i < 20; i++) {
            grow(marks, 40, 60);
            final Mark boundary = marks.at(marks.head().ordinal() - 300).orElseThrow();
            Shallow.write(chronicle.git(), Set.of(boundary.commit()));
            marks.cut(boundary);
        }
        over.set(true);
        reader.join();
        assertThat(failure.get()).isNull();
    }

    private static Optional<ObjectId> before(final Marks marks, final long epochSeconds) throws IOException {
        return marks.find(epochSeconds).map(Mark::commit);
    }

    private void grow(final Marks marks, final int commits, final long secondsBetween) throws IOException {
        for (int i = 0; i < commits; i += 100) {
            marks.advance(chronicle.write(Math.min(100, commits - i), secondsBetween));
        }
    }

    /** The newest first. */
    private List<RevCommit> line() throws IOException {
        final List<RevCommit> line = new ArrayList<>();
        try (RevWalk walk = new RevWalk(chronicle.git())) {
            RevCommit at = walk.parseCommit(chronicle.head());
            line.add(at);
            while (at.getParentCount() > 0) {
                at = walk.parseCommit(at.getParent(0));
                line.add(at);
            }
        }
        return line;
    }

    /** Against a walk, at times a few seconds to both sides of commits. */
    private void requireAll(final Marks marks, final int step) throws IOException {
        final List<RevCommit> line = line().reversed();
        final long[] times =
                LineTimes.of(line.stream().mapToLong(RevCommit::getCommitTime).toArray());
        for (int i = 0; i < line.size(); i += step) {
            for (int off = -1; off <= 1; off++) {
                final long asked = line.get(i).getCommitTime() + off;
                final int newest = LineTimes.newest(times, asked);
                assertThat(before(marks, asked))
                        .isEqualTo(
                                newest < 0
                                        ? Optional.empty()
                                        : Optional.of(line.get(newest).copy()));
            }
            assertThat(marks.lineS(line.get(i).getCommitTime(), marks.oldest().ordinal() + i))
                    .isEqualTo(times[i]);
        }
    }

    private void requireSame(final Marks made, final Marks expected) throws IOException {
        for (final Mark mark : expected.all()) {
            assertThat(before(made, mark.lineS())).contains(mark.commit());
            assertThat(before(made, mark.lineS() + 1)).isEqualTo(before(expected, mark.lineS() + 1));
        }
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.US_ASCII))
                .startsWith("marks 6 ");
        assertThat(made.head().commit()).isEqualTo(expected.head().commit());
    }
}
