package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.StockGit;

/** A peer whose history is cut off in many places gives ours a boundary of bounded size. */
@Timeout(60)
final class BoundaryShareTest {
    private static final int SHARE = 1_000;
    private static final int ALL = 5_000;

    @TempDir
    private Path directory;

    private final FetchRoom room = new FetchRoom();
    private Scribble ours;
    private FakePeer peer;
    private PeerFetch fetch;
    /** The peer's head after the last history that it gave. */
    private ObjectId head;

    private int number;

    @BeforeEach
    void begin() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        peer = new FakePeer();
        fetch = fetch("edge-2");
    }

    @AfterEach
    void end() throws IOException {
        peer.close();
        ours.close();
    }

    private PeerFetch fetch(final String name) {
        return new PeerFetch(ours.history, name, peer.url(), room);
    }

    /** A line of merges, and each brings in a commit whose parent is nowhere. */
    private void cutOff(final int times, final boolean says) throws IOException {
        final RawHistory raw = new RawHistory();
        final ObjectId tree = raw.goodTree();
        final List<String> said = new ArrayList<>(List.of("shallow-info\n"));
        head = head == null ? raw.commit(tree) : head;
        for (int i = 0; i < times; i++) {
            number++;
            final ObjectId nowhere = ObjectId.fromString("%040x".formatted(number));
            final ObjectId cut = raw.commit(tree, nowhere);
            said.add("shallow " + cut.name() + "\n");
            head = raw.commit(tree, head, cut);
        }
        final byte[] info =
                FakePeer.concat(FakePeer.packets(said.toArray(String[]::new)), new byte[] {'0', '0', '0', '1'});
        final byte[] pack = FakePeer.concat(
                FakePeer.packets("packfile\n"), FakePeer.band(1, raw.pack()), FakePeer.packets((String) null));
        peer.has(head).answers(says ? FakePeer.concat(info, pack) : pack);
    }

    private void assertRefused(final PeerFetch from, final String why) throws IOException {
        final Set<ObjectId> before = Shallow.read(ours.history.git());
        assertThatThrownBy(() -> PeerFetchTest.pull(ours, from))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("is refused")
                .hasMessageContaining(why);
        assertThat(Shallow.read(ours.history.git())).isEqualTo(before);
    }

    @Test
    void shouldRefuseAPeerWhoseBoundaryIsMoreThanItsShare() throws IOException {
        ours.grow(1);
        cutOff(SHARE + 1, true);
        assertRefused(fetch, "peer edge-2 is refused: " + peer.url() + " cuts its history off in 1001 places");
    }

    @Test
    void shouldTakeABoundaryOfAWholeShareAndNoMoreOfTheSamePeer() throws IOException {
        ours.grow(1);
        cutOff(SHARE - 1, true);
        PeerFetchTest.pull(ours, fetch);
        cutOff(1, true);
        PeerFetchTest.pull(ours, fetch);
        assertThat(Shallow.read(ours.history.git())).hasSize(SHARE);
        final ObjectId taken = head;
        cutOff(1, true);
        assertRefused(fetch, "cuts its history off in 1001 places");
        head = taken;
        cutOff(0, true);
        PeerFetchTest.pull(ours, fetch);
        assertThat(fetch.fetch(ours.nowS)).as("what cuts nothing off is taken").isEmpty();
    }

    /** A server need not say what lies behind our own boundary, so this one is found by its missing parents alone. */
    @Test
    void shouldRefuseABoundaryThatThePeerDoesNotAnnounce() throws IOException {
        ours.grow(2);
        Shallow.write(ours.history.git(), List.of(ours.head()));
        cutOff(SHARE + 1, false);
        assertRefused(fetch, "cuts its history off in 1001 places");
    }

    /** Its memory is the network's, and so is its boundary. */
    @Test
    void shouldBeginWithALargerBoundaryThanAShare() throws IOException {
        cutOff(SHARE + 1, true);
        PeerFetchTest.pull(ours, fetch);
        assertThat(Shallow.read(ours.history.git())).hasSize(SHARE + 1);
        cutOff(1, true);
        PeerFetchTest.pull(ours, fetch);
        assertThat(Shallow.read(ours.history.git())).hasSize(SHARE + 2);
    }

    @Test
    void shouldRefuseABoundaryThatIsTooLargeWithAllOfThem() throws IOException {
        cutOff(ALL - 1, true);
        PeerFetchTest.pull(ours, fetch);
        cutOff(2, true);
        assertRefused(fetch, "would give this history a boundary of 5001 commits");
        assertRefused(fetch("edge-3"), "would give this history a boundary of 5001 commits");
    }

    // ---- those that wait for their turn

    /** A fetch that waits for its turn, until the turn is given back. */
    private CompletableFuture<Fetched> waiting(final PeerFetch from) throws InterruptedException {
        final CompletableFuture<Fetched> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(from.fetch(ours.nowS).orElseThrow());
            } catch (final IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        while (room.turns().size() < 2) {
            assertThat(result).isNotDone();
            Thread.sleep(5);
        }
        return result;
    }

    private void adopt(final Fetched fetched) throws IOException {
        try (fetched;
                Batch batch = ours.history.batch()) {
            fetched.adopt(batch);
            batch.finish();
        }
    }

    @Test
    void shouldTakeAPeerThatWaitedWhileAnotherMovedTheBoundary() throws Exception {
        ours.grow(1);
        try (Scribble theirs = new Scribble(directory.resolve("theirs.git"), "edge-3");
                PeerServer server =
                        PeerServer.start(theirs.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            final URI url = URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git");
            final PeerFetch honest = new PeerFetch(ours.history, "edge-3", url, room);
            for (int round = 0; round < 3; round++) {
                theirs.grow(3);
                cutOff(1, true);
                final Fetched moving = fetch.fetch(ours.nowS).orElseThrow();
                final CompletableFuture<Fetched> waiting = waiting(honest);
                adopt(moving);
                adopt(waiting.get());
                assertThat(Shallow.read(ours.history.git())).hasSize(round + 1);
                assertThat(ours.history
                                .git()
                                .exactRef("refs/remotes/edge-3/primary")
                                .getObjectId())
                        .isEqualTo(theirs.head());
            }
        }
        StockGit.requireSound(ours.history.path());
    }

    @Test
    void shouldNotBlameAPeerWhenWhatItLeansOnWasForgottenWhileItWaited() throws Exception {
        try (Scribble theirs = new Scribble(directory.resolve("theirs.git"), "edge-3");
                PeerServer server =
                        PeerServer.start(theirs.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            final URI url = URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git");
            final PeerFetch honest = new PeerFetch(ours.history, "edge-3", url, room);
            theirs.grow(3);
            PeerFetchTest.pull(ours, honest);
            theirs.grow(1);
            ours.learn(0, 99);
            final Turns.Turn turn = room.turns().take(() -> false).orElseThrow();
            final CompletableFuture<Fetched> waiting = waiting(honest);
            Shallow.write(ours.history.git(), List.of(ours.head()));
            StockGit.run(ours.history.path(), "update-ref", "-d", "refs/remotes/edge-3/primary");
            turn.close();
            assertThatThrownBy(waiting::get)
                    .hasMessageContaining("peer edge-3: this history was shortened while the peer's was fetched");
            PeerFetchTest.pull(ours, honest);
            assertThat(ours.table()).hasSize(4);
        }
    }
}
