package org.portolan.dataplane.nat;

/**
 * An inside host's record: what it has and what it may still open, one cache line.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                        Inside address                         |  0
 *  +-------------------------------+-------------------------------+
 *  |             Realm             |             Flags             |  4
 *  +-------------------------------+-------------------------------+
 *  |                           Sessions                            |  8
 *  +---------------------------------------------------------------+
 *  |                       Outside sessions                        |  12
 *  +---------------------------------------------------------------+
 *  |                             Ports                             |  16
 *  +---------------------------------------------------------------+
 *  |                         First mapping                         |  20
 *  +---------------------------------------------------------------+
 *  |                            Tokens                             |  24
 *  +---------------------------------------------------------------+
 *  |                           Refilled                            |  28
 *  +---------------------------------------------------------------+
 *  |                          First here                           |  32
 *  +---------------------------------------------------------------+
 *  |                             Next                              |  36
 *  +---------------------------------------------------------------+
 *  |                            Paired                             |  40
 *  +---------------------------------------------------------------+
 *  |                         Paired ports                          |  44
 *  +---------------------------------------------------------------+
 *  |                         Second paired                         |  48
 *  +---------------------------------------------------------------+
 *  |                      Second paired ports                      |  52
 *  +---------------------------------------------------------------+
 *  |                         Third paired                          |  56
 *  +---------------------------------------------------------------+
 *  |                      Third paired ports                       |  60
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>All fields are in the machine's order, written and read by the owning worker alone, when a session or a mapping
 * begins or ends and never for an established packet. A chain word holds an index + 1, 0 for none.
 *
 * <p>Sessions are those that the host opened, outside sessions those that were opened to it on forwards. Ports counts
 * its dynamic mappings, resting ones included. Tokens is how many sessions it may open at once, as of the second in
 * refilled; both are one word. First mapping begins the chain of its mappings that have sessions. A paired address has
 * as many paired ports as mappings that were given it, and is none with 0 of them.
 *
 * <p>Address, realm, flags, tokens and their second are truth, the rest is derived ({@link Rebuild}).
 *
 * <p>First here belongs to the place in the slab and not to the host in it: the first host whose hash leads here. Next
 * is the next such host. A free record has flags 0, and the free ones before and after it in the places of tokens and
 * next. Realm and flags are one word, which is written last and with release: a record whose flags say so is whole,
 * whatever moment the process ends at.
 */
final class HostLayout {
    static final int INSIDE_ADDRESS_OFFSET = 0;
    static final int REALM_OFFSET = 4;
    static final int FLAGS_OFFSET = 6;
    static final int SESSIONS_OFFSET = 8;
    static final int OUTSIDE_SESSIONS_OFFSET = 12;
    static final int PORTS_OFFSET = 16;
    static final int FIRST_MAPPING_OFFSET = 20;
    static final int TOKENS_OFFSET = 24;
    static final int REFILLED_OFFSET = 28;
    static final int FIRST_HERE_OFFSET = 32;
    static final int NEXT_OFFSET = 36;
    static final int PAIRED_OFFSET = 40;
    static final int PAIRED_PORTS_OFFSET = 44;
    static final int SECOND_PAIRED_OFFSET = 48;
    static final int SECOND_PAIRED_PORTS_OFFSET = 52;
    static final int THIRD_PAIRED_OFFSET = 56;
    static final int THIRD_PAIRED_PORTS_OFFSET = 60;
    static final int RECORD_BYTES = 64;

    /** Counts up when a field changes. */
    static final int VERSION = 1;

    /** The word of realm and flags. */
    static final int COMMIT = REALM_OFFSET;

    /** How many egresses a host has a paired address for at once. */
    static final int PAIRS = 3;

    /** From one paired address to the next. */
    static final int PAIR_BYTES = SECOND_PAIRED_OFFSET - PAIRED_OFFSET;

    /** Of a free record: the free one before it. */
    static final int PREVIOUS_FREE = TOKENS_OFFSET;

    /** Of a free record: the free one after it. */
    static final int NEXT_FREE = NEXT_OFFSET;

    /** The record is in use. */
    static final int FLAG_TAKEN = 1;

    private HostLayout() {}
}
