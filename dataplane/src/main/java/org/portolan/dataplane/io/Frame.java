package org.portolan.dataplane.io;

/**
 * One received frame, borrowed from its driver until the batch is released. Who keeps its bytes longer copies them.
 * Fields are written by the driver and read by the same worker thread.
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

    /**
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
}
