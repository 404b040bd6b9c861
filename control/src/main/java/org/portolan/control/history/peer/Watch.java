package org.portolan.control.history.peer;

import java.util.concurrent.TimeUnit;

/**
 * Ends a conversation that takes too long, whatever its thread is waiting for. Java's sockets know a timeout for
 * reading only, and one that a byte a minute satisfies.
 */
final class Watch implements AutoCloseable {
    /**
     * @param connectMs until the connection stands
     * @param idleMs that one read or write may wait
     * @param totalMs for all of it, the checking of what came included
     */
    record Times(int connectMs, long idleMs, long totalMs) {
        static final Times STANDARD = new Times(10_000, 20_000, 900_000);
    }

    private static final long STEP_MS = 100;

    private final Times times;
    private final Traffic traffic;
    private final Thread thread;
    private final long sinceNs = System.nanoTime();
    private Runnable end = () -> {};
    private volatile String late = "";
    private volatile boolean closed;

    Watch(final String peer, final Times times, final Traffic traffic) {
        this.times = times;
        this.traffic = traffic;
        thread = Thread.ofPlatform().daemon().name("history-watch-" + peer).start(this::watch);
    }

    /** @param end what makes every wait end, now and later; called from another thread, perhaps more than once */
    synchronized void guard(final Runnable end) {
        this.end = end;
        if (isLate()) {
            end.run();
        }
    }

    boolean isLate() {
        return !late.isEmpty();
    }

    /** What took too long; empty when nothing did. */
    String late() {
        return late;
    }

    /** @throws BadPeerException when all of it has taken too long */
    void check() throws BadPeerException {
        if (isLate()) {
            throw new BadPeerException(late);
        }
    }

    private void watch() {
        while (!closed) {
            final long nowNs = System.nanoTime();
            if (TimeUnit.NANOSECONDS.toMillis(nowNs - sinceNs) > times.totalMs()) {
                late = "took longer than " + times.totalMs() / 1_000 + " s";
            } else if (TimeUnit.NANOSECONDS.toMillis(traffic.waitedNs(nowNs)) > times.idleMs()) {
                late = "did not answer for " + times.idleMs() / 1_000 + " s";
            }
            if (isLate()) {
                endNow();
            }
            pause();
        }
    }

    private synchronized void endNow() {
        end.run();
    }

    private void pause() {
        try {
            Thread.sleep(STEP_MS);
        } catch (final InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
