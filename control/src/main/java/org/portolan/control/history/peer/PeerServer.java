package org.portolan.control.history.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;

/**
 * Lets others read the history: {@code git clone git://ADDRESS:PORT/state.git}. Nothing can be written through it, and
 * nothing else can be read: one repository, its {@code primary} and its expiry branches.
 *
 * <p>JGit's own daemon takes any number of connections, a thread each, and its timeouts do not reach a socket that is
 * read or written by a platform thread. So the accepting is done here, and what a client may take is bounded: see
 * {@link Limits}. The accepting thread is also the one that closes the sockets of those who keep others waiting.
 */
public final class PeerServer implements AutoCloseable {
    /**
     * @param connections served at once; one more is asked to come again
     * @param fromOne of them from one {@link Origin}, and twice as many from this machine
     * @param objects in all packs that are being made at once
     * @param requestMs until the first line has come
     * @param idleMs that one read or write may wait for the client; all together four times that, and a second more for
     *     each 4 KiB
     * @param totalMs that a connection may last
     * @param receivedBytes that a client may say: 20,000 commits that it has are 1 MB
     */
    record Limits(
            int connections, int fromOne, int objects, long requestMs, long idleMs, long totalMs, long receivedBytes) {
        static final Limits STANDARD = new Limits(8, 2, PeerHeap.packedObjects(), 10_000, 30_000, 1_800_000, 4 << 20);

        int from(final Origin origin) {
            return origin.isLocal() ? 2 * fromOne : fromOne;
        }
    }

    /** A connection that finds it full tries again a second later: a crowd should be refused faster than that. */
    private static final int BACKLOG = 256;

    private static final int SWEEP_MS = 200;
    private static final long CLOSE_MS = 2_000;
    private static final String BUSY = "ERR busy, come again in a minute\n";

    private final HistoryRepository history;
    private final Limits limits;
    private final ServerSocket server;
    private final PackBudget packs;
    private final Thread acceptor;
    private final Set<PeerConnection> open = ConcurrentHashMap.newKeySet();
    private final Traffic.Totals totals = new Traffic.Totals();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean closed;

    private PeerServer(final HistoryRepository history, final ServerSocket server, final Limits limits) {
        this.history = history;
        this.server = server;
        this.limits = limits;
        packs = new PackBudget(limits.objects(), limits.connections(), limits.idleMs());
        acceptor = Thread.ofPlatform().daemon().name("history-serve").unstarted(this::accept);
    }

    /**
     * Begins to serve, on threads of its own.
     *
     * @throws HistoryException when the address cannot be had
     */
    public static PeerServer start(final HistoryRepository history, final InetSocketAddress address)
            throws HistoryException {
        return start(history, address, Limits.STANDARD);
    }

    static PeerServer start(final HistoryRepository history, final InetSocketAddress address, final Limits limits)
            throws HistoryException {
        ServerSocket server = null;
        try {
            server = new ServerSocket();
            server.setReuseAddress(true);
            server.setSoTimeout(SWEEP_MS);
            server.bind(address, BACKLOG);
            final PeerServer serving = new PeerServer(history, server, limits);
            serving.acceptor.start();
            return serving;
        } catch (final IOException e) {
            closeQuietly(server);
            throw new HistoryException(
                    "the history cannot be served on %s:%d: %s; name a free address of this machine in history.serve"
                            .formatted(address.getHostString(), address.getPort(), e.getMessage()),
                    e);
        }
    }

    private static void closeQuietly(final ServerSocket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (final IOException e) {
            return;
        }
    }

    // ---- accepting thread

    private void accept() {
        long sweptNs = System.nanoTime();
        while (!closed) {
            try {
                admit(server.accept());
            } catch (final SocketTimeoutException e) {
                // Time to look at the others.
            } catch (final IOException | RuntimeException e) {
                failed.incrementAndGet();
                pause();
            }
            final long nowNs = System.nanoTime();
            if (nowNs - sweptNs > TimeUnit.MILLISECONDS.toNanos(SWEEP_MS)) {
                open.forEach(each -> each.closeIfLate(nowNs));
                sweptNs = nowNs;
            }
        }
    }

    /** No file descriptor is left, say: trying again at once would take a whole CPU. */
    private void pause() {
        try {
            Thread.sleep(closed ? 0 : SWEEP_MS);
        } catch (final InterruptedException e) {
            closed = true;
        }
    }

    private void admit(final Socket socket) {
        final Origin origin = Origin.of(socket.getInetAddress());
        final long fromThere =
                open.stream().filter(each -> each.origin().equals(origin)).count();
        if (closed || open.size() >= limits.connections() || fromThere >= limits.from(origin)) {
            refuse(socket);
            return;
        }
        connections.incrementAndGet();
        final PeerConnection connection = new PeerConnection(socket, history, packs, limits, totals);
        open.add(connection);
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("history-serve-" + connections.get())
                    .start(() -> serve(connection));
        } catch (final OutOfMemoryError e) {
            // That is what the JVM says when the system gives no thread, and does not end for.
            open.remove(connection);
            failed.incrementAndGet();
            refuse(socket);
        }
    }

    /** The line fits the empty send buffer of a new socket, so writing it does not wait. */
    private void refuse(final Socket socket) {
        refused.incrementAndGet();
        try (socket) {
            socket.getOutputStream()
                    .write("%04x%s".formatted(BUSY.length() + 4, BUSY).getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
        } catch (final IOException e) {
            return;
        }
    }

    // ---- one thread for each connection

    private void serve(final PeerConnection connection) {
        try {
            Background.yieldToFrames();
            if (!connection.serve()) {
                refused.incrementAndGet();
            }
        } catch (final IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // Without heap the JVM ends; not when it lacks memory beside the heap, which reads and writes go through.
            failed.incrementAndGet();
        } finally {
            connection.close();
            open.remove(connection);
        }
    }

    // ---- any thread

    /** Where it listens: the port that the system chose, if 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Connections that were taken. */
    public long connections() {
        return connections.get();
    }

    /** Connections that were one too many, and requests for anything but reading the history. */
    public long refused() {
        return refused.get();
    }

    /** Connections that ended before their work was done: broken off, too slow, no git, or an error here. */
    public long failed() {
        return failed.get();
    }

    public long sentBytes() {
        return totals.sent.sum();
    }

    public long receivedBytes() {
        return totals.received.sum();
    }

    /** Connections that are being served now. */
    public int open() {
        return open.size();
    }

    /** Ends all connections. */
    @Override
    public void close() {
        closed = true;
        closeQuietly(server);
        open.forEach(PeerConnection::close);
        final long deadlineMs = System.currentTimeMillis() + CLOSE_MS;
        try {
            acceptor.join(CLOSE_MS);
            while (!open.isEmpty() && System.currentTimeMillis() < deadlineMs) {
                open.forEach(PeerConnection::close);
                Thread.sleep(1);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
