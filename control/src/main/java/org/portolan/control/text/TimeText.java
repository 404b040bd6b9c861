package org.portolan.control.text;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time as people write them, in their own time zone. */
public final class TimeText {
    public static final String FORMS =
            "2026-11-23, \"2026-11-23 14:02\", \"2026-11-23 14:02 -05:00\", 2026-11-23T14:02:11Z, 14:02, 1h, 90m,"
                    + " \"2d ago\", yesterday, \"yesterday 14:02\", monday, \"monday 14:02\", now";

    private static final String CLOCK = "\\d{1,2}:\\d{2}(?::\\d{2})?";
    private static final String OFFSET = "z|[+-]\\d{2}(?::?\\d{2})?";
    private static final String DATE = "\\d{4}-\\d{2}-\\d{2}";
    private static final String DAY = "today|yesterday|" + "mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?"
            + "|fri(?:day)?|sat(?:urday)?|sun(?:day)?";
    private static final Pattern TIME =
            Pattern.compile("(?:(?:(?<date>%s)(?:[ t]|$)|(?<day>%s)(?: |$)))?(?:(?<clock>%s)(?: ?(?<offset>%s))?)?"
                    .formatted(DATE, DAY, CLOCK, OFFSET));
    private static final String LENGTHS =
            "((?:\\d{1,9} ?" + "(?:seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d|weeks?|w)(?![a-z]) ?)+)";
    private static final Pattern BACK = Pattern.compile("-?" + LENGTHS + "|" + LENGTHS + "ago");
    private static final Pattern ONE_LENGTH = Pattern.compile("(\\d{1,9}) ?([a-z])");

    /** What is behind the first word of a time that was not put into quotes. */
    private static final Pattern SECOND_WORD = Pattern.compile(CLOCK + "|ago|" + OFFSET, Pattern.CASE_INSENSITIVE);

    /**
     * A time that was read.
     *
     * @param second seconds since 1970
     * @param note a sentence on which moment was taken, and how to ask for another; empty where the words leave no
     *     doubt
     */
    public record Taken(long second, String note) {}

    /** What a day means when no time of day is said. */
    private enum Bare {
        /** A moment: the time of day that it is now. */
        SAME_TIME("this time of that day"),
        /** One end of a range. */
        FIRST_SECOND("the first second of that day");

        final String text;

        Bare(final String text) {
            this.text = text;
        }
    }

    private final String option;
    private final String text;
    private final ZonedDateTime now;
    private final Bare bare;

    private TimeText(final String option, final String text, final ZonedDateTime now, final Bare bare) {
        this.option = option;
        this.text = text;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
        this.bare = bare;
    }

    /** Whether a word too many looks like the rest of a time. */
    public static boolean isSecondWord(final String word) {
        return SECOND_WORD.matcher(word).matches();
    }

    /**
     * A moment that is over.
     *
     * @param option names it in sentences, such as {@code --at}
     */
    public static Taken moment(final String option, final String text, final ZonedDateTime now) throws UsageException {
        return new TimeText(option, text, now, Bare.SAME_TIME).past();
    }

    /** Where a range begins, which is over too. */
    public static Taken beginning(final String option, final String text, final ZonedDateTime now)
            throws UsageException {
        return new TimeText(option, text, now, Bare.FIRST_SECOND).past();
    }

    /** Where a range ends, now or later. */
    public static Taken end(final String option, final String text, final ZonedDateTime now) throws UsageException {
        return new TimeText(option, text, now, Bare.FIRST_SECOND).read();
    }

    private Taken past() throws UsageException {
        final Taken taken = read();
        if (taken.second > now.toEpochSecond()) {
            final String clock = text.strip();
            throw new UsageException("%s %s: is still to come: now it is %s%s"
                    .formatted(
                            option,
                            text,
                            LocalTimes.of(now.getZone()).second(now.toEpochSecond()),
                            clock.matches(CLOCK)
                                    ? "; yesterday's is %s \"yesterday %s\"".formatted(option, clock)
                                    : ""));
        }
        return taken;
    }

