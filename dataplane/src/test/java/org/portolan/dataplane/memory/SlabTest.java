package org.portolan.dataplane.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlabTest {
    private static final int HUGE_PAGE_BYTES = 2 << 20;

    @Test
    void shouldGiveZeroedMemoryFromTheFirstByteToTheLast() {
        for (final long bytes : new long[] {1, 4095, 4096, 4097, HUGE_PAGE_BYTES, HUGE_PAGE_BYTES + 1}) {
            try (Slab slab = Slab.allocate(bytes, "test")) {
                assertThat(slab.bytes()).isEqualTo(bytes);
                assertThat(Memory.u8(slab.address())).isZero();
                assertThat(Memory.u8(slab.address() + bytes - 1)).isZero();
                Memory.putU8(slab.address() + bytes - 1, 1);
            }
        }
    }

    @Test
    void shouldAlignToWhatItLiesOn() {
        try (Slab small = Slab.allocate(100, "test");
                Slab large = Slab.allocate(HUGE_PAGE_BYTES, "test")) {
            assertThat(small.address() % 4096).isZero();
            assertThat(small.huge()).isFalse();
            assertThat(large.address() % HUGE_PAGE_BYTES).isZero();
        }
    }

    @Test
    void shouldCloseTwiceWithoutHarm() {
        final Slab slab = Slab.allocate(100, "test");
        slab.close();
        slab.close();
    }
}
