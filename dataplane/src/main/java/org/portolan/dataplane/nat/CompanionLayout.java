package org.portolan.dataplane.nat;

/**
 * A session's companion: what an established packet does not need, half a cache line.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                         Mapping index                         |  0
 *  +---------------------------------------------------------------+
 *  |                        Next of mapping                        |  4
 *  +---------------------------------------------------------------+
 *  |                      Previous of mapping                      |  8
 *  +---------------------------------------------------------------+
 *  |                         Original end                          |  12
 *  +---------------------------------------------------------------+
 *  |                           Reply end                           |  16
 *  +---------------------------------------------------------------+
 *  |                         Original edge                         |  20
 *  +---------------------------------------------------------------+
 *  |                          Reply edge                           |  24
 *  +-------------------------------+-------------------------------+
 *  |        Original window        |         Reply window          |  28
 *  +-------------------------------+-------------------------------+
 * </pre>
 *
 * <p>All fields are in the machine's order, written and read by the owning worker alone. Next and previous chain the
 * sessions of one mapping, as index + 1, 0 for none; a free session has the next free one in its mapping index. These
 * three are derived from the lines and the mappings, and so are the neighbors of a closed session; the rest is truth
 * ({@link Rebuild}).
 *
 * <p>The last five rows are what {@link TcpNumbers} knows of each side: the number after the last that it has sent, the
 * right edge of what it may send, and the largest window that it has offered, unscaled; 0 while nothing is known of
 * the side. In two states an edge follows from the ends and windows, so its word has another use: a connection that is
 * being opened from outside has the expected acknowledgment there, and a closed one its neighbors in its {@link
 * ClosedSessions} queue. So 32 bytes do for all.
 */
final class CompanionLayout {
    static final int MAPPING_INDEX_OFFSET = 0;
    static final int NEXT_OF_MAPPING_OFFSET = 4;
    static final int PREVIOUS_OF_MAPPING_OFFSET = 8;
    static final int ORIGINAL_END_OFFSET = 12;
    static final int REPLY_END_OFFSET = 16;
    static final int ORIGINAL_EDGE_OFFSET = 20;
    static final int REPLY_EDGE_OFFSET = 24;
    static final int ORIGINAL_WINDOW_OFFSET = 28;
    static final int REPLY_WINDOW_OFFSET = 30;
    static final int RECORD_BYTES = 32;

    /** In state TCP_INCOMING: the acknowledgment that only the receiver of the inside's SYN+ACK can give. */
    static final int EXPECTED_ACK = REPLY_EDGE_OFFSET;

    /** In state TCP_CLOSED: the session that closed before, as index + 1, 0 for none. */
    static final int OLDER_CLOSED = ORIGINAL_EDGE_OFFSET;

    /** In state TCP_CLOSED: the session that closed after, as index + 1, 0 for none. */
    static final int NEWER_CLOSED = REPLY_EDGE_OFFSET;

    private CompanionLayout() {}
}
