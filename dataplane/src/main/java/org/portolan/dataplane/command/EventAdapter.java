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
        final int reason = buffer.getInt(at + Messages.FIRST);
        final int port = buffer.getInt(at + Messages.SECOND);
        final int host = buffer.getInt(at + Messages.THIRD);
        if (type == Messages.REFUSED) {
            handler.onRefused(reason, port, host);
        } else if (type == Messages.FORWARD_REFUSED) {
            final int endpoint = buffer.getInt(at + Messages.FORWARD_ENDPOINT);
            final int external = buffer.getInt(at + Messages.FORWARD_ADDRESS);
            handler.onForwardRefused(reason, port, host, endpoint >>> 16, external, endpoint & 0xFFFF);
        }
    }
}
