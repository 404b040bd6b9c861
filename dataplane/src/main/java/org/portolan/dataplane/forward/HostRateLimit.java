package org.portolan.dataplane.forward;

/**
 * A rate limit that is fair by host: a token bucket for each host and one for all together, so that a host which asks
 * for too much takes nothing from another.
 *
 * <p>The buckets are a fixed table. A host has two places in it, chosen by a keyed hash, and uses the fuller one: a
 * host that shares one of its places with a flood still has the other. Nobody outside knows the key, so nobody can
 * choose the addresses that share both places of another host.
 *
 * <p>A host whose bucket has been full for a second is allowed even when the total is used up: a flood from many
 * addresses does not silence a host that asks seldom. This adds at most one token for each place and second to the
 * total, {@value #BUCKETS} in all.
 *
 * <p>Owned by one thread; allocates nothing after construction, reads no clock.
 */
public final class HostRateLimit {
    /** Places in the table; a power of two. */
    static final int BUCKETS = 4096;

    private static final long FULL_LONG_NS = 1_000_000_000L;

    private static final int SECOND_PLACE_SHIFT = 32;

    private final RateLimit[] buckets = new RateLimit[BUCKETS];
    private final RateLimit total;
    private final long secret;
    private final long multiplier;

    /**
     * @param perSecond tokens a host gets each second, for each of its two places
     * @param burst tokens that a host has after a pause
     * @param totalPerSecond tokens a second for all hosts together
     * @param totalBurst tokens for all after a pause
     * @param secret nobody else knows it
     */
    public HostRateLimit(
            final int perSecond, final int burst, final int totalPerSecond, final int totalBurst, final long secret) {
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new RateLimit(perSecond, burst);
        }
        total = new RateLimit(totalPerSecond, totalBurst);
        this.secret = mix(secret);
        multiplier = mix(secret + 1) | 1;
    }

    /** Takes a token of this host's; false when it has none, or all hosts together have none. */
    public boolean allow(final int host, final long nowNs) {
        final long hash = hash(host);
        final RateLimit one = buckets[(int) hash & BUCKETS - 1];
        final RateLimit other = buckets[(int) (hash >>> SECOND_PLACE_SHIFT) & BUCKETS - 1];
        final long oneNs = one.untilFullNs(nowNs);
        final long otherNs = other.untilFullNs(nowNs);
        final boolean seldom = Math.min(oneNs, otherNs) <= -FULL_LONG_NS;
        return (oneNs <= otherNs ? one : other).allow(nowNs) && (seldom || total.allow(nowNs));
    }

    /** Two folded multiplications by secrets; no output of it is ever seen by anybody. */
    private long hash(final int host) {
        final long first = fold(host ^ secret, multiplier);
        return fold(first ^ secret, multiplier);
    }

    private static long fold(final long left, final long right) {
        return Math.unsignedMultiplyHigh(left, right) ^ left * right;
    }

    /** The finalizer of SplitMix64: a poor secret still fills all bits. */
    private static long mix(final long value) {
        long mixed = value + 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ mixed >>> 31;
    }
}
