package org.portolan.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** A run as the README tells it: Markdown, narrow tables, what it was measured on, and the command. */
public final class ReadmeSection {
    static final String BEGIN = "<!-- bench:begin -->";
    static final String END = "<!-- bench:end -->";

    /** Columns beside the first: a table of five is as wide as a page shows. */
    private static final int DEVICES = 4;

    /** A fact of the machine longer than this stands in the report only: the JVM's flags, say. */
    private static final int SHORT = 60;

    private static final List<Figure> PERCENTILES = List.of(Figure.P50_US, Figure.P99_US, Figure.P99_9_US);

    /** A row of a table; an empty cell where there is no figure. */
    private record Row(String name, Function<RunInfo.Device, Optional<String>> cell) {}

    private final Results results;
    private final List<Row> rows = new ArrayList<>();

    private ReadmeSection(final Results results) {
        this.results = results;
    }

    /** The section, without the marks around it. */
    static String of(final Results results) {
        return new ReadmeSection(results).markdown();
    }

    private String markdown() {
        final StringBuilder text = new StringBuilder(head());
        if (results.cases(Point.Kind.THROUGHPUT).isEmpty()) {
            ladder();
            text.append(tables("UDP, frames a second delivered of what is offered"));
        } else {
            throughput();
            text.append(tables("UDP, frames a second without loss"));
        }
        others();
        text.append(tables("beside that"));
        final String shared = latency();
        text.append(tables("UDP latency end to end, \u00b5s" + shared));
        if (text.indexOf(Numbers.ABOUT) >= 0) {
            text.append("%s: the rounds lie further apart than %.0f %% of the median; take the order of magnitude.\n\n"
                    .formatted(Numbers.ABOUT, Rounds.WIDE * 100));
        }
        final List<String> doubts = Doubts.of(results);
        if (!doubts.isEmpty()) {
            text.append("Read them with this in mind:\n");
            doubts.forEach(each -> text.append("- ").append(escape(each)).append('\n'));
            text.append('\n');
        }
        return text.toString().strip() + "\n";
    }

