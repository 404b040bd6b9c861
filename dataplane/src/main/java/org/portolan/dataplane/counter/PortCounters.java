package org.portolan.dataplane.counter;

import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/** One interface's counters of one worker. Written by that worker, with release. */
public final class PortCounters {
    private final AtomicCounter receivedFrames;
    private final AtomicCounter receivedBytes;
    private final AtomicCounter sentFrames;
    private final AtomicCounter sentBytes;
    private final AtomicCounter ringFull;
    private long pendingFrames;
    private long pendingBytes;

    /** Names are {@code worker.N.interface.lan.received_frames} and so on. */
    public PortCounters(final CountersManager manager, final int worker, final String name) {
        final String prefix = "worker." + worker + ".interface." + name + ".";
        receivedFrames = manager.newCounter(prefix + "received_frames");
        receivedBytes = manager.newCounter(prefix + "received_bytes");
        sentFrames = manager.newCounter(prefix + "sent_frames");
        sentBytes = manager.newCounter(prefix + "sent_bytes");
        ringFull = manager.newCounter(prefix + "transmit_ring_full");
    }

    public void received(final int frames, final long bytes) {
        receivedFrames.getAndAddRelease(frames);
        receivedBytes.getAndAddRelease(bytes);
    }

    /** Notes a frame handed over; {@link #publish} shows it. */
    public void sent(final int bytes) {
        pendingFrames++;
        pendingBytes += bytes;
    }

    /**
     * Of the frames noted, these have not left yet, or never will; negative when frames left that an earlier call
     * named.
     */
    public void unsent(final int frames, final long bytes) {
        pendingFrames -= frames;
        pendingBytes -= bytes;
    }

    /** A frame that this interface had no room to send. */
    public void ringFull() {
        ringFull.incrementRelease();
    }

    /** Once a batch: two stores instead of two a frame. */
    public void publish() {
        if (pendingFrames != 0) {
            sentFrames.getAndAddRelease(pendingFrames);
            sentBytes.getAndAddRelease(pendingBytes);
            pendingFrames = 0;
            pendingBytes = 0;
        }
    }

    public long receivedFrames() {
        return receivedFrames.get();
    }

    public long receivedBytes() {
        return receivedBytes.get();
    }

    public long sentFrames() {
        return sentFrames.get();
    }

    public long sentBytes() {
        return sentBytes.get();
    }

    public long ringFullFrames() {
        return ringFull.get();
    }
}
