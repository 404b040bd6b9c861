package org.portolan.bench.report;

import java.util.List;

/**
 * How a line is drawn: colour, dash and marker each tell it from the others, so that none is needed alone. The colours
 * are after Okabe and Ito (2008), which colour-blind people tell apart; the style sheet has lighter ones for a dark
 * page.
 *
 * @param name of the colour in the style sheet
 * @param colour on white
 * @param dash of the line, empty for a solid one
 */
record Look(String name, String colour, String dash, Marker marker) {
    /** A marker's outline around (0, 0). */
    enum Marker {
        CIRCLE("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"),
        SQUARE("M-3.7 -3.7h7.4v7.4h-7.4z"),
        TRIANGLE("M0 -4.8L4.6 3.4H-4.6z"),
        DIAMOND("M0 -5.2L5.2 0L0 5.2L-5.2 0z"),
        NONE("");

        private final String path;

        Marker(final String path) {
            this.path = path;
        }

        String path() {
            return path;
        }
    }

    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#aa4499", "#b38600", "#56b4e9");
    private static final List<String> DASHES = List.of("", "9 4", "3 3", "12 4 3 4", "6 2", "1 3");
    private static final int MARKERS = Marker.values().length - 1;

    /** The machine's own pauses. */
    static final Look PAUSE = new Look("c-pause", "#6e7781", "2 3", Marker.NONE);

    /** What would be if nothing was lost. */
    static final Look IDEAL = new Look("c-pause", "#6e7781", "4 4", Marker.NONE);

    /** Of a run's device by its place. */
    static Look of(final int device) {
        final int index = device % COLOURS.size();
        return new Look("c" + index, COLOURS.get(index), DASHES.get(index), Marker.values()[device % MARKERS]);
    }

    Look dashed(final String other) {
        return new Look(name, colour, other, marker);
    }

    Look unmarked() {
        return new Look(name, colour, dash, Marker.NONE);
    }
}
