package org.portolan.bench.lab;

import java.time.Duration;

/** Waiting, where there is nothing to wait on. */
public final class Wait {
    private Wait() {}

    /** Throws {@link LabException} when the thread is interrupted, which stays so. */
    public static void ms(final long ms) {
        until(System.nanoTime() + Duration.ofMillis(ms).toNanos());
    }

    /** Like {@link #ms}, until {@code System.nanoTime()} is there; without effect when it is past. */
    public static void until(final long atNs) {
        final long leftNs = atNs - System.nanoTime();
        if (leftNs > 0) {
            try {
                Thread.sleep(Duration.ofNanos(leftNs));
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted", e);
            }
        }
    }

    /** Waits until a thread has ended. */
    public static void untilEndOf(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
