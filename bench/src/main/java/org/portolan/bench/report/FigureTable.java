package org.portolan.bench.report;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** Figures as an HTML table: a group of rows a case, a row a device, in each cell the median and the range below it. */
final class FigureTable {
    private final Results results;
    private final Topic topic;
    private final List<Figure> figures;

    /** @param figures of the columns, as far as a measurement has them */
    FigureTable(final Results results, final Topic topic, final List<Figure> figures) {
        this.results = results;
        this.topic = topic;
        final var noted = results.figures(topic.kind());
        this.figures = figures.stream().filter(noted::contains).toList();
    }

    /**
     * Nothing where there is nothing to show.
     *
     * @param caption what all cases have in common; may be empty
     * @param label what tells a case from the others of this table; no column when it is empty for all
     */
    void write(
            final Markup page,
            final String caption,
            final List<Results.Case> cases,
            final Function<Results.Case, String> label) {
        if (figures.isEmpty() || cases.isEmpty()) {
            return;
        }
        final boolean labelled =
                cases.stream().anyMatch(each -> !label.apply(each).isEmpty());
        page.open("div", "class", "scroll", "tabindex", "0").open("table");
        if (!caption.isEmpty()) {
            page.element("caption", caption);
        }
        head(page, labelled);
        for (final Results.Case of : cases) {
            group(page, of, labelled ? Optional.of(label.apply(of)) : Optional.empty());
        }
        page.close().close().line();
    }

    private Optional<Figure> compared() {
        return results.devices().size() > 1 ? topic.compared().filter(figures::contains) : Optional.empty();
    }

    private void head(final Markup page, final boolean labelled) {
        page.open("thead").open("tr");
        if (labelled) {
            page.element("th", "", "scope", "col");
        }
        page.element("th", "device", "scope", "col");
        for (final Figure figure : figures) {
            page.open("th", "scope", "col", "class", "num", "title", figure.text())
                    .text(Heading.of(figure).text())
                    .element("small", Heading.unit(figure))
                    .close();
            if (compared().filter(figure::equals).isPresent()) {
                page.open("th", "scope", "col", "class", "num")
                        .text("ratio")
                        .element("small", "to " + results.devices().getFirst().name())
                        .close();
            }
        }
        page.element("th", "rounds", "scope", "col", "class", "num")
                .close()
                .close()
                .line();
    }

    private void group(final Markup page, final Results.Case of, final Optional<String> label) {
        final List<RunInfo.Device> devices = results.devices(topic.kind(), of);
        page.open("tbody");
        for (final RunInfo.Device device : devices) {
            page.open("tr");
            if (label.isPresent() && device.equals(devices.getFirst())) {
                page.element(
                        "th",
                        label.get(),
                        "scope",
                        "rowgroup",
                        "rowspan",
                        String.valueOf(devices.size()),
                        "class",
                        "case");
            }
            page.element("th", device.name(), "scope", "row");
            for (final Figure figure : figures) {
                cell(page, figure, results.rounds(topic.kind(), of, device, figure));
                if (compared().filter(figure::equals).isPresent()) {
                    ratio(page, of, device, figure);
                }
            }
            count(page, results.rounds(topic.kind(), of, device));
            page.close().line();
        }
        page.close();
    }

    private static void cell(final Markup page, final Figure figure, final Optional<Rounds> rounds) {
        if (rounds.isEmpty()) {
            none(page);
            return;
        }
        page.open("td", "class", rounds.get().isWide() ? "num wide" : "num")
                .text(Numbers.median(figure, rounds.get()))
                .element("small", Numbers.range(figure, rounds.get()))
                .close();
    }

    private void ratio(final Markup page, final Results.Case of, final RunInfo.Device device, final Figure figure) {
        final RunInfo.Device first = results.devices().getFirst();
        final Optional<Rounds> ratio = results.ratio(topic.kind(), of, device, first, figure);
        if (ratio.isEmpty()) {
            none(page);
        } else if (device.equals(first)) {
            page.element("td", "1", "class", "num");
        } else {
            page.open("td", "class", "num")
                    .text(Numbers.ratio(ratio.get().median()))
                    .element("small", Numbers.ratioRange(ratio.get()))
                    .close();
        }
    }

    private static void none(final Markup page) {
        page.element("td", "\u2013", "class", "num none");
    }

    private void count(final Markup page, final int count) {
        final int all = results.rounds(topic.kind());
        if (count < all) {
            page.element("td", count + " of " + all, "class", "num few");
        } else {
            page.element("td", String.valueOf(count), "class", "num");
        }
    }
}
