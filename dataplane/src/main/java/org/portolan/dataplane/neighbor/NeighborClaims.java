package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Ethernet;

/**
 * What one {@link NeighborMachine} does about a MAC that claims an address which another one holds: it looks who
 * answers.
 *
 * <pre>
 *   claim ----> look: the held MAC is asked by unicast, twice
 *                 held answers ......................... refused, disputed
 *                 silent for 1 s ....................... everybody is asked, the first answer has it
 *   claim again, within 60 s of a refusal, at most once in 10 s
 *         ----> look: the held MAC and everybody are asked, answers are collected
 *                 only the held one answers ............ refused, disputed
 *                 only another answers, twice asked .... moved
 *                 both answer .......................... contested: {@link Contested} says who has it
 *                 silence for 1 s ...................... everybody is asked, the first answer has it
 *   claim during a look ................................ noted in place of the older one
 *   claim too soon after the last look ................. noted, and looked at when the pace lets it
 * </pre>
 *
 * <p>Control only.
 */
final class NeighborClaims {
    /** Requests that a held MAC is worth: one lost frame must not open the door. */
    private static final int TRIES = 2;

    private final NeighborTimers timers;
    private final Contested contested;
    private final NeighborActions actions;
    private final NeighborEntries entries;
    private final NeighborLife life;

    NeighborClaims(
            final NeighborTimers timers,
            final Contested contested,
            final NeighborActions actions,
            final NeighborEntries entries,
            final NeighborLife life) {
        this.timers = timers;
        this.contested = contested;
        this.actions = actions;
        this.entries = entries;
        this.life = life;
    }

    /** Another MAC claims the address of an entry that is held: by whatever frame, or by a peer's word. */
    void hear(final NeighborEntry entry, final long mac, final long nowMs) {
        final Dispute dispute = entry.dispute();
        dispute.claim(mac);
        if (!dispute.isOpen() && !isBegun(entry, nowMs)) {
            entries.count(NeighborCounter.LIMITED_CLAIMS, 1);
            entries.scheduleBy(entry, dispute.nextLookMs(timers.claimIntervalMs()));
        }
    }

    /** Another MAC claims the address of a static entry: nobody is asked, for the operator has decided. */
    void hearAgainstStatic(final NeighborEntry entry, final long mac, final long nowMs) {
        entries.count(NeighborCounter.DISPUTED, 1);
        if (entry.dispute().mustReport(false, nowMs)) {
            actions.refused(entry.address, entry.mac, mac);
        }
    }

    /** Begins the look at a claim that waits for it. @return false when there is none, or it is too soon */
    boolean isBegun(final NeighborEntry entry, final long nowMs) {
        if (!entry.isHeld() || entry.claimedMac() == 0 || entry.isClaimOpen()) {
            return false;
        }
        final Dispute dispute = entry.dispute();
        if (!dispute.takeLook(timers.claimIntervalMs(), nowMs)) {
            return false;
        }
        dispute.open(nowMs);
        if (entry.state != NeighborState.PROBING) {
            entries.enter(entry, NeighborState.PROBING, nowMs);
            actions.changed(NeighborChange.DUE, NeighborReason.CLAIMED, entry.address, entry.mac, entry.mac);
        }
        entry.wanted = life.isInUse(entry, nowMs);
        entry.doubt = null;
        final boolean everybody = dispute.asksEverybody();
        entries.open(
                entry,
                TRIES,
                everybody ? Ethernet.BROADCAST : entry.mac,
                everybody ? entry.mac : 0,
                timers.claimRetryMs(),
                NeighborLife.kind(entry.wanted),
                nowMs);
        return true;
    }

    /** Somebody answers the question that is open about an entry that is held. */
    void onAnswer(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.isClaimOpen() && entry.dispute().asksEverybody()) {
            entry.dispute().answered(mac, entry.mac);
        } else if (mac == entry.mac) {
            life.onAnswer(entry, mac, nowMs);
        } else {
            hear(entry, mac, nowMs);
        }
    }

    /** The time for answers to a look's request is over. */
    void onLookDue(final NeighborEntry entry, final long nowMs) {
        final Dispute dispute = entry.dispute();
        final boolean lastTry = entry.tries >= entry.triesAllowed;
        if (dispute.hasHeldAnswered() || dispute.answeredMac() != 0 && lastTry) {
            settle(entry, nowMs);
        } else if (lastTry) {
            life.onHeldSilent(entry, nowMs);
        } else {
            entries.ask(entry, NeighborLife.kind(entry.wanted), nowMs);
        }
    }

    private void settle(final NeighborEntry entry, final long nowMs) {
        final Dispute dispute = entry.dispute();
        final long other = dispute.answeredMac();
        if (!dispute.haveBothAnswered()) {
            dispute.uncontested();
            life.onAnswer(entry, other == 0 ? entry.mac : other, nowMs);
            return;
        }
        final boolean kept = contested == Contested.HELD;
        dispute.claim(other);
        dispute.contested(kept ? other : entry.mac, nowMs);
        life.onAnswer(entry, kept ? entry.mac : other, nowMs);
    }

    /**
     * A host says that it has an address which is being asked for, or which did not answer, but not to us: it is asked,
     * and so found at once instead of at the next try.
     */
    void hearUnresolved(final NeighborEntry entry, final long mac, final long nowMs) {
        final boolean open = entry.state == NeighborState.INCOMPLETE;
        if (!open && !life.isInUse(entry, nowMs) || !entry.dispute().takeLook(timers.claimIntervalMs(), nowMs)) {
            return;
        }
        if (open) {
            entries.askBeside(entry, mac, nowMs);
        } else {
            entries.remove(entry);
            life.lookUp(entry.address, entry.address, nowMs);
        }
    }
}
