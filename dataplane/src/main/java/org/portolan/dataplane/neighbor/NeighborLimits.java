package org.portolan.dataplane.neighbor;

/**
 * How much of {@link NeighborMachine} others can fill. Three quotas, so that a flood of one kind leaves the others
 * alone.
 *
 * @param entries all entries, static ones included
 * @param unresolved incomplete and failed ones: what lookups for absent hosts can fill; one host that asks gets as many
 *     of them as are left for all others
 * @param unasked entries made from a request to this router and never confirmed: what spoofed requests can fill
 * @param requestsPerSecond requests sent on this interface, probes included, dealt by {@link RequestRate}; above it
 *     they wait, and a probed entry stays usable
 */
public record NeighborLimits(int entries, int unresolved, int unasked, int requestsPerSecond) {
    /** So that a question of two frames finds room in a second, of whichever kind it is. */
    private static final int LEAST_REQUESTS = 5;

    public NeighborLimits {
        final boolean positive = entries >= 1 && unresolved >= 1 && unasked >= 0 && requestsPerSecond >= LEAST_REQUESTS;
        if (!positive || unresolved > entries || unasked > entries) {
            throw new IllegalArgumentException(
                    ("entries %d, unresolved %d, unasked %d, requestsPerSecond %d: each is at least 1 (unasked 0,"
                                    + " requestsPerSecond 5), unresolved and unasked at most entries")
                            .formatted(entries, unresolved, unasked, requestsPerSecond));
        }
    }

    /** 16,384 entries, of them 1,024 unresolved and 4,096 unasked; 500 requests a second. */
    public static NeighborLimits defaults() {
        return new NeighborLimits(16_384, 1_024, 4_096, 500);
    }
}
