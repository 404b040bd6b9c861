package org.portolan.control.config;

import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;
import org.portolan.control.config.Config.Route;

/**
 * Which address is where, by the interfaces and the routes that were right.
 *
 * @param complete false when an interface or a route was wrong: what cannot be found here may then not be a mistake
 */
record Topology(List<Interface> interfaces, List<Route> routes, boolean complete) {

    /** The interface in whose subnet the address is. */
    Optional<Interface> connected(final int address) {
        return interfaces.stream()
                .filter(each -> each.subnet().contains(address))
                .findFirst();
    }

    /** The interface whose own address this is. */
    Optional<Interface> owner(final int address) {
        return interfaces.stream().filter(each -> each.address() == address).findFirst();
    }

    /** The interface a packet to this address would leave by: connected subnet, else the longest route. */
    Optional<Interface> towards(final int address) {
        Interface best = connected(address).orElse(null);
        int longest = best == null ? -1 : best.subnet().prefixLength();
        for (final Route route : routes) {
            if (route.destination().contains(address) && route.destination().prefixLength() > longest) {
                longest = route.destination().prefixLength();
                best = interfaces.stream()
                        .filter(each -> each.name().equals(route.out()))
                        .findFirst()
                        .orElse(best);
            }
        }
        return Optional.ofNullable(best);
    }

    /** "lan 192.168.1.0/24, dmz 10.0.0.0/8": the subnets of one side, for an error message. */
    String subnets(final Role role) {
        return interfaces.stream()
                .filter(each -> each.role() == role)
                .map(each -> each.name() + " " + each.subnet())
                .reduce((a, b) -> a + ", " + b)
                .orElse("none");
    }
}
