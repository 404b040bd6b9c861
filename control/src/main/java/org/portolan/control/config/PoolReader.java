package org.portolan.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;
import org.portolan.control.config.Config.Route;
import org.portolan.dataplane.wire.Ipv4;

/** nat.pool: the outside addresses, as single ones, ranges and subnets. */
final class PoolReader {
    /** Port tables are made at start for each address: memory is bounded. */
    static final int MOST_ADDRESSES = 1_024;

    private static final String FORM = "\"203.0.113.2\", \"203.0.113.8-203.0.113.15\" or \"203.0.113.8/29\"";

    private final Section nat;
    private final Topology topology;

    PoolReader(final Section nat, final Topology topology) {
        this.nat = nat;
        this.topology = topology;
    }

    List<AddressRange> read() {
        final int mark = nat.mark();
        final List<Item<String>> items = nat.strings("pool");
        if (!nat.has("pool")) {
            return byDefault();
        }
        if (items.isEmpty() && nat.isSoundSince(mark)) {
            nat.problem("pool", "is empty", "at least one address; leave the key out to use the outside interface's");
        }
        final List<AddressRange> ranges = new ArrayList<>();
        for (final Item<String> item : items) {
            parse(item)
                    .filter(range -> isOurs(item, range, false) && isNew(item, range, ranges))
                    .ifPresent(ranges::add);
        }
        final long size = ranges.stream().mapToLong(AddressRange::size).sum();
        if (nat.isSoundSince(mark) && topology.complete()) {
            requireEachOutside(ranges);
        }
        if (size > MOST_ADDRESSES) {
            nat.problem("pool", "has %d addresses".formatted(size), "at most %d".formatted(MOST_ADDRESSES));
        }
        return ranges;
    }

    /** Flows that leave by an outside interface take addresses of its subnet and no others. */
    private void requireEachOutside(final List<AddressRange> ranges) {
        for (final Interface each : topology.interfaces()) {
            if (each.role() == Role.OUTSIDE
                    && ranges.stream().noneMatch(range -> each.subnet().contains(range.first()))) {
                nat.problem(
                        "pool",
                        "has no address of outside interface " + each.name(),
                        "at least one of " + each.subnet() + ", such as its own, "
                                + Ipv4.describeAddress(each.address()));
            }
        }
    }

    private List<AddressRange> byDefault() {
        return topology.interfaces().stream()
                .filter(each -> each.role() == Role.OUTSIDE)
                .map(each -> new AddressRange(each.address(), each.address()))
                .toList();
    }

    private static Optional<AddressRange> parse(final Item<String> item) {
        final String text = item.value();
        if (text.indexOf('/') >= 0) {
            return Cidr.readSubnet(item, FORM).map(subnet -> new AddressRange(subnet.network(), subnet.last()));
        }
        final int dash = text.indexOf('-');
        final String from = dash < 0 ? text : text.substring(0, dash).strip();
        final String to = dash < 0 ? text : text.substring(dash + 1).strip();
        if (!Ipv4Text.isAddress(from) || !Ipv4Text.isAddress(to)) {
            item.problem("not an IPv4 address, range or subnet", FORM);
            return Optional.empty();
        }
        final int first = Ipv4Text.parse(from);
        final int last = Ipv4Text.parse(to);
        if (Integer.compareUnsigned(first, last) > 0) {
            item.problem("the range ends before it begins", "LOWEST-HIGHEST");
            return Optional.empty();
        }
        return Optional.of(new AddressRange(first, last));
    }

    /**
     * Every address one that an outside interface can answer ARP for, and nobody else's that the file knows.
     *
     * @param mayBeInside whether a route may lead to it through an inside interface
     */
    boolean isOurs(final Item<String> item, final AddressRange range, final boolean mayBeInside) {
        if (!topology.complete()) {
            return true;
        }
        final Optional<Interface> carrier = topology.connected(range.first());
        final String outside = "addresses in " + topology.subnets(Role.OUTSIDE);
        if (carrier.isPresent() && carrier.orElseThrow().role() == Role.INSIDE) {
            item.problem(
                    "overlaps " + carrier.orElseThrow().subnet() + " of inside interface "
                            + carrier.orElseThrow().name(),
                    outside);
            return false;
        }
        if (carrier.isEmpty() || !carrier.orElseThrow().subnet().contains(range.last())) {
            final int stray = carrier.isEmpty()
                    ? range.first()
                    : carrier.orElseThrow().subnet().last() + 1;
            item.problem(
                    Ipv4.describeAddress(stray)
                            + " is in the subnet of no outside interface; a pool that the provider routes here is not"
                            + " supported yet",
                    outside);
            return false;
        }
        return isFree(item, range, carrier.orElseThrow().subnet(), mayBeInside);
    }

    private boolean isFree(
            final Item<String> item, final AddressRange range, final Subnet subnet, final boolean mayBeInside) {
        for (final int end : new int[] {range.first(), range.last()}) {
            if (!subnet.isHost(end)) {
                final String what = end == subnet.network() ? "network" : "broadcast";
                item.problem(Ipv4.describeAddress(end) + " is the " + what + " address of " + subnet, "host addresses");
                return false;
            }
        }
        for (final Route route : topology.routes()) {
            if (range.contains(route.via())) {
                item.problem(
                        Ipv4.describeAddress(route.via()) + " is the next hop of the route to " + route.destination(),
                        "addresses that no other machine has");
                return false;
            }
            final AddressRange routed = new AddressRange(
                    route.destination().network(), route.destination().last());
            if (!mayBeInside && isInside(route) && route.destination().prefixLength() > 0 && routed.overlaps(range)) {
                item.problem(
                        "overlaps " + route.destination() + ", which is routed to inside interface " + route.out(),
                        "addresses that no other machine has");
                return false;
            }
        }
        return true;
    }

    private boolean isInside(final Route route) {
        return topology.interfaces().stream()
                .anyMatch(each -> each.name().equals(route.out()) && each.role() == Role.INSIDE);
    }

    private static boolean isNew(final Item<String> item, final AddressRange range, final List<AddressRange> before) {
        for (final AddressRange other : before) {
            if (other.overlaps(range)) {
                item.problem("overlaps " + other + ", which is in the pool already", "each address once");
                return false;
            }
        }
        return true;
    }
}
