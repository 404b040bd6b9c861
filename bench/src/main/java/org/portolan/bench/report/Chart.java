package org.portolan.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * A chart of lines as SVG. It needs no fonts and no screen: the browser lays its text out, and widths that it must know
 * are estimated.
 *
 * @param id fit for a file's name; unique in a page
 * @param title what is drawn
 * @param description the same for those who cannot see it
 */
record Chart(String id, String title, String description, Axis x, Axis y, List<Line> lines) {
    private static final int WIDTH = 860;
    private static final int PLOT_HEIGHT = 330;
    private static final int LEFT = 92;
    private static final int TITLE_ROW = 30;
    private static final int RIGHT = 40;
    private static final int BELOW = 56;
    private static final int LEGEND_ROW = 22;
    private static final int SWATCH = 34;
    private static final double LETTER = 7.2;
    private static final int FONT = 13;
    private static final String INK = "#424a53";

    /**
     * A line with its dots.
     *
     * @param name in the legend; empty to stand for the same as another line
     */
    record Line(String name, Look look, List<Dot> dots) {}

    /**
     * One dot and the range around it.
     *
     * @param text shown when the pointer rests on it, empty for none
     */
    record Dot(double x, double y, double least, double most, String text) {
        static Dot bare(final double x, final double y) {
            return new Dot(x, y, y, y, "");
        }
    }

    int width() {
        return WIDTH;
    }

    int height() {
        return top() + PLOT_HEIGHT + BELOW;
    }

    private int top() {
        return TITLE_ROW + 14 + LEGEND_ROW * legendRows();
    }

    private double across(final double value) {
        return LEFT + x.share(value) * (WIDTH - LEFT - RIGHT);
    }

    private double down(final double value) {
        return top() + (1 - y.share(value)) * PLOT_HEIGHT;
    }

