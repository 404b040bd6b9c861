package org.portolan.bench.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.Devices;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Point;
import org.portolan.bench.traffic.FrameSize;

/**
 * The command line of {@code quick} and {@code full}.
 *
 * @param only kinds of measurements that are wanted
 * @param out where the run's directory is made; empty for one named after plan and time
 * @param resume an earlier run's directory
 */
record Options(
        int rounds,
        double trialS,
        List<DeviceKind> devices,
        List<String> sizes,
        List<Long> sessions,
        Set<Point.Kind> only,
        Optional<Path> out,
        Optional<Path> resume) {
    private static final int MOST_ROUNDS = 100;
    private static final double LONGEST_TRIAL_S = 600;
    private static final long MOST_SESSIONS = 4_128_768;

    /**
     * @param words pairs of option and value
     * @throws LabException a sentence about the first wrong one
     */
    static Options parse(final String plan, final List<String> words) {
        final boolean quick = plan.equals("quick");
        int rounds = 3;
        double trialS = quick ? 1.5 : 2;
        List<DeviceKind> devices = quick ? List.of(Devices.of("portolan"), Devices.of("nftables")) : Devices.all();
        List<String> sizes = Plan.SIZES;
        List<Long> sessions = Plan.LADDER;
        Set<Point.Kind> only = EnumSet.allOf(Point.Kind.class);
        Optional<Path> out = Optional.empty();
        Optional<Path> resume = Optional.empty();
        for (int i = 0; i < words.size(); i += 2) {
            final String option = words.get(i);
            if (i + 1 == words.size()) {
                throw new LabException(option + " wants a value");
            }
            final String value = words.get(i + 1);
            switch (option) {
                case "--rounds" -> rounds = (int) number(option, value, 1, MOST_ROUNDS);
                case "--seconds" -> trialS = number(option, value, 0.1, LONGEST_TRIAL_S);
                case "--devices" ->
                    devices = list(value).stream().map(Devices::of).toList();
                case "--sizes" ->
                    sizes = list(value).stream().map(Options::size).toList();
                case "--sessions" ->
                    sessions = list(value).stream()
                            .map(each -> (long) number(option, each, 1, MOST_SESSIONS))
                            .toList();
                case "--only" -> only = kinds(value);
                case "--out" -> out = Optional.of(Path.of(value));
                case "--resume" -> resume = Optional.of(Path.of(value));
                default -> throw new LabException("there is no option " + option);
            }
        }
        if (out.isPresent() && resume.isPresent()) {
            throw new LabException("--resume goes on in the run's own directory: leave out --out");
        }
        return new Options(rounds, trialS, devices, sizes, sessions, only, out, resume);
    }

    private static List<String> list(final String value) {
        return new ArrayList<>(List.of(value.split(",")));
    }

    private static Set<Point.Kind> kinds(final String value) {
        final Set<Point.Kind> kinds = EnumSet.noneOf(Point.Kind.class);
        for (final String id : list(value)) {
            kinds.add(Arrays.stream(Point.Kind.values())
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new LabException("--only %s: there is %s"
                            .formatted(
                                    id,
                                    Arrays.stream(Point.Kind.values())
                                            .map(Point.Kind::id)
                                            .collect(Collectors.joining(", "))))));
        }
        return kinds;
    }

    private static String size(final String text) {
        return FrameSize.of(text).toString().toLowerCase(Locale.ROOT);
    }

    private static double number(final String option, final String value, final double least, final double most) {
        try {
            final double number = Double.parseDouble(value.replace("_", ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // Said below.
        }
        throw new LabException(
                "%s %s: a number from %s to %s is wanted".formatted(option, value, plain(least), plain(most)));
    }

    private static String plain(final double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    Plan plan(final String name) {
        final Plan plan =
                name.equals("quick") ? Plan.quick(rounds, trialS) : Plan.full(rounds, trialS, sizes, sessions);
        return plan.only(only);
    }
}
