package org.portolan.dataplane.wire;

import java.nio.charset.StandardCharsets;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * Ethernet II (IEEE 802.3 clause 3.2.6 with a type field). The kernel strips the outer tag of an 802.1Q frame and the
 * driver reports it; a tag that still stands in the frame is read and taken out here.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                       Destination MAC                         |
 * +-------------------------------+-------------------------------+
 * |       Destination MAC         |          Source MAC           |
 * +-------------------------------+-------------------------------+
 * |                          Source MAC                           |
 * +-------------------------------+-------------------------------+
 * |          EtherType            |
 * +-------------------------------+
 * </pre>
 */
public final class Ethernet {
    public static final int DESTINATION_OFFSET = 0;
    public static final int SOURCE_OFFSET = 6;
    public static final int TYPE_OFFSET = 12;
    public static final int HEADER_BYTES = 14;

    /** Shortest frame on a wire, without its check sequence. */
    public static final int MINIMUM_FRAME_BYTES = 60;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;

    /** An 802.1Q tag follows: priority and VLAN in two bytes, then the true type. */
    public static final int TYPE_VLAN = 0x8100;

    /** An 802.1ad service tag follows. */
    public static final int TYPE_SERVICE_VLAN = 0x88A8;

    public static final int VLAN_TAG_BYTES = 4;

    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final int VLAN_MASK = 0x0FFF;
    private static final long GROUP_BIT = 1L << 40;
    private static final int MAC_TEXT_LENGTH = 17;

    private Ethernet() {}

    /** 0 when the frame has a whole header and a source that a host can have, otherwise a {@link DropReason} code. */
    public static int check(final long frame, final int length) {
        return length < HEADER_BYTES ? DropReason.FRAME_TOO_SHORT.code : checkSource(sourceAndType(frame));
    }

    /** 0 for a source that a host can have, otherwise a {@link DropReason} code. */
    public static int checkSource(final long sourceAndType) {
        final long source = sourceAndType >>> 16;
        return source == 0 || isGroup(source) ? DropReason.SOURCE_MAC_INVALID.code : 0;
    }

    public static long destination(final long frame) {
        return Memory.u64(frame + DESTINATION_OFFSET) >>> 16;
    }

    /** The source in the upper 48 bits, the type below: one load for both. */
    public static long sourceAndType(final long frame) {
        return Memory.u64(frame + SOURCE_OFFSET);
    }

    public static long source(final long frame) {
        return sourceAndType(frame) >>> 16;
    }

    public static int type(final long frame) {
        return Memory.u16(frame + TYPE_OFFSET);
    }

    /** The VLAN of a frame whose type is {@link #TYPE_VLAN}: 0 for a tag that carries a priority only (802.1Q 9.6). */
    public static int vlan(final long frame) {
        return Memory.u16(frame + HEADER_BYTES) & VLAN_MASK;
    }

    /** The type behind the tag of a frame whose type is {@link #TYPE_VLAN}. */
    public static int typeBehindTag(final long frame) {
        return Memory.u16(frame + TYPE_OFFSET + VLAN_TAG_BYTES);
    }

    /**
     * Takes the tag out of a frame whose type is {@link #TYPE_VLAN}: the addresses move up to the type behind it, so
     * that the frame starts {@link #VLAN_TAG_BYTES} later.
     */
    public static void untag(final long frame) {
        final long destination = destination(frame);
        final long source = source(frame);
        putAddresses(frame + VLAN_TAG_BYTES, destination, source);
    }

    /**
     * Fills a frame up to {@link #MINIMUM_FRAME_BYTES} with zeros; there is room for as many.
     *
     * @param length bytes of header and packet
     * @return the frame's length
     */
    public static int pad(final long frame, final int length) {
        if (length >= MINIMUM_FRAME_BYTES) {
            return length;
        }
        int at = length;
        for (; at + Long.BYTES <= MINIMUM_FRAME_BYTES; at += Long.BYTES) {
            Memory.putLong(frame + at, 0);
        }
        for (; at < MINIMUM_FRAME_BYTES; at++) {
            Memory.putU8(frame + at, 0);
        }
        return MINIMUM_FRAME_BYTES;
    }

    /** Whether a MAC is multicast or broadcast. */
    public static boolean isGroup(final long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    public static void putAddresses(final long frame, final long destination, final long source) {
        Memory.putU64(frame + DESTINATION_OFFSET, destination << 16 | source >>> 32);
        Memory.putU32(frame + SOURCE_OFFSET + 2, (int) source);
    }

    public static void putHeader(final long frame, final long destination, final long source, final int type) {
        putAddresses(frame, destination, source);
        Memory.putU16(frame + TYPE_OFFSET, type);
    }

    /** {@code 02:00:00:00:00:01}. */
    public static String describeMac(final long mac) {
        final byte[] text = new byte[MAC_TEXT_LENGTH];
        for (int octet = 0; octet < 6; octet++) {
            final int value = (int) (mac >>> 40 - 8 * octet) & 0xFF;
            text[3 * octet] = (byte) Character.forDigit(value >>> 4, 16);
            text[3 * octet + 1] = (byte) Character.forDigit(value & 0xF, 16);
            if (octet > 0) {
                text[3 * octet - 1] = ':';
            }
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    public static String describe(final long frame) {
        return "%s > %s type 0x%04x"
                .formatted(describeMac(source(frame)), describeMac(destination(frame)), type(frame));
    }
}
