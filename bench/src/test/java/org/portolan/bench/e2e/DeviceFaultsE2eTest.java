package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;

/** Devices that refuse single frames, that flap unseen, and that change their MTU, all under traffic. */
@NeedsRoot
class DeviceFaultsE2eTest {
    private static final int PORT = 7300;
    private static final long RECOVERY_MS = 3_000;
    private static final int FULL_PAYLOAD = 1472;

    private final Lab lab = Lab.builder().build();
    private PortolanProcess router;

    private void start(final String idle) {
        router = PortolanProcess.in(lab).idle(idle).build();
        router.start();
        assertThat(RouterChecks.within(RECOVERY_MS, this::passes)).isTrue();
    }

    @AfterEach
    void stop() {
        RouterChecks.end(lab, router);
    }

    private boolean passes() {
        return lab.client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1").received() == 1;
    }

    /** The far end of the outside wire takes 1400 bytes, and nobody told the router. */
    @Test
    void shouldGoOnBehindAFrameThatTheFarEndDoesNotTake() throws IOException {
        start("backoff");
        mtu(lab.server(), 1400);
        try (Datagrams client = Datagrams.on(lab.client(), 0);
                Datagrams server = Datagrams.on(lab.server(), PORT)) {
            for (int i = 0; i < 50; i++) {
                client.send(lab.server().at(PORT), "x".repeat(FULL_PAYLOAD));
                client.send(lab.server().at(PORT), "small " + i);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(server.receive(1_000).orElseThrow().text()).isEqualTo("small " + i);
            }
        }
        assertThat(passes()).isTrue();
        assertThat(router.drops("transmit_refused")).isEqualTo(50);
    }

    /** The same in the other direction. */
    @Test
    void shouldGoOnBehindAFrameThatTheClientsWireDoesNotTake() throws IOException {
        start("backoff");
        mtu(lab.client(), 1400);
        try (Datagrams client = Datagrams.on(lab.client(), 0);
                Datagrams server = Datagrams.on(lab.server(), PORT)) {
            client.send(lab.server().at(PORT), "hello");
            final Datagrams.Received hello = server.receive(1_000).orElseThrow();
            for (int i = 0; i < 50; i++) {
                server.send(hello.source(), "x".repeat(FULL_PAYLOAD));
                server.send(hello.source(), "small " + i);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(client.receive(1_000).orElseThrow().text()).isEqualTo("small " + i);
            }
        }
        assertThat(passes()).isTrue();
        assertThat(router.drops("transmit_refused")).isEqualTo(50);
    }

    /**
     * A rule at the device's egress refuses by content what has the size of all others, and the router's own frames.
     */
    @Test
    void shouldGoOnBehindFramesThatARuleRefuses() throws IOException {
        start("backoff");
        final Path rules = Files.createTempFile("portolan-rules-", ".nft");
        try {
            Files.writeString(rules, """
                    table netdev refusing {
                        chain wan {
                            type filter hook egress device "%s" priority 0;
                            udp dport 9999 drop
                        }
                        chain lan {
                            type filter hook egress device "%s" priority 0;
                            ip saddr %s icmp type echo-reply drop
                        }
                    }
                    """.formatted(Lab.WAN, Lab.LAN, Lab.INSIDE_ADDRESS));
            lab.router().run("nft", "-f", rules.toString());
        } finally {
            Files.delete(rules);
        }
        final long lost = originatedLost();
        assertThat(lab.client().ping(Lab.INSIDE_ADDRESS, "-W", "0.2").received())
                .isZero();
        assertThat(originatedLost()).isEqualTo(lost + 3);
        try (Datagrams client = Datagrams.on(lab.client(), 0);
                Datagrams server = Datagrams.on(lab.server(), PORT)) {
            for (int i = 0; i < 50; i++) {
                client.send(lab.server().at(9999), "small " + i);
                client.send(lab.server().at(PORT), "small " + i);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(server.receive(1_000).orElseThrow().text()).isEqualTo("small " + i);
            }
        }
        assertThat(passes()).isTrue();
        assertThat(router.drops("transmit_refused")).isEqualTo(50);
    }

    private long originatedLost() {
        return router.askJson("stats").get("frames").get("originated_lost").number();
    }

    @Test
    void shouldRecoverFromFlapsThatAreOverBeforeAnybodyLooks() throws Exception {
        start("backoff");
        try (Traffic _ = new Traffic(lab.client(), lab.server(), 2_000)) {
            for (int i = 0; i < 20; i++) {
                flap(i % 2 == 0 ? Lab.WAN : Lab.LAN);
                assertThat(RouterChecks.within(RECOVERY_MS, this::passes))
                        .as("after flap %d", i)
                        .isTrue();
            }
        }
    }

