package org.portolan.dataplane.neighbor;

import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Who the router is on one interface: its MAC, its address and subnet, the addresses it answers for besides. Announces
 * them (RFC 5227 2.3) and defends them (2.4). Control only.
 *
 * <p>It does not probe before it uses an address (RFC 5227 2.1.1): the announcement makes an owner that is there
 * already speak, which is reported as a conflict, and a router that stayed mute for five seconds at each start would be
 * worse.
 */
final class OwnAddresses {
    /** RFC 5227 1.1, ANNOUNCE_NUM. */
    static final int ANNOUNCEMENTS = 2;

    /** RFC 5227 1.1, ANNOUNCE_INTERVAL, ms. */
    static final long ANNOUNCE_INTERVAL_MS = 2_000;

    /** RFC 5227 1.1, DEFEND_INTERVAL, ms. */
    static final long DEFEND_INTERVAL_MS = 10_000;

    /** So that a pool of thousands does not fill the transmit ring in one tick. */
    private static final int ANNOUNCEMENTS_EACH_TICK = 64;

    private final int address;
    private final int prefixLength;
    private final int mask;
    private final Long2LongHashMap defendedMs = new Long2LongHashMap(Long.MIN_VALUE);
    private long mac;
    private int[] proxied = {};

    private int roundsLeft;
    private int announced;
    private long roundMs;

    OwnAddresses(final long mac, final int address, final int prefixLength) {
        if (prefixLength < 1 || prefixLength > 32) {
            throw new IllegalArgumentException("prefix length %d is not in 1 to 32".formatted(prefixLength));
        }
        this.address = address;
        this.prefixLength = prefixLength;
        this.mask = -1 << 32 - prefixLength;
        mac(mac);
    }

    void mac(final long newMac) {
        if (!isHostMac(newMac)) {
            throw new IllegalArgumentException("no interface has MAC " + Ethernet.describeMac(newMac));
        }
        mac = newMac;
    }

    long mac() {
        return mac;
    }

    /** Replaces the set of addresses answered for besides the interface's own. */
    void proxied(final int[] addresses) {
        proxied = addresses.clone();
        Arrays.sort(proxied);
    }

    boolean isOurs(final int candidate) {
        return candidate == address || Arrays.binarySearch(proxied, candidate) >= 0;
    }

    /**
     * A host of the connected subnet: not its network or broadcast address, which a /31 and a /32 do not have (RFC
     * 3021).
     */
    boolean isSubnetHost(final int candidate) {
        return (candidate & mask) == (address & mask) && !isSubnetEdge(candidate);
    }

    private boolean isSubnetEdge(final int candidate) {
        final int host = candidate & ~mask;
        return prefixLength <= 30 && (candidate & mask) == (address & mask) && (host == 0 || host == ~mask);
    }

    /** An address that one other host can have here. */
    boolean canBeNeighbor(final int candidate) {
        final boolean unicast = !Ipv4.isMartian(candidate) && !Ipv4.isMulticast(candidate);
        return unicast && !isSubnetEdge(candidate) && !isOurs(candidate);
    }

    static boolean isHostMac(final long candidate) {
        return candidate != 0 && !Ethernet.isGroup(candidate) && candidate >>> 48 == 0;
    }

    /** Starts over: the first announcements go at the next tick. */
    void announce(final long nowMs) {
        roundsLeft = ANNOUNCEMENTS;
        announced = 0;
        roundMs = nowMs;
    }

    /** @return how many announcements were sent */
    int tick(final long nowMs, final NeighborActions actions) {
        if (roundsLeft == 0 || nowMs < roundMs) {
            return 0;
        }
        int sent = 0;
        while (announced <= proxied.length && sent < ANNOUNCEMENTS_EACH_TICK) {
            if (announced == 0 || proxied[announced - 1] != address) {
                actions.sendAnnouncement(announced == 0 ? address : proxied[announced - 1]);
                sent++;
            }
            announced++;
        }
        if (announced > proxied.length) {
            roundsLeft--;
            announced = 0;
            roundMs = nowMs + ANNOUNCE_INTERVAL_MS;
        }
        return sent;
    }

    /**
     * Another host claims an address of ours. RFC 5227 2.4 (c): a router keeps its address, and defends it at most once
     * in ten seconds, so that two that both defend do not flood the wire.
     *
     * @return whether it was defended, and so to be reported
     */
    boolean defend(final int claimed, final long nowMs, final NeighborActions actions) {
        final long last = defendedMs.get(claimed);
        if (last != Long.MIN_VALUE && nowMs - last < DEFEND_INTERVAL_MS) {
            return false;
        }
        defendedMs.put(claimed, nowMs);
        actions.sendAnnouncement(claimed);
        return true;
    }
}
