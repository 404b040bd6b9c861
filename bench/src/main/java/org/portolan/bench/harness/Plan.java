package org.portolan.bench.harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.portolan.bench.run.Point.Kind;

/**
 * What a run measures.
 *
 * @param name {@code quick} or {@code full}
 * @param trialS seconds of traffic of a trial
 */
record Plan(String name, int rounds, double trialS, List<Scene> scenes) {
    static final long FEW_SESSIONS = 1_000;

    /** New sessions that a set-up search may make with one device: their addresses are never used twice. */
    static final long SETUP_SESSIONS = 2_064_384;

    static final String SMALL = "64";
    static final List<String> SIZES = List.of("64", "128", "256", "512", "1024", "1280", "1518", "imix");

    /** RFC 9693 section 4's scale, and two small counts before it. */
    static final List<Long> LADDER = List.of(1L, 1_000L, 64_512L, 258_048L, 1_032_192L, 4_128_768L);

    private static final int[] RUNGS = {100, 200, 400, 600, 800, 0};
    private static final int[] LOADS = {10, 50, 90};
    private static final double LATENCY_S = 10;
    private static final double QUICK_LATENCY_S = 4;
    private static final double OVERHEAD_S = 0.5;
    private static final int TRIALS_OF_A_SEARCH = 12;

    /** A newcomer's look of about three minutes: fixed rates, no search. */
    static Plan quick(final int rounds, final double trialS) {
        final List<Task> tasks = new ArrayList<>();
        for (final int rung : RUNGS) {
            tasks.add(new Task(Kind.LADDER, SMALL, rung, trialS + OVERHEAD_S));
        }
        tasks.add(new Task(Kind.LATENCY, SMALL, 50, QUICK_LATENCY_S + OVERHEAD_S));
        tasks.addAll(everybodyKnows());
        return new Plan("quick", rounds, trialS, List.of(Scene.of(FEW_SESSIONS, tasks)));
    }

    /**
     * Everything.
     *
     * @param sizes measured with {@link #FEW_SESSIONS}
     * @param sessions measured with 64-byte frames
     */
    static Plan full(final int rounds, final double trialS, final List<String> sizes, final List<Long> sessions) {
        final double searchS = TRIALS_OF_A_SEARCH * (trialS + OVERHEAD_S);
        final List<Scene> scenes = new ArrayList<>();
        final List<Task> few = new ArrayList<>();
        for (final String size : sizes) {
            few.add(new Task(Kind.THROUGHPUT, size, 0, searchS));
        }
        few.add(new Task(Kind.OVERLOAD, SMALL, 0, trialS + OVERHEAD_S));
        for (final int load : LOADS) {
            few.add(new Task(Kind.LATENCY, SMALL, load, LATENCY_S + OVERHEAD_S));
        }
        few.add(new Task(Kind.ALLOCATION, SMALL, 0, trialS + OVERHEAD_S));
        few.addAll(everybodyKnows());
        scenes.add(Scene.of(FEW_SESSIONS, few));
        for (final long count : sessions) {
            if (count != FEW_SESSIONS) {
                scenes.add(Scene.of(
                        count,
                        List.of(
                                new Task(Kind.THROUGHPUT, SMALL, 0, searchS),
                                new Task(Kind.OVERLOAD, SMALL, 0, trialS + OVERHEAD_S))));
            }
        }
        scenes.add(Scene.fresh(SETUP_SESSIONS, List.of(new Task(Kind.SETUP, SMALL, 0, searchS / 2))));
        scenes.add(Scene.fresh(FEW_SESSIONS, List.of(new Task(Kind.START, "", 0, 3))));
        return new Plan("full", rounds, trialS, List.copyOf(scenes));
    }

    private static List<Task> everybodyKnows() {
        return List.of(new Task(Kind.TCP, "", 0, Everyday.TCP_S + 1), new Task(Kind.PING, "", 0, 2));
    }

    /** The same without the other kinds, and without scenes where nothing is left. */
    Plan only(final Set<Kind> kinds) {
        final List<Scene> left = scenes.stream()
                .map(scene -> new Scene(
                        scene.sessions(),
                        scene.fresh(),
                        scene.tasks().stream()
                                .filter(task -> kinds.contains(task.kind()))
                                .toList()))
                .filter(scene -> !scene.tasks().isEmpty())
                .toList();
        return new Plan(name, rounds, trialS, left);
    }

    double latencyS() {
        return name.equals("quick") ? QUICK_LATENCY_S : LATENCY_S;
    }

    /** For the report: what a reader must know to judge the figures. */
    Map<String, String> settings() {
        final Map<String, String> settings = new LinkedHashMap<>();
        settings.put("trial", "%.1f s of traffic, outbound, UDP, one frame a flow in turn".formatted(trialS));
        settings.put("rounds", "%d, devices in turn, the order reversed each round".formatted(rounds));
        settings.put(
                "sessions",
                scenes.stream()
                        .map(each -> "%,d".formatted(each.sessions()))
                        .distinct()
                        .collect(Collectors.joining("; ")));
        if (name.equals("full")) {
            settings.put(
                    "generator",
                    "XDP program (bpf live frames) for throughput and overload of one frame size; "
                            + "transmit ring for the rest");
            settings.put(
                    "search",
                    "bisection to %.0f %%; a trial that lost at most 1 %% is tried once more"
                            .formatted(ThroughputSearch.RESOLUTION * 100));
        }
        settings.put(
                "latency",
                "%.0f s, open loop, from the intended send time to the kernel's stamp at the sink"
                        .formatted(latencyS()));
        return settings;
    }
}
