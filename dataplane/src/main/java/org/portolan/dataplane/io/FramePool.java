package org.portolan.dataplane.io;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * One worker's memory for frames that no driver lent to it: those that wait, and those that the router makes. Slots of
 * one size, each with {@link FrameIo#HEADROOM_BYTES} and more before its frame, as a received frame has them too.
 *
 * <pre>
 *  offset   0                      64          74         88                    138
 *          +----------------------+-----------+----------+---------------------+-------
 *          |       headroom       |  virtio   | Ethernet | IPv4, TCP or UDP    | payload
 *          |                      |  header   |  header  | without options     |
 *          +----------------------+-----------+----------+---------------------+-------
 *           a cache line            a cache line                                ...
 * </pre>
 *
 * <p>Where a frame lies depends on how it came to be, and its {@link Frame} says which it is:
 *
 * <table>
 * <caption>memory and owner</caption>
 * <tr><th>frame</th><th>lies in</th><th>so that</th></tr>
 * <tr><td>received</td><td>the driver's memory: the kernel's ring, or the arena of a tap or a file</td><td>the pipeline
 * owns it until the batch is released; what is to stay longer is copied into a slot here</td></tr>
 * <tr><td>held, made</td><td>a slot here</td><td>it has the owner that {@link #owner} says, however many batches
 * pass</td></tr>
 * </table>
 *
 * A driver copies what it sends, so no slot here is a driver's while the kernel sends it. A driver whose device reads
 * and writes the worker's memory itself (AF_XDP) would have this pool as its own, and the table's first line would go.
 *
 * <p>{@link FrameOwner} has the table of who may give a frame to whom. A caller that breaks it has a fault that would
 * let two frames share their bytes, so the pool throws. Nothing here allocates after construction.
 */
public final class FramePool implements AutoCloseable {
    /** The slot of a frame that lies in its driver's memory; what {@link #take} says when none is free. */
    public static final int NONE = -1;

    private final Slab slab;
    private final int frameBytes;
    private final int strideBytes;
    private final byte[] owners;
    private final int[] free;
    private int freeCount;

    /**
     * @param slots at least 1
     * @param frameBytes longest frame
     */
    public FramePool(final int slots, final int frameBytes) {
        if (slots < 1 || frameBytes < FrameIo.LEAST_ROOM_BYTES) {
            throw new IllegalArgumentException("slots %d, frameBytes %d: at least 1 and %d are needed"
                    .formatted(slots, frameBytes, FrameIo.LEAST_ROOM_BYTES));
        }
        this.frameBytes = frameBytes;
        strideBytes = roundUp(FrameIo.FRAME_OFFSET + frameBytes);
        slab = Slab.allocate((long) slots * strideBytes, "frames that are held or made");
        owners = new byte[slots];
        free = new int[slots];
        for (int i = 0; i < slots; i++) {
            free[i] = slots - 1 - i;
        }
        freeCount = slots;
    }

    private static int roundUp(final int bytes) {
        return (bytes + Memory.CACHE_LINE_BYTES - 1) / Memory.CACHE_LINE_BYTES * Memory.CACHE_LINE_BYTES;
    }

    /** A free slot, the pipeline's from now on; the one that became free last, which is still in the cache. */
    public int take() {
        if (freeCount == 0) {
            return NONE;
        }
        final int slot = free[--freeCount];
        give(slot, FrameOwner.PIPELINE);
        return slot;
    }

    /** The pipeline lets a frame wait. */
    public void hold(final int slot) {
        give(slot, FrameOwner.HOLDER);
    }

    /** A frame's wait is over: the pipeline has it again. */
    public void resume(final int slot) {
        give(slot, FrameOwner.PIPELINE);
    }

    /** The pipeline is done with a frame: the slot is free. */
    public void release(final int slot) {
        give(slot, FrameOwner.DRIVER);
        free[freeCount++] = slot;
    }

    private void give(final int slot, final FrameOwner next) {
        final FrameOwner owner = FrameOwner.of(owners[slot]);
        if (!owner.mayGiveTo(next)) {
            throw new IllegalStateException("frame %d: %s may not give it to %s".formatted(slot, owner, next));
        }
        owners[slot] = (byte) next.ordinal();
    }

    public FrameOwner owner(final int slot) {
        return FrameOwner.of(owners[slot]);
    }

    /** Address of a slot's Ethernet header. */
    public long address(final int slot) {
        return slab.address() + (long) slot * strideBytes + FrameIo.FRAME_OFFSET;
    }

    /** Longest frame of a slot, bytes. */
    public int frameBytes() {
        return frameBytes;
    }

    public int slots() {
        return owners.length;
    }

    /** Slots that nobody has taken. */
    public int free() {
        return freeCount;
    }

    @Override
    public void close() {
        slab.close();
    }
}
