package org.portolan.dataplane.io;

/** A driver on a device of the kernel's, with what control asks of it while a worker uses it. */
public interface DeviceIo extends FrameIo {
    /** The MTU that its slots were made for, bytes. */
    int mtu();

    /**
     * Reads and clears the kernel's counters of the receive ring: struct tpacket_stats, two ints: frames, of them lost
     * for want of a free slot. One reader.
     *
     * @param statistics 8 bytes to fill
     * @return whether they were read
     */
    boolean statistics(long statistics);

    /** Receives again after a successor was given up. */
    void resume();
}
