package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;

class TcpOptionsTest {
    private final FrameAtEdge edge = new FrameAtEdge();

    @AfterEach
    void close() {
        edge.close();
    }

    /** A SYN with these option bytes, a multiple of four of them, ending at the edge. */
    private long syn(final int... options) {
        final byte[] header = new byte[20 + options.length];
        header[12] = (byte) (header.length / 4 << 4);
        header[13] = Tcp.SYN;
        for (int at = 0; at < options.length; at++) {
            header[20 + at] = (byte) options[at];
        }
        return edge.place(header);
    }

    @Test
    void shouldFindTheSegmentSizeWhereverItStands() {
        final long first = syn(2, 4, 0x05, 0xB4);
        assertThat(Tcp.mssOffset(first)).isEqualTo(22);
        assertThat(Memory.u16(first + 22)).isEqualTo(1460);
        assertThat(Tcp.mssOffset(syn(1, 1, 4, 2, 1, 2, 4, 0x05, 0xB4, 0, 0, 0))).isEqualTo(27);
        assertThat(Tcp.mssOffset(syn(3, 3, 7, 1, 2, 4, 0x05, 0xB4))).isEqualTo(26);
    }

    @Test
    void shouldFindEveryFurtherSegmentSize() {
        final long syn = syn(2, 4, 1, 2, 1, 2, 4, 3, 4, 2, 4, 5, 6, 0, 0, 0);
        assertThat(Tcp.mssOffset(syn)).isEqualTo(22);
        assertThat(Tcp.mssOffset(syn, 24)).isEqualTo(27);
        assertThat(Tcp.mssOffset(syn, 29)).isEqualTo(31);
        assertThat(Tcp.mssOffset(syn, 33)).isZero();
        final long last = syn(1, 1, 1, 1, 2, 4, 1, 2);
        assertThat(Tcp.mssOffset(last, Tcp.mssOffset(last) + 2))
                .as("the header ends with it")
                .isZero();
    }

    @Test
    void shouldFindNoneBehindTheEndOfOptions() {
        assertThat(Tcp.mssOffset(syn())).isZero();
        assertThat(Tcp.mssOffset(syn(0, 0, 0, 0, 2, 4, 0x05, 0xB4))).isZero();
    }

    @Test
    void shouldFindNoneInMalformedOptions() {
        assertThat(Tcp.mssOffset(syn(8, 0, 0, 0))).isZero();
        assertThat(Tcp.mssOffset(syn(8, 1, 0, 0))).isZero();
        assertThat(Tcp.mssOffset(syn(1, 1, 1, 2))).isZero();
        assertThat(Tcp.mssOffset(syn(1, 1, 2, 4))).isZero();
        assertThat(Tcp.mssOffset(syn(2, 3, 5, 0))).isZero();
        assertThat(Tcp.mssOffset(syn(8, 10, 0, 0))).isZero();
    }
}
