package org.portolan.control.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.portolan.control.log.Printable;

/**
 * A table for people: columns as wide as their widest cell, numbers to the right, nothing trailing. It holds its rows
 * until it is written, so it is for tables that are bounded.
 */
public final class Table {
    private static final String BOLD = "\u001B[1m";
    private static final String PLAIN = "\u001B[0m";

    private final List<String> headings;
    private final boolean[] toTheRight;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param headings one that begins with {@code >} is of a column of numbers */
    public Table(final String... headings) {
        this.headings = new ArrayList<>();
        this.toTheRight = new boolean[headings.length];
        for (int i = 0; i < headings.length; i++) {
            toTheRight[i] = headings[i].startsWith(">");
            this.headings.add(toTheRight[i] ? headings[i].substring(1) : headings[i]);
        }
    }

    /** One cell for each heading. */
    public void add(final String... cells) {
        final List<String> row = new ArrayList<>(cells.length);
        for (final String cell : cells) {
            row.add(Printable.of(cell));
        }
        rows.add(row);
    }

    public void write(final Appendable out, final boolean color) throws IOException {
        final int[] widths = new int[headings.size()];
        widen(widths, headings);
        rows.forEach(row -> widen(widths, row));
        out.append(heading(line(headings, widths), color)).append('\n');
        for (final List<String> row : rows) {
            out.append(line(row, widths)).append('\n');
        }
    }

    /** A line that stands out where that is wanted. */
    public static String heading(final String line, final boolean color) {
        return color ? BOLD + line + PLAIN : line;
    }

    /** 1,234,567 */
    public static String number(final long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** At most two units: 45s, 2m05s, 1h02m, 3d04h. */
    public static String duration(final long seconds) {
        if (seconds < 0) {
            return "-";
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return "%dm%02ds".formatted(seconds / 60, seconds % 60);
        }
        if (seconds < 86_400) {
            return "%dh%02dm".formatted(seconds / 3_600, seconds / 60 % 60);
        }
        return "%dd%02dh".formatted(seconds / 86_400, seconds / 3_600 % 24);
    }

    private static void widen(final int[] widths, final List<String> row) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
        }
    }

    private String line(final List<String> row, final int[] widths) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            final String pad = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : "  ").append(toTheRight[i] ? pad + row.get(i) : row.get(i) + pad);
        }
        return line.toString().stripTrailing();
    }
}
