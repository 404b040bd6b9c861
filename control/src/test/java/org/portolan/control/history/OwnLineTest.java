package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.Edge.World;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.dataplane.neighbor.NeighborChange;

/** A router commits on its own line only: what it said of its past it says again, whatever peers do. */
@Timeout(120)
final class OwnLineTest {
    private static final Asker PATIENT = () -> {};
    private static final int LONG_DAYS = 3_650;
    private static final long DAY_S = 86_400;

    @TempDir
    private Path directory;

    private final World world = new World();
    private final List<Edge> edges = new ArrayList<>();

    private Edge edge(final int number, final long aheadS) throws IOException {
        final Edge edge = new Edge(directory, "edge-" + number, world, aheadS, LONG_DAYS);
        edges.add(edge);
        return edge;
    }

    @AfterEach
    void end() throws IOException {
        for (final Edge edge : edges) {
            edge.close();
        }
    }

    private static Map<String, String> table(final Edge edge, final long atS) throws IOException {
        final Map<String, String> table = new TreeMap<>();
        final Moment moment = edge.query().at(atS, PATIENT).orElseThrow();
        edge.query().table(moment, PATIENT, (key, binding) -> table.put(key.toString(), binding.state()) == null);
        return table;
    }

    private static Holding who(final Edge edge, final int host, final long atS) throws IOException {
        final Moment moment = edge.query().at(atS, PATIENT).orElseThrow();
        return edge.query().who(Edge.address(host), moment, PATIENT).getFirst();
    }

    private Edge begun(final int number, final long aheadS) throws IOException {
        final Edge edge = edge(number, aheadS).settle();
        world.pass(11);
        return edge.settle();
    }

    // ---- the past

    /** A clone has no refs of peers before its first fetch. What moved away came back with a peer that never saw it go. */
    @Test
    void shouldAnswerTheSameWithAndWithoutTheRefsOfPeers() throws IOException {
        final Edge first = begun(1, 0);
        first.learn(11, 1).settle();
        world.pass(60);
        final Edge second = edge(2, 0);
        second.meet(first);
        second.learn(12, 3).settle();
        world.pass(60);
        first.learn(11, 2).settle();
        world.pass(60);
        second.tell(NeighborChange.REFRESHED, 11, Edge.MAC + 1, Edge.MAC + 1);
        world.pass(3_700);
        second.settle();
        assertThat(first.meet(second)).isTrue();
        final long nowS = first.nowS();
        final List<LogEntry> said = log(first, 11);
        final Holding held = who(first, 11, nowS);
        assertThat(said).hasSizeGreaterThan(2);
        final String peers = first.git("rev-parse", "refs/remotes/edge-2/primary");
        first.git("update-ref", "-d", "refs/remotes/edge-2/primary");
        assertThat(log(first, 11)).isEqualTo(said);
        assertThat(who(first, 11, nowS)).isEqualTo(held);
        first.git("update-ref", "refs/remotes/edge-9/primary", peers);
        assertThat(log(first, 11)).isEqualTo(said);
        assertThat(who(first, 11, nowS)).isEqualTo(held);
    }

    private static List<LogEntry> log(final Edge edge, final int host) throws IOException {
        final List<LogEntry> entries = new ArrayList<>();
        edge.query().log(LogQuery.everything(99).ofAddress(Edge.address(host)), PATIENT, entries::add);
        return entries;
    }

    /** The case of issue 11: the newcomer merges first, and its merge has its own line first. */
    @Test
    void shouldKeepItsFirstMinuteWhenANewRouterJoins() throws IOException {
        final Edge first = begun(1, 0);
        final long beginningS = first.query().beginning(PATIENT).second();
        first.learn(11, 1).settle();
        world.pass(60);
        final long minuteS = first.nowS() - 30;
        final Edge second = begun(2, 0);
        second.learn(12, 2).learn(13, 3).settle();
        assertThat(second.meet(first)).isTrue();
        world.pass(40);
        assertThat(first.meet(second)).isTrue();
        assertThat(first.query().beginning(PATIENT).second()).isEqualTo(beginningS);
        assertThat(table(first, minuteS)).containsExactly(Map.entry("office 192.168.1.11", "live"));
        assertThat(table(first, Long.MAX_VALUE)).hasSize(3);
        assertThat(who(first, 11, minuteS).then().binding().mac()).isEqualTo(Edge.MAC + 1);
        assertThat(first.subjects())
                .containsExactly(
                        "Arp.merge: edge-2 into edge-1: 2 entries",
                        "entry added: 192.168.1.11 -> 02:50:2a:16:6d:01",
                        "Arp.create: Initial empty cache");
    }

