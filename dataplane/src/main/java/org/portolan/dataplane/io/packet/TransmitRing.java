package org.portolan.dataplane.io.packet;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Backlog;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.system.Errno;

/**
 * A TPACKET_V2 transmit ring with PACKET_QDISC_BYPASS for frames up to the MTU; one send(2), a kick, hands over all
 * that was put in.
 *
 * <p>The virtio header's length field covers the whole frame, so that the kernel copies it at the kick: the slot is
 * free again afterwards, and no receiver on a veth reads pages that the next frame overwrites.
 *
 * <p>The kernel takes slots in order and stops at the first one that it cannot send. That slot asks again at the next
 * kick, and nothing behind it leaves before it does. So {@link #flush} looks at what a kick left behind:
 *
 * <table>
 * <caption>after a kick that did not empty the ring</caption>
 * <tr><th>send(2) says</th><th>meaning</th><th>what happens</th></tr>
 * <tr><td>ENETDOWN, ENXIO</td><td>device down or gone</td><td>frames are refused with EGRESS_DOWN; a kick every
 * {@link #PROBE_NS} finds out when it is back</td></tr>
 * <tr><td>EAGAIN, fewer bytes</td><td>no room in the socket for now</td><td>tried again every
 * {@link #RETRY_NS}</td></tr>
 * <tr><td>ENOBUFS and all others</td><td>the device's queue is full for now, or this frame is refused for good: the
 * kernel has one errno for both</td><td>tried again as long as {@link Patience} allows, then the frame is given
 * up</td></tr>
 * </table>
 *
 * <p>A frame is given up by setting its length to 0: the kernel finds the slot malformed and, since the ring has
 * PACKET_LOSS, passes over it. To mark the slot as free would not do: the kernel would wait at it.
 */
public final class TransmitRing implements AutoCloseable {
    /** A kick that failed is repeated after this. */
    static final long RETRY_NS = 20_000;

    /** A device that was down is tried after this. */
    static final long PROBE_NS = 10_000_000;

    /** An older frame is not sent: its sender has repeated it by now (RFC 6298 2.4: a timeout is 1 s or more). */
    static final long OLDEST_NS = 1_000_000_000;

    /** Frames given up in one flush, each for two system calls; a batch of frames that are all refused. */
    static final int MOST_REFUSALS = 64;

    /** Fields of struct tpacket2_hdr that the kernel does not read in a transmit ring. */
    private static final int OWN_OFFSET = PacketSocket.SNAPLEN_OFFSET;

    private static final int STAMP_OFFSET = PacketSocket.SECONDS_OFFSET;

    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int HEADER_BYTES = PacketSocket.TRANSMIT_DATA_OFFSET + VirtioHeader.BYTES;

    private final KernelSocket socket;
    private final long[] slotAddresses;
    private final int capacityBytes;
    private final Backlog backlog = new Backlog();
    private final Patience patience = new Patience();
    private int next;
    private int oldest;
    private int taken;
    private long takenBytes;
    private int noted;
    private int error;
    private boolean down;
    private boolean stalled;
    private long triedNs;

    /**
     * Opens the ring in the calling thread's network namespace.
     *
     * @param frameBytes largest frame that must fit a slot
     * @param slots at least this many
     */
    public TransmitRing(final String device, final int deviceIndex, final int frameBytes, final int slots) {
        this(open(device, deviceIndex, geometry(frameBytes, slots)), geometry(frameBytes, slots));
    }

    private TransmitRing(final PacketSocket socket, final RingGeometry geometry) {
        this(socket, socket.ringAddress(), geometry);
    }

    /** On an open socket, whose ring lies at {@code ringAddress}. */
    TransmitRing(final KernelSocket socket, final long ringAddress, final RingGeometry geometry) {
        this.socket = socket;
        capacityBytes = geometry.slotBytes() - HEADER_BYTES;
        slotAddresses = new long[geometry.slots()];
        for (int i = 0; i < slotAddresses.length; i++) {
            slotAddresses[i] = ringAddress + geometry.slotOffset(i);
        }
    }

