package org.portolan.bench.micro;

import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.packet.PacketRing;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * A driver without a device: rings in memory and nobody at their other ends. It plays the kernel's part of the
 * receiving too: {@link #receive} copies each frame, 64 bytes, from a row of masters into the next slot, so a frame
 * that the router has rewritten comes whole again, and lies in the cache as one does that has just arrived. Sending
 * copies the frame into a slot of a transmit ring, as the AF_PACKET driver does. Slots are as many, as large and as
 * aligned as that driver's for an MTU of 1500; left out are the status words, the virtio header and the system call.
 */
final class MemoryIo implements FrameIo {
    /** An odd multiple of 64, so that headers spread over the cache sets. */
    private static final int SLOT_BYTES = 27 * Memory.CACHE_LINE_BYTES;

    private static final int LENGTH_OFFSET = 0;

    private final long masters;
    private final long mastersEnd;
    private final Slab receiveSlots;
    private final Slab transmitSlots;
    private long nextMaster;
    private int nextReceive;
    private int nextTransmit;

    /**
     * @param masters address of frames of {@link NumberedFlows#FRAME_BYTES}, {@link NumberedFlows#STRIDE} apart, which
     *     stay the caller's; they arrive in turn, over and over
     * @param count how many; 0 for an interface on which nothing arrives
     */
    MemoryIo(final long masters, final int count) {
        this.masters = masters;
        mastersEnd = masters + (long) count * NumberedFlows.STRIDE;
        nextMaster = masters;
        receiveSlots = Slab.allocate((long) SLOT_BYTES * PacketRing.RECEIVE_SLOTS, "receive slots");
        transmitSlots = Slab.allocate((long) SLOT_BYTES * PacketRing.TRANSMIT_SLOTS, "transmit slots");
    }

    @Override
    public int receive(final FrameBatch batch) {
        if (masters == mastersEnd) {
            return 0;
        }
        final long arrivalNs = System.currentTimeMillis() * 1_000_000L;
        int count = 0;
        while (!batch.isFull()) {
            final long frame = receiveSlots.address() + (long) nextReceive * SLOT_BYTES + FRAME_OFFSET;
            copyLine(nextMaster, frame);
            final Frame entry = batch.append();
            entry.set(frame, NumberedFlows.FRAME_BYTES, Offload.NONE, arrivalNs, 0);
            nextReceive = nextReceive + 1 == PacketRing.RECEIVE_SLOTS ? 0 : nextReceive + 1;
            nextMaster = nextMaster + NumberedFlows.STRIDE == mastersEnd ? masters : nextMaster + NumberedFlows.STRIDE;
            count++;
        }
        return count;
    }

    private static void copyLine(final long from, final long to) {
        for (int at = 0; at < NumberedFlows.STRIDE; at += Long.BYTES) {
            Memory.putLong(to + at, Memory.longAt(from + at));
        }
    }

    @Override
    public void release() {
        // The slots are used again in turn.
    }

    @Override
    public int send(final long frame, final int length, final long offload) {
        final long slot = transmitSlots.address() + (long) nextTransmit * SLOT_BYTES;
        Memory.copy(frame, slot + FRAME_OFFSET, length);
        Memory.putInt(slot + LENGTH_OFFSET, length);
        nextTransmit = nextTransmit + 1 == PacketRing.TRANSMIT_SLOTS ? 0 : nextTransmit + 1;
        return 0;
    }

    /** Address of the frame that was sent {@code back} frames before the last one. */
    long sent(final int back) {
        final int slot = Math.floorMod(nextTransmit - 1 - back, PacketRing.TRANSMIT_SLOTS);
        return transmitSlots.address() + (long) slot * SLOT_BYTES + FRAME_OFFSET;
    }

    @Override
    public void flush(final long nowNs) {
        // Nobody takes the frames.
    }

    @Override
    public int pollDescriptor() {
        return -1;
    }

    @Override
    public int mostWaiting() {
        return 0;
    }

    @Override
    public void close() {
        receiveSlots.close();
        transmitSlots.close();
    }
}
