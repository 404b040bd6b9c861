package org.portolan.dataplane.nat;

/**
 * A mapping's record: one inside endpoint bound to one outside endpoint, half a cache line.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                        Inside address                         |  0
 *  +---------------------------------------------------------------+
 *  |                        Outside address                        |  4
 *  +-------------------------------+-------------------------------+
 *  |          Inside port          |         Outside port          |  8
 *  +-------------------------------+---------------+---------------+
 *  |             Realm             |   Protocol    |     Flags     |  12
 *  +-------------------------------+---------------+---------------+
 *  |                           Sessions                            |  16
 *  +---------------------------------------------------------------+
 *  |                          Rests since                          |  20
 *  +---------------------------------------------------------------+
 *  |                             Older                             |  24
 *  +---------------------------------------------------------------+
 *  |                             Newer                             |  28
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>All fields are in the machine's order, written and read by the owning worker alone, and never per packet.
 * Sessions is how many sessions live on it; rests since is in seconds of the boot clock. Older and newer chain the
 * resting mappings of one {@link AgeQueues} queue, as index + 1, 0 for none; a free record uses newer for the next free
 * one. A record with sessions has the first of their chain in the place of older, as index + 1. A free record has flags
 * 0. Realm, protocol and flags are one word, which is written last and with release: a record whose flags say so is
 * whole, whatever moment the process ends at. A static rule's mapping never rests, and has its {@link RuleSlots} number
 * in the place of rests since; another one with sessions has there how many of them the outside opened and the inside
 * has not answered. The mapping of a whole address has protocol and ports 0; that of a protocol without ports has
 * ports 0.
 *
 * <p>Both endpoints, realm, protocol, flags, and since when a resting mapping rests are truth. Sessions, the
 * unanswered ones, a static rule's number, and all chains are derived ({@link Rebuild}).
 *
 * <p>A mapping with sessions has the next one of the same host in the place of newer; its place in that chain is
 * otherwise in its companion ({@link MappingCompanionLayout}).
 */
final class MappingLayout {
    static final int INSIDE_ADDRESS_OFFSET = 0;
    static final int OUTSIDE_ADDRESS_OFFSET = 4;
    static final int INSIDE_PORT_OFFSET = 8;
    static final int OUTSIDE_PORT_OFFSET = 10;
    static final int REALM_OFFSET = 12;
    static final int PROTOCOL_OFFSET = 14;
    static final int FLAGS_OFFSET = 15;
    static final int SESSIONS_OFFSET = 16;
    static final int RESTS_SINCE_OFFSET = 20;
    static final int OLDER_OFFSET = 24;
    static final int NEWER_OFFSET = 28;
    static final int RECORD_BYTES = 32;

    /** Counts up when a field changes. */
    static final int VERSION = 1;

    /** The word of realm, protocol and flags. */
    static final int COMMIT = REALM_OFFSET;

    /** Of a record with sessions: the next one of the same host. */
    static final int NEXT_OF_HOST = NEWER_OFFSET;

    /** Of a static rule's record: its {@link RuleSlots} number. */
    static final int SLOT = RESTS_SINCE_OFFSET;

    /** Of a dynamic record with sessions: those that the outside opened and the inside has not answered. */
    static final int UNANSWERED = RESTS_SINCE_OFFSET;

    /** Of a record that does not rest: the first of its sessions, as index + 1, 0 for none. */
    static final int FIRST_SESSION = OLDER_OFFSET;

    /** The record is in use. */
    static final int FLAG_TAKEN = 1;

    /** Of a static rule: not found by its inside endpoint, no port of its host's, and never resting. */
    static final int FLAG_STATIC = 2;

    /** No session is left; the port waits in a rest queue. */
    static final int FLAG_RESTING = 4;

    /** A session on it ended otherwise than by a closed TCP connection, so the port has to rest (RFC 6888 REQ-8). */
    static final int FLAG_MUST_REST = 8;

    /** Counted among the ports of one of its host's paired addresses. */
    static final int FLAG_PAIRED = 16;

    /** The outside has opened a session on it. */
    static final int FLAG_CALLED = 32;

    /**
     * Of one session under address-and-port-dependent mapping: others may have the same outside port; never resting.
     */
    static final int FLAG_SHARED = 64;

    private MappingLayout() {}
}
