package org.portolan.control.config;

/**
 * MAC addresses as people and ethers(5) write them: six hexadecimal numbers of one or two digits, all joined by colons
 * or all by hyphens, in either case.
 */
public final class MacText {
    private static final int OCTETS = 6;
    private static final int LONGEST = "00:00:00:00:00:00".length();

    private MacText() {}

    /** Whether {@link #parse} would succeed. */
    public static boolean isMac(final String text) {
        return read(text) >= 0;
    }

    /** 48 bits, the first octet highest; call {@link #isMac} before. */
    public static long parse(final String text) {
        final long mac = read(text);
        if (mac < 0) {
            throw new IllegalArgumentException("not a MAC address: " + text);
        }
        return mac;
    }

    private static long read(final String text) {
        if (text.length() > LONGEST) {
            return -1;
        }
        final char separator = text.indexOf('-') >= 0 ? '-' : ':';
        long mac = 0;
        int at = 0;
        for (int octet = 0; octet < OCTETS; octet++) {
            if (octet > 0 && (at >= text.length() || text.charAt(at++) != separator)) {
                return -1;
            }
            final int start = at;
            int value = 0;
            while (at < text.length() && hex(text.charAt(at)) >= 0) {
                value = value << 4 | hex(text.charAt(at++));
            }
            if (at == start || at - start > 2) {
                return -1;
            }
            mac = mac << 8 | value;
        }
        return at == text.length() ? mac : -1;
    }

    /** ASCII digits only: Character.digit knows those of other scripts too. */
    private static int hex(final char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
