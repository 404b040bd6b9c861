package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** {@code compare.html}: run A, as it was, beside run B, as it is. */
final class ComparePage {
    private final Results before;
    private final Results after;
    private final Comparison comparison;
    private final Charts charts;
    private final List<Chart> throughput = new ArrayList<>();
    private final List<Chart> percentiles;

    ComparePage(final Results before, final Results after) {
        this.before = before;
        this.after = after;
        this.comparison = new Comparison(before, after);
        this.charts = new Charts(List.of(new Charts.Source("A: ", before), new Charts.Source("B: ", after)));
        throughput.addAll(charts.throughputBySessions());
        throughput.addAll(charts.throughputByFrame());
        this.percentiles = charts.percentiles();
    }

    String html() {
        final Markup page = Page.begin("Portolan benchmark, two runs");
        page.open("p", "class", "when")
                .text("A: " + run(before))
                .empty("br")
                .text("B: " + run(after))
                .close();
        page.element("p", summary(), "class", "summary").line();
        Page.doubts(page, doubts());
        ratios(page);
        for (final Point.Kind kind : comparison.kinds()) {
            topic(page, kind);
        }
        only(page);
        settings(page);
        return Page.end(page);
    }

    private static String run(final Results results) {
        final RunInfo info = results.info();
        return "%s, %s run of %s, %d rounds"
                .formatted(
                        results.directory().path(), info.plan(), ReportPage.TIME.format(info.began()), info.rounds());
    }

    private String summary() {
        final RunInfo.Device first = before.devices().isEmpty()
                ? new RunInfo.Device("", "the first device", Map.of())
                : before.devices().getFirst();
        final List<Comparison.Row> rows = comparison.kinds().stream()
                .flatMap(each -> comparison.rows(each).stream())
                .filter(each -> each.device().equals(first.name()))
                .toList();
        if (rows.isEmpty()) {
            return "The two runs have no figure of " + first.name() + " in common.";
        }
        return ("Both runs have %s figures of %s. In B %s better and %s worse than in A, by more than the rounds of"
                        + " either run differ; the rest cannot be told apart.")
                .formatted(
                        Numbers.whole(rows.size()),
                        first.name(),
                        are(count(rows, FigureChange.Verdict.BETTER)),
                        are(count(rows, FigureChange.Verdict.WORSE)));
    }

    private static long count(final List<Comparison.Row> rows, final FigureChange.Verdict verdict) {
        return rows.stream().filter(each -> each.change().verdict() == verdict).count();
    }

    private static String are(final long count) {
        return count == 0 ? "none is" : count == 1 ? "1 is" : Numbers.whole(count) + " are";
    }

    private List<String> doubts() {
        final List<String> doubts = new ArrayList<>();
        final List<String> differences = comparison.machineDifferences();
        if (!differences.isEmpty()) {
            doubts.add("The machines differ, so rates and times do not compare; ratios within each run do. "
                    + String.join("; ", differences) + ".");
        }
        final List<String> ofBefore = Doubts.of(before);
        final List<String> ofAfter = Doubts.of(after);
        ofBefore.forEach(each -> doubts.add((ofAfter.contains(each) ? "Both: " : "A: ") + each));
        ofAfter.stream().filter(each -> !ofBefore.contains(each)).forEach(each -> doubts.add("B: " + each));
        doubts.addAll(charts.problems());
        return doubts;
    }

    private void ratios(final Markup page) {
        final List<Comparison.Row> rows = comparison.ratios();
        if (rows.isEmpty()) {
            return;
        }
        page.open("section", "id", "ratios").element("h2", "Ratios within each run");
        page.element("p", "Round by round, then their median and range: what compares even between machines.");
        table(page, "Ratios", rows.stream().map(ComparePage::ratio).toList());
        page.close().line();
    }

    private static Line ratio(final Comparison.Row row) {
        final String kind = Topic.of(row.kind()).title();
        return new Line(
                kind,
                List.of(kind, row.of(), row.device()),
                row.change(),
                each -> Numbers.ratio(each.median()),
                Numbers::ratioRange);
    }

