package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing trace short: leaves out chunks, half of what is left at first, then smaller ones, down to single
 * actions, as long as it still fails (the "ddmin" of Zeller and Hildebrandt, 2002, without its complements).
 */
final class TraceShrinker {
    private long left;
    private final Predicate<List<TraceAction>> fails;

    /**
     * @param fails whether a trace fails
     * @param mostSteps of all runs together, after which it is as short as it gets
     */
    TraceShrinker(final Predicate<List<TraceAction>> fails, final long mostSteps) {
        this.fails = fails;
        left = mostSteps;
    }

    List<TraceAction> shrink(final List<TraceAction> failing) {
        List<TraceAction> shortest = failing;
        int before;
        do {
            before = shortest.size();
            for (int chunk = Math.max(1, before / 2); chunk > 0; chunk /= 2) {
                shortest = without(shortest, chunk);
            }
        } while (shortest.size() < before && left > 0);
        return shortest;
    }

    private List<TraceAction> without(final List<TraceAction> failing, final int chunk) {
        List<TraceAction> shortest = failing;
        int end = shortest.size();
        while (end > 0 && left > 0) {
            final int start = Math.max(0, end - chunk);
            final List<TraceAction> candidate = new ArrayList<>(shortest.subList(0, start));
            candidate.addAll(shortest.subList(end, shortest.size()));
            left -= candidate.size() + 100;
            if (!candidate.isEmpty() && fails.test(candidate)) {
                shortest = candidate;
            }
            end = start;
        }
        return shortest;
    }
}
