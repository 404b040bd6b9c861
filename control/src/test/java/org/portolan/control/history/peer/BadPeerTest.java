package org.portolan.control.history.peer;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a peer may speak, or not. */
@Timeout(60)
final class BadPeerTest extends RefusalRig {
    @Test
    void shouldRefuseWhoSpeaksOtherwise() throws IOException {
        final ObjectId head = raw.sound();
        assertRefused(new FakePeer().greets(new byte[0]), "closes the connection without an answer");
        assertRefused(
                new FakePeer().greets(FakePeer.packets("ERR access \u001b[31m denied")),
                "says \"access ?[31m denied\"");
        assertRefused(
                new FakePeer().greets(FakePeer.packets(head.name() + " HEAD\0thin-pack\n", null)),
                "does not speak git's protocol 2");
        assertRefused(
                new FakePeer().greets(FakePeer.packets("version 2\n", "ls-refs\n", null)), "does not allow fetches");
        assertRefused(
                new FakePeer().greets(FakePeer.packets("version 2\n", "fetch\n", "object-format=sha256\n", null)),
                "another hash");
        assertRefused(
                new FakePeer().greets("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII)), "cannot be read");
        assertRefused(new FakePeer(), "has no branch primary");
        assertRefused(
                new FakePeer().lists(FakePeer.packets("z".repeat(40) + " refs/heads/primary\n", null)),
                "names a commit");
        assertRefused(new FakePeer().lists(FakePeer.packets("ERR no")), "says \"no\"");
        assertRefused(new FakePeer().has(head), "closes the connection without an answer");
        assertRefused(
                new FakePeer().has(head).answers(FakePeer.packets("acknowledgments\n", null)),
                "where the pack should be");
        assertRefused(
                new FakePeer().has(head).answers(FakePeer.packets("shallow-info\n", "unshallow " + head.name() + "\n")),
                "announces a boundary");
        assertRefused(
                new FakePeer()
                        .has(head)
                        .answers(FakePeer.concat(
                                FakePeer.packets("packfile\n"),
                                FakePeer.band(3, "out of \u0007 memory\n\0".getBytes(StandardCharsets.UTF_8)))),
                "says \"out of ? memory\"");
        assertRefused(
                new FakePeer()
                        .has(head)
                        .answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(9, new byte[9]))),
                "an unknown band");
    }

    @Test
    void shouldRefuseABoundaryThatDoesNotExplainWhatIsMissing() throws IOException {
        final RawHistory made = new RawHistory();
        final ObjectId first = made.sound();
        final ObjectId head = made.commit(made.goodTree(), first);
        made.objects.remove(first);
        assertRefused(
                new FakePeer()
                        .has(head)
                        .answers(FakePeer.concat(
                                FakePeer.packets("shallow-info\n", "shallow " + first.name() + "\n"),
                                "0001".getBytes(StandardCharsets.US_ASCII),
                                FakePeer.packets("packfile\n"),
                                FakePeer.band(1, made.pack()),
                                FakePeer.packets((String) null))),
                "does not send all that leads to its head");
    }

    @Test
    void shouldNotWaitForEver() throws IOException {
        final ObjectId head = raw.sound();
        final byte[] half =
                FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(1, Arrays.copyOf(raw.pack(), 50)));
        final byte[] greeting = FakePeer.packets("version 2\n");
        final Map<String, FakePeer> silent = new HashMap<>();
        silent.put("greeting", new FakePeer().greets(greeting).stays());
        silent.put("pack", new FakePeer().has(head).answers(half).stays());
        for (final FakePeer each : silent.values()) {
            assertOutwaited(each, "did not answer for 0 s");
        }
        assertOutwaited(new FakePeer().has(head).gives(raw.pack()).drips(40), "took longer than 2 s");
    }

    @Test
    void shouldSayThatNobodyListens() throws IOException {
        final FakePeer gone = new FakePeer();
        gone.close();
        assertRefused(gone.url(), "Connection refused");
        assertRefused(URI.create("git://no-such-host.invalid/state.git"), "unknown host no-such-host.invalid");
        assertRefused(URI.create(gone.url().toString().replace("git:", "http:")), "cannot be read");
    }

    @Test
    void shouldSayThatThereIsNoSuchRepository() throws IOException {
        try (StockDaemon daemon = new StockDaemon(directory);
                StockHttp http = new StockHttp(directory)) {
            assertRefused(daemon.url("none.git"), "access denied or repository not exported");
            assertRefused(http.url("none.git"), "answers with HTTP status 404");
        }
        try (PeerServer server =
                PeerServer.start(ours.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            assertRefused(
                    URI.create("git://127.0.0.1:" + server.address().getPort() + "/none.git"),
                    "no such repository: the one here is /state.git");
        }
    }

    @Test
    void shouldFollowNoRedirectAndTakeNoOtherThingForAGitServer() throws IOException {
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
            exchange.sendResponseHeaders(301, -1);
            exchange.close();
        });
        server.createContext("/dumb", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<html>".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.createContext("/silent", exchange -> {
            try {
                Thread.sleep(3_000);
            } catch (final InterruptedException e) {
                exchange.close();
            }
        });
        server.setExecutor(java.util.concurrent.Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().factory()));
        server.start();
        final String root = "http://127.0.0.1:" + server.getAddress().getPort();
        assertRefused(
                URI.create(root + "/moved"), "answers with HTTP status 301 and redirects to \"file:///etc/passwd\"");
        assertRefused(URI.create(root + "/dumb"), "does not speak git's smart protocol");
        assertRefused(URI.create(root + "/silent"), "cannot be read", IMPATIENT);
        server.stop(0);
    }
}
