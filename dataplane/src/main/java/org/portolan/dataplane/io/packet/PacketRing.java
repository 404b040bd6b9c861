package org.portolan.dataplane.io.packet;

import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Backlog;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * The driver {@code af_packet}: a receive ring, a transmit ring for frames up to the MTU, and a plain socket for frames
 * that stand for several (a bypassing ring drops those whenever the device cannot segment; dev_direct_xmit in
 * net/core/dev.c).
 *
 * <p>Opened by control, then used by one worker; only {@link #takeLost} is control's afterwards, and {@link #close}
 * when the worker has let go.
 */
public final class PacketRing implements DeviceIo {
    /**
     * Slots of a receive ring: 30 ms of 500,000 frames a second, 35 MB. A scheduler that gives the worker's core to
     * another thread for a few milliseconds then costs no frame.
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
    private final KernelSocket large;
    private final String device;
    private final int mtu;
    private boolean closed;

    /**
     * Opens the device's rings in the calling thread's network namespace and receives from now on.
     *
     * @param mtu the device's: slots are made for it
     * @throws LibcException with the remedy, for instance without CAP_NET_RAW
     */
    public PacketRing(final String device, final int deviceIndex, final int mtu) {
        this(device, deviceIndex, mtu, true);
    }

    private PacketRing(final String device, final int deviceIndex, final int mtu, final boolean receives) {
        final int frameBytes = mtu + LINK_HEADER_BYTES;
        this.device = device;
        this.mtu = mtu;
        receive = ReceiveRing.open(device, frameBytes, RECEIVE_SLOTS);
        try {
            if (receives) {
                receive.startReceiving(deviceIndex);
            }
            transmit = new TransmitRing(device, deviceIndex, frameBytes, TRANSMIT_SLOTS);
        } catch (final RuntimeException e) {
            receive.close();
            throw e;
        }
        try {
            large = openLarge(device, deviceIndex);
        } catch (final RuntimeException e) {
            receive.close();
            transmit.close();
            throw e;
        }
    }

    /** On rings and a socket that are open. */
    PacketRing(final ReceiveRing receive, final TransmitRing transmit, final KernelSocket large, final int mtu) {
        this.receive = receive;
        this.transmit = transmit;
        this.large = large;
        this.mtu = mtu;
        device = "";
    }

    private static KernelSocket openLarge(final String device, final int deviceIndex) {
        final PacketSocket socket = new PacketSocket(device);
        try {
            socket.option(PacketSocket.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            socket.growBuffers();
            socket.bindForSending(deviceIndex);
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /**
     * Opens rings that are deaf at first; then this one's filter shuts and the new one is bound. No frame comes to
     * both; those are lost that arrive between the two system calls.
     */
    @Override
    public PacketRing successor(final NetworkDevice now) {
        final PacketRing successor = new PacketRing(now.name(), now.index(), now.mtu(), false);
        try {
            successor.succeed(now.index(), this);
        } catch (final LibcException e) {
            successor.close();
            throw e;
        }
        return successor;
    }

    /** @throws LibcException when the device has gone; then {@code before} goes on */
    void succeed(final int deviceIndex, final PacketRing before) {
        before.receive.stopReceiving();
        try {
            receive.startReceiving(deviceIndex);
        } catch (final RuntimeException e) {
            before.receive.resumeReceiving();
            throw e;
        }
    }

    /** The device that has the name now. */
    @Override
    public Optional<NetworkDevice> device(final List<NetworkDevice> present) {
        return NetworkDevice.named(device, present);
    }

    @Override
    public void resume() {
        receive.resumeReceiving();
    }

    @Override
    public int mtu() {
        return mtu;
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
        return send(frame, length, offload, false);
    }

    @Override
    public int sendOwn(final long frame, final int length, final long offload) {
        return send(frame, length, offload, true);
    }

    private int send(final long frame, final int length, final long offload, final boolean own) {
        if (Offload.isSegmented(offload) || length > transmit.capacityBytes()) {
            return sendLarge(frame, length, offload);
        }
        return transmit.put(frame, length, offload, own);
    }

    /**
     * Sends what is in the ring first, or a flow's frames would change places. A ring that stands is left to
     * {@link #flush}, which paces its tries: a kick for each large frame would be a failing system call for each.
     */
    private int sendLarge(final long frame, final int length, final long offload) {
        if (transmit.isDown() || transmit.isStalled() || !transmit.kick()) {
            return transmit.isDown() ? DropReason.EGRESS_DOWN.code : DropReason.TRANSMIT_RING_FULL.code;
        }
        final long header = frame - VirtioHeader.BYTES;
        VirtioHeader.put(header, offload, Math.min(length, LARGE_LINEAR_BYTES));
        final long result = large.send(header, (long) length + VirtioHeader.BYTES);
        if (result >= 0) {
            return 0;
        }
        return switch ((int) -result) {
            case Errno.EAGAIN, Errno.ENOBUFS -> DropReason.TRANSMIT_RING_FULL.code;
            case Errno.ENETDOWN, Errno.ENXIO -> {
                transmit.linkDown();
                yield DropReason.EGRESS_DOWN.code;
            }
            default -> DropReason.TRANSMIT_REFUSED.code;
        };
    }

    @Override
    public void flush(final long nowNs) {
        transmit.flush(nowNs);
    }

    @Override
    public boolean isBacklogged() {
        return transmit.isBacklogged();
    }

    @Override
    public Backlog backlog() {
        return transmit.backlog();
    }

    @Override
    public boolean isDown() {
        return transmit.isDown();
    }

    @Override
    public void linkUp() {
        transmit.linkUp();
    }

    @Override
    public void abandon() {
        transmit.abandon();
    }

    @Override
    public int pollDescriptor() {
        return receive.descriptor();
    }

    @Override
    public void clearPollError() {
        receive.clearError();
    }

    @Override
    public int takeLost() {
        return receive.takeLost();
    }

    @Override
    public int mostWaiting() {
        return receive.slots();
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
