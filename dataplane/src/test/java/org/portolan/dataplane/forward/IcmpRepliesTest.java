package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Udp;

class IcmpRepliesTest {
    private static final int HOST = 0xC0A80114;
    private static final int SERVER = 0xC6336407;
    private static final int ROUTER = 0xC0A80101;

    private final Slab slab = Slab.allocate(8192, "test");
    private final long in = slab.address();
    private final long out = in + 4096;
    private final Packet packet = new Packet();

    @AfterEach
    void free() {
        slab.close();
    }

    /** A UDP datagram of {@code total} bytes whose payload counts up. */
    private int udp(final int total, final int source, final int destination) {
        Ipv4.putHeader(in, total, 0x1234, true, 1, Ipv4.UDP, source, destination);
        final int length = total - Ipv4.HEADER_BYTES;
        Udp.putHeader(in + Ipv4.HEADER_BYTES, 40_000, 53, length, 0);
        for (int i = Udp.HEADER_BYTES; i < length; i++) {
            Memory.putU8(in + Ipv4.HEADER_BYTES + i, i);
        }
        return packet.parse(in, total);
    }

    private int icmp(final int type, final int bytes) {
        Ipv4.putHeader(in, Ipv4.HEADER_BYTES + bytes, 1, false, 1, Ipv4.ICMP, HOST, SERVER);
        final long icmp = in + Ipv4.HEADER_BYTES;
        Memory.zero(icmp, Math.max(bytes, 8));
        Memory.putU8(icmp, type);
        if (bytes >= 8) {
            Icmp.putChecksum(icmp, InternetChecksum.of(icmp, bytes));
        }
        return packet.parse(in, Ipv4.HEADER_BYTES + bytes);
    }

    private int timeExceeded() {
        return IcmpReplies.build(out, packet, Icmp.TIME_EXCEEDED, Icmp.CODE_TTL_EXCEEDED, 0, ROUTER, 77);
    }

    private void assertQuotes(final int bytes) {
        for (int i = 0; i < bytes; i++) {
            assertThat(Memory.u8(out + 28 + i)).as("byte %d of the quote", i).isEqualTo(Memory.u8(in + i));
        }
    }

    @Test
    void shouldTellTheSenderThatTimeWasExceeded() {
        assertThat(udp(100, HOST, SERVER)).isZero();
        assertThat(IcmpReplies.isForbidden(packet)).isFalse();

        final int length = timeExceeded();

        assertThat(length).isEqualTo(128);
        final Packet error = new Packet();
        assertThat(error.parse(out, length)).isZero();
        assertThat(error.kind()).isEqualTo(Packet.KIND_ICMP_ERROR);
        assertThat(Ipv4.source(out)).isEqualTo(ROUTER);
        assertThat(Ipv4.destination(out)).isEqualTo(HOST);
        assertThat(Ipv4.ttl(out)).isEqualTo(64);
        assertThat(Ipv4.identification(out)).isEqualTo(77);
        assertThat(Ipv4.dontFragment(out)).isFalse();
        assertThat(Icmp.type(error.transport())).isEqualTo(Icmp.TIME_EXCEEDED);
        assertThat(Icmp.code(error.transport())).isEqualTo(Icmp.CODE_TTL_EXCEEDED);
        assertThat(Memory.u32(error.transport() + 4)).isZero();
        assertThat(error.sourcePort()).isEqualTo(53);
        assertThat(error.destinationPort()).isEqualTo(40_000);
        assertQuotes(100);
    }

    @Test
    @DisplayName("RFC 1812 4.3.2.3: as much of the packet is quoted as fits in 576 bytes")
    void shouldQuoteAsMuchAsFits() {
        assertThat(udp(1500, HOST, SERVER)).isZero();

        assertThat(timeExceeded()).isEqualTo(576);

        assertThat(new Packet().parse(out, 576)).isZero();
        assertQuotes(548);
        assertThat(udp(548, HOST, SERVER)).isZero();
        assertThat(timeExceeded()).isEqualTo(576);
        assertThat(udp(547, HOST, SERVER)).isZero();
        assertThat(timeExceeded()).isEqualTo(575);
        assertThat(new Packet().parse(out, 575)).isZero();
        assertQuotes(547);
    }

