package org.portolan.control.log;

/** Text that came from outside, made fit for one line of a terminal or a log. */
public final class Printable {
    private Printable() {}

    /**
     * The text with each control, formatting and unpaired character written as its four hexadecimal digits after a
     * backslash and a u: nothing steers the terminal, turns the reading direction or begins a new line.
     */
    public static String of(final String text) {
        int plain = 0;
        while (plain < text.length() && isPlain(text, plain)) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        final StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, plain);
        for (int i = plain; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (isPlain(text, i)) {
                safe.append(c);
            } else {
                safe.append('\\')
                        .append('u')
                        .append(hex(c >> 12))
                        .append(hex(c >> 8))
                        .append(hex(c >> 4))
                        .append(hex(c));
            }
        }
        return safe.toString();
    }

    private static boolean isPlain(final String text, final int at) {
        final char c = text.charAt(at);
        if (c < 0x7F) {
            return c >= ' ';
        }
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static char hex(final int value) {
        return Character.toUpperCase(Character.forDigit(value & 0xF, 16));
    }
}
