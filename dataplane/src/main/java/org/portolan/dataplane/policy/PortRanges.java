package org.portolan.dataplane.policy;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The ranges of ports that rules have, found by binary search: of a rule over thousands of ports one entry, or a few
 * where ranges overlap. A key is an endpoint as one number: who the port belongs to, and below it the port. Immutable.
 */
final class PortRanges {
    private static final int PORT_BITS = 16;

    private record Piece(long last, int rule) {}

    /** Collects ranges; where two overlap, the one that was added first has the ports. */
    static final class Builder {
        private final NavigableMap<Long, Piece> pieces = new TreeMap<>();

        /** Adds the ports from {@code first} on, as keys. */
        void add(final long first, final int count, final int rule) {
            final long last = first + count - 1;
            long at = first;
            while (at <= last) {
                final Map.Entry<Long, Piece> below = pieces.floorEntry(at);
                if (below != null && below.getValue().last() >= at) {
                    at = below.getValue().last() + 1;
                    continue;
                }
                final Long above = pieces.higherKey(at);
                final long end = above == null || above > last ? last : above - 1;
                pieces.put(at, new Piece(end, rule));
                at = end + 1;
            }
        }

        PortRanges build() {
            return new PortRanges(pieces);
        }
    }

    private final long[] firsts;
    private final long[] lasts;
    private final int[] rules;

    private PortRanges(final NavigableMap<Long, Piece> pieces) {
        firsts = pieces.keySet().stream().mapToLong(Long::longValue).toArray();
        lasts = pieces.values().stream().mapToLong(Piece::last).toArray();
        rules = pieces.values().stream().mapToInt(Piece::rule).toArray();
    }

    /** The key of a port of an address, in one of the two protocols that have ranges. */
    static long key(final int address, final int protocol, final int port) {
        return key(0, address, protocol, port);
    }

    /** The same for an address behind an egress. */
    static long key(final int egress, final int address, final int protocol, final int port) {
        final long owner = ((long) egress << 32 | address & 0xFFFF_FFFFL) << 1 | (protocol == Ipv4.TCP ? 1 : 0);
        return owner << PORT_BITS | port;
    }

    boolean isEmpty() {
        return firsts.length == 0;
    }

    /** The rule whose range has a key, or -1. */
    int find(final long key) {
        int low = 0;
        int high = firsts.length - 1;
        while (low <= high) {
            final int middle = low + high >>> 1;
            if (firsts[middle] > key) {
                high = middle - 1;
            } else if (lasts[middle] < key) {
                low = middle + 1;
            } else {
                return rules[middle];
            }
        }
        return -1;
    }
}