    /** A whole SVG document, fit to stand inside HTML. */
    String svg() {
        final Markup svg = new Markup();
        svg.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "class",
                "chart",
                "viewBox",
                "0 0 " + WIDTH + " " + height(),
                "width",
                String.valueOf(WIDTH),
                "height",
                String.valueOf(height()),
                "role",
                "img",
                "aria-labelledby",
                id + "-title " + id + "-desc",
                "font-family",
                "sans-serif",
                "font-size",
                String.valueOf(FONT));
        svg.element("title", title, "id", id + "-title").element("desc", description, "id", id + "-desc");
        svg.open("g", "class", "ink", "color", INK, "fill", "currentColor", "font-size", "15", "font-weight", "bold");
        text(svg, 0, 20, title);
        svg.close();
        legend(svg);
        grid(svg);
        titles(svg);
        lines.forEach(each -> line(svg, each));
        return svg.close().toString();
    }

    private void grid(final Markup svg) {
        svg.open("g", "class", "grid", "color", "#d0d7de", "stroke", "currentColor", "fill", "none");
        final StringBuilder path = new StringBuilder();
        for (final Axis.Tick tick : y.ticks()) {
            path.append("M%d %sH%d".formatted(LEFT, at(down(tick.value())), WIDTH - RIGHT));
        }
        for (final Axis.Tick tick : x.ticks()) {
            path.append("M%s %dV%d".formatted(at(across(tick.value())), top(), top() + PLOT_HEIGHT));
        }
        svg.empty("path", "d", path.toString()).close();
        svg.open("g", "class", "ink", "color", INK, "fill", "currentColor");
        svg.open("g", "text-anchor", "end");
        for (final Axis.Tick tick : y.ticks()) {
            text(svg, LEFT - 8, down(tick.value()) + 4.5, tick.label());
        }
        svg.close().open("g", "text-anchor", "middle");
        for (final Axis.Tick tick : x.ticks()) {
            text(svg, across(tick.value()), top() + PLOT_HEIGHT + 19, tick.label());
        }
        svg.close().close();
    }

    private void titles(final Markup svg) {
        svg.open("g", "class", "ink", "color", INK, "fill", "currentColor", "text-anchor", "middle");
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, height() - 12, x.title());
        svg.element(
                "text",
                y.title(),
                "transform",
                "translate(16 %s) rotate(-90)".formatted(at(top() + PLOT_HEIGHT / 2.0)));
        svg.close();
    }

    private void line(final Markup svg, final Line line) {
        open(svg, line.look());
        final StringBuilder path = new StringBuilder();
        final StringBuilder ranges = new StringBuilder();
        for (final Dot dot : line.dots()) {
            path.append(path.isEmpty() ? 'M' : 'L').append(place(dot.x(), dot.y()));
            if (dot.most() > dot.least()) {
                final String most = place(dot.x(), dot.most());
                final String least = place(dot.x(), dot.least());
                ranges.append("M%sL%sM%sm-4 0h8M%sm-4 0h8".formatted(most, least, most, least));
            }
        }
        stroke(svg, path.toString(), line.look().dash());
        if (!ranges.isEmpty()) {
            svg.empty(
                    "path", "d", ranges.toString(), "fill", "none", "stroke", "currentColor", "stroke-opacity", "0.6");
        }
        for (final Dot dot : line.dots()) {
            marker(svg, line.look(), across(dot.x()), down(dot.y()), dot.text());
        }
        svg.close();
    }

    private static void stroke(final Markup svg, final String path, final String dash) {
        if (dash.isEmpty()) {
            svg.empty("path", "d", path, "fill", "none", "stroke", "currentColor", "stroke-width", "2");
        } else {
            svg.empty(
                    "path",
                    "d",
                    path,
                    "fill",
                    "none",
                    "stroke",
                    "currentColor",
                    "stroke-width",
                    "2",
                    "stroke-dasharray",
                    dash);
        }
    }

    private static void marker(final Markup svg, final Look look, final double x, final double y, final String text) {
        if (look.marker() == Look.Marker.NONE) {
            return;
        }
        svg.open(
                "path",
                "d",
                look.marker().path(),
                "transform",
                "translate(%s %s)".formatted(at(x), at(y)),
                "fill",
                "currentColor");
        if (!text.isEmpty()) {
            svg.element("title", text);
        }
        svg.close();
    }

    private static void open(final Markup svg, final Look look) {
        svg.open("g", "class", look.name(), "color", look.colour());
    }

    private List<Line> named() {
        return lines.stream().filter(each -> !each.name().isEmpty()).toList();
    }

    private int legendRows() {
        int rows = 1;
        double at = LEFT;
        for (final Line line : named()) {
            if (at > LEFT && at + entryWidth(line) > WIDTH) {
                rows++;
                at = LEFT;
            }
            at += entryWidth(line);
        }
        return rows;
    }

    private static double entryWidth(final Line line) {
        return SWATCH + 8 + LETTER * line.name().length() + 20;
    }

    private void legend(final Markup svg) {
        double at = LEFT;
        double baseline = TITLE_ROW + 18;
        for (final Line line : named()) {
            if (at > LEFT && at + entryWidth(line) > WIDTH) {
                baseline += LEGEND_ROW;
                at = LEFT;
            }
            open(svg, line.look());
            stroke(
                    svg,
                    "M%s %sh%d".formatted(at(at), at(baseline - 4.5), SWATCH),
                    line.look().dash());
            marker(svg, line.look(), at + SWATCH / 2.0, baseline - 4.5, "");
            svg.close();
            svg.open("g", "class", "ink", "color", INK, "fill", "currentColor");
            text(svg, at + SWATCH + 8, baseline, line.name());
            svg.close();
            at += entryWidth(line);
        }
    }

    private static void text(final Markup svg, final double x, final double y, final String text) {
        svg.element("text", text, "x", at(x), "y", at(y));
    }

    private String place(final double x, final double y) {
        return at(across(x)) + " " + at(down(y));
    }

    /** A tenth of a pixel is as fine as anybody sees. */
    private static String at(final double pixels) {
        final String text = String.format(Locale.ROOT, "%.1f", pixels);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
