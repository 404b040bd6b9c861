package org.portolan.control.command;

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

    @ParameterizedTest
    @CsvSource({
        "2026-11-23 14:02,            2026-11-23T13:02:00Z",
        "2026-11-23 14:02:11,         2026-11-23T13:02:11Z",
        "2026-11-23 9:02,             2026-11-23T08:02:00Z",
        "2026-11-23T14:02,            2026-11-23T13:02:00Z",
        "2026-11-23,                  2026-11-22T23:00:00Z",
        "2026-07-01,                  2026-06-30T22:00:00Z",
        "14:02,                       2026-11-23T13:02:00Z",
        "14:02:11,                    2026-11-23T13:02:11Z",
        "9:30,                        2026-11-23T08:30:00Z",
        "2026-11-23T14:02:11Z,        2026-11-23T14:02:11Z",
        "2026-11-23t14:02:11z,        2026-11-23T14:02:11Z",
        "2026-11-23T14:02+02:00,      2026-11-23T12:02:00Z",
        "2026-11-23 14:02:11 -05:30,  2026-11-23T19:32:11Z",
        "now,                         2026-11-23T13:02:11Z",
        "today,                       2026-11-22T23:00:00Z",
        "yesterday,                   2026-11-21T23:00:00Z",
        "Yesterday 14:02,             2026-11-22T13:02:00Z",
        "today 00:00,                 2026-11-22T23:00:00Z",
        "5m ago,                      2026-11-23T12:57:11Z",
        "-5m,                         2026-11-23T12:57:11Z",
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
        assertThat(Instant.ofEpochSecond(TimeText.parse("--at", text, NOW))).isEqualTo(expected);
        assertThat(Instant.ofEpochSecond(
                        TimeText.parsePast("--at", text, NOW.plusYears(1).withDayOfMonth(1))))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "tomorrow",
                "5m",
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
                "\u0665m ago",
                "5m ago;"
            })
    void shouldSayWhatItTakesWhenItIsSomethingElse(final String text) {
        assertThatThrownBy(() -> TimeText.parse("--since", text, NOW))
                .isInstanceOf(UsageException.class)
                .hasMessage("--since " + text + ": not a time; allowed: 2026-11-23, \"2026-11-23 14:02\", 14:02,"
                        + " 2026-11-23T14:02:11Z, \"5m ago\", -5m, yesterday, \"yesterday 14:02\", now");
    }

    @Test
    void shouldRefuseWhatIsStillToComeWhereOnlyThePastIsKnown() throws UsageException {
        assertThatThrownBy(() -> TimeText.parsePast("--at", "14:03", NOW))
                .hasMessage("--at 14:03: is still to come: now it is 2026-11-23 14:02:11");
        assertThat(TimeText.parsePast("--at", "now", NOW)).isEqualTo(NOW.toEpochSecond());
    }

    @Test
    void shouldTakeTheFirstOfAnHourThatComesTwiceAndTheNextOfOneThatDoesNotCome() throws UsageException {
        assertThat(Instant.ofEpochSecond(TimeText.parse("--at", "2026-10-25 02:30", NOW)))
                .isEqualTo("2026-10-25T00:30:00Z");
        assertThat(Instant.ofEpochSecond(TimeText.parse("--at", "2026-03-29 02:30", NOW)))
                .isEqualTo("2026-03-29T01:30:00Z");
    }
}
