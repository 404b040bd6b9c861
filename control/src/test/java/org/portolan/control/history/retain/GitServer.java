package org.portolan.control.history.retain;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.Daemon;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.resolver.ServiceNotEnabledException;

/** A repository under git:// on loopback: JGit's daemon, or stock git's. */
record GitServer(String url, Runnable end) implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Makes what serves one client. */
    interface Service {
        UploadPack serve(Repository git) throws IOException;
    }

    static GitServer jgit(final Repository git, final Service service) throws IOException {
        final Daemon daemon = new Daemon(new InetSocketAddress(LOOPBACK, 0));
        daemon.setRepositoryResolver((client, name) -> {
            git.incrementOpen();
            return git;
        });
        daemon.setUploadPackFactory((client, repository) -> {
            try {
                return service.serve(repository);
            } catch (final IOException e) {
                throw new ServiceNotEnabledException(e.getMessage(), e);
            }
        });
        daemon.getService("git-upload-pack").setEnabled(true);
        daemon.start();
        return new GitServer("git://127.0.0.1:" + daemon.getAddress().getPort() + "/history", () -> {
            try {
                daemon.stopAndWait();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    static GitServer stock(final Path repository) throws IOException {
        final int port;
        try (ServerSocket probe = new ServerSocket(0, 1, LOOPBACK)) {
            port = probe.getLocalPort();
        }
        final Process daemon = new ProcessBuilder(
                        "git",
                        "-c",
                        "safe.directory=*",
                        "daemon",
                        "--listen=127.0.0.1",
                        "--port=" + port,
                        "--export-all",
                        "--base-path=" + repository.getParent(),
                        repository.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await(daemon, port);
        return new GitServer("git://127.0.0.1:" + port + "/" + repository.getFileName(), () -> {
            daemon.descendants().forEach(ProcessHandle::destroy);
            daemon.destroy();
        });
    }

    private static void await(final Process daemon, final int port) throws IOException {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (daemon.isAlive() && System.nanoTime() < end) {
            try {
                new Socket(LOOPBACK, port).close();
                return;
            } catch (final IOException e) {
                Thread.onSpinWait();
            }
        }
        daemon.destroy();
        throw new IOException("git daemon does not listen");
    }

    @Override
    public void close() {
        end.run();
    }
}
