package org.portolan.control.history.peer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One at a time: whatever takes heap for a peer or a client is done in its turn, so that together they take what one
 * may. Next is whoever has not had a turn for longest, and of equals the one that came first. Any thread.
 */
final class Turns {
    private static final long LOOK_MS = 50;

    /** Whose last turn is remembered; of more that is forgotten which is longest ago. */
    private static final int REMEMBERED = 256;

    /** The first one has its turn. */
    private final Deque<Turn> queue = new ArrayDeque<>();
    /** The number of the last turn that each had. */
    private final Map<Object, Long> last = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Object, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    private long turns;

    /** Given back when closed; a second time does nothing. */
    final class Turn implements AutoCloseable {
        private final Object whose;

        private Turn(final Object whose) {
            this.whose = whose;
        }

        @Override
        public void close() {
            leave(this);
        }
    }

    /**
     * Waits for a turn, in the order of coming.
     *
     * @param gaveUp asked again and again while it waits
     * @return empty when it gave up
     */
    Optional<Turn> take(final BooleanSupplier gaveUp) {
        return take("", gaveUp);
    }

    /** @param whose turn: who had one lets others go first */
    synchronized Optional<Turn> take(final Object whose, final BooleanSupplier gaveUp) {
        final Turn turn = new Turn(whose);
        queue.add(turn);
        if (queue.size() == 1) {
            begin(turn);
        }
        try {
            while (queue.peek() != turn) {
                if (gaveUp.getAsBoolean()) {
                    leave(turn);
                    return Optional.empty();
                }
                wait(LOOK_MS);
            }
            return Optional.of(turn);
        } catch (final InterruptedException e) {
            leave(turn);
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void begin(final Turn turn) {
        turns++;
        last.put(turn.whose, turns);
    }

    private synchronized void leave(final Turn turn) {
        final boolean isItsTurn = queue.peek() == turn;
        queue.remove(turn);
        if (isItsTurn && !queue.isEmpty()) {
            final Turn next = next();
            queue.remove(next);
            queue.addFirst(next);
            begin(next);
        }
        notifyAll();
    }

    private Turn next() {
        Turn next = queue.peek();
        for (final Turn each : queue) {
            if (lastOf(each) < lastOf(next)) {
                next = each;
            }
        }
        return next;
    }

    private long lastOf(final Turn turn) {
        return last.getOrDefault(turn.whose, 0L);
    }

    /** How many have their turn or wait for it. */
    synchronized int size() {
        return queue.size();
    }
}
