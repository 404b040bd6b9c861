package org.portolan.bench.report;

import java.nio.file.Files;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunInfo;

/** {@code report.html} of one run. */
final class ReportPage {
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Results results;
    private final Charts charts;
    private final List<Chart> bySessions;
    private final List<Chart> byFrame;
    private final List<Chart> ladder;
    private final List<Chart> percentiles;

    ReportPage(final Results results) {
        this.results = results;
        this.charts = new Charts(List.of(new Charts.Source("", results)));
        this.bySessions = charts.throughputBySessions();
        this.byFrame = charts.throughputByFrame();
        this.ladder = charts.ladder();
        this.percentiles = charts.percentiles();
    }

    /** All charts of the page. */
    List<Chart> charts() {
        final List<Chart> all = new ArrayList<>(bySessions);
        all.addAll(byFrame);
        all.addAll(ladder);
        all.addAll(percentiles);
        return all;
    }

    /** @param problems of making the pictures beside it, which the reader has to know too */
    String html(final List<String> problems) {
        final RunInfo info = results.info();
        final Markup page = Page.begin("Portolan benchmark, " + info.plan() + " run");
        page.element("p", when(info), "class", "when");
        page.element("p", RunSummary.of(results), "class", "summary").line();
        final List<String> doubts = new ArrayList<>(Doubts.of(results));
        doubts.addAll(charts.problems());
        doubts.addAll(problems);
        Page.doubts(page, doubts);
        where(page);
        throughput(page);
        topic(page, Point.Kind.OVERLOAD, List.of());
        topic(page, Point.Kind.SETUP, List.of());
        topic(page, Point.Kind.LADDER, ladder);
        topic(page, Point.Kind.LATENCY, percentiles);
        topic(page, Point.Kind.ROUTER_LATENCY, List.of());
        for (final Point.Kind kind :
                List.of(Point.Kind.TCP, Point.Kind.PING, Point.Kind.START, Point.Kind.ALLOCATION)) {
            topic(page, kind, List.of());
        }
        Method.write(page, info);
        files(page);
        return Page.end(page);
    }

    private static String when(final RunInfo info) {
        return TIME.format(info.began())
                + info.ended()
                        .map(ended -> ", took " + duration(Duration.between(info.began(), ended)))
                        .orElse(", not ended")
                + ", " + (info.rounds() == 1 ? "1 round" : info.rounds() + " rounds");
    }

    private static String duration(final Duration took) {
        return took.toHours() > 0
                ? "%d h %d min".formatted(took.toHours(), took.toMinutesPart())
                : took.toMinutes() > 0 ? took.toMinutes() + " min" : took.toSeconds() + " s";
    }

    private void where(final Markup page) {
        final RunInfo info = results.info();
        page.open("section", "id", "where").element("h2", "What was measured, and where");
        page.open("div", "class", "cards");
        Page.facts(page, "Machine", info.machine());
        Page.facts(page, "Settings", info.settings());
        results.devices().forEach(each -> Page.facts(page, each.name(), each.settings()));
        page.close().close().line();
    }

    private void throughput(final Markup page) {
        final Topic topic = Topic.of(Point.Kind.THROUGHPUT);
        final List<Results.Case> cases = results.cases(topic.kind());
        if (cases.isEmpty()) {
            return;
        }
        begin(page, topic);
        final FigureTable table = new FigureTable(results, topic, topic.figures());
        final List<Results.Case> single = new ArrayList<>(cases);
        bySessions.forEach(each -> figure(page, each));
        results.sweeps(topic.kind(), Results.Case::frame).values().forEach(sweep -> {
            table.write(page, "By sessions, " + sweep.getFirst().frameText(), sweep, Results.Case::sessionsText);
            single.removeAll(sweep);
        });
        byFrame.forEach(each -> figure(page, each));
        results.sweeps(topic.kind(), Results.Case::sessions).values().forEach(sweep -> {
            table.write(page, "By frame size, " + sweep.getFirst().sessionsText(), sweep, Results.Case::frameText);
            single.removeAll(sweep);
        });
        table.write(page, "Single points", single, Results.Case::text);
        rest(page, topic);
        page.close().line();
    }

    private void topic(final Markup page, final Point.Kind kind, final List<Chart> pictures) {
        final Topic topic = Topic.of(kind);
        final List<Results.Case> cases = results.cases(kind);
        if (cases.isEmpty() && pictures.isEmpty()) {
            return;
        }
        begin(page, topic);
        pictures.forEach(each -> figure(page, each));
        table(page, topic, cases);
        rest(page, topic);
        page.close().line();
    }

    /** A chart, with a link to its picture where that could be made. */
    private void figure(final Markup page, final Chart chart) {
        Page.drawing(page, chart);
        final String picture = chart.id() + ".png";
        if (Files.exists(results.directory().resolve(picture))) {
            page.open("p", "class", "png")
                    .element("a", "as PNG", "href", "./" + picture, "title", chart.title() + " as PNG")
                    .close()
                    .line();
        }
    }

    /** What all cases share stands above the table, the rest beside the rows. */
    private void table(final Markup page, final Topic topic, final List<Results.Case> cases) {
        if (cases.isEmpty()) {
            return;
        }
        final Results.Case shared = Results.Case.shared(cases);
        new FigureTable(results, topic, topic.figures())
                .write(page, shared.text(), cases, each -> results.text(topic.kind(), each, shared));
    }

    private static void begin(final Markup page, final Topic topic) {
        page.open("section", "id", topic.kind().id())
                .element("h2", topic.title())
                .element("p", topic.intro())
                .line();
    }

    /** What else was noted: checks and conditions, for those who doubt a figure. */
    private void rest(final Markup page, final Topic topic) {
        final Set<Figure> rest = EnumSet.noneOf(Figure.class);
        rest.addAll(results.figures(topic.kind()));
        topic.figures().forEach(rest::remove);
        if (rest.isEmpty()) {
            return;
        }
        page.open("details").element("summary", "More of the same trials: checks and conditions");
        final Topic bare = new Topic(topic.kind(), topic.title(), "", Optional.empty(), List.copyOf(rest));
        table(page, bare, results.cases(topic.kind()));
        page.close();
    }

    private void files(final Markup page) {
        page.open("section", "id", "files").element("h2", "Raw data");
        page.open("p").text("In this directory: ");
        Page.link(page, "run.json");
        page.text(" (what was measured, and where), ");
        Page.link(page, "measurements.jsonl");
        page.text(" (a line a measurement). Interval logs (.hlog) open in HdrHistogram's own tools; values are"
                        + " nanoseconds.")
                .close();
        final List<String> files = results.files();
        if (!files.isEmpty()) {
            page.open("details")
                    .element("summary", Numbers.whole(files.size()) + " raw files")
                    .open("ul", "class", "files");
            for (final String file : files) {
                page.open("li");
                Page.link(page, file);
                page.close();
            }
            page.close().close();
        }
        page.close().line();
    }
}
