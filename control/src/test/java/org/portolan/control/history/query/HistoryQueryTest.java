package org.portolan.control.history.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.control.history.query.SampleRouter.address;
import static org.portolan.control.history.query.SampleRouter.mac;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.AddressLine.Place;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.query.Reading.BindingCache;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.StockGit;
import org.portolan.dataplane.wire.Ethernet;

/** Questions to real repositories, and stock git as the judge. */
@Timeout(120)
final class HistoryQueryTest {
    private static final long MONTH_S = 30 * 86_400L;
    private static final Asker PATIENT = () -> {};

    @TempDir
    private Path directory;

    private SampleRouter edge;

    @BeforeEach
    void begin() throws IOException {
        edge = new SampleRouter(directory.resolve("edge-1.git"), "edge-1", SampleRouter.BEGIN_S);
    }

    @AfterEach
    void end() throws IOException {
        edge.close();
    }

    private static HistoryQuery query(final SampleRouter router) {
        return query(router, 7);
    }

    private static HistoryQuery query(final SampleRouter router, final int stride) {
        return new HistoryQuery(
                router.git(),
                new WalkingTimeIndex(router.git(), stride),
                MONTH_S,
                () -> new HistoryStatus(List.of(), List.of()));
    }

    private List<String> log(final LogQuery query) throws IOException {
        return log(edge, query);
    }

    private static List<String> log(final SampleRouter router, final LogQuery query) throws IOException {
        final List<String> lines = new ArrayList<>();
        query(router).log(query, PATIENT, entry -> lines.add(line(entry)));
        return lines;
    }

    private static String line(final LogEntry entry) {
        final String macs = (entry.macOld() == 0 ? "" : Ethernet.describeMac(entry.macOld()) + ">")
                + (entry.mac() == 0 ? "-" : Ethernet.describeMac(entry.mac()));
        return "%s %s %s %s %s %s %s %s"
                .formatted(
                        entry.kind().word,
                        entry.segment(),
                        entry.address(),
                        macs.replace("02:50:2a:16:6d:", "m"),
                        entry.interfaceName(),
                        entry.detail(),
                        entry.by(),
                        entry.router());
    }

    private static LogQuery ofAddress(final int host) {
        return LogQuery.everything(1_000).ofAddress(address(host));
    }

    // ---- log

    @Test
    void shouldTellWhatHappenedToAnAddressAndNothingElse() throws IOException {
        edge.learn(address(20), mac(1)).learn(address(21), mac(2)).learn(address(20), mac(3));
        final SampleRouter.Expiry expiry = edge.expiry();
        edge.learn(address(22), mac(4));
        expiry.dead(address(20)).merge();
        edge.pin(address(20), mac(9), "root").unpin(address(20), "anna");
        edge.learn(address(20), mac(1)).seen(address(20), address(21)).flush(address(20), "root");
        edge.crowd(18, 5).write();
        final String[] expected = {
            "added office 192.168.1.20 m14 lan answered null edge-1",
            "flushed office 192.168.1.20 m01 lan operator root edge-1",
            "added office 192.168.1.20 m01 lan answered null edge-1",
            "static-removed office 192.168.1.20 m09 lan null anna edge-1",
            "static-added office 192.168.1.20 m09 lan null root edge-1",
            "expired office 192.168.1.20 m03 lan silent null edge-1",
            "moved office 192.168.1.20 m01>m03 lan answered null edge-1",
            "added office 192.168.1.20 m01 lan answered null edge-1"
        };
        assertThat(log(ofAddress(20))).containsExactly(expected);
        final List<String> withSeen = log(ofAddress(20).andQuiet());
        assertThat(withSeen)
                .hasSize(expected.length + 1)
                .contains("seen office 192.168.1.20 m01 lan answered null edge-1");
    }

