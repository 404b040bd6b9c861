package org.portolan.dataplane.io.packet;

/**
 * The kernel's side of one packet socket: every call that a ring or the plain socket makes once it is open. A test puts
 * a kernel of its own here, so the rings run without a device and without root, and every errno can be had.
 *
 * <p>It costs the packet path nothing: a process has one implementation loaded ({@link PacketSocket}), so the compiler
 * calls it directly, and each call here is a system call. Status words are ordinary memory and need no seam.
 *
 * <p>{@link #send}, {@link #receive} and {@link #takeError} are the worker's; the others are control's.
 */
interface KernelSocket extends AutoCloseable {
    /**
     * send(2) without waiting. With 0 bytes at address 0 a transmit ring is kicked: the kernel takes every slot that
     * asks for it, in order (tpacket_snd in net/packet/af_packet.c).
     *
     * @return bytes that the kernel took, or the negated errno
     */
    long send(long address, long bytes);

    /**
     * Takes the next frame of the socket's queue, without waiting.
     *
     * @return its length, also when it is longer than the room for it, or the negated errno
     */
    long receive(long address, long bytes);

    /** Reads and clears the error that the socket keeps (SO_ERROR); its errno, or 0. */
    int takeError();

    /** Frames that found no free slot since the last call; 0 when the kernel does not say. */
    int takeLost();

    /** Receives every frame of the device from now on; neither waits nor loses what the ring already holds. */
    void startReceiving(int deviceIndex);

    /** Receives no further frame; what the ring already holds stays there. */
    void stopReceiving();

    /** Takes {@link #stopReceiving} back. */
    void resumeReceiving();

    /** For poll(2). */
    int descriptor();

    @Override
    void close();
}
