package org.portolan.bench.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Many UDP flows from one client, each from a source port of its own, each echoed and compared. The server keeps book:
 * which outside address and port each flow came from, and that no two flows shared one.
 *
 * <p>Flows go out in waves small enough for any socket buffer, so a datagram that is lost was lost by the router; it is
 * sent again to find out whether the flow works at all, and every repeat is counted. An answer that is merely late on a
 * busy machine is waited for.
 */
public final class UdpFlows {
    private static final int WAVE = 100;
    private static final int ATTEMPTS = 4;
    private static final long ATTEMPT_TIMEOUT_MS = 2_000;
    private static final int PAYLOAD_BYTES = 32;

    private final Host client;
    private final Host server;
    private final int port;
    private final String outsideAddress;
    private final AtomicIntegerArray flowOfPort = new AtomicIntegerArray(65_536);
    private final AtomicInteger strangers = new AtomicInteger();
    private final AtomicInteger sharedPorts = new AtomicInteger();
    private int echoed;
    private int repeats;
    private int wrong;

    /**
     * What happened.
     *
     * @param echoed flows whose datagram came back as it was sent
     * @param wrong datagrams that came back different
     * @param repeats datagrams sent again because no answer came
     * @param overflows datagrams that the kernel dropped at a full socket buffer, at client and server
     * @param strangers datagrams that reached the server from another address than the router's
     * @param sharedPorts datagrams that reached the server from a port of another flow
     * @param outsidePorts distinct outside ports
     */
    public record Result(
            int flows,
            int echoed,
            int wrong,
            int repeats,
            long overflows,
            int strangers,
            int sharedPorts,
            int outsidePorts,
            double seconds) {
        /**
         * Whether all flows were echoed, each from a port of its own, and no datagram was lost that a socket buffer
         * does not account for.
         */
        public boolean right() {
            return echoed == flows
                    && wrong == 0
                    && strangers == 0
                    && sharedPorts == 0
                    && outsidePorts == flows
                    && repeats <= overflows;
        }
    }

    private UdpFlows(final Host client, final Host server, final int port, final String outsideAddress) {
        this.client = client;
        this.server = server;
        this.port = port;
        this.outsideAddress = outsideAddress;
    }

    /**
     * Runs {@code flows} flows from consecutive source ports.
     *
     * @param firstPort source port of the first
     * @param outsideAddress what the server must see as the source, dotted
     */
    public static Result run(
            final Host client,
            final Host server,
            final int port,
            final String outsideAddress,
            final int firstPort,
            final int flows) {
        return new UdpFlows(client, server, port, outsideAddress).run(firstPort, flows);
    }

    private Result run(final int firstPort, final int flows) {
        final long overflowsBefore = overflows();
        final long beganNs = System.nanoTime();
        try (UdpEcho _ = UdpEcho.open(server.namespace(), server.at(port), this::witness)) {
            client.namespace().call(() -> {
                for (int first = 0; first < flows; first += WAVE) {
                    wave(firstPort, first, Math.min(WAVE, flows - first));
                }
                return null;
            });
        } catch (final Exception e) {
            throw new LabException("UDP flows: " + e, e);
        }
        final double seconds = (System.nanoTime() - beganNs) / 1e9;
        int outsidePorts = 0;
        for (int i = 0; i < flowOfPort.length(); i++) {
            outsidePorts += flowOfPort.get(i) == 0 ? 0 : 1;
        }
        return new Result(
                flows,
                echoed,
                wrong,
                repeats,
                overflows() - overflowsBefore,
                strangers.get(),
                sharedPorts.get(),
                outsidePorts,
                seconds);
    }

    /** On the server's thread. */
    private void witness(final InetSocketAddress source, final ByteBuffer payload) {
        if (!source.getAddress().getHostAddress().equals(outsideAddress)) {
            strangers.incrementAndGet();
        }
        final int flow = payload.getInt(0) + 1;
        final int owner = flowOfPort.compareAndExchange(source.getPort(), 0, flow);
        if (owner != 0 && owner != flow) {
            sharedPorts.incrementAndGet();
        }
    }

    private void wave(final int firstPort, final int first, final int count) throws IOException {
        final List<DatagramChannel> channels = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                final DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
                channels.add(channel);
                channel.bind(client.at(firstPort + first + i)).connect(server.at(port));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, first + i);
            }
            for (int attempt = 0; attempt < ATTEMPTS && !selector.keys().isEmpty(); attempt++) {
                sendAll(selector, attempt);
                receiveAll(selector);
            }
        } finally {
            for (final DatagramChannel channel : channels) {
                channel.close();
            }
        }
    }

    private void sendAll(final Selector selector, final int attempt) throws IOException {
        for (final SelectionKey key : selector.keys()) {
            if (key.isValid()) {
                repeats += attempt == 0 ? 0 : 1;
                ((DatagramChannel) key.channel()).write(payload((int) key.attachment()));
            }
        }
    }

    private void receiveAll(final Selector selector) throws IOException {
        final ByteBuffer received = ByteBuffer.allocate(2 * PAYLOAD_BYTES);
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ATTEMPT_TIMEOUT_MS);
        while (!selector.keys().isEmpty()) {
            final long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            if (leftMs <= 0) {
                return;
            }
            selector.select(key -> receive(key, received), leftMs);
            // A cancelled key leaves the set at the next selection only, and that one must not wait for the others.
            selector.selectNow(key -> receive(key, received));
        }
    }

    private void receive(final SelectionKey key, final ByteBuffer received) {
        try {
            received.clear();
            if (((DatagramChannel) key.channel()).read(received) > 0) {
                final boolean same = received.flip().equals(payload((int) key.attachment()));
                echoed += same ? 1 : 0;
                wrong += same ? 0 : 1;
                key.cancel();
            }
        } catch (final PortUnreachableException e) {
            wrong++;
        } catch (final IOException e) {
            throw new LabException("UDP flow " + key.attachment(), e);
        }
    }

    private static ByteBuffer payload(final int flow) {
        final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
        payload.putInt(flow);
        while (payload.hasRemaining()) {
            payload.put((byte) (flow * 31 + payload.position()));
        }
        return payload.flip();
    }

    private long overflows() {
        return overflows(client.namespace()) + overflows(server.namespace());
    }

    /** RcvbufErrors of /proc/net/snmp: two lines start with "Udp:", names and values. */
    private static long overflows(final Namespace namespace) {
        final List<String[]> udp = namespace
                .read("/proc/thread-self/net/snmp")
                .lines()
                .filter(line -> line.startsWith("Udp:"))
                .map(line -> line.split(" "))
                .toList();
        return Long.parseLong(udp.get(1)[List.of(udp.get(0)).indexOf("RcvbufErrors")]);
    }
}