    @Test
    void shouldTellEverythingByTheCommitsWords() throws IOException {
        edge.learn(address(20), mac(1)).learn(address(20), mac(3)).seen(address(20));
        edge.flush(address(20), "root").crowd(30, 2).collect(address(20)).write();
        assertThat(log(LogQuery.everything(100)))
                .containsExactly(
                        "added office 192.168.1.30 m1e null null null edge-1",
                        "added office 192.168.1.31 m1f null null null edge-1",
                        "flushed office 192.168.1.20 m03 lan operator root edge-1",
                        "moved office 192.168.1.20 m01>m03 lan answered null edge-1",
                        "added office 192.168.1.20 m01 lan answered null edge-1",
                        "created null null - null Initial empty cache null edge-1");
        assertThat(log(LogQuery.everything(100).andQuiet()))
                .hasSize(8)
                .contains(
                        "collected null null - null 1 tombstones collected null edge-1",
                        "seen null null - null 1 null edge-1");
    }

    @Test
    void shouldTellWhereAMacWas() throws IOException {
        edge.learn(address(20), mac(1)).learn(address(21), mac(2)).learn(address(20), mac(3));
        edge.crowd(1, 3).learn(address(40), mac(1)).write();
        assertThat(log(LogQuery.everything(100).ofMac(mac(1))))
                .containsExactly(
                        "added office 192.168.1.40 m01 lan answered null edge-1",
                        "added office 192.168.1.1 m01 null null null edge-1",
                        "moved office 192.168.1.20 m01>m03 lan answered null edge-1",
                        "added office 192.168.1.20 m01 lan answered null edge-1");
        assertThat(log(ofAddress(20).ofMac(mac(3)))).hasSize(1);
    }

    @Test
    void shouldStopAtTheLimitAndSayThatThereIsMore() throws IOException {
        for (int i = 1; i <= 10; i++) {
            edge.learn(address(20), mac(i));
        }
        edge.write();
        for (final LogQuery query :
                List.of(LogQuery.everything(3), LogQuery.everything(3).ofAddress(address(20)))) {
            final List<Long> macs = new ArrayList<>();
            assertThat(query(edge).log(query, PATIENT, entry -> macs.add(entry.mac())))
                    .isTrue();
            assertThat(macs).containsExactly(mac(10), mac(9), mac(8));
        }
        assertThat(query(edge).log(LogQuery.everything(11), PATIENT, entry -> {}))
                .isFalse();
    }

    @Test
    void shouldKeepToTheTimesThatAreAsked() throws IOException {
        for (int i = 1; i <= 10; i++) {
            edge.pass(99).learn(address(20), mac(i));
        }
        edge.write();
        final long beginS = SampleRouter.BEGIN_S;
        for (final LogQuery query : List.of(
                LogQuery.everything(99), ofAddress(20), LogQuery.everything(99).ofMac(mac(4)))) {
            final LogQuery some = query.between(beginS + 300, beginS + 500);
            final List<Long> times = new ArrayList<>();
            query(edge).log(some, PATIENT, entry -> times.add(entry.timeS() - beginS));
            assertThat(times).isSubsetOf(500L, 400L, 300L).contains(400L);
        }
        assertThat(log(LogQuery.everything(9).between(0, beginS - 1))).isEmpty();
        assertThat(log(ofAddress(20).between(beginS + 5_000, Long.MAX_VALUE))).isEmpty();
    }

