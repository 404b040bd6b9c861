package org.portolan.control.history.record;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * A second as {@code 2026-11-23T14:02:11Z}, years 1970 to 9999. Written out because a table has tens of thousands of
 * them: java.time's own formatters took a quarter of the time in which a table was read.
 */
public final class UtcText {
    private static final int LENGTH = 20;
    private static final int DAY_S = 86_400;
    private static final int HOUR_S = 3_600;
    private static final int MINUTE_S = 60;

    private UtcText() {}

    /** @param second 0 or later, of a year that has four digits */
    public static String of(final long second) {
        final LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, DAY_S));
        final int ofDay = Math.floorMod(second, DAY_S);
        final byte[] text = new byte[LENGTH];
        pair(text, 0, date.getYear() / 100);
        pair(text, 2, date.getYear() % 100);
        text[4] = '-';
        pair(text, 5, date.getMonthValue());
        text[7] = '-';
        pair(text, 8, date.getDayOfMonth());
        text[10] = 'T';
        pair(text, 11, ofDay / HOUR_S);
        text[13] = ':';
        pair(text, 14, ofDay % HOUR_S / MINUTE_S);
        text[16] = ':';
        pair(text, 17, ofDay % MINUTE_S);
        text[19] = 'Z';
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void pair(final byte[] text, final int at, final int number) {
        text[at] = (byte) ('0' + number / 10);
        text[at + 1] = (byte) ('0' + number % 10);
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
                final int year = number(text, from, 99) * 100 + number(text, from + 2, 99);
                final LocalDate date = LocalDate.of(year, number(text, from + 5, 12), number(text, from + 8, 31));
                final int ofDay = number(text, from + 11, 23) * HOUR_S
                        + number(text, from + 14, 59) * MINUTE_S
                        + number(text, from + 17, 59);
                final long second = date.toEpochDay() * DAY_S + ofDay;
                if (second >= 0) {
                    return second;
                }
            } catch (final DateTimeException e) {
                throw new BadRecordException("has a field that is not a time");
            }
        }
        throw new BadRecordException("has a field that is not a time");
    }

    private static int number(final byte[] text, final int at, final int most) throws BadRecordException {
        final int tens = text[at] - '0';
        final int ones = text[at + 1] - '0';
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || tens * 10 + ones > most) {
            throw new BadRecordException("has a field that is not a time");
        }
        return tens * 10 + ones;
    }
}
