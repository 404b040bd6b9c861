package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.store.Batch;

@Timeout(60)
final class PeerReaderTest {
    private static final int SELDOM_S = 3_600;

    @TempDir
    private Path directory;

    private Scribble ours;
    private Scribble theirs;
    private PeerServer server;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final PeerReader.Listener listener = new PeerReader.Listener() {
        @Override
        public void troubled(final String peer, final String why) {
            said.add(peer + " troubled: " + why);
        }

        @Override
        public void recovered(final String peer) {
            said.add(peer + " recovered");
        }
    };

    @BeforeEach
    void begin() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        theirs = new Scribble(directory.resolve("theirs.git"), "edge-2");
        theirs.grow(3);
        server = PeerServer.start(theirs.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        assertThat(ours.history.path().resolve("quarantine")).doesNotExist();
        ours.close();
        theirs.close();
    }

    private PeerReader reader(final URI url) {
        return reader(url, SELDOM_S);
    }

    private PeerReader reader(final URI url, final int everyS) {
        final PeerReader reader = new PeerReader(
                new PeerFetch(ours.history, "edge-2", url, new FetchRoom()), everyS, () -> Scribble.BEGIN_S, listener);
        reader.start();
        return reader;
    }

    private URI url() {
        return URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git");
    }

    private static void await(final BooleanSupplier condition) {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static Fetched take(final PeerReader reader) {
        final Fetched[] taken = new Fetched[1];
        await(() -> {
            final Optional<Fetched> polled = reader.poll();
            polled.ifPresent(each -> taken[0] = each);
            return polled.isPresent();
        });
        return taken[0];
    }

    @Test
    void shouldReadAtOnceAndAgainWhenAsked() throws IOException {
        try (PeerReader reader = reader(url())) {
            for (int round = 0; round < 3; round++) {
                try (Fetched fetched = take(reader);
                        Batch batch = ours.history.batch()) {
                    assertThat(fetched.head()).isEqualTo(theirs.head());
                    fetched.adopt(batch);
                    batch.finish();
                    fetched.settle(Long.MAX_VALUE);
                }
                theirs.grow(1);
                reader.hurry();
            }
            assertThat(reader.answeredS()).isEqualTo(Scribble.BEGIN_S);
            take(reader).close();
        }
        assertThat(said).isEmpty();
    }

    @Test
    void shouldHaveOneInQuarantineAtMost() throws IOException {
        try (PeerReader reader = reader(url())) {
            final Fetched first = take(reader);
            final ObjectId head = first.head();
            theirs.grow(1);
            reader.hurry();
            assertThat(reader.poll()).isEmpty();
            assertThat(reader.fetches()).isEqualTo(1);
            assertThat(first.head()).isEqualTo(head);
            first.close();
            take(reader).close();
            assertThat(reader.fetches()).isEqualTo(2);
        }
    }

    @Test
    void shouldSayOnceThatAPeerIsGoneAndThatItIsBack() throws IOException {
        final InetSocketAddress address = server.address();
        server.close();
        try (PeerReader reader = reader(URI.create("git://127.0.0.1:" + address.getPort() + "/state.git"))) {
            for (int round = 1; round <= 3; round++) {
                final int failures = round;
                await(() -> reader.failures() == failures);
                assertThat(reader.trouble()).contains("Connection refused");
                if (round < 3) {
                    reader.hurry();
                }
            }
            server = PeerServer.start(theirs.history, address);
            reader.hurry();
            take(reader).close();
            await(() -> reader.trouble().isEmpty());
            await(() -> said.size() == 2);
        }
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).startsWith("edge-2 troubled: peer edge-2 cannot be read from git://");
        assertThat(said.get(1)).isEqualTo("edge-2 recovered");
    }

    /** Four refusals in a row make a peer wait eight times as long: not for what this router did. */
    @Test
    void shouldNotWaitLongerWhenThisHistoryWasShortened() throws IOException {
        ours.grow(4);
        try (PeerReader reader = reader(url(), 100)) {
            for (int round = 1; round <= 4; round++) {
                try (Fetched fetched = take(reader);
                        Batch batch = ours.history.batch()) {
                    Shallow.write(ours.history.git(), List.of(ours.history.git().resolve("primary~" + (4 - round))));
                    assertThatThrownBy(() -> fetched.adopt(batch)).hasMessageContaining("was shortened");
                    fetched.refuse("peer edge-2 is not merged");
                }
                final int failures = round;
                await(() -> reader.failures() == failures && reader.nextS() > 0);
                assertThat(reader.nextS()).isLessThanOrEqualTo(111);
                reader.hurry();
            }
        }
        assertThat(said).hasSize(1);
    }

    /** The end does not wait longer than some seconds for the thread: one that goes on shows here. */
    private static void assertNoReaderRuns() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("history-read-edge-2");
    }

    @Test
    void shouldEndInTheMiddleOfAFetch() throws IOException {
        try (FakePeer silent =
                new FakePeer().greets(FakePeer.packets("version 2\n")).stays()) {
            final PeerReader reader = reader(silent.url());
            await(() -> reader.fetches() == 1);
            reader.close();
            assertNoReaderRuns();
        }
        assertThat(said).isEmpty();
    }

    @Test
    void shouldThrowAwayWhatNobodyTook() {
        final PeerReader reader = reader(url());
        await(() -> ours.history.path().resolve("quarantine").toFile().exists());
        reader.close();
    }

    @Test
    void shouldEndWhileItWaits() {
        final PeerReader reader = reader(url());
        await(() -> reader.answeredS() != 0);
        reader.close();
        assertNoReaderRuns();
    }
}
