package org.portolan.bench.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** A UDP server on a host of the lab that sends each datagram back to where it came from, and knows who came. */
public final class UdpEcho implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

    private final DatagramChannel channel;
    private final Set<InetSocketAddress> sources = ConcurrentHashMap.newKeySet();
    private final BiConsumer<InetSocketAddress, ByteBuffer> witness;

    private UdpEcho(final DatagramChannel channel, final BiConsumer<InetSocketAddress, ByteBuffer> witness) {
        this.channel = channel;
        this.witness = witness;
    }

    /** Serves on the host's own address. */
    public static UdpEcho open(final Host host, final int port) {
        return open(host.namespace(), host.at(port), (source, payload) -> {});
    }

    /**
     * Serves on an address of a namespace.
     *
     * @param witness called on the server's thread with the source and the payload of each datagram, before it is
     *     sent back
     */
    public static UdpEcho open(
            final Namespace namespace,
            final InetSocketAddress at,
            final BiConsumer<InetSocketAddress, ByteBuffer> witness) {
        final DatagramChannel channel = bind(namespace, at);
        final UdpEcho echo = new UdpEcho(channel, witness);
        namespace.thread("udp-echo-" + at.getPort(), echo::serve).start();
        return echo;
    }

    private static DatagramChannel bind(final Namespace namespace, final InetSocketAddress at) {
        try {
            return namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET)
                    .setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                    .bind(at));
        } catch (final Exception e) {
            throw new LabException("UDP %s in %s: %s".formatted(at, namespace, e.getMessage()), e);
        }
    }

    private void serve() {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                final InetSocketAddress source = (InetSocketAddress) channel.receive(buffer);
                buffer.flip();
                sources.add(source);
                witness.accept(source, buffer.duplicate());
                channel.send(buffer, source);
            } catch (final AsynchronousCloseException e) {
                return;
            } catch (final IOException e) {
                // An ICMP error about an earlier answer is reported on the next call, and is no reason to stop serving.
                Thread.onSpinWait();
            }
        }
    }

    /** Every source seen so far. */
    public Set<InetSocketAddress> sources() {
        return Set.copyOf(sources);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            throw new LabException("closing " + channel, e);
        }
    }
}
