package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * What the operator, the interface and the memory of earlier runs tell one {@link NeighborMachine}, whose
 * methods of the same names say what each does. Control only.
 */
final class NeighborOrders {
    private final OwnAddresses own;
    private final NeighborTimers timers;
    private final NeighborActions actions;
    private final NeighborEntries entries;
    private final NeighborLife life;
    private final NeighborClaims claims;

    NeighborOrders(
            final OwnAddresses own,
            final NeighborTimers timers,
            final NeighborActions actions,
            final NeighborEntries entries,
            final NeighborLife life,
            final NeighborClaims claims) {
        this.own = own;
        this.timers = timers;
        this.actions = actions;
        this.entries = entries;
        this.life = life;
        this.claims = claims;
    }

    void linkUp(final long ownMac, final long nowMs) {
        own.mac(ownMac);
        own.announce(nowMs);
        for (final NeighborEntry entry : entries.sorted()) {
            if (entry.state == NeighborState.REACHABLE) {
                entries.enter(entry, NeighborState.STALE, nowMs);
                entries.schedule(entry, nowMs + timers.useCheckMs());
            }
        }
    }

    void proxy(final int... addresses) {
        own.proxied(addresses);
        for (final int address : addresses) {
            final NeighborEntry entry = entries.of(address);
            if (entry != null) {
                final boolean pinned = entry.state == NeighborState.STATIC;
                final NeighborChange kind = pinned ? NeighborChange.STATIC_REMOVED : NeighborChange.FLUSHED;
                life.discard(entry, kind, NeighborReason.OWN_ADDRESS);
            }
        }
    }

    NeighborMachine.Pinned addStatic(final int address, final long mac, final NeighborReason reason, final long nowMs) {
        requireBinding(address, mac);
        NeighborEntry entry = entries.of(address);
        final long macOld = entry == null ? 0 : entry.mac;
        if (entry == null) {
            entry = entries.admit(address, mac, NeighborState.STATIC, address, nowMs);
            if (entry == null) {
                return NeighborMachine.Pinned.FULL;
            }
        } else if (entry.state == NeighborState.STATIC) {
            if (macOld == mac) {
                return NeighborMachine.Pinned.ALREADY;
            }
            entry.mac = mac;
            actions.publish(address, mac, NeighborState.STATIC);
        } else {
            entry.mac = mac;
            entry.dropDispute();
            entry.doubt = null;
            entries.enter(entry, NeighborState.STATIC, nowMs);
            entries.unschedule(entry);
        }
        actions.changed(NeighborChange.STATIC_ADDED, reason, address, macOld, mac);
        return NeighborMachine.Pinned.DONE;
    }

    boolean removeStatic(final int address, final NeighborReason reason) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || entry.state != NeighborState.STATIC) {
            return false;
        }
        life.discard(entry, NeighborChange.STATIC_REMOVED, reason);
        return true;
    }

    boolean restore(final int address, final long mac, final long nowMs) {
        return entries.of(address) == null && admitHearsay(address, mac, NeighborReason.REMEMBERED, nowMs);
    }

    boolean suggest(final int address, final long mac, final long nowMs) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null) {
            return admitHearsay(address, mac, NeighborReason.PEER, nowMs);
        }
        if (entry.mac == mac || !isBinding(address, mac)) {
            return false;
        }
        if (entry.isHeld()) {
            claims.hear(entry, mac, nowMs);
            return true;
        }
        if (entry.state == NeighborState.UNCONFIRMED) {
            // When the one that is remembered stays silent, everybody is asked instead of forgetting the address.
            entry.dispute().claim(mac);
            return true;
        }
        return false;
    }

    boolean recheck(final int address, final long nowMs) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || !isDoubtful(entry)) {
            return false;
        }
        doubt(entry, NeighborReason.PEER, nowMs);
        return true;
    }

    /** Only what the subnet holds: the interface may have had another when the memory was made. */
    private boolean admitHearsay(final int address, final long mac, final NeighborReason from, final long nowMs) {
        if (!own.isSubnetHost(address) || !isBinding(address, mac)) {
            return false;
        }
        if (!entries.isHearsayAllowed(address, nowMs)) {
            return false;
        }
        final NeighborEntry entry = entries.admit(address, mac, NeighborState.UNCONFIRMED, address, nowMs);
        if (entry == null) {
            return false;
        }
        doubt(entry, from, nowMs);
        return true;
    }

    /** It has a MAC that a frame may change, and nobody asks it just now. */
    private static boolean isDoubtful(final NeighborEntry entry) {
        return entry.state == NeighborState.REACHABLE || entry.state == NeighborState.STALE;
    }

    /** Probed at the next tick, or as soon after as the rate of requests lets it. */
    private void doubt(final NeighborEntry entry, final NeighborReason reason, final long nowMs) {
        if (entry.state == NeighborState.REACHABLE) {
            entries.enter(entry, NeighborState.STALE, nowMs);
        }
        entry.doubt = reason;
        entries.schedule(entry, nowMs);
    }

    boolean flush(final int address, final NeighborReason reason) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || entry.state == NeighborState.STATIC) {
            return false;
        }
        life.discard(entry, NeighborChange.FLUSHED, reason);
        return true;
    }

    int flush(final NeighborReason reason) {
        int flushed = 0;
        for (final NeighborEntry entry : entries.sorted()) {
            flushed += flush(entry.address, reason) ? 1 : 0;
        }
        return flushed;
    }

    private boolean isBinding(final int address, final long mac) {
        return own.canBeNeighbor(address) && OwnAddresses.isHostMac(mac) && mac != own.mac();
    }

    private void requireBinding(final int address, final long mac) {
        if (!own.canBeNeighbor(address)) {
            throw new IllegalArgumentException(
                    "%s cannot be a neighbor's address here".formatted(Ipv4.describeAddress(address)));
        }
        if (!isBinding(address, mac)) {
            throw new IllegalArgumentException("%s cannot be a neighbor's MAC".formatted(Ethernet.describeMac(mac)));
        }
    }
}
