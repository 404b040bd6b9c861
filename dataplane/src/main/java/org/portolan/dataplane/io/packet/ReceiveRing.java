package org.portolan.dataplane.io.packet;

import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;

/**
 * A TPACKET_V2 receive ring. The kernel fills slots in order and flips each one's status word to USER; the worker reads
 * them in order and flips them back. V2 has a status word a frame; V3's blocks retire by a timer and add milliseconds.
 *
 * <p>A frame longer than its slot (GRO and GSO make up to 64 KiB) is kept whole by the kernel in the socket's queue
 * (PACKET_COPY_THRESH) and read from there with recv(2), the same one copy: slots stay small and the ring stays in
 * cache.
 */
final class ReceiveRing implements AutoCloseable {
    /**
     * Where tpacket_rcv (net/packet/af_packet.c) would put the Ethernet header without a reserve: it rounds
     * TPACKET2_HDRLEN and 16 bytes up to 80, adds the virtio_net_hdr, and starts the network header there.
     */
    private static final int MAC_OFFSET_BYTES = 80 + VirtioHeader.BYTES - 14;

    /** In the slot, whose first line is the kernel's struct tpacket2_hdr and sockaddr_ll. */
    private static final int FRAME_OFFSET = Memory.CACHE_LINE_BYTES + FrameIo.FRAME_OFFSET;

    /** PACKET_RESERVE: it moves the frame to where the headroom and the cache lines want it. */
    static final int RESERVE_BYTES = FRAME_OFFSET - MAC_OFFSET_BYTES;

    /** The VLAN in a tag's control information; above it are the priority and the drop indication. */
    private static final int VLAN_MASK = 0x0FFF;

    private static final int ETH_P_8021Q = 0x8100;
    private static final int LARGE_FRAMES = 16;
    private static final int LARGE_SLOT_BYTES =
            PacketSocket.LARGE_FRAME_BYTES + FrameIo.HEADROOM_BYTES + Memory.CACHE_LINE_BYTES;

    private final KernelSocket socket;
    private final long[] slotAddresses;
    private final Slab large = Slab.allocate((long) LARGE_FRAMES * LARGE_SLOT_BYTES, "large frames");
    private int next;
    private int firstHeld;
    private int held;
    private int largeHeld;

