package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.HistoryException;

/** What one peer takes, it must not take from the others for good. */
@Timeout(60)
final class FetchRoomTest {
    private static final int SMALL_BYTES = 10_000;
    private static final int SHARED_BYTES = 1_000_000;

    @TempDir
    Path directory;

    private Scribble ours;
    private Scribble theirs;
    private PeerServer server;

    @BeforeEach
    void open() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        theirs = new Scribble(directory.resolve("theirs.git"), "edge-2");
        server = PeerServer.start(theirs.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        ours.close();
        theirs.close();
    }

    private PeerFetch fetch(final FetchRoom room) {
        return new PeerFetch(
                ours.history,
                "edge-2",
                URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git"),
                room);
    }

    @Test
    void shouldBoundWhatAllPeersTogetherSpool() throws IOException {
        final FetchRoom room = new FetchRoom(new SpoolRoom(SHARED_BYTES, SMALL_BYTES));
        theirs.grow(200);
        final Spool other = room.spools().open(directory);
        other.write(new byte[SHARED_BYTES + SMALL_BYTES]);
        assertThatThrownBy(() -> fetch(room).fetch(ours.nowS))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith("peer edge-2: its history did not come whole from git://")
                .hasMessageContaining("unchecked data of peers takes")
                .hasMessageEndingWith("nothing of it was taken, it is asked again in time");
        other.close();
        other.close();
        try (Fetched fetched = fetch(room).fetch(ours.nowS).orElseThrow()) {
            assertThat(fetched.head()).isEqualTo(theirs.head());
        }
    }

    @Test
    void shouldTakeASmallPackThoughLargeOnesFillTheRoom() throws IOException {
        final FetchRoom room = new FetchRoom(new SpoolRoom(SHARED_BYTES, SMALL_BYTES));
        theirs.grow(2);
        try (Spool other = room.spools().open(directory)) {
            other.write(new byte[SHARED_BYTES + SMALL_BYTES]);
            try (Fetched fetched = fetch(room).fetch(ours.nowS).orElseThrow()) {
                assertThat(fetched.head()).isEqualTo(theirs.head());
            }
        }
    }

    @Test
    void shouldGiveItsTurnBackWhenTheSpoolCannotBeClosed() throws IOException {
        final FetchRoom room = new FetchRoom(new SpoolRoom() {
            @Override
            Spool open(final Path where) throws IOException {
                return new Spool(where, this) {
                    @Override
                    public void close() throws IOException {
                        super.close();
                        throw new IOException("Input/output error");
                    }
                };
            }
        });
        theirs.grow(2);
        assertThatThrownBy(() -> fetch(room).fetch(ours.nowS))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("Input/output error");
        assertThat(room.turns().size()).isZero();
        assertThat(ours.history.path().resolve("quarantine")).doesNotExist();
    }
}
