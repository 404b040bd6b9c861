package org.portolan.dataplane.neighbor;

/** What happened to a binding of an address to a MAC: what the history keeps. */
public enum NeighborChange {
    /** The address has a MAC now and had none before. */
    LEARNED("learned"),

    /** The address has another MAC. */
    MOVED("moved"),

    /** A stale or unconfirmed entry is probed: REFRESHED, MOVED, EXPIRED, FLUSHED or STATIC_ADDED will follow. */
    DUE("due"),

    /** The MAC answered a probe. */
    REFRESHED("refreshed"),

    /** Two MACs claim the address and the one that is held answered. */
    DISPUTED("disputed"),

    /** The MAC is silent, or nobody used it: it is gone. */
    EXPIRED("expired"),

    /** The operator removed it, or the interface's addresses changed. */
    FLUSHED("flushed"),

    STATIC_ADDED("static added"),
    STATIC_REMOVED("static removed");

    /** What the operator reads. */
    public final String text;

    NeighborChange(final String text) {
        this.text = text;
    }
}
