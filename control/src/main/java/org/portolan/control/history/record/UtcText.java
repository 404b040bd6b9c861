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
    static long second(final String text) throws BadRecordException {
        if (text.length() == LENGTH
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && text.charAt(19) == 'Z') {
            try {
                final LocalDate date = LocalDate.of(
                        pair(text, 0, 99) * 100 + pair(text, 2, 99), pair(text, 5, 12), pair(text, 8, 31));
                final int ofDay = pair(text, 11, 23) * HOUR_S + pair(text, 14, 59) * MINUTE_S + pair(text, 17, 59);
                return date.toEpochDay() * DAY_S + ofDay;
            } catch (final DateTimeException e) {
                throw new BadRecordException("has a field that is no time");
            }
        }
        throw new BadRecordException("has a field that is no time");
    }

    private static int pair(final String text, final int at, final int most) throws BadRecordException {
        final int tens = text.charAt(at) - '0';
        final int ones = text.charAt(at + 1) - '0';
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || tens * 10 + ones > most) {
            throw new BadRecordException("has a field that is no time");
        }
        return tens * 10 + ones;
    }
}
