package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;

/**
 * Routers on one inside wire, each with an outside wire of its own, that read each other's history over a management
 * network: a bridge in a namespace of its own. They stand in a chain: each reads the one before it and the one after
 * it, and what the first learns comes to the last through all between.
 *
 * <p>{@code edge-1} is 192.168.1.1 inside and 10.99.0.1 in the management network, {@code edge-2} .2, and so on.
 */
final class PeerNetwork implements AutoCloseable {
    static final String SEGMENT = "office";

    private static final String MANAGEMENT = "management";
    private static final String BRIDGE = "bridge";
    private static final int PORT = 9418;

    /** Each reads the other every 5 s, and a first word may need the second turn; the rest is for a busy machine. */
    private static final long HOP_MS = 45_000;

    private final List<PeerRouter> routers = new ArrayList<>();
    private final Set<String> pinnedApart = new HashSet<>();
    private final Namespace management = Namespace.create(MANAGEMENT);

    private PeerNetwork() {}

    /**
     * Builds the network, and starts no router yet.
     *
     * @param clients on the inside wire, more than one
     */
    static PeerNetwork chain(final int routers, final int clients) {
        final PeerNetwork network = new PeerNetwork();
        try {
            network.build(routers, clients);
            return network;
        } catch (final RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    private void build(final int count, final int clients) {
        management.ip("link", "add", BRIDGE, "type", "bridge");
        management.ip("link", "set", BRIDGE, "addrgenmode", "none", "up");
        for (int i = 1; i <= count; i++) {
            final Lab lab = i == 1
                    ? Lab.builder().clients(clients).build()
                    : Lab.builder().sharingInsideOf(routers.getFirst().lab()).build();
            routers.add(new PeerRouter(name(i), lab, "192.168.1." + i, router(lab, i, count)));
            connect(lab.router(), i);
        }
    }

    void start() {
        routers.forEach(each -> each.process().start());
    }

    private void connect(final Namespace router, final int index) {
        Command.run(
                "ip",
                "link",
                "add",
                "name",
                MANAGEMENT,
                "netns",
                router.name(),
                "type",
                "veth",
                "peer",
                "name",
                name(index),
                "netns",
                management.name());
        management.ip("link", "set", name(index), "addrgenmode", "none", "master", BRIDGE, "up");
        router.ip("link", "set", MANAGEMENT, "addrgenmode", "none", "up");
        router.ip("address", "add", address(index) + "/24", "dev", MANAGEMENT);
    }

    private static String name(final int index) {
        return "edge-" + index;
    }

    private static String address(final int index) {
        return "10.99.0." + index;
    }

    private static PortolanProcess router(final Lab in, final int index, final int count) {
        final StringBuilder peers = new StringBuilder("serve = \"%s:%d\"\n".formatted(address(index), PORT));
        for (final int peer : new int[] {index - 1, index + 1}) {
            if (peer >= 1 && peer <= count) {
                peers.append("""
                    [[history.peers]]
                    name = "%s"
                    url = "git://%s:%d/state.git"
                    every = 5
                    """.formatted(name(peer), address(peer), PORT));
            }
        }
        return PortolanProcess.in(in)
                .identity(name(index), "192.168.1." + index, Lab.OUTSIDE_ADDRESS)
                .config("interfaces.lan", "segment = \"%s\"".formatted(SEGMENT))
                .history()
                .config("history", peers.toString())
                .build();
    }

    /** The first is 1. */
    PeerRouter router(final int index) {
        return routers.get(index - 1);
    }

    Host client(final int index) {
        return routers.getFirst().lab().clients().get(index);
    }

    /** Takes a router off the management network. */
    void cutOff(final PeerRouter router) {
        management.ip("link", "set", router.name(), "down");
    }

    /** Puts it back. */
    void rejoin(final PeerRouter router) {
        management.ip("link", "set", router.name(), "up");
    }

    void assertWithin(final String what, final BooleanSupplier condition) {
        assertThat(RouterChecks.within(HOP_MS * (routers.size() - 1), condition))
                .as(() -> what + "\n" + routers.stream().map(PeerRouter::story).collect(Collectors.joining("\n")))
                .isTrue();
    }

    /** One table on all, the same bytes of it, in repositories that git finds sound. */
    void assertConverged(final String... addresses) {
        assertConverged(routers, addresses);
    }

    /** The same, of some routers. */
    void assertConverged(final List<PeerRouter> some, final String... addresses) {
        final PeerRouter one = some.getFirst();
        assertWithin(
                "%s know all of %s".formatted(some, List.of(addresses)),
                () -> List.of(addresses).stream()
                        .allMatch(each -> !one.binding(each).isEmpty()
                                && some.stream()
                                        .allMatch(other -> other.binding(each).equals(one.binding(each)))));
        assertWithin(
                "one table on " + some,
                () -> some.stream().allMatch(other -> table(other).equals(table(one))));
        some.forEach(each -> each.git().assertSound());
    }

    /** From now on operators of several routers pin an address, each another MAC: each router keeps its own. */
    void pinnedApart(final String address) {
        pinnedApart.add(
                address.substring(0, address.lastIndexOf('.')) + "/" + address.substring(1 + address.lastIndexOf('.')));
    }

    private List<String> table(final PeerRouter router) {
        return router.git().lines("ls-tree", "-r", "primary").stream()
                .filter(line -> pinnedApart.stream().noneMatch(line::endsWith))
                .toList();
    }

    /** The one with the clients goes last. */
    @Override
    public void close() {
        try (management) {
            routers.reversed().forEach(each -> RouterChecks.end(each.lab(), each.process()));
        }
    }
}
