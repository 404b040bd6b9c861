package org.portolan.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;
import org.portolan.control.config.Config.Route;

/** [[routes]]: where each destination's next hop is. */
final class RoutesReader {
    private static final int MOST = 65_536;
    private static final String DESTINATION_FORM = "ADDRESS/PREFIX, such as \"0.0.0.0/0\" or \"10.0.0.0/8\"";
    private static final String VIA_FORM = "the address of a router on a connected subnet, such as \"203.0.113.1\"";

    private final List<Section> sections;
    private final Section file;
    private final Topology topology;
    private final List<Route> sound = new ArrayList<>();

    /** @param topology the interfaces; it has no routes yet */
    RoutesReader(final Section file, final Topology topology) {
        this.file = file;
        this.sections = file.tables("routes");
        this.topology = topology;
    }

    List<Route> read() {
        if (sections.size() > MOST) {
            file.problem("routes", "too many", "%d".formatted(MOST));
            return sound;
        }
        for (final Section each : sections) {
            readOne(each);
        }
        final boolean hasDefault =
                sound.stream().anyMatch(route -> route.destination().prefixLength() == 0);
        if (!hasDefault && topology.complete() && sound.size() == sections.size()) {
            file.problems()
                    .notice(
                            null,
                            "routes",
                            "",
                            "no route to 0.0.0.0/0: hosts beyond the named subnets cannot be reached");
        }
        return sound;
    }

    private void readOne(final Section one) {
        final int mark = one.mark();
        final Optional<Subnet> destination =
                one.requiredString("destination", DESTINATION_FORM).flatMap(this::destination);
        final Optional<Item<String>> via = one.requiredString("via", VIA_FORM);
        final Optional<Interface> out = via.flatMap(this::out);
        one.finish();
        if (one.isSoundSince(mark) && destination.isPresent() && out.isPresent()) {
            final int nextHop = Ipv4Text.parse(via.orElseThrow().value());
            sound.add(new Route(
                    destination.orElseThrow(), nextHop, out.orElseThrow().name()));
        }
    }

    private Optional<Subnet> destination(final Item<String> item) {
        final Optional<Subnet> read = Cidr.readSubnet(item, DESTINATION_FORM);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        final Subnet subnet = read.orElseThrow();
        if (subnet.prefixLength() > 0 && !Ipv4Text.isUnicast(subnet.network())) {
            item.problem("these addresses can never be routed", "unicast addresses, or 0.0.0.0/0");
            return Optional.empty();
        }
        for (final Route other : sound) {
            if (other.destination().equals(subnet)) {
                item.problem("there is another route to it", "one route for each destination");
                return Optional.empty();
            }
        }
        for (final Interface each : topology.interfaces()) {
            if (each.subnet().equals(subnet)) {
                item.problem("is the subnet of interface " + each.name() + " itself", "no route to a connected subnet");
                return Optional.empty();
            }
        }
        return read;
    }

    private Optional<Interface> out(final Item<String> item) {
        if (!Ipv4Text.isAddress(item.value())) {
            item.problem("not an IPv4 address", VIA_FORM);
            return Optional.empty();
        }
        final int via = Ipv4Text.parse(item.value());
        final Optional<Interface> out = topology.connected(via);
        if (out.isEmpty()) {
            if (topology.complete()) {
                item.problem(
                        "is on no connected subnet",
                        "an address in " + topology.subnets(Role.OUTSIDE) + ", " + topology.subnets(Role.INSIDE));
            }
            return Optional.empty();
        }
        final Interface on = out.orElseThrow();
        if (on.address() == via) {
            item.problem(
                    "is this router's own address on " + on.name(), "the address of another router in " + on.subnet());
            return Optional.empty();
        }
        if (!on.subnet().isHost(via)) {
            item.problem(
                    "is not a host's address in " + on.subnet(), "the address of another router in " + on.subnet());
            return Optional.empty();
        }
        return out;
    }
}
