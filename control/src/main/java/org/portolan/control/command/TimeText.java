package org.portolan.control.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time as people write them, in their own time zone. */
final class TimeText {
    static final String FORMS =
            "2026-11-23, \"2026-11-23 14:02\", 14:02, 2026-11-23T14:02:11Z, \"5m ago\", -5m, yesterday,"
                    + " \"yesterday 14:02\", now";

    private static final String CLOCK = "\\d{1,2}:\\d{2}(?::\\d{2})?";
    private static final Pattern AT_CLOCK = Pattern.compile("(?:(today|yesterday)[ t])?(" + CLOCK + ")");
    private static final Pattern DATE = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(?:[ t](" + CLOCK + "))?");
    private static final Pattern INSTANT =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2})[ t](" + CLOCK + ") ?(z|[+-]\\d{2}:\\d{2})");
    private static final String LENGTHS =
            "((?:\\d{1,9} ?" + "(?:seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d|weeks?|w)(?![a-z]) ?)+)";
    private static final Pattern BACK = Pattern.compile("-" + LENGTHS + "|" + LENGTHS + "ago");
    private static final Pattern ONE_LENGTH = Pattern.compile("(\\d{1,9}) ?([a-z])");

    /** What is behind the first word of a time that was not put into quotes. */
    private static final Pattern SECOND_WORD = Pattern.compile(CLOCK + "|ago");

    private TimeText() {}

    /** Whether a word too many looks like the rest of a time. */
    static boolean isSecondWord(final String word) {
        return SECOND_WORD.matcher(word).matches();
    }

    /**
     * @param option names it in the error, such as {@code --at}
     * @return seconds since 1970
     */
    static long parse(final String option, final String text, final ZonedDateTime now) throws UsageException {
        final String words = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        final ZonedDateTime time;
        try {
            time = read(words, now);
        } catch (final DateTimeException | ArithmeticException e) {
            throw wrong(option, text);
        }
        if (time == null || time.toEpochSecond() < 0 || time.getYear() > 9999) {
            throw wrong(option, text);
        }
        return time.toEpochSecond();
    }

    /** The same, and it is not still to come. */
    static long parsePast(final String option, final String text, final ZonedDateTime now) throws UsageException {
        final long second = parse(option, text, now);
        if (second > now.toEpochSecond()) {
            throw new UsageException("%s %s: is still to come: now it is %s"
                    .formatted(option, text, LocalTimes.of(now.getZone()).second(now.toEpochSecond())));
        }
        return second;
    }

    private static UsageException wrong(final String option, final String text) {
        return new UsageException("%s %s: not a time; allowed: %s".formatted(option, text, FORMS));
    }

    /** Null for what is no time. */
    private static ZonedDateTime read(final String words, final ZonedDateTime now) {
        switch (words) {
            case "now":
                return now;
            case "today":
                return midnight(now, 0);
            case "yesterday":
                return midnight(now, 1);
            default:
        }
        final Matcher clock = AT_CLOCK.matcher(words);
        if (clock.matches()) {
            final int daysBack = "yesterday".equals(clock.group(1)) ? 1 : 0;
            return now.toLocalDate()
                    .minusDays(daysBack)
                    .atTime(time(clock.group(2)))
                    .atZone(now.getZone());
        }
        final Matcher date = DATE.matcher(words);
        if (date.matches()) {
            final LocalDate day = LocalDate.parse(date.group(1));
            return date.group(2) == null
                    ? day.atStartOfDay(now.getZone())
                    : LocalDateTime.of(day, time(date.group(2))).atZone(now.getZone());
        }
        final Matcher instant = INSTANT.matcher(words);
        if (instant.matches()) {
            final String whole = instant.group(1) + "T" + time(instant.group(2)).format(LocalTimes.CLOCK)
                    + instant.group(3).toUpperCase(Locale.ROOT);
            return OffsetDateTime.parse(whole).atZoneSameInstant(now.getZone());
        }
        final Matcher back = BACK.matcher(words);
        return back.matches() ? back(back.group(1) == null ? back.group(2) : back.group(1), now) : null;
    }

    private static ZonedDateTime midnight(final ZonedDateTime now, final int daysBack) {
        return now.toLocalDate().minusDays(daysBack).atStartOfDay(now.getZone());
    }

    private static LocalTime time(final String clock) {
        return LocalTime.parse(clock.indexOf(':') == 1 ? "0" + clock : clock);
    }

    private static ZonedDateTime back(final String lengths, final ZonedDateTime now) {
        ZonedDateTime then = now.truncatedTo(ChronoUnit.SECONDS);
        final Matcher each = ONE_LENGTH.matcher(lengths);
        while (each.find()) {
            final long count = Long.parseLong(each.group(1));
            then = switch (each.group(2)) {
                case "s" -> then.minus(Duration.ofSeconds(count));
                case "m" -> then.minus(Duration.ofMinutes(count));
                case "h" -> then.minus(Duration.ofHours(count));
                case "d" -> then.minusDays(count);
                default -> then.minusWeeks(count);
            };
        }
        return then;
    }
}
