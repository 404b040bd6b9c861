package org.portolan.dataplane.nat;

/**
 * A mapping's companion: its place among the mappings of its host. It is apart from the record since its neighbors'
 * words are written with its own: eight companions share a cache line, and a record lies in one.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                             Host                              |  0
 *  +---------------------------------------------------------------+
 *  |                       Previous of host                        |  4
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Both are in the machine's order, written and read by the owning worker alone. Host is the index of the inside
 * address's {@link HostLayout} record. A mapping with sessions is in the chain of its host: the one before it is in
 * previous of host, the one after it in its record ({@link MappingLayout#NEXT_OF_HOST}), as index + 1, 0 for none. All
 * of it is derived, and is not in the slab that may outlive the process.
 */
final class MappingCompanionLayout {
    static final int HOST_OFFSET = 0;
    static final int PREVIOUS_OF_HOST_OFFSET = 4;
    static final int RECORD_BYTES = 8;

    private MappingCompanionLayout() {}
}
