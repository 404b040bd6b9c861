package org.portolan.control.command;

/**
 * How much of a line the asker's terminal shows.
 *
 * @param columns 0 for all of it
 * @param mark stands where a longer line was cut, one column
 */
record LineWidth(int columns, String mark) {
    /** For who pipes it on, or stores it. */
    static final LineWidth WHOLE = new LineWidth(0, "");

    static final String OPTION = "width";

    private static final int NARROWEST = 40;
    private static final int WIDEST = 1_000;

    static LineWidth of(final Request request) throws UsageException {
        return new LineWidth(request.number(OPTION, NARROWEST, WIDEST, 0), request.has("ascii") ? "~" : "\u2026");
    }

    /** Of a terminal, as it may be asked for. */
    static int ofTerminal(final int columns) {
        return Math.clamp(columns, NARROWEST, WIDEST);
    }
}
