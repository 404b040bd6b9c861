package org.portolan.dataplane.io.packet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;

/**
 * The kernel's end of one packet socket, in memory: what tpacket_snd, packet_snd, tpacket_rcv and packet_recvmsg
 * (net/packet/af_packet.c) do with status words, queues and errors, as far as a ring can see it.
 *
 * <p>A failed send is made twice, as {@link org.portolan.dataplane.system.Libc#send} does.
 */
final class FakeKernel implements KernelSocket {
    private static final int SENDING = 2;

    /** tpacket_rcv: TPACKET2_HDRLEN and the longer of 16 and the link's header, to a multiple of 16. */
    private static final int NETWORK_OFFSET = 80;

    /** The last 8 of the 20 bytes of the sockaddr_ll behind struct tpacket2_hdr. */
    private static final int ADDRESS_OFFSET = 32 + 12;

    private static final long ADDRESS_WORD = 0x0102_0304_0506_0708L;

    private final RingGeometry geometry;
    private final Slab ring;
    private final List<byte[]> wire = new ArrayList<>();
    private final int reserve = ReceiveRing.RESERVE_BYTES;
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private Predicate<byte[]> refused = frame -> false;
    private int refusal;
    private int deviceError;
    private int room = Integer.MAX_VALUE;
    private boolean keepsSlots;
    private int keptError;
    private int head;
    private int sends;
    private int lost;
    private boolean receives;

    /** A socket with a ring. */
    FakeKernel(final RingGeometry geometry) {
        this.geometry = geometry;
        ring = Slab.allocate(geometry.ringBytes(), "a ring");
    }

    /** A socket without one. */
    FakeKernel() {
        this(new RingGeometry(64, 1, 1));
    }

    long ringAddress() {
        return ring.address();
    }

    /** Every frame that this holds for is refused with an errno, each time. */
    void refuse(final int errno, final Predicate<byte[]> which) {
        refusal = errno;
        refused = which;
    }

    void refuseNothing() {
        refused = frame -> false;
    }

    /** ENETDOWN, ENXIO, EBADF: no frame is looked at. 0: the device works. */
    void deviceFails(final int errno) {
        deviceError = errno;
    }

    /** The socket has room for so many frames more, then send says EAGAIN. */
    void room(final int frames) {
        room = frames;
    }

    /** Whether slots stay with the device after a send, as a real device's do until it has sent them. */
    void keepSlots(final boolean keep) {
        keepsSlots = keep;
        if (!keep) {
            for (int i = 0; i < geometry.slots(); i++) {
                if (SharedWord.observeInt(slot(i)) == SENDING) {
                    SharedWord.publishInt(slot(i), PacketSocket.TP_STATUS_AVAILABLE);
                }
            }
        }
    }

    /** What left, in order. */
    List<byte[]> wire() {
        return wire;
    }

    /** How often send(2) was called, the second try of a failed one included. */
    int sends() {
        return sends;
    }

    private long slot(final int index) {
        return ring.address() + geometry.slotOffset(index);
    }

    @Override
    public long send(final long address, final long bytes) {
        final long result = once(address, bytes);
        return result >= 0 ? result : once(address, bytes);
    }

    private long once(final long address, final long bytes) {
        sends++;
        if (deviceError != 0) {
            return -deviceError;
        }
        return bytes == 0 ? kick() : sendOne(address, (int) bytes);
    }

    private long kick() {
        long sum = 0;
        while (SharedWord.observeInt(slot(head)) == PacketSocket.TP_STATUS_SEND_REQUEST) {
            final long slot = slot(head);
            final int length = Memory.intAt(slot + PacketSocket.LENGTH_OFFSET) - VirtioHeader.BYTES;
            if (length < 14) {
                // PACKET_LOSS: passed over.
                SharedWord.publishInt(slot, PacketSocket.TP_STATUS_AVAILABLE);
            } else {
                if (room == 0) {
                    return sum > 0 ? sum : -Errno.EAGAIN;
                }
                final byte[] frame = new byte[length];
                Memory.copy(slot + PacketSocket.TRANSMIT_DATA_OFFSET + VirtioHeader.BYTES, frame, 0, length);
                if (refused.test(frame)) {
                    return -refusal;
                }
                wire.add(frame);
                room--;
                sum += length;
                SharedWord.publishInt(slot, keepsSlots ? SENDING : PacketSocket.TP_STATUS_AVAILABLE);
            }
            head = head + 1 == geometry.slots() ? 0 : head + 1;
        }
        return sum;
    }

