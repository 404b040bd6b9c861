package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.peer.MergeResult.Kind;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;

@Timeout(60)
final class PeerFetchTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    private Path directory;

    private Scribble ours;
    private Scribble theirs;
    private PeerServer server;
    private PeerFetch fetch;

    @BeforeEach
    void begin() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        theirs = new Scribble(directory.resolve("theirs.git"), "edge-2");
        theirs.grow(12);
        serve();
    }

    private void serve() throws IOException {
        server = PeerServer.start(theirs.history, ANY_PORT);
        fetch = new PeerFetch(ours.history, "edge-2", url(), new FetchRoom());
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        assertThat(ours.history.path().resolve("quarantine")).doesNotExist();
        StockGit.requireSound(ours.history.path());
        ours.close();
        theirs.close();
    }

    private URI url() {
        return URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git");
    }

    private MergeResult pull() throws IOException {
        return pull(ours, fetch).orElseThrow();
    }

    /** As the historian does it. */
    static Optional<MergeResult> pull(final Scribble to, final PeerFetch from) throws IOException {
        final Optional<Fetched> fetched = from.fetch(to.nowS);
        if (fetched.isEmpty()) {
            return Optional.empty();
        }
        try (Fetched each = fetched.get();
                Batch batch = to.history.batch()) {
            each.adopt(batch);
            final MergeResult merged = Scribble.merging(batch).merge(to.head(), each.head(), to.nowS);
            if (!merged.head().equals(to.head())) {
                batch.move(HistoryRepository.PRIMARY, merged.head());
            }
            batch.finish();
            each.settle(Long.MAX_VALUE);
            to.observe();
            return Optional.of(merged);
        }
    }

    private String count(final Path repository) {
        return StockGit.run(repository, "rev-list", "--count", "primary").strip();
    }

    @Test
    void shouldSeedAnEmptyHistoryWithThePeers() throws IOException {
        final MergeResult seeded = pull();
        assertThat(seeded.kind()).isEqualTo(Kind.SEEDED);
        assertThat(seeded.differences()).hasSize(12).allMatch(each -> each.before() == null);
        assertThat(ours.head()).isEqualTo(theirs.head());
        assertThat(ours.table()).isEqualTo(theirs.table()).hasSize(12);
        assertThat(ours.history.git().exactRef("refs/remotes/edge-2/primary").getObjectId())
                .isEqualTo(theirs.head());
    }

    @Test
    void shouldMergeWhatThePeerAddsAndTakeOnlyWhatIsNew() throws IOException {
        theirs.grow(500);
        pull();
        final long first = fetch.receivedBytes();
        for (int round = 0; round < 5; round++) {
            theirs.learn(round, 100 + round);
            assertThat(pull().kind()).isEqualTo(Kind.MERGED);
            assertThat(ours.tree()).isEqualTo(theirs.tree());
        }
        assertThat(fetch.receivedBytes() - first).isLessThan(first / 10);
        assertThat(ours.table()).isEqualTo(theirs.table());
    }

    @Test
    void shouldSayNothingWhenThePeerHasNothingNew() throws IOException {
        pull();
        assertThat(fetch.fetch(ours.nowS)).isEmpty();
        assertThat(fetch.fetch(ours.nowS)).isEmpty();
    }

    @Test
    void shouldGiveOnceMoreAfterAStartWhatWasAdoptedAndPerhapsNotMerged() throws IOException {
        pull();
        final PeerFetch afterRestart = new PeerFetch(ours.history, "edge-2", url(), new FetchRoom());
        assertThat(pull(ours, afterRestart).orElseThrow().kind()).isEqualTo(Kind.NOTHING);
        assertThat(afterRestart.fetch(ours.nowS)).isEmpty();
    }

    @Test
    void shouldChangeNothingBeforeItIsAdopted() throws IOException {
        final Map<String, String> before = Listing.of(ours.history.path());
        try (Fetched fetched = fetch.fetch(ours.nowS).orElseThrow()) {
            assertThat(fetched.head()).isEqualTo(theirs.head());
            final Map<String, String> now = Listing.of(ours.history.path());
            now.keySet().removeIf(file -> file.startsWith("quarantine"));
            assertThat(now).isEqualTo(before);
            StockGit.requireSound(ours.history.path());
        }
        assertThat(Listing.of(ours.history.path())).isEqualTo(before);
    }

    @Test
    void shouldMergeTwoHistoriesThatBeganByThemselves() throws IOException {
        ours.learn(50, 7);
        final MergeResult merged = pull();
        assertThat(merged.kind()).isEqualTo(Kind.MERGED);
        assertThat(ours.table()).hasSize(13);
        assertThat(StockGit.run(ours.history.path(), "log", "-1", "--format=%s%n%an <%ae>%n%P", "primary"))
                .startsWith("Arp.merge\nedge-1 <edge-1@portolan>\n")
                .contains(theirs.head().name());
    }

    @Test
    void shouldReadFromStockGitsDaemon() throws IOException {
        try (StockDaemon daemon = new StockDaemon(directory)) {
            fetch = new PeerFetch(ours.history, "edge-2", daemon.url("theirs.git"), new FetchRoom());
            pull();
            theirs.grow(3);
            pull();
            assertThat(ours.table()).isEqualTo(theirs.table());
        }
    }

    @Test
    void shouldReadAPackWithDeltas() throws IOException {
        theirs.grow(300);
        StockGit.run(theirs.history.path(), "repack", "-adfq", "--depth=50", "--window=50");
        assertThat(StockGit.run(theirs.history.path(), "verify-pack", "-s", packOf(theirs)))
                .contains("chain length");
        try (StockDaemon daemon = new StockDaemon(directory)) {
            fetch = new PeerFetch(ours.history, "edge-2", daemon.url("theirs.git"), new FetchRoom());
            pull();
            assertThat(ours.table()).isEqualTo(theirs.table());
        }
    }

    private static String packOf(final Scribble scribble) throws IOException {
        try (var files = Files.list(scribble.history.path().resolve("objects/pack"))) {
            return files.filter(file -> file.toString().endsWith(".idx"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    @Test
    void shouldReadOverHttp() throws IOException {
        try (StockHttp http = new StockHttp(directory)) {
            fetch = new PeerFetch(ours.history, "edge-2", http.url("theirs.git"), new FetchRoom());
            pull();
            theirs.grow(3);
            pull();
            assertThat(ours.table()).isEqualTo(theirs.table());
            assertThat(fetch.fetch(ours.nowS)).isEmpty();
        }
    }

    // ---- boundaries

    /** Their history, cut so that this many commits are left. */
    private void cutTheirs(final int left) throws IOException {
        server.close();
        theirs.close();
        final Path full = directory.resolve("full.git");
        Files.move(directory.resolve("theirs.git"), full);
        StockGit.run(directory, "clone", "-q", "--bare", "--depth=" + left, "file://" + full, "theirs.git");
        theirs = new Scribble(directory.resolve("theirs.git"), "edge-2");
        serve();
    }

    @Test
    void shouldTakeOverTheBoundaryOfAPeer() throws IOException {
        cutTheirs(5);
        pull();
        assertThat(count(ours.history.path())).isEqualTo("5");
        assertThat(Files.readString(ours.history.path().resolve("shallow")))
                .isEqualTo(Files.readString(theirs.history.path().resolve("shallow")));
        StockGit.requireSound(ours.history.path());
        theirs.grow(4);
        assertThat(pull().kind()).isEqualTo(Kind.MERGED);
        assertThat(count(ours.history.path())).isEqualTo("10");
    }

    @Test
    void shouldTakeOverTheBoundaryOfAPeerThatStockGitServes() throws IOException {
        cutTheirs(5);
        try (StockDaemon daemon = new StockDaemon(directory)) {
            fetch = new PeerFetch(ours.history, "edge-2", daemon.url("theirs.git"), new FetchRoom());
            ours.learn(70, 7);
            assertThat(pull().kind()).isEqualTo(Kind.MERGED);
            theirs.grow(2);
            pull();
            assertThat(ours.table()).hasSize(theirs.table().size() + 1);
        }
    }

    private static final PeerFetch.Limits SHALLOW =
            new PeerFetch.Limits(1 << 20, PackScan.Limits.STANDARD, 4, Watch.Times.STANDARD);

    /** Its server has not the memory to pack all of it, say. */
    @Test
    void shouldTakeTheLastPartOfAHistoryThatIsTooLargeToBeGiven() throws IOException {
        theirs.grow(60);
        server.close();
        server = PeerServer.start(
                theirs.history, ANY_PORT, new PeerServer.Limits(8, 4, 150, 5_000, 10_000, 60_000, 4 << 20));
        fetch = new PeerFetch(ours.history, "edge-2", url(), new FetchRoom(), SHALLOW);
        assertThat(pull().kind()).isEqualTo(Kind.SEEDED);
        assertThat(count(ours.history.path())).isEqualTo("4");
        assertThat(ours.table()).isEqualTo(theirs.table());
        theirs.grow(6);
        assertThat(pull().kind()).isEqualTo(Kind.MERGED);
        assertThat(count(ours.history.path())).isEqualTo("11");
    }

    @Test
    void shouldTakeTheLastPartOfAHistoryThatIsTooLargeToBeTaken() throws IOException {
        theirs.grow(60);
        final PackScan.Limits small = new PackScan.Limits(150, 1 << 20, 1 << 20, 250, 1 << 20);
        try (StockDaemon daemon = new StockDaemon(directory)) {
            fetch = new PeerFetch(
                    ours.history,
                    "edge-2",
                    daemon.url("theirs.git"),
                    new FetchRoom(),
                    new PeerFetch.Limits(1 << 20, small, 4, Watch.Times.STANDARD));
            ours.learn(90, 9);
            assertThat(pull().kind()).isEqualTo(Kind.MERGED);
            assertThat(ours.table()).containsAllEntriesOf(theirs.table());
            StockGit.requireSound(ours.history.path());
            theirs.grow(2);
            ours.learn(91, 9);
            assertThat(pull().kind()).isEqualTo(Kind.MERGED);
            assertThat(ours.table()).containsAllEntriesOf(theirs.table());
        }
    }

    /** What is here is not cut off where the peer was asked for no more. */
    @Test
    void shouldKeepItsOwnHistoryWhenOnlyTheLastPartIsTaken() throws IOException {
        pull();
        theirs.grow(60);
        server.close();
        server = PeerServer.start(
                theirs.history, ANY_PORT, new PeerServer.Limits(8, 4, 150, 5_000, 10_000, 60_000, 4 << 20));
        fetch = new PeerFetch(ours.history, "edge-2", url(), new FetchRoom(), SHALLOW);
        assertThat(pull().kind()).isEqualTo(Kind.MERGED);
        assertThat(ours.table()).isEqualTo(theirs.table());
        assertThat(count(ours.history.path())).isEqualTo("18");
        theirs.grow(60);
        server.close();
        server = PeerServer.start(theirs.history, ANY_PORT);
        fetch = new PeerFetch(
                ours.history,
                "edge-2",
                url(),
                new FetchRoom(),
                new PeerFetch.Limits(
                        1 << 20, new PackScan.Limits(150, 1 << 20, 1 << 20, 250, 1 << 20), 4, Watch.Times.STANDARD));
        assertThat(pull().kind()).isEqualTo(Kind.MERGED);
        assertThat(ours.table()).isEqualTo(theirs.table());
        assertThat(count(ours.history.path())).isEqualTo("23");
    }

    @Test
    void shouldKeepItsOwnLongerHistoryWhenThePeerForgets() throws IOException {
        pull();
        theirs.grow(3);
        cutTheirs(3);
        assertThat(pull().kind()).isEqualTo(Kind.MERGED);
        assertThat(ours.table()).isEqualTo(theirs.table());
        assertThat(count(ours.history.path())).isEqualTo("17");
        assertThat(ours.history.path().resolve("shallow")).doesNotExist();
    }

    @Test
    void shouldGoOnAfterAGapThatThePeerHasForgotten() throws IOException {
        pull();
        theirs.grow(10);
        cutTheirs(4);
        final MergeResult merged = pull();
        assertThat(merged.kind()).isEqualTo(Kind.MERGED);
        assertThat(ours.table()).isEqualTo(theirs.table());
        StockGit.requireSound(ours.history.path());
        theirs.grow(1);
        pull();
        assertThat(ours.table()).isEqualTo(theirs.table());
    }

    @Test
    void shouldFetchIntoAHistoryThatHasABoundary() throws IOException {
        pull();
        ours.grow(5);
        ours.close();
        Files.move(directory.resolve("ours.git"), directory.resolve("long.git"));
        StockGit.run(directory, "clone", "-q", "--bare", "--depth=3", "file://" + directory + "/long.git", "ours.git");
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        fetch = new PeerFetch(ours.history, "edge-2", url(), new FetchRoom());
        theirs.grow(2);
        pull();
        assertThat(ours.table()).containsAllEntriesOf(theirs.table());
        StockGit.requireSound(ours.history.path());
    }

    /** What we have forgotten is on the disk for a while: the peer's history begins there, and ours does not. */
    @Test
    void shouldTakeAPeersBoundaryThatIsHereBehindOurOwn() throws IOException {
        pull();
        StockGit.run(ours.history.path(), "update-ref", "-d", "refs/remotes/edge-2/primary");
        final ObjectId parted = ours.head();
        ours.grow(5);
        theirs.learn(50, 5);
        try (PeerServer back = PeerServer.start(ours.history, ANY_PORT)) {
            pull(
                    theirs,
                    new PeerFetch(
                            theirs.history,
                            "edge-1",
                            URI.create("git://127.0.0.1:" + back.address().getPort() + "/"),
                            new FetchRoom()));
        }
        final String forgotten = StockGit.run(ours.history.path(), "rev-parse", "primary~2");
        Files.writeString(ours.history.path().resolve("shallow"), forgotten);
        Files.writeString(theirs.history.path().resolve("shallow"), parted.name() + "\n");
        assertThat(pull().kind()).isEqualTo(Kind.MERGED);
        assertThat(ours.table()).isEqualTo(theirs.table());
        assertThat(Files.readString(ours.history.path().resolve("shallow"))).contains(forgotten.strip(), parted.name());
        StockGit.requireSound(ours.history.path());
    }

    @Test
    void shouldNotAdoptWhatMayLeanOnWhatWasForgottenMeanwhile() throws IOException {
        pull();
        theirs.grow(2);
        final ObjectId before = ours.head();
        try (Fetched fetched = fetch.fetch(ours.nowS).orElseThrow();
                Batch batch = ours.history.batch()) {
            Files.writeString(ours.history.path().resolve("shallow"), before.name() + "\n");
            assertThatThrownBy(() -> fetched.adopt(batch))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("this history was shortened while the peer's was fetched");
        }
        pull();
        assertThat(ours.table()).isEqualTo(theirs.table());
    }

    @Test
    void shouldNotAdoptWhatMayLeanOnAPeersOldHeadThatIsGone() throws IOException {
        pull();
        theirs.grow(2);
        try (Fetched fetched = fetch.fetch(ours.nowS).orElseThrow();
                Batch batch = ours.history.batch()) {
            StockGit.run(ours.history.path(), "update-ref", "-d", "refs/remotes/edge-2/primary");
            assertThatThrownBy(() -> fetched.adopt(batch))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("this history was shortened while the peer's was fetched");
        }
    }

    // ---- quarantine

    @Test
    void shouldSweepWhatACrashLeftInQuarantine() throws IOException {
        final Path left = ours.history.path().resolve("quarantine/edge-9/objects/pack");
        Files.createDirectories(left);
        Files.writeString(left.resolve("incoming_1.pack"), "half");
        Files.createSymbolicLink(left.resolve("link"), directory.resolve("theirs.git"));
        PeerFetch.sweep(ours.history.path());
        assertThat(ours.history.path().resolve("quarantine")).doesNotExist();
        assertThat(directory.resolve("theirs.git/HEAD")).exists();
        PeerFetch.sweep(ours.history.path());
    }

    @Test
    void shouldBeginAnewOverWhatACrashLeft() throws IOException {
        final Path left = ours.history.path().resolve("quarantine/edge-2/objects/pack");
        Files.createDirectories(left);
        Files.writeString(left.resolve("pack-" + "1".repeat(40) + ".pack"), "half");
        pull();
        assertThat(ours.head()).isEqualTo(theirs.head());
    }
}
