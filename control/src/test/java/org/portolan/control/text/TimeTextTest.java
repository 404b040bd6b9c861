package org.portolan.control.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeTextTest {
    private static final ZonedDateTime NOW =
            ZonedDateTime.of(2026, 11, 23, 14, 2, 11, 999_000_000, ZoneId.of("Europe/Berlin"));

    private static ZonedDateTime in(final String zone, final String instant) {
        return Instant.parse(instant).atZone(ZoneId.of(zone));
    }

    private static Instant instant(final TimeText.Taken taken) {
        return Instant.ofEpochSecond(taken.second());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23 14:02,            2026-11-23T13:02:00Z",
        "2026-11-23 14:02:11,         2026-11-23T13:02:11Z",
        "2026-11-23 9:02,             2026-11-23T08:02:00Z",
        "2026-11-23T14:02,            2026-11-23T13:02:00Z",
        "2026-11-23,                  2026-11-22T23:00:00Z",
        "2026-07-01,                  2026-06-30T22:00:00Z",
        "1970-01-01 01:00,            1970-01-01T00:00:00Z",
        "14:02,                       2026-11-23T13:02:00Z",
        "14:02:11,                    2026-11-23T13:02:11Z",
        "9:30,                        2026-11-23T08:30:00Z",
        "2026-11-23T14:02:11Z,        2026-11-23T14:02:11Z",
        "2026-11-23t14:02:11z,        2026-11-23T14:02:11Z",
        "2026-11-23T14:02+02:00,      2026-11-23T12:02:00Z",
        "2026-11-23 14:02:11 -05:30,  2026-11-23T19:32:11Z",
        "2026-11-23 14:02:11 +0100,   2026-11-23T13:02:11Z",
        "2026-11-23 09:02-05,         2026-11-23T14:02:00Z",
        "2026-11-23 14:02:11 +00:00,  2026-11-23T14:02:11Z",
        "12:02Z,                      2026-11-23T12:02:00Z",
        "12:02-09:00,                 2026-11-23T21:02:00Z",
        "yesterday 00:30+13:00,       2026-11-22T11:30:00Z",
        "now,                         2026-11-23T13:02:11Z",
        "Yesterday 14:02,             2026-11-22T13:02:00Z",
        "today 00:00,                 2026-11-22T23:00:00Z",
        "5m ago,                      2026-11-23T12:57:11Z",
        "-5m,                         2026-11-23T12:57:11Z",
        "1h,                          2026-11-23T12:02:11Z",
        "90m,                         2026-11-23T11:32:11Z",
        "2d,                          2026-11-21T13:02:11Z",
        "1h30m,                       2026-11-23T11:32:11Z",
        "2h ago,                      2026-11-23T11:02:11Z",
        "90 seconds ago,              2026-11-23T13:00:41Z",
        "1h30m ago,                   2026-11-23T11:32:11Z",
        "-1h30m5s,                    2026-11-23T11:32:06Z",
        "1 hour 30 mins ago,          2026-11-23T11:32:11Z",
        "3 days ago,                  2026-11-20T13:02:11Z",
        "-2w,                         2026-11-09T13:02:11Z",
        "40 d ago,                    2026-10-14T12:02:11Z",
        "'  5m   ago ',               2026-11-23T12:57:11Z"
    })
    void shouldReadWhatPeopleWrite(final String text, final String expected) throws UsageException {
        final TimeText.Taken taken = TimeText.end("--until", text, NOW);
        assertThat(instant(taken)).isEqualTo(expected);
        assertThat(taken.note()).isEmpty();
    }

    /** A Monday, so that the last one is a week ago. */
    @ParameterizedTest
    @CsvSource({
        "yesterday, 2026-11-22T13:02:11Z, 2026-11-22 14:02:11 +01:00, 2026-11-21T23:00:00Z, 2026-11-22 00:00:00 +01:00",
        "today,     2026-11-23T13:02:11Z, 2026-11-23 14:02:11 +01:00, 2026-11-22T23:00:00Z, 2026-11-23 00:00:00 +01:00",
        "monday,    2026-11-16T13:02:11Z, 2026-11-16 14:02:11 +01:00, 2026-11-15T23:00:00Z, 2026-11-16 00:00:00 +01:00",
        "Tue,       2026-11-17T13:02:11Z, 2026-11-17 14:02:11 +01:00, 2026-11-16T23:00:00Z, 2026-11-17 00:00:00 +01:00",
        "sunday,    2026-11-22T13:02:11Z, 2026-11-22 14:02:11 +01:00, 2026-11-21T23:00:00Z, 2026-11-22 00:00:00 +01:00"
    })
    void shouldSayWhichMomentOfADayItTook(
            final String text, final String moment, final String saidMoment, final String first, final String saidFirst)
            throws UsageException {
        final TimeText.Taken at = TimeText.moment("--at", text, NOW);
        assertThat(instant(at)).isEqualTo(moment);
        assertThat(at.note())
                .isEqualTo("--at %s: this time of that day, %s; for another: --at \"%s 09:00\""
                        .formatted(text, saidMoment, text.toLowerCase(java.util.Locale.ROOT)));
        final TimeText.Taken since = TimeText.beginning("--since", text, NOW);
        assertThat(instant(since)).isEqualTo(first);
        assertThat(since.note())
                .isEqualTo("--since %s: the first second of that day, %s; for another: --since \"%s 09:00\""
                        .formatted(text, saidFirst, text.toLowerCase(java.util.Locale.ROOT)));
        assertThat(TimeText.end("--until", text, NOW).second()).isEqualTo(since.second());
    }

    @ParameterizedTest
    @CsvSource({
        "monday 09:30, 2026-11-16T08:30:00Z, 2026-11-16 09:30:00 +01:00",
        "Fri 9:30,     2026-11-20T08:30:00Z, 2026-11-20 09:30:00 +01:00",
        "sun 09:30Z,   2026-11-22T09:30:00Z, 2026-11-22 09:30:00 +00:00"
    })
    void shouldSayWhichWeekdayItTook(final String text, final String expected, final String said)
            throws UsageException {
        final TimeText.Taken taken = TimeText.moment("--at", text, NOW);
        assertThat(instant(taken)).isEqualTo(expected);
        assertThat(taken.note()).isEqualTo("--at %s: taken: %s".formatted(text, said));
    }

    /** Both hemispheres, shifts of an hour and of half of one, and of a day that was left out. */
    @ParameterizedTest
    @CsvSource({
        "America/New_York,    2026-11-01 01:30, 02:00, 01:00, 2026-11-01T05:30:00Z, -04:00, -05:00",
        "Europe/Berlin,       2026-10-25 02:30, 03:00, 02:00, 2026-10-25T00:30:00Z, +02:00, +01:00",
        "Europe/Berlin,       2026-10-25 02:00, 03:00, 02:00, 2026-10-25T00:00:00Z, +02:00, +01:00",
        "Australia/Sydney,    2026-04-05 02:30, 03:00, 02:00, 2026-04-04T15:30:00Z, +11:00, +10:00",
        "America/Santiago,    2026-04-04 23:30, 00:00, 23:00, 2026-04-05T02:30:00Z, -03:00, -04:00",
        "Australia/Lord_Howe, 2026-04-05 01:45, 02:00, 01:30, 2026-04-04T14:45:00Z, +11:00, +10:30"
    })
    void shouldTakeTheFirstOfATimeThatComesTwiceAndNameTheOther(
            final String zone,
            final String text,
            final String before,
            final String after,
            final String expected,
            final String first,
            final String second)
            throws UsageException {
        final ZonedDateTime now = in(zone, "2026-12-24T12:00:00Z");
        final TimeText.Taken taken = TimeText.moment("--at", text, now);
        assertThat(instant(taken)).isEqualTo(expected);
        final String other = "%s:00 %s".formatted(text, second);
        assertThat(taken.note())
                .isEqualTo(("--at %1$s: comes twice, as the clocks go from %2$s to %3$s; taken: %1$s:00 %4$s;"
                                + " the other: --at \"%5$s\"")
                        .formatted(text, before, after, first, other));
        final TimeText.Taken theOther = TimeText.moment("--at", other, now);
        assertThat(theOther.second()).isGreaterThan(taken.second());
        assertThat(theOther.note()).isEmpty();
        assertThat(LocalTimes.of(now.getZone()).second(taken.second())).isEqualTo("%s:00 %s".formatted(text, first));
        assertThat(LocalTimes.of(now.getZone()).second(theOther.second())).isEqualTo(other);
    }

    @ParameterizedTest
    @CsvSource({
        "America/New_York,    2026-03-08 02:30, 02:00, 03:00, 2026-03-08T07:30:00Z, 2026-03-08 03:30:00 -04:00",
        "Europe/Berlin,       2026-03-29 02:00, 02:00, 03:00, 2026-03-29T01:00:00Z, 2026-03-29 03:00:00 +02:00",
        "Australia/Sydney,    2026-10-04 02:30, 02:00, 03:00, 2026-10-03T16:30:00Z, 2026-10-04 03:30:00 +11:00",
        "America/Santiago,    2026-09-06 00:15, 00:00, 01:00, 2026-09-06T04:15:00Z, 2026-09-06 01:15:00 -03:00",
        "Australia/Lord_Howe, 2026-10-04 02:15, 02:00, 02:30, 2026-10-03T15:45:00Z, 2026-10-04 02:45:00 +11:00",
        "Pacific/Apia,        2011-12-30 12:00, 00:00, 00:00, 2011-12-30T22:00:00Z, 2011-12-31 12:00:00 +14:00"
    })
    void shouldTakeTheNextOfATimeThatDoesNotCome(
            final String zone,
            final String text,
            final String before,
            final String after,
            final String expected,
            final String said)
            throws UsageException {
        final TimeText.Taken taken = TimeText.moment("--at", text, in(zone, "2026-12-24T12:00:00Z"));
        assertThat(instant(taken)).isEqualTo(expected);
        assertThat(taken.note())
                .isEqualTo("--at %s: does not exist, as the clocks go from %s to %s; taken: %s"
                        .formatted(text, before, after, said));
    }

    @ParameterizedTest
    @CsvSource({
        "America/New_York,    2026-11-01 00:59, 2026-11-01T04:59:00Z",
        "America/New_York,    2026-11-01 02:00, 2026-11-01T07:00:00Z",
        "America/New_York,    2026-03-08 01:59, 2026-03-08T06:59:00Z",
        "America/New_York,    2026-03-08 03:00, 2026-03-08T07:00:00Z",
        "America/Santiago,    2026-09-06,       2026-09-06T04:00:00Z",
        "America/Havana,      2026-11-01,       2026-11-01T04:00:00Z",
        "UTC,                 2026-11-01 01:30, 2026-11-01T01:30:00Z",
        "Asia/Kolkata,        2026-11-01 01:30, 2026-10-31T20:00:00Z"
    })
    void shouldHaveNothingToSayOfATimeThatComesOnce(final String zone, final String text, final String expected)
            throws UsageException {
        final TimeText.Taken taken = TimeText.moment("--at", text, in(zone, "2026-12-24T12:00:00Z"));
        assertThat(instant(taken)).isEqualTo(expected);
        assertThat(taken.note()).isEmpty();
    }

    @Test
    void shouldSayOfYesterdayTooThatThisTimeCameTwice() throws UsageException {
        final ZonedDateTime now = in("America/New_York", "2026-11-02T06:30:00Z");
        assertThat(TimeText.moment("--at", "yesterday", now).note())
                .isEqualTo("--at yesterday: comes twice, as the clocks go from 02:00 to 01:00;"
                        + " taken: 2026-11-01 01:30:00 -04:00; the other: --at \"2026-11-01 01:30:00 -05:00\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "tomorrow",
                "5",
                "ago",
                "5x ago",
                "5mago",
                "m ago",
                "-",
                "-5",
                "--5m",
                "-5m ago",
                "25:00",
                "14:60",
                "14:2",
                "2026-02-30",
                "2026-13-01",
                "26-11-23",
                "2026-11-23 14",
                "2026-11-23T14:02:11+2",
                "2026/11/23",
                "23.11.2026",
                "1969-12-31",
                "-9999999w",
                "999999999 weeks ago",
                "noon",
                "mondays",
                "monday9:30",
                "last monday",
                "2026-11-23 14:02 CET",
                "2026-11-23 14:02 +19:00",
                "2026-11-23 -05:00",
                "+01:00",
                "10000-01-01",
                "2026-11-23 24:00",
                "5m 2026-11-23",
                "\u0665m ago",
                "5m ago;"
            })
    void shouldSayWhatItTakesWhenItIsSomethingElse(final String text) {
        assertThatThrownBy(() -> TimeText.beginning("--since", text, NOW))
                .isInstanceOf(UsageException.class)
                .hasMessage("--since " + text + ": not a time; allowed: " + TimeText.FORMS);
    }

    /** What the error offers is what is taken. */
    @Test
    void shouldTakeWhatItOffers() throws UsageException {
        for (final String each : TimeText.FORMS.split(", ")) {
            assertThat(TimeText.end("--until", each.replace("\"", ""), NOW).second())
                    .as(each)
                    .isPositive();
        }
    }

    @Test
    void shouldRefuseWhatIsStillToComeWhereOnlyThePastIsKnown() throws UsageException {
        assertThatThrownBy(() -> TimeText.moment("--at", "14:03", NOW))
                .hasMessage("--at 14:03: is still to come: now it is 2026-11-23 14:02:11;"
                        + " yesterday's is --at \"yesterday 14:03\"");
        assertThatThrownBy(() -> TimeText.beginning("--since", "9999-12-31", NOW))
                .hasMessage("--since 9999-12-31: is still to come: now it is 2026-11-23 14:02:11");
        assertThat(TimeText.moment("--at", "now", NOW).second()).isEqualTo(NOW.toEpochSecond());
        assertThat(instant(TimeText.end("--until", "9999-12-31", NOW))).isEqualTo("9999-12-30T23:00:00Z");
    }
}
