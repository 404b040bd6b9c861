package org.portolan.control.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The router's log: stderr, one line an event.
 *
 * <p>On a terminal a line is time, level, message. Elsewhere it is journald's {@code <N>} priority prefix
 * (sd-daemon(3)) and the message, for journald knows the time. A message's kind, for the rate limit, is its format
 * string, so put what varies into the arguments. Never log a secret: nothing filters them.
 *
 * <p>Any control thread may call it; a worker must not. It never throws.
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
        TERMINAL,
        JOURNAL
    }

    private static final String OWN_PACKAGES = "org.portolan.";

    private final PrintStream out;
    private final Style style;
    private final Level threshold;
    private final LongSupplier nanoTime;
    private final LongSupplier wallTimeMs;
    private final RateLimit limit = new RateLimit();

    /**
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
        this.out = out;
        this.style = style;
        this.threshold = threshold;
        this.nanoTime = nanoTime;
        this.wallTimeMs = wallTimeMs;
    }

    /** A log on this process's stderr, in the style that stderr calls for. */
    public static Log toStderr(final Level threshold) {
        final PrintStream err =
                new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8);
        final Style style = Terminal.isTerminal(2) ? Style.TERMINAL : Style.JOURNAL;
        return new Log(err, style, threshold, System::nanoTime, System::currentTimeMillis);
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
    public void settle() {
        synchronized (this) {
            limit.settle(nanoTime.getAsLong(), false, this::suppressed);
        }
    }

    /** Tells what was suppressed. The stream stays open: stderr is not ours to close. */
    @Override
    public void close() {
        synchronized (this) {
            limit.settle(nanoTime.getAsLong(), true, this::suppressed);
        }
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
            if (limit.admit(format, nanoTime.getAsLong(), this::suppressed)) {
                print(level, fill(format, arguments));
            }
        }
    }

    private void suppressed(final String kind, final int count) {
        print(Level.WARN, String.format(Locale.ROOT, "%,d more of this kind were suppressed: %s", count, kind));
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
        final String line = style == Style.JOURNAL
                ? "<" + level.priority + ">" + Printable.of(message)
                : String.format(
                        Locale.ROOT,
                        "%-24s %-5s %s",
                        Instant.ofEpochMilli(wallTimeMs.getAsLong()).truncatedTo(ChronoUnit.MILLIS),
                        level.name().toLowerCase(Locale.ROOT),
                        Printable.of(message));
        out.print(line + "\n");
        out.flush();
    }
}