    private String head() {
        final RunInfo info = results.info();
        final String machine = info.machine().entrySet().stream()
                .filter(each -> each.getValue().length() <= SHORT)
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining("; "));
        return "Measured %s on one machine (%s); take the ratios, not the figures. `%s`, %s, medians (range):\n\n"
                .formatted(
                        ReportPage.TIME.format(info.began()).replaceFirst(",.*", ""),
                        escape(machine),
                        Method.command(info).replace('`', '\''),
                        info.rounds() == 1 ? "1 round" : info.rounds() + " rounds interleaved");
    }

    private void throughput() {
        final Point.Kind kind = Point.Kind.THROUGHPUT;
        for (final Results.Case of : results.cases(kind)) {
            figure(of.text(), kind, of, Figure.LOSS_FREE_FPS);
        }
        results.reference(kind).ifPresent(of -> {
            final RunInfo.Device first = results.devices().getFirst();
            rows.add(new Row(
                    "%s as a multiple of it, %s, round by round".formatted(first.name(), of.text()),
                    device -> device.equals(first)
                            ? Optional.empty()
                            : results.ratio(kind, of, first, device, Figure.LOSS_FREE_FPS)
                                    .map(ReadmeSection::ratio)));
        });
    }

    private void ladder() {
        final Point.Kind kind = Point.Kind.LADDER;
        results.cases(kind).forEach(of -> figure(results.text(kind, of), kind, of, Figure.DELIVERED_FPS));
    }

    private void others() {
        final Point.Kind kind =
                results.cases(Point.Kind.THROUGHPUT).isEmpty() ? Point.Kind.LADDER : Point.Kind.THROUGHPUT;
        results.reference(kind).ifPresent(of -> {
            figure("CPU seconds a million frames, generator included", kind, of, Figure.CPU_MACHINE);
            figure("of them the device's own process", kind, of, Figure.CPU_DEVICE);
        });
        reference("at twice the loss-free rate, % of it still delivered", Point.Kind.OVERLOAD, Figure.PEAK_SHARE);
        reference("new sessions a second", Point.Kind.SETUP, Figure.SESSIONS_PER_S);
        reference("iperf3, one TCP stream, Gbit/s", Point.Kind.TCP, Figure.TCP_GBIT);
        reference("ping, average, \u00b5s", Point.Kind.PING, Figure.RTT_AVG_US);
        reference("start of the process to the first answered ping, s", Point.Kind.START, Figure.START_S);
        reference("heap bytes that the workers allocated under load", Point.Kind.ALLOCATION, Figure.ALLOCATED_BYTES);
    }

    /** Gathers the rows; returns what all of them share, for the corner. */
    private String latency() {
        final List<Results.Case> cases = results.cases(Point.Kind.LATENCY);
        if (cases.isEmpty()) {
            return "";
        }
        final Results.Case shared = Results.Case.shared(cases);
        for (final Results.Case of : cases) {
            for (final Figure figure : PERCENTILES) {
                final String which = of.beside(shared).text();
                final String name = (which.isEmpty() ? "" : which + ", ")
                        + Heading.of(figure).text();
                figure(name, Point.Kind.LATENCY, of, figure);
            }
        }
        return shared.text().isEmpty() ? "" : "; " + shared.text();
    }

    private void reference(final String name, final Point.Kind kind, final Figure figure) {
        results.reference(kind).ifPresent(of -> figure(name, kind, of, figure));
    }

    private void figure(final String name, final Point.Kind kind, final Results.Case of, final Figure figure) {
        final Row row =
                new Row(name, device -> results.rounds(kind, of, device, figure).map(each -> text(figure, each)));
        if (results.devices().stream().anyMatch(each -> row.cell.apply(each).isPresent())) {
            rows.add(row);
        }
    }

    private static String text(final Figure figure, final Rounds rounds) {
        final String range = Numbers.range(figure, rounds);
        return Numbers.median(figure, rounds) + (range.isEmpty() ? "" : " (" + range + ")");
    }

    private static String ratio(final Rounds rounds) {
        final String range = Numbers.ratioRange(rounds);
        return Numbers.ratio(rounds.median()) + (range.isEmpty() ? "" : " (" + range + ")");
    }

    /** The rows gathered so far as one table for each four devices. */
    private String tables(final String corner) {
        final StringBuilder text = new StringBuilder();
        final List<RunInfo.Device> devices = results.devices();
        for (int from = 0; from < devices.size() && !rows.isEmpty(); from += DEVICES) {
            final List<RunInfo.Device> some = devices.subList(from, Math.min(devices.size(), from + DEVICES));
            line(text, corner, some.stream().map(RunInfo.Device::name).toList());
            text.append("|---".repeat(some.size() + 1)).append("|\n");
            for (final Row row : rows) {
                line(
                        text,
                        row.name,
                        some.stream()
                                .map(each -> row.cell.apply(each).orElse(""))
                                .toList());
            }
            text.append('\n');
        }
        rows.clear();
        return text.toString();
    }

    private static void line(final StringBuilder text, final String first, final List<String> cells) {
        text.append("| ").append(escape(first)).append(" |");
        cells.forEach(each -> text.append(' ').append(escape(each)).append(each.isEmpty() ? "|" : " |"));
        text.append('\n');
    }

    /** Text that Markdown shows as it is; an underscore within a word is none of its marks. */
    private static String escape(final String text) {
        return text.replaceAll("\\R", " ").replaceAll("[\\\\`*<>|\\[\\]~]|(?<!\\w)_|_(?!\\w)", "\\\\$0");
    }

    /** Puts the section between the marks of a file; returns whether that changed it. */
    static boolean write(final String section, final Path file) {
        try {
            final String text = Files.readString(file);
            final String fresh = replaced(text, section, file.getFileName().toString());
            if (fresh.equals(text)) {
                return false;
            }
            Files.writeString(file, fresh);
            return true;
        } catch (final IOException e) {
            throw new LabException("%s cannot be read or written: %s".formatted(file, e), e);
        }
    }

    /** The section between the marks of a text; {@link LabException} when they are not there once each, in order. */
    static String replaced(final String text, final String section, final String name) {
        final int begin = only(text, BEGIN, name);
        final int end = only(text, END, name);
        if (end < begin) {
            throw new LabException("%s has %s before %s: put them in order".formatted(name, END, BEGIN));
        }
        return text.substring(0, begin + BEGIN.length()) + "\n" + section + text.substring(end);
    }

    private static int only(final String text, final String mark, final String name) {
        final int at = text.indexOf(mark);
        if (at < 0) {
            throw new LabException("%s has no %s: put the lines %s and %s where the section is to stand"
                    .formatted(name, mark, BEGIN, END));
        }
        if (text.indexOf(mark, at + 1) >= 0) {
            throw new LabException("%s has %s more than once: leave one".formatted(name, mark));
        }
        return at;
    }
}
