package org.portolan.bench.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.Devices;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Point;
import org.portolan.bench.traffic.FrameSize;
import org.portolan.control.text.UsageException;

/**
 * What a run of {@code quick} or {@code full} measures, read from the options of the command line or from those that an
 * earlier run stored.
 *
 * @param planName {@code quick} or {@code full}
 * @param only kinds of measurements that are wanted
 */
record Options(
        String planName,
        int rounds,
        double trialS,
        List<DeviceKind> devices,
        List<String> sizes,
        List<Long> sessions,
        Set<Point.Kind> only) {
    static final String ROUNDS = "--rounds";
    static final String SECONDS = "--seconds";
    static final String DEVICES = "--devices";
    static final String SIZES = "--sizes";
    static final String SESSIONS = "--sessions";
    static final String ONLY = "--only";

    private static final int MOST_ROUNDS = 100;
    private static final double SHORTEST_TRIAL_S = 0.1;
    private static final double LONGEST_TRIAL_S = 600;
    private static final long MOST_SESSIONS = 4_128_768;

    /**
     * @param given options with their values; the others have their defaults
     * @throws UsageException a sentence about the first wrong one
     */
    static Options of(final String planName, final Map<String, String> given) throws UsageException {
        try {
            return read(planName, given);
        } catch (final LabException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static Options read(final String planName, final Map<String, String> given) throws UsageException {
        final boolean quick = planName.equals("quick");
        return new Options(
                planName,
                (int) Amount.whole(ROUNDS, given.getOrDefault(ROUNDS, "3"), 1, MOST_ROUNDS),
                Amount.real(
                        SECONDS, given.getOrDefault(SECONDS, quick ? "1.5" : "2"), SHORTEST_TRIAL_S, LONGEST_TRIAL_S),
                given.containsKey(DEVICES)
                        ? list(given.get(DEVICES)).stream().map(Devices::of).toList()
                        : quick ? List.of(Devices.of("portolan"), Devices.of("nftables")) : Devices.all(),
                given.containsKey(SIZES)
                        ? list(given.get(SIZES)).stream().map(Options::size).toList()
                        : Plan.SIZES,
                given.containsKey(SESSIONS) ? sessions(given.get(SESSIONS)) : Plan.LADDER,
                given.containsKey(ONLY) ? kinds(given.get(ONLY)) : EnumSet.allOf(Point.Kind.class));
    }

    /**
     * Those of a run that goes on, which are the ones it began with.
     *
     * @param stored what {@link #texts} of that run was
     * @param given on the command line that resumes it: the same or nothing
     * @throws UsageException when an option is given that differs, or the run stored none
     */
    static Options resumed(final String planName, final Map<String, String> stored, final Map<String, String> given)
            throws UsageException {
        if (stored.isEmpty()) {
            throw new UsageException("the run is of a version that did not store its options: begin a new one");
        }
        final Options options = of(planName, stored);
        final Map<String, String> known = options.texts();
        for (final Map.Entry<String, String> each : given.entrySet()) {
            final String option = each.getKey();
            final String asked =
                    of(planName, Map.of(option, each.getValue())).texts().get(option);
            if (!asked.equals(known.get(option))) {
                throw new UsageException("%s %s: the run has %s %s, and goes on with its own options: leave %s out"
                        .formatted(option, each.getValue(), option, known.get(option), option));
            }
        }
        return options;
    }

    /** All of them with their values, as {@link #of} reads them. */
    Map<String, String> texts() {
        final Map<String, String> texts = new LinkedHashMap<>();
        texts.put(ROUNDS, Integer.toString(rounds));
        texts.put(SECONDS, Double.toString(trialS));
        texts.put(DEVICES, devices.stream().map(Devices::name).collect(Collectors.joining(",")));
        if (!planName.equals("quick")) {
            texts.put(SIZES, String.join(",", sizes));
            texts.put(
                    SESSIONS, sessions.stream().map(each -> Long.toString(each)).collect(Collectors.joining(",")));
        }
        texts.put(ONLY, only.stream().map(Point.Kind::id).collect(Collectors.joining(",")));
        return texts;
    }

    private static List<String> list(final String value) {
        return List.of(value.split(","));
    }

    private static List<Long> sessions(final String value) throws UsageException {
        final List<Long> sessions = new ArrayList<>();
        for (final String each : list(value)) {
            sessions.add(Amount.whole(SESSIONS, each, 1, MOST_SESSIONS));
        }
        return sessions;
    }

    private static Set<Point.Kind> kinds(final String value) {
        final Set<Point.Kind> kinds = EnumSet.noneOf(Point.Kind.class);
        for (final String id : list(value)) {
            kinds.add(Arrays.stream(Point.Kind.values())
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new LabException("%s %s: there is %s"
                            .formatted(
                                    ONLY,
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

    Plan plan() {
        final Plan plan =
                planName.equals("quick") ? Plan.quick(rounds, trialS) : Plan.full(rounds, trialS, sizes, sessions);
        return plan.only(only);
    }
}
