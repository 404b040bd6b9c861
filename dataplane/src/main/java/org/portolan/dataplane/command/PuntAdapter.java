package org.portolan.dataplane.command;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** Control's side of the punt ring. */
public final class PuntAdapter implements MessageHandler {
    private static final int LIMIT = 256;

    private final RingBuffer ring;
    private final PuntHandler handler;

    public PuntAdapter(final RingBuffer ring, final PuntHandler handler) {
        this.ring = ring;
        this.handler = handler;
    }

    public int poll() {
        return ring.read(this, LIMIT);
    }

    @Override
    public void onMessage(final int type, final MutableDirectBuffer buffer, final int at, final int length) {
        switch (type) {
            case Messages.ARP ->
                handler.onArp(
                        buffer.getInt(at),
                        buffer.addressOffset() + at + Messages.FRAME_BYTES_OFFSET,
                        length - Messages.FRAME_BYTES_OFFSET);
            case Messages.RESOLVE ->
                handler.onResolve(
                        buffer.getInt(at + Messages.FIRST),
                        buffer.getInt(at + Messages.SECOND),
                        buffer.getInt(at + Messages.THIRD));
            default -> {
                // A newer worker's word.
            }
        }
    }
}
