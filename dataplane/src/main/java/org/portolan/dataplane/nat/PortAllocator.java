package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * Which outside ports are free: for each space (address and protocol) a bitmap of 65,536 ports, 1 is free, with a
 * summary bit for each 64.
 *
 * <pre>
 *  bytes 0 to 127      16 words, bit w: some port of word w is free
 *  bytes 128 to 8319   1,024 words, bit p: port p is free
 * </pre>
 *
 * <p>It is exact: while one port of a range is free it is found, in at most two walks over the 16 summary words,
 * however full the range is. A pick starts at a random port (RFC 6056 3.3.1), and takes the next that is free. The
 * starts are a counter through SipHash-2-4 with a key of its own: whoever observed any number of ports knows nothing of
 * the next one, nor of any other secret. A port stays within its class: below 1024, or from there on (RFC 4787
 * REQ-3a); an identifier has one class, 0 to 65535.
 *
 * <p>One worker uses it. Nothing is counted here: {@link MappingTable} knows who holds a port and whether it rests.
 */
final class PortAllocator implements AutoCloseable {
    static final int FIRST_UNPRIVILEGED_PORT = 1024;
    static final int LAST_PORT = 0xFFFF;

    /** SipHash's last word for a message of 8 bytes. */
    private static final long COUNTER_LENGTH = 8L << 56;

    private static final int SUMMARY_WORDS = 16;
    private static final int SUMMARY_BYTES = SUMMARY_WORDS * Long.BYTES;
    private static final int PORT_WORDS = 1024;
    private static final int SPACE_BYTES = SUMMARY_BYTES + PORT_WORDS * Long.BYTES;

    private final Slab slab;
    private final NatSecrets.Key key;
    private long picks;

    /** Every port of every space is free. */
    PortAllocator(final int spaces, final NatSecrets.Key key) {
        slab = Slab.allocate((long) spaces * SPACE_BYTES, "port bitmaps");
        for (long at = 0; at < slab.bytes(); at += Long.BYTES) {
            Memory.putLong(slab.address() + at, -1L);
        }
        this.key = key;
    }

    /** Takes a port if it is free. */
    boolean take(final int space, final int port) {
        final long at = portWord(space, port);
        final long bits = Memory.longAt(at);
        if ((bits >>> port & 1) == 0) {
            return false;
        }
        final long left = bits & ~(1L << port);
        Memory.putLong(at, left);
        if (left == 0) {
            final long summary = summaryWord(space, port >>> 12);
            Memory.putLong(summary, Memory.longAt(summary) & ~(1L << (port >>> 6)));
        }
        return true;
    }

    /**
     * Takes a free port from {@code low} to {@code high}, the first one at or after a random start, around the end.
     *
     * @return the port, or -1 when none of them is free
     */
    int takeAny(final int space, final int low, final int high) {
        final int start = low + (int) ((nextRandom() >>> 32) * (high - low + 1) >>> 32);
        int port = nextFree(space, start, high);
        if (port < 0) {
            port = nextFree(space, low, start - 1);
        }
        if (port >= 0) {
            take(space, port);
        }
        return port;
    }

    void free(final int space, final int port) {
        final long at = portWord(space, port);
        Memory.putLong(at, Memory.longAt(at) | 1L << port);
        final long summary = summaryWord(space, port >>> 12);
        Memory.putLong(summary, Memory.longAt(summary) | 1L << (port >>> 6));
    }

    boolean isFree(final int space, final int port) {
        return (Memory.longAt(portWord(space, port)) >>> port & 1) != 0;
    }

    /** The lowest free port from {@code from} to {@code to}, or -1. */
    private int nextFree(final int space, final int from, final int to) {
        if (from > to) {
            return -1;
        }
        final long bits = Memory.longAt(portWord(space, from)) & -1L << from;
        if (bits != 0) {
            return within((from & ~63) + Long.numberOfTrailingZeros(bits), to);
        }
        final int next = (from >>> 6) + 1;
        if (next == PORT_WORDS) {
            return -1;
        }
        int part = next >>> 6;
        long words = Memory.longAt(summaryWord(space, part)) & -1L << next;
        while (words == 0) {
            if (++part == SUMMARY_WORDS) {
                return -1;
            }
            words = Memory.longAt(summaryWord(space, part));
        }
        final int word = (part << 6) + Long.numberOfTrailingZeros(words);
        final int first = word << 6;
        return within(first + Long.numberOfTrailingZeros(Memory.longAt(portWord(space, first))), to);
    }

    private static int within(final int port, final int to) {
        return port <= to ? port : -1;
    }

    private long nextRandom() {
        return SipHash.strong(key.k0(), key.k1(), picks++, COUNTER_LENGTH);
    }

    private long portWord(final int space, final int port) {
        return slab.address() + (long) space * SPACE_BYTES + SUMMARY_BYTES + (port >>> 6) * Long.BYTES;
    }

    private long summaryWord(final int space, final int part) {
        return slab.address() + (long) space * SPACE_BYTES + part * Long.BYTES;
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
