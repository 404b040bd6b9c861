package org.portolan.bench.traffic;

/** What stands in a sent frame's UDP checksum field. */
public enum Checksums {
    /** The checksum, as frames come from a wire. */
    FULL,

    /** The pseudo header's sum, marked as left to offload: what a kernel hands over to a veth by default. */
    PARTIAL,

    /** 0: the sender computed none (RFC 768). */
    NONE
}
