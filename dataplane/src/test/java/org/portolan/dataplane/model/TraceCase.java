package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.List;

/** A trace, where it came from, and what to do with it. */
record TraceCase(TraceProfile profile, long seed, List<TraceAction> actions) {
    /** Steps that shrinking may take, over all runs. */
    private static final long MOST_STEPS = 1_500_000;

    /** The trace of a seed. */
    static TraceCase make(final TraceProfile profile, final long seed, final int steps) {
        final TraceMaker maker = new TraceMaker(profile, seed);
        final List<TraceAction> actions = new ArrayList<>(steps);
        for (int i = 0; i < steps; i++) {
            actions.add(maker.next());
        }
        return new TraceCase(profile, seed, actions);
    }

    /** What goes wrong, and with which action (counted from 0); null when nothing does. */
    record Failure(int action, String message) {}

    Failure run(final TraceFault fault) {
        try (TraceRun run = new TraceRun(profile, seed, fault)) {
            return run(run);
        }
    }

    private Failure run(final TraceRun run) {
        for (int i = 0; i < actions.size(); i++) {
            try {
                run.step(actions.get(i));
            } catch (final RuntimeException | AssertionError failure) {
                return new Failure(i, failure instanceof SpecMismatch ? failure.getMessage() : trace(failure));
            }
        }
        return null;
    }

    private static String trace(final Throwable failure) {
        final StringBuilder text = new StringBuilder(failure.toString());
        for (final StackTraceElement element : failure.getStackTrace()) {
            text.append("\n    at ").append(element);
        }
        return text.toString();
    }

    /** The shortest trace that still fails, whatever it fails with. */
    TraceCase shrunk(final Failure failure, final TraceFault fault) {
        final TraceShrinker shrinker =
                new TraceShrinker(list -> new TraceCase(profile, seed, list).run(fault) != null, MOST_STEPS);
        return new TraceCase(profile, seed, shrinker.shrink(actions.subList(0, failure.action() + 1)));
    }

    /** What to print about a trace that fails; the lines after the first are those of a kept case. */
    String report(final Failure failure, final TraceFault fault) {
        final TraceCase shortest = shrunk(failure, fault);
        final Failure last = shortest.run(fault);
        return "%s with seed %d: step %d failed: %s%n%nshrunk to %d steps, which fail with: %s%n%n%s"
                .formatted(
                        profile,
                        seed,
                        failure.action(),
                        failure.message(),
                        shortest.actions.size(),
                        last == null ? "nothing" : last.message(),
                        shortest.text());
    }

    /** As a file holds it. */
    String text() {
        final StringBuilder text = new StringBuilder("profile " + profile + " seed " + seed + "\n");
        actions.forEach(action -> text.append(action).append('\n'));
        return text.toString();
    }

    /** Reads what {@link #text} wrote; lines with a # are comments. */
    static TraceCase parse(final List<String> lines) {
        final List<String> rest = new ArrayList<>(lines);
        rest.removeIf(line -> line.isBlank() || line.startsWith("#"));
        final String[] head = rest.removeFirst().split(" ");
        return new TraceCase(TraceProfile.valueOf(head[1]), Long.parseLong(head[3]), TraceAction.parseAll(rest));
    }
}
