package org.portolan.control.history.peer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import org.eclipse.jgit.transport.PacketLineOut;

/** git://: a TCP connection, named in one line what is wanted, and then all goes over it (gitprotocol-pack). */
final class GitWire implements PeerWire {
    private static final int PORT = 9_418;
    private static final int MOST_ADDRESSES = 4;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private GitWire(final Socket socket, final Traffic traffic) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(traffic.of(socket.getInputStream()));
        out = traffic.of(socket.getOutputStream());
    }

    static GitWire open(final URI url, final Traffic traffic, final Watch watch, final int connectMs)
            throws IOException {
        final Socket socket = connect(url, watch, connectMs);
        try {
            final GitWire wire = new GitWire(socket, traffic);
            wire.out.write(service(url));
            return wire;
        } catch (final IOException e) {
            close(socket);
            throw e;
        }
    }

    /** A name may have several addresses, of which some lead nowhere. */
    private static Socket connect(final URI url, final Watch watch, final int connectMs) throws IOException {
        final InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(url.getHost());
        } catch (final UnknownHostException e) {
            throw new IOException("unknown host " + url.getHost(), e);
        }
        IOException last = null;
        final int count = Math.min(addresses.length, MOST_ADDRESSES);
        for (int i = 0; i < count; i++) {
            final Socket socket = new Socket();
            watch.guard(() -> close(socket));
            try {
                socket.connect(new InetSocketAddress(addresses[i], port(url)), connectMs / count);
                socket.setTcpNoDelay(true);
                return socket;
            } catch (final IOException e) {
                close(socket);
                last = e;
            }
        }
        throw last;
    }

    private static int port(final URI url) {
        return url.getPort() < 0 ? PORT : url.getPort();
    }

    private static byte[] service(final URI url) throws IOException {
        final String host = url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        new PacketLineOut(line).writeString("git-upload-pack " + url.getPath() + "\0host=" + host + "\0\0version=2\0");
        return line.toByteArray();
    }

    @Override
    public InputStream greet() {
        return in;
    }

    @Override
    public InputStream ask(final byte[] request) throws IOException {
        out.write(request);
        return in;
    }

    @Override
    public void close() {
        close(socket);
    }

    private static void close(final Socket socket) {
        try {
            socket.close();
        } catch (final IOException e) {
            return;
        }
    }
}
