package org.portolan.dataplane.command;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** The worker's side of the inject ring. */
public final class InjectAdapter implements MessageHandler {
    private static final int LIMIT = 32;

    private final RingBuffer ring;
    private final InjectHandler handler;

    public InjectAdapter(final RingBuffer ring, final InjectHandler handler) {
        this.ring = ring;
        this.handler = handler;
    }

    /** Sends what waits, up to a limit; how many. */
    public int poll() {
        return ring.read(this, LIMIT);
    }

    @Override
    public void onMessage(final int type, final MutableDirectBuffer buffer, final int at, final int length) {
        if (type == Messages.FRAME && length >= Messages.FRAME_BYTES_OFFSET) {
            final long frame = buffer.addressOffset() + at + Messages.FRAME_BYTES_OFFSET;
            handler.onFrame(buffer.getInt(at), frame, length - Messages.FRAME_BYTES_OFFSET);
        }
    }
}
