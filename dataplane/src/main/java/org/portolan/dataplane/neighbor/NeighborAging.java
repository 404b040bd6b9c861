package org.portolan.dataplane.neighbor;

/**
 * What time does to the entries of one {@link NeighborMachine}: questions are repeated and given up, answers grow old,
 * what is used is probed, what is idle is let go. Control only.
 */
final class NeighborAging {
    private final NeighborTimers timers;
    private final NeighborActions actions;
    private final NeighborEntries entries;
    private final NeighborLife life;
    private final NeighborClaims claims;

    NeighborAging(
            final NeighborTimers timers,
            final NeighborActions actions,
            final NeighborEntries entries,
            final NeighborLife life,
            final NeighborClaims claims) {
        this.timers = timers;
        this.actions = actions;
        this.entries = entries;
        this.life = life;
        this.claims = claims;
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
        if (claims.isBegun(entry, nowMs)) {
            return;
        }
        switch (entry.state) {
            case NeighborState.INCOMPLETE -> {
                if (entry.tries < entry.triesAllowed) {
                    entries.ask(entry, RequestRate.LOOKUP, nowMs);
                } else {
                    life.giveUp(entry, nowMs);
                }
            }
            case NeighborState.REACHABLE -> onReachableDue(entry, nowMs);
            case NeighborState.STALE -> onStaleDue(entry, nowMs);
            case NeighborState.PROBING -> onProbingDue(entry, nowMs);
            case NeighborState.UNCONFIRMED -> onUnconfirmedDue(entry, nowMs);
            case NeighborState.FAILED -> entries.remove(entry);
            default -> throw new IllegalStateException("no deadline in state " + NeighborState.name(entry.state));
        }
    }

    /** A claim may have waked it before its time. */
    private void onReachableDue(final NeighborEntry entry, final long nowMs) {
        final long endMs = entry.sinceMs + timers.reachableMs();
        if (nowMs < endMs) {
            entries.schedule(entry, endMs);
            return;
        }
        entries.enter(entry, NeighborState.STALE, nowMs);
        entries.schedule(entry, nowMs + timers.useCheckMs());
    }

    /** Kept a while longer, or probed: a stale entry never goes without having been asked. */
    private void onStaleDue(final NeighborEntry entry, final long nowMs) {
        final long idleDueMs = Math.max(entry.sinceMs, entry.heardMs) + timers.staleIdleMs();
        final boolean used = life.isUsed(entry);
        if (!used && entry.doubt == null && nowMs < idleDueMs) {
            entries.schedule(entry, Math.min(idleDueMs, nowMs + timers.useCheckMs()));
        } else if (!entries.isPutOff(entry, NeighborLife.kind(used), 1, nowMs)) {
            onProbeDue(entry, used, nowMs);
        }
    }

    private void onProbeDue(final NeighborEntry entry, final boolean used, final long nowMs) {
        if (used) {
            entry.idleRenewals = 0;
            life.probe(entry, entry.doubt == null ? NeighborReason.IN_USE : entry.doubt, true, nowMs);
        } else if (entry.doubt != null) {
            life.probe(entry, entry.doubt, false, nowMs);
        } else {
            final boolean last = entry.unasked || entry.idleRenewals >= timers.idleRenewals();
            entry.idleRenewals++;
            life.probe(entry, NeighborReason.IDLE, false, nowMs);
            entry.lettingGo = last;
        }
    }

    private void onProbingDue(final NeighborEntry entry, final long nowMs) {
        if (entry.isClaimOpen()) {
            claims.onLookDue(entry, nowMs);
        } else if (entry.tries < entry.triesAllowed) {
            entries.ask(entry, NeighborLife.kind(entry.wanted || life.isUsed(entry)), nowMs);
        } else if (entry.wanted || entry.claimedMac() != 0 || life.isUsed(entry)) {
            life.onHeldSilent(entry, nowMs);
        } else {
            life.expire(entry, NeighborReason.SILENT);
        }
    }

    /** Asked by unicast while nobody wants it: who wants it asks everybody too. */
    private void onUnconfirmedDue(final NeighborEntry entry, final long nowMs) {
        if (entry.doubt != null) {
            if (!entries.isPutOff(entry, RequestRate.IDLE_PROBE, 1, nowMs)) {
                actions.changed(NeighborChange.DUE, entry.doubt, entry.address, entry.mac, entry.mac);
                entry.doubt = null;
                entries.open(entry, timers.tries(), entry.mac, 0, timers.retryMs(), RequestRate.IDLE_PROBE, nowMs);
            }
        } else if (entry.tries < entry.triesAllowed) {
            entries.ask(entry, RequestRate.IDLE_PROBE, nowMs);
        } else if (entry.claimedMac() != 0) {
            life.onHeldSilent(entry, nowMs);
        } else {
            life.expire(entry, NeighborReason.SILENT);
        }
    }
}
