package org.portolan.dataplane.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffloadTest {
    @Test
    void shouldKeepEachFieldApart() {
        final long offload = Offload.pack(
                Offload.NEEDS_CHECKSUM, Offload.SEGMENT_TCP4 | Offload.SEGMENT_ECN, 0xFFFF, 0xFFFE, 0xFFFD);
        assertThat(Offload.flags(offload)).isEqualTo(Offload.NEEDS_CHECKSUM);
        assertThat(Offload.segmentation(offload)).isEqualTo(0x81);
        assertThat(Offload.segmentSize(offload)).isEqualTo(0xFFFF);
        assertThat(Offload.checksumStart(offload)).isEqualTo(0xFFFE);
        assertThat(Offload.checksumOffset(offload)).isEqualTo(0xFFFD);
        assertThat(Offload.needsChecksum(offload)).isTrue();
        assertThat(Offload.isSegmented(offload)).isTrue();
    }

    @Test
    void shouldTakeNoMoreThanAFieldsWidth() {
        assertThat(Offload.pack(-1, 0, 0, 0, 0)).isEqualTo(0xFFL);
        assertThat(Offload.pack(0, -1, 0, 0, 0)).isEqualTo(0xFF00L);
        assertThat(Offload.pack(0, 0, -1, 0, 0)).isEqualTo(0xFFFF_0000L);
        assertThat(Offload.pack(0, 0, 0, -1, 0)).isEqualTo(0xFFFF_0000_0000L);
        assertThat(Offload.pack(0, 0, 0, 0, -1)).isEqualTo(0xFFFF_0000_0000_0000L);
    }

    @Test
    void shouldReadAnOrdinaryFrameAsNothingLeft() {
        assertThat(Offload.needsChecksum(Offload.NONE)).isFalse();
        assertThat(Offload.isSegmented(Offload.NONE)).isFalse();
        assertThat(Offload.needsChecksum(Offload.pack(Offload.DATA_VALID, 0, 1448, 34, 16)))
                .isFalse();
        assertThat(Offload.isSegmented(Offload.pack(0, Offload.SEGMENT_ECN, 0, 0, 0)))
                .isFalse();
        assertThat(Offload.isSegmented(Offload.pack(0, Offload.SEGMENT_UDP, 0, 0, 0)))
                .isTrue();
    }
}
