package org.portolan.bench.rate;

import java.util.Locale;
import java.util.function.LongFunction;

/** The highest rate without a lost frame (RFC 2544 section 26.1), by bisection. */
final class RateSearch {
    /** Below this no search goes, frames a second. */
    static final long FROM = 100_000;

    /** How near a search comes, frames a second. */
    static final long STEP = 10_000;

    private RateSearch() {}

    /**
     * What a search found.
     *
     * @param best the fastest trial without loss, or, where every trial lost frames, the slowest one
     * @param flatOut the trial at full speed
     */
    record Result(Rig.Trial best, Rig.Trial flatOut) {
        /** Frames a second without loss; 0 where even the slowest trial lost some. */
        double perSecond() {
            return best.isLossFree() ? best.deliveredPerSecond() : 0;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "loss-free %,9.0f/s; flat out %,9.0f/s offered, %,9.0f/s delivered (%.3f %% lost); CPU s a million: machine %.2f, softirq %.2f, router process %.2f",
                    perSecond(),
                    flatOut.sent().perSecond(),
                    flatOut.deliveredPerSecond(),
                    flatOut.lossPercent(),
                    aMillion(best.cpu().machine()),
                    aMillion(best.cpu().softirq()),
                    aMillion(best.cpu().router()));
        }

        private double aMillion(final double cpuS) {
            return cpuS * 1e6 / Math.max(1, best.delivered());
        }
    }

    /**
     * Flat out first: what passes whole then is the answer. Otherwise bisection between {@link #FROM} and what was
     * offered, to {@link #STEP}.
     *
     * @param trial sends at a rate in frames a second, 0 for as many as go
     */
    static Result run(final LongFunction<Rig.Trial> trial) {
        final Rig.Trial flatOut = trial.apply(0);
        if (flatOut.isLossFree()) {
            return new Result(flatOut, flatOut);
        }
        Rig.Trial best = trial.apply(FROM);
        if (!best.isLossFree()) {
            return new Result(best, flatOut);
        }
        long low = FROM;
        long high = (long) flatOut.sent().perSecond();
        while (high - low > STEP) {
            final long middle = (low + high) / 2;
            final Rig.Trial tried = trial.apply(middle);
            if (tried.isLossFree()) {
                best = tried;
                low = middle;
            } else {
                high = middle;
            }
        }
        return new Result(best, flatOut);
    }
}
