package org.portolan.control;

import java.util.List;
import org.portolan.control.config.Config;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.RouteTable;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.neighbor.NeighborTimers;
import org.portolan.dataplane.wire.Icmp;

/** What the checked config means in the dataplane's terms. */
final class Tables {
    private Tables() {}

    /** Connected subnets and configured routes. */
    static RouteTable routes(final Config config) {
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

    /** @param hashSeed secret, new each start */
    static NatConfig nat(final Config config, final long hashSeed) {
        final Config.Nat nat = config.nat();
        return new NatConfig(
                hashSeed,
                nat.maxSessions(),
                nat.poolAddresses(),
                nat.timeouts().portRestS(),
                nat.maxSessions() / 2,
                nat.forwards().stream()
                        .map(forward -> new NatConfig.Forward(
                                forward.transport().number,
                                forward.externalAddress(),
                                forward.externalPort(),
                                forward.internalAddress(),
                                forward.internalPort()))
                        .toList());
    }

    /** @param secret new each start */
    static Answers answers(final Config config, final long secret) {
        final Config.Answers answers = config.nat().answers();
        final int code = answers.noResources() == Config.NoResources.PROHIBITED
                ? Icmp.CODE_ADMINISTRATIVELY_PROHIBITED
                : Icmp.CODE_HOST_UNREACHABLE;
        return new Answers(code, answers.unmatchedTcp() == Config.UnmatchedTcp.RESET, secret);
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
                usual.claimHoldMs());
    }

    /**
     * Pool and forward addresses that ARP answers for on an outside interface: those of its subnet that are not its
     * own.
     */
    static int[] proxied(final Config config, final Config.Interface on) {
        if (on.role() != Config.Role.OUTSIDE) {
            return new int[0];
        }
        final var pool = java.util.Arrays.stream(config.nat().poolAddresses());
        final var forwards = config.nat().forwards().stream().mapToInt(Config.Forward::externalAddress);
        return java.util.stream.IntStream.concat(pool, forwards)
                .filter(address -> address != on.address() && on.subnet().isHost(address))
                .distinct()
                .toArray();
    }
}
