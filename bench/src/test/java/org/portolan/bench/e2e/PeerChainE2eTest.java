package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;

/** Three routers, of which the first and the third read each other through the second alone. */
@NeedsRoot
class PeerChainE2eTest {
    private static final String DISPUTED = "192.168.1.72";
    private static final String FIRST_MAC = "02:50:2a:16:6d:01";
    private static final String THIRD_MAC = "02:50:2a:16:6d:03";

    private static PeerNetwork network;
    private static PeerRouter first;
    private static PeerRouter second;
    private static PeerRouter third;

    /** Each learns one host before any has heard of another: three histories that have nothing in common. */
    @BeforeAll
    static void start() {
        network = PeerNetwork.chain(3, 6);
        first = network.router(1);
        second = network.router(2);
        third = network.router(3);
        network.cutOff(second);
        network.start();
        for (int i = 0; i < 3; i++) {
            final PeerRouter router = network.router(i + 1);
            final Host host = network.client(i);
            router.meet(host);
            network.assertWithin(
                    "it is all that was written",
                    () -> router.git().subjects().equals(List.of(added(host), "Arp.create: Initial empty cache")));
        }
        network.rejoin(second);
    }

    @AfterAll
    static void stop() {
        if (network != null) {
            network.close();
        }
    }

    private static Stream<PeerRouter> all() {
        return Stream.of(first, second, third);
    }

    private static String added(final Host host) {
        return "entry added: %s -> %s".formatted(host.address(), host.mac());
    }

    private static String pinned(final String address, final String mac) {
        return "static entry added: %s -> %s".formatted(address, mac);
    }

    @Test
    void shouldComeToOneTableThroughTheRouterBetween() {
        final List<Host> hosts = IntStream.range(0, 3).mapToObj(network::client).toList();
        network.assertConverged(hosts.stream().map(Host::address).toArray(String[]::new));
        assertThat(third.binding(hosts.get(0).address()))
                .contains("mac " + hosts.get(0).mac(), "edge-1");
        assertThat(first.binding(hosts.get(2).address()))
                .contains("mac " + hosts.get(2).mac(), "edge-3");
        assertThat(third.git().lines("for-each-ref", "--format=%(refname)", "refs/remotes"))
                .containsExactly("refs/remotes/edge-2/primary");
        all().forEach(each -> assertThat(each.git().lines("rev-list", "--max-parents=0", "primary"))
                .as("where %s began, and the others", each)
                .hasSize(3));
    }

    /** The third is alone for a while, and its operator pins an address that the first's pins too, and last. */
    @Test
    void shouldComeToOneTableAgainAfterOneWasCutOff() {
        final Host near = network.client(3);
        final Host far = network.client(4);
        final Host known = network.client(5);
        first.meet(known);
        network.assertConverged(known.address());
        network.cutOff(third);
        final List<String> before = all().map(each -> each.git().head()).toList();
        try {
            first.meet(near);
            first.pin("192.168.1.70", "02:50:2a:16:6d:46");
            first.pin(DISPUTED, FIRST_MAC);
            third.meet(far);
            third.pin("192.168.1.71", "02:50:2a:16:6d:47");
            third.pin("192.168.1.73", "02:50:2a:16:6d:49");
            third.pin(DISPUTED, THIRD_MAC);
            network.assertConverged(List.of(first, second), near.address(), "192.168.1.70", DISPUTED);
            network.assertWithin(
                    "the third wrote its own",
                    () -> third.binding(DISPUTED).contains(THIRD_MAC)
                            && !third.binding(far.address()).isEmpty());
            assertThat(second.binding(DISPUTED)).contains("static " + FIRST_MAC);
            assertThat(second.binding(far.address())).isEmpty();
            assertThat(third.binding("192.168.1.70")).isEmpty();
        } finally {
            network.rejoin(third);
        }
        network.pinnedApart(DISPUTED);
        network.assertConverged(near.address(), far.address(), "192.168.1.70", "192.168.1.71", "192.168.1.73");
        assertThat(first.binding(DISPUTED)).as("its operator's word").contains("static " + FIRST_MAC);
        assertThat(second.binding(DISPUTED)).as("the later word").contains("static " + THIRD_MAC);
        assertThat(third.binding(DISPUTED)).contains("static " + THIRD_MAC);
        for (int i = 0; i < before.size(); i++) {
            final LiveGit git = network.router(i + 1).git();
            assertThat(git.isAncestor(before.get(i), git.head()))
                    .as(network.router(i + 1).name())
                    .isTrue();
        }
        all().forEach(each -> assertTells(each, near, far));
    }

    /** Nothing of either side is lost, they were merged, and who won and who lost is told. */
    private static void assertTells(final PeerRouter router, final Host near, final Host far) {
        assertThat(router.git().subjects())
                .as(router.name())
                .contains(added(near), added(far))
                .contains(pinned("192.168.1.70", "02:50:2a:16:6d:46"), pinned("192.168.1.71", "02:50:2a:16:6d:47"))
                .contains(pinned(DISPUTED, FIRST_MAC), pinned(DISPUTED, THIRD_MAC))
                .anyMatch(each -> each.matches("Arp.merge: edge-[23] into edge-[23]: .*"));
        assertThat(router.git().lines("log", "--format=%B", "primary"))
                .as(router.name())
                .contains("Conflict: %s %s over %s".formatted(DISPUTED, THIRD_MAC, FIRST_MAC));
    }
}
