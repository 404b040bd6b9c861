package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;

/** Routers that change, meet and part at random, through real repositories: in the end all know the same. */
@Timeout(180)
final class MergeLawsTest {
    private static final long FIRST_SEED = Long.getLong("portolan.seed", 1);
    private static final int ROUNDS = Integer.getInteger("portolan.rounds", 3);

    @TempDir
    private Path directory;

    private static void assertOneTree(final Network network, final Map<BindingKey, Binding> expected)
            throws IOException {
        for (final Scribble router : network.routers) {
            assertThat(router.table()).isEqualTo(expected);
            assertThat(router.tree()).isEqualTo(network.router(0).tree());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldComeToOneTreeWithTwoRouters(final long seed) throws IOException {
        live(seed, 2, 60);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void shouldComeToOneTreeWithThreeRouters(final long seed) throws IOException {
        live(seed, 3, 80);
    }

    private void live(final long seed, final int count, final int steps) throws IOException {
        final Random random = new Random(seed);
        try (Network network = new Network(directory, count)) {
            for (int step = 0; step < steps; step++) {
                final int one = random.nextInt(count);
                final int other = (one + 1 + random.nextInt(count - 1)) % count;
                switch (random.nextInt(5)) {
                    case 0 -> network.pull(one, other);
                    case 1 -> cross(network, one, other);
                    default -> network.router(one).changeSomething();
                }
            }
            final Map<BindingKey, Binding> expected = network.joined();
            network.pullUntilQuiet();
            assertOneTree(network, expected);
        }
    }

    /** Each takes what the other had before it took. */
    private static void cross(final Network network, final int one, final int other) throws IOException {
        final Scribble first = network.router(one);
        final Scribble second = network.router(other);
        try (Fetched toFirst = network.fetch(one, other).fetch(first.nowS).orElse(null);
                Fetched toSecond = network.fetch(other, one).fetch(second.nowS).orElse(null)) {
            take(first, toFirst);
            take(second, toSecond);
        }
    }

    private static void take(final Scribble to, final Fetched fetched) throws IOException {
        if (fetched == null) {
            return;
        }
        try (Batch batch = to.history.batch()) {
            fetched.adopt(batch);
            final MergeResult merged = Scribble.merging(batch).merge(to.head(), fetched.head(), to.nowS);
            batch.move(HistoryRepository.PRIMARY, merged.head());
            batch.finish();
            fetched.settle(Long.MAX_VALUE);
            to.observe();
        }
    }

    @Test
    void shouldComeToTheSameTreeInEitherDirection() throws IOException {
        try (Network network = new Network(directory, 2)) {
            for (int round = 0; round < 10; round++) {
                network.router(0).changeSomething();
                network.router(1).changeSomething();
                cross(network, 0, 1);
                assertThat(network.router(0).tree()).isEqualTo(network.router(1).tree());
            }
        }
    }

    /** Commutative and associative: three lines of one beginning, brought together in every order. */
    @Test
    void shouldComeToTheSameTreeInEveryOrder() throws IOException {
        try (Scribble edge = new Scribble(directory.resolve("edge.git"), "edge-1")) {
            edge.grow(4);
            final ObjectId beginning = edge.head();
            final List<ObjectId> lines = new ArrayList<>();
            for (int line = 0; line < 3; line++) {
                edge.point(HistoryRepository.PRIMARY, beginning);
                for (int i = 0; i < 8; i++) {
                    edge.changeSomething();
                }
                lines.add(edge.head());
            }
            final List<ObjectId> trees = new ArrayList<>();
            try (Batch batch = edge.history.batch()) {
                for (int round = 0; round < 20; round++) {
                    Collections.shuffle(lines, new Random(round));
                    trees.add(together(batch, lines.get(0), lines.get(1), lines.get(2)));
                    trees.add(together(batch, lines.get(0), together1(batch, lines.get(1), lines.get(2))));
                    trees.add(
                            together(batch, together1(batch, lines.get(0), lines.get(1)), lines.get(0), lines.get(2)));
                }
            }
            assertThat(trees).containsOnly(trees.get(0));
        }
    }

    private static ObjectId together1(final Batch batch, final ObjectId one, final ObjectId other) throws IOException {
        return Scribble.merging(batch).merge(one, other, Scribble.BEGIN_S).head();
    }

    private static ObjectId together(final Batch batch, final ObjectId... lines) throws IOException {
        ObjectId head = lines[0];
        for (int i = 1; i < lines.length; i++) {
            head = together1(batch, head, lines[i]);
        }
        return batch.treeOf(head);
    }

    @Test
    void shouldHealAPartition() throws IOException {
        try (Network network = new Network(directory, 3)) {
            network.router(0).grow(5);
            network.pullUntilQuiet();
            for (int round = 0; round < 6; round++) {
                network.router(0).changeSomething();
                network.router(1).changeSomething();
                network.router(2).changeSomething();
                network.pull(1, 2);
                network.pull(2, 1);
            }
            final Map<BindingKey, Binding> expected = network.joined();
            assertThat(network.router(0).table()).isNotEqualTo(expected);
            network.pullUntilQuiet();
            assertOneTree(network, expected);
        }
    }

    @Test
    void shouldBeQuietWhenNothingChanges() throws IOException {
        try (Network network = new Network(directory, 3)) {
            for (int i = 0; i < 3; i++) {
                network.router(i).learn(i, i + 1);
            }
            network.pullUntilQuiet();
            final List<ObjectId> heads = network.heads();
            assertThat(network.pullUntilQuiet()).isEqualTo(1);
            assertThat(network.heads()).isEqualTo(heads);
        }
    }

    @Test
    void shouldBeQuietBetweenRoutersThatHaveJustBegun() throws IOException {
        try (Network network = new Network(directory, 3)) {
            final List<ObjectId> heads = network.heads();
            assertThat(network.pullUntilQuiet()).isEqualTo(1);
            assertThat(network.heads()).isEqualTo(heads);
        }
    }

    /** Who only listens writes one commit for each that brought something, and none of it is answered. */
    @Test
    void shouldNotAnswerAMergeWithAMerge() throws IOException {
        try (Network network = new Network(directory, 2)) {
            network.router(0).learn(1, 1);
            network.router(1).learn(2, 2);
            network.pullUntilQuiet();
            for (int round = 0; round < 5; round++) {
                network.router(0).learn(3, 10 + round);
                final ObjectId said = network.router(0).head();
                final ObjectId before = network.router(1).head();
                network.pull(1, 0);
                network.pull(0, 1);
                assertThat(network.router(0).head()).isEqualTo(said);
                assertThat(network.router(1).parents()).containsExactly(before, said);
                assertThat(network.router(1).tree()).isEqualTo(network.router(0).tree());
            }
        }
    }

    /** Who asks whom: each pair is a router and the one that it reads. */
    private enum Shape {
        MESH(new int[][] {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {0, 2}, {2, 0}}),
        RING(new int[][] {{0, 1}, {1, 2}, {2, 0}}),
        CHAIN(new int[][] {{0, 1}, {1, 0}, {1, 2}, {2, 1}});

        private final int[][] reads;

        Shape(final int[][] reads) {
            this.reads = reads;
        }

        private int[] any(final Random random) {
            return reads[random.nextInt(reads.length)];
        }
    }

    /**
     * After the last change each router's table is what some of the three knew then, and a merge adds one of them at
     * least: so its table changes twice at most, whatever meets in whatever order. A dispute that ours has won makes
     * one commit more.
     */
    @ParameterizedTest
    @EnumSource(Shape.class)
    void shouldComeToRest(final Shape shape) throws IOException {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            try (Network network = new Network(directory.resolve("seed-" + seed), 3)) {
                rest(network, shape, new Random(seed), "seed " + seed);
            }
        }
    }

    private static void rest(final Network network, final Shape shape, final Random random, final String seed)
            throws IOException {
        for (int step = 0; step < 40; step++) {
            final int[] read = shape.any(random);
            if (random.nextBoolean()) {
                network.pull(read[0], read[1]);
            } else {
                network.router(read[0]).changeSomething();
            }
        }
        final Map<BindingKey, Binding> expected = network.joined();
        final int[] before = network.ownTables();
        final int[] commits = network.ownCommits();
        for (int meeting = 0; meeting < 40; meeting++) {
            final int[] read = shape.any(random);
            network.pull(read[0], read[1]);
        }
        for (int round = 0; round < 3; round++) {
            network.pull(shape.reads);
        }
        final int[] after = network.ownTables();
        final int[] commitsAfter = network.ownCommits();
        for (int i = 0; i < 3; i++) {
            assertThat(after[i] - before[i])
                    .as("%s: tables of router %d after the last change", seed, i)
                    .isBetween(0, 2);
            assertThat(commitsAfter[i] - commits[i])
                    .as("%s: commits of router %d after the last change", seed, i)
                    .isBetween(0, 6);
        }
        assertOneTree(network, expected);
        final List<ObjectId> heads = network.heads();
        network.pull(shape.reads);
        assertThat(network.heads()).as(seed).isEqualTo(heads);
    }
}
