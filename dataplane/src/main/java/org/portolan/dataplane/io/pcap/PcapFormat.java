package org.portolan.dataplane.io.pcap;

/**
 * The classic pcap file (draft-ietf-opsawg-pcap), as far as Ethernet frames need it. Every field is in the byte order
 * of the machine that wrote the file; the magic tells which.
 *
 * <pre>
 *  offset  bytes  the file's header
 *       0      4  magic: A1B2C3D4 microseconds, A1B23C4D nanoseconds
 *       4      4  version 2.4, two bytes each
 *       8      8  unused
 *      16      4  most bytes kept of a frame
 *      20      4  link type, in the lower 16 bits; bit 26 when frames end with their check sequence
 *
 *  offset  bytes  before each frame
 *       0      4  seconds since 1970
 *       4      4  microseconds or nanoseconds
 *       8      4  bytes that follow
 *      12      4  bytes on the wire
 * </pre>
 */
final class PcapFormat {
    static final int MICROSECONDS = 0xA1B2C3D4;
    static final int NANOSECONDS = 0xA1B23C4D;

    /** The first block of a pcapng file, the same in both byte orders. */
    static final int PCAPNG = 0x0A0D0D0A;

    static final int HEADER_BYTES = 24;
    static final int MAGIC_OFFSET = 0;
    static final int MAJOR_OFFSET = 4;
    static final int MINOR_OFFSET = 6;
    static final int SNAPLEN_OFFSET = 16;
    static final int LINK_TYPE_OFFSET = 20;

    static final int RECORD_BYTES = 16;
    static final int SECONDS_OFFSET = 0;
    static final int FRACTION_OFFSET = 4;
    static final int LENGTH_OFFSET = 8;
    static final int WIRE_LENGTH_OFFSET = 12;

    static final int MAJOR = 2;
    static final int MINOR = 4;
    static final int LINK_TYPE_MASK = 0xFFFF;
    static final int CHECK_SEQUENCE_BIT = 1 << 26;
    static final int ETHERNET = 1;

    /** Longest frame that is read or written: MAXIMUM_SNAPLEN of libpcap. */
    static final int LONGEST_FRAME_BYTES = 262_144;

    private PcapFormat() {}
}
