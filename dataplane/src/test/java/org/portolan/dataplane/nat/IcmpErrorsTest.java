package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Errors both ways: the quote after translation is, byte for byte, what its sender once sent (as far as quoted),
 * the error's checksums are right from scratch.
 */
class IcmpErrorsTest {
    private static final int OUTSIDE = TestRouter.OUTSIDE;
    private static final int REMOTE = TestRouter.REMOTE;
    private static final int HOST = TestRouter.HOST;
    private static final int FAR_ROUTER = TestPacket.ip("100.64.3.3");
    private static final byte[] NO_TAIL = {};

    private final TestRouter router = TestRouter.withSessions(1000);
    private final TestPacket packet = router.packet;
    private final TestPacket error = new TestPacket();
    private final Random random = new Random(17);

    @AfterEach
    void close() {
        error.close();
        router.close();
    }

    private enum Flow {
        UDP,
        TCP,
        ECHO
    }

    private void request(final Flow flow, final int port, final int payload) {
        switch (flow) {
            case UDP -> packet.udp(HOST, port, REMOTE, 53, payload);
            case TCP -> packet.tcp(HOST, port, REMOTE, 80, Tcp.SYN, payload);
            case ECHO -> packet.echo(Icmp.ECHO_REQUEST, HOST, REMOTE, port, payload);
        }
    }

    private void reply(final Flow flow, final int outsidePort, final int payload) {
        switch (flow) {
            case UDP -> packet.udp(REMOTE, 53, OUTSIDE, outsidePort, payload);
            case TCP -> packet.tcp(REMOTE, 80, OUTSIDE, outsidePort, Tcp.SYN | Tcp.ACK, payload);
            case ECHO -> packet.echo(Icmp.ECHO_REPLY, REMOTE, OUTSIDE, outsidePort, payload);
        }
    }

    private byte[] quoted(final int bytes) {
        final byte[] quote = new byte[bytes];
        Memory.copy(error.transport() + Icmp.QUOTE_OFFSET, quote, 0, bytes);
        return quote;
    }

    /** A quote that ends in the middle of the TCP checksum holds half a value that nothing can restore. */
    private static int restorable(final Flow flow, final int bytes) {
        return flow == Flow.TCP && bytes == 37 ? 36 : bytes;
    }

    /** The first bytes of a sent packet as the host that quotes it would have got it without translation: a hop on. */
    private static byte[] first(final byte[] bytes, final int count) {
        final byte[] first = Arrays.copyOf(bytes, count);
        final ByteBuffer header = ByteBuffer.wrap(first);
        first[Ipv4.TTL_OFFSET]--;
        header.putShort(Ipv4.CHECKSUM_OFFSET, (short) 0);
        int sum = 0;
        for (int at = 0; at < Ipv4.HEADER_BYTES; at += Short.BYTES) {
            sum += header.getShort(at) & 0xFFFF;
        }
        header.putShort(Ipv4.CHECKSUM_OFFSET, (short) ~((sum & 0xFFFF) + (sum >>> 16)));
        return first;
    }

    /** Another host takes each port first, so that the flow under test gets another outside port. */
    private void occupy(final Flow flow, final int port) {
        switch (flow) {
            case UDP -> packet.udp(TestRouter.OTHER_HOST, port, REMOTE, 53);
            case TCP -> packet.tcp(TestRouter.OTHER_HOST, port, REMOTE, 80, Tcp.SYN);
            case ECHO -> packet.echo(Icmp.ECHO_REQUEST, TestRouter.OTHER_HOST, REMOTE, port);
        }
        router.outbound();
    }