    /** The receiving sockets keep an error, which poll(2) reports until it is read. */
    @Test
    void shouldSleepAfterAFlap() throws Exception {
        start("park");
        flap(Lab.WAN);
        flap(Lab.LAN);
        assertThat(RouterChecks.within(RECOVERY_MS, this::passes)).isTrue();
        double least = Double.MAX_VALUE;
        // A compiler that is still at work is waited for; a worker that spins takes the whole of every second.
        for (int i = 0; i < 10 && least > 0.3; i++) {
            final double before = router.cpuSeconds();
            Thread.sleep(1_000);
            least = Math.min(least, router.cpuSeconds() - before);
        }
        assertThat(least).as("CPU seconds in a second").isLessThan(0.5);
    }

    @Test
    void shouldSendNoFrameTwiceWhenTheMtuChanges() throws Exception {
        start("backoff");
        final int changes = 8;
        try (Traffic traffic = new Traffic(lab.client(), lab.server(), 5_000)) {
            for (int i = 1; i <= changes; i++) {
                Thread.sleep(200);
                lab.router().ip("link", "set", Lab.LAN, "mtu", Integer.toString(1500 + 20 * i));
            }
            assertThat(RouterChecks.within(RECOVERY_MS, () -> reopened(Lab.LAN) == changes))
                    .isTrue();
            Thread.sleep(200);
            traffic.end();
            assertThat(traffic.twice()).as("received twice").isZero();
            assertThat(traffic.missing()).as("lost").isLessThanOrEqualTo(5 * changes);
            assertThat(traffic.sent()).isGreaterThan(1_000);
        }
    }

    private long reopened(final String device) {
        return router.askJson("stats").get("kernel").get(device + "_reopened").number();
    }

    private static void mtu(final Host host, final int bytes) {
        host.namespace().ip("link", "set", Host.DEVICE, "mtu", Integer.toString(bytes));
    }

    /** Down and up by one process, with nothing in between. */
    private void flap(final String device) throws IOException {
        final Path batch = Files.createTempFile("portolan-flap-", ".batch");
        try {
            Files.writeString(batch, "link set %1$s down\nlink set %1$s up\n".formatted(device));
            lab.router().ip("-batch", batch.toString());
        } finally {
            Files.delete(batch);
        }
    }

    /** Numbered datagrams from one host to another, and how often each arrived. */
    private static final class Traffic implements AutoCloseable {
        private static final int MOST = 1 << 20;

        private final byte[] seen = new byte[MOST];
        private final AtomicBoolean sending = new AtomicBoolean(true);
        private final AtomicReference<IOException> failure = new AtomicReference<>();
        private final DatagramSocket receiver;
        private final DatagramSocket sender;
        private final Thread sends;
        private final Thread receives;
        private int sent;

        Traffic(final Host from, final Host to, final int perSecond) {
            receiver = open(to.namespace(), to.at(PORT).getAddress(), PORT);
            sender = open(from.namespace(), from.at(0).getAddress(), 0);
            receives = from.namespace().thread("receives", this::receive);
            sends = from.namespace().thread("sends", () -> send(to, perSecond));
            receives.start();
            sends.start();
        }

        private static DatagramSocket open(final Namespace namespace, final InetAddress address, final int port) {
            try {
                final DatagramSocket socket = namespace.call(() -> new DatagramSocket(port, address));
                socket.setReceiveBufferSize(1 << 20);
                socket.setSoTimeout(500);
                return socket;
            } catch (final Exception e) {
                throw new LabException("a UDP socket in " + namespace, e);
            }
        }

        private void send(final Host to, final int perSecond) {
            final ByteBuffer payload = ByteBuffer.allocate(64);
            final DatagramPacket packet = new DatagramPacket(payload.array(), 64, to.at(PORT));
            final long startNs = System.nanoTime();
            while (sending.get() && sent < MOST) {
                final long due = (System.nanoTime() - startNs) * perSecond / 1_000_000_000L;
                while (sent < due) {
                    payload.putInt(0, sent++);
                    try {
                        sender.send(packet);
                    } catch (final IOException e) {
                        failure.compareAndSet(null, e);
                    }
                }
                LockSupport.parkNanos(100_000);
            }
        }

        private void receive() {
            final DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            boolean more = true;
            while (more || sending.get()) {
                try {
                    receiver.receive(packet);
                    seen[ByteBuffer.wrap(packet.getData()).getInt(0)]++;
                    more = true;
                } catch (final SocketTimeoutException e) {
                    more = false;
                } catch (final IOException e) {
                    failure.compareAndSet(null, e);
                    return;
                }
            }
        }

        /** Sends no more, and waits for what is still on its way. */
        void end() throws InterruptedException {
            sending.set(false);
            sends.join(5_000);
            receives.join(5_000);
            assertThat(failure.get()).isNull();
        }

        int sent() {
            return sent;
        }

        int twice() {
            int count = 0;
            for (int i = 0; i < sent; i++) {
                count += seen[i] > 1 ? 1 : 0;
            }
            return count;
        }

        int missing() {
            int count = 0;
            for (int i = 0; i < sent; i++) {
                count += seen[i] == 0 ? 1 : 0;
            }
            return count;
        }

        @Override
        public void close() {
            sending.set(false);
            sender.close();
            receiver.close();
        }
    }
}
