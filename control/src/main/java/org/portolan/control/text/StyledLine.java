package org.portolan.control.text;

import java.util.ArrayList;
import java.util.List;

/** One line of pieces that look different, and that can be cut to a width. */
public final class StyledLine {
    private record Piece(String text, Style style) {}

    private final List<Piece> pieces = new ArrayList<>();
    private int width;

    public StyledLine add(final String text, final Style style) {
        if (!text.isEmpty()) {
            pieces.add(new Piece(text, style));
            width += width(text);
        }
        return this;
    }

    public StyledLine add(final StyledLine other) {
        other.pieces.forEach(piece -> add(piece.text, piece.style));
        return this;
    }

    /** Blanks up to a column. */
    public StyledLine padTo(final int column) {
        return add(" ".repeat(Math.max(0, column - width)), Style.PLAIN);
    }

    /** In columns; what is shown here has characters of one column only. */
    public int width() {
        return width;
    }

    private static int width(final String text) {
        return text.codePointCount(0, text.length());
    }

    /**
     * @param most columns; 0 for as many as it has
     * @param mark stands where it was cut
     */
    public String text(final int most, final String mark, final boolean color) {
        final StringBuilder line = new StringBuilder();
        int left = most == 0 || width <= most ? Integer.MAX_VALUE : most - width(mark);
        for (final Piece piece : pieces) {
            final int length = width(piece.text);
            final String fits = length <= left
                    ? piece.text
                    : piece.text.substring(0, piece.text.offsetByCodePoints(0, Math.max(0, left)));
            piece.style.append(line, fits, color);
            left -= length;
            if (left < 0) {
                return line.append(mark).toString();
            }
        }
        return line.toString().stripTrailing();
    }
}
