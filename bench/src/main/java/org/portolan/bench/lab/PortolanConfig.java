package org.portolan.bench.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The config of a router in the lab, as TOML.
 *
 * @param run directory of its own for counters, and for the socket
 * @param idle busy, backoff or park
 * @param insidePrefixLength of the inside subnet, 16 to 24: the clients' addresses are in all of them
 * @param extra more keys, as lines of TOML by table name: {@code "nat" -> "max_sessions = 4096"}; of the tables that
 *     are written here
 */
public record PortolanConfig(
        Path run, String idle, int insidePrefixLength, List<Forward> forwards, Map<String, String> extra) {
    private static final int OUTSIDE_PREFIX_LENGTH = 24;

    /** Where the router listens for its operator. */
    public Path socket() {
        return run.resolve("control.sock");
    }

    /** The whole file. */
    public String toToml() {
        final StringBuilder toml = new StringBuilder();
        table(toml, "router", "name = \"lab\"\nrun = \"%s\"\n".formatted(run));
        table(toml, "interfaces.lan", device(Lab.LAN, "inside", Lab.INSIDE_ADDRESS, insidePrefixLength));
        table(toml, "interfaces.wan", device(Lab.WAN, "outside", Lab.OUTSIDE_ADDRESS, OUTSIDE_PREFIX_LENGTH));
        toml.append("[[routes]]\ndestination = \"0.0.0.0/0\"\nvia = \"%s\"\n\n".formatted(Lab.SERVER_ADDRESS));
        table(toml, "nat", "");
        table(toml, "nat.timeouts", "");
        for (final Forward forward : forwards) {
            toml.append("[[nat.forward]]\nprotocol = \"%s\"\nexternal = \"%s:%d\"\ninternal = \"%s:%d\"\n\n".formatted(
                    forward.protocol(),
                    Lab.OUTSIDE_ADDRESS,
                    forward.externalPort(),
                    forward.internalAddress(),
                    forward.internalPort()));
        }
        table(toml, "io", "driver = \"af_packet\"\nidle = \"%s\"\n".formatted(idle));
        table(toml, "control", "socket = \"%s\"\n".formatted(socket()));
        return toml.toString();
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
