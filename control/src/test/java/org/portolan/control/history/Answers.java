package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;

/** What one router has answered about its past, to be asked again. */
final class Answers {
    private static final Asker PATIENT = () -> {};
    private static final int LIMIT = 30;
    private static final long DAY_S = 86_400;

    /** The order of a line is not that of its times: a router that was seeded has the times of two clocks. */
    private static final long SKEW_S = 900;

    /** So far at most are clocks set back. */
    private static final long STEP_S = 4 * 3_600;

    private final Edge edge;
    private final int keepDays;
    private final List<Answer> given = new ArrayList<>();
    private Moment beginning;
    private long askedAgain;

    /** A question and what was said. */
    private interface Answer {
        /** The second that it is about. */
        long atS();

        /** Whether it is still to be answered so when the history begins at that second. */
        default boolean isKept(final long beginningS) {
            return atS() >= beginningS + SKEW_S + STEP_S;
        }

        /** @param beginning of what is kept now */
        void again(HistoryQuery query, Moment beginning, String what) throws IOException;
    }

    Answers(final Edge edge, final int keepDays) {
        this.edge = edge;
        this.keepDays = keepDays;
    }

    /** Asks something about a random second that is over, and remembers the answer. */
    void ask(final Random random) throws IOException {
        if (edge.isBlank()) {
            return;
        }
        final HistoryQuery query = edge.query();
        if (beginning == null) {
            beginning = query.beginning(PATIENT);
        }
        final long newestS = edge.nowS() - 1;
        // Half of the questions are about the last hours.
        final long span = Math.max(1, newestS - beginning.second());
        final long backS = (long) (random.nextBoolean() ? random.nextDouble() * span : random.nextDouble() * 7_200);
        final long atS = Math.max(beginning.second(), newestS - backS);
        final int host = 1 + random.nextInt(8);
        given.add(
                switch (random.nextInt(5)) {
                    case 0, 1 -> new Table(atS, table(query, atS));
                    case 2 -> new Who(atS, host, edge.nowS(), beginning.second(), who(query, host, atS));
                    case 3 -> logged(query, LogQuery.everything(LIMIT).ofAddress(Edge.address(host)), atS);
                    default -> logged(query, LogQuery.everything(LIMIT), atS);
                });
    }

    private Log logged(final HistoryQuery query, final LogQuery asked, final long atS) throws IOException {
        final LogQuery until = asked.between(0, atS);
        return new Log(atS, until, beginning.second(), log(query, until));
    }

    /** Asks one question in so many again. */
    void askAgain(final Random random, final int oneIn, final String when) throws IOException {
        if (beginning == null) {
            return;
        }
        final String what = edge.name + " " + when;
        final HistoryQuery query = edge.query();
        final Moment now = query.beginning(PATIENT);
        // The numbers of commits are others when the marks were lost.
        if (now.commit().equals(beginning.commit())) {
            assertThat(now.second()).as(what + ": kept since").isEqualTo(beginning.second());
        } else if (edge.hasLostMarks() && now.second() < beginning.second()) {
            // Where a peer's past is kept, a little of ours before the boundary is too.
            beginning = now;
            given.removeIf(each -> !(each instanceof Table));
        } else {
            final long latestS = edge.nowS() - keepDays * DAY_S;
            assertThat(beginning.second())
                    .as(what + ": what is not old is kept")
                    .isLessThanOrEqualTo(latestS - DAY_S + STEP_S);
            assertThat(now.second()).as(what + ": kept since").isBetween(beginning.second(), latestS + STEP_S);
            beginning = now;
            given.removeIf(each -> !each.isKept(now.second()));
        }
        for (final Answer each : given) {
            if (random.nextInt(oneIn) == 0) {
                each.again(query, beginning, what + ": " + each);
                askedAgain++;
            }
        }
    }

    int given() {
        return given.size();
    }

    long askedAgain() {
        return askedAgain;
    }

    // ---- tables

    private record Table(long atS, List<String> rows) implements Answer {
        @Override
        public boolean isKept(final long beginningS) {
            return atS >= beginningS;
        }

        @Override
        public void again(final HistoryQuery query, final Moment beginning, final String what) throws IOException {
            assertThat(table(query, atS)).as(what).isEqualTo(rows);
        }
    }

    private static List<String> table(final HistoryQuery query, final long atS) throws IOException {
        final List<String> rows = new ArrayList<>();
        query.table(
                query.at(atS, PATIENT).orElseThrow(),
                PATIENT,
                (key, binding) -> rows.add(key + " " + binding.toString()));
        return rows;
    }

    // ---- who

    private record Who(long atS, int host, long askedS, long beganS, Holding said) implements Answer {
        @Override
        public void again(final HistoryQuery query, final Moment beginning, final String what) throws IOException {
            final Holding now = who(query, host, atS);
            if (said == null) {
                assertThat(now == null || now.then().binding() == null && now.before() == null)
                        .as("%s: never seen, now %s", what, now)
                        .isTrue();
                return;
            }
            assertThat(now.then().binding()).as(what).isEqualTo(said.then().binding());
            final boolean isWhole = beganS == beginning.second();
            if (isWhole || said.then().fromS() > beginning.second() + SKEW_S + STEP_S) {
                assertThat(now.then().fromS()).as(what).isEqualTo(said.then().fromS());
                assertThat(now.before() == null).as(what).isEqualTo(said.before() == null);
            } else {
                assertThat(now.then().fromS()).as(what).isIn(0L, said.then().fromS());
            }
            if (isWhole) {
                assertThat(now.then().how()).as(what).isEqualTo(said.then().how());
                assertThat(now.before()).as(what).isEqualTo(said.before());
            }
            if (said.then().untilS() != 0) {
                assertThat(now.then().untilS()).as(what).isEqualTo(said.then().untilS());
            } else if (now.then().untilS() != 0) {
                assertThat(now.then().untilS()).as(what).isGreaterThanOrEqualTo(askedS - STEP_S);
            }
        }
    }

    private static Holding who(final HistoryQuery query, final int host, final long atS) throws IOException {
        final List<Holding> holdings =
                query.who(Edge.address(host), query.at(atS, PATIENT).orElseThrow(), PATIENT);
        return holdings.isEmpty() ? null : holdings.getFirst();
    }

    // ---- log

    private record Log(long atS, LogQuery asked, long beganS, List<LogEntry> said) implements Answer {
        @Override
        public void again(final HistoryQuery query, final Moment beginning, final String what) throws IOException {
            final List<LogEntry> now = log(query, asked);
            if (beganS == beginning.second()) {
                assertThat(now).as(what).isEqualTo(said);
                return;
            }
            final List<LogEntry> kept = young(said, beginning);
            final List<LogEntry> keptNow = young(now, beginning);
            assertThat(keptNow.subList(0, Math.min(kept.size(), keptNow.size())))
                    .as(what)
                    .isEqualTo(kept);
        }

        private static List<LogEntry> young(final List<LogEntry> entries, final Moment beginning) {
            return entries.stream()
                    .filter(each -> each.timeS() > beginning.second() + SKEW_S + STEP_S)
                    .toList();
        }
    }

    private static List<LogEntry> log(final HistoryQuery query, final LogQuery asked) throws IOException {
        final List<LogEntry> entries = new ArrayList<>();
        query.log(asked, PATIENT, entries::add);
        return entries;
    }
}
