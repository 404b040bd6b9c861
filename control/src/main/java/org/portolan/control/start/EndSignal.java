package org.portolan.control.start;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jnr.constants.platform.Signal;
import jnr.posix.util.SunMiscSignal;
import org.portolan.control.log.Log;

/**
 * Why the process ends, and that it does. Whoever waits in {@link #await} goes on after SIGTERM, SIGINT, or a failed
 * thread, and takes the router down in order.
 *
 * <p>After a signal the process ends with the code given to {@link #finish} instead of the JVM's 143 or 130. A shutdown
 * hook sees to that, because it runs on a thread of Java's own. After a failure it ends with {@link #BROKEN},
 * {@value #BROKEN_PATIENCE_MS} ms later at the latest: a thread that hangs must not keep a router half alive, and the
 * kernel takes back devices, memory and locks of a process however it ends. The watchdog for that is made beforehand,
 * because a machine without memory starts no thread.
 *
 * <p>SIGHUP ends nothing: it is answered with a line in the log.
 */
public final class EndSignal {
    /**
     * The exit code after a thread failed. It is the JVM's own for -XX:+ExitOnOutOfMemoryError, so that one code means
     * "start it again".
     */
    public static final int BROKEN = 3;

    private static final int FAILED = 1;

    /** Longer than any orderly end; after it the process ends as it is. */
    private static final int PATIENCE_S = 10;

    static final int BROKEN_PATIENCE_MS = 1_000;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final CountDownLatch broken = new CountDownLatch(1);
    private final AtomicReference<Throwable> reason = new AtomicReference<>();
    private final Thread hook = new Thread(this::end, "end");
    private final Log log;
    private volatile int code = FAILED;

    public EndSignal(final Log log) {
        this.log = log;
        Thread.ofPlatform().daemon().name("watchdog").start(this::endWhenBroken);
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> fail(thread.getName(), thrown));
        Runtime.getRuntime().addShutdownHook(hook);
        answerHangup();
    }

    private void answerHangup() {
        try {
            SunMiscSignal.signal(
                    Signal.SIGHUP,
                    signal -> log.warn("SIGHUP: the config is read at the start only; restart the router to apply it"));
        } catch (final IllegalArgumentException e) {
            log.debug("SIGHUP is the JVM's: %s", e.getMessage());
        }
    }

    /** Until the process is asked to end, or has to. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /**
     * A thread has thrown what it must not: the process ends, whatever else goes wrong. Any thread, also while the
     * router ends already. Throws nothing.
     */
    public void fail(final String thread, final Throwable thrown) {
        final boolean first = reason.compareAndSet(null, thrown);
        if (!first && reason.get() == thrown) {
            return;
        }
        // First: from here on the process ends even if the log hangs.
        broken.countDown();
        try {
            if (first) {
                log.error(
                        "thread %s failed: %s. The router stops with exit code %d and releases its devices."
                                + " Restart it and report this line",
                        thread, Log.describe(thrown), BROKEN);
            } else {
                log.error("thread %s failed too: %s", thread, Log.describe(thrown));
            }
        } catch (final Throwable unsaid) {
            // Without memory there is no line either, and the exit code has to do.
        }
        asked.countDown();
    }

    /** Whether a thread has failed. */
    public boolean isBroken() {
        return reason.get() != null;
    }

    private void endWhenBroken() {
        try {
            broken.await();
            Thread.sleep(BROKEN_PATIENCE_MS);
        } catch (final InterruptedException e) {
            // Nobody interrupts it but to end it.
            return;
        }
        Runtime.getRuntime().halt(BROKEN);
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

    /**
     * The router has ended, by itself or because it was asked to; nothing of it is logged any more.
     *
     * @return the process's exit code: the given one, or that of a failure
     */
    public int finish(final int exitCode) {
        code = isBroken() ? BROKEN : exitCode;
        // Before the hook ends the process: what waits to be written is.
        log.close();
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // The signal is being served: the hook ends the process.
        }
        return code;
    }
}
