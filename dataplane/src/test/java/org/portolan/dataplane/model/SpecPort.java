package org.portolan.dataplane.model;

import java.util.HashMap;
import java.util.Map;

/** One interface of the router: what the config says of it, what the link does, and the neighbors that are known. */
final class SpecPort {
    /** The MAC of a neighbor that was asked for and does not answer. */
    static final long FAILED = 0;

    final int index;
    final boolean isOutside;
    final int address;
    final int prefixLength;
    final long mac;
    int mtu;
    boolean isUp = true;

    /** MAC by address, {@link #FAILED} for one that does not answer; one that is not here is not known yet. */
    final Map<Integer, Long> neighbors = new HashMap<>();

    SpecPort(
            final int index,
            final boolean isOutside,
            final int address,
            final int prefixLength,
            final long mac,
            final int mtu) {
        this.index = index;
        this.isOutside = isOutside;
        this.address = address;
        this.prefixLength = prefixLength;
        this.mac = mac;
        this.mtu = mtu;
    }

    /** RFC 1812 5.3.5: the network's and the broadcast address of the connected subnet. */
    boolean isBroadcast(final int candidate) {
        final int host = -1 >>> prefixLength;
        return SpecTerms.contains(address, prefixLength, candidate)
                && ((candidate & host) == 0 || (candidate & host) == host);
    }
}
