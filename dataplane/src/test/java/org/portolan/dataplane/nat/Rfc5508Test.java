package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;

/** RFC 5508: NAT behaviour for ICMP. */
class Rfc5508Test {
    private static final int FAR_ROUTER = TestPacket.ip("100.64.3.3");
    private static final byte[] NO_TAIL = {};

    private final TestRouter router = TestRouter.withSessions(100);
    private final TestPacket packet = router.packet;
    private final TestPacket error = new TestPacket();

    @AfterEach
    void close() {
        error.close();
        router.close();
    }

    /**
     * A session from another host's port, so that the outside port differs; the packet holds its first packet,
     * translated.
     */
    private int session() {
        router.udp(OTHER_HOST, 4000, REMOTE, 53);
        return router.udp(HOST, 4000, REMOTE, 53);
    }

    @Test
    @DisplayName("REQ-1: a query's identifier is mapped, whatever the target, and its answer comes back")
    void shouldMapAnIdentifierIndependentlyOfTheTarget() {
        packet.echo(Icmp.ECHO_REQUEST, OTHER_HOST, REMOTE, 9);
        router.outbound();
        packet.echo(Icmp.ECHO_REQUEST, HOST, REMOTE, 9);
        final int one = router.outbound();
        packet.echo(Icmp.ECHO_REQUEST, HOST, OTHER_REMOTE, 9);
        final int two = router.outbound();
        assertThat(one).isNotEqualTo(two);
        final int identifier = router.nat.reader().outsidePort(one);
        assertThat(identifier).isNotEqualTo(9).isEqualTo(router.nat.reader().outsidePort(two));
        packet.echo(Icmp.ECHO_REPLY, OTHER_REMOTE, OUTSIDE, identifier);
        assertThat(router.inbound()).isEqualTo(two);
        assertThat(packet.destination()).isEqualTo(HOST);
        assertThat(Icmp.identifier(packet.transport())).isEqualTo(9);
        assertThat(router.nat.reader().state(one)).isEqualTo(SessionState.ICMP);
    }

