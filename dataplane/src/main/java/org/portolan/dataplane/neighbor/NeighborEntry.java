package org.portolan.dataplane.neighbor;

/** One neighbor as {@link NeighborMachine} knows it. Control only. */
final class NeighborEntry {
    final int address;

    /** The MAC that is held, 0 for none; kept while INCOMPLETE, so that a move can be told from a new neighbor. */
    long mac;

    /** Another MAC that claims the address while the held one is asked, 0 for none. */
    long claimedMac;

    int state = NeighborState.NONE;

    /** When the state was entered. */
    long sinceMs;

    /** Last answer, 0 for none ever. */
    long confirmedMs;

    /** Last frame of its own that told the binding held. */
    long heardMs;

    /** Until then another claim against the held MAC is not looked at. */
    long claimHoldUntilMs;

    /** Requests sent since the question was opened. */
    int tries;

    /** How many requests this question is worth. */
    int triesAllowed;

    /** Times in a row that the entry was kept by a probe without having been used. */
    int idleRenewals;

    /** Whether somebody waits for the address, so that silence leads to a broadcast and not to the end. */
    boolean wanted;

    /** Made from a request to the router and never confirmed. */
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

    NeighborEntry(final int address) {
        this.address = address;
    }

    boolean isUnresolved() {
        return state == NeighborState.INCOMPLETE || state == NeighborState.FAILED;
    }
}
