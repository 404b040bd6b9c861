package org.portolan.control.config;

/**
 * IPv4 addresses as people write them: four decimal numbers, nothing else.
 *
 * <p>Leading zeros are refused, because readers disagree on them: 010 is ten to some and eight to inet_aton(3). Nothing
 * here asks a name server.
 */
public final class Ipv4Text {
    private static final int LONGEST = "255.255.255.255".length();

    private Ipv4Text() {}

    /** Whether {@link #parse} would succeed. */
    public static boolean isAddress(final String text) {
        return read(text) >= 0;
    }

    /** The address, highest byte first in the text; call {@link #isAddress} before. */
    public static int parse(final String text) {
        final long address = read(text);
        if (address < 0) {
            throw new IllegalArgumentException("not an IPv4 address: " + text);
        }
        return (int) address;
    }

    /** Whether one host can have it: not "this network", loopback, multicast or reserved (RFC 1812 5.3.7). */
    public static boolean isUnicast(final int address) {
        final int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    private static long read(final String text) {
        if (text.length() > LONGEST) {
            return -1;
        }
        long address = 0;
        int at = 0;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at >= text.length() || text.charAt(at++) != '.')) {
                return -1;
            }
            final int start = at;
            int value = 0;
            while (at < text.length() && isDigit(text.charAt(at))) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            final boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (at == start || at - start > 3 || leadingZero || value > 255) {
                return -1;
            }
            address = address << 8 | value;
        }
        return at == text.length() ? address : -1;
    }

    /** ASCII digits only: Character.isDigit knows Arabic and Thai ones too. */
    static boolean isDigit(final char c) {
        return c >= '0' && c <= '9';
    }
}
