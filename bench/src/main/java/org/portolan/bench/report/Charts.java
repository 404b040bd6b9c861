package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** The pictures of one run, or of two in the same pictures. */
final class Charts {
    private static final String FRAMES_PER_S = "frames a second";

    /**
     * A run in a picture.
     *
     * @param mark before its devices' names; empty for the only run
     */
    record Source(String mark, Results results) {}

    private final List<Source> sources;
    private final List<String> devices = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    Charts(final List<Source> sources) {
        this.sources = List.copyOf(sources);
        sources.stream()
                .flatMap(each -> each.results.devices().stream())
                .map(RunInfo.Device::id)
                .distinct()
                .forEach(devices::add);
    }

    /** What could not be drawn, and why; complete once the percentile curves were asked for. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** One for each frame size that was measured with more than one count of sessions. */
    List<Chart> throughputBySessions() {
        final List<Chart> charts = new ArrayList<>();
        sweeps(Results.Case::frame).forEach((frame, cases) -> {
            final Axis x = Axis.at(
                    "concurrent sessions",
                    cases.stream().map(Results.Case::sessions).distinct().toList(),
                    Numbers::whole);
            charts.add(rates(
                    name("throughput-by-sessions", charts.size(), frame),
                    "Throughput by sessions, " + cases.getFirst().frameText(),
                    x,
                    cases,
                    Results.Case::sessions));
        });
        return charts;
    }

    /** One for each count of sessions that was measured with more than one frame size. */
    List<Chart> throughputByFrame() {
        final List<Chart> charts = new ArrayList<>();
        sweeps(Results.Case::sessions).forEach((sessions, cases) -> {
            final List<String> frames =
                    cases.stream().map(Results.Case::frame).distinct().toList();
            charts.add(rates(
                    name("throughput-by-frame", charts.size(), String.valueOf(sessions)),
                    "Throughput by frame size, " + cases.getFirst().sessionsText(),
                    Axis.names("frame size, bytes with FCS", frames),
                    cases,
                    each -> frames.indexOf(each.frame())));
        });
        return charts;
    }

    /** The first of a sort has the plain name. */
    private static String name(final String sort, final int before, final String which) {
        return before == 0 ? sort : sort + "-" + which.replaceAll("[^A-Za-z0-9.]", "-");
    }

    private <K> Map<K, List<Results.Case>> sweeps(final Function<Results.Case, K> key) {
        return sources.getFirst().results.sweeps(Point.Kind.THROUGHPUT, key);
    }

    private Chart rates(
            final String id,
            final String title,
            final Axis x,
            final List<Results.Case> cases,
            final ToDoubleFunction<Results.Case> place) {
        final List<Chart.Line> lines = new ArrayList<>();
        for (final Source source : sources) {
            for (final RunInfo.Device device : source.results.devices()) {
                // An imix is not a size: its dot stands apart from the line.
                final var sizes = dots(
                        source,
                        device,
                        cases.stream()
                                .filter(each -> each.hasFrameBytes() || isOneFrame(cases))
                                .toList(),
                        place);
                final var mixes = dots(
                        source,
                        device,
                        cases.stream()
                                .filter(each -> !each.hasFrameBytes() && !isOneFrame(cases))
                                .toList(),
                        place);
                add(lines, name(source, device), look(source, device), sizes);
                add(lines, sizes.isEmpty() ? name(source, device) : "", look(source, device), mixes);
            }
        }
        return chart(id, title, x, FRAMES_PER_S + " without loss", lines);
    }

    private static boolean isOneFrame(final List<Results.Case> cases) {
        return cases.stream().map(Results.Case::frame).distinct().count() == 1;
    }

    private static List<Chart.Dot> dots(
            final Source source,
            final RunInfo.Device device,
            final List<Results.Case> cases,
            final ToDoubleFunction<Results.Case> place) {
        final List<Chart.Dot> dots = new ArrayList<>();
        for (final Results.Case of : cases) {
            source.results
                    .rounds(Point.Kind.THROUGHPUT, of, device, Figure.LOSS_FREE_FPS)
                    .ifPresent(each -> dots.add(dot(
                            place.applyAsDouble(of), Figure.LOSS_FREE_FPS, each, device.name() + ", " + of.text())));
        }
        return dots;
    }

