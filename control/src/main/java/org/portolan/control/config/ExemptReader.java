package org.portolan.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;

/** nat.exempt: the outside networks to and from which nothing is translated. */
final class ExemptReader {
    private static final int MOST = 1_024;
    private static final String FORM = "ADDRESS/PREFIX, such as \"198.51.100.0/24\"";

    private final Section nat;
    private final Topology topology;
    private final List<Subnet> sound = new ArrayList<>();

    ExemptReader(final Section nat, final Topology topology) {
        this.nat = nat;
        this.topology = topology;
    }

    List<Subnet> read() {
        final List<Item<String>> items = nat.strings("exempt");
        if (items.size() > MOST) {
            nat.problem("exempt", "has %d networks".formatted(items.size()), "at most %d".formatted(MOST));
            return sound;
        }
        for (final Item<String> item : items) {
            Cidr.readSubnet(item, FORM)
                    .filter(network -> canBeOutside(item, network) && isNew(item, network))
                    .ifPresent(sound::add);
        }
        return sound;
    }

    private boolean canBeOutside(final Item<String> item, final Subnet network) {
        if (network.prefixLength() == 0) {
            item.problem("would leave nothing to translate", "networks of prefix length 1 to 32");
            return false;
        }
        if (!Ipv4Text.isUnicast(network.network())) {
            item.problem("these addresses can never be routed", "unicast addresses");
            return false;
        }
        final Optional<Interface> towards = topology.towards(network.network());
        if (towards.isPresent() && towards.orElseThrow().role() == Role.INSIDE) {
            item.problem(
                    "is behind inside interface %s, where nothing is translated anyway"
                            .formatted(towards.orElseThrow().name()),
                    "networks behind an outside interface");
            return false;
        }
        return true;
    }

    private boolean isNew(final Item<String> item, final Subnet network) {
        for (final Subnet other : sound) {
            if (other.overlaps(network)) {
                item.problem("overlaps " + other + ", which is exempt already", "networks that are apart");
                return false;
            }
        }
        return true;
    }
}
