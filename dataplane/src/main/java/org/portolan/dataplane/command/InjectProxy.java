package org.portolan.dataplane.command;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** Control's side of the inject ring: frames that control wants sent. One thread: control. */
public final class InjectProxy {
    private final RingBuffer ring;
    private final Wakeup wakeup;
    private final UnsafeBuffer source = new UnsafeBuffer(0L, 0);

    public InjectProxy(final RingBuffer ring, final Wakeup wakeup) {
        this.ring = ring;
        this.wakeup = wakeup;
    }

    /**
     * @param frame address of a whole Ethernet frame of at most 128 bytes
     * @return false when the ring is full or the frame too long; nothing was written
     */
    public boolean frame(final int port, final long frame, final int length) {
        if (length > Messages.MOST_FRAME_BYTES) {
            return false;
        }
        final int at = ring.tryClaim(Messages.FRAME, Messages.FRAME_BYTES_OFFSET + length);
        if (at < 0) {
            return false;
        }
        source.wrap(frame, length);
        ring.buffer().putInt(at, port);
        ring.buffer().putBytes(at + Messages.FRAME_BYTES_OFFSET, source, 0, length);
        ring.commit(at);
        wakeup.signal();
        return true;
    }
}
