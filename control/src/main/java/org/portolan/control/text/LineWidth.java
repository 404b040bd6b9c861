package org.portolan.control.text;

/**
 * How much of a line the client's terminal shows.
 *
 * @param columns 0 for all of it
 * @param mark stands where a longer line was cut, one column
 */
public record LineWidth(int columns, String mark) {
    /** For who pipes it on, or stores it. */
    public static final LineWidth WHOLE = new LineWidth(0, "");

    public static final String OPTION = "width";

    public static final int NARROWEST = 40;
    public static final int WIDEST = 1_000;

    /** @param columns 0 for all of it */
    public static LineWidth of(final int columns, final boolean ascii) {
        return new LineWidth(columns, ascii ? "~" : "\u2026");
    }

    /** Of a terminal, as it may be asked for. */
    public static int ofTerminal(final int columns) {
        return Math.clamp(columns, NARROWEST, WIDEST);
    }
}
