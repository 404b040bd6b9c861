package org.portolan.bench.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Pattern;

/** One HTTP download from a server that makes the bytes as it sends them, to a client that hashes them as they come. */
final class Download {
    private static final int TIMEOUT_MS = 20_000;
    private static final String PATH = "/pattern";

    private Download() {}

    /** What the client got. */
    record Result(Pattern.Received received, double seconds) {
        double gigabitsPerSecond() {
            return received.bytes() * 8 / seconds / 1e9;
        }
    }

    /**
     * Serves on the server, downloads on the client.
     *
     * @param progress is called with the bytes so far now and then
     */
    static Result run(
            final Host client, final Host server, final int port, final Pattern pattern, final LongConsumer progress) {
        try {
            final HttpServer http = server.namespace().call(() -> HttpServer.create(server.at(port), 0));
            http.createContext(PATH, exchange -> serve(exchange, pattern));
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.start();
            try {
                final URI uri = URI.create("http://%s:%d%s".formatted(server.address(), port, PATH));
                return client.namespace().call(() -> download(uri, progress));
            } finally {
                http.stop(0);
            }
        } catch (final Exception e) {
            throw new LabException("HTTP download: " + e.getMessage(), e);
        }
    }

    private static void serve(final HttpExchange exchange, final Pattern pattern) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, pattern.bytes());
            try (OutputStream body = exchange.getResponseBody()) {
                pattern.writeTo(body);
            }
        }
    }

    /** On the client's thread: the socket is made by the thread that asks. */
    private static Result download(final URI uri, final LongConsumer progress) throws IOException {
        final long beganNs = System.nanoTime();
        final HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setRequestProperty("Connection", "close");
        try (InputStream body = new Counted(connection.getInputStream(), progress)) {
            final Pattern.Received received = Pattern.receive(body);
            return new Result(received, (System.nanoTime() - beganNs) / 1e9);
        }
    }

    /** Tells how far it is, each 16 MiB. */
    private static final class Counted extends FilterInputStream {
        private static final long STEP_BYTES = 16 << 20;

        private final LongConsumer progress;
        private long bytes;
        private long told;

        Counted(final InputStream in, final LongConsumer progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read(final byte[] buffer, final int offset, final int length) throws IOException {
            final int read = super.read(buffer, offset, length);
            bytes += Math.max(0, read);
            if (bytes - told >= STEP_BYTES) {
                told = bytes;
                progress.accept(bytes);
            }
            return read;
        }
    }
}