    /**
     * Opens the ring in the calling thread's network namespace; it receives nothing before {@link #startReceiving}.
     *
     * @param frameBytes largest frame that is to fit a slot: MTU and Ethernet header with a tag
     * @param slots at least this many
     */
    static ReceiveRing open(final String device, final int frameBytes, final int slots) {
        final PacketSocket socket = new PacketSocket(device);
        try {
            socket.option(PacketSocket.PACKET_VERSION, PacketSocket.TPACKET_V2, "PACKET_VERSION");
            socket.option(PacketSocket.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            socket.option(PacketSocket.PACKET_RESERVE, RESERVE_BYTES, "PACKET_RESERVE");
            socket.option(PacketSocket.PACKET_COPY_THRESH, PacketSocket.LARGE_FRAME_BYTES, "PACKET_COPY_THRESH");
            socket.option(PacketSocket.PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
            socket.growBuffers();
            final RingGeometry geometry = geometry(frameBytes, slots);
            socket.mapRing(PacketSocket.PACKET_RX_RING, geometry);
            return new ReceiveRing(socket, socket.ringAddress(), geometry);
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** On an open socket, whose ring lies at {@code ringAddress}. */
    ReceiveRing(final KernelSocket socket, final long ringAddress, final RingGeometry geometry) {
        this.socket = socket;
        slotAddresses = new long[geometry.slots()];
        for (int i = 0; i < slotAddresses.length; i++) {
            slotAddresses[i] = ringAddress + geometry.slotOffset(i);
        }
    }

    static RingGeometry geometry(final int frameBytes, final int slots) {
        return RingGeometry.of(frameBytes, FRAME_OFFSET, slots);
    }

    int descriptor() {
        return socket.descriptor();
    }

    void startReceiving(final int deviceIndex) {
        socket.startReceiving(deviceIndex);
    }

    /** What the kernel has put into the ring stays to be read. */
    void stopReceiving() {
        socket.stopReceiving();
    }

    void resumeReceiving() {
        socket.resumeReceiving();
    }

    /** Reads the error that the socket keeps after its device went down, which poll(2) would report permanently. */
    void clearError() {
        socket.takeError();
    }

    int receive(final FrameBatch batch) {
        int count = 0;
        while (!batch.isFull() && held < slotAddresses.length) {
            final long slot = slotAddresses[next];
            final int status = SharedWord.observeInt(slot);
            if ((status & PacketSocket.TP_STATUS_USER) == 0 || !take(slot, status, batch)) {
                break;
            }
            count++;
            held++;
            if (++next == slotAddresses.length) {
                next = 0;
            }
        }
        return count;
    }

    /** False when the frame must wait because every buffer for large frames is lent out. */
    private boolean take(final long slot, final int status, final FrameBatch batch) {
        final int length = Memory.intAt(slot + PacketSocket.LENGTH_OFFSET);
        final int here = Memory.intAt(slot + PacketSocket.SNAPLEN_OFFSET);
        final long arrivalNs = (Memory.intAt(slot + PacketSocket.SECONDS_OFFSET) & 0xFFFF_FFFFL) * 1_000_000_000L
                + Memory.intAt(slot + PacketSocket.NANOSECONDS_OFFSET);
        final int state = (status & PacketSocket.TP_STATUS_VLAN_VALID) != 0 ? tagged(slot, status) : 0;
        if ((status & PacketSocket.TP_STATUS_COPY) != 0) {
            return takeLarge(batch, arrivalNs, state);
        }
        final long frame = slot + (Memory.shortAt(slot + PacketSocket.MAC_OFFSET) & 0xFFFF);
        final long offload = VirtioHeader.offload(frame - VirtioHeader.BYTES);
        batch.append().set(frame, here, offload, arrivalNs, here < length ? state | Frame.TRUNCATED : state);
        return true;
    }

    /** A priority tag, VLAN 0 of 802.1Q, says nothing about the network: its frame counts as untagged. */
    static int tagged(final long slot, final int status) {
        final int vlan = Memory.shortAt(slot + PacketSocket.VLAN_TCI_OFFSET) & VLAN_MASK;
        final boolean service = (status & PacketSocket.TP_STATUS_VLAN_TPID_VALID) != 0
                && (Memory.shortAt(slot + PacketSocket.VLAN_TPID_OFFSET) & 0xFFFF) != ETH_P_8021Q;
        return vlan == 0 && !service ? 0 : Frame.VLAN_TAGGED;
    }

    private boolean takeLarge(final FrameBatch batch, final long arrivalNs, final int state) {
        if (largeHeld == LARGE_FRAMES) {
            return false;
        }
        final long frame = large.address() + (long) largeHeld * LARGE_SLOT_BYTES + FrameIo.FRAME_OFFSET;
        final long header = frame - VirtioHeader.BYTES;
        final long bytes = receiveLarge(header);
        largeHeld++;
        final boolean whole =
                bytes > VirtioHeader.BYTES && bytes <= VirtioHeader.BYTES + PacketSocket.LARGE_FRAME_BYTES;
        if (whole) {
            batch.append().set(frame, (int) bytes - VirtioHeader.BYTES, VirtioHeader.offload(header), arrivalNs, state);
        } else {
            batch.append().set(frame, 0, Offload.NONE, arrivalNs, state | Frame.TRUNCATED);
        }
        return true;
    }

    /**
     * The socket's kept error comes before its queue: without a second call the frame would stay there, and each later
     * slot would be given the frame of the one before.
     */
    private long receiveLarge(final long header) {
        final long room = VirtioHeader.BYTES + PacketSocket.LARGE_FRAME_BYTES;
        final long bytes = socket.receive(header, room);
        return bytes >= 0 || bytes == -Errno.EAGAIN ? bytes : socket.receive(header, room);
    }

    void release() {
        int slot = firstHeld;
        for (int i = 0; i < held; i++) {
            SharedWord.publishInt(slotAddresses[slot], PacketSocket.TP_STATUS_KERNEL);
            if (++slot == slotAddresses.length) {
                slot = 0;
            }
        }
        firstHeld = slot;
        held = 0;
        largeHeld = 0;
    }

    /** Frames that found no free slot since the last call. */
    int takeLost() {
        return socket.takeLost();
    }

    /** Slots of the ring. */
    int slots() {
        return slotAddresses.length;
    }

    @Override
    public void close() {
        socket.close();
        large.close();
    }
}
