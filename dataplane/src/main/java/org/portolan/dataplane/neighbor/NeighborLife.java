package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Ethernet;

/**
 * How the entries of one {@link NeighborMachine} live: asked, answered, aged, probed, let go. What comes in from the
 * wire ({@link NeighborHearing}) and what is ordered ({@link NeighborOrders}) both end here. Control only.
 */
final class NeighborLife {
    private final NeighborTimers timers;
    private final NeighborMachine.Actions actions;
    private final NeighborMachine.UseOracle use;
    private final NeighborEntries entries;

    NeighborLife(
            final NeighborTimers timers,
            final NeighborMachine.Actions actions,
            final NeighborMachine.UseOracle use,
            final NeighborEntries entries) {
        this.timers = timers;
        this.actions = actions;
        this.use = use;
        this.entries = entries;
    }

    /** Asks everybody for an address of which nothing is known. */
    void lookUp(final int address, final long nowMs) {
        if (!entries.isLookupAllowed()) {
            count(NeighborCounter.LIMITED_LOOKUPS);
            return;
        }
        final NeighborEntry entry = entries.admit(address, 0, NeighborState.INCOMPLETE, nowMs);
        if (entry != null) {
            entries.open(entry, timers.tries(), Ethernet.BROADCAST, nowMs);
        }
    }

    void tick(final long nowMs) {
        NeighborEntry entry = entries.due(nowMs);
        while (entry != null) {
            onDue(entry, nowMs);
            entry = entries.due(nowMs);
        }
    }

    /** Each case leaves the entry gone or due later than now. */
    private void onDue(final NeighborEntry entry, final long nowMs) {
        switch (entry.state) {
            case NeighborState.INCOMPLETE -> {
                if (entry.tries < entry.triesAllowed) {
                    entries.ask(entry, Ethernet.BROADCAST, nowMs);
                } else {
                    giveUp(entry, nowMs);
                }
            }
            case NeighborState.REACHABLE -> {
                entries.enter(entry, NeighborState.STALE, nowMs);
                entries.schedule(entry, nowMs + timers.useCheckMs());
            }
            case NeighborState.STALE -> onStaleDue(entry, nowMs);
            case NeighborState.PROBING -> {
                if (entry.tries < entry.triesAllowed) {
                    entries.ask(entry, entry.mac, nowMs);
                } else {
                    onSilent(entry, nowMs);
                }
            }
            case NeighborState.FAILED -> entries.remove(entry);
            default -> throw new IllegalStateException("no deadline in state " + NeighborState.name(entry.state));
        }
    }

    private void onStaleDue(final NeighborEntry entry, final long nowMs) {
        final long idleDueMs = Math.max(entry.sinceMs, entry.heardMs) + timers.staleIdleMs();
        if (isUsedSince(entry, entry.sinceMs)) {
            entry.idleRenewals = 0;
            probe(entry, true, timers.tries(), nowMs);
        } else if (entry.restored) {
            probe(entry, false, timers.tries(), nowMs);
        } else if (nowMs < idleDueMs) {
            entries.schedule(entry, Math.min(idleDueMs, nowMs + timers.useCheckMs()));
        } else if (entry.unasked || entry.idleRenewals >= timers.idleRenewals()) {
            expire(entry);
        } else {
            entry.idleRenewals++;
            probe(entry, false, timers.tries(), nowMs);
        }
    }

    private boolean isUsedSince(final NeighborEntry entry, final long sinceMs) {
        final int lastUsedS = use.lastUsedS(entry.address);
        return lastUsedS != 0 && lastUsedS >= sinceMs / 1000;
    }

    void probe(final NeighborEntry entry, final boolean wanted, final int tries, final long nowMs) {
        entries.enter(entry, NeighborState.PROBING, nowMs);
        entry.wanted = wanted;
        entry.restored = false;
        actions.changed(NeighborChange.DUE, entry.address, entry.mac, entry.mac);
        entries.open(entry, tries, entry.mac, nowMs);
    }

    /**
     * The held MAC is silent. Who waits for the address asks everybody; frames wait too, rather than go to a dead MAC.
     */
    private void onSilent(final NeighborEntry entry, final long nowMs) {
        if (!entry.wanted && entry.claimedMac == 0 && !isUsedSince(entry, entry.sinceMs)) {
            expire(entry);
            return;
        }
        entry.claimedMac = 0;
        entries.enter(entry, NeighborState.INCOMPLETE, nowMs);
        entries.open(entry, timers.tries(), Ethernet.BROADCAST, nowMs);
    }

    private void giveUp(final NeighborEntry entry, final long nowMs) {
        count(NeighborCounter.FAILED);
        final long macOld = entry.mac;
        entry.mac = 0;
        entries.enter(entry, NeighborState.FAILED, nowMs);
        entries.schedule(entry, nowMs + timers.failedHoldMs());
        if (macOld != 0) {
            count(NeighborCounter.EXPIRED);
            actions.changed(NeighborChange.EXPIRED, entry.address, macOld, 0);
        }
    }

    private void expire(final NeighborEntry entry) {
        count(NeighborCounter.EXPIRED);
        discard(entry, NeighborChange.EXPIRED);
    }

    void discard(final NeighborEntry entry, final NeighborChange kind) {
        entries.remove(entry);
        if (entry.mac != 0) {
            actions.changed(kind, entry.address, entry.mac, 0);
        }
    }

    /** The open question is answered. */
    void onAnswer(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.INCOMPLETE) {
            count(NeighborCounter.RESOLVED);
        }
        final long macOld = entry.mac;
        final long claimed = entry.claimedMac;
        entry.mac = mac;
        entry.claimedMac = 0;
        entry.confirmedMs = nowMs;
        entry.heardMs = nowMs;
        entries.enter(entry, NeighborState.REACHABLE, nowMs);
        entries.schedule(entry, nowMs + timers.reachableMs());
        if (macOld == 0) {
            actions.changed(NeighborChange.LEARNED, entry.address, 0, mac);
        } else if (macOld != mac) {
            count(NeighborCounter.MOVED);
            actions.changed(NeighborChange.MOVED, entry.address, macOld, mac);
        } else {
            actions.changed(NeighborChange.REFRESHED, entry.address, mac, mac);
            if (claimed != 0) {
                count(NeighborCounter.DISPUTED);
                actions.changed(NeighborChange.DISPUTED, entry.address, mac, claimed);
            }
        }
    }

    private void count(final NeighborCounter counter) {
        entries.count(counter, 1);
    }
}
