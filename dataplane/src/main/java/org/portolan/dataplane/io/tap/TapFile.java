package org.portolan.dataplane.io.tap;

/**
 * The kernel's side of one tap: the calls that {@link TapIo} makes once it is open. A test puts a kernel of its own
 * here.
 *
 * <p>{@link #read} and {@link #write} are the worker's; the others are control's.
 */
interface TapFile extends AutoCloseable {
    /**
     * read(2) of one frame behind its virtio header, without waiting.
     *
     * @return bytes of header and frame, or -1 when there is none or the device is gone
     */
    long read(long address, long bytes);

    /**
     * writev(2) of one frame, without waiting.
     *
     * @param vector two struct iovec: the virtio header, the frame
     * @return bytes that the kernel took, or the negated errno
     */
    long write(long vector);

    /** The device's name now, wherever it was moved and whatever it was renamed to; null when it was deleted. */
    String name();

    /** The MAC of the kernel's end, 48 bits; 0 when it is gone. */
    long kernelMac();

    /** For poll(2). */
    int descriptor();

    @Override
    void close();
}
