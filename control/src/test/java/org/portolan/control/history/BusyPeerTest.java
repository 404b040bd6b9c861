package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.history.query.SampleRouter.address;
import static org.portolan.control.history.query.SampleRouter.mac;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.query.SampleRouter;
import org.portolan.control.history.retain.Marks;

/**
 * A peer is merged every 40 s, and the address that is asked for is refreshed by both routers each hour. How long the
 * questions take is printed: {@code -Dportolan.probe.commits=100000}.
 */
final class BusyPeerTest {
    private static final int COMMITS = Integer.getInteger("portolan.probe.commits", 3_000);
    private static final int ROUNDS = Integer.getInteger("portolan.probe.rounds", 9);
    private static final int ASKED = address(5);
    private static final int GONE = address(6);
    private static final long EVERY_S = 10;
    /** Changes between two merges. */
    private static final int BETWEEN = 4;

    private static final int HOUR = 360;
    private static final long MONTH_S = 30 * 86_400L;

    @TempDir
    private Path directory;

    private SampleRouter edge;
    private SampleRouter peer;
    private HistoryQuery query;
    private int steps;

    @FunctionalInterface
    private interface Question {
        Object ask() throws IOException;
    }

    @BeforeEach
    void live() throws IOException {
        peer = new SampleRouter(directory.resolve("p"), "edge-2", SampleRouter.BEGIN_S);
        edge = new SampleRouter(directory.resolve("g"), "edge-1", SampleRouter.BEGIN_S);
        peer.learn(ASKED, mac(5)).learn(GONE, mac(6));
        final List<ObjectId> tips = new ArrayList<>();
        for (int i = 0; i < COMMITS; i++) {
            if (i % BETWEEN == 0) {
                peer.pass(EVERY_S * BETWEEN - 2).learn(address(1_000 + i / BETWEEN % 300), mac(i % 200));
                if (i % HOUR == 180) {
                    // It never hears that one of them went.
                    peer.ahead(10L * COMMITS).seen(ASKED, GONE);
                }
                tips.add(peer.tip());
            }
            if (i % 2_000 == 0) {
                peer.write();
            }
        }
        peer.write();
        edge.fetch(peer).pass(2).merge(peer, tips.getFirst()).write();
        final Marks marks = marks();
        for (int i = 0; i < COMMITS; i++) {
            edge.pass(EVERY_S - 1).learn(address(256 + i % 700), mac(i % 250));
            if (i == COMMITS / 3) {
                edge.learn(GONE, mac(7));
            }
            if (i % HOUR == 0) {
                edge.seen(ASKED);
            }
            if (i % BETWEEN == 0) {
                edge.merge(peer, tips.get(i / BETWEEN));
            }
            if (i % 2_000 == 0) {
                edge.write();
                marks.advance(edge.tip());
            }
        }
        edge.write();
        marks.advance(edge.tip());
        query = query(marks);
    }

    private Marks marks() throws IOException {
        return Marks.open((FileRepository) edge.git(), edge.tip(), PeerArrivals::of);
    }

    private HistoryQuery query(final Marks marks) {
        return new HistoryQuery(edge.git(), new MarkedTime(marks), MONTH_S, () -> null);
    }

    private void reopen(final boolean isFileLost) throws IOException {
        if (isFileLost) {
            Files.delete(edge.path().resolve("portolan.marks"));
        }
        final long startNs = System.nanoTime();
        final Marks marks = marks();
        System.out.printf(
                "BusyPeerTest: %d marks, opened in %.1f ms%n", marks.all().size(), ms(startNs));
        query = query(marks);
    }

    @AfterEach
    void close() throws IOException {
        edge.close();
        peer.close();
    }

    private static double ms(final long startNs) {
        return (System.nanoTime() - startNs) / 1e6;
    }

    @Test
    void shouldReadFewCommitsThoughAPeerIsMergedAllTheTime() throws IOException {
        final Moment half =
                query.at(SampleRouter.BEGIN_S + COMMITS * EVERY_S / 2, () -> {}).orElseThrow();
        final Moment now = query.at(Long.MAX_VALUE, () -> {}).orElseThrow();
        for (int round = 0; round < 3; round++) {
            measure("who, now", () -> holding(ASKED, now).then().fromS());
            measure("who, at half of it", () -> holding(ASKED, half).then().fromS());
            measure("log of the address", () -> log(ASKED));
            if (round < 2) {
                reopen(round == 1 && COMMITS <= 10_000);
            }
        }
    }

    private void measure(final String what, final Question question) throws IOException {
        final List<Double> times = new ArrayList<>();
        Object answer = null;
        int most = 0;
        for (int i = 0; i < 2 * ROUNDS; i++) {
            steps = 0;
            final long startNs = System.nanoTime();
            answer = question.ask();
            times.add(ms(startNs));
            most = Math.max(most, steps);
        }
        final List<Double> warm = new ArrayList<>(times.subList(ROUNDS, times.size()));
        warm.sort(null);
        System.out.printf(
                "BusyPeerTest: %-20s %s: first %.1f ms, then median %.1f, longest %.1f; %d steps%n",
                what, answer, times.getFirst(), warm.get(ROUNDS / 2), warm.getLast(), most);
        assertThat(most).as(what).isLessThan(50 + COMMITS / 500);
    }

    private Holding holding(final int address, final Moment at) throws IOException {
        return query.who(address, at, () -> steps++).getFirst();
    }

    private List<String> log(final int address) throws IOException {
        final List<LogEntry> entries = new ArrayList<>();
        query.log(LogQuery.everything(50).ofAddress(address), () -> steps++, entries::add);
        return entries.stream().map(each -> each.kind().word).toList();
    }

    /** It moved here, and the peer that goes on seeing the old one brings that back with its first {@code since}. */
    @Test
    void shouldSeeWhatWentAndWasBroughtBack() throws IOException {
        assertThat(log(GONE)).containsExactly("conflict", "moved", "moved", "added");
        reopen(true);
        assertThat(log(GONE)).containsExactly("conflict", "moved", "moved", "added");
        final long movedS = SampleRouter.BEGIN_S + COMMITS / 3 * EVERY_S;
        final Moment before = query.at(movedS - 3_600, () -> {}).orElseThrow();
        assertThat(holding(GONE, before).then().untilS()).isBetween(movedS, movedS + 4 * 3_600);
        assertThat(holding(GONE, before).after().binding().mac()).isEqualTo(mac(7));
    }
}
