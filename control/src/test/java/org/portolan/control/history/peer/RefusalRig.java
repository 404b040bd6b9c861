package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.HistoryException;

/** A history that bad peers are refused by: each with its reason, and byte for byte nothing changes. */
abstract class RefusalRig {
    static final Watch.Times SHORT = new Watch.Times(500, 700, 2_500);
    static final PackScan.Limits SMALL = new PackScan.Limits(100, 100_000, 300_000, 20, 1_000_000);
    static final PeerFetch.Limits LIMITS =
            new PeerFetch.Limits(200_000, SMALL, 10, new Watch.Times(5_000, 10_000, 60_000));
    static final PeerFetch.Limits IMPATIENT = new PeerFetch.Limits(200_000, SMALL, 10, SHORT);

    @TempDir
    Path directory;

    Scribble ours;
    Map<String, String> before;
    final RawHistory raw = new RawHistory();

    @BeforeEach
    void begin() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        ours.grow(3);
        before = Listing.of(ours.history.path());
    }

    @AfterEach
    void end() throws IOException {
        ours.close();
    }

    void assertRefused(final URI url, final String because) throws IOException {
        assertRefused(url, because, LIMITS);
    }

    void assertRefused(final URI url, final String because, final PeerFetch.Limits limits) throws IOException {
        assertThatThrownBy(() -> new PeerFetch(ours.history, "edge-2", url, new FetchRoom(), limits)
                        .fetch(ours.nowS)
                        .ifPresent(RefusalRig::close))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith("peer edge-2")
                .hasMessageContaining(url.toString())
                .hasMessageContaining(because)
                .message()
                .matches("[ -~]*");
        assertThat(Listing.of(ours.history.path())).isEqualTo(before);
    }

    private static void close(final Fetched fetched) {
        try {
            fetched.close();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    void assertOutwaited(final FakePeer peer, final String because) throws IOException {
        try (peer) {
            assertRefused(peer.url(), because, IMPATIENT);
        }
    }

    void assertRefused(final FakePeer peer, final String because) throws IOException {
        try (peer) {
            assertRefused(peer.url(), because);
        }
    }
}
