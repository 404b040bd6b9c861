package org.portolan.dataplane.command;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * Control's side of the command ring. Each call returns false when the ring is full: nothing was written, and the
 * caller comes again in its next pass. One thread: control.
 */
public final class CommandProxy {
    private final RingBuffer ring;
    private final Wakeup wakeup;

    public CommandProxy(final RingBuffer ring, final Wakeup wakeup) {
        this.ring = ring;
        this.wakeup = wakeup;
    }

    public boolean expire(final int session, final int generation, final int lastSeenWord) {
        final int at = ring.tryClaim(Messages.EXPIRE, 12);
        if (at < 0) {
            return false;
        }
        final AtomicBuffer buffer = ring.buffer();
        buffer.putInt(at + Messages.FIRST, session);
        buffer.putInt(at + Messages.SECOND, generation);
        buffer.putInt(at + Messages.THIRD, lastSeenWord);
        ring.commit(at);
        wakeup.signal();
        return true;
    }

    public boolean recheck(final int session, final int epoch) {
        final int at = ring.tryClaim(Messages.RECHECK, 8);
        if (at < 0) {
            return false;
        }
        ring.buffer().putInt(at + Messages.FIRST, session);
        ring.buffer().putInt(at + Messages.SECOND, epoch);
        ring.commit(at);
        wakeup.signal();
        return true;
    }

    public boolean link(final int port, final boolean up, final int mtu, final long mac) {
        final int at = ring.tryClaim(Messages.LINK, Messages.LINK_BYTES);
        if (at < 0) {
            return false;
        }
        final AtomicBuffer buffer = ring.buffer();
        buffer.putInt(at + Messages.FIRST, port);
        buffer.putInt(at + Messages.SECOND, up ? 1 : 0);
        buffer.putInt(at + Messages.THIRD, mtu);
        buffer.putLong(at + Messages.LINK_MAC, mac);
        ring.commit(at);
        wakeup.signal();
        return true;
    }

    public boolean replaceIo(final int port) {
        final int at = ring.tryClaim(Messages.REPLACE_IO, 4);
        if (at < 0) {
            return false;
        }
        ring.buffer().putInt(at, port);
        ring.commit(at);
        wakeup.signal();
        return true;
    }

    public boolean swapLatency() {
        final int at = ring.tryClaim(Messages.SWAP_LATENCY, 0);
        if (at < 0) {
            return false;
        }
        ring.commit(at);
        wakeup.signal();
        return true;
    }
}
