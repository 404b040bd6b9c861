package org.portolan.control.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.portolan.control.config.Config.Forward;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;
import org.portolan.control.config.Config.Transport;
import org.portolan.dataplane.wire.Ipv4;

/** [[nat.forward]]: static mappings, from an outside address and port to an inside one. */
final class ForwardsReader {
    /** Each takes a mapping and a port for good. */
    static final int MOST = 65_536;

    private static final String EXTERNAL_FORM = "ADDRESS:PORT, such as \"203.0.113.2:8080\"";
    private static final String INTERNAL_FORM = "ADDRESS:PORT, such as \"192.168.1.10:80\"";

    private static final Pattern PORTS = Pattern.compile("[0-9]{1,5} ?[-:] ?[0-9]{1,5}");

    private record Endpoint(int address, int port) {}

    private record External(Transport transport, Endpoint endpoint) {}

    private final Section nat;
    private final Topology topology;
    private final List<AddressRange> pool;
    private final boolean poolComplete;
    private final Map<External, String> taken = new HashMap<>();

    /** @param poolComplete false when part of the pool was wrong: what is not in it may then not be a mistake */
    ForwardsReader(
            final Section nat, final Topology topology, final List<AddressRange> pool, final boolean poolComplete) {
        this.nat = nat;
        this.topology = topology;
        this.pool = pool;
        this.poolComplete = poolComplete;
    }

    List<Forward> read() {
        final List<Section> sections = nat.tables("forward");
        if (sections.size() > MOST) {
            nat.problem("forward", "too many", "%d".formatted(MOST));
            return List.of();
        }
        final List<Forward> sound = new ArrayList<>();
        for (final Section each : sections) {
            readOne(each).ifPresent(sound::add);
        }
        return sound;
    }

    private Optional<Forward> readOne(final Section one) {
        final int mark = one.mark();
        final Optional<Transport> transport = one.requiredChoice("protocol", List.of("tcp", "udp"))
                .map(word -> Transport.valueOf(word.toUpperCase(Locale.ROOT)));
        final Optional<Item<String>> externalItem = one.requiredString("external", EXTERNAL_FORM);
        final Optional<Endpoint> external = externalItem
                .flatMap(item -> endpoint(item, EXTERNAL_FORM))
                .filter(end -> isOurs(externalItem.orElseThrow(), end));
        final Optional<Item<String>> internalItem = one.requiredString("internal", INTERNAL_FORM);
        final Optional<Endpoint> internal = internalItem
                .flatMap(item -> endpoint(item, INTERNAL_FORM))
                .filter(end -> isReachable(internalItem.orElseThrow(), end));
        if (transport.isPresent() && external.isPresent()) {
            final External key = new External(transport.orElseThrow(), external.orElseThrow());
            final String other = taken.putIfAbsent(key, one.path());
            if (other != null) {
                externalItem
                        .orElseThrow()
                        .problem("is already forwarded by " + other, "each protocol, address and port once");
            }
        }
        one.finish();
        if (!one.isSoundSince(mark) || transport.isEmpty() || external.isEmpty() || internal.isEmpty()) {
            return Optional.empty();
        }
        final Endpoint outside = external.orElseThrow();
        final Endpoint inside = internal.orElseThrow();
        return Optional.of(new Forward(
                transport.orElseThrow(), outside.address(), outside.port(), inside.address(), inside.port()));
    }

    private static Optional<Endpoint> endpoint(final Item<String> item, final String form) {
        final String text = item.value();
        final int colon = text.lastIndexOf(':');
        if (colon < 0) {
            item.problem(Ipv4Text.isAddress(text) ? "the port is missing" : "not an address and a port", form);
            return Optional.empty();
        }
        final String address = text.substring(0, colon);
        if (!Ipv4Text.isAddress(address)) {
            item.problem(
                    address.indexOf(':') >= 0 ? "IPv6 is not supported yet" : "not an IPv4 address before the colon",
                    form);
            return Optional.empty();
        }
        final int port = port(text.substring(colon + 1));
        if (port <= 0) {
            final boolean range = PORTS.matcher(text.substring(colon + 1)).matches();
            item.problem(range ? "a range of ports is not supported yet" : "not a port after the colon", "1 to 65535");
            return Optional.empty();
        }
        return Optional.of(new Endpoint(Ipv4Text.parse(address), port));
    }

    /** 1 to 65535, or -1. */
    static int port(final String text) {
        final boolean digits =
                !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> Ipv4Text.isDigit((char) c));
        if (!digits || text.charAt(0) == '0') {
            return -1;
        }
        final int port = Integer.parseInt(text);
        return port <= 65_535 ? port : -1;
    }

    private boolean isOurs(final Item<String> item, final Endpoint end) {
        final boolean inPool = pool.stream().anyMatch(range -> range.contains(end.address()));
        final boolean own = topology.owner(end.address())
                .filter(each -> each.role() == Role.OUTSIDE)
                .isPresent();
        if (inPool || own || !topology.complete() || !poolComplete) {
            return true;
        }
        final List<String> ours = new ArrayList<>();
        pool.forEach(range -> ours.add(range.toString()));
        topology.interfaces().stream()
                .filter(each -> each.role() == Role.OUTSIDE)
                .filter(each -> pool.stream().noneMatch(range -> range.contains(each.address())))
                .forEach(each -> ours.add(Ipv4.describeAddress(each.address())));
        item.problem(
                Ipv4.describeAddress(end.address()) + " is not an outside address of this router",
                String.join(", ", ours));
        return false;
    }

    private boolean isReachable(final Item<String> item, final Endpoint end) {
        if (!topology.complete()) {
            return true;
        }
        final String text = Ipv4.describeAddress(end.address());
        final String allowed = "the address of a host in or behind " + topology.subnets(Role.INSIDE);
        final boolean own = topology.owner(end.address()).isPresent()
                || pool.stream().anyMatch(range -> range.contains(end.address()));
        if (own) {
            item.problem(text + " is this router's own address", allowed);
            return false;
        }
        final Optional<Interface> towards = topology.towards(end.address());
        if (towards.isEmpty() || towards.orElseThrow().role() != Role.INSIDE || !Ipv4Text.isUnicast(end.address())) {
            item.problem(text + " is in no inside interface's subnet and no route leads to it through one", allowed);
            return false;
        }
        final Optional<Interface> on = topology.connected(end.address());
        if (on.isPresent() && !on.orElseThrow().subnet().isHost(end.address())) {
            item.problem(
                    text + " is not a host's address in " + on.orElseThrow().subnet(), allowed);
            return false;
        }
        return true;
    }
}
