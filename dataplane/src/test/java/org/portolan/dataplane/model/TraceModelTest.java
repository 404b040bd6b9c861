package org.portolan.dataplane.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random traces through the router and the specification: each byte and each counter agrees. */
class TraceModelTest {
    /** Every access to off-heap memory is checked against the live regions: slower, for the memory and not the NAT. */
    private static final boolean IS_CHECKED = Boolean.getBoolean("portolan.memory.checked");

    private static final long STEPS = Long.getLong("portolan.model.steps", IS_CHECKED ? 100_000 : 1_000_000);
    private static final int LENGTH = Integer.getInteger("portolan.model.length", 20_000);
    private static final Long SEED = Long.getLong("portolan.model.seed");
    private static final String PROFILE = System.getProperty("portolan.model.profile");

    /** Seeds that are the same in each run, two for each profile; those of the other traces follow from a fresh one. */
    private static final int FIXED = 2 * TraceProfile.values().length;

    @Test
    void shouldAgreeWithTheSpecification() {
        final long start = System.nanoTime();
        final List<TraceCase> traces = SEED != null ? ofOneSeed() : all();
        final List<String> failures = traces.parallelStream()
                .map(TraceModelTest::run)
                .filter(Objects::nonNull)
                .limit(1)
                .toList();
        final long steps = (long) traces.size() * LENGTH;
        System.out.printf("%d steps, %.0f a second%n", steps, steps * 1e9 / (System.nanoTime() - start));
        assertThat(failures).isEmpty();
    }

    /** Only what makes a trace is kept here: its actions are made when its turn comes. */
    private static List<TraceCase> all() {
        final long fresh = ThreadLocalRandom.current().nextLong();
        System.out.println("seeds of this run's traces follow from " + fresh);
        final SplittableRandom seeds = new SplittableRandom(fresh);
        final TraceProfile[] profiles = TraceProfile.values();
        return IntStream.range(0, Math.toIntExact((STEPS + LENGTH - 1) / LENGTH))
                .mapToObj(trace -> new TraceCase(
                        profiles[trace % profiles.length], trace < FIXED ? trace : seeds.nextLong(), List.of()))
                .toList();
    }

    private static List<TraceCase> ofOneSeed() {
        return List.of(TraceProfile.values()).stream()
                .filter(profile -> PROFILE == null || profile.name().equals(PROFILE))
                .map(profile -> new TraceCase(profile, SEED, List.of()))
                .toList();
    }

    private static String run(final TraceCase named) {
        final TraceCase trace = TraceCase.make(named.profile(), named.seed(), LENGTH);
        final TraceCase.Failure failure = trace.run(TraceFault.NONE);
        return failure == null ? null : trace.report(failure, TraceFault.NONE);
    }

    /** A trace that reaches nothing shows nothing. */
    @Test
    void shouldReachWhatItIsThereFor() {
        final SpecRouter.Counts reached = new SpecRouter.Counts();
        for (final TraceProfile profile : TraceProfile.values()) {
            final TraceCase trace = TraceCase.make(profile, 3, 5_000);
            try (TraceRun run = new TraceRun(profile, 3)) {
                trace.actions().forEach(run::step);
                run.model()
                        .counts
                        .dropped
                        .forEach((reason, frames) -> reached.dropped.merge(reason, frames, Long::sum));
                reached.sent += run.model().counts.sent;
            }
        }
        assertThat(reached.sent).isGreaterThan(5_000);
        assertThat(reached.dropped).hasSizeGreaterThan(45);
    }

    @Test
    void shouldReadTheTextThatItWrites() {
        final List<TraceAction> actions = new ArrayList<>();
        for (final TraceProfile profile : TraceProfile.values()) {
            actions.addAll(TraceCase.make(profile, 1, 2_000).actions());
        }
        final TraceCase trace = new TraceCase(TraceProfile.PLAIN, 1, actions);
        assertThat(TraceCase.parse(trace.text().lines().toList())).isEqualTo(trace);
    }
}
