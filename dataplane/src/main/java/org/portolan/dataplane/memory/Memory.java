package org.portolan.dataplane.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The one access class: plain reads and writes anywhere in the process's memory, by absolute address.
 *
 * <p>One static-final segment over all memory lets the compiler fold base and bounds away, so that an access is a
 * single load or store (see {@code MemoryAccessBenchmark} for the measurement beside Agrona's UnsafeBuffer). It has no
 * bounds of its own: a wrong address most likely ends the process with a SIGSEGV. Started with {@code
 * -Dportolan.memory.checked=true} the same class checks every access against the live {@link Regions} and throws {@link
 * IndexOutOfBoundsException}; all tests and the mutation test run that way too. The flag is a constant, so the
 * unchecked build pays nothing.
 *
 * <p>{@code u8 u16 u32 u48 u64} read network order (big endian); {@code byteAt intAt longAt} read the machine's order.
 * Ordered access between threads lives in {@link SharedWord}.
 */
public final class Memory {
    /** Whether every access is checked against the live regions. */
    public static final boolean CHECKED = Boolean.getBoolean("portolan.memory.checked");

    /** A cache line on every machine this runs on, bytes. */
    public static final int CACHE_LINE_BYTES = 64;

    /** All ones, and so far below the segment's end that no access of a few bytes reaches it. */
    private static final long HIGHEST = Long.MAX_VALUE >>> 1;

    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Memory() {}

    /**
     * The address, masked. No process has one above {@link #HIGHEST}, so the mask does not change a right address. It
     * shows the compiler that the access is within the segment, so no comparison with the segment's end is made. These
     * comparisons were a tenth of a packet's instructions.
     */
    static long at(final long address, final long bytes) {
        if (CHECKED) {
            Regions.check(address, bytes);
        }
        return address & HIGHEST;
    }

    public static int u8(final long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, at(address, 1)) & 0xFF;
    }

    public static void putU8(final long address, final int value) {
        ALL.set(ValueLayout.JAVA_BYTE, at(address, 1), (byte) value);
    }

    public static int u16(final long address) {
        return ALL.get(U16, at(address, 2)) & 0xFFFF;
    }

    public static void putU16(final long address, final int value) {
        ALL.set(U16, at(address, 2), (short) value);
    }

    /** Four bytes in network order as they stand; compare unsigned. */
    public static int u32(final long address) {
        return ALL.get(U32, at(address, 4));
    }

    public static void putU32(final long address, final int value) {
        ALL.set(U32, at(address, 4), value);
    }

    /** Six bytes in network order, as a MAC address is held: first octet in bits 47 to 40. */
    public static long u48(final long address) {
        return ((long) u16(address) << 32) | (u32(address + 2) & 0xFFFF_FFFFL);
    }

    public static void putU48(final long address, final long value) {
        putU16(address, (int) (value >>> 32));
        putU32(address + 2, (int) value);
    }

    /** Eight bytes in network order as they stand: the first in the upper bits. */
    public static long u64(final long address) {
        return ALL.get(U64, at(address, 8));
    }

    public static void putU64(final long address, final long value) {
        ALL.set(U64, at(address, 8), value);
    }

    public static byte byteAt(final long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, at(address, 1));
    }

    public static void putByte(final long address, final byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, at(address, 1), value);
    }

    public static short shortAt(final long address) {
        return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, at(address, 2));
    }

    public static void putShort(final long address, final short value) {
        ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, at(address, 2), value);
    }

    public static int intAt(final long address) {
        return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, at(address, 4));
    }

    public static void putInt(final long address, final int value) {
        ALL.set(ValueLayout.JAVA_INT_UNALIGNED, at(address, 4), value);
    }

    public static long longAt(final long address) {
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, at(address, 8));
    }

    public static void putLong(final long address, final long value) {
        ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, at(address, 8), value);
    }

    /** Copies {@code bytes} between ranges that do not overlap. */
    public static void copy(final long from, final long to, final long bytes) {
        MemorySegment.copy(ALL, at(from, bytes), ALL, at(to, bytes), bytes);
    }

    public static void copy(final byte[] from, final int offset, final long to, final int bytes) {
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, at(to, bytes), bytes);
    }

    public static void copy(final long from, final byte[] to, final int offset, final int bytes) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, at(from, bytes), to, offset, bytes);
    }

    /** A loop, since a slice to fill is an object where the compiler does not see through it. */
    public static void zero(final long address, final long bytes) {
        long at = 0;
        for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
            putLong(address + at, 0);
        }
        for (; at < bytes; at++) {
            putU8(address + at, 0);
        }
    }
}