    /** A binding that was live during the partition was live then, and since then. */
    @Test
    void shouldKeepWhatItSaidDuringAPartition() throws IOException {
        final Edge first = begun(1, 0);
        final Edge second = begun(2, 240);
        first.learn(1, 1).settle();
        second.meet(first);
        second.learn(2, 2).settle();
        first.meet(second);
        world.pass(600);
        final long learnedS = first.nowS();
        first.learn(20, 5).settle();
        world.pass(60);
        final long thenS = first.nowS();
        second.learn(30, 6).settle();
        world.pass(600);
        second.meet(first);
        first.meet(second);
        world.pass(60);
        assertThat(first.query().at(Long.MAX_VALUE, PATIENT)).isPresent();
        final Holding holding = who(first, 20, thenS);
        assertThat(holding.then().binding().mac()).isEqualTo(Edge.MAC + 5);
        assertThat(holding.then().fromS()).isEqualTo(learnedS);
        assertThat(holding.then().untilS()).isZero();
        assertThat(who(first, 30, thenS).then().binding()).isNull();
        assertThat(who(first, 30, thenS).after().how().router()).isEqualTo("edge-2");
        assertThat(who(second, 20, second.nowS()).then().how().router()).isEqualTo("edge-1");
    }

    @Test
    void shouldKeepEachCommitOfItsOwnOnItsLine() throws IOException {
        final Edge first = begun(1, 0);
        final Edge second = begun(2, 0);
        for (int round = 0; round < 6; round++) {
            first.learn(round, 1).settle();
            second.learn(10 + round, 2).settle();
            second.meet(first);
            first.meet(second);
            second.meet(first);
        }
        for (final Edge edge : edges) {
            assertThat(edge.git("log", "--first-parent", "--format=%an", "primary")
                            .lines())
                    .containsOnly(edge.name);
        }
        assertThat(table(first, Long.MAX_VALUE)).isEqualTo(table(second, Long.MAX_VALUE));
    }

    /** What a peer's commits say of the time is that peer's. */
    @Test
    void shouldKeepSoManyDaysOfItsOwnWhateverAPeersClockSays() throws IOException {
        final int keepDays = 2;
        final Edge first = new Edge(directory, "edge-1", world, 0, keepDays);
        edges.add(first);
        final Edge past = edge(2, -20 * 365 * DAY_S);
        first.settle();
        past.settle();
        for (int step = 0; step < 40; step++) {
            world.pass(DAY_S / 4);
            past.learn(10 + step % 4, step % 5).settle();
            first.learn(step % 4, step % 5).meet(past);
        }
        final long keptS = first.nowS() - first.query().beginning(PATIENT).second();
        assertThat(keptS).isBetween(keepDays * DAY_S, (keepDays + 1) * DAY_S + DAY_S / 2);
        assertThat(Integer.parseInt(first.git("rev-list", "--count", "--all", "--author=edge-2")))
                .as("the peer's commits, of 40")
                .isBetween(4 * keepDays, 24);
        assertThat(table(first, first.nowS() - keepDays * DAY_S)).hasSize(8);
    }

    // ---- rest

    /** Each forgets by its own clock, and none gives back what another has forgotten. */
    @Test
    void shouldForgetATombstoneOnceOnEachRouter() throws IOException {
        final Random random = new Random(3);
        final Edge[] all = {begun(1, 0), begun(2, 2_400), begun(3, -2_400)};
        all[0].learn(1, 1).learn(2, 2).settle();
        meetAll(all);
        all[0].flush(1).settle();
        meetAll(all);
        meetAll(all);
        for (final Edge edge : all) {
            assertThat(table(edge, Long.MAX_VALUE)).containsEntry("office 192.168.1.1", "flushed");
        }
        world.pass(Tombstones.HORIZON_S - 7_200);
        // Life goes on, so that each has news, and is read again.
        for (int round = 0; round < 60; round++) {
            world.pass(300);
            all[random.nextInt(3)].learn(2, round % 5).settle();
            all[round % 3].meet(all[(round + 1) % 3]);
            all[round % 3].meet(all[(round + 2) % 3]);
        }
        meetAll(all);
        meetAll(all);
        final List<String> heads = new ArrayList<>();
        for (final Edge edge : all) {
            heads.add(edge.head());
            assertThat(edge.subjects())
                    .filteredOn(each -> each.startsWith("Arp.gc"))
                    .hasSize(1);
            assertThat(table(edge, Long.MAX_VALUE)).containsExactly(Map.entry("office 192.168.1.2", "live"));
        }
        for (int round = 0; round < 5; round++) {
            world.pass(1_800);
            meetAll(all);
        }
        for (int i = 0; i < all.length; i++) {
            assertThat(all[i].head()).isEqualTo(heads.get(i));
        }
    }

