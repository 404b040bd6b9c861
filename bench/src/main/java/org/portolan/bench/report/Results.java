package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;

/** A run's measurements by what they are of, the rounds of one point together. */
final class Results {
    /**
     * What was measured of every device: a point without its device and its round.
     *
     * @param frame bytes, {@code imix}, or empty
     * @param sessions or 0
     * @param load percent, or 0; of a ladder thousands of frames a second, 0 for flat out
     */
    record Case(String frame, long sessions, int load) implements Comparable<Case> {
        private static final Comparator<Case> ORDER = Comparator.comparingInt(Case::frameBytes)
                .thenComparing(Case::frame)
                .thenComparingLong(Case::sessions)
                .thenComparingInt(Case::load);
        private static final Comparator<Case> RUNGS = Comparator.comparingInt(Case::frameBytes)
                .thenComparing(Case::frame)
                .thenComparingLong(Case::sessions)
                .thenComparingInt(Case::rung);

        /** Where the frame is not a plain size, it comes after all sizes. */
        int frameBytes() {
            return hasFrameBytes() ? Integer.parseInt(frame) : Integer.MAX_VALUE;
        }

        boolean hasFrameBytes() {
            return frame.matches("[0-9]{1,8}");
        }

        @Override
        public int compareTo(final Case other) {
            return ORDER.compare(this, other);
        }

        /** In words; empty where nothing tells it from another. */
        String text() {
            final List<String> words = new ArrayList<>();
            if (!frame.isEmpty()) {
                words.add(frameText());
            }
            if (sessions != 0) {
                words.add(sessionsText());
            }
            if (load != 0) {
                words.add(load + " % load");
            }
            return String.join(", ", words);
        }

        /** Of a ladder: the rung that asks for all that the generator gives. */
        boolean isFlatOut() {
            return load == 0;
        }

        /** Of a ladder's rung: the rate in frames a second. */
        double asked() {
            return load * THOUSAND;
        }

        private int rung() {
            return isFlatOut() ? Integer.MAX_VALUE : load;
        }

        /** What all of them have in common. */
        static Case shared(final List<Case> cases) {
            final Case first = cases.getFirst();
            return new Case(
                    cases.stream().allMatch(each -> each.frame.equals(first.frame)) ? first.frame : "",
                    cases.stream().allMatch(each -> each.sessions == first.sessions) ? first.sessions : 0,
                    cases.stream().allMatch(each -> each.load == first.load) ? first.load : 0);
        }

        /** What tells it from others with the same share. */
        Case beside(final Case shared) {
            return new Case(
                    frame.equals(shared.frame) ? "" : frame,
                    sessions == shared.sessions ? 0 : sessions,
                    load == shared.load ? 0 : load);
        }

        String frameText() {
            return hasFrameBytes() ? frame + "-byte frames" : frame;
        }

        String sessionsText() {
            return Numbers.whole(sessions) + (sessions == 1 ? " session" : " sessions");
        }
    }

    private static final double THOUSAND = 1e3;

    private record Spot(Point.Kind kind, Case of, String device) {}

    private final RunDirectory directory;
    private final RunInfo info;
    private final List<RunInfo.Device> devices;
    private final Map<Spot, TreeMap<Integer, Measurement>> spots = new LinkedHashMap<>();

    private Results(final RunDirectory directory) {
        this.directory = directory;
        this.info = directory.info();
        this.devices = new ArrayList<>(info.devices());
        for (final Measurement each : directory.measurements()) {
            final Point point = each.point();
            final Case of = new Case(point.frame(), point.sessions(), point.load());
            spots.computeIfAbsent(new Spot(point.kind(), of, point.device()), spot -> new TreeMap<>())
                    .put(point.round(), each);
            if (devices.stream().noneMatch(device -> device.id().equals(point.device()))) {
                devices.add(new RunInfo.Device(point.device(), point.device(), Map.of()));
            }
        }
    }

    static Results of(final RunDirectory directory) {
        return new Results(directory);
    }

    RunDirectory directory() {
        return directory;
    }

    RunInfo info() {
        return info;
    }

    /** As the run lists them, then those that only a measurement names. */
    List<RunInfo.Device> devices() {
        return List.copyOf(devices);
    }

    /** The devices with a measurement of that. */
    List<RunInfo.Device> devices(final Point.Kind kind, final Case of) {
        return devices.stream().filter(each -> !at(kind, of, each).isEmpty()).toList();
    }

    boolean isEmpty() {
        return spots.isEmpty();
    }

    /** Sorted by frame size, sessions and load. */
    List<Case> cases(final Point.Kind kind) {
        final Set<Case> cases = new TreeSet<>();
        spots.keySet().stream().filter(each -> each.kind == kind).forEach(each -> cases.add(each.of));
        if (kind == Point.Kind.LADDER) {
            return cases.stream().sorted(Case.RUNGS).toList();
        }
        return List.copyOf(cases);
    }

