package org.portolan.bench.demo;

import java.io.PrintStream;
import java.util.Locale;
import org.portolan.control.log.Terminal;

/** The demo's lines: one for each step, rewritten in place while it runs on a terminal, printed once elsewhere. */
final class Console {
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RESET = "\u001b[0m";
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String STEP = "  %-13s %-4s %s";

    /** Of a table where nothing says how wide it may be, and at most. */
    private static final int COLUMNS = 140;

    /** What the router draws for. */
    private static final int NARROWEST = 40;

    private static final int INDENT = 2;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean color;

    Console(final PrintStream out, final boolean terminal, final boolean color) {
        this.out = out;
        this.terminal = terminal;
        this.color = color;
    }

    /** Whether the router's tables are to be asked for in colour. */
    boolean color() {
        return color;
    }

    /** How wide an indented table may be; a pipe is as wide as a wide terminal. */
    int columns() {
        final int columns = terminal ? Terminal.columns(1) : 0;
        return columns == 0 ? COLUMNS : Math.clamp(columns - INDENT, NARROWEST, COLUMNS);
    }

    void blank() {
        out.println();
    }

    void line(final String text) {
        out.println(text);
    }

    void heading(final String text) {
        out.println(paint(BOLD, text));
    }

    void note(final String text) {
        out.println(paint(DIM, text));
    }

    /** What a running step is at; seen on a terminal only. */
    void running(final String step, final String text) {
        if (terminal) {
            out.print(CLEAR_LINE + STEP.formatted(step, "..", text));
            out.flush();
        }
    }

    void passed(final String step, final String text) {
        end(step, paint(GREEN, "ok  "), text);
    }

    void failed(final String step, final String text) {
        end(step, paint(RED, "FAIL"), text);
    }

    private void end(final String step, final String verdict, final String text) {
        out.println((terminal ? CLEAR_LINE : "") + "  %-13s %s %s".formatted(step, verdict, text));
    }

    /** Indents a table of several lines. */
    void indented(final String lines) {
        lines.lines().forEach(line -> out.println(line.isEmpty() ? "" : "  " + line));
    }

    private String paint(final String code, final String text) {
        return color ? code + text + RESET : text;
    }

    /** {@code 10,000}. */
    static String number(final long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String number(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
