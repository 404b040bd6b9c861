package org.portolan.control.text;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.portolan.control.history.record.UtcText;

/** Points in time as the client reads them. */
public final class LocalTimes {
    static final long YEAR_10000_S = 253_402_300_800L;

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter SECOND_AND_OFFSET =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

    private final ZoneId zone;

    private LocalTimes(final ZoneId zone) {
        this.zone = zone;
    }

    public static LocalTimes of(final ZoneId zone) {
        return new LocalTimes(zone);
    }

    /** 2026-11-23 14:02:11; with the offset in an hour that comes twice. */
    public String second(final long epochS) {
        final ZonedDateTime time = at(epochS);
        return zone.getRules().getValidOffsets(time.toLocalDateTime()).size() > 1
                ? withOffset(time)
                : time.format(SECOND);
    }

    /** 2026-11-23 14:02:11 +01:00 */
    static String withOffset(final ZonedDateTime time) {
        return time.format(SECOND_AND_OFFSET);
    }

    /** 2026-11-23 */
    public String day(final long epochS) {
        return at(epochS).format(DAY);
    }

    /** 14:02:11 */
    public String clock(final long epochS) {
        return at(epochS).format(CLOCK);
    }

    private ZonedDateTime at(final long epochS) {
        return Instant.ofEpochSecond(epochS).atZone(zone);
    }

    /** For machines: 2026-11-23T13:02:11Z. */
    public static String utc(final long epochS) {
        return epochS >= 0 && epochS < YEAR_10000_S
                ? UtcText.of(epochS)
                : Instant.ofEpochSecond(epochS).toString();
    }

    /** In one unit: 12s, 5m, 3h, 2d, 6w, 2y. */
    public static String ago(final long seconds) {
        if (seconds < 0) {
            return "-";
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m";
        }
        if (seconds < 2 * 86_400) {
            return seconds / 3_600 + "h";
        }
        if (seconds < 21 * 86_400) {
            return seconds / 86_400 + "d";
        }
        return seconds < 2 * 365 * 86_400L ? seconds / (7 * 86_400) + "w" : seconds / (365 * 86_400L) + "y";
    }
}
