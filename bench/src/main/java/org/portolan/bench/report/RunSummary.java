package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** A run in a paragraph of plain words, every number of it from the run. */
final class RunSummary {
    private final Results results;

    private RunSummary(final Results results) {
        this.results = results;
    }

    static String of(final Results results) {
        final RunSummary summary = new RunSummary(results);
        final List<String> sentences = new ArrayList<>();
        // A quick run searches no rates: its ladder's last rung is all that the generator gives.
        final boolean searched = !results.cases(Point.Kind.THROUGHPUT).isEmpty();
        (searched
                        ? summary.rate(
                                Point.Kind.THROUGHPUT,
                                Figure.LOSS_FREE_FPS,
                                "%s forwarded %s frames a second without losing one (%s; %s)%s.")
                        : summary.rate(
                                Point.Kind.LADDER,
                                Figure.DELIVERED_FPS,
                                "Under the highest load %s delivered %s frames a second (%s; %s)%s."))
                .ifPresent(sentences::add);
        summary.each(
                        searched ? Point.Kind.THROUGHPUT : Point.Kind.LADDER,
                        Figure.CPU_MACHINE,
                        "CPU time for a million frames, generator included: ",
                        "s")
                .ifPresent(sentences::add);
        summary.each(
                        Point.Kind.OVERLOAD,
                        Figure.PEAK_SHARE,
                        "At twice its loss-free rate, still delivered of it: ",
                        "%")
                .ifPresent(sentences::add);
        summary.each(Point.Kind.SETUP, Figure.SESSIONS_PER_S, "New sessions a second: ", "")
                .ifPresent(sentences::add);
        results.reference(Point.Kind.LATENCY)
                .flatMap(of -> summary.each(
                        Point.Kind.LATENCY,
                        Figure.P99_9_US,
                        (of.load() == 0 ? "" : "At " + of.load() + " % load ") + "99.9 % of the frames took at most: ",
                        "\u00b5s"))
                .ifPresent(sentences::add);
        summary.each(Point.Kind.TCP, Figure.TCP_GBIT, "One TCP stream: ", "Gbit/s")
                .ifPresent(sentences::add);
        summary.each(Point.Kind.START, Figure.START_S, "From the start to the first answered ping: ", "s")
                .ifPresent(sentences::add);
        return sentences.isEmpty() ? "Nothing was measured yet." : String.join(" ", sentences);
    }

    /** @param sentence of the first device's name, its rate, the case, the rounds, and the ratios to the others */
    private Optional<String> rate(final Point.Kind kind, final Figure figure, final String sentence) {
        final Optional<Results.Case> reference = results.reference(kind);
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        final Results.Case of = reference.get();
        final RunInfo.Device first = results.devices(kind, of).getFirst();
        final Optional<Rounds> rate = results.rounds(kind, of, first, figure);
        if (rate.isEmpty()) {
            return Optional.empty();
        }
        final List<String> ratios = new ArrayList<>();
        for (final RunInfo.Device other : results.devices(kind, of)) {
            if (!other.equals(first)) {
                results.ratio(kind, of, first, other, figure).ifPresent(each -> ratios.add(times(other, each)));
            }
        }
        return Optional.of(sentence.formatted(
                first.name(),
                Numbers.median(figure, rate.get()),
                results.text(kind, of),
                range(figure, rate.get()),
                ratios.isEmpty() ? "" : ": " + join(ratios)));
    }

    private static String range(final Figure figure, final Rounds rate) {
        final String range = Numbers.range(figure, rate);
        return rate.count() == 1
                ? "one round"
                : "%d rounds, %s".formatted(rate.count(), range.isEmpty() ? "all alike" : range);
    }

    private static String times(final RunInfo.Device other, final Rounds ratio) {
        final String range = Numbers.ratioRange(ratio);
        final boolean undecided = ratio.count() > 1 && ratio.least() < 1 && ratio.most() > 1;
        return "%s times as many as %s%s"
                .formatted(
                        Numbers.ratio(ratio.median()),
                        other.name(),
                        range.isEmpty()
                                ? ""
                                : " (%s round by round%s)"
                                        .formatted(range, undecided ? ", so neither is shown to be faster" : ""));
    }

    /** One figure of all devices that have it, in a sentence that begins so. */
    private Optional<String> each(final Point.Kind kind, final Figure figure, final String lead, final String unit) {
        final Optional<Results.Case> reference = results.reference(kind);
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        final Function<RunInfo.Device, Optional<String>> words =
                device -> results.rounds(kind, reference.get(), device, figure)
                        .map(each -> "%s %s %s"
                                .formatted(device.name(), Numbers.median(figure, each), unit)
                                .strip());
        final List<String> all = results.devices().stream()
                .flatMap(each -> words.apply(each).stream())
                .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(lead + join(all) + ".");
    }

    private static String join(final List<String> words) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }
}
