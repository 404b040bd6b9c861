package org.portolan.dataplane.io;

/**
 * What a sender left for later hardware to do with a frame, as the kernel tells it in a virtio_net_hdr
 * (include/uapi/linux/virtio_net.h), packed into one long. 0 is an ordinary frame.
 *
 * <pre>
 *  bits  0-7   flags         NEEDS_CHECKSUM, DATA_VALID
 *  bits  8-15  segmentation  0 none, 1 TCP over IPv4, 5 UDP; 0x80 with ECN
 *  bits 16-31  segment size  payload bytes of each segment
 *  bits 32-47  checksum start   from the frame's first byte
 *  bits 48-63  checksum offset  from the checksum start
 * </pre>
 */
public final class Offload {
    public static final long NONE = 0;

    /** The checksum field holds only the pseudo header's sum; the device that puts the frame on a wire completes it. */
    public static final int NEEDS_CHECKSUM = 1;

    /** The kernel has verified the checksum already. */
    public static final int DATA_VALID = 2;

    public static final int SEGMENT_NONE = 0;
    public static final int SEGMENT_TCP4 = 1;
    public static final int SEGMENT_UDP = 5;
    public static final int SEGMENT_ECN = 0x80;

    private Offload() {}

    public static long pack(
            final int flags,
            final int segmentation,
            final int segmentSize,
            final int checksumStart,
            final int checksumOffset) {
        return (flags & 0xFFL)
                | (segmentation & 0xFFL) << 8
                | (segmentSize & 0xFFFFL) << 16
                | (checksumStart & 0xFFFFL) << 32
                | (checksumOffset & 0xFFFFL) << 48;
    }

    /** The word of a frame whose first bytes were left out: the checksum starts that much earlier. */
    static long startingLater(final long offload, final int bytes) {
        return needsChecksum(offload)
                ? pack(
                        flags(offload),
                        segmentation(offload),
                        segmentSize(offload),
                        checksumStart(offload) - bytes,
                        checksumOffset(offload))
                : offload;
    }

    public static boolean needsChecksum(final long offload) {
        return (offload & NEEDS_CHECKSUM) != 0;
    }

    /** Whether the frame stands for several, to be cut into segments. */
    public static boolean isSegmented(final long offload) {
        return (offload & 0x7F00) != 0;
    }

    public static int flags(final long offload) {
        return (int) offload & 0xFF;
    }

    public static int segmentation(final long offload) {
        return (int) offload >>> 8 & 0xFF;
    }

    public static int segmentSize(final long offload) {
        return (int) offload >>> 16 & 0xFFFF;
    }

    public static int checksumStart(final long offload) {
        return (int) (offload >>> 32) & 0xFFFF;
    }

    public static int checksumOffset(final long offload) {
        return (int) (offload >>> 48);
    }
}
