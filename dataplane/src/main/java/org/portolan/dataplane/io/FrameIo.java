package org.portolan.dataplane.io;

import org.portolan.dataplane.counter.DropReason;

/**
 * The seam to frame drivers: one interface's frames, a batch in and a batch out. One worker thread uses it. Once the
 * driver is open, nothing here blocks, allocates or throws.
 *
 * <p>A cycle is: {@link #receive}, any number of {@link #send} (also of frames received elsewhere), {@link #flush},
 * {@link #release}. A frame that {@link #send} took has left after the flush, or stands in the {@link #backlog}.
 */
public interface FrameIo extends AutoCloseable {
    /**
     * Bytes before every frame that belong to it, received, held or made: room for a driver's own header, and for what
     * a translation may put before a packet (a tag, an IPv6 header in place of IPv4's).
     */
    int HEADROOM_BYTES = 64;

    /**
     * The Ethernet header's place behind a cache line's start, wherever the router chooses it: behind the headroom, the
     * virtio header and all headers up to TCP's are then the 64 bytes of one line.
     */
    int FRAME_OFFSET = HEADROOM_BYTES + VirtioHeader.BYTES;

    /**
     * Bytes from a received frame's first on that may be written at least, however short the frame is: the shortest
     * frame on a wire, and a tag that was taken out.
     */
    int LEAST_ROOM_BYTES = 64;

    /**
     * Appends frames that have arrived until the batch is full. They stay valid until {@link #release}.
     *
     * @return how many were appended
     */
    int receive(FrameBatch batch);

    /** Gives every frame received since the last release back to the driver. */
    void release();

    /**
     * Takes a frame for sending. Its bytes are the caller's again when this returns: the driver has copied them, or
     * given them to the kernel. The frame leaves at the next {@link #flush} at the latest.
     *
     * @param frame address of the Ethernet header; {@link #HEADROOM_BYTES} before it may be written
     * @param length bytes; beyond the MTU only for segmented frames
     * @param offload an {@link Offload} word
     * @return 0, or {@link DropReason#TRANSMIT_RING_FULL}, {@link DropReason#TRANSMIT_REFUSED} or {@link
     *     DropReason#EGRESS_DOWN}'s code
     */
    int send(long frame, int length, long offload);

    /**
     * Takes a frame that the router made itself. It is kept apart in the {@link #backlog}; a driver in whose backlog
     * nothing ever stands need not know the difference.
     *
     * @return as {@link #send}
     */
    default int sendOwn(final long frame, final int length, final long offload) {
        return send(frame, length, offload);
    }

    /**
     * Hands what was taken since the last flush to the kernel: one system call, unless the kernel refuses frames. What
     * it does not take waits in the {@link #backlog} for a later flush, and is given up once it is too old.
     *
     * @param nowNs monotonic
     */
    void flush(long nowNs);

    /** Whether the driver wants a {@link #flush} in the next cycle though nothing more is sent. */
    default boolean isBacklogged() {
        return false;
    }

    /** What was taken and has not left. */
    default Backlog backlog() {
        return Backlog.NONE;
    }

    /** Whether the kernel has refused frames because the device is down or gone; {@link #flush} finds out when not. */
    default boolean isDown() {
        return false;
    }

    /** The link is up again. */
    default void linkUp() {}

    /** Gives up every frame of the {@link #backlog}: the driver will not be used any more. */
    default void abandon() {}

    /** A descriptor that poll(2) reports readable when frames wait, or -1 for a driver that has none. */
    int pollDescriptor();

    /** Called when poll(2) reported an error on the descriptor: reads the error, so that poll can sleep again. */
    default void clearPollError() {}

    /** Most frames that can wait here to be received when no more arrive. */
    int mostWaiting();

    @Override
    void close();
}
