package org.portolan.control.text;

/** How text looks on a terminal that has colors: those of its own palette, so that its user chose them. */
public enum Style {
    PLAIN(""),
    BOLD("\u001B[1m"),
    DIM("\u001B[2m"),
    RED("\u001B[31m"),
    GREEN("\u001B[32m"),
    YELLOW("\u001B[33m"),
    BLUE("\u001B[34m"),
    MAGENTA("\u001B[35m"),
    CYAN("\u001B[36m"),
    BOLD_GREEN("\u001B[1;32m");

    private static final String END = "\u001B[0m";

    private final String begin;

    Style(final String begin) {
        this.begin = begin;
    }

    public void append(final StringBuilder to, final CharSequence text, final boolean color) {
        if (color && this != PLAIN && !text.isEmpty()) {
            to.append(begin).append(text).append(END);
        } else {
            to.append(text);
        }
    }
}
