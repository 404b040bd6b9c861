package org.portolan.control.history.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Stock git's own server of git://, for every repository in a directory. */
final class StockDaemon implements AutoCloseable {
    private final Process process;
    private final int port;

    StockDaemon(final Path directory) throws IOException {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket probe = new ServerSocket(0, 1, loopback)) {
            port = probe.getLocalPort();
        }
        process = new ProcessBuilder(
                        "git",
                        "-c",
                        "safe.directory=*",
                        "daemon",
                        "--listen=127.0.0.1",
                        "--port=" + port,
                        "--export-all",
                        "--base-path=" + directory,
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isThere(loopback)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroy();
                throw new IOException("git daemon does not listen");
            }
        }
    }

    private boolean isThere(final InetAddress address) {
        try {
            new Socket(address, port).close();
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    URI url(final String repository) {
        return URI.create("git://127.0.0.1:" + port + "/" + repository);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
