package org.portolan.control.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.IntFunction;

/**
 * The lines that wait to be written, and the one thread that writes them, so that nobody who logs waits for the log's
 * reader.
 *
 * <p>The queue is bounded in lines and in bytes. A line that does not fit is counted, and the count is written where
 * the lines are missing. Errors may use a reserve that nothing else may. The lock is never held while something is
 * written.
 */
final class LineQueue implements LineSink {
    static final int MOST_LINES = 1_024;
    static final int MOST_BYTES = 256 << 10;
    static final int ERROR_LINES = 64;
    static final int ERROR_BYTES = 32 << 10;

    /** A reader that takes nothing for so long has stalled, and {@link #close} gives it up. */
    static final long STALL_MS = 200;

    /** {@link #close} waits no longer, though the reader takes something now and then. */
    static final long DRAIN_MS = 600;

    private static final long RETRY_MS = 10;
    private static final long BROKEN_MS = 1_000;

    /** @param lostBefore how many lines are missing in front of this one */
    private record Line(byte[] bytes, int lostBefore) {}

    private final WritableByteChannel out;
    private final IntFunction<String> lossLine;
    private final long stallMs;
    private final long drainMs;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private int bytes;
    private int lost;
    /** The writing thread holds what it has taken out of the queue and not yet written. */
    private boolean writing;

    private long writingSinceNs;
    private boolean broken;

    /** @param lossLine the line that says how many lines were lost, its line feed included */
    LineQueue(final WritableByteChannel out, final IntFunction<String> lossLine) {
        this(out, lossLine, STALL_MS, DRAIN_MS);
    }

    LineQueue(
            final WritableByteChannel out, final IntFunction<String> lossLine, final long stallMs, final long drainMs) {
        this.out = out;
        this.lossLine = lossLine;
        this.stallMs = stallMs;
        this.drainMs = drainMs;
    }

    LineQueue start() {
        return start(() -> {});
    }

    /** @param first what the thread does first; if that fails, lines are written all the same */
    LineQueue start(final Runnable first) {
        Thread.ofPlatform().daemon().name("log").start(() -> {
            try {
                first.run();
            } finally {
                run();
            }
        });
        return this;
    }

    @Override
    public synchronized void put(final Log.Level level, final String line) {
        final byte[] text = line.getBytes(StandardCharsets.UTF_8);
        final boolean isError = level == Log.Level.ERROR;
        if (lines.size() < MOST_LINES + (isError ? ERROR_LINES : 0)
                && bytes + text.length <= MOST_BYTES + (isError ? ERROR_BYTES : 0)) {
            lines.add(new Line(text, lost));
            bytes += text.length;
            lost = 0;
        } else {
            lost++;
        }
        notifyAll();
    }

    /**
     * Waits until all is written, or the reader has stalled: {@value #STALL_MS} ms for that, {@value #DRAIN_MS} ms in
     * all. A writing thread that the machine does not let run is not a stalled reader. The JVM's own end then waits 300
     * ms more for a thread that is stuck in write(2) (VM_Exit in vmOperations.cpp).
     */
    @Override
    public synchronized void close() {
        final long beganNs = System.nanoTime();
        long waitedMs = 0;
        try {
            while (waitedMs < drainMs && !broken && (writing || isWaiting()) && !isStalledSince(beganNs)) {
                wait(Math.max(1, Math.min(stallMs / 10, drainMs - waitedMs)));
                waitedMs = (System.nanoTime() - beganNs) / 1_000_000;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStalledSince(final long beganNs) {
        final long sinceNs = writingSinceNs - beganNs > 0 ? writingSinceNs : beganNs;
        return writing && System.nanoTime() - sinceNs >= stallMs * 1_000_000;
    }

    private boolean isWaiting() {
        return lost > 0 || !lines.isEmpty();
    }

    private void run() {
        try {
            while (true) {
                final Line line = take();
                final boolean written = write(line);
                wrote(line, written);
                if (!written) {
                    Thread.sleep(BROKEN_MS);
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next line; one without text when only the count of lost lines is left to tell. */
    private synchronized Line take() throws InterruptedException {
        while (!isWaiting()) {
            wait();
        }
        writing = true;
        writingSinceNs = System.nanoTime();
        final Line next = lines.poll();
        if (next != null) {
            bytes -= next.bytes.length;
            return next;
        }
        final int count = lost;
        lost = 0;
        return new Line(new byte[0], count);
    }

    private synchronized void wrote(final Line line, final boolean written) {
        writing = false;
        broken = !written;
        if (!written) {
            lost += line.lostBefore + (line.bytes.length == 0 ? 0 : 1);
        }
        notifyAll();
    }

    private boolean write(final Line line) throws InterruptedException {
        try {
            if (line.lostBefore > 0) {
                write(lossLine.apply(line.lostBefore).getBytes(StandardCharsets.UTF_8));
            }
            write(line.bytes);
            return true;
        } catch (final IOException | RuntimeException e) {
            return false;
        }
    }

    /** A descriptor that another process made non-blocking takes nothing while its pipe is full. */
    private void write(final byte[] text) throws IOException, InterruptedException {
        final ByteBuffer left = ByteBuffer.wrap(text);
        while (left.hasRemaining()) {
            if (out.write(left) == 0) {
                Thread.sleep(RETRY_MS);
            }
        }
    }
}
