package org.portolan.dataplane.command;

import org.agrona.concurrent.ringbuffer.RingBuffer;

/** The worker's side of the event ring: news that nobody must act on. A full ring loses them. */
public final class EventProxy {
    private final RingBuffer ring;

    public EventProxy(final RingBuffer ring) {
        this.ring = ring;
    }

    /** New work was refused for want of room. */
    public boolean refused(final int reasonCode, final int port) {
        final int at = ring.tryClaim(Messages.REFUSED, 8);
        if (at < 0) {
            return false;
        }
        ring.buffer().putInt(at + Messages.FIRST, reasonCode);
        ring.buffer().putInt(at + Messages.SECOND, port);
        ring.commit(at);
        return true;
    }
}
