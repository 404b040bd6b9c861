package org.portolan.dataplane.command;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * The worker's side of the punt ring: what only control can answer. Never waits.
 *
 * <p>Lookups take half of the ring at most: a host that sweeps a subnet asks for more than control can read, and ARP
 * replies must still get through.
 */
public final class PuntProxy {
    private final RingBuffer ring;
    private final UnsafeBuffer source = new UnsafeBuffer(0L, 0);

    public PuntProxy(final RingBuffer ring) {
        this.ring = ring;
    }

    /** An ARP frame that arrived; longer ones lose their padding. False when the ring is full. */
    public boolean arp(final int port, final long frame, final int length) {
        final int bytes = Math.min(length, Messages.MOST_FRAME_BYTES);
        final int at = ring.tryClaim(Messages.ARP, Messages.FRAME_BYTES_OFFSET + bytes);
        if (at < 0) {
            return false;
        }
        source.wrap(frame, bytes);
        ring.buffer().putInt(at, port);
        ring.buffer().putBytes(at + Messages.FRAME_BYTES_OFFSET, source, 0, bytes);
        ring.commit(at);
        return true;
    }

    /**
     * A frame waits for this next hop's MAC. False when more than half of the ring is in use.
     *
     * @param asker its source address
     */
    public boolean resolve(final int port, final int address, final int asker) {
        if (ring.producerPosition() - ring.consumerPosition() > ring.capacity() / 2) {
            return false;
        }
        final int at = ring.tryClaim(Messages.RESOLVE, Messages.RESOLVE_BYTES);
        if (at < 0) {
            return false;
        }
        ring.buffer().putInt(at + Messages.FIRST, port);
        ring.buffer().putInt(at + Messages.SECOND, address);
        ring.buffer().putInt(at + Messages.THIRD, asker);
        ring.commit(at);
        return true;
    }
}
