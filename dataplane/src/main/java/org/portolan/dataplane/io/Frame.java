package org.portolan.dataplane.io;

/**
 * A frame in the pipeline's hands: where it lies, and what its driver said of it. One that was received is lent by its
 * driver until the batch is released; whoever keeps its bytes longer copies them into a slot of the {@link FramePool}.
 * One that lies in such a slot is owned as {@link FrameOwner} says. One worker's.
 */
public final class Frame {
    /** The frame came with the tag of a VLAN, which the kernel took off; a priority tag (VLAN 0) is none. */
    public static final int VLAN_TAGGED = 1;

    /** Only the first part of the frame is here. */
    public static final int TRUNCATED = 2;

    private long address;
    private int length;
    private long offload;
    private long arrivalNs;
    private int state;
    private int slot = FramePool.NONE;

    /**
     * A frame of a driver's.
     *
     * @param address of the Ethernet header; {@link FrameIo#HEADROOM_BYTES} before it may be written too, and so may
     *     the bytes behind a short frame up to {@link FrameIo#LEAST_ROOM_BYTES}
     * @param length bytes from the Ethernet header on
     * @param offload an {@link Offload} word
     * @param arrivalNs CLOCK_REALTIME when the kernel put the frame into the ring
     * @param state {@link #VLAN_TAGGED} and {@link #TRUNCATED}, or 0
     */
    public void set(final long address, final int length, final long offload, final long arrivalNs, final int state) {
        this.address = address;
        this.length = length;
        this.offload = offload;
        this.arrivalNs = arrivalNs;
        this.state = state;
        slot = FramePool.NONE;
    }

    /** A frame that lies in a slot of the pool, without a time of arrival. */
    public void set(final FramePool pool, final int slot, final int length, final long offload) {
        set(pool.address(slot), length, offload, 0, 0);
        this.slot = slot;
    }

    /** Replaces the word about what is left to do. */
    public void offload(final long replacement) {
        offload = replacement;
    }

    /**
     * Leaves out the frame's first bytes; what they held is moved behind them before.
     *
     * @param bytes that the frame gets shorter by at its start
     */
    public void advance(final int bytes) {
        address += bytes;
        length -= bytes;
        offload = Offload.startingLater(offload, bytes);
    }

    public long address() {
        return address;
    }

    public int length() {
        return length;
    }

    public long offload() {
        return offload;
    }

    public long arrivalNs() {
        return arrivalNs;
    }

    public int state() {
        return state;
    }

    /** The frame's slot in the {@link FramePool}, or {@link FramePool#NONE} when it lies in its driver's memory. */
    public int slot() {
        return slot;
    }
}
