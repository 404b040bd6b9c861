package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Ethernet;

/**
 * How the entries of one {@link NeighborMachine} live: asked, answered, aged, probed, let go. What comes in from the
 * wire ({@link NeighborHearing}) and what is ordered ({@link NeighborOrders}) both end here. Control only.
 */
final class NeighborLife {
    /**
     * A held MAC that is disputed is asked twice before the address is asked for anew: one lost frame must not open the
     * door.
     */
    private static final int CLAIM_TRIES = 2;

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
            entries.open(entry, timers.tries(), Ethernet.BROADCAST, RequestRate.LOOKUP, nowMs);
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
                    entries.ask(entry, Ethernet.BROADCAST, RequestRate.LOOKUP, nowMs);
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
                    entries.ask(entry, entry.mac, kind(entry.wanted || isUsed(entry)), nowMs);
                } else {
                    onSilent(entry, nowMs);
                }
            }
            case NeighborState.FAILED -> entries.remove(entry);
            default -> throw new IllegalStateException("no deadline in state " + NeighborState.name(entry.state));
        }
    }

    /** Kept a while longer, or probed: a stale entry never goes without having been asked. */
    private void onStaleDue(final NeighborEntry entry, final long nowMs) {
        final long idleDueMs = Math.max(entry.sinceMs, entry.heardMs) + timers.staleIdleMs();
        final boolean used = isUsed(entry);
        if (!used && entry.doubt == null && nowMs < idleDueMs) {
            entries.schedule(entry, Math.min(idleDueMs, nowMs + timers.useCheckMs()));
        } else if (!entries.isPutOff(entry, kind(used || entry.claimedMac != 0), nowMs)) {
            onProbeDue(entry, used, nowMs);
        }
    }

    private void onProbeDue(final NeighborEntry entry, final boolean used, final long nowMs) {
        if (entry.claimedMac != 0) {
            probeClaimed(entry, nowMs);
        } else if (used) {
            entry.idleRenewals = 0;
            probe(entry, entry.doubt == null ? NeighborReason.IN_USE : entry.doubt, true, timers.tries(), nowMs);
        } else if (entry.doubt != null) {
            probe(entry, entry.doubt, false, timers.tries(), nowMs);
        } else {
            final boolean last = entry.unasked || entry.idleRenewals >= timers.idleRenewals();
            entry.idleRenewals++;
            probe(entry, NeighborReason.IDLE, false, timers.tries(), nowMs);
            entry.lettingGo = last;
        }
    }

    private static int kind(final boolean wanted) {
        return wanted ? RequestRate.WANTED_PROBE : RequestRate.IDLE_PROBE;
    }

    /** Whether a worker sent to it in its present state. */
    private boolean isUsed(final NeighborEntry entry) {
        return use.lastUsedS(entry.address) >= entry.sinceMs / 1000;
    }

    /** Notes that another MAC claims the address, unless one was looked at just now. */
    boolean isClaimTaken(final NeighborEntry entry, final long mac, final long nowMs) {
        if (nowMs < entry.claimHoldUntilMs) {
            count(NeighborCounter.LIMITED_CLAIMS);
            return false;
        }
        entry.claimHoldUntilMs = nowMs + timers.claimHoldMs();
        entry.claimedMac = mac;
        return true;
    }

    /** Another MAC claims the address: the held one is asked, and then everybody. */
    void probeClaimed(final NeighborEntry entry, final long nowMs) {
        probe(entry, NeighborReason.CLAIMED, true, CLAIM_TRIES, nowMs);
    }

    private void probe(
            final NeighborEntry entry,
            final NeighborReason reason,
            final boolean wanted,
            final int tries,
            final long nowMs) {
        entries.enter(entry, NeighborState.PROBING, nowMs);
        entry.wanted = wanted;
        entry.doubt = null;
        entry.lettingGo = false;
        actions.changed(NeighborChange.DUE, reason, entry.address, entry.mac, entry.mac);
        entries.open(entry, tries, entry.mac, kind(wanted), nowMs);
    }

    /**
     * The held MAC is silent. Who waits for the address asks everybody; frames wait too, rather than go to a dead MAC.
     */
    private void onSilent(final NeighborEntry entry, final long nowMs) {
        if (!entry.wanted && entry.claimedMac == 0 && !isUsed(entry)) {
            expire(entry, NeighborReason.SILENT);
            return;
        }
        entry.lettingGo = false;
        entries.enter(entry, NeighborState.INCOMPLETE, nowMs);
        entries.open(entry, timers.tries(), Ethernet.BROADCAST, RequestRate.LOOKUP, nowMs);
    }

    private void giveUp(final NeighborEntry entry, final long nowMs) {
        count(NeighborCounter.FAILED);
        final long macOld = entry.mac;
        entry.mac = 0;
        entry.claimedMac = 0;
        entries.enter(entry, NeighborState.FAILED, nowMs);
        entries.schedule(entry, nowMs + timers.failedHoldMs());
        if (macOld != 0) {
            count(NeighborCounter.EXPIRED);
            actions.changed(NeighborChange.EXPIRED, NeighborReason.SILENT, entry.address, macOld, 0);
        }
    }

    private void expire(final NeighborEntry entry, final NeighborReason reason) {
        count(NeighborCounter.EXPIRED);
        discard(entry, NeighborChange.EXPIRED, reason);
    }

    void discard(final NeighborEntry entry, final NeighborChange kind, final NeighborReason reason) {
        entries.remove(entry);
        if (entry.mac != 0) {
            actions.changed(kind, reason, entry.address, entry.mac, 0);
        }
    }

    /** The open question is answered. */
    void onAnswer(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.INCOMPLETE) {
            count(NeighborCounter.RESOLVED);
        }
        final long macOld = entry.mac;
        final long claimed = entry.claimedMac;
        if (entry.lettingGo) {
            if (claimed == 0 && !isUsed(entry)) {
                expire(entry, NeighborReason.IDLE);
                return;
            }
            entry.idleRenewals = 0;
        }
        entry.mac = mac;
        entry.claimedMac = 0;
        entry.confirmedMs = nowMs;
        entry.heardMs = nowMs;
        entries.enter(entry, NeighborState.REACHABLE, nowMs);
        entries.schedule(entry, nowMs + timers.reachableMs());
        tellAnswer(entry, macOld, claimed);
    }

    private void tellAnswer(final NeighborEntry entry, final long macOld, final long claimed) {
        final long mac = entry.mac;
        if (macOld == 0) {
            actions.changed(NeighborChange.LEARNED, NeighborReason.ANSWERED, entry.address, 0, mac);
        } else if (macOld != mac) {
            count(NeighborCounter.MOVED);
            final NeighborReason reason = mac == claimed ? NeighborReason.TOOK_OVER : NeighborReason.ANSWERED;
            actions.changed(NeighborChange.MOVED, reason, entry.address, macOld, mac);
        } else {
            actions.changed(NeighborChange.REFRESHED, NeighborReason.ANSWERED, entry.address, mac, mac);
            if (claimed != 0) {
                count(NeighborCounter.DISPUTED);
                actions.changed(NeighborChange.DISPUTED, NeighborReason.CLAIMED, entry.address, mac, claimed);
            }
        }
    }

    private void count(final NeighborCounter counter) {
        entries.count(counter, 1);
    }
}