    @Test
    void shouldFindWhatAMergeBroughtInAndWhoSawIt() throws IOException {
        try (SampleRouter peer = new SampleRouter(directory.resolve("edge-2.git"), "edge-2", SampleRouter.BEGIN_S)) {
            edge.learn(address(21), mac(1)).learn(address(20), mac(7)).pass(50);
            peer.pass(10)
                    .learn(address(20), mac(2))
                    .learn(address(20), mac(3))
                    .learn(address(30), mac(4))
                    .write();
            edge.fetch(peer).merge(peer).learn(address(22), mac(5)).write();
            assertThat(log(ofAddress(20)))
                    .containsExactly(
                            "conflict null 192.168.1.20 m07>m03 null Arp.merge: edge-2 into edge-1: 2 entries null edge-1",
                            "moved office 192.168.1.20 m07>m03 lan answered null edge-2",
                            "added office 192.168.1.20 m07 lan answered null edge-1");
            assertThat(log(ofAddress(30))).containsExactly("added office 192.168.1.30 m04 lan answered null edge-2");
            assertThat(log(LogQuery.everything(99).ofMac(mac(4)))).hasSize(1);
            assertThat(log(LogQuery.everything(99)))
                    .containsExactly(
                            "added office 192.168.1.22 m05 lan answered null edge-1",
                            "merged null null - null edge-2 into edge-1: 2 entries null edge-1",
                            "moved office 192.168.1.20 m03 null null null edge-2",
                            "added office 192.168.1.30 m04 null null null edge-2",
                            "conflict null 192.168.1.20 m07>m03 null Arp.merge: edge-2 into edge-1: 2 entries null edge-1",
                            "added office 192.168.1.20 m07 lan answered null edge-1",
                            "added office 192.168.1.21 m01 lan answered null edge-1",
                            "created null null - null Initial empty cache null edge-1");
        }
    }

    /** When the peer saw it is the peer's past: ours is when our table changed. */
    @Test
    void shouldDateWhatAMergeBroughtByTheMerge() throws IOException {
        try (SampleRouter peer = new SampleRouter(directory.resolve("edge-2.git"), "edge-2", SampleRouter.BEGIN_S)) {
            edge.learn(address(21), mac(1));
            peer.pass(10).learn(address(20), mac(2)).flush(address(20), "root").write();
            edge.pass(500).fetch(peer).merge(peer).pass(50).write();
            final long mergedS = edge.nowS() - 50;
            for (final LogQuery query : List.of(ofAddress(20), LogQuery.everything(99))) {
                assertThat(log(query.between(0, mergedS - 1))).noneMatch(line -> line.contains("192.168.1.20"));
                final List<Long> times = new ArrayList<>();
                query(edge).log(query.between(mergedS - 9, mergedS), PATIENT, entry -> times.add(entry.timeS()));
                assertThat(times).isNotEmpty().containsOnly(mergedS);
            }
            assertThat(log(ofAddress(20))).containsExactly("flushed office 192.168.1.20 m02 lan operator null edge-2");
            assertThat(who(20, mergedS - 1).getFirst().then().binding()).isNull();
            final Holding.Period now = who(20, Long.MAX_VALUE).getFirst().then();
            assertThat(now.fromS()).isEqualTo(mergedS);
            assertThat(now.how().router()).isEqualTo("edge-2");
            assertThat(now.how().by()).isEqualTo("root");
        }
    }

    @Test
    void shouldLeaveOutAMergeOfSightingsOnly() throws IOException {
        try (SampleRouter peer = new SampleRouter(directory.resolve("edge-2.git"), "edge-2", SampleRouter.BEGIN_S)) {
            edge.learn(address(20), mac(1)).write();
            peer.fetch(edge).merge(edge).seen(address(20)).write();
            edge.fetch(peer).merge(peer).write();
            assertThat(log(ofAddress(20))).hasSize(1);
            assertThat(log(ofAddress(20).andQuiet()))
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith("seen ");
        }
    }

    @Test
    void shouldAgreeWithStockGitOnEveryAddressOfOneRouter() throws IOException {
        for (int seed = 0; seed < 6; seed++) {
            try (SampleRouter router =
                    new SampleRouter(directory.resolve(seed + ".git"), "edge-1", SampleRouter.BEGIN_S)) {
                new RandomLife(seed).live(router, 300);
                router.write();
                for (int host = 0; host < RandomLife.HOSTS; host++) {
                    final List<String> told = new ArrayList<>();
                    final LogQuery query = LogQuery.everything(100_000)
                            .ofAddress(address(host))
                            .andQuiet();
                    query(router, 1 + seed * 5)
                            .log(
                                    query,
                                    PATIENT,
                                    entry -> told.add(entry.commit().name()));
                    assertThat(told)
                            .as("seed %d host %d", seed, host)
                            .containsExactlyElementsOf(
                                    lines(router.log("--format=%H", "--no-merges", "--", router.file(address(host)))));
                }
            }
        }
    }