    private long sendOne(final long address, final int bytes) {
        if (room == 0) {
            return -Errno.EAGAIN;
        }
        final byte[] frame = new byte[bytes - VirtioHeader.BYTES];
        Memory.copy(address + VirtioHeader.BYTES, frame, 0, frame.length);
        if (refused.test(frame)) {
            return -refusal;
        }
        room--;
        wire.add(frame);
        return bytes;
    }

    /** A frame comes in from the wire: into the next slot, or lost when the reader has not given it back. */
    void arrive(final byte[] frame) {
        final long slot = slot(head);
        if (!receives || SharedWord.observeInt(slot) != PacketSocket.TP_STATUS_KERNEL) {
            lost += receives ? 1 : 0;
            return;
        }
        final int mac = NETWORK_OFFSET + reserve + VirtioHeader.BYTES - 14;
        final int here = Math.min(frame.length, geometry.slotBytes() - mac);
        Memory.putLong(slot + ADDRESS_OFFSET, ADDRESS_WORD);
        Memory.zero(slot + mac - VirtioHeader.BYTES, VirtioHeader.BYTES);
        Memory.copy(frame, 0, slot + mac, here);
        Memory.putInt(slot + PacketSocket.LENGTH_OFFSET, frame.length);
        Memory.putInt(slot + PacketSocket.SNAPLEN_OFFSET, here);
        Memory.putShort(slot + PacketSocket.MAC_OFFSET, (short) mac);
        final boolean whole = here == frame.length;
        if (!whole) {
            queue.add(frame);
        }
        SharedWord.publishInt(slot, PacketSocket.TP_STATUS_USER | (whole ? 0 : PacketSocket.TP_STATUS_COPY));
        head = head + 1 == geometry.slots() ? 0 : head + 1;
    }

    /** Whether the slots up to here still have what the kernel wrote before its frames. */
    boolean headersAreWhole(final int last) {
        boolean whole = true;
        for (int i = 0; i <= last; i++) {
            whole &= Memory.longAt(slot(i) + ADDRESS_OFFSET) == ADDRESS_WORD
                    && (SharedWord.observeInt(slot(i)) & PacketSocket.TP_STATUS_USER) != 0;
        }
        return whole;
    }

    /** Frames that found no free slot. */
    int lost() {
        return lost;
    }

    /** The socket keeps an errno, as a receiving one does when its device goes down. */
    void keepError(final int errno) {
        keptError = errno;
    }

    @Override
    public long receive(final long address, final long bytes) {
        if (keptError != 0) {
            return -takeError();
        }
        final byte[] frame = queue.poll();
        if (frame == null) {
            return -Errno.EAGAIN;
        }
        Memory.zero(address, VirtioHeader.BYTES);
        final int here = (int) Math.min(frame.length, bytes - VirtioHeader.BYTES);
        Memory.copy(frame, 0, address + VirtioHeader.BYTES, here);
        return frame.length + VirtioHeader.BYTES;
    }

    @Override
    public int takeError() {
        final int errno = keptError;
        keptError = 0;
        return errno;
    }

    @Override
    public int takeLost() {
        final int taken = lost;
        lost = 0;
        return taken;
    }

    @Override
    public void startReceiving(final int deviceIndex) {
        receives = true;
    }

    @Override
    public void stopReceiving() {
        receives = false;
    }

    @Override
    public void resumeReceiving() {
        receives = true;
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        ring.close();
    }
}
