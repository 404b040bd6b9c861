package org.portolan.dataplane.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Regions;
import org.portolan.dataplane.system.LibcMemory;

/**
 * A driver without a device: frames are laid in front of it and what is sent is kept. In the bounds-checked build a
 * received frame is legal to touch from its headroom to its last byte, a short one to the least room that a driver
 * gives, while it is borrowed, and nowhere else.
 */
final class MemoryFrameIo implements FrameIo {
    private static final int SLOT_BYTES = 1 << 17;

    /** Behind a short frame, as an earlier one left it. */
    private static final int JUNK = 0xA5;

    /** A frame to be received. */
    record Arrival(byte[] bytes, long offload, int state) {}

    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
    private final List<byte[]> sent = new ArrayList<>();
    private final List<Long> sentOffloads = new ArrayList<>();
    private final long pool;
    private final long[] borrowed = new long[Pipeline.BATCH];
    private int borrowedCount;
    private int sentCount;
    private int sendResult;
    private boolean keep;
    private int mostEachBatch = Pipeline.BATCH;

    MemoryFrameIo() {
        pool = LibcMemory.mmap(
                (long) SLOT_BYTES * Pipeline.BATCH,
                LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
                LibcMemory.MAP_PRIVATE | LibcMemory.MAP_ANONYMOUS,
                -1,
                0,
                "test frames");
    }

    void arrive(final Arrival frame) {
        arrivals.add(frame);
    }

    void arrive(final byte[] bytes, final long offload, final int state) {
        arrive(new Arrival(bytes, offload, state));
    }

    void arrive(final byte[] bytes) {
        arrive(bytes, 0, 0);
    }

    /** What send answers from now on: 0, or a drop reason's code. */
    void answerSendsWith(final int result) {
        sendResult = result;
    }

    /** Receive gives no more frames than this at once, as a driver does that lends few buffers out. */
    void mostEachBatch(final int frames) {
        mostEachBatch = frames;
    }

    /** Keep copies of what is sent. */
    void keepSent() {
        keep = true;
    }

    List<byte[]> sent() {
        return sent;
    }

    /** The offload word of each frame of {@link #sent}. */
    List<Long> sentOffloads() {
        return sentOffloads;
    }

    int sentCount() {
        return sentCount;
    }

    int waiting() {
        return arrivals.size();
    }

    @Override
    public int receive(final FrameBatch batch) {
        int count = 0;
        while (count < mostEachBatch && !batch.isFull() && !arrivals.isEmpty()) {
            final Arrival arrival = arrivals.poll();
            final long region = pool + (long) SLOT_BYTES * borrowedCount;
            final int length = arrival.bytes().length;
            final int room = Math.max(length, LEAST_ROOM_BYTES);
            Regions.add(region, HEADROOM_BYTES + (long) room);
            for (int at = length; at < room; at++) {
                Memory.putU8(region + HEADROOM_BYTES + at, JUNK);
            }
            Memory.copy(arrival.bytes(), 0, region + HEADROOM_BYTES, length);
            borrowed[borrowedCount++] = region;
            final Frame frame = batch.append();
            frame.set(region + HEADROOM_BYTES, length, arrival.offload(), 1, arrival.state());
            count++;
        }
        return count;
    }

    @Override
    public void release() {
        for (int i = 0; i < borrowedCount; i++) {
            Regions.remove(borrowed[i]);
        }
        borrowedCount = 0;
    }

    @Override
    public int send(final long frame, final int length, final long offload) {
        if (sendResult != 0) {
            return sendResult;
        }
        sentCount++;
        // A driver may put its own header there, and af_packet does before a segmented frame.
        Memory.zero(frame - HEADROOM_BYTES, HEADROOM_BYTES);
        if (keep) {
            final byte[] copy = new byte[length];
            Memory.copy(frame, copy, 0, length);
            sent.add(copy);
            sentOffloads.add(offload);
        }
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
        LibcMemory.munmap(pool, (long) SLOT_BYTES * Pipeline.BATCH);
    }
}
