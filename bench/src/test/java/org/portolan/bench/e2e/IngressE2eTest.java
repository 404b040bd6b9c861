package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.dataplane.io.Offload;

/**
 * What may come in, and what may not leave: spoofed sources, bytes behind a packet, priority tags, a link that is down.
 */
@NeedsRoot
class IngressE2eTest {
    private static final int UDP_FORWARD = 5353;
    private static final int RST = 0x04;
    private static final long WAIT_MS = 2_000;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .forward(Forward.udp(UDP_FORWARD, Lab.CLIENT_ADDRESS, 53))
                .config("nat", "unmatched_tcp = \"reset\"")
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static Host client() {
        return lab.client();
    }

    private static Host server() {
        return lab.server();
    }

    private static RawFrame fromOutside(final String source, final int sourcePort) {
        final String mac = lab.router().deviceMac(Lab.WAN);
        return RawFrame.udp(
                server().mac(), mac, source, sourcePort, Lab.OUTSIDE_ADDRESS, UDP_FORWARD, 64, new byte[20]);
    }

    private static RawFrame fromInside(final int sourcePort, final byte[] payload) {
        final String mac = lab.router().deviceMac(Lab.LAN);
        return RawFrame.udp(
                client().mac(), mac, client().address(), sourcePort, server().address(), 7_200, 64, payload);
    }

    private static boolean isUdpFrom(final RawFrame frame, final int port) {
        return frame.carries(RawFrame.UDP_PROTOCOL) && frame.sourcePort() == port;
    }

    @Test
    void shouldLetNoSourceOfTheInsideInFromOutside() {
        final long before = router.drops("martian_source");
        final String[] spoofed = {
            Lab.CLIENT_ADDRESS, "192.168.1.77", Lab.INSIDE_ADDRESS, Lab.OUTSIDE_ADDRESS, "169.254.7.7", "203.0.113.255"
        };
        try (RawSocket inside = RawSocket.open(client().namespace(), Host.DEVICE);
                RawSocket outside = RawSocket.open(server().namespace(), Host.DEVICE)) {
            for (final String source : spoofed) {
                outside.send(fromOutside(source, 4_001));
            }
            outside.send(fromOutside(server().address(), 4_002));
            final RawFrame first = inside.await(frame -> isUdpFrom(frame, 4_001) || isUdpFrom(frame, 4_002), WAIT_MS)
                    .orElseThrow();
            assertThat(first.sourcePort()).as("only the true source").isEqualTo(4_002);
        }
        assertThat(router.drops("martian_source")).isEqualTo(before + spoofed.length);
    }

    @Test
    void shouldAnswerNoPingFromOutsideToTheInsideAddress() {
        server().namespace().ip("route", "add", Lab.INSIDE_ADDRESS, "via", Lab.OUTSIDE_ADDRESS);
        try {
            final Ping.Result ping = server().ping(Lab.INSIDE_ADDRESS, "-c", "1", "-W", "1");
            assertThat(ping.received()).as(ping.text()).isZero();
            assertThat(server().ping(Lab.OUTSIDE_ADDRESS, "-c", "1").received()).isEqualTo(1);
        } finally {
            server().namespace().ip("route", "del", Lab.INSIDE_ADDRESS);
        }
    }

    @Test
    void shouldSendNothingThatStoodBehindAPacket() {
        final RawFrame whole = fromInside(4_010, new byte[2]);
        final byte[] trailed = Arrays.copyOf(whole.bytes(), 400);
        Arrays.fill(trailed, whole.bytes().length, trailed.length, (byte) 0x5A);
        try (RawSocket inside = RawSocket.open(client().namespace(), Host.DEVICE);
                RawSocket outside = RawSocket.open(server().namespace(), Host.DEVICE)) {
            inside.send(new RawFrame(trailed, Offload.NONE));
            final byte[] sent = outside.await(frame -> isUdpFrom(frame, 4_010), WAIT_MS)
                    .orElseThrow()
                    .bytes();
            assertThat(sent).hasSize(60);
            assertThat(Arrays.copyOfRange(sent, 44, 60)).containsOnly(0);
        }
    }

    @Test
    void shouldCarryAPriorityTaggedFrame() {
        try (RawSocket inside = RawSocket.open(client().namespace(), Host.DEVICE);
                RawSocket outside = RawSocket.open(server().namespace(), Host.DEVICE)) {
            inside.send(fromInside(4_020, new byte[40]).tagged(0));
            inside.send(fromInside(4_021, new byte[40]).tagged(5 << 13));
            for (final int port : new int[] {4_020, 4_021}) {
                final RawFrame sent =
                        outside.await(frame -> isUdpFrom(frame, port), WAIT_MS).orElseThrow();
                assertThat(sent.transportChecksumIsRight()).isTrue();
            }
        }
    }

    @Test
    void shouldTellTheInsideAtOnceThatTheEgressIsDown() {
        lab.takeDown(Lab.WAN);
        try {
            assertThat(RouterChecks.within(WAIT_MS, () -> {
                        final Ping.Result ping = client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1");
                        return ping.text().contains("From " + Lab.INSIDE_ADDRESS)
                                && ping.text().contains("Destination Net Unreachable");
                    }))
                    .isTrue();
        } finally {
            lab.takeUp(Lab.WAN);
        }
        assertThat(RouterChecks.within(
                        5_000,
                        () -> client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1")
                                        .received()
                                == 1))
                .as("forwards again")
                .isTrue();
    }

    /** An acknowledgment of a connection that nobody knows: from a socket that listens nowhere, by hand. */
    @Test
    void shouldResetTcpThatBelongsToNoSession() {
        try (RawSocket outside = RawSocket.open(server().namespace(), Host.DEVICE)) {
            outside.send(acknowledgment());
            final RawFrame reset = outside.await(
                            frame -> frame.carries(RawFrame.TCP_PROTOCOL) && frame.destinationPort() == 80, WAIT_MS)
                    .orElseThrow();
            assertThat(reset.tcpFlags()).isEqualTo(RST);
            assertThat(reset.source()).isEqualTo(Lab.OUTSIDE_ADDRESS);
            assertThat(reset.transportChecksumIsRight()).isTrue();
        }
    }

    /** A UDP frame made over: protocol, TCP header, and the checksum left to the device. */
    private static RawFrame acknowledgment() {
        final String mac = lab.router().deviceMac(Lab.WAN);
        final byte[] bytes = RawFrame.udp(
                        server().mac(), mac, server().address(), 80, Lab.OUTSIDE_ADDRESS, 41_000, 64, new byte[12])
                .bytes();
        final int ip = 14;
        final int tcp = 34;
        final int headerSum = (((bytes[ip + 10] & 0xFF) << 8 | bytes[ip + 11] & 0xFF) + 17 - 6) % 0xFFFF;
        bytes[ip + 9] = 6;
        bytes[ip + 10] = (byte) (headerSum >>> 8);
        bytes[ip + 11] = (byte) headerSum;
        Arrays.fill(bytes, tcp + 4, tcp + 20, (byte) 0);
        bytes[tcp + 12] = 5 << 4;
        bytes[tcp + 13] = 0x10;
        int sum = 6 + 20;
        for (int at = ip + 12; at < tcp; at += 2) {
            sum += (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        bytes[tcp + 16] = (byte) (sum >>> 8);
        bytes[tcp + 17] = (byte) sum;
        return new RawFrame(bytes, Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, tcp, 16));
    }
}
