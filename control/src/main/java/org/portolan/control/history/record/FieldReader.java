package org.portolan.control.history.record;

import java.nio.charset.StandardCharsets;

/**
 * Reads lines of key, space and value in the order in which they have to come: what is missing, twice or in another
 * place is found where it should not be. Out of the bytes as they are, because a table has tens of thousands: with
 * strings and patterns for each field, more than a quarter of the time in which one was read went here, now a tenth.
 */
final class FieldReader {
    private static final int MAC_LENGTH = 17;
    private static final int MOST_WORDS = 100;
    private static final int MOST_DIGITS = 16;
    private static final int MOST_NAME = 64;

    private final byte[] text;
    private int at;
    /** The value of the line that was read last. */
    private int from;

    private int to;

    FieldReader(final byte[] text) {
        this.text = text;
    }

    boolean isAt(final String key) {
        final int end = at + key.length();
        return end < text.length && text[end] == ' ' && matches(key, at);
    }

    boolean isAtEnd() {
        return at == text.length;
    }

    /** Whether the next line is that one, which then is passed. */
    boolean is(final String key, final String value) {
        final int begin = at + key.length() + 1;
        final int end = begin + value.length();
        if (!isAt(key) || end >= text.length || text[end] != '\n' || !matches(value, begin)) {
            return false;
        }
        at = end + 1;
        return true;
    }

    private boolean matches(final String word, final int begin) {
        for (int i = 0; i < word.length(); i++) {
            if (text[begin + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void take(final String key) throws BadRecordException {
        if (!isAt(key)) {
            throw new BadRecordException("has no field " + key);
        }
        from = at + key.length() + 1;
        to = from;
        while (to < text.length && text[to] != '\n') {
            to++;
        }
        if (to == text.length) {
            throw new BadRecordException("has no field " + key);
        }
        at = to + 1;
    }

    /** A MAC that a host can have: no zero, no group address. Digits in lower case only. */
    long mac(final String key) throws BadRecordException {
        take(key);
        long mac = to - from == MAC_LENGTH ? 0 : -1;
        for (int i = 0; i < MAC_LENGTH && mac >= 0; i++) {
            final byte c = text[from + i];
            if (i % 3 == 2) {
                mac = c == ':' ? mac : -1;
            } else {
                final int digit = digit(c);
                mac = digit < 0 ? -1 : mac << 4 | digit;
            }
        }
        if (mac < 0) {
            throw new BadRecordException("has a field that is not a MAC");
        }
        if (mac == 0 || (mac >>> 40 & 1) != 0) {
            throw new BadRecordException("has a MAC that no host can have: " + value(from, to));
        }
        return mac;
    }

    private static int digit(final byte c) {
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return isDigit(c) ? c - '0' : -1;
    }

    private static boolean isDigit(final byte c) {
        return c >= '0' && c <= '9';
    }

    /** Wall-clock, seconds since 1970. */
    long second(final String key) throws BadRecordException {
        take(key);
        return UtcText.second(text, from, to);
    }

    /** Plain text without a space at either end. */
    String words(final String key) throws BadRecordException {
        take(key);
        boolean isPlain = to > from && to - from <= MOST_WORDS && text[from] != ' ' && text[to - 1] != ' ';
        for (int i = from; i < to && isPlain; i++) {
            isPlain = text[i] >= ' ' && text[i] <= '~';
        }
        if (!isPlain) {
            throw new BadRecordException("has a field that is empty, too long or not plain text");
        }
        return value(from, to);
    }

    /** A count from 1 on, at most sixteen digits, a space, and a router's name. */
    Stamp stamp(final String key) throws BadRecordException {
        take(key);
        long count = 0;
        int i = from;
        for (; i < to && i < from + MOST_DIGITS && isDigit(text[i]); i++) {
            count = count * 10 + text[i] - '0';
        }
        if (text[from] == '0' || i == from || text[i] != ' ' || !isName(i + 1, to)) {
            throw new BadRecordException("has a field that is not a stamp");
        }
        return new Stamp(count, value(i + 1, to));
    }

    private boolean isName(final int begin, final int end) {
        boolean isName = end > begin && end - begin <= MOST_NAME;
        for (int i = begin; i < end && isName; i++) {
            final byte c = text[i];
            isName = isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '_' || c == '-';
        }
        return isName;
    }

    private String value(final int begin, final int end) {
        return new String(text, begin, end - begin, StandardCharsets.ISO_8859_1);
    }
}
