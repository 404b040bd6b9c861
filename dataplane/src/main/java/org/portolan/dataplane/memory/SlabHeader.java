package org.portolan.dataplane.memory;

/**
 * The first page of a slab that is a file, in the machine's byte order.
 *
 * <pre>
 *   0         8            12             16          24        32      48       56
 *  +---------+------------+--------------+-----------+---------+-------+--------+-------+
 *  |  magic  |   layout   |    record    |  records  | policy  | boot  |  whole |   0   |
 *  |         |  version   |    bytes     |           |  hash   |  id   |        |       |
 *  +---------+------------+--------------+-----------+---------+-------+--------+-------+
 * </pre>
 *
 * <p>{@code whole} is written last, with release. Before it the file is nothing: its maker ended while it made it.
 */
final class SlabHeader {
    static final int BYTES = 4096;

    static final int MAGIC_OFFSET = 0;
    static final int LAYOUT_OFFSET = 8;
    static final int RECORD_BYTES_OFFSET = 12;
    static final int RECORDS_OFFSET = 16;
    static final int POLICY_OFFSET = 24;
    static final int BOOT_OFFSET = 32;
    static final int WHOLE_OFFSET = 48;

    /** "PORTSLB" and the header's own version; reads as another number on a machine of the other byte order. */
    private static final long MAGIC = 0x504F_5254_534C_4201L;

    private static final int WHOLE = 1;

    private SlabHeader() {}

    /** Fills the zeroed header of a new file. */
    static void write(final long header, final SlabFormat format) {
        Memory.putLong(header + MAGIC_OFFSET, MAGIC);
        Memory.putInt(header + LAYOUT_OFFSET, format.layoutVersion());
        Memory.putInt(header + RECORD_BYTES_OFFSET, format.recordBytes());
        Memory.putLong(header + RECORDS_OFFSET, format.records());
        Memory.putLong(header + POLICY_OFFSET, format.policyHash());
        Memory.putLong(header + BOOT_OFFSET, format.boot().high());
        Memory.putLong(header + BOOT_OFFSET + Long.BYTES, format.boot().low());
        SharedWord.publishInt(header + WHOLE_OFFSET, WHOLE);
    }

    /** Whether the records behind it are whole and of that format. */
    static boolean fits(final long header, final SlabFormat format) {
        return SharedWord.observeInt(header + WHOLE_OFFSET) == WHOLE
                && Memory.longAt(header + MAGIC_OFFSET) == MAGIC
                && Memory.intAt(header + LAYOUT_OFFSET) == format.layoutVersion()
                && Memory.intAt(header + RECORD_BYTES_OFFSET) == format.recordBytes()
                && Memory.longAt(header + RECORDS_OFFSET) == format.records()
                && Memory.longAt(header + POLICY_OFFSET) == format.policyHash()
                && Memory.longAt(header + BOOT_OFFSET) == format.boot().high()
                && Memory.longAt(header + BOOT_OFFSET + Long.BYTES)
                        == format.boot().low();
    }

    /** Records from now on rest on another configuration; the sweep of those that do not has to be over. */
    static void changePolicy(final long header, final long policyHash) {
        SharedWord.publishLong(header + POLICY_OFFSET, policyHash);
    }
}
