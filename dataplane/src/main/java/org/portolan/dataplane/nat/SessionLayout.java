package org.portolan.dataplane.nat;

/**
 * A session's line: everything about one flow, both directions, in one cache line.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                          Generation                           |  0
 *  +---------------+---------------+-------------------------------+
 *  |   Protocol    |     State     |             Realm             |  4
 *  +---------------+---------------+-------------------------------+
 *  |                        Inside address                         |  8
 *  +---------------------------------------------------------------+
 *  |                        Remote address                         |  12
 *  +---------------------------------------------------------------+
 *  |                        Outside address                        |  16
 *  +-------------------------------+-------------------------------+
 *  |          Inside port          |          Remote port          |  20
 *  +-------------------------------+-------------------------------+
 *  |         Outside port          |         Address delta         |  24
 *  +-------------------------------+---------------+---------------+
 *  |        Transport delta        |   Tracking    |   Interface   |  28
 *  +-------------------------------+---------------+---------------+
 *  |                         Mapping index                         |  32
 *  +---------------------------------------------------------------+
 *  |                          Egress hint                          |  36
 *  +---------------------------------------------------------------+
 *  |                           Bytes out                           |  40
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Bytes in                            |  48
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                         Last ack out                          |  56
 *  +---------------------------------------------------------------+
 *  |                          Last ack in                          |  60
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>All fields are in the machine's order, little-endian: a lookup compares two addresses, or two ports, as one word.
 * The worker that owns the table writes, control reads.
 *
 * <table>
 * <caption>who may read what, how</caption>
 * <tr><th>fields</th><th>written</th><th>read by control</th></tr>
 * <tr><td>generation</td><td>release; odd while the fields below change</td><td>acquire</td></tr>
 * <tr><td>protocol to transport delta, mapping index</td><td>plain, between the two writes of the generation</td>
 * <td>plain, between two reads of the same even generation</td></tr>
 * <tr><td>bytes out, bytes in</td><td>release, each packet, no new generation</td>
 * <td>acquire, each for itself</td></tr>
 * <tr><td>tracking, interface, egress hint, last acks</td><td>plain</td><td>never</td></tr>
 * </table>
 *
 * <p>A free line has state 0, and its mapping index is the next free line. A generation never goes back, so that a
 * command about an earlier session of a reused line is recognised. The address delta is what a checksum over the
 * addresses takes on the way out; the transport delta what the transport's checksum takes (addresses and port, for an
 * echo the identifier alone); on the way in the complement of each. The interface is the index of the one inside that
 * the source was judged on: packets that come from another are judged again. An echo has no remote port: the field is
 * 0. The egress hint (next hop with the route's epoch) is room that nothing writes yet. So are the last acknowledgments
 * (to judge an RST by its window) of most sessions: a TCP session that is being opened from outside has the expected
 * acknowledgment there, and a closed one its neighbors in its {@link ClosedSessions} queue.
 */
public final class SessionLayout {
    public static final int GENERATION_OFFSET = 0;
    public static final int PROTOCOL_OFFSET = 4;
    public static final int STATE_OFFSET = 5;
    public static final int REALM_OFFSET = 6;
    public static final int INSIDE_ADDRESS_OFFSET = 8;
    public static final int REMOTE_ADDRESS_OFFSET = 12;
    public static final int OUTSIDE_ADDRESS_OFFSET = 16;
    public static final int INSIDE_PORT_OFFSET = 20;
    public static final int REMOTE_PORT_OFFSET = 22;
    public static final int OUTSIDE_PORT_OFFSET = 24;
    public static final int ADDRESS_DELTA_OFFSET = 26;
    public static final int TRANSPORT_DELTA_OFFSET = 28;
    public static final int TRACKING_OFFSET = 30;
    public static final int INTERFACE_OFFSET = 31;
    public static final int MAPPING_INDEX_OFFSET = 32;
    public static final int EGRESS_HINT_OFFSET = 36;
    public static final int BYTES_OUT_OFFSET = 40;
    public static final int BYTES_IN_OFFSET = 48;
    public static final int LAST_ACK_OUT_OFFSET = 56;
    public static final int LAST_ACK_IN_OFFSET = 60;
    public static final int LINE_BYTES = 64;

    /** In state TCP_INCOMING: the acknowledgment that only the receiver of the inside's SYN+ACK can give. */
    static final int EXPECTED_ACK = LAST_ACK_IN_OFFSET;

    /** In state TCP_CLOSED: the session that closed before, as index + 1, 0 for none. */
    static final int OLDER_CLOSED = LAST_ACK_OUT_OFFSET;

    /** In state TCP_CLOSED: the session that closed after, as index + 1, 0 for none. */
    static final int NEWER_CLOSED = LAST_ACK_IN_OFFSET;

    private SessionLayout() {}
}
