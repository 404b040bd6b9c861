package org.portolan.dataplane.memory;

import java.util.Arrays;

/**
 * The live regions of off-heap memory, kept sorted so that the bounds-checked build of {@link Memory} can tell a good
 * access from a bad one. Writers replace the array under a lock; readers take it as it is.
 */
public final class Regions {
    /** Start and end (exclusive) addresses, in pairs, sorted and not overlapping. */
    private static volatile long[] bounds = new long[0];

    private Regions() {}

    /** Makes {@code [address, address + bytes)} legal to access. No effect in the unchecked build. */
    public static synchronized void add(final long address, final long bytes) {
        if (!Memory.CHECKED) {
            return;
        }
        final long[] old = bounds;
        final int at = firstEndAfter(old, address);
        if (at < old.length && old[at] < address + bytes) {
            throw new IllegalStateException("region 0x%x+%d overlaps a live one".formatted(address, bytes));
        }
        final long[] grown = new long[old.length + 2];
        System.arraycopy(old, 0, grown, 0, at);
        grown[at] = address;
        grown[at + 1] = address + bytes;
        System.arraycopy(old, at, grown, at + 2, old.length - at);
        bounds = grown;
    }

    /** Makes the region that starts at {@code address} illegal again. */
    public static synchronized void remove(final long address) {
        if (!Memory.CHECKED) {
            return;
        }
        final long[] old = bounds;
        final int at = firstEndAfter(old, address);
        if (at >= old.length || old[at] != address) {
            throw new IllegalStateException("no region starts at 0x%x".formatted(address));
        }
        final long[] shrunk = Arrays.copyOf(old, old.length - 2);
        System.arraycopy(old, at + 2, shrunk, at, old.length - at - 2);
        bounds = shrunk;
    }

    static void check(final long address, final long bytes) {
        if (bytes == 0) {
            return;
        }
        final long[] now = bounds;
        final int at = firstEndAfter(now, address);
        if (bytes < 0 || at >= now.length || address < now[at] || bytes > now[at + 1] - address) {
            throw new IndexOutOfBoundsException(
                    "access of %d bytes at 0x%x is outside every region".formatted(bytes, address));
        }
    }

    /** Index of the first pair whose end lies beyond {@code address}. */
    private static int firstEndAfter(final long[] pairs, final long address) {
        int low = 0;
        int high = pairs.length / 2;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (pairs[2 * middle + 1] > address) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return 2 * low;
    }
}
