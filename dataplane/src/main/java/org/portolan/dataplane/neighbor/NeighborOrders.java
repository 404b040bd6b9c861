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
    private final NeighborMachine.Actions actions;
    private final NeighborEntries entries;
    private final NeighborLife life;

    NeighborOrders(
            final OwnAddresses own,
            final NeighborTimers timers,
            final NeighborMachine.Actions actions,
            final NeighborEntries entries,
            final NeighborLife life) {
        this.own = own;
        this.timers = timers;
        this.actions = actions;
        this.entries = entries;
        this.life = life;
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
                life.discard(entry, NeighborChange.FLUSHED);
            }
        }
    }

    boolean addStatic(final int address, final long mac, final long nowMs) {
        requireBinding(address, mac);
        NeighborEntry entry = entries.of(address);
        final long macOld = entry == null ? 0 : entry.mac;
        if (entry == null) {
            entry = entries.admit(address, mac, NeighborState.STATIC, nowMs);
            if (entry == null) {
                return false;
            }
        } else if (entry.state == NeighborState.STATIC) {
            if (macOld == mac) {
                return true;
            }
            entry.mac = mac;
            actions.publish(address, mac, NeighborState.STATIC);
        } else {
            entry.mac = mac;
            entry.claimedMac = 0;
            entries.enter(entry, NeighborState.STATIC, nowMs);
            entries.unschedule(entry);
        }
        actions.changed(NeighborChange.STATIC_ADDED, address, macOld, mac);
        return true;
    }

    boolean removeStatic(final int address) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || entry.state != NeighborState.STATIC) {
            return false;
        }
        life.discard(entry, NeighborChange.STATIC_REMOVED);
        return true;
    }

    boolean restore(final int address, final long mac, final long nowMs) {
        if (!isBinding(address, mac) || entries.of(address) != null) {
            return false;
        }
        final NeighborEntry entry = entries.admit(address, mac, NeighborState.STALE, nowMs);
        if (entry == null) {
            return false;
        }
        entry.restored = true;
        entries.schedule(entry, nowMs);
        return true;
    }

    boolean flush(final int address) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || entry.state == NeighborState.STATIC) {
            return false;
        }
        life.discard(entry, NeighborChange.FLUSHED);
        return true;
    }

    int flush() {
        int flushed = 0;
        for (final NeighborEntry entry : entries.sorted()) {
            flushed += flush(entry.address) ? 1 : 0;
        }
        return flushed;
    }

    private boolean isBinding(final int address, final long mac) {
        return own.canBeNeighbor(address) && OwnAddresses.isHostMac(mac) && mac != own.mac();
    }

    private void requireBinding(final int address, final long mac) {
        if (!own.canBeNeighbor(address)) {
            throw new IllegalArgumentException(
                    "%s is no address of a neighbor here".formatted(Ipv4.describeAddress(address)));
        }
        if (!isBinding(address, mac)) {
            throw new IllegalArgumentException("%s is no MAC of a neighbor".formatted(Ethernet.describeMac(mac)));
        }
    }
}
