package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.peer.MergeResult.Conflict;
import org.portolan.control.history.peer.MergeResult.Difference;
import org.portolan.control.history.peer.MergeResult.Kind;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.history.store.Tables;

final class PeerMergeTest {
    private static final long NOW_S = Scribble.BEGIN_S + 1_000;

    @TempDir
    private Path directory;

    private HistoryRepository history;
    private ObjectId root;

    @BeforeEach
    void begin() throws IOException {
        history = HistoryRepository.open(directory.resolve("edge.git"), "edge-1", Scribble.BEGIN_S);
        root = history.primary();
    }

    @AfterEach
    void end() throws IOException {
        history.close();
    }

    private static Binding live(final int mac, final long stamp, final String router) {
        return new Binding(
                new Observation(State.LIVE, Scribble.mac(mac), 1, 1, 0, "answered", "lan", new Stamp(stamp, router)),
                null);
    }

    private static Binding gone(final Binding binding) {
        return new Binding(binding.observed().expired(2, 3, "silent"), null);
    }

    /** A commit on a line of its own. */
    private ObjectId line(final ObjectId from, final Map<BindingKey, Binding> changes) throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId tree = batch.edit(batch.treeOf(from), changes);
            final ObjectId tip = batch.commit(tree, List.of(from), "entries changed\n", NOW_S);
            batch.move("refs/heads/line-" + tip.name(), tip);
            batch.finish();
            return tip;
        }
    }

    private static Map<BindingKey, Binding> one(final int host, final Binding binding) {
        final Map<BindingKey, Binding> changes = new HashMap<>();
        changes.put(Scribble.key(host), binding);
        return changes;
    }

    /** Says how many, and forgets what ended before second 3. */
    private static PeerMerge merging(final Batch batch) {
        return new PeerMerge(
                batch,
                (key, binding) -> binding.endedS() != 0 && binding.endedS() < 3,
                Scribble.all(),
                difference -> true,
                (differences, conflicts) -> "Arp.merge: %d, %d\n".formatted(differences.size(), conflicts.size()));
    }

    private MergeResult merge(final ObjectId ours, final ObjectId theirs) throws IOException {
        try (Batch batch = history.batch()) {
            final MergeResult merged = merging(batch).merge(ours, theirs, NOW_S);
            batch.move("refs/heads/merged", merged.head());
            batch.finish();
            StockGit.requireSound(history.path());
            assertThat(history.treeOf(merged.head())).isEqualTo(merged.tree());
            return merged;
        }
    }

    private String parents(final MergeResult merged) {
        return StockGit.run(
                        history.path(),
                        "log",
                        "-1",
                        "--format=%P",
                        merged.head().name())
                .strip();
    }

    private String message(final MergeResult merged) {
        return StockGit.run(
                history.path(), "log", "-1", "--format=%B", merged.head().name());
    }

    @Test
    void shouldDoNothingWithAnAncestor() throws IOException {
        final ObjectId first = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId second = line(first, one(1, live(2, 2, "edge-1")));
        assertThat(merge(second, first)).isEqualTo(MergeResult.nothing(second, history.treeOf(second)));
        assertThat(merge(second, second).kind()).isEqualTo(Kind.NOTHING);
    }

    @Test
    void shouldMergeADescendantToo() throws IOException {
        final Binding before = live(1, 1, "edge-1");
        final Binding after = live(2, 2, "edge-2");
        final ObjectId ours = line(root, one(1, before));
        final ObjectId theirs = line(line(ours, one(1, after)), one(2, live(3, 3, "edge-2")));
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged.kind()).isEqualTo(Kind.MERGED);
        assertThat(parents(merged)).isEqualTo(ours.name() + " " + theirs.name());
        assertThat(merged.tree()).isEqualTo(history.treeOf(theirs));
        assertThat(merged.differences())
                .containsExactly(
                        new Difference(Scribble.key(1), before, after),
                        new Difference(Scribble.key(2), null, live(3, 3, "edge-2")));
        assertThat(merged.conflicts()).isEmpty();
        assertThat(message(merged).strip()).isEqualTo("Arp.merge: 2, 0");
    }

    /** Each forgets in its own time. */
    @Test
    void shouldKeepATombstoneThatADescendantHasForgotten() throws IOException {
        final Binding dead = gone(live(1, 1, "edge-1"));
        final ObjectId ours = line(root, Map.of(Scribble.key(1), dead, Scribble.key(2), live(2, 2, "edge-1")));
        final ObjectId theirs = line(ours, one(1, null));
        assertThat(merge(ours, theirs)).isEqualTo(MergeResult.nothing(ours, history.treeOf(ours)));
    }

    @Test
    void shouldNotTakeATombstoneThatItWouldForgetAtOnce() throws IOException {
        final Binding old = new Binding(live(1, 9, "edge-2").observed().expired(1, 2, "silent"), null);
        final ObjectId ours = line(root, one(7, live(7, 1, "edge-1")));
        assertThat(merge(ours, line(root, one(1, old))).kind()).isEqualTo(Kind.NOTHING);
        final ObjectId mixed = line(root, Map.of(Scribble.key(1), old, Scribble.key(201), gone(live(2, 2, "edge-2"))));
        assertThat(merge(ours, mixed).differences()).extracting(Difference::key).containsExactly(Scribble.key(201));
    }

    /** But that what is live here has ended is taken from it. */
    @Test
    void shouldLetAnOldTombstoneEndWhatIsLive() throws IOException {
        final Binding old = new Binding(live(1, 9, "edge-2").observed().expired(1, 2, "silent"), null);
        final ObjectId ours = line(root, one(1, live(1, 1, "edge-1")));
        assertThat(merge(ours, line(root, one(1, old))).differences())
                .containsExactly(new Difference(Scribble.key(1), live(1, 1, "edge-1"), old));
    }

    /** The peer stood still since: it brings nothing back. */
    @Test
    void shouldNotTakeFromAnAncestorWhatIsForgotten() throws IOException {
        final ObjectId theirs = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(line(theirs, one(1, gone(live(1, 1, "edge-1")))), one(1, null));
        assertThat(merge(ours, theirs)).isEqualTo(MergeResult.nothing(ours, history.treeOf(ours)));
    }

    /** Cannot come of a sound router: but what is live here is not to vanish because of an unsound one. */
    @Test
    void shouldKeepWhatADescendantLost() throws IOException {
        final ObjectId ours =
                line(root, Map.of(Scribble.key(1), live(1, 5, "edge-1"), Scribble.key(2), live(2, 6, "edge-1")));
        final ObjectId lost = line(ours, one(1, null));
        final ObjectId older = line(ours, one(1, live(9, 4, "edge-2")));
        for (final ObjectId theirs : List.of(lost, older)) {
            assertThat(merge(ours, theirs)).isEqualTo(MergeResult.nothing(ours, history.treeOf(ours)));
        }
    }

    @Test
    void shouldMakeNoCommitOfTwoLinesWithOneTable() throws IOException {
        final ObjectId ours = line(line(root, one(1, live(1, 1, "edge-1"))), one(2, live(2, 2, "edge-1")));
        final ObjectId theirs = line(line(root, one(2, live(2, 2, "edge-1"))), one(1, live(1, 1, "edge-1")));
        assertThat(merge(ours, theirs)).isEqualTo(MergeResult.nothing(ours, history.treeOf(ours)));
    }

    /** The peer merged ours, and brought nothing new: an answer would be answered. */
    @Test
    void shouldNotAnswerAMerge() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(2, live(2, 2, "edge-1")));
        final ObjectId theirs = merge(base, ours).head();
        assertThat(merge(ours, theirs)).isEqualTo(MergeResult.nothing(ours, history.treeOf(ours)));
    }

    @Test
    void shouldTieALineThatHasNothingNew() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(2, live(2, 2, "edge-1")));
        final ObjectId theirs = merge(base, ours).head();
        try (Batch batch = history.batch()) {
            final MergeResult tied = merging(batch).tie(ours, theirs, NOW_S);
            assertThat(tied.kind()).isEqualTo(Kind.MERGED);
            assertThat(tied.tree()).isEqualTo(history.treeOf(ours));
            batch.move("refs/heads/tied", tied.head());
            batch.finish();
            assertThat(parents(tied)).isEqualTo(ours.name() + " " + theirs.name());
            assertThat(merging(batch).tie(tied.head(), theirs, NOW_S).kind()).isEqualTo(Kind.NOTHING);
        }
    }

    @Test
    void shouldMergeTwoLinesWithOursFirst() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(1, live(2, 2, "edge-1")));
        final ObjectId theirs = line(base, one(3, live(3, 2, "edge-2")));
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged.kind()).isEqualTo(Kind.MERGED);
        assertThat(merged.differences()).containsExactly(new Difference(Scribble.key(3), null, live(3, 2, "edge-2")));
        assertThat(merged.conflicts()).isEmpty();
        assertThat(parents(merged)).isEqualTo(ours.name() + " " + theirs.name());
    }

    @Test
    void shouldTellADisputeOfTwoWhoBothChanged() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(1, live(2, 2, "edge-1")));
        final ObjectId theirs = line(base, one(1, live(3, 3, "edge-2")));
        final Conflict lost = new Conflict(Scribble.key(1), Scribble.mac(3), Scribble.mac(2));
        final MergeResult here = merge(ours, theirs);
        assertThat(here.conflicts()).containsExactly(lost);
        // Whose MAC was kept has nothing new, and says once that there was another.
        final MergeResult there = merge(theirs, ours);
        assertThat(there.conflicts()).containsExactly(lost);
        assertThat(there.tree()).isEqualTo(here.tree()).isEqualTo(history.treeOf(theirs));
        assertThat(there.differences()).isEmpty();
        assertThat(merge(there.head(), line(ours, one(5, live(5, 2, "edge-1")))).conflicts())
                .isEmpty();
        assertThat(merge(there.head(), here.head()).kind()).isEqualTo(Kind.NOTHING);
    }

    @Test
    void shouldSeeNoDisputeWhereOnlyOneChanged() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(2, live(2, 2, "edge-1")));
        final ObjectId theirs = line(base, one(1, live(3, 3, "edge-2")));
        assertThat(merge(ours, theirs).conflicts()).isEmpty();
        assertThat(merge(theirs, ours).conflicts()).isEmpty();
    }

    @Test
    void shouldSeeADisputeInAllThatDiffersWhereNothingIsInCommon() throws IOException {
        final ObjectId ours = line(other("edge-8"), one(1, live(1, 1, "edge-1")));
        final ObjectId theirs = line(other("edge-9"), one(1, live(3, 3, "edge-2")));
        assertThat(merge(ours, theirs).conflicts())
                .containsExactly(new Conflict(Scribble.key(1), Scribble.mac(3), Scribble.mac(1)));
    }

    /** A first commit of another router. */
    private ObjectId other(final String router) throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId first = batch.commit(batch.treeOf(root), List.of(), "Arp.create: " + router + "\n", NOW_S);
            batch.move("refs/heads/" + router, first);
            batch.finish();
            return first;
        }
    }

    @Test
    void shouldSeeNoDisputeOverATombstone() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(1, gone(live(1, 1, "edge-1"))));
        final ObjectId theirs = line(base, one(1, live(3, 3, "edge-2")));
        assertThat(merge(ours, theirs).conflicts()).isEmpty();
    }

    @Test
    void shouldLetAPinBeatALaterObservationAndSaySo() throws IOException {
        final Binding pinned = new Binding(null, new Pin(Scribble.mac(7), "root", 1, new Stamp(2, "edge-1")));
        final ObjectId ours = line(root, one(1, pinned));
        final ObjectId theirs = line(root, one(1, live(3, 9, "edge-2")));
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged.conflicts()).containsExactly(new Conflict(Scribble.key(1), Scribble.mac(7), Scribble.mac(3)));
        assertThat(merged.differences())
                .containsExactly(new Difference(
                        Scribble.key(1),
                        pinned,
                        new Binding(live(3, 9, "edge-2").observed(), pinned.pinned())));
    }

    /** Two lines that have merged each other: two best common ancestors. */
    @Test
    void shouldMergeLinesThatHaveCrossed() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId left = line(base, one(1, live(2, 2, "edge-1")));
        final ObjectId right = line(base, one(2, live(3, 2, "edge-2")));
        final ObjectId ours = line(merge(left, right).head(), one(1, live(4, 3, "edge-1")));
        final ObjectId theirs = line(merge(right, left).head(), one(3, live(5, 4, "edge-2")));
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged.kind()).isEqualTo(Kind.MERGED);
        assertThat(merged.conflicts()).isEmpty();
        assertThat(merged.tree()).isEqualTo(merge(theirs, ours).tree());
        assertThat(Tables.of(history, merged.head()))
                .isEqualTo(Map.of(
                        Scribble.key(1), live(4, 3, "edge-1"),
                        Scribble.key(2), live(3, 2, "edge-2"),
                        Scribble.key(3), live(5, 4, "edge-2")));
    }

    @Test
    void shouldMergeIntoWhatTheSameBatchHasJustWritten() throws IOException {
        final ObjectId theirs = line(root, one(2, live(2, 2, "edge-2")));
        try (Batch batch = history.batch()) {
            final ObjectId tree = batch.edit(batch.treeOf(root), one(1, live(1, 1, "edge-1")));
            final ObjectId ours = batch.commit(tree, List.of(root), "entry added\n", NOW_S);
            final MergeResult merged = merging(batch).merge(ours, theirs, NOW_S);
            assertThat(merged.kind()).isEqualTo(Kind.MERGED);
            batch.move(HistoryRepository.PRIMARY, merged.head());
            batch.finish();
        }
        assertThat(Tables.of(history, history.primary())).hasSize(2);
        StockGit.requireSound(history.path());
    }

    @Test
    void shouldBeginWithAPeersMemoryOnlyWhenItHasNone() throws IOException {
        final ObjectId theirs = line(other("edge-2"), one(1, live(1, 1, "edge-2")));
        final MergeResult seeded = merge(root, theirs);
        assertThat(seeded.kind()).isEqualTo(Kind.SEEDED);
        assertThat(seeded.head()).isEqualTo(theirs);
        assertThat(seeded.differences()).containsExactly(new Difference(Scribble.key(1), null, live(1, 1, "edge-2")));
        final ObjectId emptied = line(line(root, one(5, gone(live(5, 5, "edge-1")))), one(5, null));
        assertThat(merge(emptied, theirs).kind()).isEqualTo(Kind.MERGED);
    }
}
