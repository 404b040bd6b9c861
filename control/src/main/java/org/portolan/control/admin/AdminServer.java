package org.portolan.control.admin;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.portolan.control.config.SystemGroup;
import org.portolan.control.config.SystemUser;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Log;
import org.portolan.control.view.RouterView;

/**
 * Answers the operator's verbs over a Unix-domain socket, on threads of its own.
 *
 * <p>At most {@value #MOST_CONNECTIONS} clients are served at once; more wait in the kernel's backlog. A client that
 * does not send its line, or does not take its answer, is cut off: soon when another waits for its place, and late when
 * none does, because somebody may be reading a long table in a pager. A request is one line of at most 4 KiB, and an
 * answer is streamed, so a client costs a thread and a buffer whatever it does.
 */
public final class AdminServer implements AutoCloseable {
    static final int MOST_CONNECTIONS = 16;

    /**
     * How long the server waits for a client, ms.
     *
     * @param requestMs until its line is here
     * @param stallMs without taking a byte of its answer
     * @param lifeMs in all
     */
    record Patience(long requestMs, long stallMs, long lifeMs) {}

    static final Patience IDLE_PATIENCE = new Patience(10_000, 600_000, 3_600_000);
    static final Patience PRESSED_PATIENCE = new Patience(1_000, 5_000, 60_000);

    private static final int SWEEP_MS = 100;
    private static final long CLOSE_MS = 2_000;

    private final AdminSocket socket;
    private final Log log;
    private final Patience idlePatience;
    private final Patience pressedPatience;
    private final Selector selector;
    private final Set<AdminConnection> connections = ConcurrentHashMap.newKeySet();
    private Thread thread;
    private volatile boolean closed;

    private AdminServer(final AdminSocket socket, final Log log, final Patience idle, final Patience pressed)
            throws IOException {
        this.socket = socket;
        this.log = log;
        this.idlePatience = idle;
        this.pressedPatience = pressed;
        this.selector = Selector.open();
        socket.channel().configureBlocking(false);
    }

    /**
     * Takes the socket's place, so that a second router is refused from here on; askers wait until {@link #start}. Call
     * it while the process may still change a file's owner.
     *
     * @param owner who the router will be once it has dropped its privileges; the socket, and its directory if that is
     *     made here, will be theirs
     * @param group whose members may ask; empty: the group of the owner
     * @throws IOException whose message is a sentence for the operator
     */
    public static AdminServer open(
            final Path path, final Optional<SystemUser> owner, final Optional<SystemGroup> group, final Log log)
            throws IOException {
        return open(path, owner, group, log, IDLE_PATIENCE, PRESSED_PATIENCE);
    }

    static AdminServer open(
            final Path path,
            final Optional<SystemUser> owner,
            final Optional<SystemGroup> group,
            final Log log,
            final Patience idle,
            final Patience pressed)
            throws IOException {
        final AdminSocket socket = AdminSocket.open(path, owner, group);
        try {
            if (group.isPresent()) {
                warnIfUnreachable(group.orElseThrow(), path, log);
            }
            return new AdminServer(socket, log, idle, pressed);
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static void warnIfUnreachable(final SystemGroup group, final Path path, final Log log) throws IOException {
        final Optional<Path> closed = AdminSocket.closedTo(group, path);
        if (closed.isPresent()) {
            log.warn(
                    "control.group: members of %1$s cannot reach the socket because they may not enter %2$s."
                            + " To allow it: chgrp %1$s %2$s && chmod g+x %2$s",
                    group.name(), closed.orElseThrow());
        }
    }

    /** Begins to answer. Threads that it makes inherit the caller's CPU mask. */
    public void start(final RouterView view) {
        if (!SocketDescriptor.isKnown()) {
            log.warn("control socket: changes are recorded with the user only, not the login:"
                    + " start Java with --add-exports java.base/sun.nio.ch=ALL-UNNAMED");
        }
        thread = Thread.ofPlatform().daemon().name("admin").start(() -> serve(view));
    }

    /** Cuts off the clients being served, and removes the socket. Harmless when called twice. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            if (thread != null) {
                thread.join(CLOSE_MS);
            }
            socket.close();
            selector.close();
        } catch (final IOException e) {
            log.warn("%s", leftBehind(socket.path(), e));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(AdminConnection::cutOff);
    }

    /** The sentence about a socket that could not be removed. */
    static String leftBehind(final Path path, final IOException failure) {
        final String sentence = "cannot remove the control socket: " + FileFailure.of(path, failure);
        return failure instanceof AccessDeniedException
                ? sentence + "; the next router takes its place. To avoid it, put control.socket into a directory that"
                        + " control.user may write to"
                : sentence;
    }

    private void serve(final RouterView view) {
        SelectionKey key = null;
        while (!closed) {
            try {
                if (key == null) {
                    key = socket.channel().register(selector, SelectionKey.OP_ACCEPT);
                }
                step(key, view);
            } catch (final IOException | RuntimeException | OutOfMemoryError e) {
                log.warn("control socket: %s", Log.describe(e));
                pause();
            }
        }
    }

    /**
     * While every place is taken, readiness is asked for once, to learn whether somebody waits, and then not again
     * until a place is free: else select would return at once, over and over.
     */
    private void step(final SelectionKey key, final RouterView view) throws IOException {
        final boolean full = connections.size() >= MOST_CONNECTIONS;
        if (!full) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
        selector.select(SWEEP_MS);
        final boolean waiting =
                key.interestOps() == 0 || !selector.selectedKeys().isEmpty();
        selector.selectedKeys().clear();
        final Patience patience = full && waiting ? pressedPatience : idlePatience;
        final long nowNs = System.nanoTime();
        for (final AdminConnection each : connections) {
            if (each.isOverdue(nowNs, patience)) {
                each.cutOff();
            }
        }
        if (full && waiting) {
            key.interestOps(0);
        } else if (!full && waiting) {
            accept(view);
        }
    }

    private void accept(final RouterView view) throws IOException {
        final SocketChannel channel = socket.channel().accept();
        if (channel == null) {
            return;
        }
        try {
            channel.configureBlocking(true);
            begin(channel, view);
        } catch (final IOException | RuntimeException | OutOfMemoryError e) {
            channel.close();
            throw e;
        }
    }

    private void begin(final SocketChannel channel, final RouterView view) {
        final AdminConnection connection = new AdminConnection(channel, SocketUser.of(channel), view, log, ended -> {
            connections.remove(ended);
            selector.wakeup();
        });
        connections.add(connection);
        try {
            Thread.ofPlatform().daemon().name("admin-asker").start(connection);
        } catch (final OutOfMemoryError e) {
            connections.remove(connection);
            throw e;
        }
    }

    /** After an error that may last, such as no more descriptors: not to spin on it. */
    private static void pause() {
        try {
            Thread.sleep(SWEEP_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
