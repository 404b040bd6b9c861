package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;

/** The walks through our own past that a peer can cause end with its turn. */
final class KnownTest {
    private static final ObjectId NOWHERE = ObjectId.fromString("12".repeat(20));

    @TempDir
    Path directory;

    private Scribble ours;
    private Known known;
    private final Watch watch = new Watch("edge-2", Watch.Times.STANDARD, new Traffic(new Traffic.Totals(), 0));

    @BeforeEach
    void open() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        ours.grow(50);
        known = Known.of(ours.history, "refs/remotes/edge-2/primary");
    }

    @AfterEach
    void close() throws IOException {
        watch.close();
        ours.close();
    }

    private Set<ObjectId> past() throws IOException {
        return new HashSet<>(ours.parents());
    }

    @Test
    void shouldFindWhatIsInOurPastWhileTheTurnLasts() throws IOException {
        final ObjectId tree = ours.tree();
        known.requireLedTo(past(), new HashSet<>(Set.of(tree)), watch);
        assertThat(known.haves(watch))
                .startsWith(ours.head())
                .contains(ours.parents().getFirst());
        assertThatThrownBy(() -> known.requireLedTo(new HashSet<>(Set.of(NOWHERE)), new HashSet<>(), watch))
                .isInstanceOf(BadPeerException.class)
                .hasMessageContaining("no ref of this router leads to");
    }

    @Test
    void shouldEndEachWalkWithTheTurn() throws IOException {
        watch.abort();
        final Set<ObjectId> commits = past();
        final Set<ObjectId> objects = new HashSet<>(Set.of(ours.tree()));
        assertLate(() -> known.haves(watch));
        assertLate(() -> known.requireLedTo(commits, new HashSet<>(), watch));
        assertLate(() -> known.requireLedTo(new HashSet<>(), objects, watch));
        try (ObjectReader fresh = ours.history.git().newObjectReader()) {
            assertLate(() -> known.boundaryWith(Set.of(ours.head()), ours.head(), fresh, watch));
            final Known bounded = new Known(known.git(), known.primary(), null, Set.copyOf(List.of(NOWHERE)));
            assertLate(() -> bounded.boundaryWith(Set.of(), ours.head(), fresh, watch));
        }
    }

    /** Each such commit is a mark, and the time of each may be looked for among all before it. */
    @ParameterizedTest
    @CsvSource({"-1, 8193, true", "86400, 8193, true", "-1, 4000, false", "86400, 4000, false", "1, 9000, false"})
    void shouldNotBeginWithALineWhoseDatesTurnTooOften(
            final long secondsBetween, final int commits, final boolean isAhead) throws IOException {
        long dateS = 1_600_000_000L;
        ObjectId head = ours.head();
        try (Batch batch = ours.history.batch()) {
            for (int i = 0; i < commits; i++) {
                dateS += secondsBetween;
                head = batch.commit(ours.tree(), List.of(head), "m\n", dateS);
            }
            batch.move(HistoryRepository.PRIMARY, head);
            batch.finish();
        }
        try (ObjectReader reader = ours.history.git().newObjectReader()) {
            assertThat(Known.isLineAfter(dateS + 86_400L * 40_000, head, reader, watch))
                    .isEqualTo(isAhead);
        }
    }

    /** While git packs refs, it is in neither place for a moment. */
    @Test
    void shouldWaitForTheBranchWhileGitPacksRefs() throws Exception {
        final Path branch = ours.history.path().resolve("refs/heads/primary");
        final Path away = Files.move(branch, directory.resolve("away"));
        final Thread back = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(60);
                Files.move(away, branch);
            } catch (final IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(Known.of(ours.history, "refs/remotes/edge-2/primary").primary())
                .isEqualTo(ours.head());
        back.join();
        Files.delete(branch);
        assertThatThrownBy(() -> Known.of(ours.history, "refs/remotes/edge-2/primary"))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("has no branch primary");
    }

    private interface Step {
        void run() throws IOException;
    }

    private void assertLate(final Step step) {
        assertThatThrownBy(step::run).isInstanceOf(BadPeerException.class).hasMessage(watch.late());
    }
}
