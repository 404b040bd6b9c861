package org.portolan.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Nat;
import org.portolan.control.config.Config.Neighbor;
import org.portolan.dataplane.wire.Ethernet;

/** [[neighbors]]: hosts whose MAC is written down instead of asked for. */
final class NeighborsReader {
    /** A quarter of an interface's neighbor table. */
    static final int MOST = 4_096;

    private static final String ADDRESS_FORM = "the address of a host on that interface, such as \"192.168.1.20\"";
    private static final String MAC_FORM = "six octets, such as \"02:50:2a:16:6d:14\"";

    private final Section file;
    private final Topology topology;
    private final Nat nat;
    private final List<Neighbor> sound = new ArrayList<>();

    /** @param topology the interfaces; {@code nat} for the pool, which nobody else may have */
    NeighborsReader(final Section file, final Topology topology, final Nat nat) {
        this.file = file;
        this.topology = topology;
        this.nat = nat;
    }

    List<Neighbor> read() {
        final List<Section> sections = file.tables("neighbors");
        if (sections.size() > MOST) {
            file.problem("neighbors", "too many", "%d; portolan arp load takes more".formatted(MOST));
            return List.of();
        }
        sections.forEach(this::readOne);
        return sound;
    }

    private void readOne(final Section one) {
        final int mark = one.mark();
        final Optional<Interface> on = one.requiredString("interface", names()).flatMap(this::named);
        final Optional<Item<String>> address = one.requiredString("address", ADDRESS_FORM);
        final Optional<Item<String>> mac = one.requiredString("mac", MAC_FORM);
        address.ifPresent(item -> checkAddress(item, on));
        mac.ifPresent(NeighborsReader::checkMac);
        one.finish();
        if (one.isSoundSince(mark) && on.isPresent()) {
            sound.add(new Neighbor(
                    on.orElseThrow().name(),
                    Ipv4Text.parse(address.orElseThrow().value()),
                    MacText.parse(mac.orElseThrow().value())));
        }
    }

    private String names() {
        return topology.interfaces().stream()
                .map(each -> '"' + each.name() + '"')
                .collect(Collectors.joining(", "));
    }

    private Optional<Interface> named(final Item<String> item) {
        final Optional<Interface> found = topology.interfaces().stream()
                .filter(each -> each.name().equals(item.value()))
                .findFirst();
        if (found.isEmpty() && topology.complete()) {
            final String near = Nearest.to(
                    item.value(),
                    topology.interfaces().stream().map(Interface::name).toList());
            item.problem("no such interface" + (near.isEmpty() ? "" : ", did you mean \"" + near + "\"?"), names());
        }
        return found;
    }

    private void checkAddress(final Item<String> item, final Optional<Interface> on) {
        if (!Ipv4Text.isAddress(item.value())) {
            item.problem(
                    item.value().indexOf(':') >= 0 ? "IPv6 is not supported yet" : "not an IPv4 address", ADDRESS_FORM);
            return;
        }
        final int address = Ipv4Text.parse(item.value());
        on.flatMap(each -> refusal(address, each))
                .ifPresent(what -> item.problem(
                        what, "a host's address in " + on.orElseThrow().subnet()));
        for (final Neighbor other : sound) {
            if (other.address() == address) {
                item.problem("is written down already, on " + other.interfaceName(), "each address once");
                return;
            }
        }
    }

    private Optional<String> refusal(final int address, final Interface on) {
        if (!on.subnet().contains(address)) {
            return Optional.of("is not in the subnet of " + on.name());
        }
        if (!on.subnet().isHost(address)) {
            return Optional.of("is not a host's address in " + on.subnet());
        }
        if (on.address() == address) {
            return Optional.of("is this router's own address on " + on.name());
        }
        return nat.inPool(address) ? Optional.of("is in this router's own nat.pool") : Optional.empty();
    }

    private static void checkMac(final Item<String> item) {
        if (!MacText.isMac(item.value())) {
            item.problem("not a MAC address", MAC_FORM);
            return;
        }
        final long mac = MacText.parse(item.value());
        if (mac == 0 || Ethernet.isGroup(mac)) {
            item.problem(mac == 0 ? "is nobody's" : "is a group's", "a host's own MAC: not zero, and unicast");
        }
    }
}
