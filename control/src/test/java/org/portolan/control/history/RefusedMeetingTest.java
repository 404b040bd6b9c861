package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.store.StockGit;

/** What a peer sent was sound, and is not merged all the same: nothing of it stays. */
class RefusedMeetingTest {
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final int A1 = 0xC0A80301;
    private static final int A9 = 0xC0A80309;

    @TempDir
    Path directory;

    private HistoryRig ours;
    private HistoryRig theirs;
    private PeerServer server;

    @BeforeEach
    void open() throws IOException {
        ours = new HistoryRig(directory, "edge-1", 0);
        theirs = new HistoryRig(directory, "edge-2", 0);
        server = theirs.serve();
        ours.tell(LEARNED, A1, 0, M1).settle();
        theirs.tell(LEARNED, A9, 0, M1).settle();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        theirs.close();
        ours.close();
        StockGit.requireSound(ours.path());
    }

    @Test
    void shouldLeaveNoPackOfAPeersHistoryThatIsNotMerged() throws IOException {
        final List<String> packs = packs();
        final String head = ours.head();
        final Path lock = Files.createFile(ours.path().resolve("refs/heads/primary.lock"));
        for (int i = 0; i < 3; i++) {
            ours.meet("edge-2", HistoryRig.url(server));
        }
        assertThat(ours.counters().failures()).isEqualTo(3);
        assertThat(ours.head()).isEqualTo(head);
        assertThat(packs()).isEqualTo(packs);
        assertThat(ours.path().resolve("quarantine")).doesNotExist();
        StockGit.requireSound(ours.path());
        Files.delete(lock);
        ours.meet("edge-2", HistoryRig.url(server));
        assertThat(ours.file(A9)).contains("02:50:2a:16:6d:01");
        assertThat(ours.file(A1)).contains("02:50:2a:16:6d:01");
        assertThat(ours.git("rev-parse", "refs/remotes/edge-2/primary").strip()).isEqualTo(theirs.head());
    }

    private List<String> packs() throws IOException {
        try (var files = Files.list(ours.path().resolve("objects/pack"))) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
