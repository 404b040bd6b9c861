package org.portolan.dataplane.nat;

/**
 * What is remembered of a datagram in fragments.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                           Addresses                           |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Datagram                            |  8
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                         New addresses                         |  16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                             Ports                             |  24
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                             Match                             |  32
 *  +---------------------------------------------------------------+
 *  |                             Epoch                             |  36
 *  +---------------------------------------------------------------+
 *  |                             Since                             |  40
 *  +---------------------------------------------------------------+
 *  |                            Source                             |  44
 *  +-------------------------------+---------------+---------------+
 *  |      New identification       |    Reason     |     State     |  48
 *  +-------------------------------+---------------+---------------+
 *  |            Covered            |              End              |  52
 *  +-------------------------------+-------------------------------+
 *  |                         Older of age                          |  56
 *  +---------------------------------------------------------------+
 *  |                         Newer of age                          |  60
 *  +---------------------------------------------------------------+
 *  |                        Older of source                        |  64
 *  +---------------------------------------------------------------+
 *  |                        Newer of source                        |  68
 *  +---------------------------------------------------------------+
 *  |                        Next of bucket                         |  72
 *  +---------------------------------------------------------------+
 *  |                            Bucket                             |  76
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>All are in the machine's order, written and read by the owning worker alone. Addresses and datagram are the key:
 * what the fragments came with. New addresses and identification are what the first one left with. Ports are its flow's
 * with the realm, by which the session of the match is recognised; a match of -1 is none, and then the epoch of the
 * policy counts. Since is when the datagram came into its state, milliseconds. Source is the place of its sender among
 * the shares. Covered counts the units of eight bytes that have come, and end is the payload's length, 0 while the last
 * fragment is missing. The chains are those of {@link AgeQueues}; the bucket's holds an index + 1, 0 for none.
 */
final class FragmentLayout {
    static final int ADDRESSES_OFFSET = 0;
    static final int DATAGRAM_OFFSET = 8;
    static final int NEW_ADDRESSES_OFFSET = 16;
    static final int PORTS_OFFSET = 24;
    static final int MATCH_OFFSET = 32;
    static final int EPOCH_OFFSET = 36;
    static final int SINCE_OFFSET = 40;
    static final int SOURCE_OFFSET = 44;
    static final int NEW_IDENTIFICATION_OFFSET = 48;
    static final int REASON_OFFSET = 50;
    static final int STATE_OFFSET = 51;
    static final int COVERED_OFFSET = 52;
    static final int END_OFFSET = 54;
    static final int OLDER_OF_AGE_OFFSET = 56;
    static final int NEWER_OF_AGE_OFFSET = 60;
    static final int OLDER_OF_SOURCE_OFFSET = 64;
    static final int NEWER_OF_SOURCE_OFFSET = 68;
    static final int NEXT_OF_BUCKET_OFFSET = 72;
    static final int BUCKET_OFFSET = 76;
    static final int RECORD_BYTES = 80;

    private FragmentLayout() {}
}
