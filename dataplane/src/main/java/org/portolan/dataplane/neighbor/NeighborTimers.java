package org.portolan.dataplane.neighbor;

/**
 * The times of {@link NeighborMachine}, ms.
 *
 * @param retryMs between two requests for one address, and how long the last one waits; RFC 1122 2.3.2.1 asks for at
 *     most one a second
 * @param tries requests before an address counts as absent, and unicast probes before a MAC counts as silent
 * @param failedHoldMs how long an absent address is not asked for again
 * @param reachableMs how long an answer is trusted
 * @param useCheckMs how often a stale entry is checked for use; a used one is probed
 * @param staleIdleMs how long a stale entry lives unused before it falls due
 * @param idleRenewals how many times in a row an unused entry that fell due is kept because it answered a probe; after
 *     these it is probed once more and let go, so that no idle host is probed without end
 * @param claimRetryMs between the two requests that a held MAC is worth while another claims its address; it keeps RFC
 *     1122's one a second on the average, by {@code claimIntervalMs}
 * @param claimIntervalMs between two looks at claims against one MAC, on the average; a few may follow each other at
 *     once
 */
public record NeighborTimers(
        long retryMs,
        int tries,
        long failedHoldMs,
        long reachableMs,
        long useCheckMs,
        long staleIdleMs,
        int idleRenewals,
        long claimRetryMs,
        long claimIntervalMs) {
    public NeighborTimers {
        require(retryMs >= 1000, "retryMs", retryMs, "1000 or more (RFC 1122 2.3.2.1)");
        require(tries >= 1 && tries <= 100, "tries", tries, "1 to 100");
        require(failedHoldMs >= retryMs, "failedHoldMs", failedHoldMs, "retryMs or more");
        require(reachableMs >= retryMs, "reachableMs", reachableMs, "retryMs or more");
        require(useCheckMs >= 100, "useCheckMs", useCheckMs, "100 or more");
        require(staleIdleMs >= useCheckMs, "staleIdleMs", staleIdleMs, "useCheckMs or more");
        require(idleRenewals >= 0, "idleRenewals", idleRenewals, "0 or more");
        require(claimRetryMs >= 100, "claimRetryMs", claimRetryMs, "100 or more");
        require(claimIntervalMs >= 1000, "claimIntervalMs", claimIntervalMs, "1000 or more (RFC 1122 2.3.2.1)");
    }

    private static void require(final boolean legal, final String name, final long value, final String range) {
        if (!legal) {
            throw new IllegalArgumentException("%s is %d, allowed is %s".formatted(name, value, range));
        }
    }

    /**
     * 3 tries 1 s apart, 5 s hold-down, 60 s reachable, use checked each 5 s, 1200 s idle, 1 renewal, claims looked at
     * for 2 times 500 ms and once a second.
     */
    public static NeighborTimers defaults() {
        return new NeighborTimers(1_000, 3, 5_000, 60_000, 5_000, 1_200_000, 1, 500, 1_000);
    }
}
