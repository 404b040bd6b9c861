package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;

/**
 * Two routers on one inside wire that read each other's history over a management network of their own. Each has an
 * outside wire of its own too.
 */
@NeedsRoot
class PeersE2eTest {
    private static final String MANAGEMENT = "management";
    private static final String FIRST = "10.99.0.1";
    private static final String SECOND = "10.99.0.2";
    private static final String SECOND_INSIDE = "192.168.1.2";
    private static final int MOST_CLIENTS = 4;

    /** Each reads the other every 5 s, and a first word may need the second turn; the rest is for a busy machine. */
    private static final long CONVERGED_MS = 45_000;

    private static Lab lab;
    private static Lab secondLab;
    private static PortolanProcess first;
    private static PortolanProcess second;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(MOST_CLIENTS).build();
        secondLab = Lab.builder().sharingInsideOf(lab).build();
        connect();
        first = router(lab, "edge-1", Lab.INSIDE_ADDRESS, FIRST, "edge-2", SECOND);
        second = router(secondLab, "edge-2", SECOND_INSIDE, SECOND, "edge-1", FIRST);
        first.start();
        second.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(secondLab, second);
        RouterChecks.end(lab, first);
    }

    private static void connect() {
        Command.run("ip", "link", "add", "name", MANAGEMENT, "netns", lab.router().name(), "type", "veth",
                "peer", "name", MANAGEMENT, "netns", secondLab.router().name());
        manage(lab.router(), FIRST);
        manage(secondLab.router(), SECOND);
    }

    private static void manage(final Namespace router, final String address) {
        router.ip("address", "add", address + "/24", "dev", MANAGEMENT);
        router.ip("link", "set", MANAGEMENT, "up");
    }

    private static PortolanProcess router(
            final Lab in,
            final String name,
            final String inside,
            final String serves,
            final String peer,
            final String reads) {
        return PortolanProcess.in(in)
                .identity(name, inside, Lab.OUTSIDE_ADDRESS)
                .config("interfaces.lan", "segment = \"office\"")
                .history()
                .config("history", """
                    serve = "%s:9418"
                    [[history.peers]]
                    name = "%s"
                    url = "git://%s:9418/state.git"
                    every = 5
                    """.formatted(serves, peer, reads))
                .build();
    }

    private static Host client(final int index) {
        return lab.clients().get(index);
    }

    /** A host and a router exchange frames, and with them what the router learns. */
    private static void meet(final Host host, final String insideAddress) {
        assertThat(host.ping(insideAddress, "-c", "2").received()).as("%s and %s", host, insideAddress).isPositive();
    }

    private static void pin(final PortolanProcess router, final String address, final String mac) {
        router.ask("arp-add", "--address=" + address, "--mac=" + mac);
    }

    private static String neighbor(final PortolanProcess router, final String address) {
        return router.askJson("arp").get("neighbors").list().stream()
                .filter(row -> row.get("address").text().equals(address))
                .map(row -> row.get("state").text() + " " + row.get("mac").text())
                .findFirst()
                .orElse("none");
    }

    private static String binding(final PortolanProcess router, final String address) {
        final String path = "arp/0/office/192.168.1/" + address.substring(address.lastIndexOf('.') + 1);
        final StockGit git = StockGit.of(router);
        return git.lines("ls-tree", "primary", path).isEmpty() ? "" : git.run("show", "primary:" + path);
    }

    private static void assertWithin(final String what, final BooleanSupplier condition) {
        assertThat(RouterChecks.within(CONVERGED_MS, condition)).as(() -> "%s%n%s%n%s".formatted(
                what, story(first), story(second))).isTrue();
    }

    private static String story(final PortolanProcess router) {
        return StockGit.of(router).run("log", "--all", "--graph", "--decorate", "--oneline") + "\n" + router.log();
    }

    /** One table on both, and the same bytes of it. */
    private static void assertConverged(final String... addresses) {
        assertWithin("both know all of " + List.of(addresses), () -> List.of(addresses).stream()
                .allMatch(each -> !binding(first, each).isEmpty()
                        && binding(first, each).equals(binding(second, each))));
        assertWithin("one tree on both", () -> StockGit.of(first).table().equals(StockGit.of(second).table()));
        StockGit.of(first).assertSound();
        StockGit.of(second).assertSound();
    }

    @Test
    void shouldComeToOneTableAfterEachLearnedAlone() {
        meet(client(0), Lab.INSIDE_ADDRESS);
        meet(client(1), SECOND_INSIDE);
        assertConverged(client(0).address(), client(1).address());
        assertThat(binding(second, client(0).address())).contains("mac " + client(0).mac(), "edge-1");
        assertThat(binding(first, client(1).address())).contains("mac " + client(1).mac(), "edge-2");
    }

    /** What the other says is asked about before it is trusted: the host itself has answered by then. */
    @Test
    void shouldAskForWhatThePeerSaysAndThenTrustIt() {
        meet(client(2), Lab.INSIDE_ADDRESS);
        assertWithin("the second has heard of it", () -> neighbor(second, client(2).address())
                .matches("(stale|reachable) " + client(2).mac()));
        assertWithin("it answered the second's probe", () -> neighbor(second, client(2).address())
                .equals("reachable " + client(2).mac()));
        assertConverged(client(2).address());
    }

    @Test
    void shouldComeToOneTableAgainAfterTheyWereParted() {
        meet(client(0), Lab.INSIDE_ADDRESS);
        assertConverged(client(0).address());
        lab.router().ip("link", "set", MANAGEMENT, "down");
        final String before = StockGit.of(first).head();
        try {
            meet(client(3), SECOND_INSIDE);
            pin(first, "192.168.1.70", "02:50:2a:16:6d:46");
            pin(second, "192.168.1.71", "02:50:2a:16:6d:47");
            pin(first, "192.168.1.72", "02:50:2a:16:6d:01");
            pin(second, "192.168.1.72", "02:50:2a:16:6d:02");
            assertWithin("each wrote its own", () -> binding(first, "192.168.1.72").contains("6d:01")
                    && binding(second, "192.168.1.72").contains("6d:02"));
            assertThat(binding(second, "192.168.1.70")).isEmpty();
            assertThat(StockGit.of(first).table()).isNotEqualTo(StockGit.of(second).table());
        } finally {
            lab.router().ip("link", "set", MANAGEMENT, "up");
        }
        assertConverged("192.168.1.70", "192.168.1.71", "192.168.1.72", client(3).address());
        assertThat(binding(first, "192.168.1.71")).contains("static 02:50:2a:16:6d:47", "edge-2");
        assertThat(StockGit.of(first).isAncestor(before, StockGit.of(first).head())).isTrue();
        assertThat(StockGit.of(first).subjects()).anyMatch(
                each -> each.equals("Arp.merge: edge-2 into edge-1") || each.equals("Arp.merge: edge-1 into edge-2"));
    }
}