    private static void meetAll(final Edge... all) throws IOException {
        for (final Edge to : all) {
            for (final Edge from : all) {
                if (to != from) {
                    to.meet(from);
                }
            }
        }
    }

    /** Else a peer that never has anything to say would be kept from its first day on. */
    @Test
    void shouldTieALineThatWasNoNewsForLong() throws IOException {
        final Edge first = begun(1, 0);
        final Edge listener = begun(2, 0);
        final Peers peers = first.history().peers();
        first.learn(1, 1).settle();
        listener.meet(first);
        for (int i = 1; i < Peers.MOST_APART; i++) {
            peers.apart("edge-2", 1);
        }
        first.meet(listener);
        assertThat(first.subjects().getFirst()).startsWith("entry added");
        first.learn(2, 2).settle();
        listener.meet(first);
        first.meet(listener);
        assertThat(first.subjects().getFirst()).isEqualTo("Arp.merge: edge-2 into edge-1: nothing new");
        assertThat(first.git("merge-base", "primary", "refs/remotes/edge-2/primary"))
                .isEqualTo(listener.head());
        first.learn(3, 3).settle();
        listener.meet(first);
        first.meet(listener);
        assertThat(first.subjects().getFirst()).startsWith("entry added");
    }

    // ---- the beginning

    @Test
    void shouldBeginWithAPeersLineBeforeItsFirstCommit() throws IOException {
        final Edge first = begun(1, 0);
        first.learn(1, 1).settle();
        final Edge second = edge(2, 0);
        second.learn(2, 2).settle();
        world.pass(8);
        second.settle();
        assertThat(second.isBlank()).isTrue();
        second.meet(first);
        assertThat(second.head()).isEqualTo(first.head());
        second.settle();
        assertThat(second.subjects())
                .containsExactly(
                        "entry added: 192.168.1.2 -> 02:50:2a:16:6d:02",
                        "entry added: 192.168.1.1 -> 02:50:2a:16:6d:01",
                        "Arp.create: Initial empty cache");
        assertThat(second.git("log", "--first-parent", "--format=%an", "primary")
                        .lines())
                .containsExactly("edge-2", "edge-1", "edge-1");
        // From here on it goes its own way.
        first.learn(3, 3).settle();
        second.meet(first);
        assertThat(second.subjects().getFirst()).isEqualTo("Arp.merge: edge-1 into edge-2: 1 entry");
    }

    @Test
    void shouldWaitForItsPeersSomeSecondsAndNoLonger() throws IOException {
        final Edge alone = edge(1, 0);
        alone.learn(1, 1).settle();
        assertThat(alone.isBlank()).isTrue();
        world.pass(Seeding.LONGEST_MICROS / 1_000_000);
        alone.settle();
        assertThat(alone.subjects()).startsWith("entry added: 192.168.1.1 -> 02:50:2a:16:6d:01");
        alone.restart();
        alone.learn(2, 2).settle();
        assertThat(alone.subjects()).startsWith("entry added: 192.168.1.2 -> 02:50:2a:16:6d:02");
    }

    @Test
    void shouldWriteWhatWaitsForPeersWhenItEnds() throws IOException {
        final Edge alone = edge(1, 0);
        alone.learn(1, 1).settle();
        assertThat(alone.isBlank()).isTrue();
        alone.restart();
        assertThat(alone.subjects()).startsWith("entry added: 192.168.1.1 -> 02:50:2a:16:6d:01");
    }

    /** Its own first commit stands: what comes later comes beside it. */
    @Test
    void shouldKeepItsOwnBeginningWhenThePeerComesLater() throws IOException {
        final Edge first = begun(1, 0);
        first.learn(1, 1).settle();
        final Edge second = begun(2, 0);
        second.tell(NeighborChange.STATIC_ADDED, 2, 0, Edge.MAC).settle();
        second.meet(first);
        assertThat(second.subjects())
                .containsExactly(
                        "Arp.merge: edge-1 into edge-2: 1 entry",
                        "static entry added: 192.168.1.2 -> 02:50:2a:16:6d:00",
                        "Arp.create: Initial empty cache");
    }
}
