package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.peer.MergeResult.Kind;
import org.portolan.control.history.peer.PeerFetch.Extent;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;

/** Of a peer that has used up its share the table is read and nothing is taken over. */
@Timeout(60)
final class HeadAloneTest {
    private static final String REMOTE = "refs/remotes/edge-2/primary";

    @TempDir
    private Path directory;

    private Scribble ours;
    private Scribble theirs;

    @BeforeEach
    void begin() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        theirs = new Scribble(directory.resolve("theirs.git"), "edge-2");
        theirs.grow(12);
    }

    @AfterEach
    void end() throws IOException {
        StockGit.requireSound(ours.history.path());
        ours.close();
        theirs.close();
    }

    @Test
    void shouldTakeWhatIsSharedFromThisServer() throws IOException {
        try (PeerServer server =
                PeerServer.start(theirs.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            shouldTakeWhatIsShared(
                    URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git"));
        }
    }

    @Test
    void shouldTakeWhatIsSharedFromStockGit() throws IOException {
        try (StockDaemon daemon = new StockDaemon(directory)) {
            shouldTakeWhatIsShared(daemon.url("theirs.git"));
        }
    }

    private void shouldTakeWhatIsShared(final URI url) throws IOException {
        final FetchRoom room = new FetchRoom();
        PeerFetchTest.pull(ours, new PeerFetch(ours.history, "edge-2", url, room));
        final String before = StockGit.run(ours.history.path(), "rev-parse", REMOTE);
        final PeerFetch alone = new PeerFetch(ours.history, "edge-2", url, room, () -> Extent.HEAD_ALONE);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                theirs.learn(i, 100 * round + i);
                theirs.commit(elsewhere(i, 100 * round + i), "elsewhere");
            }
            final MergeResult merged = lend(alone);
            assertThat(merged.kind()).isEqualTo(Kind.MERGED);
            assertThat(merged.differences()).hasSize(5);
            assertThat(ours.parents()).hasSize(1);
            assertThat(alone.fetch(ours.nowS)).as("it was taken").isEmpty();
        }
        final Map<BindingKey, Binding> shared = theirs.table();
        shared.keySet().removeIf(key -> key.segment().equals("elsewhere"));
        assertThat(ours.table()).isEqualTo(shared);
        assertThat(StockGit.run(ours.history.path(), "rev-parse", REMOTE)).isEqualTo(before);
        assertThat(Shallow.read(ours.history.git())).isEmpty();
        assertThat(StockGit.run(ours.history.path(), "fsck", "--unreachable", "--no-progress", "--connectivity-only"))
                .doesNotContain("missing");
        PeerFetchTest.pull(ours, new PeerFetch(ours.history, "edge-2", url, room));
        assertThat(ours.table()).isEqualTo(theirs.table());
        assertThat(ours.parents()).hasSize(2);
    }

    private Map<BindingKey, Binding> elsewhere(final int host, final int mac) {
        final Map<BindingKey, Binding> changes = new HashMap<>();
        changes.put(new BindingKey(0, "elsewhere", 0x0A00_0001 + host), new Binding(theirs.live(mac), null));
        return changes;
    }

    /** As the historian does it. */
    private MergeResult lend(final PeerFetch from) throws IOException {
        try (Fetched fetched = from.fetch(ours.nowS).orElseThrow();
                Batch batch = ours.history.batch()) {
            assertThat(fetched.isHeadAlone()).isTrue();
            fetched.lend(batch);
            final MergeResult merged = Scribble.merging(batch)
                    .ofSegments("arp/0/office"::equals)
                    .merge(ours.head(), fetched.head(), ours.nowS);
            batch.move(HistoryRepository.PRIMARY, merged.head());
            batch.finish();
            fetched.settle(Long.MAX_VALUE);
            return merged;
        }
    }
}
