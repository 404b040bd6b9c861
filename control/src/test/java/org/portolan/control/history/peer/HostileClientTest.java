package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.peer.PeerServer.Limits;
import org.portolan.control.history.store.StockGit;

/** What a client may do to the server, and that a decent one is served afterwards. */
@Timeout(60)
final class HostileClientTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Limits SHORT = new Limits(6, 2, 10_000_000, 800, 1_500, 5_000, 64 << 10);
    private static final String REQUEST = "git-upload-pack /state.git\0host=x\0\0version=2\0";

    @TempDir
    private Path directory;

    private Scribble edge;
    private PeerServer server;

    @BeforeEach
    void serve() throws IOException {
        edge = new Scribble(directory.resolve("edge.git"), "edge-1");
        edge.grow(10);
        server = PeerServer.start(edge.history, ANY_PORT, SHORT);
    }

    @AfterEach
    void endAsItBegan() throws IOException {
        await(() -> server.open() == 0);
        StockGit.run(
                directory,
                "clone",
                "-q",
                "--bare",
                "git://127.0.0.1:" + server.address().getPort() + "/state.git",
                "copy");
        StockGit.requireSound(directory.resolve("copy"));
        server.close();
        edge.close();
    }

    private static void await(final BooleanSupplier condition) {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private Socket connect() throws IOException {
        final Socket socket = new Socket();
        socket.connect(server.address(), 5_000);
        return socket;
    }

    private static byte[] packet(final String text) {
        return "%04x%s".formatted(text.length() + 4, text).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int drain(final Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        int bytes = 0;
        final byte[] buffer = new byte[8_192];
        final InputStream in = socket.getInputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes += count;
        }
        return bytes;
    }

    /** Whether the server has closed: reading ends, or fails. */
    private static boolean isOver(final Socket socket) {
        try {
            drain(socket);
            return true;
        } catch (final java.net.SocketTimeoutException e) {
            return false;
        } catch (final IOException e) {
            return true;
        }
    }

    @Test
    void shouldNotWaitForAFirstLineThatDripsIn() throws IOException {
        final long beganNs = System.nanoTime();
        try (Socket socket = connect()) {
            final OutputStream out = socket.getOutputStream();
            final byte[] request = packet(REQUEST);
            boolean closed = false;
            for (int i = 0; i < request.length && !closed; i++) {
                closed = !drip(out, request[i]);
            }
            assertThat(closed || isOver(socket)).isTrue();
        }
        await(() -> server.failed() == 1);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs)).isGreaterThanOrEqualTo(700L);
    }

    private static boolean drip(final OutputStream out, final byte value) {
        try {
            Thread.sleep(50);
            out.write(value);
            return true;
        } catch (final IOException e) {
            return false;
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNotWaitForWhoSaysNothing() throws IOException {
        try (Socket socket = connect()) {
            assertThat(isOver(socket)).isTrue();
        }
        await(() -> server.failed() == 1);
    }

    @Test
    void shouldNotWaitForWhoFallsSilentLater() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(packet(REQUEST));
            assertThat(isOver(socket)).isTrue();
        }
        await(() -> server.failed() == 1);
    }

    @Test
    void shouldEndWhoNeverEnds() throws IOException {
        final long beganNs = System.nanoTime();
        try (Socket socket = connect()) {
            final OutputStream out = socket.getOutputStream();
            out.write(packet(REQUEST));
            final byte[] listing = "0014command=ls-refs\n0000".getBytes(StandardCharsets.US_ASCII);
            boolean over = false;
            while (!over) {
                over = !drip(out, listing[0]) || !write(out, listing, 1);
            }
        }
        await(() -> server.open() == 0);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs)).isGreaterThanOrEqualTo(4_500L);
    }

    private static boolean write(final OutputStream out, final byte[] bytes, final int from) {
        try {
            out.write(bytes, from, bytes.length - from);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    @Test
    void shouldNotWaitForWhoDoesNotRead() throws IOException {
        edge.grow(600);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(1_024);
            socket.connect(server.address());
            final OutputStream out = socket.getOutputStream();
            out.write(packet(REQUEST));
            final String fetch = "0011command=fetch0001"
                    + new String(packet("want " + edge.head().name() + "\n"), StandardCharsets.US_ASCII)
                    + "0009done\n0000";
            final byte[] bytes = fetch.getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 40; i++) {
                if (!write(out, bytes, 0)) {
                    break;
                }
            }
            await(() -> server.failed() == 1);
        }
    }

    @Test
    void shouldStandGarbage() throws IOException {
        final Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            final byte[] garbage = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(garbage);
            sendAndSee(round % 2 == 0 ? garbage : join(packet(REQUEST), garbage));
        }
        for (final String each : List.of(
                "0000", "0001", "0002", "0003", "0004", "0005x", "ffff", "-001", "zzzz", "GET / HTTP/1.1\r\n\r\n")) {
            sendAndSee(each.getBytes(StandardCharsets.US_ASCII));
            sendAndSee(join(packet(REQUEST), each.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static byte[] join(final byte[] one, final byte[] other) {
        final byte[] both = new byte[one.length + other.length];
        System.arraycopy(one, 0, both, 0, one.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private void sendAndSee(final byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            write(socket.getOutputStream(), bytes, 0);
            assertThat(halfClose(socket) && isOver(socket)).isTrue();
        }
    }

    private static boolean halfClose(final Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (final IOException e) {
            return true;
        }
        return true;
    }

    @Test
    void shouldNotReadAFirstLineOfAnyLength() throws IOException {
        try (Socket socket = connect()) {
            write(socket.getOutputStream(), packet("git-upload-pack /" + "x".repeat(60_000)), 0);
            assertThat(isOver(socket)).isTrue();
        }
        await(() -> server.failed() == 1);
    }

    @Test
    void shouldNotListenForEver() throws IOException {
        try (Socket socket = connect()) {
            final OutputStream out = socket.getOutputStream();
            out.write(packet(REQUEST));
            write(out, "0011command=fetch0001".getBytes(StandardCharsets.US_ASCII), 0);
            final byte[] have = packet("have " + "1".repeat(40) + "\n");
            boolean over = false;
            for (int sent = 0; !over; sent += have.length) {
                over = !write(out, have, 0);
                assertThat(sent).isLessThan(64 << 20);
            }
        }
        await(() -> server.failed() == 1);
        assertThat(server.receivedBytes()).isLessThan(128 << 10);
    }

    @Test
    void shouldServeTheOthersWhileOneAddressTakesAllItCan() throws IOException {
        final List<Socket> greedy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            greedy.add(connect());
        }
        await(() -> server.refused() + server.connections() == 20);
        assertThat(server.refused()).isGreaterThan(10);
        assertThat(server.open()).isLessThanOrEqualTo(2 * SHORT.fromOne());
        try (Socket other = new Socket()) {
            other.bind(new InetSocketAddress("127.0.0.77", 0));
            other.connect(server.address());
            other.getOutputStream().write(packet(REQUEST));
            assertThat(other.getInputStream().readNBytes(14))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("000eversion 2\n");
        }
        for (final Socket each : greedy) {
            each.close();
        }
    }

    @Test
    void shouldStandAThousandConnections() throws IOException {
        final int threads = Thread.activeCount();
        final List<Socket> crowd = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            crowd.add(connect());
            assertThat(server.open()).isLessThanOrEqualTo(SHORT.connections());
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + SHORT.connections());
        await(() -> server.refused() + server.connections() == 1_000);
        assertThat(server.refused()).isGreaterThan(900);
        assertThat(new String(crowd.getLast().getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .contains("ERR busy");
        for (final Socket each : crowd) {
            each.close();
        }
    }

    @Test
    void shouldNotMakeAPackThatTheHeapCannotHold() throws IOException {
        final ObjectId first = edge.head();
        edge.grow(40);
        final Limits tight = new Limits(6, 2, 100, 5_000, 10_000, 60_000, 64 << 10);
        try (PeerServer frugal = PeerServer.start(edge.history, ANY_PORT, tight)) {
            final String url = "git://127.0.0.1:" + frugal.address().getPort() + "/state.git";
            assertThatThrownBy(() -> StockGit.run(directory, "clone", "-q", "--bare", url, "none"))
                    .hasMessageContaining("too many objects at once: ");
            // A client that says that it has a little would have it all.
            StockGit.run(directory, "clone", "-q", "--bare", edge.history.path().toString(), "little");
            StockGit.run(directory.resolve("little"), "update-ref", "refs/heads/primary", first.name());
            StockGit.run(directory.resolve("little"), "repack", "-adq");
            StockGit.run(directory.resolve("little"), "prune");
            assertThatThrownBy(() -> StockGit.run(directory.resolve("little"), "fetch", "-q", url, "primary"));
            await(() -> frugal.open() == 0);
            assertThat(frugal.failed()).isEqualTo(2);
            StockGit.run(directory, "clone", "-q", "--bare", "--depth=2", url, "some");
            StockGit.requireSound(directory.resolve("some"));
        }
    }

    /** No single read waits for long, and a byte a second is no progress. */
    @Test
    void shouldEndAClientThatMakesNoProgress() throws IOException {
        final long beganNs = System.nanoTime();
        final Limits patient = new Limits(6, 2, 10_000_000, 10_000, 1_500, 60_000, 64 << 10);
        try (PeerServer slow = PeerServer.start(edge.history, ANY_PORT, patient);
                Socket socket = new Socket()) {
            socket.connect(slow.address());
            final OutputStream out = socket.getOutputStream();
            out.write(packet(REQUEST));
            final byte[] line = "0ff0".getBytes(StandardCharsets.US_ASCII);
            boolean over = !write(out, line, 0);
            while (!over) {
                over = !drip(out, line[0]);
            }
            await(() -> slow.failed() == 1);
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs)).isBetween(5_900L, 40_000L);
    }

    /** The pack lies on the disk, and the heap is the next client's. */
    @Test
    void shouldMakeALargePackForTheNextClientWhileOneDoesNotRead() throws IOException {
        edge.grow(3_000);
        final Limits narrow = new Limits(6, 2, 25_000, 10_000, 30_000, 60_000, 64 << 10);
        try (PeerServer frugal = PeerServer.start(edge.history, ANY_PORT, narrow);
                Socket idle = new Socket()) {
            idle.setReceiveBufferSize(1_024);
            idle.connect(frugal.address());
            final String fetch = "0011command=fetch0001"
                    + new String(packet("want " + edge.head().name() + "\n"), StandardCharsets.US_ASCII)
                    + "0009done\n0000";
            idle.getOutputStream().write(join(packet(REQUEST), fetch.getBytes(StandardCharsets.US_ASCII)));
            await(() -> frugal.sentBytes() > 1 << 16);
            final String url = "git://127.0.0.1:" + frugal.address().getPort() + "/state.git";
            for (int i = 0; i < 3; i++) {
                StockGit.run(directory, "clone", "-q", "--bare", url, "meanwhile" + i);
            }
            StockGit.requireSound(directory.resolve("meanwhile0"));
            assertThat(frugal.open()).isOne();
            assertThat(frugal.failed()).isZero();
        }
    }

    @Test
    void shouldEndAllConnectionsAtItsEnd() throws IOException {
        final PeerServer other = PeerServer.start(edge.history, ANY_PORT);
        try (Socket socket = new Socket()) {
            socket.connect(other.address());
            socket.getOutputStream().write(packet(REQUEST));
            socket.getInputStream().readNBytes(14);
            other.close();
            assertThat(isOver(socket)).isTrue();
        }
        assertThat(other.open()).isZero();
    }
}
