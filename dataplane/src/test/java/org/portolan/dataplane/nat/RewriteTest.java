package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** Translations of UDP, TCP and echo, every checksum verified from scratch. */
class RewriteTest {
    private static final int OUTSIDE = TestRouter.OUTSIDE;
    private static final int REMOTE = TestRouter.REMOTE;

    private final TestRouter router = TestRouter.withSessions(40_000);
    private final TestPacket packet = router.packet;
    private final Random random = new Random(11);

    @AfterEach
    void close() {
        router.close();
    }

    private int anyHost() {
        return TestPacket.ip("10.0.0.0") | random.nextInt(1 << 24);
    }

    private int anyPort() {
        return 1 + random.nextInt(65_535);
    }

    @Test
    void shouldTranslateUdpOfAnyLengthBothWays() {
        for (int i = 0; i < 3000; i++) {
            final int host = anyHost();
            final int port = anyPort();
            final int remotePort = anyPort();
            packet.udp(host, port, REMOTE, remotePort, random.nextInt(64));
            final int session = router.outbound();
            assertThat(session).isNotNegative();
            packet.shouldHaveRightChecksums();
            assertThat(packet.source()).isEqualTo(OUTSIDE);
            assertThat(packet.destination()).isEqualTo(REMOTE);
            final int outsidePort = Udp.sourcePort(packet.transport());
            assertThat(Udp.destinationPort(packet.transport())).isEqualTo(remotePort);

            packet.udp(REMOTE, remotePort, OUTSIDE, outsidePort, random.nextInt(64));
            assertThat(router.inbound()).isEqualTo(session);
            packet.shouldHaveRightChecksums();
            assertThat(packet.source()).isEqualTo(REMOTE);
            assertThat(packet.destination()).isEqualTo(host);
            assertThat(Udp.destinationPort(packet.transport())).isEqualTo(port);
        }
    }

    @Test
    void shouldTranslateTcpOfAnyLengthBothWays() {
        for (int i = 0; i < 3000; i++) {
            final int host = anyHost();
            final int port = anyPort();
            packet.tcp(host, port, REMOTE, 443, Tcp.SYN, random.nextInt(64));
            final int session = router.outbound();
            assertThat(session).isNotNegative();
            packet.shouldHaveRightChecksums();
            assertThat(packet.source()).isEqualTo(OUTSIDE);

            packet.tcp(REMOTE, 443, OUTSIDE, Tcp.sourcePort(packet.transport()), Tcp.SYN | Tcp.ACK, random.nextInt(64));
            assertThat(router.inbound()).isEqualTo(session);
            packet.shouldHaveRightChecksums();
            assertThat(packet.destination()).isEqualTo(host);
            assertThat(Tcp.destinationPort(packet.transport())).isEqualTo(port);
        }
    }

    @Test
    void shouldTranslateEchoOfAnyLengthBothWays() {
        for (int i = 0; i < 3000; i++) {
            final int host = anyHost();
            final int identifier = random.nextInt(65_536);
            packet.echo(Icmp.ECHO_REQUEST, host, REMOTE, identifier, random.nextInt(64));
            final int session = router.outbound();
            assertThat(session).isNotNegative();
            packet.shouldHaveRightChecksums();
            assertThat(packet.source()).isEqualTo(OUTSIDE);

            final int outsideIdentifier = Icmp.identifier(packet.transport());
            packet.echo(Icmp.ECHO_REPLY, REMOTE, OUTSIDE, outsideIdentifier, random.nextInt(64));
            assertThat(router.inbound()).isEqualTo(session);
            packet.shouldHaveRightChecksums();
            assertThat(packet.destination()).isEqualTo(host);
            assertThat(Icmp.identifier(packet.transport())).isEqualTo(identifier);
        }
    }

    @Test
    void shouldChangeNothingButOneEndpointTheTtlAndTheChecksums() {
        packet.udp(TestRouter.HOST, 4000, REMOTE, 53, 33);
        final byte[] before = packet.bytes();
        router.outbound();
        final byte[] after = packet.bytes();
        assertThat(after[Ipv4.TTL_OFFSET]).isEqualTo((byte) (before[Ipv4.TTL_OFFSET] - 1));
        for (int at = 0; at < before.length; at++) {
            final boolean mayChange =
                    at == Ipv4.TTL_OFFSET || at >= 10 && at < 16 || at >= 20 && at < 22 || at >= 26 && at < 28;
            if (!mayChange) {
                assertThat(after[at]).as("byte %d", at).isEqualTo(before[at]);
            }
        }
    }

