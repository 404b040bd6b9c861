package org.portolan.control.history.peer;

import java.util.Random;

/**
 * How long to wait until a peer is asked again: its own time while all is well; each failure in a row after the first
 * doubles it, up to an hour. A fetch that failed through no fault of the peer counts neither way. Up to a tenth more or
 * less, so that routers that failed together do not ask together. One thread.
 */
final class Pace {
    static final int LONGEST_S = 3_600;

    private static final int MOST_DOUBLINGS = 16;
    private static final int LEAST_THOUSANDTHS = 900;
    private static final int SPREAD_THOUSANDTHS = 201;

    private final int everyS;
    private final Random random;
    private int failures;

    Pace(final int everyS, final long seed) {
        this.everyS = everyS;
        random = new Random(seed);
    }

    void succeeded() {
        failures = 0;
    }

    void failed() {
        failures++;
    }

    long nextMs() {
        if (failures == 0) {
            return everyS * 1_000L;
        }
        final long doubled = (long) everyS << Math.min(failures - 1, MOST_DOUBLINGS);
        final long seconds = Math.min(Math.max(everyS, LONGEST_S), doubled);
        return seconds * (LEAST_THOUSANDTHS + random.nextInt(SPREAD_THOUSANDTHS));
    }
}