    private static Chart.Dot dot(final double x, final Figure figure, final Rounds rounds, final String of) {
        final String range = Numbers.range(figure, rounds);
        final String text = "%s: %s%s %s"
                .formatted(
                        of, Numbers.median(figure, rounds), range.isEmpty() ? "" : " (" + range + ")", figure.unit());
        return new Chart.Dot(x, rounds.median(), rounds.least(), rounds.most(), text);
    }

    private static void add(
            final List<Chart.Line> lines, final String name, final Look look, final List<Chart.Dot> dots) {
        if (!dots.isEmpty()) {
            lines.add(new Chart.Line(name, look, dots));
        }
    }

    /** What a ladder of fixed rates delivers: one picture for each frame size and count of sessions. */
    List<Chart> ladder() {
        final List<Chart> charts = new ArrayList<>();
        final Map<Results.Case, List<Results.Case>> ladders = sources.getFirst()
                .results
                .sweeps(Point.Kind.LADDER, each -> new Results.Case(each.frame(), each.sessions(), 0));
        ladders.forEach((of, rungs) -> {
            final List<Chart.Line> lines = new ArrayList<>();
            for (final Source source : sources) {
                for (final RunInfo.Device device : source.results.devices()) {
                    add(lines, name(source, device), look(source, device), rungs(source, device, rungs));
                }
            }
            final double most = lines.stream()
                    .flatMap(each -> each.dots().stream())
                    .mapToDouble(Chart.Dot::x)
                    .max()
                    .orElse(1);
            lines.addFirst(
                    new Chart.Line("all of it", Look.IDEAL, List.of(Chart.Dot.bare(0, 0), Chart.Dot.bare(most, most))));
            charts.add(chart(
                    name("ladder", charts.size(), of.text()),
                    "Delivered of what was offered, " + of.text(),
                    Axis.fromZero(FRAMES_PER_S + " offered", most, Numbers::whole),
                    FRAMES_PER_S + " delivered",
                    lines));
        });
        return charts;
    }

    private static List<Chart.Dot> rungs(
            final Source source, final RunInfo.Device device, final List<Results.Case> rungs) {
        final List<Chart.Dot> dots = new ArrayList<>();
        for (final Results.Case rung : rungs) {
            final Optional<Rounds> offered = source.results.rounds(Point.Kind.LADDER, rung, device, Figure.OFFERED_FPS);
            final Optional<Rounds> delivered =
                    source.results.rounds(Point.Kind.LADDER, rung, device, Figure.DELIVERED_FPS);
            if (offered.isPresent() && delivered.isPresent()) {
                final double x = offered.get().median();
                dots.add(dot(
                        x,
                        Figure.DELIVERED_FPS,
                        delivered.get(),
                        "%s, %s offered".formatted(device.name(), Numbers.rate(x))));
            }
        }
        dots.sort(Comparator.comparingDouble(Chart.Dot::x));
        return dots;
    }

    private static Chart chart(
            final String id, final String title, final Axis x, final String y, final List<Chart.Line> lines) {
        final double most = lines.stream()
                .flatMap(each -> each.dots().stream())
                .mapToDouble(Chart.Dot::most)
                .max()
                .orElse(1);
        final String description = "%s by %s: %s. The figures are in the table beside."
                .formatted(y, x.title(), String.join(", ", names(lines)));
        return new Chart(id, title, description, x, Axis.fromZero(y, most, Numbers::whole), lines);
    }

