package org.portolan.dataplane.neighbor;

/**
 * Which of two MACs that both answer for one address gets the frames. A static entry is never in question.
 */
public enum Contested {
    /** The one that is held already: nobody takes an address from a host that answers, its rightful owner included. */
    HELD,

    /**
     * The one that claimed it last: an owner gets its address back by announcing it, and so does a forger. It changes
     * hands at most once in ten seconds.
     */
    NEWEST
}
