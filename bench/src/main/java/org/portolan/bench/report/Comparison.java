package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** Two runs, figure by figure. The first is what was before, the second what is now. */
final class Comparison {
    /**
     * What both runs have.
     *
     * @param of in words, empty where the kind has one case only
     * @param device in words; two for a ratio
     */
    record Row(Point.Kind kind, String of, String device, Figure figure, FigureChange change) {}

    /**
     * A setting of the two runs, one of them {@code "-"} where a run does not tell it.
     *
     * @param group machine, settings, or a device's name
     */
    record Setting(String group, String name, String before, String after) {
        boolean differs() {
            return !before.equals(after);
        }
    }

    private final Results before;
    private final Results after;

    Comparison(final Results before, final Results after) {
        this.before = before;
        this.after = after;
    }

    /** Every figure that both runs have. */
    List<Row> rows(final Point.Kind kind) {
        final List<Row> rows = new ArrayList<>();
        for (final Results.Case of : before.cases(kind)) {
            for (final RunInfo.Device device : before.devices(kind, of)) {
                for (final Figure figure : figures(kind)) {
                    change(before.rounds(kind, of, device, figure), after.rounds(kind, of, device, figure), figure)
                            .ifPresent(each ->
                                    rows.add(new Row(kind, before.text(kind, of), device.name(), figure, each)));
                }
            }
        }
        return rows;
    }

    /** Those that the report tells first, then all others that can gain or lose. */
    private Set<Figure> figures(final Point.Kind kind) {
        final Set<Figure> figures = new LinkedHashSet<>(Topic.of(kind).figures());
        before.figures(kind).stream()
                .filter(each -> Heading.of(each).better() != Heading.Better.NEITHER)
                .forEach(figures::add);
        return figures;
    }

    /**
     * The first device's figures as multiples of every other one's, round by round: what is left of a comparison when
     * the machines differ.
     */
    List<Row> ratios() {
        final List<Row> rows = new ArrayList<>();
        for (final Point.Kind kind : Point.Kind.values()) {
            final Optional<Figure> figure = Topic.of(kind).compared();
            for (final Results.Case of : figure.isPresent() ? before.cases(kind) : List.<Results.Case>of()) {
                final RunInfo.Device first = before.devices().getFirst();
                for (final RunInfo.Device other : before.devices(kind, of)) {
                    if (!other.equals(first)) {
                        change(
                                        before.ratio(kind, of, first, other, figure.get()),
                                        after.ratio(kind, of, first, other, figure.get()),
                                        figure.get())
                                .ifPresent(each -> rows.add(new Row(
                                        kind,
                                        before.text(kind, of),
                                        first.name() + " / " + other.name(),
                                        figure.get(),
                                        each)));
                    }
                }
            }
        }
        return rows;
    }

    private static Optional<FigureChange> change(
            final Optional<Rounds> before, final Optional<Rounds> after, final Figure figure) {
        return before.isPresent() && after.isPresent()
                ? Optional.of(new FigureChange(
                        before.get(), after.get(), Heading.of(figure).better()))
                : Optional.empty();
    }

    /** What only one of the runs measured, in words. */
    List<String> onlyIn(final boolean first) {
        final Results one = first ? before : after;
        final Results other = first ? after : before;
        final List<String> only = new ArrayList<>();
        for (final Point.Kind kind : Point.Kind.values()) {
            for (final Results.Case of : one.cases(kind)) {
                for (final RunInfo.Device device : one.devices(kind, of)) {
                    if (other.rounds(kind, of, device) == 0) {
                        final String text = one.text(kind, of);
                        only.add(Topic.of(kind).title() + (text.isEmpty() ? "" : ", " + text) + ": " + device.name());
                    }
                }
            }
        }
        return only;
    }

    /** Machine, settings and devices of both. */
    List<Setting> settings() {
        final List<Setting> settings = new ArrayList<>();
        beside(settings, "Machine", before.info().machine(), after.info().machine());
        beside(settings, "Settings", before.info().settings(), after.info().settings());
        final Map<String, RunInfo.Device> now = new LinkedHashMap<>();
        after.devices().forEach(each -> now.put(each.id(), each));
        final Set<String> ids = new LinkedHashSet<>();
        before.devices().forEach(each -> {
            ids.add(each.id());
            final var other = Optional.ofNullable(now.get(each.id()));
            beside(
                    settings,
                    each.name(),
                    each.settings(),
                    other.map(RunInfo.Device::settings).orElse(Map.of()));
        });
        after.devices().stream()
                .filter(each -> !ids.contains(each.id()))
                .forEach(each -> beside(settings, each.name(), Map.of(), each.settings()));
        return settings;
    }

    private static void beside(
            final List<Setting> settings,
            final String group,
            final Map<String, String> before,
            final Map<String, String> after) {
        final Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        names.forEach(name ->
                settings.add(new Setting(group, name, before.getOrDefault(name, "-"), after.getOrDefault(name, "-"))));
    }

    /** What of the machines differs, in words; empty for the same machine. */
    List<String> machineDifferences() {
        return settings().stream()
                .filter(each -> each.group().equals("Machine") && each.differs())
                .map(each -> "%s: %s against %s".formatted(each.name(), each.before(), each.after()))
                .toList();
    }

    /** Kinds that both runs have. */
    Set<Point.Kind> kinds() {
        final Set<Point.Kind> kinds = new TreeSet<>();
        for (final Point.Kind kind : Point.Kind.values()) {
            if (!before.cases(kind).isEmpty() && !after.cases(kind).isEmpty()) {
                kinds.add(kind);
            }
        }
        return kinds;
    }
}
