package org.portolan.dataplane.command;

import org.agrona.concurrent.ringbuffer.RingBuffer;

/** The worker's side of the event ring: news that nobody must act on. A full ring loses them. */
public final class EventProxy {
    private final RingBuffer ring;

    public EventProxy(final RingBuffer ring) {
        this.ring = ring;
    }

    /** An inside host was refused a session because there was no room. */
    public boolean refused(final int reasonCode, final int port, final int host) {
        final int at = ring.tryClaim(Messages.REFUSED, Messages.REFUSED_BYTES);
        if (at < 0) {
            return false;
        }
        ring.buffer().putInt(at + Messages.FIRST, reasonCode);
        ring.buffer().putInt(at + Messages.SECOND, port);
        ring.buffer().putInt(at + Messages.THIRD, host);
        ring.commit(at);
        return true;
    }

    /** A remote host was refused a session on a static rule or a mapping. */
    public boolean forwardRefused(
            final int reasonCode,
            final int port,
            final int remote,
            final int protocol,
            final int external,
            final int externalPort) {
        final int at = ring.tryClaim(Messages.FORWARD_REFUSED, Messages.FORWARD_REFUSED_BYTES);
        if (at < 0) {
            return false;
        }
        ring.buffer().putInt(at + Messages.FIRST, reasonCode);
        ring.buffer().putInt(at + Messages.SECOND, port);
        ring.buffer().putInt(at + Messages.THIRD, remote);
        ring.buffer().putInt(at + Messages.FORWARD_ADDRESS, external);
        ring.buffer().putInt(at + Messages.FORWARD_ENDPOINT, protocol << 16 | externalPort);
        ring.commit(at);
        return true;
    }
}
