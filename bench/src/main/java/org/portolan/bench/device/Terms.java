package org.portolan.bench.device;

import org.portolan.bench.lab.Lab;

/**
 * What every device of one comparison gets alike.
 *
 * @param sessions that it must hold at once
 */
public record Terms(long sessions) {
    /** The hosts of the session ladder; the lab's client is the way to them. */
    public static final String HOSTS_NETWORK = "10.0.0.0/8";

    /** Where the lab's client is itself. */
    public static final String INSIDE_NETWORK = "192.168.1.0/24";

    /** Outside addresses for more sessions than one address has ports; the upper half of the outside subnet. */
    public static final String POOL_FIRST = "203.0.113.128";

    public static final String POOL_LAST = "203.0.113.254";

    /** All of them and one more: what is routed to the device's host as a whole. */
    public static final String POOL_NETWORK = "203.0.113.128/25";

    /** Half the ports of one address: below it, nobody has to search for a free one. */
    private static final long MOST_ON_ONE_ADDRESS = 32_256;

    /** Whether the pool is used; otherwise the device's own outside address is. */
    public boolean usesPool() {
        return sessions > MOST_ON_ONE_ADDRESS;
    }

    /** First outside address of a device that translates, dotted. */
    public String firstOutside() {
        return usesPool() ? POOL_FIRST : Lab.OUTSIDE_ADDRESS;
    }

    /** Last outside address of a device that translates, dotted. */
    public String lastOutside() {
        return usesPool() ? POOL_LAST : Lab.OUTSIDE_ADDRESS;
    }
}
