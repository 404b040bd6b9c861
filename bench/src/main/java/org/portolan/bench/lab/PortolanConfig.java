package org.portolan.bench.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The config of a router in the lab, as TOML.
 *
 * @param run directory of its own for counters, and for the socket
 * @param idle busy, backoff or park
 * @param insidePrefixLength of the inside subnet, 16 to 24: the clients' addresses are in all of them
 * @param routes next hops by destination, beside the default route
 * @param history where the git repository is; empty: none is kept
 * @param extra more keys, as lines of TOML by table name: {@code "nat" -> "max_sessions = 4096"}
 */
public record PortolanConfig(
        Path run,
        Identity identity,
        String idle,
        int insidePrefixLength,
        List<Forward> forwards,
        Map<String, String> routes,
        Optional<Path> history,
        Map<String, String> extra) {
    private static final int OUTSIDE_PREFIX_LENGTH = 24;
    private static final Set<String> WRITTEN =
            Set.of("router", "interfaces.lan", "interfaces.wan", "nat", "nat.timeouts", "io", "history", "control");

    /** Who it is, and its own addresses: two routers on one wire differ in all of it. */
    public record Identity(String name, String insideAddress, String outsideAddress) {
        static final Identity ALONE = new Identity("lab", Lab.INSIDE_ADDRESS, Lab.OUTSIDE_ADDRESS);
    }

    /** Where the router listens for its operator. */
    public Path socket() {
        return run.resolve("control.sock");
    }

    /** What is not the same in every lab, in one line; where its files are is of no use to a reader. */
    String settings() {
        final StringBuilder line = new StringBuilder("io.driver = af_packet, io.idle = ").append(idle);
        new TreeMap<>(extra)
                .forEach((table, lines) -> lines.lines()
                        .filter(each -> !each.contains(run.toString()))
                        .forEach(each ->
                                line.append(", ").append(table).append('.').append(each)));
        return line.toString();
    }

    /** The whole file. */
    public String toToml() {
        final StringBuilder toml = new StringBuilder();
        table(toml, "router", "name = \"%s\"\nrun = \"%s\"\n".formatted(identity.name(), run));
        table(toml, "interfaces.lan", device(Lab.LAN, "inside", identity.insideAddress(), insidePrefixLength));
        table(toml, "interfaces.wan", device(Lab.WAN, "outside", identity.outsideAddress(), OUTSIDE_PREFIX_LENGTH));
        route(toml, "0.0.0.0/0", Lab.SERVER_ADDRESS);
        routes.forEach((destination, via) -> route(toml, destination, via));
        table(toml, "nat", "");
        table(toml, "nat.timeouts", "");
        for (final Forward forward : forwards) {
            toml.append("[[nat.forward]]\nprotocol = \"%s\"\nexternal = \"%s:%d\"\ninternal = \"%s:%d\"\n\n"
                    .formatted(
                            forward.protocol(),
                            identity.outsideAddress(),
                            forward.externalPort(),
                            forward.internalAddress(),
                            forward.internalPort()));
        }
        table(toml, "io", "driver = \"af_packet\"\nidle = \"%s\"\n".formatted(idle));
        history.ifPresent(path -> table(toml, "history", "path = \"%s\"\n".formatted(path)));
        table(toml, "control", "socket = \"%s\"\n".formatted(socket()));
        new TreeMap<>(extra)
                .keySet().stream().filter(name -> !WRITTEN.contains(name)).forEach(name -> table(toml, name, ""));
        return toml.toString();
    }

    private static void route(final StringBuilder toml, final String destination, final String via) {
        toml.append("[[routes]]\ndestination = \"%s\"\nvia = \"%s\"\n\n".formatted(destination, via));
    }

    private void table(final StringBuilder toml, final String name, final String lines) {
        toml.append('[').append(name).append("]\n").append(lines);
        if (extra.containsKey(name)) {
            toml.append(extra.get(name)).append('\n');
        }
        toml.append('\n');
    }

    private static String device(final String device, final String role, final String address, final int prefixLength) {
        return "device = \"%s\"\nrole = \"%s\"\naddress = \"%s/%d\"\n".formatted(device, role, address, prefixLength);
    }
}
