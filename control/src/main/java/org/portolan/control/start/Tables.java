package org.portolan.control.start;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.portolan.control.config.Config;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.neighbor.NeighborLimits;
import org.portolan.dataplane.neighbor.NeighborSettings;
import org.portolan.dataplane.neighbor.NeighborTimers;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** What the checked config means in the dataplane's terms. */
public final class Tables {
    private Tables() {}

    /** Connected subnets and configured routes. */
    private static RouteTable routes(final Config config) {
        final RouteTable.Builder routes = RouteTable.builder();
        final List<Config.Interface> interfaces = config.interfaces();
        for (int port = 0; port < interfaces.size(); port++) {
            final var subnet = interfaces.get(port).subnet();
            routes.add(subnet.network(), subnet.prefixLength(), port, 0);
        }
        for (final Config.Route route : config.routes()) {
            final int port = interfaces.indexOf(config.interfaceNamed(route.out()));
            routes.add(route.destination().network(), route.destination().prefixLength(), port, route.via());
        }
        return routes.build();
    }

    /** What may change while the router runs, as the dataplane's policy. */
    public static PolicyTerms policy(final Config config) {
        final Config.Nat nat = config.nat();
        return new PolicyTerms(
                routes(config),
                outsidePorts(config),
                pools(config),
                rules(config),
                nat.limits(),
                nat.hostLimits(),
                nat.timeouts(),
                nat.exempt().stream()
                        .map(each -> new PolicyTerms.Network(each.network(), each.prefixLength()))
                        .toList(),
                nat.switches());
    }

    /** The forwards, and a rule for each whole address. */
    private static List<PolicyTerms.Forward> rules(final Config config) {
        final List<PolicyTerms.Forward> rules = new ArrayList<>();
        for (final Config.Forward forward : config.nat().forwards()) {
            rules.add(new PolicyTerms.Forward(
                    outside(config, forward.externalAddress()),
                    forward.transport().number,
                    forward.externalAddress(),
                    forward.externalPort(),
                    forward.internalAddress(),
                    forward.internalPort(),
                    forward.ports(),
                    forward.inbound()));
        }
        for (final Config.Static each : config.nat().statics()) {
            for (int i = 0; i < each.count(); i++) {
                rules.add(PolicyTerms.Forward.whole(
                        outside(config, each.external() + i), each.external() + i, each.internal() + i));
            }
        }
        return rules;
    }

    private static Set<Integer> outsidePorts(final Config config) {
        final Set<Integer> ports = new HashSet<>();
        for (int port = 0; port < config.interfaces().size(); port++) {
            if (config.interfaces().get(port).role() == Config.Role.OUTSIDE) {
                ports.add(port);
            }
        }
        return ports;
    }

    /** @param secret new each start */
    static Answers answers(final Config config, final long secret) {
        final Config.Answers answers = config.nat().answers();
        final int code = answers.noResources() == Config.NoResources.PROHIBITED
                ? Icmp.CODE_ADMINISTRATIVELY_PROHIBITED
                : Icmp.CODE_HOST_UNREACHABLE;
        return new Answers(
                code,
                answers.unmatchedTcp() == Config.UnmatchedTcp.RESET,
                answers.unsolicitedSyn() == Config.UnsolicitedSyn.UNREACHABLE,
                secret);
    }

    /** The pool's addresses by the outside interface in whose subnet they are. */
    private static List<PolicyTerms.Pool> pools(final Config config) {
        final Map<Integer, List<Integer>> byPort = new TreeMap<>();
        for (final int address : config.nat().poolAddresses()) {
            byPort.computeIfAbsent(outside(config, address), port -> new ArrayList<>())
                    .add(address);
        }
        return byPort.entrySet().stream()
                .map(each -> new PolicyTerms.Pool(
                        each.getKey(),
                        config.interfaces().get(each.getKey()).behavior(),
                        each.getValue().stream().mapToInt(Integer::intValue).toArray()))
                .toList();
    }

    /** Index of the outside interface in whose subnet the address is; the reader has seen to it that there is one. */
    private static int outside(final Config config, final int address) {
        final List<Config.Interface> interfaces = config.interfaces();
        for (int port = 0; port < interfaces.size(); port++) {
            final Config.Interface each = interfaces.get(port);
            if (each.role() == Config.Role.OUTSIDE && each.subnet().contains(address)) {
                return port;
            }
        }
        throw new IllegalArgumentException("no outside interface of " + Ipv4.describeAddress(address));
    }

    /** Times, limits, and who wins a contested address. */
    public static NeighborSettings neighbors(final Config config) {
        return new NeighborSettings(
                timers(config), NeighborLimits.defaults(), config.arp().contested());
    }

    /** The operator's two times in the place of the usual ones; the reader's ranges keep the machine's own rules. */
    static NeighborTimers timers(final Config config) {
        final NeighborTimers usual = NeighborTimers.defaults();
        return new NeighborTimers(
                usual.retryMs(),
                usual.tries(),
                usual.failedHoldMs(),
                config.arp().reachableS() * 1_000L,
                usual.useCheckMs(),
                config.arp().idleS() * 1_000L,
                usual.idleRenewals(),
                usual.claimRetryMs(),
                usual.claimIntervalMs());
    }

    /**
     * Addresses of the pool and of static rules that ARP answers for on an outside interface: those of its subnet that
     * are not its own.
     */
    public static int[] proxied(final Config config, final Config.Interface on) {
        if (on.role() != Config.Role.OUTSIDE) {
            return new int[0];
        }
        final var pool = java.util.Arrays.stream(config.nat().poolAddresses());
        final var forwards = config.nat().forwards().stream().mapToInt(Config.Forward::externalAddress);
        final var whole = config.nat().staticAddresses();
        return java.util.stream.IntStream.concat(java.util.stream.IntStream.concat(pool, forwards), whole)
                .filter(address -> address != on.address() && on.subnet().isHost(address))
                .distinct()
                .toArray();
    }
}