    @Test
    void shouldRestoreWhatTheInsideHostSentInAnErrorFromOutside() {
        for (final Flow flow : Flow.values()) {
            for (int i = 0; i < 100; i++) {
                final int port = 2000 + i;
                final int payload = 12 + random.nextInt(30);
                occupy(flow, port);
                request(flow, port, payload);
                final byte[] sent = packet.bytes();
                final int session = router.outbound();
                final int bytes = 28 + random.nextInt(packet.totalLength() - 28 + 1);
                error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet, bytes, NO_TAIL, 0);
                assertThat(router.inbound(error, false))
                        .as("%s, %d bytes", flow, bytes)
                        .isEqualTo(session);
                error.shouldHaveRightChecksums();
                assertThat(error.source()).isEqualTo(FAR_ROUTER);
                assertThat(error.destination()).isEqualTo(HOST);
                assertThat(Icmp.type(error.transport())).isEqualTo(Icmp.TIME_EXCEEDED);
                final int whole = restorable(flow, bytes);
                assertThat(quoted(whole)).as("%s, %d bytes", flow, bytes).isEqualTo(first(sent, whole));
            }
        }
    }

    @Test
    void shouldRestoreWhatTheRemoteSentInAnErrorFromInside() {
        for (final Flow flow : Flow.values()) {
            for (int i = 0; i < 100; i++) {
                final int port = 2000 + i;
                occupy(flow, port);
                request(flow, port, 20);
                final int session = router.outbound();
                reply(flow, router.nat.reader().outsidePort(session), 12 + random.nextInt(30));
                final byte[] sent = packet.bytes();
                assertThat(router.inbound()).isEqualTo(session);
                final int bytes = 28 + random.nextInt(packet.totalLength() - 28 + 1);
                error.error(Icmp.DESTINATION_UNREACHABLE, 3, HOST, REMOTE, packet, bytes, NO_TAIL, 0);
                assertThat(router.outbound(error, false)).isEqualTo(session);
                error.shouldHaveRightChecksums();
                assertThat(error.source()).isEqualTo(OUTSIDE);
                assertThat(error.destination()).isEqualTo(REMOTE);
                final int whole = restorable(flow, bytes);
                assertThat(quoted(whole)).as("%s, %d bytes", flow, bytes).isEqualTo(first(sent, whole));
            }
        }
    }

    @Test
    void shouldGiveAnErrorOfAnInsideRouterTheOutsideAddress() {
        request(Flow.UDP, 4000, 20);
        final int session = router.outbound();
        reply(Flow.UDP, router.nat.reader().outsidePort(session), 20);
        router.inbound();
        error.error(Icmp.TIME_EXCEEDED, 0, TestPacket.ip("192.168.1.254"), REMOTE, packet);
        assertThat(router.outbound(error, false)).isEqualTo(session);
        assertThat(error.shouldHaveRightChecksums().source()).isEqualTo(OUTSIDE);
    }

    @Test
    void shouldLeaveAQuotedAbsentUdpChecksumAbsent() {
        packet.udp(HOST, 4000, REMOTE, 53);
        Memory.putU16(packet.transport() + 6, 0);
        final byte[] sent = packet.bytes();
        router.outbound();
        error.error(Icmp.DESTINATION_UNREACHABLE, 3, REMOTE, OUTSIDE, packet);
        router.inbound(error, false);
        error.shouldHaveRightChecksums();
        assertThat(quoted(28)).isEqualTo(first(sent, 28));
    }

    /**
     * RFC 4884 section 4: the length attribute says where the quote ends; what follows is an extension, not a
     * checksum.
     */
    @Test
    void shouldTakeNoExtensionForTheQuotedTcpChecksum() {
        packet.tcp(HOST, 4000, REMOTE, 80, Tcp.SYN);
        router.outbound();
        final int words = 32 / 4;
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet, 40, NO_TAIL, words << 16);
        final byte[] before = error.bytes();
        assertThat(router.inbound(error, false)).isNotNegative();
        error.shouldHaveRightChecksums();
        final byte[] after = error.bytes();
        assertThat(Arrays.copyOfRange(after, 28 + 32, after.length))
                .isEqualTo(Arrays.copyOfRange(before, 28 + 32, before.length));
    }

    @Test
    void shouldLeaveBytesAloneThatAQuoteDoesNotReach() {
        packet.tcp(HOST, 4000, REMOTE, 80, Tcp.SYN);
        router.outbound();
        // 37 of the 38 bytes that would hold the quoted TCP checksum, then 60 bytes that are something else.
        final byte[] tail = new byte[60];
        random.nextBytes(tail);
        Memory.putU16(packet.address() + Ipv4.TOTAL_LENGTH_OFFSET, 37);
        Memory.putU16(packet.address() + Ipv4.CHECKSUM_OFFSET, 0);
        final int headerChecksum = InternetChecksum.of(packet.address(), Ipv4.HEADER_BYTES);
        Memory.putU16(packet.address() + Ipv4.CHECKSUM_OFFSET, headerChecksum);
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet, 37, tail, 0);
        final byte[] before = error.bytes();
        assertThat(router.inbound(error, false)).isNotNegative();
        error.shouldHaveRightChecksums();
        final byte[] after = error.bytes();
        for (int at = 28 + 36; at < before.length; at++) {
            assertThat(after[at]).as("byte %d", at).isEqualTo(before[at]);
        }
    }
}
