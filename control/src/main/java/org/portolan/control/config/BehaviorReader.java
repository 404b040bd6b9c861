package org.portolan.control.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Role;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.Behavior.Filtering;
import org.portolan.dataplane.policy.Behavior.Mapping;

/**
 * The keys {@code mapping} and {@code filtering}: those of [nat] for all outside interfaces, and an interface's own.
 */
final class BehaviorReader {
    static final List<String> MAPPINGS =
            Arrays.stream(Mapping.values()).map(Config::word).toList();
    static final List<String> FILTERS =
            Arrays.stream(Filtering.values()).map(Config::word).toList();

    private final Behavior usual;

    private BehaviorReader(final Behavior usual) {
        this.usual = usual;
    }

    /** Reads what [nat] says of all outside interfaces. */
    static BehaviorReader read(final Section nat) {
        final String mapping = nat.choice("mapping", MAPPINGS.getFirst(), MAPPINGS, List.of());
        final String filtering = nat.choice("filtering", FILTERS.getLast(), FILTERS, List.of());
        return new BehaviorReader(behavior(nat, mapping(mapping), filtering(filtering)));
    }

    /** Reads what an interface says of itself; what it does not say is as [nat] has it. */
    Behavior of(final Section one, final Optional<Role> role) {
        final Optional<String> mapping = one.choice("mapping", MAPPINGS);
        final Optional<String> filtering = one.choice("filtering", FILTERS);
        if (role.filter(Role.INSIDE::equals).isPresent()) {
            mapping.ifPresent(word -> refuseInside(one, "mapping"));
            filtering.ifPresent(word -> refuseInside(one, "filtering"));
            return usual;
        }
        return behavior(
                one,
                mapping.map(BehaviorReader::mapping).orElse(usual.mapping()),
                filtering.map(BehaviorReader::filtering).orElse(usual.filtering()));
    }

    private static void refuseInside(final Section one, final String key) {
        one.problem(key, "is of mappings, which belong to outside interfaces", "leave it out");
    }

    /** A port that serves several hosts has no one to send a stranger's packet to. */
    private static Behavior behavior(final Section section, final Mapping mapping, final Filtering filtering) {
        if (mapping == Mapping.ADDRESS_AND_PORT_DEPENDENT && filtering != Filtering.ADDRESS_AND_PORT_DEPENDENT) {
            final String key = section.has("filtering") ? "filtering" : "mapping";
            section.problem(
                    key,
                    "mapping is address-and-port-dependent, filtering is %s: an outside port that several hosts have"
                                    .formatted(Config.word(filtering))
                            + " cannot be open to others",
                    "both address-and-port-dependent, or mapping endpoint-independent");
            return Behavior.DEFAULT;
        }
        return new Behavior(mapping, filtering);
    }

    private static Mapping mapping(final String word) {
        return Mapping.values()[MAPPINGS.indexOf(word)];
    }

    private static Filtering filtering(final String word) {
        return Filtering.values()[FILTERS.indexOf(word)];
    }
}
