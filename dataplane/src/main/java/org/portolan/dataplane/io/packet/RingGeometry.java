package org.portolan.dataplane.io.packet;

/**
 * Sizes of a TPACKET ring: blocks of pages that hold whole slots, a gap at each block's end.
 *
 * <p>The slot stride is an odd multiple of 64 bytes: a multiple of 4 KiB would put every header into the same cache
 * sets.
 *
 * @param slotBytes stride of the slots inside a block
 * @param slotsPerBlock whole slots that fit one block
 * @param blocks how many blocks
 */
record RingGeometry(int slotBytes, int slotsPerBlock, int blocks) {
    private static final int BLOCK_BYTES = 256 << 10;

    /**
     * @param frameBytes largest frame that must fit a slot
     * @param headerBytes what stands before it in the slot
     * @param slots at least this many
     */
    static RingGeometry of(final int frameBytes, final int headerBytes, final int slots) {
        final int lines = (frameBytes + headerBytes + 63) / 64 | 1;
        final int slotBytes = lines * 64;
        final int slotsPerBlock = BLOCK_BYTES / slotBytes;
        return new RingGeometry(slotBytes, slotsPerBlock, (slots + slotsPerBlock - 1) / slotsPerBlock);
    }

    int blockBytes() {
        return BLOCK_BYTES;
    }

    int slots() {
        return slotsPerBlock * blocks;
    }

    long ringBytes() {
        return (long) BLOCK_BYTES * blocks;
    }

    /** Start of slot {@code index} from the ring's start, bytes. */
    long slotOffset(final int index) {
        return (long) (index / slotsPerBlock) * BLOCK_BYTES + (long) (index % slotsPerBlock) * slotBytes;
    }
}