    /** The cases that share a key with another one, by that key: the points of a curve. */
    <K> Map<K, List<Case>> sweeps(final Point.Kind kind, final Function<Case, K> key) {
        final Map<K, List<Case>> sweeps = new LinkedHashMap<>();
        cases(kind)
                .forEach(each -> sweeps.computeIfAbsent(key.apply(each), fresh -> new ArrayList<>())
                        .add(each));
        sweeps.values().removeIf(each -> each.size() < 2);
        return sweeps;
    }

    /**
     * The case that a summary tells: most devices have it, its frames are smallest, its sessions nearest to 1,000; of a
     * ladder the highest rung, of loads the middle one.
     */
    Optional<Case> reference(final Point.Kind kind) {
        return cases(kind).stream()
                .min(Comparator.<Case>comparingInt(each -> -devices(kind, each).size())
                        .thenComparingInt(Case::frameBytes)
                        .thenComparingDouble(each -> Math.abs(Math.log(Math.max(1, each.sessions()) / 1e3)))
                        .thenComparingInt(
                                each -> kind == Point.Kind.LADDER ? -each.rung() : Math.abs(each.load() - 50)));
    }

    /** A case in words. */
    String text(final Point.Kind kind, final Case of) {
        return text(kind, of, new Case("", 0, 0));
    }

    /** A case in words, without what others share with it. A rung of a ladder is named by the rate asked for. */
    String text(final Point.Kind kind, final Case of, final Case shared) {
        if (kind != Point.Kind.LADDER) {
            return of.beside(shared).text();
        }
        final String rung = of.isFlatOut() ? "flat out" : Numbers.whole(of.asked()) + " a second";
        final String rest = new Case(of.frame, of.sessions, 0).beside(shared).text();
        return rest.isEmpty() ? rung : rest + ", " + rung;
    }

    /** The figures that some measurement of that kind has. */
    Set<Figure> figures(final Point.Kind kind) {
        final Set<Figure> figures = EnumSet.noneOf(Figure.class);
        spots.forEach((spot, rounds) -> {
            if (spot.kind == kind) {
                rounds.values().forEach(each -> figures.addAll(each.values().keySet()));
            }
        });
        return figures;
    }

    private Map<Integer, Measurement> at(final Point.Kind kind, final Case of, final RunInfo.Device device) {
        return spots.getOrDefault(new Spot(kind, of, device.id()), new TreeMap<>());
    }

    int rounds(final Point.Kind kind, final Case of, final RunInfo.Device device) {
        return at(kind, of, device).size();
    }

    /** Most rounds that any point of that kind has. */
    int rounds(final Point.Kind kind) {
        return spots.entrySet().stream()
                .filter(each -> each.getKey().kind == kind)
                .mapToInt(each -> each.getValue().size())
                .max()
                .orElse(0);
    }

    /** Empty when no round noted it. */
    Optional<Rounds> rounds(final Point.Kind kind, final Case of, final RunInfo.Device device, final Figure figure) {
        final List<Double> values = at(kind, of, device).values().stream()
                .flatMap(each -> each.value(figure).stream())
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Rounds.of(values));
    }

    /**
     * The quotient of two devices, round by round: a machine that was slower for a while was so for both. Only rounds
     * that both have count.
     */
    Optional<Rounds> ratio(
            final Point.Kind kind,
            final Case of,
            final RunInfo.Device device,
            final RunInfo.Device base,
            final Figure figure) {
        final List<Double> ratios = new ArrayList<>();
        final Map<Integer, Measurement> others = at(kind, of, base);
        at(kind, of, device).forEach((round, measurement) -> {
            final Optional<Double> other =
                    Optional.ofNullable(others.get(round)).flatMap(each -> each.value(figure));
            if (other.isPresent()
                    && other.get() != 0
                    && measurement.value(figure).isPresent()) {
                ratios.add(measurement.value(figure).get() / other.get());
            }
        });
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Rounds.of(ratios));
    }

    /** The quotient of two figures of a device, round by round. */
    Optional<Rounds> ratio(
            final Point.Kind kind, final Case of, final RunInfo.Device device, final Figure figure, final Figure base) {
        final List<Double> ratios = new ArrayList<>();
        for (final Measurement each : at(kind, of, device).values()) {
            final double below = each.value(base).orElse(0.0);
            each.value(figure).filter(value -> below != 0).ifPresent(value -> ratios.add(value / below));
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Rounds.of(ratios));
    }

    /** Raw data of all rounds, relative to the run's directory. */
    List<String> files(final Point.Kind kind, final Case of, final RunInfo.Device device) {
        return at(kind, of, device).values().stream()
                .flatMap(each -> each.files().stream())
                .distinct()
                .toList();
    }

    /** Every raw file that a measurement names, in the order of their writing. */
    List<String> files() {
        return spots.values().stream()
                .flatMap(each -> each.values().stream())
                .flatMap(each -> each.files().stream())
                .distinct()
                .toList();
    }
}
