package org.portolan.control;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT: whoever waits in {@link #await} goes on, and the process ends with the code given to {@link #finish} instead of the
 * JVM's 143 or 130. A shutdown hook, because it runs on a thread of Java's own; a handler of our own would run Java code inside a signal.
 */
final class EndSignal {
    /** Longer than any orderly end; after it the process ends as it is. */
    private static final int PATIENCE_S = 10;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "end");
    private volatile int code = 1;

    EndSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Until the process is asked to end. */
    void await() throws InterruptedException {
        asked.await();
    }

    private void end() {
        asked.countDown();
        try {
            if (finished.await(PATIENCE_S, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(code);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The router has ended, by itself or because it was asked to. */
    void finish(final int exitCode) {
        code = exitCode;
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // The signal is being served: the hook ends the process.
        }
    }
}
