package org.portolan.dataplane.model;

/** Numbers in network order at a place in a packet's bytes. */
final class SpecBytes {
    private SpecBytes() {}

    static int u8(final byte[] bytes, final int at) {
        return bytes[at] & 0xFF;
    }

    static int u16(final byte[] bytes, final int at) {
        return u8(bytes, at) << 8 | u8(bytes, at + 1);
    }

    static int u32(final byte[] bytes, final int at) {
        return u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    /** A MAC. */
    static long u48(final byte[] bytes, final int at) {
        return (long) u16(bytes, at) << 32 | u32(bytes, at + 2) & 0xFFFF_FFFFL;
    }

    static void put8(final byte[] bytes, final int at, final int value) {
        bytes[at] = (byte) value;
    }

    static void put16(final byte[] bytes, final int at, final int value) {
        put8(bytes, at, value >>> 8);
        put8(bytes, at + 1, value);
    }

    static void put32(final byte[] bytes, final int at, final int value) {
        put16(bytes, at, value >>> 16);
        put16(bytes, at + 2, value);
    }

    static void put48(final byte[] bytes, final int at, final long value) {
        put16(bytes, at, (int) (value >>> 32));
        put32(bytes, at + 2, (int) value);
    }
}
