package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.HistoryException;

/**
 * Three routers whose clocks are minutes apart live on one wire. At random they join one after the other, meet and are
 * parted, have their clocks set forward and back, restart, lose their marks, boot with a date some days back, and forget
 * what is older than they may keep. What one of them has answered about its own past it answers again, for as long as it
 * keeps that time. {@code -Dportolan.rounds=50 -Dportolan.seed=1} for long.
 */
final class PastStaysTest {
    private static final long FIRST_SEED = Long.getLong("portolan.seed", 1);
    private static final int ROUNDS = Integer.getInteger("portolan.rounds", 3);
    /** A peer brought back what had moved away in them, and the past was answered otherwise; their clocks go on. */
    private static final List<Long> MOVED_BACK = List.of(16L, 4_242L);

    private static final int STEPS = 240;
    private static final int KEEP_DAYS = 2;
    private static final long[] AHEAD_S = {0, 190, -250};

    /** No clock is set further from the others. */
    private static final int MOST_WRONG_S = 3_600;

    private static final long DAY_S = 86_400;
    /** Nobody is asked about it: what is said of a host has the dates of its clock. */
    private static final int OTHER_HOST = 99;

    @TempDir
    private Path directory;

    /** What all rounds did. */
    private int meetings;

    private final List<String> failed = new ArrayList<>();
    private int answers;
    private long askedAgain;
    private int shortened;
    private int steps;
    private int lostMarks;
    private int behind;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldAnswerTheSameAfterMeetingsJoinsPartitionsAndRetention() throws IOException {
        final long startNs = System.nanoTime();
        final List<Long> seeds = seeds();
        for (final long seed : seeds) {
            new Round(seed).live();
        }
        System.out.printf(
                "PastStaysTest: seeds %s: %d meetings, %d failed, %d answers, asked again %d times, %d histories shortened,"
                        + " %d steps of a clock, %d boots with a date some days back, %d times other marks, %.1f s%n",
                seeds,
                meetings,
                failed.size(),
                answers,
                askedAgain,
                shortened,
                steps,
                behind,
                lostMarks,
                (System.nanoTime() - startNs) / 1e9);
        failed.stream()
                .map(each -> each.replaceAll("127.0.0.1:[0-9]+", "PEER"))
                .collect(Collectors.groupingBy(each -> each, Collectors.counting()))
                .forEach((each, count) -> System.out.printf("PastStaysTest: %d times: %s%n", count, each));
        assertThat(meetings).isGreaterThan(20 * seeds.size());
        assertThat(answers).isGreaterThan(100 * seeds.size());
        final long setting =
                seeds.stream().filter(seed -> !MOVED_BACK.contains(seed)).count();
        assertThat(steps).isGreaterThanOrEqualTo((int) (10 * setting));
        assertThat(behind).isPositive();
        assertThat(lostMarks).isPositive();
        assertThat(shortened).as("histories that retention has shortened").isPositive();
    }

    private static List<Long> seeds() {
        final List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            seeds.add(FIRST_SEED + i);
        }
        seeds.addAll(System.getProperty("portolan.seed") == null ? MOVED_BACK : List.of());
        return seeds;
    }

    private final class Round {
        private final String seed;
        private final Random random;
        private final Random clocks;
        private final boolean isSetting;
        private final Path home;
        private final Edge.World world = new Edge.World();
        private final List<Edge> edges = new ArrayList<>();
        private final List<Answers> asked = new ArrayList<>();
        /** Whom none can reach; less than 0 for nobody. */
        private int parted = -1;

        private byte[] oldMarks;

        Round(final long seed) throws IOException {
            this.seed = "seed " + seed;
            random = new Random(seed);
            clocks = new Random(seed);
            isSetting = !MOVED_BACK.contains(seed);
            home = Files.createDirectory(directory.resolve("seed-" + seed));
            join();
        }

        private void join() throws IOException {
            final int number = edges.size();
            final Edge edge = new Edge(home, "edge-" + (number + 1), world, AHEAD_S[number], KEEP_DAYS);
            edges.add(edge);
            asked.add(new Answers(edge, KEEP_DAYS));
            edge.settle();
            // One finds a peer before its first commit, and another one does not.
            if (number > 0 && random.nextBoolean()) {
                edge.meet(edges.getFirst());
            } else {
                world.pass(11);
                edge.settle();
            }
        }

        void live() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                if (step == STEPS / 10 || step == STEPS / 4) {
                    join();
                }
                step();
                for (final Answers each : asked) {
                    each.askAgain(random, 12, "%s, step %d".formatted(seed, step));
                    each.ask(random);
                }
            }
            for (final Answers each : asked) {
                each.askAgain(random, 1, seed + ", at the end");
                answers += each.given();
                askedAgain += each.askedAgain();
            }
            for (final Edge edge : edges) {
                shortened += edge.path().resolve("shallow").toFile().exists() ? 1 : 0;
                assertThat(edge.said()).as(seed + " " + edge.name).isEmpty();
                edge.close();
            }
        }

        private void step() throws IOException {
            final int one = random.nextInt(edges.size());
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> {
                    edges.get(one).live(random);
                    edges.get(one).settle();
                }
                case 5 -> parted = random.nextInt(6) - 3;
                case 6 -> {
                    if (random.nextInt(4) == 0) {
                        edges.get(one).restart();
                    }
                }
                default -> meet(one, (one + 1 + random.nextInt(2)) % edges.size());
            }
            world.pass(passing());
            edges.forEach(Edge::settle);
            if (isSetting && clocks.nextInt(9) == 0) {
                setClock(edges.get(clocks.nextInt(edges.size())));
                edges.forEach(Edge::settle);
            }
            if (isSetting && clocks.nextInt(20) == 0) {
                bootOtherwise(edges.get(clocks.nextInt(edges.size())));
                edges.forEach(Edge::settle);
            }
        }

        private void bootOtherwise(final Edge edge) throws IOException {
            switch (edge.isBlank() ? -1 : clocks.nextInt(5)) {
                case 0, 1 -> {
                    edge.bootBehind((2 + clocks.nextInt(clocks.nextBoolean() ? 6 : 600)) * DAY_S, OTHER_HOST);
                    behind++;
                }
                case 2 -> {
                    edge.restartWith(null);
                    lostMarks++;
                }
                case 3 -> {
                    edge.restartWith(oldMarks);
                    lostMarks++;
                }
                default -> oldMarks = Files.readAllBytes(edge.marks());
            }
        }

        private void setClock(final Edge edge) {
            final int reach = clocks.nextBoolean() ? 20 : MOST_WRONG_S;
            edge.stepWall(clocks.nextInt(2 * reach) - reach - edge.aheadS() / 2);
            steps++;
        }

        private void meet(final int one, final int other) throws IOException {
            if (one == other || one == parted || other == parted) {
                return;
            }
            try {
                meetings += edges.get(one).meet(edges.get(other)) ? 1 : 0;
            } catch (final HistoryException e) {
                // Where each has forgotten another part of what they had in common: a meeting that failed.
                failed.add(seed + ": " + e.getMessage());
            }
        }

        /** Seconds as a rule, sometimes minutes, now and then most of a day. */
        private long passing() {
            return switch (random.nextInt(12)) {
                case 0 -> 3_600 + random.nextInt(60_000);
                case 1, 2, 3 -> 60 + random.nextInt(3_000);
                default -> 1 + random.nextInt(20);
            };
        }
    }
}
