package org.portolan.dataplane.command;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** Control's side of the event ring. */
public final class EventAdapter implements MessageHandler {
    private static final int LIMIT = 256;

    private final RingBuffer ring;
    private final EventHandler handler;

    public EventAdapter(final RingBuffer ring, final EventHandler handler) {
        this.ring = ring;
        this.handler = handler;
    }

    public int poll() {
        return ring.read(this, LIMIT);
    }

    @Override
    public void onMessage(final int type, final MutableDirectBuffer buffer, final int at, final int length) {
        if (type == Messages.REFUSED) {
            handler.onRefused(buffer.getInt(at + Messages.FIRST), buffer.getInt(at + Messages.SECOND));
        }
    }
}
