package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Marks.Mark;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.store.StockGit;

class BoundaryMoveTest {
    private static final long NOW_MS = 1_764_100_000_000L;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 5, 7, 8, 12})
    void shouldKeepExactlyWhatIsNotBehindTheBoundary(final long seed) throws IOException {
        final Path path = directory.resolve("edge-1.git");
        try (RandomHistory history = new RandomHistory(path, seed)) {
            history.grow(70);
            final Set<String> peers = refs(history);
            final PackShelf shelf = new PackShelf(history.git, pack -> {});
            final Marks marks = Marks.open(history.git, history.line.getLast());
            long nowMs = NOW_MS;
            Set<ObjectId> boundary = Set.of();
            for (int move = 0; move < 3; move++) {
                final int at = 10 + 20 * move + history.random.nextInt(15);
                final Mark target = marks.at(at).orElseThrow();
                final Set<ObjectId> kept = expected(history, target, peers, boundary);
                pass(shelf, marks, target, peers, nowMs);
                nowMs += PackShelf.KEPT_MS;
                while (shelf.deleteRetired(nowMs)) {
                    // All whose time is over.
                }
                assertThat(names(path)).isEqualTo(text(kept));
                StockGit.requireSound(path);
                boundary = Shallow.read(history.git);
                requireNothingElse(history, kept);
                assertThat(marks.oldest().commit()).isEqualTo(target.commit());
            }
        }
    }

    /** Expiry branches, peers that are there still, peers that are not, and what a person named. */
    private static Set<String> refs(final RandomHistory history) throws IOException {
        final Set<String> peers = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            history.point("refs/heads/expire_" + i + ".0", history.any(history.parents.keySet()));
            history.point("refs/remotes/gone-" + i + "/primary", history.any(history.parents.keySet()));
            final String peer = "refs/remotes/edge-" + (i + 2) + "/primary";
            history.point(peer, history.any(history.parents.keySet()));
            peers.add(peer);
        }
        history.point("refs/tags/audit", history.any(history.parents.keySet()));
        return peers;
    }

    private static void pass(
            final PackShelf shelf, final Marks marks, final Mark target, final Set<String> peers, final long nowMs)
            throws IOException {
        retention(shelf, marks, peers, 100).pass(target, Double.MIN_VALUE, nowMs, Pause.NONE);
    }

    private static Retention retention(
            final PackShelf shelf, final Marks marks, final Set<String> peers, final int mostObjects) {
        return new Retention(shelf, marks, new KeptRefs(() -> peers), Limits.NONE, mostObjects);
    }

    /** By the definition, with sets that hold everything. */
    private static Set<ObjectId> expected(
            final RandomHistory history, final Mark target, final Set<String> peers, final Set<ObjectId> boundary)
            throws IOException {
        // Through what an earlier boundary hid, nothing is an ancestor any more.
        final Set<ObjectId> behind = new HashSet<>();
        reach(history, Set.of(target.commit()), Set.of(), boundary, behind);
        behind.remove(target.commit());
        final Set<ObjectId> tips = new HashSet<>();
        final Set<ObjectId> kept = new HashSet<>();
        final KeptRefs rule = new KeptRefs(() -> peers);
        for (final var ref : history.git.getRefDatabase().getRefsByPrefix("refs/")) {
            final ObjectId tip = ref.getObjectId();
            final boolean old = behind.contains(tip) || history.times.get(tip) < target.epochSeconds();
            if (!old || rule.keeps(ref.getName())) {
                (behind.contains(tip) ? kept : tips).add(tip);
            }
        }
        reach(history, tips, behind, boundary, kept);
        boolean more = true;
        while (more) {
            more = false;
            for (final ObjectId each : List.copyOf(kept)) {
                final List<ObjectId> parents = boundary.contains(each) ? List.of() : history.parents.get(each);
                if (parents.stream().anyMatch(kept::contains)) {
                    more |= kept.addAll(parents);
                }
            }
        }
        return kept;
    }

    private static void reach(
            final RandomHistory history,
            final Set<ObjectId> tips,
            final Set<ObjectId> behind,
            final Set<ObjectId> boundary,
            final Set<ObjectId> kept) {
        final Set<ObjectId> waiting = new HashSet<>(tips);
        while (!waiting.isEmpty()) {
            final ObjectId next = waiting.iterator().next();
            waiting.remove(next);
            if (!behind.contains(next) && kept.add(next) && !boundary.contains(next)) {
                waiting.addAll(history.parents.get(next));
            }
        }
    }

    private static Set<String> names(final Path path) {
        return new TreeSet<>(StockGit.run(path, "rev-list", "--all").lines().toList());
    }

    private static Set<String> text(final Set<ObjectId> commits) {
        return commits.stream().map(ObjectId::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static void requireNothingElse(final RandomHistory history, final Set<ObjectId> kept) throws IOException {
        for (final ObjectId each : history.parents.keySet()) {
            assertThat(history.git.getObjectDatabase().has(each)).isEqualTo(kept.contains(each));
        }
    }

    @Test
    void shouldBeFoundByTheNextPassWhenItEndedInTheMiddle() throws IOException {
        final Path path = directory.resolve("edge-1.git");
        int ended = 0;
        for (int pauses = 0; pauses < 48; pauses += 4) {
            try (Chronicle chronicle = new Chronicle(path, "edge-1", 50)) {
                chronicle.write(50, 10);
                chronicle.write(50, 10);
                final PackShelf shelf = new PackShelf(chronicle.git(), pack -> {});
                final Marks marks = Marks.open(chronicle.git(), chronicle.head());
                final Mark target = marks.at(marks.head().ordinal() - 70).orElseThrow();
                final int[] left = {pauses};
                final Pause pause = () -> {
                    if (left[0]-- == 0) {
                        throw new InterruptedIOException("so far and no further");
                    }
                };
                try {
                    retention(shelf, marks, Set.of(), 200).pass(target, Double.MIN_VALUE, NOW_MS, pause);
                } catch (final InterruptedIOException e) {
                    ended++;
                }
                StockGit.requireSound(path);
            }
        }
        assertThat(ended).isGreaterThan(6);
        try (Chronicle chronicle = new Chronicle(path, "edge-1", 50)) {
            final PackShelf shelf = new PackShelf(chronicle.git(), pack -> {});
            final Marks marks = Marks.open(chronicle.git(), chronicle.head());
            pass(shelf, marks, marks.at(marks.head().ordinal() - 30).orElseThrow(), Set.of(), NOW_MS);
            while (shelf.deleteRetired(NOW_MS + PackShelf.KEPT_MS)) {
                // All whose time is over.
            }
            StockGit.requireSound(path);
            assertThat(StockGit.run(path, "rev-list", "--count", "--all").strip())
                    .isEqualTo("31");
            assertThat(StockGit.run(path, "fsck", "--unreachable", "--no-progress"))
                    .isBlank();
        }
    }
}