    /** No application-level gateway: RFC 4787 REQ-10, RFC 5382 REQ-6. */
    @Test
    void shouldLeaveAnAddressInThePayloadAlone() {
        final byte[] ftp = "PORT 192,168,1,10,15,160\r\n".getBytes(StandardCharsets.US_ASCII);
        packet.tcp(TestRouter.HOST, 4000, REMOTE, 21, Tcp.ACK | Tcp.PSH, ftp.length);
        shouldKeepPayload(ftp, Tcp.headerLength(packet.transport()));
        final byte[] sip = "Contact: <sip:a@192.168.1.10:5060>\r\n".getBytes(StandardCharsets.US_ASCII);
        packet.udp(TestRouter.HOST, 5060, REMOTE, 5060, sip.length);
        shouldKeepPayload(sip, Udp.HEADER_BYTES);
    }

    private void shouldKeepPayload(final byte[] payload, final int header) {
        Memory.copy(payload, 0, packet.transport() + header, payload.length);
        final int length = packet.totalLength();
        assertThat(router.outbound()).isNotNegative();
        assertThat(packet.totalLength()).isEqualTo(length);
        final byte[] after = new byte[payload.length];
        Memory.copy(packet.transport() + header, after, 0, after.length);
        assertThat(after).isEqualTo(payload);
    }

    @Test
    void shouldLeaveAPartialChecksumThatCompletesToARightOne() {
        for (int i = 0; i < 500; i++) {
            final int host = anyHost();
            final int port = anyPort();
            packet.udp(host, port, REMOTE, 53, random.nextInt(40)).partial();
            final int session = router.outbound(packet, true);
            packet.complete().shouldHaveRightChecksums();
            packet.udp(REMOTE, 53, OUTSIDE, router.nat.reader().outsidePort(session), random.nextInt(40))
                    .partial();
            assertThat(router.inbound(packet, true)).isEqualTo(session);
            packet.complete().shouldHaveRightChecksums();

            packet.tcp(host, port, REMOTE, 80, Tcp.SYN, random.nextInt(40)).partial();
            final int tcpSession = router.outbound(packet, true);
            packet.complete().shouldHaveRightChecksums();
            packet.tcp(
                    REMOTE,
                    80,
                    OUTSIDE,
                    router.nat.reader().outsidePort(tcpSession),
                    Tcp.SYN | Tcp.ACK,
                    random.nextInt(40));
            packet.partial();
            assertThat(router.inbound(packet, true)).isEqualTo(tcpSession);
            packet.complete().shouldHaveRightChecksums();
        }
    }

    @Test
    void shouldLeaveAnAbsentUdpChecksumAbsent() {
        packet.udp(TestRouter.HOST, 4000, REMOTE, 53);
        Udp.putChecksum(packet.transport(), 0);
        final int session = router.outbound();
        assertThat(Udp.checksum(packet.transport())).isZero();
        packet.udp(REMOTE, 53, OUTSIDE, router.nat.reader().outsidePort(session));
        Udp.putChecksum(packet.transport(), 0);
        router.inbound();
        assertThat(Udp.checksum(packet.transport())).isZero();
    }

    @Test
    void shouldNeverTurnAUdpChecksumIntoAnAbsentOne() {
        // Every 16-bit payload word makes every checksum once, so one of them comes out as 0.
        int special = 0;
        for (int word = 0; word <= 0xFFFF; word++) {
            packet.udp(TestRouter.HOST, 4000, REMOTE, 53, 2);
            Udp.putChecksum(packet.transport(), 0);
            Memory.putU16(packet.transport() + Udp.HEADER_BYTES, word);
            final int sum = InternetChecksum.ofTransport(packet.transport(), 10, TestRouter.HOST, REMOTE, Ipv4.UDP);
            Udp.putChecksum(packet.transport(), sum == 0 ? 0xFFFF : sum);
            router.outbound();
            assertThat(Udp.checksum(packet.transport())).isNotZero();
            special += Udp.checksum(packet.transport()) == 0xFFFF ? 1 : 0;
            packet.shouldHaveRightChecksums();
        }
        assertThat(special).isPositive();
    }

    @Test
    void shouldTranslateBetweenAnyAddresses() {
        for (int i = 0; i < 300; i++) {
            final int outside = random.nextInt();
            final int host = random.nextInt();
            final int remote = random.nextInt();
            try (TestRouter other = new TestRouter(
                    TestConfig.of(4, outside).seeded(random.nextLong()).rest(0))) {
                other.packet.udp(host, 1 + random.nextInt(65_535), remote, 1 + random.nextInt(65_535));
                final int session = other.outbound();
                other.packet.shouldHaveRightChecksums();
                other.packet.udp(
                        remote,
                        other.nat.reader().remotePort(session),
                        outside,
                        other.nat.reader().outsidePort(session));
                assertThat(other.inbound()).isEqualTo(session);
                other.packet.shouldHaveRightChecksums();
            }
        }
    }
}
