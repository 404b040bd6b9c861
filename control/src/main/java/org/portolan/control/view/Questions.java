package org.portolan.control.view;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/** What other threads ask of control's thread, in the order of asking; a bounded queue. */
public final class Questions implements ControlThread {
    static final int MOST = 64;
    private static final long PATIENCE_MS = 2_000;

    private final ManyToOneConcurrentArrayQueue<Runnable> waiting = new ManyToOneConcurrentArrayQueue<>(MOST);
    private final long patienceMs;

    public Questions() {
        this(PATIENCE_MS);
    }

    /** @param patienceMs how long {@link #answer} waits */
    Questions(final long patienceMs) {
        this.patienceMs = patienceMs;
    }

    /** Control's thread: answers what waits. @return how many */
    public int poll() {
        int answered = 0;
        for (Runnable question = waiting.poll(); question != null; question = waiting.poll()) {
            question.run();
            answered++;
        }
        return answered;
    }

    /** Has that run on control's thread. @return false when too much waits already */
    public boolean offer(final Runnable task) {
        return waiting.offer(task);
    }

    /** Asks without waiting; fails at once with {@link RejectedExecutionException} when too many ask. */
    public <T> CompletableFuture<T> ask(final Supplier<T> question) {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final boolean queued = offer(() -> {
            if (answer.isDone()) {
                return; // Whoever asked has left.
            }
            try {
                answer.complete(question.get());
            } catch (final RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        if (!queued) {
            answer.completeExceptionally(
                    new RejectedExecutionException("too many requests are waiting for control; try again"));
        }
        return answer;
    }

    @Override
    public <T> T answer(final Supplier<T> question) throws RefusedException {
        final CompletableFuture<T> answer = ask(question);
        try {
            return answer.get(patienceMs, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (final TimeoutException e) {
            answer.cancel(false);
            throw new RefusedException("control does not answer");
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof RejectedExecutionException) {
                throw new RefusedException(e.getCause().getMessage());
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
    }
}
