package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;

@Timeout(120)
final class PeerServerTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    private Path directory;

    private Scribble edge;
    private PeerServer server;

    @BeforeEach
    void serve() throws IOException {
        edge = new Scribble(directory.resolve("edge.git"), "edge-1");
        edge.grow(20);
        server = PeerServer.start(edge.history, ANY_PORT);
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        edge.close();
    }

    private String url() {
        return "git://127.0.0.1:" + server.address().getPort() + "/state.git";
    }

    private String git(final String protocol, final String... words) {
        final String[] all = new String[words.length + 2];
        all[0] = "-c";
        all[1] = "protocol.version=" + protocol;
        System.arraycopy(words, 0, all, 2, words.length);
        return StockGit.run(directory, all);
    }

    private Path clone(final String protocol, final String name, final String... options) {
        final String[] words = new String[options.length + 5];
        words[0] = "clone";
        words[1] = "-q";
        words[2] = "--bare";
        System.arraycopy(options, 0, words, 3, options.length);
        words[words.length - 2] = url();
        words[words.length - 1] = name;
        git(protocol, words);
        StockGit.requireSound(directory.resolve(name));
        return directory.resolve(name);
    }

    /** The client may be done before the server is. */
    private void awaitEnd() {
        while (server.open() > 0) {
            Thread.onSpinWait();
        }
    }

    private static String head(final Path repository) {
        return StockGit.run(repository, "rev-parse", "primary").strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void shouldServePrimaryAndExpiryBranchesAndNothingElse(final String protocol) throws IOException {
        final ObjectId hidden = hiddenCommit();
        edge.point("refs/heads/expire_1764000000.000001", edge.head());
        edge.point("refs/heads/mine", edge.head());
        edge.point("refs/tags/mine", edge.head());
        assertThat(git(protocol, "ls-remote", url()).lines().map(line -> line.substring(41)))
                .containsExactlyInAnyOrder(
                        "HEAD",
                        "refs/heads/primary",
                        "refs/heads/expire_1764000000.000001",
                        edge.history.own().identity().ref());
        final Path copy = clone(protocol, "copy.git");
        assertThat(head(copy)).isEqualTo(edge.head().name());
        assertThat(StockGit.run(copy, "for-each-ref")).doesNotContain("portolan");
        assertThat(copy.resolve("portolan.own")).doesNotExist();
        assertThat(StockGit.run(copy, "symbolic-ref", "HEAD").strip()).isEqualTo("refs/heads/primary");
        assertThatThrownBy(() -> git(protocol, "-C", copy.toString(), "fetch", "-q", url(), hidden.name()))
                .hasMessageContaining("not valid");
        assertThatThrownBy(() -> StockGit.run(copy, "cat-file", "-e", hidden.name()));
    }

    /** Of a peer, and reachable from nothing that is served. */
    private ObjectId hiddenCommit() throws IOException {
        final ObjectId before = edge.head();
        edge.learn(99, 99);
        final ObjectId hidden = edge.head();
        edge.point("refs/remotes/edge-2/primary", hidden);
        edge.point(HistoryRepository.PRIMARY, before);
        return hidden;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void shouldBringAClientUpToDate(final String protocol) throws IOException {
        final Path copy = clone(protocol, "copy.git");
        for (int round = 0; round < 3; round++) {
            edge.grow(10);
            git(protocol, "-C", copy.toString(), "fetch", "-q", url(), "+primary:primary");
            assertThat(head(copy)).isEqualTo(edge.head().name());
            StockGit.requireSound(copy);
        }
        assertThat(server.connections()).isGreaterThanOrEqualTo(4);
        awaitEnd();
        assertThat(server.failed()).isZero();
        assertThat(server.sentBytes()).isGreaterThan(server.receivedBytes());
    }

    @Test
    void shouldServeByTheShortNameToo() {
        final String root = "git://127.0.0.1:" + server.address().getPort() + "/";
        assertThat(StockGit.run(directory, "ls-remote", root, "primary"))
                .startsWith(edge.head().name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void shouldServeAHistoryThatHasABoundary(final String protocol) throws IOException {
        StockGit.run(directory, "clone", "-q", "--bare", "--depth=8", "file://" + directory + "/edge.git", "short.git");
        server.close();
        try (Scribble bounded = new Scribble(directory.resolve("short.git"), "edge-1")) {
            server = PeerServer.start(bounded.history, ANY_PORT);
            final Path copy = clone(protocol, "copy.git");
            assertThat(StockGit.run(copy, "rev-list", "--count", "primary").strip())
                    .isEqualTo("8");
            bounded.grow(5);
            git(protocol, "-C", copy.toString(), "fetch", "-q", url(), "+primary:primary");
            assertThat(StockGit.run(copy, "rev-list", "--count", "primary").strip())
                    .isEqualTo("13");
            StockGit.requireSound(copy);
            clone(protocol, "shorter.git", "--depth=3");
            server.close();
        }
    }

    @Test
    void shouldServeWhileCommitsAreAdded() throws Exception {
        final AtomicBoolean enough = new AtomicBoolean();
        final Thread historian = new Thread(() -> {
            try {
                while (!enough.get()) {
                    edge.grow(1);
                }
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        });
        historian.start();
        try {
            final Path first = clone("2", "first.git");
            for (int round = 0; round < 8; round++) {
                clone(round % 2 == 0 ? "2" : "0", "copy-" + round + ".git");
                git("2", "-C", first.toString(), "fetch", "-q", url(), "+primary:primary");
                StockGit.requireSound(first);
            }
        } finally {
            enough.set(true);
            historian.join();
        }
        awaitEnd();
        assertThat(server.failed()).isZero();
    }

    @Test
    void shouldBeReadOnly() throws IOException {
        final Path copy = clone("2", "copy.git");
        final ObjectId before = edge.head();
        assertThatThrownBy(() -> StockGit.run(copy, "push", url(), "primary~1:refs/heads/primary", "-f"))
                .hasMessageContaining("to be read, not written");
        assertThat(edge.history.git().exactRef(HistoryRepository.PRIMARY).getObjectId())
                .isEqualTo(before);
        awaitEnd();
        assertThat(server.refused()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/other.git", "/state.git/..", "//state.git", "/../edge.git", "/state.git/.git"})
    void shouldKnowNoOtherName(final String path) throws IOException {
        Files.createSymbolicLink(directory.resolve("other.git"), edge.history.path());
        final String other = "git://127.0.0.1:" + server.address().getPort() + path;
        assertThatThrownBy(() -> StockGit.run(directory, "ls-remote", other))
                .hasMessageContaining("no such repository: the one here is /state.git");
    }

    @Test
    void shouldSayThatTheAddressIsTaken() {
        assertThatThrownBy(() -> PeerServer.start(edge.history, server.address()))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("cannot be served on")
                .hasMessageContaining("in use")
                .hasMessageContaining("history.serve");
    }

    @Test
    void shouldSayThatTheAddressIsNotThisMachines() throws IOException {
        final InetSocketAddress elsewhere = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 9418);
        assertThatThrownBy(() -> PeerServer.start(edge.history, elsewhere))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("192.0.2.1:9418");
    }

    @Test
    void shouldListenAtNoOtherAddressThanTheGivenOne() throws IOException {
        final InetSocketAddress other =
                new InetSocketAddress("127.0.0.2", server.address().getPort());
        try (java.net.Socket socket = new java.net.Socket()) {
            assertThatThrownBy(() -> socket.connect(other, 2_000)).isInstanceOf(IOException.class);
        }
    }
}
