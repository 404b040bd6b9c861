package org.portolan.dataplane.neighbor;

/** One neighbor as {@link NeighborMachine} knows it. Control only. */
final class NeighborEntry {
    final int address;

    /** The MAC that is held, 0 for none; kept while INCOMPLETE, so that a move can be told from a new neighbor. */
    long mac;

    int state = NeighborState.NONE;

    /** When the state was entered. */
    long sinceMs;

    /** Last answer, 0 for none ever. */
    long confirmedMs;

    /** Last frame of its own that showed the binding held. */
    long heardMs;

    /** Requests sent since the question was opened. */
    int tries;

    /** How many requests this question is worth. */
    int triesAllowed;

    /** Whom the open question asks: broadcast, or the one MAC. */
    long askedMac;

    /** Whom each request of the open question asks besides, by a frame of its own; 0 for nobody. */
    long alsoAskedMac;

    /** Between two requests of the open question, ms. */
    long paceMs;

    /** Who wants to know: a host's address; the entry's own when it was live and asks for itself. */
    int asker;

    /** Times in a row that the entry was kept by a probe without having been used. */
    int idleRenewals;

    /** Whether somebody waits for the address, so that silence leads to a broadcast and not to the end. */
    boolean wanted;

    /** Made from a request to the router, and counts against {@link NeighborLimits#unasked}. */
    boolean unasked;

    /** Why it is to be probed at the next look, used or not; null when it is not. */
    NeighborReason doubt;

    /** Idle and out of renewals: the probe is its last, and an answer does not keep it. */
    boolean lettingGo;

    /** Its request waits for the rate limit. */
    boolean delayed;

    /** When the machine looks at it again; among equals the one that was scheduled first. */
    long dueMs;

    long dueOrder;

    /** Place in {@link DeadlineHeap}, -1 for none. */
    int heapIndex = -1;

    /** Null while no other MAC ever claimed the address. */
    private Dispute dispute;

    NeighborEntry(final int address) {
        this.address = address;
    }

    boolean isUnresolved() {
        return state == NeighborState.INCOMPLETE || state == NeighborState.FAILED;
    }

    /** Whether it has a MAC that frames go to and that a claim can be against: static ones are out of question. */
    boolean isHeld() {
        return NeighborState.isUsable(state) && state != NeighborState.STATIC;
    }

    /** Whether a look at a claim is open. */
    boolean isClaimOpen() {
        return dispute != null && dispute.isOpen();
    }

    /** Another MAC that claims the address and was not looked at to the end, 0 for none. */
    long claimedMac() {
        return dispute == null ? 0 : dispute.claimedMac();
    }

    /** The other MAC of a contested address, 0 when it is not contested. */
    long contestedMac(final long nowMs) {
        return dispute == null ? 0 : dispute.contestedMac(nowMs);
    }

    /** Made at the first use. */
    Dispute dispute() {
        if (dispute == null) {
            dispute = new Dispute();
        }
        return dispute;
    }

    /** Whatever it was about, it is over. */
    void dropDispute() {
        dispute = null;
    }
}