    @Test
    @DisplayName("REQ-3: an error with a wrong ICMP checksum or a wrong quoted header checksum is dropped")
    void shouldDropErrorsWithWrongChecksums() {
        session();
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet);
        Icmp.putChecksum(error.transport(), Icmp.checksum(error.transport()) ^ 1);
        assertThat(DropReason.ofCode(error.parse())).isEqualTo(DropReason.ICMP_CHECKSUM);
        Memory.putU8(packet.address() + Ipv4.TTL_OFFSET, 1);
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet);
        assertThat(DropReason.ofCode(error.parse())).isEqualTo(DropReason.ICMP_QUOTE);
    }

    @Test
    @DisplayName("REQ-3: the quoted transport checksum is not checked")
    void shouldCarryAQuoteWithAWrongTransportChecksum() {
        final int session = session();
        Memory.putU16(packet.transport() + 6, 0x1234);
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet);
        assertThat(router.inbound(error, false)).isEqualTo(session);
        error.shouldHaveRightChecksums();
    }

    @Test
    @DisplayName("REQ-3: options of the quoted header are skipped")
    void shouldSkipOptionsOfTheQuotedHeader() {
        final int session = session();
        final byte[] sent = packet.bytes();
        final int options = 8;
        final long ip = packet.address();
        Memory.copy(sent, 20, ip + 20 + options, sent.length - 20);
        for (int at = 0; at < options; at++) {
            Memory.putU8(ip + 20 + at, 1);
        }
        Memory.putU8(ip, 0x45 + options / 4);
        Memory.putU16(ip + Ipv4.TOTAL_LENGTH_OFFSET, sent.length + options);
        Memory.putU16(ip + Ipv4.CHECKSUM_OFFSET, 0);
        Memory.putU16(ip + Ipv4.CHECKSUM_OFFSET, InternetChecksum.of(ip, 20 + options));
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet, 28 + options, NO_TAIL, 0);
        assertThat(router.inbound(error, false)).isEqualTo(session);
        error.shouldHaveRightChecksums();
        final long quote = error.transport() + Icmp.QUOTE_OFFSET;
        assertThat(InternetChecksum.of(quote, 20 + options)).isZero();
        assertThat(Ipv4.source(quote)).isEqualTo(HOST);
        assertThat(Memory.u16(quote + 20 + options)).isEqualTo(4000);
    }

    @Test
    @DisplayName("REQ-3: extensions after the quote (RFC 4884) survive")
    void shouldLeaveExtensionsAsTheyAre() {
        final int session = session();
        final byte[] tail = new byte[128 - 28 + 12];
        Arrays.fill(tail, 100, tail.length, (byte) 0x5A);
        final int words = 128 / 4;
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet, 28, tail, words << 16);
        final byte[] before = error.bytes();
        assertThat(router.inbound(error, false)).isEqualTo(session);
        error.shouldHaveRightChecksums();
        final byte[] after = error.bytes();
        assertThat(Arrays.copyOfRange(after, 56, after.length))
                .isEqualTo(Arrays.copyOfRange(before, 56, before.length));
        assertThat(Arrays.copyOfRange(after, 24, 28))
                .as("length attribute")
                .isEqualTo(Arrays.copyOfRange(before, 24, 28));
    }

    @Test
    @DisplayName("REQ-4: an error from outside needs a mapping; quote restored, code kept, outer address follows")
    void shouldTranslateAnErrorFromOutside() {
        final int session = session();
        error.error(Icmp.DESTINATION_UNREACHABLE, 4, FAR_ROUTER, OUTSIDE, packet, 28, NO_TAIL, 1400);
        assertThat(router.inbound(error, false)).isEqualTo(session);
        error.shouldHaveRightChecksums();
        assertThat(error.source()).isEqualTo(FAR_ROUTER);
        assertThat(error.destination()).isEqualTo(HOST);
        assertThat(Icmp.type(error.transport())).isEqualTo(Icmp.DESTINATION_UNREACHABLE);
        assertThat(Icmp.code(error.transport())).isEqualTo(4);
        assertThat(Icmp.nextHopMtu(error.transport())).isEqualTo(1400);
        final long quote = error.transport() + Icmp.QUOTE_OFFSET;
        assertThat(Ipv4.source(quote)).isEqualTo(HOST);
        assertThat(Ipv4.destination(quote)).isEqualTo(REMOTE);
        packet.udp(OUTSIDE, 4000, OTHER_REMOTE, 53);
        error.error(Icmp.DESTINATION_UNREACHABLE, 4, FAR_ROUTER, OUTSIDE, packet);
        assertThat(reason(router.inbound(error, false))).isEqualTo(DropReason.ICMP_ERROR_UNMATCHED);
    }

    @Test
    @DisplayName("REQ-5: an error from inside needs a mapping; quote restored, code kept, outer address outside")
    void shouldTranslateAnErrorFromInside() {
        final int session = session();
        final int outsidePort = router.nat.reader().outsidePort(session);
        packet.udp(REMOTE, 53, OUTSIDE, outsidePort);
        router.inbound();
        error.error(Icmp.DESTINATION_UNREACHABLE, 3, HOST, REMOTE, packet);
        assertThat(router.outbound(error, false)).isEqualTo(session);
        error.shouldHaveRightChecksums();
        assertThat(error.source()).isEqualTo(OUTSIDE);
        assertThat(error.destination()).isEqualTo(REMOTE);
        assertThat(Icmp.code(error.transport())).isEqualTo(3);
        final long quote = error.transport() + Icmp.QUOTE_OFFSET;
        assertThat(Ipv4.destination(quote)).isEqualTo(OUTSIDE);
        assertThat(Memory.u16(quote + 22)).isEqualTo(outsidePort);
        packet.udp(REMOTE, 54, HOST, 4000);
        error.error(Icmp.DESTINATION_UNREACHABLE, 3, HOST, REMOTE, packet);
        assertThat(reason(router.outbound(error, false))).isEqualTo(DropReason.ICMP_ERROR_UNMATCHED);
    }

    @Test
    @DisplayName("REQ-6: an error neither refreshes nor deletes, and counts no bytes")
    void shouldNotWriteTheSession() {
        final int session = session();
        final SessionRow row = new SessionRow();
        assertThat(router.nat.reader().snapshot(session, row)).isTrue();
        final long bytesOut = row.bytesOut();
        final int generation = row.generation();
        router.nowS += 50;
        error.error(Icmp.TIME_EXCEEDED, 0, FAR_ROUTER, OUTSIDE, packet);
        assertThat(router.inbound(error, false)).isEqualTo(session);
        packet.udp(REMOTE, 53, HOST, 4000);
        error.error(Icmp.DESTINATION_UNREACHABLE, 3, HOST, REMOTE, packet);
        assertThat(router.outbound(error, false)).isEqualTo(session);
        assertThat(router.nat.reader().snapshot(session, row)).isTrue();
        assertThat(row.generation()).isEqualTo(generation);
        assertThat(row.bytesOut()).isEqualTo(bytesOut);
        assertThat(row.bytesIn()).isZero();
        assertThat(row.idleS(1007)).isEqualTo(7);
    }
}
