package org.portolan.control.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.portolan.control.config.Config.Forward;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;
import org.portolan.control.config.Config.Transport;
import org.portolan.dataplane.wire.Ipv4;

/** [[nat.forward]]: static rules, from an outside address and port, or range of ports, to inside ones. */
final class ForwardsReader {
    /** Each has room for a mapping for good. */
    static final int MOST = 65_536;

    private static final String EXTERNAL_FORM =
            "ADDRESS:PORT or ADDRESS:FIRST-LAST, such as \"203.0.113.2:8080\" or \"203.0.113.2:5000-5999\"";
    private static final String INTERNAL_FORM =
            "ADDRESS, ADDRESS:PORT or ADDRESS:FIRST-LAST, such as \"192.168.1.10:80\" or \"192.168.1.10:6000-6999\"";

    /** @param last the same as {@code first} for a single port */
    private record Endpoint(int address, int first, int last) {
        int ports() {
            return last - first + 1;
        }

        Endpoint onPorts(final Endpoint other) {
            return new Endpoint(address, other.first, other.last);
        }
    }

    private record Space(Transport transport, int address) {}

    /** Who has some outside ports already. */
    private record Taken(Endpoint endpoint, String path, int line) {}

    private final Section nat;
    private final Topology topology;
    private final List<AddressRange> pool;
    private final boolean poolComplete;
    private final StaticsReader statics;
    private final Map<Space, NavigableMap<Integer, Taken>> taken = new HashMap<>();

    /**
     * @param poolComplete false when part of the pool was wrong: what is not in it may then not be a mistake
     * @param statics which has read the whole addresses
     */
    ForwardsReader(
            final Section nat,
            final Topology topology,
            final List<AddressRange> pool,
            final boolean poolComplete,
            final StaticsReader statics) {
        this.nat = nat;
        this.topology = topology;
        this.pool = pool;
        this.poolComplete = poolComplete;
        this.statics = statics;
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
                .filter(end -> hasPorts(externalItem.orElseThrow(), end))
                .filter(end -> isOurs(externalItem.orElseThrow(), end));
        final Optional<Item<String>> internalItem = one.requiredString("internal", INTERNAL_FORM);
        final Optional<Endpoint> internal = internalItem
                .flatMap(item -> endpoint(item, INTERNAL_FORM))
                .filter(end -> isReachable(internalItem.orElseThrow(), end));
        final boolean inbound = one.choice("direction", "both", List.of("both", "inbound"), List.of())
                .equals("inbound");
        if (transport.isPresent() && external.isPresent()) {
            take(one, transport.orElseThrow(), externalItem.orElseThrow(), external.orElseThrow());
        }
        if (external.isPresent() && internal.isPresent()) {
            compare(internalItem.orElseThrow(), external.orElseThrow(), internal.orElseThrow());
        }
        one.finish();
        if (!one.isSoundSince(mark) || transport.isEmpty() || external.isEmpty() || internal.isEmpty()) {
            return Optional.empty();
        }
        final Endpoint outside = external.orElseThrow();
        final Endpoint given = internal.orElseThrow();
        final Endpoint inside = given.first() == 0 ? given.onPorts(outside) : given;
        return Optional.of(new Forward(
                transport.orElseThrow(),
                outside.address(),
                outside.first(),
                inside.address(),
                inside.first(),
                outside.ports(),
                inbound));
    }

    /** Two rules may not have one outside port; each error names the other rule and its line. */
    private void take(final Section one, final Transport transport, final Item<String> item, final Endpoint end) {
        final NavigableMap<Integer, Taken> space =
                taken.computeIfAbsent(new Space(transport, end.address()), key -> new TreeMap<>());
        final Map.Entry<Integer, Taken> below = space.floorEntry(end.last());
        if (below != null && below.getValue().endpoint().last() >= end.first()) {
            final Taken other = below.getValue();
            final boolean same = other.endpoint().equals(end);
            item.problem(
                    "%s %s in line %d"
                            .formatted(same ? "is already forwarded by" : "overlaps", other.path(), other.line()),
                    "each protocol, address and port once");
            return;
        }
        space.put(end.first(), new Taken(end, one.path(), item.position().line()));
    }

