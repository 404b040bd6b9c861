package org.portolan.dataplane.io;

import org.portolan.dataplane.memory.Memory;

/**
 * The header in which the kernel and a driver say what is left to do with a frame: struct virtio_net_hdr
 * (include/uapi/linux/virtio_net.h) without the count of merged buffers, in the machine's byte order.
 *
 * <pre>
 *  offset  bytes
 *       0      1  flags            NEEDS_CSUM 1, DATA_VALID 2
 *       1      1  segmentation     VIRTIO_NET_HDR_GSO_*
 *       2      2  header length    bytes that the kernel puts into the packet buffer's head
 *       4      2  segment size
 *       6      2  checksum start
 *       8      2  checksum offset
 * </pre>
 */
public final class VirtioHeader {
    public static final int BYTES = 10;

    static final int FLAGS_OFFSET = 0;
    static final int SEGMENTATION_OFFSET = 1;
    static final int HEADER_LENGTH_OFFSET = 2;
    static final int SEGMENT_SIZE_OFFSET = 4;
    static final int CHECKSUM_START_OFFSET = 6;
    static final int CHECKSUM_OFFSET_OFFSET = 8;

    private VirtioHeader() {}

    /** Writes the header of a frame to send; {@code linear} bytes of it are to lie in the packet buffer's head. */
    public static void put(final long header, final long offload, final int linear) {
        if (offload == Offload.NONE) {
            Memory.putShort(header, (short) 0);
            Memory.putLong(header + HEADER_LENGTH_OFFSET, linear);
            return;
        }
        Memory.putU8(header + FLAGS_OFFSET, Offload.flags(offload) & Offload.NEEDS_CHECKSUM);
        Memory.putU8(header + SEGMENTATION_OFFSET, Offload.segmentation(offload));
        Memory.putShort(header + HEADER_LENGTH_OFFSET, (short) linear);
        Memory.putShort(header + SEGMENT_SIZE_OFFSET, (short) Offload.segmentSize(offload));
        Memory.putShort(header + CHECKSUM_START_OFFSET, (short) Offload.checksumStart(offload));
        Memory.putShort(header + CHECKSUM_OFFSET_OFFSET, (short) Offload.checksumOffset(offload));
    }

    /** The {@link Offload} word of a received header. Its header length is the kernel's own and means nothing here. */
    public static long offload(final long header) {
        final int kind = Memory.shortAt(header) & 0xFFFF;
        if (kind == 0) {
            return Offload.NONE;
        }
        return kind
                | (Memory.shortAt(header + SEGMENT_SIZE_OFFSET) & 0xFFFFL) << 16
                | (Memory.intAt(header + CHECKSUM_START_OFFSET) & 0xFFFF_FFFFL) << 32;
    }
}
