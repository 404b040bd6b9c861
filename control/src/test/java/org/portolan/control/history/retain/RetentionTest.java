package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.boundary.BoundaryUploadPack;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Marks.Mark;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.retain.Retention.Report;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;

class RetentionTest {
    private static final long DAY_S = 86_400;
    private static final String PEER = "refs/remotes/edge-2/primary";

    @TempDir
    Path directory;

    private Path path;
    private Chronicle chronicle;
    private PackShelf shelf;
    private Marks marks;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("edge-1.git");
        chronicle = new Chronicle(path, "edge-1", 100);
        shelf = new PackShelf(chronicle.git(), pack -> {});
        marks = Marks.open(chronicle.git(), chronicle.head());
    }

    @AfterEach
    void close() throws IOException {
        chronicle.close();
    }

    @Test
    void shouldDropWhatIsOlderThanTheDaysThatAreKept() throws IOException {
        days(20, 24);
        final long cutS = chronicle.nowS() - 7 * DAY_S;
        final ObjectId then = marks.find(cutS).map(Marks.Mark::commit).orElseThrow();
        final String table = StockGit.run(path, "ls-tree", "-r", then.name());
        final Report report = run(new Limits(7, 0)).getFirst();
        assertThat(report.commitsDropped()).isEqualTo(13 * 24);
        assertThat(report.bytesAfter()).isLessThan(report.bytesBefore() * 2 / 3);
        assertThat(report.oldestS()).isBetween(cutS - DAY_S / 24, cutS);
        assertThat(marks.find(cutS).map(Marks.Mark::commit))
                .as("the oldest time that is kept can be asked for")
                .contains(then);
        assertThat(StockGit.run(path, "ls-tree", "-r", then.name())).isEqualTo(table);
        assertThat(count()).isEqualTo(7 * 24 + 1);
        StockGit.requireSound(path);
        assertThat(run(new Limits(7, 0)))
                .as("a day at least, before it moves again")
                .isEmpty();
        days(1, 24);
        assertThat(run(new Limits(7, 0))).hasSize(1);
        StockGit.requireSound(path);
    }

    /** A machine without a battery says 1970 until it is set, a second later. */
    @Test
    void shouldDropNothingThatIsYoungForOneDateThatIsBehind() throws IOException {
        days(180, 1);
        writeOff(-chronicle.nowS());
        days(184, 1);
        assertThat(run(new Limits(365, 0))).isEmpty();
        final int before = count();
        days(5, 1);
        assertThat(run(new Limits(365, 0)).getFirst().commitsDropped()).isBetween(3L, 5L);
        assertThat(run(new Limits(365, 0))).isEmpty();
        assertThat(count()).isBetween(before, before + 2);
        days(180, 1);
        run(new Limits(365, 0));
        assertThat(count()).as("what is before it and it are too old by now").isBetween(365, 368);
        StockGit.requireSound(path);
    }

    /** The clock read 1970 once, and reads a later year of the past for good when it is asked what is too old. */
    @ParameterizedTest
    @ValueSource(longs = {400 * DAY_S, Chronicle.BEGIN_S - 2_000 * DAY_S, Chronicle.BEGIN_S - 300 * DAY_S})
    void shouldDropNothingWhileTheClockIsBehindTheHistory(final long wallS) throws IOException {
        days(60, 1);
        writeOff(-chronicle.nowS());
        days(20, 1);
        final int before = count();
        final Retention retention = new Retention(shelf, marks, new KeptRefs(Set::of), new Limits(300, 0));
        assertThat(retention.step(0, wallS, Pause.NONE)).isEmpty();
        assertThat(count()).isEqualTo(before);
    }

    /** What was written in 1970 is no older than what is around it. */
    @Test
    void shouldNotTakeADateOf1970ForAnAge() throws IOException {
        final long beganS = chronicle.nowS();
        chronicle.passS(-beganS);
        days(40, 1);
        chronicle.passS(beganS);
        days(20, 1);
        final int before = count();
        assertThat(run(new Limits(30, 0))).isEmpty();
        assertThat(count()).isEqualTo(before);
        days(50, 1);
        run(new Limits(30, 0));
        assertThat(count()).isBetween(30, 33);
        StockGit.requireSound(path);
    }

    /** A date that is years ahead keeps what is before it no longer than the others do. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void shouldDropWhatIsTooOldThoughADateIsAhead(final int daysBefore) throws IOException {
        days(daysBefore, 1);
        writeOff(4_000 * DAY_S);
        days(20, 1);
        run(new Limits(7, 0));
        assertThat(count()).isBetween(7, 9);
        StockGit.requireSound(path);
    }

    /** One commit whose clock is off. */
    private void writeOff(final long seconds) throws IOException {
        chronicle.passS(seconds);
        marks.advance(chronicle.write(1, 0));
        chronicle.passS(-seconds);
    }

    /** What is rescued of it comes out as the same pack, under the same name. */
    @Test
    void shouldKeepAPackOfWhichAllLivesWhenOnlyCommitsGo() throws IOException {
        days(10, 1);
        for (int i = 0; i < 5; i++) {
            for (int day = 0; day < 10; day++) {
                chronicle.passS(DAY_S);
                marks.advance(chronicle.writeNothing());
            }
            assertThat(run(new Limits(7, 0))).hasSize(1);
            StockGit.requireSound(path);
        }
    }

    @Test
    void shouldNotWriteAPackAnewForALittle() throws IOException {
        days(20, 24);
        compact();
        final Set<String> before = names();
        assertThat(run(new Limits(18, 0))).hasSize(1);
        assertThat(count()).isEqualTo(18 * 24 + 1);
        assertThat(names()).isEqualTo(before);
        assertThat(run(new Limits(5, 0))).hasSize(1);
        assertThat(names()).isNotEqualTo(before);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "fsck", "--unreachable", "--no-progress")).isBlank();
    }

    @Test
    void shouldDropTheOldestUntilTheRestFits() throws IOException {
        days(40, 24);
        compact();
        final long bytes = shelf.liveBytes();
        final Limits limits = new Limits(0, bytes * 6 / 10);
        final List<Report> reports = run(limits);
        assertThat(reports).hasSizeGreaterThan(2);
        for (int i = 1; i < reports.size(); i++) {
            assertThat(reports.get(i).oldestS())
                    .isGreaterThanOrEqualTo(reports.get(i - 1).oldestS());
        }
        assertThat(reports.getLast().fits()).isTrue();
        assertThat(shelf.liveBytes()).isLessThanOrEqualTo(limits.bytes());
        assertThat(count()).isBetween(300, 800);
        StockGit.requireSound(path);
        assertThat(run(limits)).isEmpty();
    }

    @Test
    void shouldSayWhenItCannotFit() throws IOException {
        days(10, 24);
        compact();
        final List<Report> reports = run(new Limits(0, 1_000));
        assertThat(reports.getLast().fits()).isFalse();
        assertThat(count()).isBetween(64, 127);
        StockGit.requireSound(path);
        assertThat(run(new Limits(0, 1_000))).as("only what is behind already").hasSize(1);
    }

    @Test
    void shouldDropBranchesThatFellOutAndKeepWhatPeersSaidLast() throws IOException {
        final String old = chronicle.expire(3);
        marks.advance(chronicle.head());
        final ObjectId early = chronicle.head();
        StockGit.run(path, "update-ref", PEER, early.name());
        StockGit.run(path, "update-ref", "refs/remotes/gone/primary", early.name());
        StockGit.run(path, "update-ref", "refs/tags/audit", early.name());
        days(20, 24);
        final String fresh = chronicle.expire(3);
        marks.advance(chronicle.head());
        final Report report = run(new Limits(7, 0)).getFirst();
        assertThat(report.refsDropped()).containsExactlyInAnyOrder(old, "refs/remotes/gone/primary");
        assertThat(chronicle.refs())
                .contains(fresh, PEER, "refs/tags/audit", HistoryRepository.PRIMARY)
                .doesNotContain(old);
        assertThat(Shallow.read(chronicle.git())).contains(early).hasSize(2);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "rev-list", "--count", PEER).strip()).isEqualTo("1");
    }

    @Test
    void shouldKeepAnExpiryThatWasOpenOverTheBoundary() throws IOException {
        days(10, 24);
        final long forkS = chronicle.nowS();
        final String branch = chronicle.expire(10);
        marks.advance(chronicle.head());
        final ObjectId side = chronicle.git().exactRef(branch).getObjectId();
        days(10, 24);
        // In the middle of the ten commits that were written meanwhile.
        final Mark target = marks.find(forkS + 5).orElseThrow();
        new Retention(shelf, marks, new KeptRefs(Set::of), Limits.NONE).pass(target, 0.01, 0, Pause.NONE);
        deleteAll();
        assertThat(Shallow.read(chronicle.git())).containsExactlyInAnyOrder(side, target.commit());
        assertThat(StockGit.run(path, "log", "--format=%H", "primary")).contains(side.name());
        StockGit.requireSound(path);
    }

    @Test
    void shouldLetTheHistorianWriteInItsPauses() throws IOException {
        days(20, 24);
        final Retention retention = new Retention(shelf, marks, new KeptRefs(Set::of), new Limits(7, 0), 500);
        final int[] pauses = {0};
        final Pause pause = () -> {
            pauses[0]++;
            marks.advance(chronicle.write(1, 1));
        };
        assertThat(retention.step(0, chronicle.nowS(), pause)).isPresent();
        assertThat(pauses[0]).isGreaterThan(8);
        deleteAll();
        StockGit.requireSound(path);
        assertThat(marks.find(Long.MAX_VALUE).map(Marks.Mark::commit)).contains(chronicle.head());
    }

    @Test
    void shouldSplitAHugePackOfStockGitIntoPartsThatFitIntoMemory() throws IOException {
        days(40, 24);
        StockGit.run(path, "gc", "--prune=now", "-q");
        assertThat(shelf.live()).hasSize(1);
        final Retention retention = new Retention(shelf, marks, new KeptRefs(Set::of), new Limits(15, 0), 1_000);
        assertThat(retention.step(0, chronicle.nowS(), Pause.NONE)).isPresent();
        deleteAll();
        assertThat(shelf.live()).hasSizeGreaterThan(2).allMatch(pack -> pack.objects() <= 1_000);
        assertThat(count()).isEqualTo(15 * 24 + 1);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "fsck", "--unreachable", "--no-progress")).isBlank();
        assertThat(shelf.directory().toFile().list((place, name) -> name.endsWith(".bitmap")))
                .isEmpty();
    }

    @Test
    void shouldGoOnServingWhenTheBoundaryMovedUnderABitmap() throws Exception {
        days(20, 24);
        StockGit.run(path, "gc", "--prune=now", "-q");
        try (GitServer server = GitServer.jgit(chronicle.git(), BoundaryUploadPack::new)) {
            StockGit.run(directory, "clone", "-q", "--bare", server.url(), "before.git");
            days(1, 24);
            assertThat(run(new Limits(18, 0))).hasSize(1);
            StockGit.run(directory, "clone", "-q", "--bare", server.url(), "after.git");
            StockGit.requireSound(directory.resolve("after.git"));
            assertThat(StockGit.run(directory.resolve("after.git"), "rev-list", "--count", "--all")
                            .strip())
                    .isEqualTo("" + count());
            StockGit.run(directory.resolve("before.git"), "fetch", "-q", server.url(), "primary:primary");
            StockGit.requireSound(directory.resolve("before.git"));
        }
    }

    @Test
    void shouldRescueWhatAPersonNamesBeforeItIsDeleted() throws IOException {
        days(20, 24);
        compact();
        final ObjectId early = marks.at(100).orElseThrow().commit();
        final Retention retention = new Retention(shelf, marks, new KeptRefs(Set::of), new Limits(5, 0));
        assertThat(retention.step(0, chronicle.nowS(), Pause.NONE)).isPresent();
        StockGit.run(path, "tag", "audit", early.name());
        deleteAll();
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "ls-tree", "-r", "audit")).isNotBlank();
    }

    /** A peer that was away for longer than the history is kept brings nothing back that was dropped. */
    @Test
    void shouldNotFetchAgainWhatAnIdlePeerSaidLast() throws Exception {
        try (Chronicle peer = new Chronicle(directory.resolve("edge-2.git"), "edge-2", 100, chronicle.nowS())) {
            peer.write(200, 60);
            try (GitServer server = GitServer.jgit(peer.git(), BoundaryUploadPack::new)) {
                fetch(server.url());
                marks.advance(chronicle.merge(PEER));
                days(20, 24);
                assertThat(run(new Limits(7, 0), Set.of(PEER))).hasSize(1);
                final Set<String> before = names();
                fetch(server.url());
                assertThat(names()).isEqualTo(before);
                StockGit.requireSound(path);
                // When it speaks again, only what is new comes.
                peer.write(2, 60);
                fetch(server.url());
                marks.advance(chronicle.merge(PEER));
                assertThat(Shallow.read(chronicle.git())).hasSize(2);
                StockGit.requireSound(path);
                assertThat(StockGit.run(path, "rev-list", "--count", PEER).strip())
                        .isEqualTo("3");
            }
        }
    }

    /** A peer that keeps less than it once wrote brings a boundary of its own. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40, 140, 200})
    void shouldTakeInAPeersBoundaryInAPause(final int at) throws Exception {
        chronicle.write(2_200, 120);
        marks.advance(chronicle.head());
        try (Chronicle peer = new Chronicle(directory.resolve("edge-2.git"), "edge-2", 100, chronicle.nowS());
                GitServer server = GitServer.jgit(peer.git(), BoundaryUploadPack::new)) {
            peer.write(30, 60);
            final ObjectId theirs = peer.git().resolve("primary~10");
            Shallow.write(peer.git(), Set.of(theirs));
            final Retention retention = new Retention(shelf, marks, new KeptRefs(Set::of), new Limits(1, 0));
            final int[] pauses = {0};
            final Pause pause = () -> {
                if (++pauses[0] == at) {
                    fetch(server.url());
                    marks.advance(chronicle.merge(PEER));
                }
            };
            assertThat(retention.step(0, chronicle.nowS(), pause)).isPresent();
            assertThat(pauses[0]).isGreaterThan(at);
            deleteAll();
            assertThat(Shallow.read(chronicle.git())).contains(theirs).hasSize(2);
            StockGit.requireSound(path);
        }
    }

    private void fetch(final String url) throws IOException {
        final FileRepository git = chronicle.git();
        final Set<ObjectId> before = Shallow.read(git);
        try (Transport transport = Transport.open(git, new URIish(url))) {
            transport.setCheckFetchedObjects(true);
            transport.fetch(NullProgressMonitor.INSTANCE, List.of(new RefSpec("+refs/heads/primary:" + PEER)));
        } catch (final URISyntaxException e) {
            throw new AssertionError(e);
        }
        FetchedBoundary.settle(git, before);
    }

    /** One commit an hour, or as many as are said, one batch a day. */
    private void days(final int days, final int commits) throws IOException {
        for (int i = 0; i < days; i++) {
            marks.advance(chronicle.write(commits, DAY_S / commits));
        }
    }

    private void compact() throws IOException {
        final List<PackShelf.Shelved> all = shelf.live();
        // Four packs, the older ones apart from the younger.
        final int quarter = (all.size() + 3) / 4;
        for (int from = 0; from < all.size(); from += quarter) {
            final List<PackShelf.Shelved> some = all.subList(from, Math.min(all.size(), from + quarter));
            try (PackedSet set = PackedSet.all(shelf.files(some))) {
                new PackMerge(chronicle.git(), set, Pause.NONE).merge();
            }
        }
        for (final PackShelf.Shelved each : all) {
            Files.delete(shelf.directory().resolve(each.name() + ".idx"));
            Files.delete(shelf.directory().resolve(each.name() + ".pack"));
        }
    }

    private List<Report> run(final Limits limits) throws IOException {
        return run(limits, Set.of(PEER));
    }

    private List<Report> run(final Limits limits, final Set<String> peers) throws IOException {
        final List<Report> reports = new ArrayList<>();
        final Retention retention = new Retention(shelf, marks, new KeptRefs(() -> peers), limits);
        Optional<Report> report = retention.step(0, chronicle.nowS(), Pause.NONE);
        while (report.isPresent()) {
            reports.add(report.get());
            deleteAll();
            report = retention.step(0, chronicle.nowS(), Pause.NONE);
        }
        return reports;
    }

    private void deleteAll() throws IOException {
        while (shelf.deleteRetired(Long.MAX_VALUE)) {
            // One after the other.
        }
    }

    private int count() {
        return Integer.parseInt(
                StockGit.run(path, "rev-list", "--count", "primary").strip());
    }

    private Set<String> names() throws IOException {
        final Set<String> names = new java.util.TreeSet<>();
        shelf.live().forEach(pack -> names.add(pack.name()));
        return names;
    }
}
