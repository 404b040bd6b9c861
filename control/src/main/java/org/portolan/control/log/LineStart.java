package org.portolan.control.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Writes a message as one line of the log: first what the {@link Log.Style} asks for, then the message. */
final class LineStart {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT);

    private final Log.Style style;
    private final LongSupplier wallTimeMs;
    private final ZoneId zone;

    /** @param wallTimeMs ms since 1970 */
    LineStart(final Log.Style style, final LongSupplier wallTimeMs, final ZoneId zone) {
        this.style = style;
        this.wallTimeMs = wallTimeMs;
        this.zone = zone;
    }

    /** The whole line, its line feed included; whatever the message holds, it is one line. */
    String line(final Log.Level level, final String message) {
        final String safe = Printable.of(message);
        return switch (style) {
            case JOURNAL -> "<" + level.priority + ">" + safe + "\n";
            case TIME ->
                "%s %-5s %s\n"
                        .formatted(
                                TIME.format(Instant.ofEpochMilli(wallTimeMs.getAsLong())
                                        .atZone(zone)),
                                level.name().toLowerCase(Locale.ROOT),
                                safe);
        };
    }
}