    static RingGeometry geometry(final int frameBytes, final int slots) {
        return RingGeometry.of(frameBytes, HEADER_BYTES, slots);
    }

    private static PacketSocket open(final String device, final int deviceIndex, final RingGeometry geometry) {
        final PacketSocket socket = new PacketSocket(device);
        try {
            socket.option(PacketSocket.PACKET_VERSION, PacketSocket.TPACKET_V2, "PACKET_VERSION");
            socket.option(PacketSocket.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            socket.option(PacketSocket.PACKET_LOSS, 1, "PACKET_LOSS");
            socket.option(PacketSocket.PACKET_QDISC_BYPASS, 1, "PACKET_QDISC_BYPASS");
            socket.growBuffers();
            socket.mapRing(PacketSocket.PACKET_TX_RING, geometry);
            socket.bindForSending(deviceIndex);
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /** Largest frame that a slot takes. */
    int capacityBytes() {
        return capacityBytes;
    }

    /** @param own whether the router made the frame itself */
    int put(final long frame, final int length, final long offload, final boolean own) {
        if (down) {
            return DropReason.EGRESS_DOWN.code;
        }
        if (!isWellFormed(length, offload)) {
            return DropReason.TRANSMIT_REFUSED.code;
        }
        final long place = claim();
        if (place == 0) {
            return DropReason.TRANSMIT_RING_FULL.code;
        }
        Memory.copy(frame, place, length);
        Memory.putInt(slotAddresses[next] + OWN_OFFSET, own ? 1 : 0);
        commit(length, offload);
        return 0;
    }

    /**
     * What the kernel would pass over without a word, because of PACKET_LOSS: less than an Ethernet header, or a
     * checksum outside the frame (tpacket_fill_skb in net/packet/af_packet.c, virtio_net_hdr_to_skb).
     */
    private static boolean isWellFormed(final int length, final long offload) {
        return length >= ETHERNET_HEADER_BYTES
                && (!Offload.needsChecksum(offload)
                        || Offload.checksumStart(offload) + Offload.checksumOffset(offload) + 2 <= length);
    }

    /** Where the next frame is to be written; 0 while the kernel holds every slot. */
    public long claim() {
        final long slot = slotAddresses[next];
        return SharedWord.observeInt(slot) == PacketSocket.TP_STATUS_AVAILABLE ? slot + HEADER_BYTES : 0;
    }

    /** Puts in the frame that was written where {@link #claim} said. */
    public void commit(final int length, final long offload) {
        final long slot = slotAddresses[next];
        VirtioHeader.put(slot + PacketSocket.TRANSMIT_DATA_OFFSET, offload, length);
        Memory.putInt(slot + PacketSocket.LENGTH_OFFSET, length + VirtioHeader.BYTES);
        SharedWord.publishInt(slot, PacketSocket.TP_STATUS_SEND_REQUEST);
        if (++next == slotAddresses.length) {
            next = 0;
        }
        taken++;
        takenBytes += length;
    }

    /**
     * One send(2) for all that was put in and has not left; gives nothing up.
     *
     * @return whether the ring is empty now
     */
    public boolean kick() {
        if (taken == 0 && !down) {
            return true;
        }
        final long result = socket.send(0, 0);
        if (result == takenBytes && noted == 0) {
            error = 0;
            down = false;
            stalled = false;
            oldest = next;
            taken = 0;
            takenBytes = 0;
            return true;
        }
        error = result < 0 ? (int) -result : 0;
        down = error == Errno.ENETDOWN || error == Errno.ENXIO;
        forgetWhatLeft();
        stalled = taken > 0;
        return !stalled;
    }

    /**
     * Hands over what was put in, and what was left of earlier flushes once its time has come: one system call while
     * the kernel takes everything.
     *
     * @param nowNs monotonic
     */
    void flush(final long nowNs) {
        if (taken == 0 && !down) {
            return;
        }
        if ((noted > 0 || down) && nowNs - triedNs < (down ? PROBE_NS : RETRY_NS)) {
            note(nowNs);
            return;
        }
        giveUpLate(nowNs);
        triedNs = nowNs;
        if (kick()) {
            return;
        }
        note(nowNs);
        for (int i = 0; i < MOST_REFUSALS && isFrameRefused() && !patience.allows(nowNs); i++) {
            patience.moved(triedNs);
            giveUp(slotAddresses[oldest], Backlog.Loss.REFUSED);
            if (kick()) {
                return;
            }
        }
    }

    /** Whether the last kick failed for its oldest frame, not for the device or the socket. */
    private boolean isFrameRefused() {
        return switch (error) {
            case 0, Errno.EAGAIN, Errno.EINTR, Errno.ENETDOWN, Errno.ENXIO -> false;
            default -> bytes(slotAddresses[oldest]) > 0;
        };
    }

    /** Gives the slots free that the kernel is done with: all before the first that still asks. */
    private void forgetWhatLeft() {
        while (taken > 0) {
            final long slot = slotAddresses[oldest];
            if (SharedWord.observeInt(slot) == PacketSocket.TP_STATUS_SEND_REQUEST) {
                return;
            }
            patience.moved(triedNs);
            final int bytes = bytes(slot);
            takenBytes -= bytes;
            if (noted > 0) {
                noted--;
                if (bytes > 0) {
                    backlog.left(isOwn(slot), bytes);
                }
            }
            taken--;
            if (++oldest == slotAddresses.length) {
                oldest = 0;
            }
        }
    }

    /** Enters into the backlog, with the time, the frames that a flush did not get rid of. */
    private void note(final long nowNs) {
        for (; noted < taken; noted++) {
            final long slot = slot(noted);
            Memory.putLong(slot + STAMP_OFFSET, nowNs);
            backlog.waits(isOwn(slot), bytes(slot));
        }
    }

    private void giveUpLate(final long nowNs) {
        for (int i = 0; i < noted; i++) {
            final long slot = slot(i);
            if (bytes(slot) > 0) {
                if (nowNs - Memory.longAt(slot + STAMP_OFFSET) <= OLDEST_NS) {
                    return;
                }
                giveUp(slot, Backlog.Loss.LATE);
            }
        }
    }

    /** The kernel finds a length of 0 malformed and passes over the slot; nobody else reads the ring meanwhile. */
    private void giveUp(final long slot, final Backlog.Loss why) {
        final int bytes = bytes(slot);
        Memory.putInt(slot + PacketSocket.LENGTH_OFFSET, 0);
        takenBytes -= bytes;
        backlog.loses(isOwn(slot), bytes, why);
    }

    private long slot(final int afterOldest) {
        final int index = oldest + afterOldest;
        return slotAddresses[index < slotAddresses.length ? index : index - slotAddresses.length];
    }

    /** Of the frame in a slot; 0 when it was given up. */
    private static int bytes(final long slot) {
        return Math.max(0, Memory.intAt(slot + PacketSocket.LENGTH_OFFSET) - VirtioHeader.BYTES);
    }

    private static boolean isOwn(final long slot) {
        return Memory.intAt(slot + OWN_OFFSET) != 0;
    }

    /** What was put in and has not left. */
    Backlog backlog() {
        return backlog;
    }

    /** Whether {@link #flush} has something to do though nothing was put in since. */
    boolean isBacklogged() {
        return taken > 0 || down;
    }

    /** Whether the last kick left frames behind; {@link #flush} tries again when it is time. */
    boolean isStalled() {
        return stalled;
    }

    /** Whether the device was down at the last kick: what the ring holds did not leave. */
    public boolean isDown() {
        return down;
    }

    /** Another socket's send found the device down: {@link #flush} finds out when it is back. */
    void linkDown() {
        down = true;
    }

    /** Control has heard that the device is up: the next flush tries it. */
    void linkUp() {
        down = false;
    }

    /** Gives up every frame that is still here; the ring is not used any more. */
    void abandon() {
        note(triedNs);
        for (int i = 0; i < noted; i++) {
            if (bytes(slot(i)) > 0) {
                giveUp(slot(i), Backlog.Loss.ABANDONED);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
