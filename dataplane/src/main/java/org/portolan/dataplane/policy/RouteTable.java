package org.portolan.dataplane.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Longest-prefix match for IPv4 (RFC 1812 5.2.4.3), immutable: control builds a new one, workers take it at a batch
 * border.
 *
 * <p>Prefixes nest or are apart, so n of them cut the address space into at most 2n + 1 disjoint intervals, each with
 * one best route. A lookup is a binary search for the last interval that starts at or before the destination: about
 * log2(2n) steps over one int array, which holds no prefixes.
 *
 * <pre>
 *  10.0.0.0/8 -> 0, 10.1.0.0/16 -> 1        starts   0.0.0.0   10.0.0.0   10.1.0.0   10.2.0.0   11.0.0.0
 *                                           routes        -1          0          1          0         -1
 * </pre>
 *
 * <p>A route's index is the order in which it was added. {@link #lookup}, {@link #interval}, {@link #port} and
 * {@link #gateway} allocate nothing and any thread may call them.
 */
public final class RouteTable {
    /** What {@link #lookup} says when no route covers the destination. */
    public static final int NO_ROUTE = -1;

    /** First address of each interval, ascending, top bit flipped so that signed comparison orders addresses. */
    private final int[] starts;

    /** Route of each interval, or {@link #NO_ROUTE}. */
    private final int[] routes;

    private final int[] networks;
    private final int[] prefixLengths;
    private final int[] ports;
    private final int[] gateways;

    private RouteTable(final List<Route> all, final Intervals intervals) {
        starts = Arrays.copyOf(intervals.starts, intervals.size);
        routes = Arrays.copyOf(intervals.routes, intervals.size);
        networks = all.stream().mapToInt(Route::network).toArray();
        prefixLengths = all.stream().mapToInt(Route::prefixLength).toArray();
        ports = all.stream().mapToInt(Route::port).toArray();
        gateways = all.stream().mapToInt(Route::gateway).toArray();
    }

    /** Index of the most specific route that covers the destination, or {@link #NO_ROUTE}. */
    public int lookup(final int destination) {
        return routes[interval(destination)];
    }

    /** Number of the interval that the destination is in. */
    public int interval(final int destination) {
        final int key = destination ^ Integer.MIN_VALUE;
        int low = 0;
        int high = starts.length - 1;
        while (low < high) {
            final int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The route of an interval, or {@link #NO_ROUTE}. */
    public int routeOf(final int interval) {
        return routes[interval];
    }

    /** First address of an interval. */
    public int first(final int interval) {
        return starts[interval] ^ Integer.MIN_VALUE;
    }

    /** Last address of an interval. */
    public int last(final int interval) {
        return interval + 1 == starts.length ? -1 : first(interval + 1) - 1;
    }

    /** Index of the port that a route leads out of. */
    public int port(final int index) {
        return ports[index];
    }

    /** A route's gateway, or 0 when its hosts are on the wire themselves. */
    public int gateway(final int index) {
        return gateways[index];
    }

    /** How many routes there are. */
    public int size() {
        return ports.length;
    }

    public int network(final int index) {
        return networks[index];
    }

    public int prefixLength(final int index) {
        return prefixLengths[index];
    }

    /** How many intervals the address space is cut into. */
    int intervals() {
        return starts.length;
    }

    /** {@code 10.0.0.0/8 port 1 via 192.0.2.1}. */
    public String describe(final int index) {
        final String via = gateways[index] == 0 ? "" : " via " + Ipv4.describeAddress(gateways[index]);
        return describePrefix(networks[index], prefixLengths[index]) + " port " + ports[index] + via;
    }

    private static String describePrefix(final int network, final int prefixLength) {
        return Ipv4.describeAddress(network) + "/" + prefixLength;
    }

    public static Builder builder() {
        return new Builder();
    }

    private record Route(int network, int prefixLength, int port, int gateway, int index) {
        long start() {
            return network & 0xFFFF_FFFFL;
        }

        long end() {
            return start() + (1L << 32 - prefixLength);
        }
    }

    /** Collects routes and refuses those that cannot be meant. Not for several threads. */
    public static final class Builder {
        private final List<Route> all = new ArrayList<>();
        private final Set<Long> prefixes = new HashSet<>();

        private Builder() {}

        /**
         * @param port index of a port, 0 or more
         * @param gateway next hop's address, 0 for a connected network
         * @throws IllegalArgumentException for host bits in the network, a prefix that is there already, and values out
         *     of range
         */
        public Builder add(final int network, final int prefixLength, final int port, final int gateway) {
            if (prefixLength < 0 || prefixLength > 32) {
                throw new IllegalArgumentException("prefix length %d is not in 0 to 32".formatted(prefixLength));
            }
            final int mask = prefixLength == 0 ? 0 : -1 << 32 - prefixLength;
            if ((network & ~mask) != 0) {
                final String meant = describePrefix(network & mask, prefixLength);
                throw new IllegalArgumentException("%s has host bits set, the network is %s"
                        .formatted(describePrefix(network, prefixLength), meant));
            }
            if (port < 0) {
                throw new IllegalArgumentException("port %d is negative".formatted(port));
            }
            if (gateway != 0 && (Ipv4.isMartian(gateway) || Ipv4.isMulticast(gateway))) {
                throw new IllegalArgumentException("%s cannot be a gateway".formatted(Ipv4.describeAddress(gateway)));
            }
            if (!prefixes.add((long) prefixLength << 32 | network & 0xFFFF_FFFFL)) {
                throw new IllegalArgumentException(
                        "%s has a route already".formatted(describePrefix(network, prefixLength)));
            }
            all.add(new Route(network, prefixLength, port, gateway, all.size()));
            return this;
        }

        /** One sweep from the lowest address to the highest, with the routes that cover the place on a stack. */
        public RouteTable build() {
            final List<Route> sorted = new ArrayList<>(all);
            sorted.sort(Comparator.comparingLong(Route::start).thenComparingInt(Route::prefixLength));
            final Intervals intervals = new Intervals(2 * all.size() + 1);
            final Deque<Route> covering = new ArrayDeque<>();
            intervals.begin(0, NO_ROUTE);
            for (final Route route : sorted) {
                close(covering, route.start(), intervals);
                intervals.begin(route.start(), route.index());
                covering.push(route);
            }
            close(covering, 1L << 32, intervals);
            return new RouteTable(all, intervals);
        }

        /** Ends the routes that end at or before {@code place}; behind each its covering route goes on. */
        private static void close(final Deque<Route> covering, final long place, final Intervals intervals) {
            while (!covering.isEmpty() && covering.peek().end() <= place) {
                final long end = covering.pop().end();
                intervals.begin(
                        end, covering.isEmpty() ? NO_ROUTE : covering.peek().index());
            }
        }
    }

    /**
     * Intervals in ascending order; one that begins where the last began replaces it, one with the same route joins it.
     */
    private static final class Intervals {
        private final int[] starts;
        private final int[] routes;
        private int size;

        Intervals(final int most) {
            starts = new int[most];
            routes = new int[most];
        }

        void begin(final long start, final int route) {
            if (start == 1L << 32) {
                return;
            }
            final int key = (int) start ^ Integer.MIN_VALUE;
            if (size > 0 && starts[size - 1] == key) {
                size--;
            }
            if (size > 0 && routes[size - 1] == route) {
                return;
            }
            starts[size] = key;
            routes[size] = route;
            size++;
        }
    }
}
