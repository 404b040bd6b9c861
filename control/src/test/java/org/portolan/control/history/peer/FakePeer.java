package org.portolan.control.history.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.eclipse.jgit.lib.ObjectId;

/** A git server that says what one tells it to, at its pace. */
final class FakePeer implements AutoCloseable {
    private static final int PIECE = 1_000;

    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private volatile byte[] greeting = packets("version 2\n", "ls-refs\n", "fetch=shallow\n", null);
    private volatile byte[] refs = packets((String) null);
    private volatile byte[] answer = new byte[0];
    private volatile int dripMs;
    private volatile boolean stays;
    private volatile byte[] refrain = new byte[0];

    FakePeer() throws IOException {
        Thread.ofPlatform().daemon().start(this::accept);
    }

    FakePeer greets(final byte[] bytes) {
        greeting = bytes;
        return this;
    }

    FakePeer has(final ObjectId head) {
        refs = packets(head.name() + " refs/heads/primary\n", null);
        return this;
    }

    FakePeer lists(final byte[] bytes) {
        refs = bytes;
        return this;
    }

    /** The fetch is answered with these bytes, as they are. */
    FakePeer answers(final byte[] bytes) {
        answer = bytes;
        return this;
    }

    /** The fetch is answered with this pack. */
    FakePeer gives(final byte[] pack) {
        return answers(concat(packets("packfile\n"), band(1, pack), packets((String) null)));
    }

    /** It does not close the connection when it has said all. */
    FakePeer stays() {
        stays = true;
        return this;
    }

    /** After the answer it says this, again and again. */
    FakePeer repeats(final byte[] bytes) {
        refrain = bytes;
        return this;
    }

    /** A byte at a time. */
    FakePeer drips(final int ms) {
        dripMs = ms;
        return this;
    }

    URI url() {
        return URI.create("git://127.0.0.1:" + server.getLocalPort() + "/state.git");
    }

    /** Null stands for a flush. */
    static byte[] packets(final String... lines) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final String line : lines == null ? new String[1] : lines) {
            final String packet = line == null ? "0000" : "%04x%s".formatted(line.length() + 4, line);
            out.writeBytes(packet.getBytes(StandardCharsets.ISO_8859_1));
        }
        return out.toByteArray();
    }

    static byte[] band(final int band, final byte[] bytes) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; at += PIECE) {
            final int length = Math.min(PIECE, bytes.length - at);
            out.writeBytes("%04x".formatted(length + 5).getBytes(StandardCharsets.US_ASCII));
            out.write(band);
            out.write(bytes, at, length);
        }
        return out.toByteArray();
    }

    static byte[] concat(final byte[]... parts) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                final Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (final IOException e) {
                return;
            }
        }
    }

    private void serve(final Socket socket) {
        try (socket) {
            final InputStream in = socket.getInputStream();
            packet(in);
            say(socket.getOutputStream(), greeting);
            request(in);
            say(socket.getOutputStream(), refs);
            request(in);
            say(socket.getOutputStream(), answer);
            while (refrain.length > 0) {
                say(socket.getOutputStream(), refrain);
            }
            while (stays && in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (final IOException e) {
            return;
        }
    }

    private void say(final OutputStream out, final byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            throw new IOException("hangs up");
        }
        if (dripMs == 0) {
            out.write(bytes);
            return;
        }
        for (final byte each : bytes) {
            out.write(each);
            try {
                Thread.sleep(dripMs);
            } catch (final InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private static void request(final InputStream in) throws IOException {
        int length = 1;
        while (length != 0) {
            length = packet(in);
        }
    }

    private static int packet(final InputStream in) throws IOException {
        final byte[] header = in.readNBytes(4);
        if (header.length < 4) {
            throw new IOException("the client has gone");
        }
        final int length = Integer.parseInt(new String(header, StandardCharsets.US_ASCII), 16);
        in.readNBytes(Math.max(0, length - 4));
        return length;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
