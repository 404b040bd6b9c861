package org.portolan.bench.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** One TCP connection that carries a known pattern each way at the same time, both checked by hash. */
public final class TcpExchange {
    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final int READ_TIMEOUT_MS = 20_000;
    private static final long DEADLINE_S = 60;

    /**
     * How it went.
     *
     * @param caller whom the listener saw
     * @param right whether both patterns arrived whole
     * @param seconds from connecting to the last byte in both directions
     */
    public record Result(InetSocketAddress caller, boolean right, long bytesEachWay, double seconds) {}

    private TcpExchange() {}

    /**
     * Listens, connects, sends both ways, compares.
     *
     * @param listener namespace and own address of who waits
     * @param caller namespace of who connects
     * @param target where the caller connects to: the listener's address, or what leads to it
     */
    public static Result run(
            final Namespace listener,
            final InetSocketAddress at,
            final Namespace caller,
            final InetSocketAddress target,
            final long bytesEachWay) {
        final Pattern up = new Pattern(1, bytesEachWay);
        final Pattern down = new Pattern(2, bytesEachWay);
        try (ServerSocket server = listener.call(() -> listen(at))) {
            final FutureTask<Result> served = start(() -> serve(server, down, up));
            final long beganNs = System.nanoTime();
            final boolean callerRight = caller.call(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(target, CONNECT_TIMEOUT_MS);
                    return exchange(socket, up, down);
                }
            });
            final Result result = served.get(DEADLINE_S, TimeUnit.SECONDS);
            final double seconds = (System.nanoTime() - beganNs) / 1e9;
            return new Result(result.caller(), callerRight && result.right(), bytesEachWay, seconds);
        } catch (final Exception e) {
            throw new LabException("TCP to %s: %s".formatted(target, e), e);
        }
    }

    private static ServerSocket listen(final InetSocketAddress at) throws IOException {
        final ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.setSoTimeout(CONNECT_TIMEOUT_MS);
        server.bind(at);
        return server;
    }

    private static Result serve(final ServerSocket server, final Pattern out, final Pattern in) throws Exception {
        try (Socket socket = server.accept()) {
            final InetSocketAddress caller = (InetSocketAddress) socket.getRemoteSocketAddress();
            return new Result(caller, exchange(socket, out, in), out.bytes(), 0);
        }
    }

    /** Sends on a thread of its own and receives on this one; true when what came in is {@code in}. */
    private static boolean exchange(final Socket socket, final Pattern out, final Pattern in)
            throws IOException, InterruptedException, ExecutionException {
        socket.setSoTimeout(READ_TIMEOUT_MS);
        final FutureTask<Boolean> sending = start(() -> {
            final OutputStream stream = socket.getOutputStream();
            out.writeTo(stream);
            socket.shutdownOutput();
            return true;
        });
        final Pattern.Received received = Pattern.receive(socket.getInputStream());
        return sending.get() && received.equals(new Pattern.Received(in.bytes(), in.sha256()));
    }

    /** The code makes no socket, so its thread may be in any namespace. */
    private static <T> FutureTask<T> start(final Callable<T> code) {
        final FutureTask<T> task = new FutureTask<>(code);
        Thread.ofPlatform().daemon().name("tcp-exchange").start(task);
        return task;
    }
}