    private Taken read() throws UsageException {
        final String words = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        try {
            final Taken taken = read(words);
            if (taken != null && taken.second >= 0 && taken.second < LocalTimes.YEAR_10000_S) {
                return taken;
            }
        } catch (final DateTimeException | ArithmeticException e) {
            // Such as the 30th of February: as wrong as any other word.
        }
        throw new UsageException("%s %s: not a time; allowed: %s".formatted(option, text, FORMS));
    }

    /** Null for what is not a time. */
    private Taken read(final String words) {
        if (words.equals("now")) {
            return taken(now, "");
        }
        final Matcher time = TIME.matcher(words);
        if (!words.isEmpty() && time.matches()) {
            return time(time);
        }
        final Matcher back = BACK.matcher(words);
        return back.matches() ? taken(back(back.group(1) == null ? back.group(2) : back.group(1)), "") : null;
    }

    private Taken time(final Matcher words) {
        final String offset = words.group("offset");
        final ZoneId zone = offset == null ? now.getZone() : ZoneOffset.of(offset.toUpperCase(Locale.ROOT));
        final String word = words.group("day");
        final LocalDate day =
                day(words.group("date"), word, now.withZoneSameInstant(zone).toLocalDate());
        final String clock = words.group("clock");
        if (clock == null && (word == null || bare == Bare.FIRST_SECOND)) {
            return taken(day.atStartOfDay(zone), word == null ? "" : another(word, day.atStartOfDay(zone)));
        }
        final LocalDateTime local = day.atTime(clock == null ? now.toLocalTime() : clock(clock));
        final ZonedDateTime time = local.atZone(zone);
        final ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (change != null) {
            return taken(time, changed(time, change));
        }
        if (clock == null) {
            return taken(time, another(word, time));
        }
        final boolean certain = word == null || word.equals("today") || word.equals("yesterday");
        return taken(time, certain ? "" : "taken: " + LocalTimes.withOffset(time));
    }

    /** A weekday is the last one before today. */
    private static LocalDate day(final String date, final String word, final LocalDate today) {
        if (date != null) {
            return LocalDate.parse(date);
        }
        if (word == null || word.equals("today")) {
            return today;
        }
        if (word.equals("yesterday")) {
            return today.minusDays(1);
        }
        for (final DayOfWeek each : DayOfWeek.values()) {
            if (each.name().toLowerCase(Locale.ROOT).startsWith(word)) {
                return today.with(TemporalAdjusters.previous(each));
            }
        }
        throw new IllegalStateException("no day: " + word);
    }

    private static LocalTime clock(final String clock) {
        return LocalTime.parse(clock.indexOf(':') == 1 ? "0" + clock : clock);
    }

    private String another(final String word, final ZonedDateTime time) {
        return "%s, %s; for another: %s \"%s 09:00\"".formatted(bare.text, LocalTimes.withOffset(time), option, word);
    }

    /**
     * Where clocks go back a local time comes twice, and the first is taken; where they go forward some do not come.
     */
    private String changed(final ZonedDateTime time, final ZoneOffsetTransition change) {
        final String why = "as the clocks go from %s to %s; taken: %s"
                .formatted(
                        change.getDateTimeBefore().toLocalTime(),
                        change.getDateTimeAfter().toLocalTime(),
                        LocalTimes.withOffset(time));
        return change.isGap()
                ? "does not exist, " + why
                : "comes twice, %s; the other: %s \"%s\""
                        .formatted(why, option, LocalTimes.withOffset(time.withLaterOffsetAtOverlap()));
    }

    private Taken taken(final ZonedDateTime time, final String what) {
        return new Taken(time.toEpochSecond(), what.isEmpty() ? "" : "%s %s: %s".formatted(option, text, what));
    }

    private ZonedDateTime back(final String lengths) {
        ZonedDateTime then = now;
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
