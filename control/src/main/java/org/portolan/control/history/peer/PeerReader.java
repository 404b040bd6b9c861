package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.portolan.control.history.store.HistoryException;

/**
 * Reads one peer again and again, on a thread of its own. What came waits here for the historian, and the next one is
 * asked for when that was taken and closed: so there is never more than one in quarantine.
 */
public final class PeerReader implements AutoCloseable {
    /** Told when the peer's state changes; on the reader's thread. */
    public interface Listener {
        /** @param why a sentence for the operator, with the way out */
        void troubled(String peer, String why);

        void recovered(String peer);
    }

    private static final long CLOSE_MS = 5_000;

    private final PeerFetch fetch;
    private final int everyS;
    private final LongSupplier wallS;
    private final Listener listener;
    private final Thread thread;
    private final AtomicReference<Fetched> come = new AtomicReference<>();
    private final Semaphore next = new Semaphore(0);
    private final AtomicLong fetches = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile String trouble = "";
    private volatile long answeredS;
    private volatile boolean tried;
    private volatile long nextNs;
    private volatile boolean waits;
    private volatile boolean closed;

    /**
     * @param everyS seconds between two fetches
     * @param wallS the wall clock in seconds
     */
    public PeerReader(final PeerFetch fetch, final int everyS, final LongSupplier wallS, final Listener listener) {
        this.fetch = fetch;
        this.everyS = everyS;
        this.wallS = wallS;
        this.listener = listener;
        thread = Thread.ofPlatform()
                .daemon()
                .name("history-read-" + fetch.name())
                .unstarted(this::read);
    }

    /** Begins at once, so that a new router has the network's memory soon. */
    public void start() {
        thread.start();
    }

    // ---- reader's thread

    private void read() {
        Background.yieldToFrames();
        final Pace pace = new Pace(everyS, fetch.hashOfNames());
        try {
            while (!closed) {
                read(pace);
                tried = true;
                final long waitMs = pace.nextMs();
                nextNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
                waits = true;
                next.tryAcquire(waitMs, TimeUnit.MILLISECONDS);
                waits = false;
            }
        } catch (final InterruptedException e) {
            closed = true;
        }
    }

    /** Once, the meeting included. Whatever goes wrong, this peer alone is not read for a while. */
    private void read(final Pace pace) throws InterruptedException {
        fetches.incrementAndGet();
        try {
            final Optional<Fetched> fetched = fetch.fetch(wallS.getAsLong());
            answeredS = wallS.getAsLong();
            if (fetched.isPresent()) {
                handOver(fetched.get());
            }
            pace.succeeded();
            if (!trouble.isEmpty()) {
                trouble = "";
                listener.recovered(fetch.name());
            }
        } catch (final ShortenedException e) {
            trouble(e.getMessage());
        } catch (final HistoryException e) {
            pace.failed();
            trouble(e.getMessage());
        } catch (final RuntimeException | Error e) {
            pace.failed();
            trouble("peer %s cannot be read: %s".formatted(fetch.name(), e));
        }
    }

    private void trouble(final String why) {
        failures.incrementAndGet();
        if (!why.equals(trouble) && !closed) {
            trouble = why;
            listener.troubled(fetch.name(), why);
        }
    }

    /** @throws HistoryException when it was refused */
    private void handOver(final Fetched fetched) throws InterruptedException, HistoryException {
        final Semaphore taken = new Semaphore(0);
        fetched.whenClosed(taken::release);
        come.set(fetched);
        if (closed) {
            drop();
        }
        taken.acquire();
        fetched.requireTaken();
    }

    private void drop() {
        try {
            final Optional<Fetched> untaken = poll();
            if (untaken.isPresent()) {
                untaken.get().close();
            }
        } catch (final IOException e) {
            // It is swept at the next start.
            trouble = String.valueOf(e.getMessage());
        }
    }

    // ---- historian's thread

    /** What came, once; to be closed by who takes it. */
    public Optional<Fetched> poll() {
        return Optional.ofNullable(come.getAndSet(null));
    }

    // ---- any thread

    public PeerFetch peer() {
        return fetch;
    }

    /** Asks now, and not when it is time. */
    public void hurry() {
        next.release();
    }

    /** What was wrong the last time; empty when nothing was. */
    public String trouble() {
        return trouble;
    }

    /** Whether it was asked once to the end: it failed, had nothing, or what it had was taken. */
    public boolean isTried() {
        return tried;
    }

    /** Wall-clock second in which the peer answered last; 0 before it has. */
    public long answeredS() {
        return answeredS;
    }

    /** Seconds until the peer is asked again; 0 when it is being asked. */
    public long nextS() {
        final long leftNs = nextNs - System.nanoTime();
        return waits && leftNs > 0 ? TimeUnit.NANOSECONDS.toSeconds(leftNs) + 1 : 0;
    }

    public long fetches() {
        return fetches.get();
    }

    public long failures() {
        return failures.get();
    }

    /** Ends the reading, in the middle of it too; what came and was not taken is thrown away. After the historian. */
    @Override
    public void close() {
        closed = true;
        fetch.abort();
        drop();
        // Not interrupted: that would close the files of the history that it reads just now.
        next.release();
        try {
            thread.join(CLOSE_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