    /** A range goes to as many ports. */
    private static void compare(final Item<String> item, final Endpoint external, final Endpoint internal) {
        if (internal.first() != 0 && internal.ports() != external.ports()) {
            item.problem(
                    "has %d %s, and external has %d"
                            .formatted(internal.ports(), internal.ports() == 1 ? "port" : "ports", external.ports()),
                    "as many ports as external, or none for the same ones");
        }
    }

    private static boolean hasPorts(final Item<String> item, final Endpoint end) {
        if (end.first() == 0) {
            item.problem("the port is missing", EXTERNAL_FORM);
        }
        return end.first() != 0;
    }

    /** An address with its ports; without a colon they are 0, for {@link #hasPorts} and {@link #compare} to judge. */
    private static Optional<Endpoint> endpoint(final Item<String> item, final String form) {
        final String text = item.value();
        final int colon = text.lastIndexOf(':');
        final String address = colon < 0 ? text : text.substring(0, colon);
        if (!Ipv4Text.isAddress(address)) {
            item.problem(
                    address.indexOf(':') >= 0
                            ? "IPv6 is not supported yet"
                            : colon < 0 ? "not an address and a port" : "not an IPv4 address before the colon",
                    form);
            return Optional.empty();
        }
        return colon < 0
                ? Optional.of(new Endpoint(Ipv4Text.parse(address), 0, 0))
                : ports(item, Ipv4Text.parse(address), text.substring(colon + 1));
    }

    private static Optional<Endpoint> ports(final Item<String> item, final int address, final String text) {
        final int dash = text.indexOf('-');
        final int first = port(dash < 0 ? text : text.substring(0, dash).strip());
        final int last = dash < 0 ? first : port(text.substring(dash + 1).strip());
        if (first <= 0 || last <= 0) {
            item.problem(
                    dash < 0 ? "not a port after the colon" : "not a range of ports after the colon",
                    dash < 0 ? "1 to 65535" : "FIRST-LAST, each 1 to 65535");
            return Optional.empty();
        }
        if (last < first) {
            item.problem("the range ends before it begins", "FIRST-LAST");
            return Optional.empty();
        }
        return Optional.of(new Endpoint(address, first, last));
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
        final Optional<String> whole = statics.holder(end.address());
        if (whole.isPresent()) {
            item.problem(
                    Ipv4.describeAddress(end.address()) + " as a whole belongs to " + whole.orElseThrow(),
                    "an address without a rule of its own");
            return false;
        }
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
        return isReachable(item, end.address(), topology, pool);
    }

    /** Whether an address is that of a host inside, as far as the file says. */
    static boolean isReachable(
            final Item<String> item, final int address, final Topology topology, final List<AddressRange> pool) {
        if (!topology.complete()) {
            return true;
        }
        final String text = Ipv4.describeAddress(address);
        final String allowed = "the address of a host in or behind " + topology.subnets(Role.INSIDE);
        final boolean own =
                topology.owner(address).isPresent() || pool.stream().anyMatch(range -> range.contains(address));
        if (own) {
            item.problem(text + " is this router's own address", allowed);
            return false;
        }
        final Optional<Interface> towards = topology.towards(address);
        if (towards.isEmpty() || towards.orElseThrow().role() != Role.INSIDE || !Ipv4Text.isUnicast(address)) {
            item.problem(text + " is in no inside interface's subnet and no route leads to it through one", allowed);
            return false;
        }
        final Optional<Interface> on = topology.connected(address).filter(each -> each.role() == Role.INSIDE);
        if (on.isPresent() && !on.orElseThrow().subnet().isHost(address)) {
            item.problem(
                    text + " is not a host's address in " + on.orElseThrow().subnet(), allowed);
            return false;
        }
        return true;
    }
}
