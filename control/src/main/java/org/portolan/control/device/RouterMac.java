package org.portolan.control.device;

/**
 * The router's MAC on a wire that has no device at the router's end: a tap, or a file that is replayed. It is 02:50 and
 * the four octets of the interface's address, so it stays the same from run to run, and nobody on the wire has it too.
 */
public final class RouterMac {
    /** Locally administered, unicast. */
    private static final long PREFIX = 0x0250L << 32;

    private RouterMac() {}

    /** The MAC of an interface with that address, 48 bits. */
    public static long of(final int address) {
        return PREFIX | address & 0xFFFF_FFFFL;
    }
}
