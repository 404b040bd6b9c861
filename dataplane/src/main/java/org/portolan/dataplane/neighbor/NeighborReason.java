package org.portolan.dataplane.neighbor;

/** Why a {@link NeighborChange} came about: what the history keeps beside it. Each names the changes it explains. */
public enum NeighborReason {
    /** Learned, moved, refreshed: the answer to a question of this router's. */
    ANSWERED("answered"),

    /** Learned: the host asked this router something, and nobody had asked it. */
    ASKED_US("asked-us"),

    /** Due: workers send to it and its last answer is old. */
    IN_USE("in-use"),

    /** Due, expired: nobody sent to it for long; an answer does not keep it when its renewals are used up. */
    IDLE("idle"),

    /** Due, disputed: another MAC claims the address. */
    CLAIMED("claimed"),

    /** Disputed, moved: both MACs answered when everybody was asked; the configuration says who has the address. */
    CONTESTED("contested"),

    /** Moved: the MAC that was held stayed silent, and the one that had claimed the address answered. */
    TOOK_OVER("took-over"),

    /** Expired: probes stayed unanswered. */
    SILENT("silent"),

    /** Expired: an earlier run had it from the host's own word, and no answer confirmed it. */
    UNCONFIRMED("unconfirmed"),

    /** Due, static added: known from an earlier run. */
    REMEMBERED("remembered"),

    /** Due, flushed, static added, static removed: another router says so. */
    PEER("peer"),

    /** Flushed, static added, static removed: an operator of this router says so. */
    OPERATOR("operator"),

    /** Static added: the configuration says so. */
    CONFIG("config"),

    /** Flushed, static removed: the address is this router's own now. */
    OWN_ADDRESS("own-address"),

    /** Flushed: the network device was replaced by a new one. */
    NEW_DEVICE("new-device");

    /** One word, for people and for the history's records. */
    public final String text;

    NeighborReason(final String text) {
        this.text = text;
    }
}
