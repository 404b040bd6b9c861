package org.portolan.control.history.peer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One at a time, in the order in which they came: whatever takes heap for a peer or a client is done in its turn, so
 * that together they take what one may. Any thread.
 */
final class Turns {
    private static final long LOOK_MS = 50;

    /** The first one has its turn. */
    private final Deque<Turn> queue = new ArrayDeque<>();

    /** Given back when closed; a second time does nothing. */
    final class Turn implements AutoCloseable {
        @Override
        public void close() {
            leave(this);
        }
    }

    /**
     * Waits for a turn.
     *
     * @param gaveUp asked again and again while it waits
     * @return empty when it gave up
     */
    synchronized Optional<Turn> take(final BooleanSupplier gaveUp) {
        final Turn turn = new Turn();
        queue.add(turn);
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

    private synchronized void leave(final Turn turn) {
        queue.remove(turn);
        notifyAll();
    }

    /** How many have their turn or wait for it. */
    synchronized int size() {
        return queue.size();
    }
}
