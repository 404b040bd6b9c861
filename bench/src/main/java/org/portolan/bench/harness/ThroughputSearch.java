package org.portolan.bench.harness;

import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * The highest rates at which nothing (RFC 2544 section 26.1), and at most one frame in a thousand, is lost. Both
 * searches share their trials.
 *
 * <p>Flat out first: what passes whole then is the answer, and the generator is the limit. Otherwise bisection between
 * a rate that passed and one that did not, until they are within {@link #RESOLUTION}. A trial that lost little is tried
 * once more, because a machine that halts for a moment loses frames at any rate; the better of the two counts.
 */
final class ThroughputSearch {
    /** The looser of the two limits: what of the frames may be lost. */
    static final double TOLERATED = 0.001;

    /** How near the searches come, as a share of the rate. */
    static final double RESOLUTION = 0.02;

    /** A loss up to this share may have been the machine's, and is tried again. */
    static final double DOUBTFUL = 0.01;

    /** Below it no search goes, frames a second. */
    static final long FLOOR = 5_000;

    private final LongFunction<Trial> trials;
    private final TreeMap<Long, Trial> done = new TreeMap<>();
    private int count;

    /**
     * What a search found.
     *
     * @param lossFree the fastest trial without loss; empty when even the slowest one lost frames
     * @param tolerant the fastest trial with at most {@link #TOLERATED} lost; empty likewise
     * @param flatOut as many frames as the generator gives
     * @param trials how many were run
     */
    record Found(Optional<Trial> lossFree, Optional<Trial> tolerant, Trial flatOut, int trials) {
        /** Whether the generator could not offer more than passed. */
        public boolean limitedByGenerator() {
            return flatOut.lost() == 0;
        }
    }

    private ThroughputSearch(final LongFunction<Trial> trials) {
        this.trials = trials;
    }

    /** @param trials runs one at a rate in frames a second, 0 for flat out */
    static Found run(final LongFunction<Trial> trials) {
        return new ThroughputSearch(trials).search();
    }

    private Found search() {
        count++;
        final Trial flatOut = trials.apply(0);
        if (flatOut.lost() == 0) {
            return new Found(Optional.of(flatOut), Optional.of(flatOut), flatOut, count);
        }
        done.put(rate(flatOut.offeredPerSecond()), flatOut);
        final Optional<Trial> lossFree = search(0, rate(flatOut.deliveredPerSecond()));
        final Optional<Trial> tolerant = search(TOLERATED, rate(flatOut.deliveredPerSecond()));
        return new Found(lossFree, tolerant, flatOut, count);
    }

    private static long rate(final double perSecond) {
        return Math.max(FLOOR, (long) perSecond);
    }

    /** @param guess where to begin when no trial has passed yet */
    private Optional<Trial> search(final double tolerated, final long guess) {
        long high = lowestThatFailed(tolerated);
        long low = highestThatPassed(tolerated, high);
        while (low == 0 && high > FLOOR) {
            final long rate = Math.clamp(Math.min(guess, high / 2), FLOOR, high - 1);
            if (passes(rate, tolerated)) {
                low = rate;
            } else {
                high = rate;
            }
        }
        while (high - low > Math.max(1, high * RESOLUTION) && low > 0) {
            final long middle = low + (high - low) / 2;
            if (passes(middle, tolerated)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(done.get(low));
    }

    private long lowestThatFailed(final double tolerated) {
        return done.entrySet().stream()
                .filter(each -> each.getValue().lossShare() > tolerated)
                .mapToLong(each -> each.getKey())
                .min()
                .orElse(done.lastKey());
    }

    private long highestThatPassed(final double tolerated, final long below) {
        return done.headMap(below).entrySet().stream()
                .filter(each -> each.getValue().lossShare() <= tolerated)
                .mapToLong(each -> each.getKey())
                .max()
                .orElse(0);
    }

    private boolean passes(final long rate, final double tolerated) {
        Trial trial = done.get(rate);
        if (trial == null) {
            count++;
            trial = trials.apply(rate);
            done.put(rate, trial);
        }
        if (trial.lossShare() > tolerated && trial.lossShare() <= DOUBTFUL) {
            count++;
            final Trial again = trials.apply(rate);
            if (again.lossShare() < trial.lossShare()) {
                trial = again;
                done.put(rate, again);
            }
        }
        return trial.lossShare() <= tolerated;
    }
}
