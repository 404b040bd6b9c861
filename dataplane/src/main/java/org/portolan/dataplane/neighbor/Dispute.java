package org.portolan.dataplane.neighbor;

/**
 * What one neighbor's address has been through with MACs that claim it beside the one that is held: the claim that
 * waits, the look at it that is open, who answered, and what came of earlier ones. Control only.
 */
final class Dispute {
    /**
     * Looks that may follow each other at once, before the pace of {@link NeighborTimers#claimIntervalMs} holds: a
     * forgery must not delay the look at the true move behind it, nor a move the look at the move back.
     */
    private static final int BURST = 4;

    /** So long a refused claim counts towards the next one, ms. */
    private static final long REPEATED_MS = 60_000;

    /** Everybody is asked about one address at most this often, ms; between it the held MAC is asked alone. */
    private static final long EVERYBODY_INTERVAL_MS = 10_000;

    /** An address is marked as contested so long after two MACs answered for it, ms. */
    static final long CONTESTED_MS = 600_000;

    /** One address is reported at most this often, ms. */
    static final long REPORT_INTERVAL_MS = 60_000;

    private static final long NEVER = Long.MIN_VALUE / 2;

    /** The newest claim that is not settled, 0 for none. */
    private long claimedMac;

    private boolean open;
    private boolean asksEverybody;
    private boolean heldAnswered;
    private long answeredMac;

    /** When the next look would be at an even pace; looks may run {@link #BURST} - 1 of them ahead. */
    private long evenMs = NEVER;

    private long refusedMs = NEVER;
    private long everybodyMs = NEVER;
    private long contestedMac;
    private long contestedMs;
    private long reportedMs = NEVER;
    private boolean reportedContested;

    long claimedMac() {
        return claimedMac;
    }

    /** Another MAC claims the address; an older claim is forgotten for it. */
    void claim(final long mac) {
        claimedMac = mac;
    }

    // ---- looks

    /** Whether a look is open: the held MAC, and perhaps everybody, has been asked. */
    boolean isOpen() {
        return open;
    }

    /** When the next look is allowed, ms. */
    long nextLookMs(final long intervalMs) {
        return evenMs - (BURST - 1) * intervalMs;
    }

    /** Counts one look against the pace. @return false when it is too soon */
    boolean takeLook(final long intervalMs, final long nowMs) {
        if (nowMs < nextLookMs(intervalMs)) {
            return false;
        }
        evenMs = Math.max(evenMs, nowMs) + intervalMs;
        return true;
    }

    /** A look begins; at everybody when an earlier claim was refused lately. */
    void open(final long nowMs) {
        open = true;
        heldAnswered = false;
        answeredMac = 0;
        asksEverybody = nowMs - refusedMs < REPEATED_MS && nowMs - everybodyMs >= EVERYBODY_INTERVAL_MS;
        everybodyMs = asksEverybody ? nowMs : everybodyMs;
    }

    /** Whether the open look collects answers from everybody. */
    boolean asksEverybody() {
        return open && asksEverybody;
    }

    void answered(final long mac, final long heldMac) {
        if (mac == heldMac) {
            heldAnswered = true;
        } else if (answeredMac == 0 || mac == claimedMac) {
            answeredMac = mac;
        }
    }

    boolean hasHeldAnswered() {
        return heldAnswered;
    }

    /** Another MAC that answered when everybody was asked, 0 for none. */
    long answeredMac() {
        return answeredMac;
    }

    boolean haveBothAnswered() {
        return open && heldAnswered && answeredMac != 0;
    }

    /** The address has one MAC again, whichever it is. */
    void close() {
        open = false;
        claimedMac = 0;
    }

    // ---- what came of it

    void refused(final long nowMs) {
        refusedMs = nowMs;
    }

    /** Two answered. @param mac the one that does not get the frames */
    void contested(final long mac, final long nowMs) {
        contestedMac = mac;
        contestedMs = nowMs;
    }

    /** When everybody was asked, one answered. */
    void uncontested() {
        contestedMac = 0;
    }

    /** The other MAC of a contested address, 0 when it is not contested. */
    long contestedMac(final long nowMs) {
        return contestedMac != 0 && nowMs - contestedMs < CONTESTED_MS ? contestedMac : 0;
    }

    /** Whether the operator is to hear of it now; true counts as said. */
    boolean mustReport(final boolean both, final long nowMs) {
        if (nowMs - reportedMs < REPORT_INTERVAL_MS && (reportedContested || !both)) {
            return false;
        }
        reportedMs = nowMs;
        reportedContested |= both;
        return true;
    }
}
