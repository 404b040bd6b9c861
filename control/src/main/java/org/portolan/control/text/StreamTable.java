package org.portolan.control.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.portolan.control.log.Printable;

/**
 * A table for people whose rows come one by one, without end if need be: the first {@value #SAMPLE} are held back to
 * find out how wide the columns are, the rest is written as it comes. A column that has nothing in any row of a short
 * table is left out.
 */
public final class StreamTable {
    private static final int SAMPLE = 256;
    private static final int GAP_COLUMNS = 2;

    /** A cell, and how it is to look where there are colors. */
    public record Cell(String text, Style style) {
        public static Cell of(final String text) {
            return new Cell(text, Style.PLAIN);
        }
    }

    private final Appendable out;
    private final boolean color;
    private final LineWidth width;
    private final String[] headings;
    private final boolean[] optional;
    private final int[] widths;
    private final boolean[] used;
    private final List<Cell[]> held = new ArrayList<>();
    private boolean flowing;

    /**
     * @param width to which lines are cut
     * @param headings one that begins with {@code ?} is of a column that may be left out
     */
    public StreamTable(final Appendable out, final boolean color, final LineWidth width, final String... headings) {
        this.out = out;
        this.color = color;
        this.width = width;
        this.headings = new String[headings.length];
        optional = new boolean[headings.length];
        widths = new int[headings.length];
        used = new boolean[headings.length];
        for (int i = 0; i < headings.length; i++) {
            optional[i] = headings[i].startsWith("?");
            this.headings[i] = optional[i] ? headings[i].substring(1) : headings[i];
            widths[i] = this.headings[i].length();
        }
    }

    /** One cell for each heading. */
    public void add(final Cell... cells) throws IOException {
        for (int i = 0; i < cells.length; i++) {
            cells[i] = new Cell(Printable.of(cells[i].text), cells[i].style);
        }
        if (flowing) {
            write(cells);
            return;
        }
        held.add(cells);
        for (int i = 0; i < cells.length; i++) {
            widths[i] = Math.max(widths[i], cells[i].text.length());
            used[i] |= !cells[i].text.isEmpty();
        }
        if (held.size() == SAMPLE) {
            flow();
        }
    }

    /** From here on rows are written as they come. */
    public void flow() throws IOException {
        if (!flowing && !held.isEmpty()) {
            java.util.Arrays.fill(used, true);
            writeHeld();
        }
    }

    /** There are no more rows. */
    public void end() throws IOException {
        if (!flowing) {
            for (int i = 0; i < used.length; i++) {
                used[i] |= !optional[i];
            }
            writeHeld();
        }
    }

    private void writeHeld() throws IOException {
        flowing = true;
        final Cell[] heading = new Cell[headings.length];
        for (int i = 0; i < heading.length; i++) {
            heading[i] = Cell.of(headings[i]);
        }
        out.append(Table.heading(line(heading, false), color)).append('\n');
        for (final Cell[] row : held) {
            write(row);
        }
        held.clear();
    }

    private void write(final Cell[] row) throws IOException {
        out.append(line(row, color)).append('\n');
    }

    private String line(final Cell[] row, final boolean colored) {
        final StyledLine line = new StyledLine();
        int blanks = 0;
        for (int i = 0; i < row.length; i++) {
            final String text = row[i].text;
            if (!used[i]) {
                continue;
            }
            if (!text.isEmpty()) {
                line.padTo(line.width() + blanks).add(text, row[i].style);
                blanks = 0;
            }
            blanks += Math.max(0, widths[i] - text.length()) + GAP_COLUMNS;
        }
        return line.text(width.columns(), width.mark(), colored);
    }
}
