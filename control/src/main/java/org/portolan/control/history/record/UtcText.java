package org.portolan.control.history.record;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * A second as {@code 2026-11-23T14:02:11Z}, years 1970 to 9999. Written out because a table has tens of thousands of
 * them: java.time's own formatters took a quarter of the time in which a table was read.
 */
final class UtcText {
    private static final int LENGTH = 20;
    private static final int DAY_S = 86_400;
    private static final int HOUR_S = 3_600;
    private static final int MINUTE_S = 60;

    private UtcText() {}

    /** @param second 0 or later, of a year that has four digits */
    static String of(final long second) {
        final LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, DAY_S));
        final int ofDay = Math.floorMod(second, DAY_S);
        final StringBuilder text = new StringBuilder(LENGTH);
        pair(text, date.getYear() / 100);
        pair(text, date.getYear() % 100).append('-');
        pair(text, date.getMonthValue()).append('-');
        pair(text, date.getDayOfMonth()).append('T');
        pair(text, ofDay / HOUR_S).append(':');
        pair(text, ofDay % HOUR_S / MINUTE_S).append(':');
        return pair(text, ofDay % MINUTE_S).append('Z').toString();
    }

    private static StringBuilder pair(final StringBuilder text, final int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    /** @throws BadRecordException for any other form, and for a time that is in no calendar */
    static long second(final byte[] text, final int from, final int to) throws BadRecordException {
        if (to - from == LENGTH
                && text[from + 4] == '-'
                && text[from + 7] == '-'
                && text[from + 10] == 'T'
                && text[from + 13] == ':'
                && text[from + 16] == ':'
                && text[from + 19] == 'Z') {
            try {
                final int year = pair(text, from, 99) * 100 + pair(text, from + 2, 99);
                final LocalDate date = LocalDate.of(year, pair(text, from + 5, 12), pair(text, from + 8, 31));
                final int ofDay = pair(text, from + 11, 23) * HOUR_S
                        + pair(text, from + 14, 59) * MINUTE_S
                        + pair(text, from + 17, 59);
                final long second = date.toEpochDay() * DAY_S + ofDay;
                if (second >= 0) {
                    return second;
                }
            } catch (final DateTimeException e) {
                throw new BadRecordException("has a field that is no time");
            }
        }
        throw new BadRecordException("has a field that is no time");
    }

    private static int pair(final byte[] text, final int at, final int most) throws BadRecordException {
        final int tens = text[at] - '0';
        final int ones = text[at + 1] - '0';
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || tens * 10 + ones > most) {
            throw new BadRecordException("has a field that is no time");
        }
        return tens * 10 + ones;
    }
}
