package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Ethernet;

/**
 * The questions of one {@link NeighborMachine} and what follows from their answers. What comes in from the wire ({@link
 * NeighborHearing}), what is ordered ({@link NeighborOrders}), what time does ({@link NeighborAging}) and what others
 * claim ({@link NeighborClaims}) all end here. Control only.
 */
final class NeighborLife {
    /** An address that was sent to so lately is in use, s: a little more than a used entry's time between answers. */
    private static final int IN_USE_S = 75;

    private final NeighborTimers timers;
    private final NeighborActions actions;
    private final UseOracle use;
    private final NeighborEntries entries;

    NeighborLife(
            final NeighborTimers timers,
            final NeighborActions actions,
            final UseOracle use,
            final NeighborEntries entries) {
        this.timers = timers;
        this.actions = actions;
        this.use = use;
        this.entries = entries;
    }

    // ---- questions

    /**
     * Asks everybody for an address that workers have a frame for. What is known of it already, but not confirmed, is
     * asked at the same time.
     *
     * @param asker the host whose frame it is
     */
    void lookUp(final int address, final int asker, final long nowMs) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null) {
            lookUpUnknown(address, asker, nowMs);
        } else if (entry.state == NeighborState.UNCONFIRMED) {
            lookUpUnconfirmed(entry, asker, nowMs);
        } else if (entry.state == NeighborState.INCOMPLETE && entries.isTakenOver(entry, asker)) {
            entries.ask(entry, RequestRate.LOOKUP, nowMs);
        }
    }

    private void lookUpUnknown(final int address, final int asker, final long nowMs) {
        if (!entries.isLookupAllowed(address, asker, nowMs)) {
            return;
        }
        final NeighborEntry entry = entries.admit(address, 0, NeighborState.INCOMPLETE, asker, nowMs);
        if (entry != null) {
            askEverybody(entry, 0, nowMs);
        }
    }

    private void lookUpUnconfirmed(final NeighborEntry entry, final int asker, final long nowMs) {
        if (!entries.isLookupAllowed(entry.address, asker, nowMs)) {
            return;
        }
        if (entry.doubt != null) {
            actions.changed(NeighborChange.DUE, entry.doubt, entry.address, entry.mac, entry.mac);
            entry.doubt = null;
        }
        entry.asker = asker;
        entries.enter(entry, NeighborState.INCOMPLETE, nowMs);
        askEverybody(entry, entry.mac, nowMs);
    }

    private void askEverybody(final NeighborEntry entry, final long alsoAskedMac, final long nowMs) {
        entries.open(
                entry, timers.tries(), Ethernet.BROADCAST, alsoAskedMac, timers.retryMs(), RequestRate.LOOKUP, nowMs);
    }

    /** The held MAC is silent: everybody is asked, and frames wait rather than go to a dead MAC. */
    void onHeldSilent(final NeighborEntry entry, final long nowMs) {
        entry.lettingGo = false;
        entry.asker = entry.address;
        entries.enter(entry, NeighborState.INCOMPLETE, nowMs);
        askEverybody(entry, 0, nowMs);
    }

    /** Asks the MAC that is held whether it is still there. */
    void probe(final NeighborEntry entry, final NeighborReason reason, final boolean wanted, final long nowMs) {
        entries.enter(entry, NeighborState.PROBING, nowMs);
        entry.wanted = wanted;
        entry.doubt = null;
        entry.lettingGo = false;
        actions.changed(NeighborChange.DUE, reason, entry.address, entry.mac, entry.mac);
        entries.open(entry, timers.tries(), entry.mac, 0, timers.retryMs(), kind(wanted), nowMs);
    }

    static int kind(final boolean wanted) {
        return wanted ? RequestRate.WANTED_PROBE : RequestRate.IDLE_PROBE;
    }

    /** Whether a worker sent to it in its present state. */
    boolean isUsed(final NeighborEntry entry) {
        return use.lastUsedS(entry.address) >= entry.sinceMs / 1000;
    }

    /** Whether workers send to it, whatever happened to its state meanwhile. */
    boolean isInUse(final NeighborEntry entry, final long nowMs) {
        final int lastS = use.lastUsedS(entry.address);
        return lastS != NeighborUse.NEVER && lastS >= nowMs / 1000 - IN_USE_S;
    }

    // ---- the end

    void giveUp(final NeighborEntry entry, final long nowMs) {
        entries.count(NeighborCounter.FAILED, 1);
        final long macOld = entry.mac;
        entry.mac = 0;
        entry.dropDispute();
        entries.enter(entry, NeighborState.FAILED, nowMs);
        entries.schedule(entry, nowMs + timers.failedHoldMs());
        if (macOld != 0) {
            entries.count(NeighborCounter.EXPIRED, 1);
            actions.changed(NeighborChange.EXPIRED, NeighborReason.SILENT, entry.address, macOld, 0);
        }
    }

    void expire(final NeighborEntry entry, final NeighborReason reason) {
        entries.count(NeighborCounter.EXPIRED, 1);
        discard(entry, NeighborChange.EXPIRED, reason);
    }

    void discard(final NeighborEntry entry, final NeighborChange kind, final NeighborReason reason) {
        entries.remove(entry);
        if (entry.mac != 0) {
            actions.changed(kind, reason, entry.address, entry.mac, 0);
        }
    }

    // ---- answers

    /** The open question is answered. */
    void onAnswer(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.INCOMPLETE) {
            entries.count(NeighborCounter.RESOLVED, 1);
        }
        if (entry.lettingGo) {
            if (entry.claimedMac() == 0 && !isUsed(entry)) {
                expire(entry, NeighborReason.IDLE);
                return;
            }
            entry.idleRenewals = 0;
        }
        final long macOld = entry.mac;
        entry.mac = mac;
        entry.doubt = null;
        entry.confirmedMs = nowMs;
        entry.heardMs = nowMs;
        entries.enter(entry, NeighborState.REACHABLE, nowMs);
        entries.schedule(entry, nowMs + timers.reachableMs());
        if (macOld == 0) {
            actions.changed(NeighborChange.LEARNED, NeighborReason.ANSWERED, entry.address, 0, mac);
        } else if (macOld != mac) {
            entries.count(NeighborCounter.MOVED, 1);
            actions.changed(NeighborChange.MOVED, whyMoved(entry), entry.address, macOld, mac);
        } else {
            actions.changed(NeighborChange.REFRESHED, NeighborReason.ANSWERED, entry.address, mac, mac);
        }
        settleClaim(entry, macOld, nowMs);
    }

    private static NeighborReason whyMoved(final NeighborEntry entry) {
        if (entry.claimedMac() == 0) {
            return NeighborReason.ANSWERED;
        }
        if (entry.dispute().haveBothAnswered()) {
            return NeighborReason.CONTESTED;
        }
        return entry.mac == entry.claimedMac() ? NeighborReason.TOOK_OVER : NeighborReason.ANSWERED;
    }

    /** What the answer says of the claim, if there was one. */
    private void settleClaim(final NeighborEntry entry, final long macOld, final long nowMs) {
        final long claimed = entry.claimedMac();
        if (claimed == 0) {
            return;
        }
        final Dispute dispute = entry.dispute();
        final boolean both = dispute.haveBothAnswered();
        final boolean refused = entry.mac == macOld;
        dispute.close();
        if (refused) {
            entries.count(NeighborCounter.DISPUTED, 1);
            final NeighborReason reason = both ? NeighborReason.CONTESTED : NeighborReason.CLAIMED;
            actions.changed(NeighborChange.DISPUTED, reason, entry.address, entry.mac, claimed);
            dispute.refused(nowMs);
        }
        final boolean contested = dispute.contestedMac(nowMs) != 0;
        if ((refused || both) && dispute.mustReport(contested, nowMs)) {
            actions.disputed(entry.address, entry.mac, refused ? claimed : macOld, contested);
        }
    }
}