    @Test
    @DisplayName("RFC 1191 4: fragmentation needed carries the next hop's MTU")
    void shouldCarryTheNextHopMtu() {
        assertThat(udp(1500, HOST, SERVER)).isZero();

        final int length = IcmpReplies.build(
                out, packet, Icmp.DESTINATION_UNREACHABLE, Icmp.CODE_FRAGMENTATION_NEEDED, 1400, ROUTER, 1);

        final Packet error = new Packet();
        assertThat(error.parse(out, length)).isZero();
        assertThat(Icmp.code(error.transport())).isEqualTo(Icmp.CODE_FRAGMENTATION_NEEDED);
        assertThat(Icmp.nextHopMtu(error.transport())).isEqualTo(1400);
        assertThat(Memory.u16(error.transport() + 4)).isZero();
    }

    @Test
    @DisplayName("RFC 1812 4.3.2.5: errors travel with precedence 6, internetwork control")
    void shouldSetInternetworkControl() {
        udp(60, HOST, SERVER);
        timeExceeded();

        assertThat(Memory.u8(out + Ipv4.TYPE_OF_SERVICE_OFFSET)).isEqualTo(0xC0);
        assertThat(InternetChecksum.of(out, 20)).isZero();
    }

    @Test
    void shouldQuoteOptionsToo() {
        udp(60, HOST, SERVER);
        // One more header word: four no-operations.
        Memory.putU8(in, 0x46);
        Memory.putU32(in + 20, 0x01010101);
        Udp.putHeader(in + 24, 1, 2, 36, 0);
        Ipv4.putChecksum(in, 0);
        Ipv4.putChecksum(in, InternetChecksum.of(in, 24));
        assertThat(packet.parse(in, 60)).isZero();

        final int length = timeExceeded();

        assertThat(length).isEqualTo(88);
        assertThat(new Packet().parse(out, length)).isZero();
        assertQuotes(60);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12, 1, 2, 40, 255})
    @DisplayName("RFC 1122 3.2.2: no error about an ICMP error, nor about a kind that may be one")
    void shouldStaySilentAboutIcmpErrors(final int type) {
        icmp(type, 64);

        assertThat(IcmpReplies.isForbidden(packet)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 9, 10, 13, 14, 15, 16, 17, 18})
    void shouldSpeakAboutIcmpQueries(final int type) {
        icmp(type, 64);

        assertThat(IcmpReplies.isForbidden(packet)).isFalse();
        assertThat(timeExceeded()).isEqualTo(112);
    }

    @Test
    void shouldStaySilentAboutIcmpWithoutAType() {
        icmp(8, 0);

        assertThat(IcmpReplies.isForbidden(packet)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0xE0000001, 0xEFFFFFFF, 0xFFFFFFFF, 0xF0000001})
    @DisplayName("RFC 1122 3.2.2: no error about a packet to a broadcast or multicast address")
    void shouldStaySilentAboutGroupDestinations(final int destination) {
        udp(60, HOST, destination);

        assertThat(IcmpReplies.isForbidden(packet)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x7F000001, 0xE0000001, 0xFFFFFFFF, 0xF0000001, 0x00000005})
    @DisplayName("RFC 1122 3.2.2: no error to a source that is no single host")
    void shouldStaySilentToSourcesThatAreNoHost(final int source) {
        udp(60, source, SERVER);

        assertThat(IcmpReplies.isForbidden(packet)).isTrue();
    }

    @Test
    @DisplayName("RFC 1122 3.2.2: an error about a first fragment, none about a later one")
    void shouldStaySilentAboutLaterFragments() {
        udp(60, HOST, SERVER);
        putFragment(0x2000);
        packet.parse(in, 60);
        assertThat(IcmpReplies.isForbidden(packet)).isFalse();
        assertThat(timeExceeded()).isEqualTo(88);

        putFragment(0x2001);
        packet.parse(in, 60);
        assertThat(IcmpReplies.isForbidden(packet)).isTrue();

        putFragment(0x0001);
        packet.parse(in, 60);
        assertThat(IcmpReplies.isForbidden(packet)).isTrue();
    }

    private void putFragment(final int word) {
        Memory.putU16(in + Ipv4.FRAGMENT_OFFSET, word);
        Ipv4.putChecksum(in, 0);
        Ipv4.putChecksum(in, InternetChecksum.of(in, 20));
    }
}
