package org.portolan.bench.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.LabException;

/** A UDP socket of a host in the lab. */
final class Datagrams implements AutoCloseable {
    private final DatagramSocket socket;

    private Datagrams(final DatagramSocket socket) {
        this.socket = socket;
    }

    /** Bound to the host's address; port 0 for any. */
    static Datagrams on(final Host host, final int port) {
        try {
            return new Datagrams(host.namespace().call(() -> new DatagramSocket(host.at(port))));
        } catch (final Exception e) {
            throw new LabException("UDP port %d on %s".formatted(port, host.address()), e);
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    /** From now on ICMP errors are thrown by {@link #receive}. */
    Datagrams connect(final InetSocketAddress to) throws IOException {
        socket.connect(to);
        return this;
    }

    void send(final InetSocketAddress to, final String text) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    /** What came, and from where. */
    record Received(InetSocketAddress source, String text) {}

    Optional<Received> receive(final int timeoutMs) throws IOException {
        socket.setSoTimeout(timeoutMs);
        final DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        try {
            socket.receive(packet);
        } catch (final SocketTimeoutException e) {
            return Optional.empty();
        }
        final byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        return Optional.of(
                new Received((InetSocketAddress) packet.getSocketAddress(), new String(bytes, StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        socket.close();
    }
}
