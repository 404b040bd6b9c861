package org.portolan.dataplane.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private final Slab slab = Slab.allocate(256, "test");
    private final long address = slab.address();

    @AfterEach
    void close() {
        slab.close();
    }

    @Test
    void shouldReadNetworkOrderAtAnyAlignment() {
        for (int at = 0; at < 9; at++) {
            for (int octet = 0; octet < 8; octet++) {
                Memory.putU8(address + at + octet, 0x80 + octet);
            }
            assertThat(Memory.u8(address + at)).isEqualTo(0x80);
            assertThat(Memory.u16(address + at)).isEqualTo(0x8081);
            assertThat(Memory.u32(address + at)).isEqualTo(0x8081_8283);
            assertThat(Memory.u48(address + at)).isEqualTo(0x8081_8283_8485L);
            assertThat(Memory.u64(address + at)).isEqualTo(0x8081_8283_8485_8687L);
        }
    }

    @Test
    void shouldWriteWhatItReads() {
        Memory.putU8(address, 0x1FE);
        assertThat(Memory.u8(address)).isEqualTo(0xFE);
        Memory.putU16(address + 1, 0xABCD);
        assertThat(Memory.u8(address + 1)).isEqualTo(0xAB);
        assertThat(Memory.u16(address + 1)).isEqualTo(0xABCD);
        Memory.putU32(address + 3, 0xC000_0201);
        assertThat(Memory.u32(address + 3)).isEqualTo(0xC000_0201);
        Memory.putU48(address + 7, 0xFFFF_FFFF_FFFEL);
        assertThat(Memory.u48(address + 7)).isEqualTo(0xFFFF_FFFF_FFFEL);
        assertThat(Memory.u8(address + 13)).isZero();
        Memory.putU64(address + 15, 0xFEDC_BA98_7654_3210L);
        assertThat(Memory.u64(address + 15)).isEqualTo(0xFEDC_BA98_7654_3210L);
        assertThat(Memory.u8(address)).isEqualTo(0xFE);
    }

    @Test
    void shouldKeepTheMachinesOrderApart() {
        Memory.putLong(address, 0x0102_0304_0506_0708L);
        assertThat(Memory.longAt(address)).isEqualTo(0x0102_0304_0506_0708L);
        final boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        assertThat(Memory.u8(address)).isEqualTo(little ? 8 : 1);
        Memory.putInt(address + 9, -2);
        assertThat(Memory.intAt(address + 9)).isEqualTo(-2);
        Memory.putShort(address + 13, (short) -3);
        assertThat(Memory.shortAt(address + 13)).isEqualTo((short) -3);
        Memory.putByte(address + 15, (byte) -4);
        assertThat(Memory.byteAt(address + 15)).isEqualTo((byte) -4);
    }

    @Test
    void shouldCopyInOutAndAcross() {
        Memory.copy(new byte[] {9, 1, 2, 3, 9}, 1, address, 3);
        Memory.copy(address, address + 100, 3);
        final byte[] out = new byte[5];
        Memory.copy(address + 100, out, 1, 3);
        assertThat(out).containsExactly(0, 1, 2, 3, 0);
        Memory.zero(address + 101, 1);
        assertThat(Memory.u32(address + 100)).isEqualTo(0x0100_0300);
    }

    @Test
    void shouldRefuseToTouchABytePastTheRegionInTheCheckedBuild() {
        assumeTrue(Memory.CHECKED);
        assertThat(Memory.u8(address + 255)).isZero();
        assertThatThrownBy(() -> Memory.u8(address + 256)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.u8(address - 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.u16(address + 255)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.u48(address + 251)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.u64(address + 249)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.putLong(address + 249, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.copy(address, address + 200, 57)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.zero(address, 257)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> SharedWord.observeLong(address + 256)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> SharedWord.publishInt(address + 256, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseLengthsThatNoRegionHasInTheCheckedBuild() {
        assumeTrue(Memory.CHECKED);
        assertThatThrownBy(() -> Memory.copy(address, address + 128, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Memory.zero(address, Long.MAX_VALUE)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseClosedMemoryInTheCheckedBuild() {
        assumeTrue(Memory.CHECKED);
        final Slab gone = Slab.allocate(64, "test");
        gone.close();
        assertThatThrownBy(() -> Memory.u8(gone.address())).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
