package org.portolan.control.history.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.history.query.SampleRouter.address;
import static org.portolan.control.history.query.SampleRouter.mac;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;

/**
 * How long questions take. Not part of the suite, for it takes a minute and its figures are the machine's; the median
 * of 9 is printed: {@code scripts/test -pl dataplane,control -Dtest=QueryProbe
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class QueryProbe {
    private static final int COMMITS = Integer.getInteger("portolan.probe.commits", 200_000);
    private static final long YEAR_S = 31_536_000L;
    private static final long MONTH_S = 30 * 86_400L;
    private static final int ROUNDS = 9;
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final Asker PATIENT = () -> {};

    @TempDir
    private Path directory;

    @FunctionalInterface
    private interface Question {
        int ask() throws IOException;
    }

    private static void measure(final String what, final int least, final Question question) throws IOException {
        final List<Long> times = new ArrayList<>();
        final List<Long> worked = new ArrayList<>();
        int answers = 0;
        for (int i = 0; i < 2 * ROUNDS; i++) {
            final long startNs = System.nanoTime();
            final long startCpuNs = CLOCK.getCurrentThreadCpuTime();
            answers = question.ask();
            if (i >= ROUNDS) {
                times.add(System.nanoTime() - startNs);
                worked.add(CLOCK.getCurrentThreadCpuTime() - startCpuNs);
            }
        }
        assertThat(answers).as(what).isGreaterThanOrEqualTo(least);
        times.sort(null);
        worked.sort(null);
        System.out.printf(
                "%-50s %,8d answers %8.1f ms %8.1f ms of CPU%n",
                what, answers, times.get(ROUNDS / 2) / 1e6, worked.get(ROUNDS / 2) / 1e6);
    }

    @Test
    void shouldReadATableOfTenThousand() throws IOException {
        try (SampleRouter edge = new SampleRouter(directory.resolve("g"), "edge-1", SampleRouter.BEGIN_S)) {
            for (int block = 0; block < 40; block++) {
                edge.crowd(256 * block, 250);
            }
            edge.write();
            final HistoryQuery query =
                    new HistoryQuery(edge.git(), new WalkingTimeIndex(edge.git(), 64), MONTH_S, () -> null);
            final Moment moment = query.at(Long.MAX_VALUE, PATIENT).orElseThrow();
            measure("a table of 10,000", 10_000, () -> {
                final int[] rows = new int[1];
                query.table(moment, PATIENT, (key, binding) -> ++rows[0] > 0);
                return rows[0];
            });
        }
    }

    @Test
    void shouldAnswerOverAYear() throws IOException {
        try (SampleRouter edge = new SampleRouter(directory.resolve("g"), "edge-1", SampleRouter.BEGIN_S)) {
            edge.learn(address(5), mac(5));
            for (int i = 0; i < COMMITS; i++) {
                edge.pass(YEAR_S / COMMITS).learn(address(256 + i % 700), mac(i % 250));
                if (i % Math.max(1, COMMITS / 8_760) == 0) {
                    edge.seen(address(5));
                }
                if (i % 5_000 == 4_999) {
                    edge.write();
                }
            }
            edge.write();
            final HistoryQuery query = new HistoryQuery(edge.git(), new Marked(edge), MONTH_S, () -> null);
            final long halfS = SampleRouter.BEGIN_S + YEAR_S / 2;
            final Moment half = query.at(halfS, PATIENT).orElseThrow();
            final LogQuery all = LogQuery.everything(50);
            measure("log of an address, learned at the beginning", 1, () -> log(query, all.ofAddress(address(5))));
            measure("log of an address that moves, the last 50", 50, () -> log(query, all.ofAddress(address(265))));
            measure("log of everything, the last 50", 50, () -> log(query, all));
            measure("log of a MAC, the last 50", 50, () -> log(query, all.ofMac(mac(5))));
            measure("log of a MAC that never was: all commits", 0, () -> log(query, all.ofMac(mac(255))));
            measure(
                    "who, at half of it",
                    1,
                    () -> query.who(address(5), half, PATIENT).size());
            measure(
                    "who of an address that moves, at half of it",
                    1,
                    () -> query.who(address(265), half, PATIENT).size());
            measure(
                    "graph, the last 30",
                    30,
                    () -> query.graph(30, true, PATIENT).commits().size());
        }
    }

    private static int log(final HistoryQuery query, final LogQuery asked) throws IOException {
        final int[] entries = new int[1];
        query.log(asked, PATIENT, entry -> entries[0]++);
        return entries[0];
    }

    /** One mark in 512, read once, as the router keeps them. */
    private static final class Marked implements TimeIndex {
        private final List<Mark> marks = new ArrayList<>();
        private final WalkingTimeIndex walking;

        Marked(final SampleRouter router) {
            walking = new WalkingTimeIndex(router.git(), 512);
            walking.marks().forEach(marks::add);
        }

        @Override
        public Optional<Mark> before(final long epochSecond) throws IOException {
            return walking.before(epochSecond);
        }

        @Override
        public long lineSecond(final long second, final long ordinal) {
            return second;
        }

        @Override
        public boolean mayHaveCome(final int address, final long earlier, final long later) {
            return true;
        }

        @Override
        public Mark head() throws IOException {
            return walking.head();
        }

        @Override
        public Iterable<Mark> marks() {
            return marks;
        }
    }
}
