package org.portolan.dataplane.io;

import static org.portolan.dataplane.io.PacketSocket.VNET_HEADER_BYTES;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.Libc;

/**
 * A TPACKET_V2 transmit ring with PACKET_QDISC_BYPASS for frames up to the MTU; one send(2) hands over all that was
 * put in.
 *
 * <p>PACKET_LOSS: without it one bad frame stands the ring still. The virtio header's length field covers the whole
 * frame, so that the kernel copies it
 * at the kick: the slot is free again afterwards, and no receiver on a veth reads pages that the next frame overwrites.
 */
public final class TransmitRing implements AutoCloseable {
    private final PacketSocket socket;
    private final int fd;
    private final long[] slotAddresses;
    private final int capacityBytes;
    private int next;
    private boolean dirty;
    private boolean down;

    /**
     * Opens the ring in the calling thread's network namespace.
     *
     * @param frameBytes largest frame that must fit a slot
     * @param slots at least this many
     */
    public TransmitRing(final String device, final int deviceIndex, final int frameBytes, final int slots) {
        socket = new PacketSocket(device);
        fd = socket.fd();
        try {
            socket.option(PacketSocket.PACKET_VERSION, PacketSocket.TPACKET_V2, "PACKET_VERSION");
            socket.option(PacketSocket.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            socket.option(PacketSocket.PACKET_LOSS, 1, "PACKET_LOSS");
            socket.option(PacketSocket.PACKET_QDISC_BYPASS, 1, "PACKET_QDISC_BYPASS");
            socket.growBuffers();
            final int headerBytes = PacketSocket.TRANSMIT_DATA_OFFSET + VNET_HEADER_BYTES;
            final RingGeometry geometry = RingGeometry.of(frameBytes, headerBytes, slots);
            capacityBytes = geometry.slotBytes() - headerBytes;
            socket.mapRing(PacketSocket.PACKET_TX_RING, geometry);
            slotAddresses = new long[geometry.slots()];
            for (int i = 0; i < slotAddresses.length; i++) {
                slotAddresses[i] = socket.ringAddress() + geometry.slotOffset(i);
            }
            socket.bind(deviceIndex, false);
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Largest frame that a slot takes. */
    int capacityBytes() {
        return capacityBytes;
    }

    int put(final long frame, final int length, final long offload) {
        if (down) {
            return DropReason.EGRESS_DOWN.code;
        }
        final long place = claim();
        if (place == 0) {
            return DropReason.TRANSMIT_RING_FULL.code;
        }
        Memory.copy(frame, place, length);
        commit(length, offload);
        return 0;
    }

    /** Where the next frame is to be written; 0 while the kernel holds every slot. */
    public long claim() {
        final long slot = slotAddresses[next];
        return SharedWord.observeInt(slot) == PacketSocket.TP_STATUS_AVAILABLE
                ? slot + PacketSocket.TRANSMIT_DATA_OFFSET + VNET_HEADER_BYTES
                : 0;
    }

    /** Puts in the frame that was written where {@link #claim} said. */
    public void commit(final int length, final long offload) {
        final long slot = slotAddresses[next];
        PacketSocket.putVnetHeader(slot + PacketSocket.TRANSMIT_DATA_OFFSET, offload, length);
        Memory.putInt(slot + PacketSocket.LENGTH_OFFSET, length + VNET_HEADER_BYTES);
        SharedWord.publishInt(slot, PacketSocket.TP_STATUS_SEND_REQUEST);
        if (++next == slotAddresses.length) {
            next = 0;
        }
        dirty = true;
    }

    /** One send(2) for all that was put in since the last one; nothing when that was nothing. */
    public void flush() {
        if (!dirty) {
            return;
        }
        final long result = Libc.send(fd, 0, 0, Libc.MSG_DONTWAIT);
        dirty = result == -Errno.EAGAIN || result == -Errno.ENOBUFS;
        if (result == -Errno.ENETDOWN || result == -Errno.ENXIO) {
            down = true;
        }
    }

    /** Whether the device was down at the last {@link #flush}: what the ring holds did not leave. */
    public boolean isDown() {
        return down;
    }

    /** Told by who hears of the link: a device that came up sends again what its ring still holds. */
    void up() {
        down = false;
        dirty = true;
    }

    @Override
    public void close() {
        socket.close();
    }
}