    private static List<String> names(final List<Chart.Line> lines) {
        return lines.stream()
                .map(Chart.Line::name)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** Percentile curves: a picture for each frame size, count of sessions and load. */
    List<Chart> percentiles() {
        final TreeSet<Results.Case> cases = new TreeSet<>();
        for (final Source source : sources) {
            cases.addAll(source.results.cases(Point.Kind.LATENCY));
            cases.addAll(source.results.cases(Point.Kind.ROUTER_LATENCY));
        }
        final List<Chart> charts = new ArrayList<>();
        final boolean oneSort = cases.stream()
                        .map(each -> each.frame() + " " + each.sessions())
                        .distinct()
                        .count()
                == 1;
        for (final Results.Case of : cases) {
            final String id = oneSort ? of.load() + "pc" : of.text().replaceAll("[^A-Za-z0-9.]+", "-");
            percentiles("latency-" + id, of).ifPresent(charts::add);
        }
        return charts;
    }

    private Optional<Chart> percentiles(final String id, final Results.Case of) {
        final List<Chart.Line> lines = new ArrayList<>();
        for (final Source source : sources) {
            final PointLatency pauses = PointLatency.none();
            for (final RunInfo.Device device : source.results.devices()) {
                final Look look = look(source, device).unmarked();
                final PointLatency whole = read(source, Point.Kind.LATENCY, of, device);
                final PointLatency inside = read(source, Point.Kind.ROUTER_LATENCY, of, device);
                curves(lines, whole, name(source, device), look);
                curves(lines, inside, name(source, device) + ", inside", look.dashed("1.5 3"));
                Stream.of(whole, inside).forEach(each -> pauses.add(each, PointLatency.PAUSE));
            }
            if (pauses.tags().contains(PointLatency.PAUSE)) {
                add(lines, source.mark + "the machine's own pauses", Look.PAUSE, curve(pauses, PointLatency.PAUSE));
            }
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        final List<Chart.Dot> dots =
                lines.stream().flatMap(each -> each.dots().stream()).toList();
        final double samples = dots.stream().mapToDouble(Chart.Dot::x).max().orElseThrow();
        final Axis y = Axis.decades(
                "microseconds",
                dots.stream().mapToDouble(Chart.Dot::y).min().orElseThrow(),
                dots.stream().mapToDouble(Chart.Dot::y).max().orElseThrow(),
                each -> each < 1 ? String.valueOf(each) : Numbers.whole(each));
        final String title = "Latency by percentile, " + of.text();
        final String description = "%s, all rounds together: %s. Both axes are logarithmic."
                .formatted(title, String.join(", ", names(lines)));
        return Optional.of(new Chart(id, title, description, Axis.percentiles(samples), y, lines));
    }

    private PointLatency read(
            final Source source, final Point.Kind kind, final Results.Case of, final RunInfo.Device device) {
        try {
            return PointLatency.of(source.results.directory().path(), source.results.files(kind, of, device));
        } catch (final LabException e) {
            problems.add(
                    "No percentile curve of %s, %s: %s.".formatted(name(source, device), of.text(), e.getMessage()));
            return PointLatency.none();
        }
    }

    private static void curves(
            final List<Chart.Line> lines, final PointLatency percentiles, final String name, final Look look) {
        for (final String tag : percentiles.tags()) {
            if (!tag.equals(PointLatency.PAUSE)) {
                add(lines, tag.isEmpty() ? name : name + ", " + tag, look, curve(percentiles, tag));
            }
        }
    }

    private static List<Chart.Dot> curve(final PointLatency percentiles, final String tag) {
        return percentiles.curve(tag).stream()
                .map(each -> Chart.Dot.bare(each.oneIn(), each.us()))
                .toList();
    }

    private static String name(final Source source, final RunInfo.Device device) {
        return source.mark + device.name();
    }

    /** A device has its colour in both runs; where there are two, the first one's lines are broken. */
    private Look look(final Source source, final RunInfo.Device device) {
        final Look look = Look.of(devices.indexOf(device.id()));
        if (sources.size() == 1) {
            return look;
        }
        return source.equals(sources.getFirst()) ? look.dashed("5 4") : look.dashed("");
    }
}
