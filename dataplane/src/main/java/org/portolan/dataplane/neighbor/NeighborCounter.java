package org.portolan.dataplane.neighbor;

/** What {@link NeighborMachine} counts: enum = counter = text, one list. */
public enum NeighborCounter {
    REQUESTS_SENT("requests sent, probes included"),
    REPLIES_SENT("requests answered"),
    ANNOUNCEMENTS_SENT("own addresses announced or defended"),
    RESOLVED("lookups answered"),
    FAILED("lookups that stayed unanswered"),
    EXPIRED("bindings let go"),
    MOVED("bindings that changed their MAC"),
    DISPUTED("claims of another MAC refused: the held one answered, or is static"),
    CONFLICTS("frames of another host that claim an address of this router"),
    OVERHEARD("requests between other hosts, nothing learned"),
    IGNORED_UNSOLICITED("replies that nobody asked for"),
    OTHER_SOURCE("packets in a frame from another MAC than their sender's, as of a virtual MAC (VRRP): taken"),
    IGNORED_INVALID("sender has a MAC or an address that no host can have"),
    IGNORED_OWN("own frames come back"),
    IGNORED_OFF_SUBNET("requests from outside the subnet: answered, not learned"),
    QUERIES_INVALID("lookups for an address that no neighbor can have"),
    LIMITED_LOOKUPS("lookups refused: too many are open"),
    LIMITED_ASKERS("lookups refused: the host that asks has its share of the open ones"),
    LIMITED_UNASKED("hosts not learned from their requests: too many unconfirmed"),
    LIMITED_ENTRIES("hosts not taken: table is full"),
    LIMITED_CLAIMS("claims of another MAC put off, too soon after the last"),
    REQUESTS_DELAYED("requests put off by the interface's rate limit");

    /** How many there are. */
    public static final int COUNT = values().length;

    /** What the operator reads. */
    public final String text;

    NeighborCounter(final String text) {
        this.text = text;
    }
}