    private void topic(final Markup page, final Point.Kind kind) {
        final List<Comparison.Row> rows = comparison.rows(kind);
        final List<Chart> pictures = kind == Point.Kind.THROUGHPUT
                ? throughput
                : kind == Point.Kind.LATENCY ? percentiles : List.<Chart>of();
        if (rows.isEmpty() && pictures.isEmpty()) {
            return;
        }
        page.open("section", "id", kind.id()).element("h2", Topic.of(kind).title());
        pictures.forEach(each -> Page.drawing(page, each));
        table(
                page,
                Topic.of(kind).title(),
                rows.stream().map(ComparePage::figure).toList());
        page.close().line();
    }

    private static Line figure(final Comparison.Row row) {
        final Figure figure = row.figure();
        return new Line(
                row.of(),
                List.of(row.of(), row.device(), Heading.of(figure).text() + ", " + Heading.unit(figure)),
                row.change(),
                each -> Numbers.median(figure, each),
                each -> Numbers.range(figure, each));
    }

    /**
     * A row of a table.
     *
     * @param group rows with the same stand together
     * @param names its first three cells
     */
    private record Line(
            String group,
            List<String> names,
            FigureChange change,
            Function<Rounds, String> median,
            Function<Rounds, String> range) {}

    private static void table(final Markup page, final String caption, final List<Line> lines) {
        page.open("div", "class", "scroll", "tabindex", "0").open("table").element("caption", caption);
        page.open("thead").open("tr");
        for (int i = 0; i < 3; i++) {
            page.element("th", "");
        }
        for (final String head : List.of("A", "B", "change")) {
            page.element("th", head, "scope", "col", "class", "num");
        }
        page.element("th", "", "scope", "col").close().close().line();
        lines.stream()
                .collect(Collectors.groupingBy(Line::group, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(group -> {
                    page.open("tbody", "class", "long");
                    group.forEach(each -> line(page, each));
                    page.close();
                });
        page.close().close();
    }

    private static void line(final Markup page, final Line line) {
        page.open("tr");
        line.names.forEach(each -> page.element("td", each));
        for (final Rounds rounds : List.of(line.change.before(), line.change.after())) {
            page.open("td", "class", "num").text(line.median.apply(rounds));
            page.element("small", line.range.apply(rounds)).close();
        }
        final FigureChange.Verdict verdict = line.change.verdict();
        final String look = verdict == FigureChange.Verdict.BETTER
                ? "better"
                : verdict == FigureChange.Verdict.WORSE ? "worse" : "soft";
        page.element("td", line.change.percent(), "class", "num " + look);
        page.element("td", (verdict.isMarked() ? "\u25c6 " : "") + verdict.text(), "class", look);
        page.close().line();
    }

    private void only(final Markup page) {
        for (final boolean first : new boolean[] {true, false}) {
            final List<String> only = comparison.onlyIn(first);
            if (!only.isEmpty()) {
                page.open("section")
                        .element("h2", "Only in " + (first ? "A" : "B"))
                        .open("ul");
                only.forEach(each -> page.element("li", each));
                page.close().close().line();
            }
        }
    }

    private void settings(final Markup page) {
        page.open("section", "id", "where").element("h2", "What was measured, and where");
        comparison.settings().stream()
                .collect(Collectors.groupingBy(Comparison.Setting::group, LinkedHashMap::new, Collectors.toList()))
                .forEach((group, settings) -> {
                    page.open("div", "class", "scroll", "tabindex", "0")
                            .open("table")
                            .element("caption", group);
                    page.open("thead")
                            .open("tr")
                            .element("th", "")
                            .element("th", "A")
                            .element("th", "B");
                    page.element("th", "").close().close().open("tbody");
                    for (final Comparison.Setting each : settings) {
                        page.open("tr").element("th", each.name(), "scope", "row");
                        page.element("td", each.before()).element("td", each.after());
                        page.element("td", each.differs() ? "\u25c6 differs" : "", "class", "wide")
                                .close()
                                .line();
                    }
                    page.close().close().close();
                });
        page.close().line();
    }
}
