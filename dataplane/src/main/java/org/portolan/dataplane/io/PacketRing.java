package org.portolan.dataplane.io;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.Libc;

/**
 * The driver {@code af_packet}: a receive ring, a transmit ring for frames up to the MTU, and a plain socket for
 * frames that
 * stand for several (a bypassing ring drops those whenever the device cannot segment; dev_direct_xmit in
 * net/core/dev.c).
 *
 * <p>Opened by control, then used by one worker; only {@link #statistics} is control's afterwards, and {@link #close}
 * when the worker has let go.
 */
public final class PacketRing implements FrameIo {
    /**
     * Slots of a receive ring: 30 ms of 500,000 frames a second, 35 MB. A scheduler that gives the worker's core to
     * another thread for a few
     * milliseconds then costs no frame.
     */
    public static final int RECEIVE_SLOTS = 16_384;

    /** Slots of a transmit ring: a few batches; the kick empties it. */
    public static final int TRANSMIT_SLOTS = 1024;

    /** Ethernet header and one tag. */
    private static final int LINK_HEADER_BYTES = 18;

    /** TCP over IPv4 with both headers at their longest. */
    private static final int LARGE_LINEAR_BYTES = 14 + 60 + 60;

    private final ReceiveRing receive;
    private final TransmitRing transmit;
    private final PacketSocket large;
    private boolean closed;

    /**
     * Opens the device's rings in the calling thread's network namespace.
     *
     * @param mtu the device's: slots are made for it
     * @throws org.portolan.dataplane.system.LibcException with the remedy, for instance without CAP_NET_RAW
     */
    public PacketRing(final String device, final int deviceIndex, final int mtu) {
        final int frameBytes = mtu + LINK_HEADER_BYTES;
        receive = new ReceiveRing(device, deviceIndex, frameBytes, RECEIVE_SLOTS);
        try {
            transmit = new TransmitRing(device, deviceIndex, frameBytes, TRANSMIT_SLOTS);
        } catch (final RuntimeException e) {
            receive.close();
            throw e;
        }
        try {
            large = new PacketSocket(device);
            large.option(PacketSocket.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            large.growBuffers();
            large.bind(deviceIndex, false);
        } catch (final RuntimeException e) {
            receive.close();
            transmit.close();
            throw e;
        }
    }

    @Override
    public int receive(final FrameBatch batch) {
        return receive.receive(batch);
    }

    @Override
    public void release() {
        receive.release();
    }

    @Override
    public int send(final long frame, final int length, final long offload) {
        if (Offload.isSegmented(offload) || length > transmit.capacityBytes()) {
            return sendLarge(frame, length, offload);
        }
        return transmit.put(frame, length, offload);
    }

    /** The ring goes first, or a flow's frames change places. */
    private int sendLarge(final long frame, final int length, final long offload) {
        transmit.flush();
        final long header = frame - PacketSocket.VNET_HEADER_BYTES;
        PacketSocket.putVnetHeader(header, offload, Math.min(length, LARGE_LINEAR_BYTES));
        final long result =
                Libc.send(large.fd(), header, (long) length + PacketSocket.VNET_HEADER_BYTES, Libc.MSG_DONTWAIT);
        if (result >= 0) {
            return 0;
        }
        return switch ((int) -result) {
            case Errno.EAGAIN, Errno.ENOBUFS -> DropReason.TRANSMIT_RING_FULL.code;
            case Errno.ENETDOWN, Errno.ENXIO -> DropReason.EGRESS_DOWN.code;
            default -> DropReason.TRANSMIT_REFUSED.code;
        };
    }

    @Override
    public void flush() {
        transmit.flush();
    }

    /** The worker calls this when control says that the link is up again. */
    public void linkUp() {
        transmit.up();
    }

    @Override
    public int pollDescriptor() {
        return receive.fd();
    }

    /**
     * Reads and clears the kernel's counters of the receive ring: struct tpacket_stats, two ints: frames, of them
     * lost for want of a free slot. One reader.
     *
     * @param statistics 8 bytes to fill
     * @return whether they were read
     */
    public boolean statistics(final long statistics) {
        return receive.statistics(statistics) == 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            receive.close();
            transmit.close();
            large.close();
        }
    }
}
