package org.portolan.control.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The router's log: stderr, one line an event.
 *
 * <p>Under journald a line is the {@code <N>} priority prefix (sd-daemon(3)) and the message, for journald knows the
 * time. Elsewhere it is time, level, message. A message's kind, for the rate limit, is its format string, so put what
 * varies into the arguments. Never log a secret: nothing filters them.
 *
 * <p>Any control thread may call it; a worker must not. It never throws, and the router's ({@link #ofRouter}) never
 * waits for the reader of the lines.
 */
public final class Log implements AutoCloseable {
    /** Least important last; {@link #priority} is syslog's. */
    public enum Level {
        ERROR(3),
        WARN(4),
        INFO(6),
        DEBUG(7);

        public final int priority;

        Level(final int priority) {
            this.priority = priority;
        }
    }

    /** How a line begins. */
    public enum Style {
        /** {@code 2026-11-24T01:00:00.120+01:00 info  }: local time with its offset, and the level. */
        TIME,
        /** {@code <6>}. */
        JOURNAL
    }

    private static final String OWN_PACKAGES = "org.portolan.";
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    /** Longer messages are cut, so that one line never takes much of the queue. */
    private static final int LONGEST_MESSAGE = 8_192;

    private final LineSink sink;
    private final LineStart start;
    private final Level threshold;
    private final LongSupplier nanoTime;
    private final MessageLimit limit = new MessageLimit(this::print);
    /** Nothing was logged since {@link #close}. */
    private boolean closed;

    /**
     * A log that writes on the thread that logs, which waits for the stream.
     *
     * @param threshold messages less important than this are passed over
     * @param nanoTime the rate limit's clock, ns
     * @param wallTimeMs the clock of the printed time, ms since 1970
     */
    public Log(
            final PrintStream out,
            final Style style,
            final Level threshold,
            final LongSupplier nanoTime,
            final LongSupplier wallTimeMs) {
        this(direct(out), new LineStart(style, wallTimeMs, ZoneId.systemDefault()), threshold, nanoTime);
    }

    Log(final LineSink sink, final LineStart start, final Level threshold, final LongSupplier nanoTime) {
        this.sink = sink;
        this.start = start;
        this.threshold = threshold;
        this.nanoTime = nanoTime;
    }

    private static LineSink direct(final PrintStream out) {
        return (level, line) -> {
            out.print(line);
            out.flush();
        };
    }

    /** A log on this process's stderr, for a tool: its thread waits until the line is written. */
    public static Log toStderr(final Level threshold) {
        final PrintStream err =
                new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8);
        return new Log(direct(err), onStderr(), threshold, System::nanoTime);
    }

    /**
     * The router's log on this process's stderr: nobody who logs waits, see {@link LineQueue}.
     *
     * @param first what the thread that writes does first
     */
    public static Log ofRouter(final Level threshold, final Runnable first) {
        return queued(new FileOutputStream(FileDescriptor.err).getChannel(), onStderr(), threshold, first);
    }

    static Log queued(
            final WritableByteChannel out, final LineStart start, final Level threshold, final Runnable first) {
        final LineQueue queue = new LineQueue(out, count -> start.line(Level.WARN, lost(count)));
        return new Log(queue.start(first), start, threshold, System::nanoTime);
    }

    private static LineStart onStderr() {
        final Style style = JournalStream.isAt(STDERR, System.getenv()) ? Style.JOURNAL : Style.TIME;
        return new LineStart(style, System::currentTimeMillis, ZoneId.systemDefault());
    }

    private static String lost(final int count) {
        return "%,d %s lost because the log's reader did not keep up"
                .formatted(count, count == 1 ? "message was" : "messages were");
    }

    /** The router cannot go on, or lost something. */
    public void error(final String format, final Object... arguments) {
        log(Level.ERROR, format, arguments);
    }

    /** Something that the operator should mend. */
    public void warn(final String format, final Object... arguments) {
        log(Level.WARN, format, arguments);
    }

    /** Something that changed. */
    public void info(final String format, final Object... arguments) {
        log(Level.INFO, format, arguments);
    }

    /** For who looks for a mistake in the router itself. */
    public void debug(final String format, final Object... arguments) {
        log(Level.DEBUG, format, arguments);
    }

    /** A mistake of our own: what was being done, what was thrown, and where in our code, on one line. */
    public void failure(final String what, final Throwable thrown) {
        log(Level.ERROR, "%s: %s", what, describe(thrown));
    }

    /** Tells what was suppressed, once the second is over; the controller calls this about once a second. */
    public synchronized void settle() {
        limit.settle(nanoTime.getAsLong(), false);
    }

    /**
     * Tells what was suppressed, and waits until all lines are written, for less than a second. The stream stays open:
     * stderr is not ours to close. Later messages are still taken; call it again for those.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            limit.settle(nanoTime.getAsLong(), true);
        }
        sink.close();
    }

    /** Type, message and the first place in our own code. */
    public static String describe(final Throwable thrown) {
        final StringBuilder text = new StringBuilder(thrown.getClass().getSimpleName());
        if (thrown.getMessage() != null) {
            text.append(": ").append(thrown.getMessage());
        }
        for (final StackTraceElement frame : thrown.getStackTrace()) {
            if (frame.getClassName().startsWith(OWN_PACKAGES)) {
                text.append(" (at ")
                        .append(frame.getFileName())
                        .append(':')
                        .append(frame.getLineNumber())
                        .append(')');
                break;
            }
        }
        return text.toString();
    }

    private void log(final Level level, final String format, final Object... arguments) {
        if (level.compareTo(threshold) > 0) {
            return;
        }
        synchronized (this) {
            final MessageLimit.Kind kind = limit.kind(format);
            if (kind.admits(nanoTime.getAsLong())) {
                closed = false;
                final String message = fill(format, arguments);
                kind.shown(level, message);
                print(level, message);
            }
        }
    }

    /** A wrong format string must not cost the message, nor an argument's toString the caller. */
    private static String fill(final String format, final Object... arguments) {
        try {
            return arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
        } catch (final RuntimeException e) {
            return format;
        }
    }

    private void print(final Level level, final String message) {
        final String cut = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message;
        sink.put(level, start.line(level, cut));
    }
}
