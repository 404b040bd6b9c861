package org.portolan.control.latency;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.portolan.control.config.Config;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Log;

/**
 * Writes what the tracks have gathered into files, once a second, on a thread of its own: a disk may stand still. A
 * disk that takes nothing stops the log with one line and a counter; it is tried again every minute.
 */
public final class IntervalLog implements AutoCloseable {
    /** How the name of an interval file ends. */
    public static final String SUFFIX = ".hlog";

    static final long RETRY_NS = 60_000_000_000L;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final int STACK_BYTES = 512 << 10;
    private static final int END_MS = 2_000;

    private final List<Track> tracks;
    private final IntervalFiles files;
    private final Log log;
    private final Thread thread;
    private volatile boolean closed;
    private long retryNs;

    /** Written by this log's thread alone, as the two below. */
    private volatile long written;

    private volatile long lost;
    private volatile String error = "";

    IntervalLog(final Config.Latency config, final String router, final List<Track> tracks, final Log log) {
        this.tracks = List.copyOf(tracks);
        this.log = log;
        files = new IntervalFiles(config, router, System::currentTimeMillis);
        thread = Thread.ofPlatform()
                .daemon()
                .name("latency-log")
                .stackSize(STACK_BYTES)
                .unstarted(this::run);
    }

    /** @param config names a directory */
    public static IntervalLog start(
            final Config.Latency config, final String router, final List<Track> tracks, final Log log) {
        final IntervalLog started = new IntervalLog(config, router, tracks, log);
        started.thread.start();
        return started;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(SECOND_NS);
            writeSafely();
        }
        // What came between the last look and the end.
        writeSafely();
        try {
            files.close();
        } catch (final IOException e) {
            log.warn("latency: %s", reason(e));
        }
    }

    private void writeSafely() {
        try {
            write(System.nanoTime());
        } catch (final RuntimeException e) {
            log.failure("latency log", e);
        }
    }

    /** Writes what there is. */
    void write(final long nowNs) {
        final List<Track.Interval> intervals =
                tracks.stream().map(Track::take).flatMap(Optional::stream).toList();
        if (intervals.isEmpty()) {
            return;
        }
        final boolean stopped = !error.isEmpty();
        if (stopped && nowNs - retryNs < 0) {
            lost += intervals.size();
            return;
        }
        try {
            files.write(intervals, nowNs);
            written += intervals.size();
            if (stopped) {
                error = "";
                log.info("latency: interval files are written again: %s", files.file());
            }
        } catch (final IOException e) {
            lost += intervals.size();
            retryNs = nowNs + RETRY_NS;
            error = reason(e);
            if (!stopped) {
                log.warn("latency: no interval files are written: %s; retrying every minute", error);
            }
        }
    }

    private String reason(final IOException failure) {
        return FileFailure.of(files.place(), failure);
    }

    /**
     * How it is doing.
     *
     * @param file the one that is written to, or was last; empty before there is one
     * @param error why nothing is written; empty while it is
     */
    public record State(String file, long written, long lost, String error) {}

    public State state() {
        return new State(files.file() == null ? "" : files.file().toString(), written, lost, error);
    }

    /** Writes what is left; waits for the disk some seconds at most. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(END_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
