package org.portolan.control.history;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * Control's end of the way to the historian. Never waits: what finds the ring full waits in a bounded map, one last
 * state for each binding, so that a history that stands still (a full disk) costs intermediate states, which are
 * counted, and no memory beyond the map. Control's thread only.
 */
public final class HistoryFeed {
    static final int MOST_WAITING = 1 << 16;

    private final RingBuffer ring;
    private final HistoryCounters counters;
    private final Clocks clocks;
    private final ChangeMessage message = new ChangeMessage();
    private final Map<Slot, Change> waiting = new LinkedHashMap<>();

    /** What is kept once: an address's observation, or its pin. */
    private record Slot(int port, int address, boolean pin) {}

    HistoryFeed(final RingBuffer ring, final HistoryCounters counters, final Clocks clocks) {
        this.ring = ring;
        this.counters = counters;
        this.clocks = clocks;
    }

    /** Tells a change; it is in the ring, waits, has replaced an older state, or was counted as lost. */
    public void tell(final Change what) {
        final Change change = what.reported(clocks.steady());
        if (change.isReal()) {
            if (counters.waiting() == 0) {
                counters.waitingSinceMicros.setRelease(change.reportedMicros());
            }
            add(counters.reported);
        }
        drain();
        if (waiting.isEmpty() && write(change)) {
            return;
        }
        if (change.isReal()) {
            await(change);
        }
    }

    /** Signs of life are worth nothing in a crowd: only changes wait. */
    private void await(final Change change) {
        final Slot slot = new Slot(change.port(), change.address(), change.isPin());
        final Change before = waiting.remove(slot);
        if (before != null) {
            add(counters.coalescedEarly);
        } else if (waiting.size() >= MOST_WAITING) {
            add(counters.lost);
            return;
        }
        // What the history knows is the state before the first of those that became one.
        waiting.put(slot, before == null ? change : change.since(before));
        counters.overflow.setRelease(waiting.size());
    }

    /** Moves what waits into the ring, as far as there is room. @return how many changes went */
    public int drain() {
        int moved = 0;
        final Iterator<Change> oldest = waiting.values().iterator();
        while (oldest.hasNext() && write(oldest.next())) {
            oldest.remove();
            moved++;
        }
        if (moved > 0) {
            counters.overflow.setRelease(waiting.size());
        }
        return moved;
    }

    private boolean write(final Change change) {
        return ring.write(ChangeMessage.type(change), message.buffer(), 0, message.put(change));
    }

    private static void add(final java.util.concurrent.atomic.AtomicLong counter) {
        counter.setRelease(counter.getPlain() + 1);
    }
}
