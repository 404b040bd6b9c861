package org.portolan.dataplane.neighbor;

/**
 * What is known of a neighbor: bits 48-55 of its word in {@link NeighborTable}.
 *
 * <pre>
 *  from \ to     NONE     INCOMPLETE  REACHABLE  STALE   PROBING  FAILED   STATIC    UNCONFIRMED
 *  NONE           .       lookup      no (a)     heard   no (b)   no (c)   operator  hearsay
 *  INCOMPLETE    flush    .           answer     no (a)  no (b)   3 tries  operator  no (i)
 *  REACHABLE     flush    no (d)      .          60 s    claim    no (d)   operator  no (i)
 *  STALE         flush    no (d)      no (a)     .       due      no (d)   operator  no (i)
 *  PROBING       over (h) in use      answer     no (e)  .        no (f)   operator  no (i)
 *  FAILED        5 s      no (g)      no (a)     heard   no (b)   .        operator  no (i)
 *  STATIC        operator: to NONE; to nothing else, because what an operator wrote no frame may change
 *  UNCONFIRMED   over (h) lookup      answer     no (j)  no (j)   no (f)   operator  .
 * </pre>
 *
 * <p>(a) an answer to an open question makes an entry reachable, and nothing else does; what is heard while the
 * question is open is its answer; (b) there is no MAC to ask; (c) nobody asked yet; (d) there is a MAC, it is asked
 * first; (e) its question is open, the answer decides; (f) the address may have another MAC by now, so a broadcast must
 * go unanswered first; (g) the hold-down keeps an absent host from being asked for without end: a host that announces
 * itself in it is asked for again, from NONE; (h) silent, or idle and out of renewals whatever it answers: none expires
 * without having been asked; (i) what the wire has taught stands against what is remembered; (j) no frame goes to it
 * before it has answered.
 */
public final class NeighborState {
    /** Nothing is known: the word is 0. */
    public static final int NONE = 0;

    /** Asked by broadcast, no answer yet: frames wait. */
    public static final int INCOMPLETE = 1;

    /** Answered a question of ours lately. */
    public static final int REACHABLE = 2;

    /** Usable, but not confirmed for a while or only overheard; the first use starts a probe. */
    public static final int STALE = 3;

    /** Usable, and asked by unicast whether it is still there. */
    public static final int PROBING = 4;

    /** Did not answer; frames to it are dropped until the hold-down ends. */
    public static final int FAILED = 5;

    /** Written by the operator: neither asked nor changed. */
    public static final int STATIC = 6;

    /** An earlier run or another router knew its MAC; frames wait until it answers. */
    public static final int UNCONFIRMED = 7;

    private static final String[] NAMES = {
        "none", "incomplete", "reachable", "stale", "probing", "failed", "static", "unconfirmed"
    };

    private static final int USABLE = 1 << REACHABLE | 1 << STALE | 1 << PROBING | 1 << STATIC;

    /** Row: from; bit: to. The table above. */
    private static final int[] LEGAL = {
        1 << INCOMPLETE | 1 << STALE | 1 << STATIC | 1 << UNCONFIRMED,
        1 << NONE | 1 << REACHABLE | 1 << FAILED | 1 << STATIC,
        1 << NONE | 1 << STALE | 1 << PROBING | 1 << STATIC,
        1 << NONE | 1 << PROBING | 1 << STATIC,
        1 << NONE | 1 << INCOMPLETE | 1 << REACHABLE | 1 << STATIC,
        1 << NONE | 1 << STALE | 1 << STATIC,
        1 << NONE,
        1 << NONE | 1 << INCOMPLETE | 1 << REACHABLE | 1 << STATIC,
    };

    private NeighborState() {}

    /** Whether frames may be sent to a neighbor in this state. Hot path. */
    public static boolean isUsable(final int state) {
        return (USABLE >>> state & 1) != 0;
    }

    /** Whether the table above allows the step. */
    public static boolean isLegal(final int from, final int to) {
        return (LEGAL[from] >>> to & 1) != 0;
    }

    /** What the operator reads. */
    public static String name(final int state) {
        return NAMES[state];
    }
}
