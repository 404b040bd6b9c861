package org.portolan.dataplane.command;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** The worker's side of the command ring. */
public final class CommandAdapter implements MessageHandler {
    /** Commands a duty cycle: packets wait for no more than these. */
    private static final int LIMIT = 64;

    private final RingBuffer ring;
    private final CommandHandler handler;

    public CommandAdapter(final RingBuffer ring, final CommandHandler handler) {
        this.ring = ring;
        this.handler = handler;
    }

    /** Carries out what waits, up to a limit; how many. */
    public int poll() {
        return ring.read(this, LIMIT);
    }

    @Override
    public void onMessage(final int type, final MutableDirectBuffer buffer, final int at, final int length) {
        switch (type) {
            case Messages.EXPIRE ->
                handler.onExpire(
                        buffer.getInt(at + Messages.FIRST),
                        buffer.getInt(at + Messages.SECOND),
                        buffer.getInt(at + Messages.THIRD));
            case Messages.LINK ->
                handler.onLink(
                        buffer.getInt(at + Messages.FIRST),
                        buffer.getInt(at + Messages.SECOND) != 0,
                        buffer.getInt(at + Messages.THIRD),
                        buffer.getLong(at + Messages.LINK_MAC));
            case Messages.RECHECK ->
                handler.onRecheck(buffer.getInt(at + Messages.FIRST), buffer.getInt(at + Messages.SECOND));
            case Messages.REPLACE_IO -> handler.onReplaceIo(buffer.getInt(at));
            case Messages.SWAP_LATENCY -> handler.onSwapLatency();
            default -> {
                // A newer control's word: this worker has no meaning for it.
            }
        }
    }
}
