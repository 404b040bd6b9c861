package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.FrameAtEdge;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** RFC 4459 3.2 and RFC 6691: an MSS is the MTU less 40 bytes, whatever options the segments have later. */
class MssClampTest {
    private static final int SOURCE = 0xC0A8_0114;
    private static final int DESTINATION = 0xC633_6407;

    private final FrameAtEdge edge = new FrameAtEdge();

    @AfterEach
    void close() {
        edge.close();
    }

    /** A SYN with these option bytes, a multiple of four of them, and a right checksum. */
    private long syn(final int... options) {
        final byte[] header = new byte[Tcp.HEADER_BYTES + options.length];
        header[Tcp.DATA_OFFSET_OFFSET] = (byte) (header.length / 4 << 4);
        header[Tcp.FLAGS_OFFSET] = Tcp.SYN;
        for (int at = 0; at < options.length; at++) {
            header[Tcp.HEADER_BYTES + at] = (byte) options[at];
        }
        final long tcp = edge.place(header);
        Tcp.putChecksum(tcp, sum(tcp, header.length));
        return tcp;
    }

    private static int sum(final long tcp, final int length) {
        return InternetChecksum.ofTransport(tcp, length, SOURCE, DESTINATION, Ipv4.TCP);
    }

    private void assertWhole(final long tcp) {
        assertThat(sum(tcp, edge.read(tcp).length))
                .as("the sum over a right checksum")
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"1460, 1500, 1460", "1461, 1500, 1460", "65535, 1492, 1452", "1460, 576, 536", "536, 9000, 536"})
    void shouldLowerAndNeverRaise(final int offered, final int mtu, final int expected) {
        final long tcp = syn(2, 4, offered >>> 8, offered & 0xFF);
        MssClamp.clamp(tcp, mtu, false);
        assertThat(Memory.u16(tcp + 22)).isEqualTo(expected);
        assertWhole(tcp);
    }

    @Test
    void shouldMendTheChecksumOfAValueAtAnOddOffset() {
        final long tcp = syn(1, 2, 4, 0x05, 0xB4, 1, 1, 1);
        MssClamp.clamp(tcp, 1_280, false);
        assertThat(Memory.u16(tcp + 23)).isEqualTo(1_240);
        assertWhole(tcp);
    }

    /** Linux takes the last one, others the first. */
    @Test
    void shouldLowerEachOfSeveral() {
        final long tcp = syn(2, 4, 0x05, 0xB4, 1, 2, 4, 0x23, 0x28, 2, 4, 1, 0, 0, 0, 0);
        MssClamp.clamp(tcp, 1_000, false);
        assertThat(Memory.u16(tcp + 22)).isEqualTo(960);
        assertThat(Memory.u16(tcp + 27)).isEqualTo(960);
        assertThat(Memory.u16(tcp + 31)).as("small enough").isEqualTo(256);
        assertWhole(tcp);
    }

    @Test
    void shouldLeaveAPartialChecksumAsItIs() {
        final long tcp = syn(2, 4, 0x05, 0xB4);
        Tcp.putChecksum(tcp, 0x1234);
        MssClamp.clamp(tcp, 1_280, true);
        assertThat(Memory.u16(tcp + 22)).isEqualTo(1_240);
        assertThat(Tcp.checksum(tcp)).isEqualTo(0x1234);
    }

    @Test
    void shouldAddNoneAndTouchNothingElse() {
        final long none = syn(1, 1, 4, 2);
        final byte[] before = edge.read(none);
        MssClamp.clamp(none, 576, false);
        assertThat(edge.read(none)).isEqualTo(before);
        final long behindTheEnd = syn(0, 0, 0, 0, 2, 4, 0x05, 0xB4);
        MssClamp.clamp(behindTheEnd, 576, false);
        assertThat(Memory.u16(behindTheEnd + 26)).isEqualTo(1_460);
    }

    @ParameterizedTest
    @CsvSource({"40", "39", "0"})
    void shouldDoNothingForAnMtuWithoutRoomForData(final int mtu) {
        final long tcp = syn(2, 4, 0x05, 0xB4);
        MssClamp.clamp(tcp, mtu, false);
        assertThat(Memory.u16(tcp + 22)).isEqualTo(1_460);
    }

    /** Whatever the option bytes are: nothing beyond the header is read, and the checksum stays right. */
    @Test
    void shouldSurviveAnyOptions() {
        final Random random = new Random(20_260);
        for (int i = 0; i < 20_000; i++) {
            final int[] options = new int[4 * random.nextInt(11)];
            for (int at = 0; at < options.length; at++) {
                options[at] = random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(5);
            }
            final long tcp = syn(options);
            MssClamp.clamp(tcp, 100 + random.nextInt(1_500), false);
            assertWhole(tcp);
        }
    }
}
