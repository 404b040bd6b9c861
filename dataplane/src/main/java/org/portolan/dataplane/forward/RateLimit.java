package org.portolan.dataplane.forward;

/**
 * A token bucket for what the router sends on its own account (RFC 1812 4.3.2.8): so many a second, and a burst at
 * once.
 *
 * <p>Kept as one time: when the bucket would be full again. Owned by one thread; allocates nothing, reads no clock.
 */
public final class RateLimit {
    private static final long SECOND_NS = 1_000_000_000L;

    /** Above it the interval in whole nanoseconds would be off by more than a thousandth. */
    private static final int MAXIMUM_RATE = 1_000_000;

    private final long intervalNs;
    private final long slackNs;
    private long fullAtNs;
    private boolean used;

    /**
     * @param perSecond 0 to 1,000,000; 0 allows nothing
     * @param burst how many at once after a pause, 1 to 1,000,000
     */
    public RateLimit(final int perSecond, final int burst) {
        if (perSecond < 0 || perSecond > MAXIMUM_RATE || burst < 1 || burst > MAXIMUM_RATE) {
            throw new IllegalArgumentException("rate %d, burst %d: allowed are 0 to %d and 1 to %d"
                    .formatted(perSecond, burst, MAXIMUM_RATE, MAXIMUM_RATE));
        }
        this.intervalNs = perSecond == 0 ? 0 : SECOND_NS / perSecond;
        this.slackNs = intervalNs * (burst - 1);
    }

    /** How long until the bucket is full, ns; negative: for how long it has been full. */
    long untilFullNs(final long nowNs) {
        return used ? fullAtNs - nowNs : Long.MIN_VALUE;
    }

    /** Takes a token; false when there is none. {@code nowNs} never goes back, its zero is anywhere. */
    public boolean allow(final long nowNs) {
        if (intervalNs == 0) {
            return false;
        }
        if (!used || fullAtNs - nowNs < 0) {
            used = true;
            fullAtNs = nowNs;
        }
        if (fullAtNs - nowNs > slackNs) {
            return false;
        }
        fullAtNs += intervalNs;
        return true;
    }
}
