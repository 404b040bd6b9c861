package org.portolan.control.history.peer;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What goes over one connection: counted, bounded, and with the time since when its thread waits for the other side.
 * One thread reads and writes, another one looks.
 */
final class Traffic {
    /** Of all connections together. */
    static final class Totals {
        final LongAdder sent = new LongAdder();
        final LongAdder received = new LongAdder();
    }

    private final Totals totals;
    private long leftBytes;
    private volatile long waitingSinceNs;
    private volatile boolean waiting;
    /** In all reads and writes that are over. */
    private volatile long waitedNs;

    private volatile long movedBytes;

    Traffic(final Totals totals, final long mostReceivedBytes) {
        this.totals = totals;
        leftBytes = mostReceivedBytes;
    }

    /** So many bytes may come from here on. */
    void allow(final long bytes) {
        leftBytes = bytes;
    }

    /** How long the thread has been in the read or write that it is in; 0 when it is in none. Any thread. */
    long waitedNs(final long nowNs) {
        // In this order: else a wait that begins just now would count from when the one before began.
        return waiting ? Math.max(0, nowNs - waitingSinceNs) : 0;
    }

    /**
     * Whether the other side takes too long for what has gone over the connection: a byte now and then satisfies every
     * timeout of a single read. Any thread.
     *
     * @param graceNs that all waiting may take
     * @param bytesASecond and so much longer
     */
    boolean isSlow(final long nowNs, final long graceNs, final long bytesASecond) {
        final long earnedNs = TimeUnit.SECONDS.toNanos(1) / bytesASecond * movedBytes;
        return waitedNs + waitedNs(nowNs) > graceNs + earnedNs;
    }

    private void end() {
        final long since = waitingSinceNs;
        waitedNs = waitedNs + System.nanoTime() - since;
        waiting = false;
    }

    private void moved(final int count) {
        movedBytes = movedBytes + count;
    }

    private void begin() {
        waitingSinceNs = System.nanoTime();
        waiting = true;
    }

    /** Something else that waits for the other side. */
    <T> T await(final Callable<T> call) throws Exception {
        begin();
        try {
            return call.call();
        } finally {
            end();
        }
    }

    private int received(final int count) throws IOException {
        if (count > 0) {
            leftBytes -= count;
            moved(count);
            totals.received.add(count);
            if (leftBytes < 0) {
                throw new TooLargeException("sends more than it may");
            }
        }
        return count;
    }

    InputStream of(final InputStream in) {
        return new In(in);
    }

    OutputStream of(final OutputStream out) {
        return new Out(out);
    }

    private final class In extends FilterInputStream {
        In(final InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(final byte[] bytes, final int offset, final int length) throws IOException {
            begin();
            try {
                return received(in.read(bytes, offset, length));
            } finally {
                end();
            }
        }
    }

    private final class Out extends FilterOutputStream {
        /** So that a slow reader makes progress with each call, and a stopped one is seen in time. */
        private static final int PIECE = 32_768;

        Out(final OutputStream out) {
            super(out);
        }

        @Override
        public void write(final int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            for (int at = 0; at < length; at += PIECE) {
                final int count = Math.min(PIECE, length - at);
                begin();
                try {
                    out.write(bytes, offset + at, count);
                } finally {
                    end();
                }
                moved(count);
                totals.sent.add(count);
            }
        }
    }
}
