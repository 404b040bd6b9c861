package org.portolan.control.expiry;

import java.util.Arrays;
import java.util.Map;

/**
 * The idle times of UDP sessions by the port that their opener sent to, where the operator gave a port one of its own
 * (RFC 4787 REQ-5a).
 */
final class UdpPortTimes {
    private static final int PORTS = 1 << 16;

    private final int[] timesS;
    private final int shortestS;

    /**
     * @param ofPorts may be empty
     * @param otherwiseS of all other ports
     */
    UdpPortTimes(final Map<Integer, Integer> ofPorts, final int otherwiseS) {
        timesS = ofPorts.isEmpty() ? new int[0] : new int[PORTS];
        int shortest = otherwiseS;
        Arrays.fill(timesS, otherwiseS);
        for (final Map.Entry<Integer, Integer> each : ofPorts.entrySet()) {
            timesS[each.getKey()] = each.getValue();
            shortest = Math.min(shortest, each.getValue());
        }
        shortestS = shortest;
    }

    /** Whether all ports have the same time. */
    boolean isEmpty() {
        return timesS.length == 0;
    }

    /** No session ends before it is idle for this long. */
    int shortestS() {
        return shortestS;
    }

    /** The time of a port; not to be asked when this is {@link #isEmpty empty}. */
    int ofPortS(final int port) {
        return timesS[port];
    }
}