    /** Its own line, and of its merges of expiry branches what is on the branch. */
    @Test
    void shouldTellWhatStockGitTellsOfRoutersThatMergeEachOther() throws IOException {
        int told = 0;
        for (int seed = 0; seed < 4; seed++) {
            final List<SampleRouter> routers = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                // Their clocks are not the same.
                routers.add(new SampleRouter(
                        directory.resolve("s" + seed + "-" + i),
                        "edge-" + i,
                        SampleRouter.BEGIN_S + (seed % 2) * 300L * i));
            }
            new RandomLife(100 + seed).liveTogether(routers, 30);
            for (final SampleRouter router : routers) {
                for (int host = 0; host < RandomLife.HOSTS; host++) {
                    final LogQuery query = LogQuery.everything(100_000)
                            .ofAddress(address(host))
                            .andQuiet();
                    final List<String> commits = new ArrayList<>();
                    query(router).log(query, PATIENT, entry -> {
                        if (entry.kind() != ChangeKind.CONFLICT) {
                            commits.add(entry.commit().name());
                        }
                    });
                    assertThat(commits)
                            .as("seed %d %s host %d", seed, router.path(), host)
                            .containsExactlyInAnyOrderElementsOf(ownLine(router, router.file(address(host))));
                    told += commits.size();
                }
            }
            for (final SampleRouter router : routers) {
                router.close();
            }
        }
        assertThat(told).isGreaterThan(300);
    }

    private static List<String> ownLine(final SampleRouter router, final String file) {
        final List<String> commits = new ArrayList<>();
        for (final String line : lines(router.log("--first-parent", "--format=%H %s", "--", file))) {
            final String id = line.substring(0, line.indexOf(' '));
            if (line.endsWith("Arp.tick: merge expiry branch")) {
                commits.addAll(lines(router.log("--format=%H", id + "^1.." + id + "^2", "--", file)));
            } else {
                commits.add(id);
            }
        }
        return commits;
    }

    private static List<String> lines(final String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    @Test
    void shouldFindOneChangeInAYearWithoutWalkingIt() throws IOException {
        final int commits = 6_000;
        edge.learn(address(20), mac(1));
        for (int i = 0; i < commits; i++) {
            edge.pass(5_000).learn(address(100 + i % 50), mac(i % 200));
            if (i % 20 == 0) {
                edge.seen(address(20));
            }
        }
        edge.write();
        final List<TimeIndex.Mark> marks = new ArrayList<>();
        new WalkingTimeIndex(edge.git(), 64).marks().forEach(marks::add);
        try (Reading reading = new Reading(edge.git(), new BindingCache(), PATIENT, missing -> {})) {
            final TimeIndex index = new TimeIndex() {
                @Override
                public Optional<Mark> before(final long second) {
                    throw new AssertionError("not asked");
                }

                @Override
                public long lineSecond(final long second, final long ordinal) {
                    return second;
                }

                @Override
                public boolean mayHaveCome(final int address, final long earlier, final long later) {
                    // No peer's history was ever merged.
                    return false;
                }

                @Override
                public Mark head() {
                    return marks.getFirst();
                }

                @Override
                public Iterable<Mark> marks() {
                    return marks;
                }
            };
            final List<String> lines = new ArrayList<>();
            final Place head = new Place(reading.head(), marks.getFirst().ordinal());
            new AddressLog(reading, head, ofAddress(20), index, MONTH_S)
                    .write((entry, second) -> lines.add(line(entry)));
            assertThat(lines).containsExactly("added office 192.168.1.20 m01 lan answered null edge-1");
            assertThat(reading.opened())
                    .as("objects read for %d commits", commits)
                    .isLessThan(commits / 6);
        }
    }

    @Test
    void shouldNotPassOverWhatCameAndWasForgottenInALongQuietTime() throws IOException {
        edge.learn(address(20), mac(1)).pass(MONTH_S).learn(address(21), mac(2)).flush(address(21), "root");
        edge.pass(2 * MONTH_S)
                .collect(address(21))
                .pass(MONTH_S)
                .learn(address(22), mac(3))
                .write();
        for (final int stride : new int[] {1, 2, 100}) {
            final List<String> kinds = new ArrayList<>();
            query(edge, stride).log(ofAddress(21), PATIENT, entry -> kinds.add(entry.kind().word));
            assertThat(kinds).containsExactly("flushed", "added");
        }
    }

    @Test
    void shouldEndTheSearchWhenTheAskerIsGone() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            edge.learn(address(i % 100), mac(i % 250));
        }
        edge.write();
        final int[] calls = new int[1];
        final Asker leaves = () -> {
            if (++calls[0] > 10) {
                throw new IOException("gone");
            }
        };
        final LogQuery never = LogQuery.everything(9).ofMac(mac(251));
        assertThatThrownBy(() -> query(edge).log(never, leaves, entry -> {})).hasMessage("gone");
        calls[0] = 0;
        assertThatThrownBy(() -> query(edge).log(ofAddress(20).ofMac(mac(251)), leaves, entry -> {}))
                .hasMessage("gone");
    }

    // ---- table

    @Test
    void shouldReadTheTableOfEveryMoment() throws IOException {
        final Map<Long, ObjectId> commits = new LinkedHashMap<>();
        final RandomLife life = new RandomLife(3);
        for (int i = 0; i < 60; i++) {
            life.live(edge, 1);
            commits.put(edge.nowS(), edge.tip());
            edge.pass(i % 3 * 10);
        }
        edge.write();
        for (final Map.Entry<Long, ObjectId> each : commits.entrySet()) {
            final Moment moment = query(edge).at(each.getKey(), PATIENT).orElseThrow();
            assertThat(moment.commit()).isEqualTo(each.getValue());
            final Map<BindingKey, Binding> table = new LinkedHashMap<>();
            query(edge).table(moment, PATIENT, (key, binding) -> table.put(key, binding) == null);
            assertThat(table).isEqualTo(edge.table(each.getValue()));
        }
        assertThat(query(edge).at(Long.MAX_VALUE, PATIENT)).map(Moment::commit).contains(edge.tip());
        assertThat(query(edge).at(SampleRouter.BEGIN_S - 1, PATIENT)).isEmpty();
        assertThat(query(edge).beginning(PATIENT).second()).isEqualTo(SampleRouter.BEGIN_S);
    }

    @Test
    void shouldReadTheTableInTheOrderOfNumbers() throws IOException {
        for (final int address :
                new int[] {0x0A00_000A, 0x0A00_0002, 0x0A00_0901, 0x0A00_0A01, 0x0A00_0064, 0xC0A8_0101}) {
            edge.learn(address, mac(1));
        }
        edge.write();
        final List<Integer> read = new ArrayList<>();
        query(edge).table(query(edge).at(Long.MAX_VALUE, PATIENT).orElseThrow(), PATIENT, (key, binding) -> {
            read.add(key.address());
            return true;
        });
        assertThat(read).containsExactly(0x0A00_0002, 0x0A00_000A, 0x0A00_0064, 0x0A00_0901, 0x0A00_0A01, 0xC0A8_0101);
    }

    @Test
    void shouldRefuseAFileThatHasNoPlaceInAHistory() throws IOException {
        edge.learn(address(20), mac(1)).write();
        final Path work = directory.resolve("work");
        StockGit.run(directory, "clone", "-q", edge.path().toString(), work.toString());
        Files.writeString(work.resolve("arp/0/office/192.168.1/020"), "x");
        StockGit.run(work, "add", ".");
        StockGit.run(work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "\u001B[2Jx");
        StockGit.run(work, "push", "-q", "origin", "primary");
        final HistoryQuery query = query(edge);
        final Moment head = query.at(Long.MAX_VALUE, PATIENT).orElseThrow();
        assertThatThrownBy(() -> query.table(head, PATIENT, (key, binding) -> true))
                .isInstanceOf(HistoryException.class)
                .hasMessage("the file arp/0/office/192.168.1/020 has no place in a history");
        assertThat(log(LogQuery.everything(1))).containsExactly("other null null - null \u001B[2Jx null a");
        assertThat(log(ofAddress(20))).hasSize(1);
    }

    // ---- who

    @Test
    void shouldTellWhoHadItBeforeThenAndAfter() throws IOException {
        edge.pass(9)
                .learn(address(20), mac(1))
                .pass(100)
                .learn(address(20), mac(2))
                .pass(50)
                .seen(address(20));
        final long thenS = edge.nowS();
        edge.pass(50);
        final SampleRouter.Expiry expiry = edge.expiry();
        edge.learn(address(30), mac(5));
        expiry.dead(address(20)).merge();
        edge.pin(address(20), mac(9), "root").write();
        final List<Holding> holdings = who(20, thenS);
        assertThat(holdings).hasSize(1);
        final Holding holding = holdings.getFirst();
        assertThat(holding.before().binding().mac()).isEqualTo(mac(1));
        assertThat(holding.then().binding().mac()).isEqualTo(mac(2));
        assertThat(holding.then().how().subject()).isEqualTo("entry moved: 192.168.1.20 -> 02:50:2a:16:6d:02");
        assertThat(holding.before().untilS()).isEqualTo(holding.then().fromS());
        assertThat(holding.then().fromS()).isEqualTo(SampleRouter.BEGIN_S + 111);
        assertThat(holding.after().binding().state()).isEqualTo("expired");
        assertThat(holding.after().how().subject()).startsWith("Arp.tick: updating to age out");
        assertThat(holding.then().untilS()).isEqualTo(holding.after().fromS());
        assertThat(who(20, Long.MAX_VALUE).getFirst().then().how().by()).isEqualTo("root");
        assertThat(who(20, Long.MAX_VALUE).getFirst().after()).isNull();
        assertThat(who(99, Long.MAX_VALUE)).isEmpty();
        assertThat(who(20, SampleRouter.BEGIN_S).getFirst().then().binding()).isNull();
        assertThat(who(20, SampleRouter.BEGIN_S).getFirst().after().binding().mac())
                .isEqualTo(mac(1));
    }

    private List<Holding> who(final int host, final long atS) throws IOException {
        return query(edge).who(address(host), query(edge).at(atS, PATIENT).orElseThrow(), PATIENT);
    }

    /** A peer that never saw it go has refreshed what had moved away, and brings it back. */
    @Test
    void shouldGoOnTellingOfAMoveThatAPeerTookBack() throws IOException {
        edge.learn(address(20), mac(1)).seen(address(20)).write();
        try (SampleRouter peer = new SampleRouter(directory.resolve("edge-2.git"), "edge-2", edge.nowS())) {
            peer.fetch(edge).merge(edge).pass(60);
            for (int i = 0; i < 5; i++) {
                peer.seen(address(20));
            }
            peer.write();
            edge.pass(70).learn(address(21), mac(2));
            final long thenS = edge.nowS();
            edge.learn(address(20), mac(3)).learn(address(21), mac(4)).write();
            final Moment then = query(edge).at(thenS, PATIENT).orElseThrow();
            final Holding answered = query(edge).who(address(20), then, PATIENT).getFirst();
            edge.pass(60).fetch(peer).merge(peer).pass(60).seen(address(20)).write();
            for (int stride = 1; stride < 9; stride++) {
                final Holding again =
                        query(edge, stride).who(address(20), then, PATIENT).getFirst();
                assertThat(again.then()).isEqualTo(answered.then());
                assertThat(again.after().binding()).isEqualTo(answered.after().binding());
                assertThat(again.after().untilS()).isNotZero();
            }
            assertThat(log(ofAddress(20)).stream().map(each -> each.split(" ")[3]))
                    .as("the conflict, and what each did")
                    .containsExactly("m03>m01", "m03>m01", "m01>m03", "m01");
        }
    }

    @Test
    void shouldTellOfEachSegmentApartAndWhichRouterSawIt() throws IOException {
        try (SampleRouter peer = new SampleRouter(directory.resolve("edge-2.git"), "edge-2", SampleRouter.BEGIN_S)) {
            peer.pass(5).on("lab").learn(address(20), mac(2)).write();
            edge.pass(7).learn(address(20), mac(1)).fetch(peer).merge(peer).write();
            final List<Holding> holdings = who(20, Long.MAX_VALUE);
            assertThat(holdings).extracting(each -> each.key().segment()).containsExactly("lab", "office");
            assertThat(holdings.getFirst().then().how().router()).isEqualTo("edge-2");
            assertThat(holdings.getFirst().then().how().subject()).startsWith("entry added");
            assertThat(holdings.getFirst().before().binding()).isNull();
        }
    }

    /** Against the tables of all commits, one after the other. */
    @Test
    void shouldAgreeWithAWalkThroughAllTables() throws IOException {
        final List<ObjectId> line = new ArrayList<>();
        final List<Long> times = new ArrayList<>();
        final RandomLife life = new RandomLife(11);
        for (int i = 0; i < 250; i++) {
            life.live(edge, 1);
            edge.pass(1);
        }
        edge.write();
        for (final String each : lines(edge.log("--first-parent", "--reverse", "--format=%H %ct"))) {
            line.add(ObjectId.fromString(each.substring(0, 40)));
            times.add(Long.parseLong(each.substring(41)));
        }
        final List<Map<BindingKey, Binding>> tables = new ArrayList<>();
        for (final ObjectId commit : line) {
            tables.add(edge.table(commit));
        }
        final Random random = new Random(5);
        for (int round = 0; round < 150; round++) {
            final int host = random.nextInt(RandomLife.HOSTS);
            final int at = random.nextInt(line.size() - 1);
            if (times.get(at).equals(times.get(at + 1))) {
                continue;
            }
            final BindingKey key = edge.key(address(host));
            final List<String> states =
                    tables.stream().map(table -> state(table.get(key))).toList();
            int from = at;
            while (from > 0 && states.get(from - 1).equals(states.get(at))) {
                from--;
            }
            int until = at;
            while (until < line.size() - 1 && states.get(until + 1).equals(states.get(at))) {
                until++;
            }
            final List<Holding> holdings = query(edge, 1 + round % 40)
                    .who(address(host), query(edge).at(times.get(at), PATIENT).orElseThrow(), PATIENT);
            if (new TreeSet<>(states).equals(Collections.singleton("nothing"))) {
                assertThat(holdings).isEmpty();
                continue;
            }
            final Holding holding = holdings.getFirst();
            assertThat(state(holding.then().binding())).isEqualTo(states.get(at));
            assertThat(holding.then().fromS()).isEqualTo(from == 0 ? 0 : times.get(from));
            assertThat(holding.then().untilS()).isEqualTo(until == line.size() - 1 ? 0 : times.get(until + 1));
            assertThat(holding.before() == null).isEqualTo(from == 0);
            if (from > 0) {
                assertThat(state(holding.before().binding())).isEqualTo(states.get(from - 1));
            }
            if (until < line.size() - 1) {
                assertThat(state(holding.after().binding())).isEqualTo(states.get(until + 1));
            }
        }
    }

    /** What refreshes leave as it is. */
    private static String state(final Binding binding) {
        if (binding == null) {
            return "nothing";
        }
        return binding.pinned() + " "
                + (binding.observed() == null
                        ? "-"
                        : binding.observed().isLive()
                                ? "live " + binding.observed().mac() + " "
                                        + binding.observed().sinceS()
                                : binding.observed().toString());
    }

    @Test
    void shouldHoldItsTongueAboutWhatWasBeforeTheBoundary() throws IOException {
        edge.learn(address(20), mac(1)).pass(10).learn(address(21), mac(2));
        final ObjectId boundary = edge.tip();
        final long boundaryS = edge.nowS();
        edge.pass(10).learn(address(22), mac(3)).write();
        Files.writeString(edge.path().resolve("shallow"), boundary.name() + "\n");
        assertThat(query(edge).at(boundaryS - 1, PATIENT)).isEmpty();
        assertThat(query(edge).beginning(PATIENT)).isEqualTo(new Moment(boundary, boundaryS, 1));
        assertThat(log(ofAddress(20))).isEmpty();
        assertThat(log(LogQuery.everything(9))).hasSize(2);
        final Holding holding = who(20, Long.MAX_VALUE).getFirst();
        assertThat(holding.then().binding().mac()).isEqualTo(mac(1));
        assertThat(holding.then().how()).isNull();
        assertThat(query(edge).graph(9, true, PATIENT).commits()).hasSize(2);
        assertThat(query(edge).graph(9, true, PATIENT).commits().getLast().boundary())
                .isTrue();
    }

    @Test
    void shouldSayInASentenceThatAnObjectIsMissing() throws IOException {
        edge.learn(address(20), mac(1)).write();
        for (final File file : edge.path().resolve("objects/pack").toFile().listFiles()) {
            assertThat(file.delete()).isTrue();
        }
        try (Repository anew =
                new FileRepositoryBuilder().setGitDir(edge.path().toFile()).build()) {
            final HistoryQuery query = new HistoryQuery(anew, new WalkingTimeIndex(anew, 9), MONTH_S, () -> null);
            assertThatThrownBy(() -> query.log(ofAddress(20), PATIENT, entry -> {}))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("cannot be read")
                    .hasMessageContaining("git -C " + edge.path() + " fsck");
        }
    }

    /** Its own reader of packs does not know the old form of an index. */
    @Test
    void shouldReadByJgitWhatItCannotReadItself() throws IOException {
        edge.learn(address(20), mac(1)).learn(address(21), mac(2)).write();
        StockGit.run(edge.path(), "-c", "pack.indexVersion=1", "repack", "-a", "-d", "-q");
        try (Repository anew =
                new FileRepositoryBuilder().setGitDir(edge.path().toFile()).build()) {
            final HistoryQuery query = new HistoryQuery(anew, new WalkingTimeIndex(anew, 9), MONTH_S, () -> null);
            assertThat(rows(query, Long.MAX_VALUE)).isEqualTo(2);
            assertThat(rows(query, SampleRouter.BEGIN_S)).isZero();
        }
    }

    private static int rows(final HistoryQuery query, final long second) throws IOException {
        final int[] rows = {0};
        query.table(query.at(second, PATIENT).orElseThrow(), PATIENT, (key, binding) -> ++rows[0] > 0);
        return rows[0];
    }

    /** Packs are replaced and pruned all the while, as the router does it, and faster. */
    @Test
    void shouldReadOnWhilePacksAreReplaced() throws Exception {
        for (int i = 0; i < 40; i++) {
            edge.learn(address(20), mac(i)).learn(address(21), mac(i)).write();
        }
        final HistoryQuery query = query(edge);
        final AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            final List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(threads.submit(() -> {
                    int rounds = 0;
                    while (!done.get()) {
                        final int[] told = new int[2];
                        query.log(ofAddress(20), PATIENT, entry -> told[0]++);
                        query.log(LogQuery.everything(1_000), PATIENT, entry -> told[1]++);
                        assertThat(told[0]).isGreaterThanOrEqualTo(40);
                        assertThat(told[1]).isGreaterThanOrEqualTo(81);
                        assertThat(query.graph(1_000, true, PATIENT).commits()).hasSizeGreaterThanOrEqualTo(81);
                        assertThat(rows(query, Long.MAX_VALUE)).isEqualTo(2);
                        rounds++;
                    }
                    return rounds;
                }));
            }
            for (int i = 0; i < 25; i++) {
                edge.learn(address(20), mac(100 + i)).write();
                StockGit.run(edge.path(), "repack", "-a", "-d", "-q");
                StockGit.run(edge.path(), "prune", "--expire=now");
            }
            done.set(true);
            for (final Future<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
    }
}
