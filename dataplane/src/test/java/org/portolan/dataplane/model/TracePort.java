package org.portolan.dataplane.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/** A driver without a device: frames are laid in front of it, and what is sent is kept. */
final class TracePort implements FrameIo {
    private static final int SLOT_BYTES = 2048;
    private static final int SLOTS = 64;

    /** Behind a frame, as an earlier one left it. */
    private static final int JUNK = 0xA5;

    private final ArrayDeque<byte[]> arrivals = new ArrayDeque<>();
    private final Slab slab = Slab.allocate(SLOTS * SLOT_BYTES, "frames of a trace");
    final List<byte[]> sent = new ArrayList<>();

    void arrive(final byte[] frame) {
        arrivals.add(frame);
    }

    boolean isEmpty() {
        return arrivals.isEmpty();
    }

    @Override
    public int receive(final FrameBatch batch) {
        int count = 0;
        while (!batch.isFull() && count < SLOTS && !arrivals.isEmpty()) {
            final byte[] frame = arrivals.poll();
            final long at = slab.address() + (long) count * SLOT_BYTES + HEADROOM_BYTES;
            Memory.copy(frame, 0, at, frame.length);
            for (int i = frame.length; i < LEAST_ROOM_BYTES; i++) {
                Memory.putU8(at + i, JUNK);
            }
            batch.append().set(at, frame.length, 0, 1, 0);
            count++;
        }
        return count;
    }

    @Override
    public void release() {}

    @Override
    public int send(final long frame, final int length, final long offload) {
        final byte[] copy = new byte[length];
        Memory.copy(frame, copy, 0, length);
        sent.add(copy);
        return 0;
    }

    @Override
    public void flush(final long nowNs) {}

    @Override
    public int pollDescriptor() {
        return -1;
    }

    @Override
    public int mostWaiting() {
        return arrivals.size();
    }

    @Override
    public void close() {
        slab.close();
    }
}
