package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private MergeResult merge(final ObjectId ours, final ObjectId theirs) throws IOException {
        try (Batch batch = history.batch()) {
            final MergeResult merged = PeerMerge.merge(batch, "edge-1", ours, "edge-2", theirs, NOW_S);
            batch.move("refs/heads/merged", merged.head());
            batch.finish();
            StockGit.requireSound(history.path());
            assertThat(history.treeOf(merged.head())).isEqualTo(merged.tree());
            return merged;
        }
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
    void shouldGoForwardToADescendantAndTellWhatIsNew() throws IOException {
        final Binding before = live(1, 1, "edge-1");
        final Binding after = live(2, 2, "edge-2");
        final ObjectId ours = line(root, one(1, before));
        final ObjectId theirs = line(line(ours, one(1, after)), one(2, live(3, 3, "edge-2")));
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged.kind()).isEqualTo(Kind.FORWARDED);
        assertThat(merged.head()).isEqualTo(theirs);
        assertThat(merged.differences())
                .containsExactly(
                        new Difference(Scribble.key(1), before, after),
                        new Difference(Scribble.key(2), null, live(3, 3, "edge-2")));
        assertThat(merged.conflicts()).isEmpty();
    }

    @Test
    void shouldGoForwardOverCollectedTombstones() throws IOException {
        final Binding dead = gone(live(1, 1, "edge-1"));
        final ObjectId ours = line(root, Map.of(Scribble.key(1), dead, Scribble.key(2), live(2, 2, "edge-1")));
        final ObjectId theirs = line(ours, one(1, null));
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged.kind()).isEqualTo(Kind.FORWARDED);
        assertThat(merged.head()).isEqualTo(theirs);
        assertThat(merged.differences()).containsExactly(new Difference(Scribble.key(1), dead, null));
    }

    /** Cannot come of a sound router: but what is live here is not to vanish because of an unsound one. */
    @Test
    void shouldKeepWhatADescendantLost() throws IOException {
        final ObjectId ours =
                line(root, Map.of(Scribble.key(1), live(1, 5, "edge-1"), Scribble.key(2), live(2, 6, "edge-1")));
        final ObjectId lost = line(ours, one(1, null));
        final ObjectId older = line(ours, one(1, live(9, 4, "edge-2")));
        for (final ObjectId theirs : List.of(lost, older)) {
            final MergeResult merged = merge(ours, theirs);
            assertThat(merged.kind()).isEqualTo(Kind.MERGED);
            assertThat(merged.tree()).isEqualTo(history.treeOf(ours));
        }
    }

    @Test
    void shouldMakeNoCommitOfTwoLinesWithOneTable() throws IOException {
        final ObjectId ours = line(line(root, one(1, live(1, 1, "edge-1"))), one(2, live(2, 2, "edge-1")));
        final ObjectId theirs = line(line(root, one(2, live(2, 2, "edge-1"))), one(1, live(1, 1, "edge-1")));
        assertThat(merge(ours, theirs)).isEqualTo(MergeResult.nothing(ours, history.treeOf(ours)));
    }

    /** The peer merged ours, and brought nothing new: to stay behind it would mean to merge for ever. */
    @Test
    void shouldGoForwardThoughTheTableStaysTheSame() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(2, live(2, 2, "edge-1")));
        final ObjectId theirs;
        try (Batch batch = history.batch()) {
            theirs = batch.commit(batch.treeOf(ours), List.of(base, ours), "Arp.merge: edge-1 into edge-2\n", NOW_S);
            batch.move("refs/heads/theirs", theirs);
            batch.finish();
        }
        final MergeResult merged = merge(ours, theirs);
        assertThat(merged)
                .isEqualTo(new MergeResult(Kind.FORWARDED, theirs, history.treeOf(ours), List.of(), List.of()));
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
        assertThat(message(merged).strip()).isEqualTo("Arp.merge: edge-2 into edge-1");
        assertThat(StockGit.run(
                                history.path(),
                                "log",
                                "-1",
                                "--format=%P",
                                merged.head().name())
                        .strip())
                .isEqualTo(ours.name() + " " + theirs.name());
    }

    @Test
    void shouldTellADisputeOfTwoWhoBothChanged() throws IOException {
        final ObjectId base = line(root, one(1, live(1, 1, "edge-1")));
        final ObjectId ours = line(base, one(1, live(2, 2, "edge-1")));
        final ObjectId theirs = line(base, one(1, live(3, 3, "edge-2")));
        final Conflict lost = new Conflict(Scribble.key(1), Scribble.mac(3), Scribble.mac(2));
        final MergeResult here = merge(ours, theirs);
        assertThat(here.conflicts()).containsExactly(lost);
        assertThat(message(here)).isEqualTo("""
                Arp.merge: edge-2 into edge-1

                Conflict: 192.168.1.2 02:00:00:00:00:03 over 02:00:00:00:00:02

                """);
        assertThat(StockGit.run(
                                history.path(),
                                "log",
                                "-1",
                                "--format=%(trailers:key=Conflict,valueonly)",
                                here.head().name())
                        .strip())
                .isEqualTo("192.168.1.2 02:00:00:00:00:03 over 02:00:00:00:00:02");
        final MergeResult there = merge(theirs, ours);
        assertThat(there.conflicts()).containsExactly(lost);
        assertThat(there.tree()).isEqualTo(here.tree());
        assertThat(there.differences()).isEmpty();
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

    @Test
    void shouldCountDisputesThatAreTooManyToTell() throws IOException {
        final Map<BindingKey, Binding> ours = new HashMap<>();
        final Map<BindingKey, Binding> theirs = new HashMap<>();
        for (int host = 0; host < 150; host++) {
            ours.put(Scribble.key(host), live(1, 1, "edge-1"));
            theirs.put(Scribble.key(host), live(2, 2, "edge-2"));
        }
        final MergeResult merged = merge(line(root, ours), line(root, theirs));
        assertThat(merged.conflicts()).hasSize(150);
        final List<String> lines = new ArrayList<>(message(merged)
                .lines()
                .filter(line -> line.startsWith("Conflict"))
                .toList());
        assertThat(lines).hasSize(PeerMerge.MOST_TRAILERS + 1).last().isEqualTo("Conflicts: 150");
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
        assertThat(history.table(merged.head()))
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
            final MergeResult merged = PeerMerge.merge(batch, "edge-1", ours, "edge-2", theirs, NOW_S);
            assertThat(merged.kind()).isEqualTo(Kind.MERGED);
            batch.move(HistoryRepository.PRIMARY, merged.head());
            batch.finish();
        }
        assertThat(history.table(history.primary())).hasSize(2);
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
