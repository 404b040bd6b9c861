package org.portolan.dataplane.nat;

/**
 * A session's line: both of its flows and all that an established packet reads or writes, in one cache line. What only
 * an opening, an end or a change of state needs is in its {@link CompanionLayout}.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                      Original addresses                       |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Original ports                         |  8
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Reply addresses                        |  16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                          Reply ports                          |  24
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Last seen                           |  32
 *  +-------------------------------+-------------------------------+
 *  |         Address delta         |        Transport delta        |  36
 *  +-------------------------------+-------------------------------+
 *  |                          Generation                           |  40
 *  +---------------+---------------+---------------+---------------+
 *  |   Tracking    |   Interface   |Original scale |  Reply scale  |  44
 *  +---------------+---------------+---------------+---------------+
 *  |                        Original bytes                         |  48
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                          Reply bytes                          |  56
 *  |                                                               |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>All fields are in the machine's order, little-endian. <em>Original</em> is the flow of the packets from the side
 * that opened the session, <em>reply</em> of those from the other side, each as it arrives at the router ({@link
 * org.portolan.dataplane.wire.Flow}). A packet that has one of them is rewritten into the other one turned round. The
 * realm in the flow says which of them is the inside's. The worker that owns the table writes, control reads.
 *
 * <table>
 * <caption>who may read what, how</caption>
 * <tr><th>fields</th><th>written</th><th>read by control</th></tr>
 * <tr><td>generation</td><td>release; odd while the fields of the next row change</td><td>acquire</td></tr>
 * <tr><td>both flows, both deltas</td><td>plain, between the two writes of the generation</td><td>plain, between two
 * reads of the same even generation</td></tr>
 * <tr><td>the state in last seen</td><td>plain, then a new generation; of a session that begins or ends, between the
 * two writes</td><td>plain, between two reads of the same even generation</td></tr>
 * <tr><td>original bytes, reply bytes</td><td>release, each packet, no new generation</td>
 * <td>acquire, each for itself</td></tr>
 * <tr><td>interface</td><td>plain</td><td>plain, as a hint</td></tr>
 * <tr><td>the second in last seen, tracking, scales</td><td>plain</td><td>never</td></tr>
 * </table>
 *
 * <p>Last seen is the session's {@link LastSeen} word. The dense array, which control scans, has a copy of it that is
 * written when the second or the state changes, so most packets do not touch that array. A free line has the word 0,
 * and both its ports are 0, which no packet has. A generation never goes back, so that a command about an earlier
 * session of a reused line is recognised. The deltas are what a checksum over the addresses and the transport's
 * checksum take in the original direction; the complement is the reply's. The whole line is the truth of its session:
 * what else the tables hold is made from it ({@link Rebuild}). The interface is the index of the one inside that the
 * source was judged on: packets that come from another are judged again. The scales are those of the TCP windows in the
 * companion.
 */
public final class SessionLayout {
    public static final int ORIGINAL_ADDRESSES_OFFSET = 0;
    public static final int ORIGINAL_PORTS_OFFSET = 8;
    public static final int REPLY_ADDRESSES_OFFSET = 16;
    public static final int REPLY_PORTS_OFFSET = 24;
    public static final int LAST_SEEN_OFFSET = 32;
    public static final int ADDRESS_DELTA_OFFSET = 36;
    public static final int TRANSPORT_DELTA_OFFSET = 38;
    public static final int GENERATION_OFFSET = 40;
    public static final int TRACKING_OFFSET = 44;
    public static final int INTERFACE_OFFSET = 45;
    public static final int ORIGINAL_SCALE_OFFSET = 46;
    public static final int REPLY_SCALE_OFFSET = 47;
    public static final int ORIGINAL_BYTES_OFFSET = 48;
    public static final int REPLY_BYTES_OFFSET = 56;
    public static final int LINE_BYTES = 64;

    /** Of this and the companion; counts up when a field of either changes. */
    static final int VERSION = 2;

    /** A session in the slab: all lines come first, then all companions. */
    static final int SESSION_BYTES = LINE_BYTES + CompanionLayout.RECORD_BYTES;

    /** From one flow to the other, bytes: the direction's bit times this is where its flow is. */
    static final int FLOW_BYTES = REPLY_ADDRESSES_OFFSET - ORIGINAL_ADDRESSES_OFFSET;

    /** From a flow's addresses to its ports. */
    static final int PORTS = ORIGINAL_PORTS_OFFSET - ORIGINAL_ADDRESSES_OFFSET;

    private SessionLayout() {}
}
