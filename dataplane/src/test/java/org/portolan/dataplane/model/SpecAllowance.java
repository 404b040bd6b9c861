package org.portolan.dataplane.model;

import java.util.HashMap;
import java.util.Map;

/**
 * What a limit of the router's own answers grants at the least (RFC 1812 4.3.2.8): so many a second to each host, and
 * to all together. A host has two places in the router's table and may get more than that, or share one with another
 * host, so what goes beyond is the router's choice.
 */
final class SpecAllowance {
    private final int perHost;
    private final int total;
    private final Map<Integer, double[]> hosts = new HashMap<>();
    private final double[] all;

    SpecAllowance(final int perHost, final int total) {
        this.perHost = perHost;
        this.total = total;
        all = new double[] {total, 0};
    }

    /** Takes one answer; whether the host was sure to get it. */
    boolean take(final int host, final long nowNs) {
        if (hosts.size() > 100_000) {
            hosts.clear();
        }
        final boolean isForHost =
                take(hosts.computeIfAbsent(host, any -> new double[] {perHost, nowNs}), perHost, nowNs);
        return take(all, total, nowNs) && isForHost;
    }

    private static boolean take(final double[] bucket, final int rate, final long nowNs) {
        bucket[0] = Math.min(rate, bucket[0] + (nowNs - bucket[1]) * rate / 1e9);
        bucket[1] = nowNs;
        if (bucket[0] < 1) {
            return false;
        }
        bucket[0]--;
        return true;
    }
}
