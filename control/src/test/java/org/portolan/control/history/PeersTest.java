package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.Config;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.log.Log;
import org.portolan.dataplane.neighbor.NeighborChange;

/** Whole histories that serve and read each other over git:// on loopback. */
class PeersTest {
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final long M2 = 0x0250_2A16_6D02L;
    private static final int A1 = 0xC0A80301;

    @TempDir
    Path directory;

    private final List<Router> routers = new ArrayList<>();

    /** A history, and what control would hear. */
    private final class Router {
        private final String name;
        private final Path path;
        private final InetSocketAddress address;
        private final List<Hearsay> heard = new CopyOnWriteArrayList<>();
        private History history;
        /** The one that was open before, for a look at what it held. */
        private History closed;

        Router(final String name) throws IOException, InterruptedException {
            this.name = name;
            path = directory.resolve(name + ".git");
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                address = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
            }
            routers.add(this);
        }

        Router open(final Router... peers) throws IOException, InterruptedException {
            final List<Config.Peer> configured = new ArrayList<>();
            for (final Router peer : peers) {
                configured.add(new Config.Peer(
                        peer.name, URI.create("git://127.0.0.1:%d/state.git".formatted(peer.address.getPort())), 1));
            }
            return openWith(configured);
        }

        Router openWith(final List<Config.Peer> configured) throws IOException, InterruptedException {
            history = History.open(
                    new Config.History(Optional.of(path), Optional.of(address), configured, 365, 1L << 30),
                    name,
                    directory.resolve(name + ".ring"),
                    List.of(new Wire(0, "office", "lan"), new Wire(0, name + ".wan", "wan")),
                    heard::addAll,
                    Clocks.system(() -> System.currentTimeMillis() * 1_000),
                    Log.toStderr(Log.Level.ERROR));
            history.start(HistoryRig.threads());
            return this;
        }

        Router tell(final NeighborChange kind, final int port, final int host, final long macOld, final long mac) {
            history.feed()
                    .tell(new Change(
                            kind, port, host, macOld, mac, System.currentTimeMillis() * 1_000, "answered", ""));
            return this;
        }

        String tree() {
            return StockGit.run(path, "rev-parse", "primary^{tree}").strip();
        }

        void close() throws IOException, InterruptedException {
            if (history != null) {
                history.close();
                closed = history;
                history = null;
            }
        }
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        for (final Router router : routers) {
            router.close();
            if (Files.exists(router.path)) {
                StockGit.requireSound(router.path);
            }
        }
    }

    @Test
    void shouldComeToOneTreeOnThreeRoutersAndAgainAfterOneWasCutOff() throws IOException, InterruptedException {
        final Router a = new Router("edge-1");
        final Router b = new Router("edge-2");
        final Router c = new Router("edge-3");
        a.open(b, c);
        b.open(a, c);
        c.open(a, b);
        for (int i = 0; i < 20; i++) {
            a.tell(NeighborChange.LEARNED, 0, A1 + i, 0, M1);
            b.tell(NeighborChange.LEARNED, 0, A1 + 100 + i, 0, M2);
            c.tell(NeighborChange.LEARNED, 1, A1 + i, 0, M2 + i);
        }
        await(() -> areOne(a, b, c) && knows(a, 60));
        c.close();
        a.tell(NeighborChange.FLUSHED, 0, A1, M1, 0).tell(NeighborChange.MOVED, 0, A1 + 1, M1, M2);
        b.tell(NeighborChange.LEARNED, 0, A1 + 200, 0, M1);
        await(() -> a.tree().equals(b.tree()) && knows(a, 61));
        c.open();
        c.tell(NeighborChange.LEARNED, 0, A1 + 201, 0, M2).tell(NeighborChange.MOVED, 0, A1 + 2, M1, M2);
        c.close();
        c.open(a, b);
        await(() -> areOne(a, b, c) && knows(a, 62));
        assertThat(StockGit.run(c.path, "show", "primary:arp/0/office/192.168.3/1"))
                .contains("state flushed");
        assertThat(StockGit.run(a.path, "show", "primary:arp/0/office/192.168.3/3"))
                .contains("mac 02:50:2a:16:6d:02");
    }

    @Test
    void shouldTellControlOnlyOfWiresThatBothAreOn() throws IOException, InterruptedException {
        final Router a = new Router("edge-1").open();
        final Router b = new Router("edge-2");
        a.tell(NeighborChange.LEARNED, 0, A1, 0, M1).tell(NeighborChange.LEARNED, 1, A1 + 1, 0, M1);
        await(() -> knows(a, 2));
        b.open(a);
        await(() -> !b.heard.isEmpty() && knows(b, 2));
        assertThat(b.heard).containsExactly(new Hearsay(0, A1, M1, false, "edge-1"));
        a.tell(NeighborChange.FLUSHED, 0, A1, M1, 0);
        await(() -> b.heard.size() == 2);
        assertThat(b.heard.get(1)).isEqualTo(new Hearsay(0, A1, 0, true, "edge-1"));
    }

    @Test
    void shouldHoldNothingOfSegmentsThatOnlyOthersAreOn() throws IOException, InterruptedException {
        final Router a = new Router("edge-1").open();
        final Router b = new Router("edge-2");
        a.tell(NeighborChange.LEARNED, 0, A1, 0, M1);
        for (int i = 0; i < 20; i++) {
            a.tell(NeighborChange.LEARNED, 1, A1 + i, 0, M1);
        }
        await(() -> knows(a, 21));
        b.open(a);
        b.tell(NeighborChange.LEARNED, 0, A1 + 30, 0, M2);
        await(() -> knows(b, 22));
        b.close();
        b.open();
        assertThat(b.history.ledger().bindings().keySet())
                .containsExactlyInAnyOrder(new BindingKey(0, "office", A1), new BindingKey(0, "office", A1 + 30));
        b.close();
        b.open(a);
        b.tell(NeighborChange.LEARNED, 0, A1 + 31, 0, M2);
        a.tell(NeighborChange.LEARNED, 1, A1 + 40, 0, M1).tell(NeighborChange.MOVED, 1, A1 + 1, M1, M2);
        await(() -> knows(b, 24));
        b.close();
        assertThat(b.closed.ledger().bindings().keySet())
                .extracting(BindingKey::segment)
                .containsOnly("office")
                .hasSize(3);
    }

    @Test
    void shouldBeginWithItsPeersMemoryWhenItHasNone() throws IOException, InterruptedException {
        final Router a = new Router("edge-1").open();
        a.tell(NeighborChange.LEARNED, 0, A1, 0, M1);
        await(() -> knows(a, 1));
        final Router b = new Router("edge-2").open(a);
        await(() -> knows(b, 1));
        assertThat(StockGit.run(b.path, "rev-parse", "primary"))
                .isEqualTo(StockGit.run(a.path, "rev-parse", "primary"));
    }

    @Test
    void shouldLetARefreshThatIsNotWrittenYetBeatAnIncomingExpiry() throws IOException, InterruptedException {
        final Router a = new Router("edge-1").open();
        final Router b = new Router("edge-2");
        a.tell(NeighborChange.LEARNED, 0, A1, 0, M1);
        await(() -> knows(a, 1));
        b.open(a);
        await(() -> knows(b, 1));
        b.tell(NeighborChange.REFRESHED, 0, A1, M1, M1);
        pause(1_000);
        a.tell(NeighborChange.EXPIRED, 0, A1, M1, 0);
        await(() -> StockGit.run(b.path, "log", "--format=%s", "primary").contains("entries seen: 1"));
        assertThat(StockGit.run(b.path, "show", "primary:arp/0/office/192.168.3/1"))
                .contains("state live");
        // What the peer said is nothing new then, and its head is known.
        assertThat(StockGit.run(b.path, "rev-parse", "refs/remotes/edge-1/primary"))
                .isEqualTo(StockGit.run(a.path, "rev-parse", "primary"));
        assertThat(StockGit.run(b.path, "log", "-1", "--format=%s", "primary")).startsWith("entries seen: 1");
    }

    @Test
    void shouldSayInTheMergeThatTwoMacsAreLive() throws IOException, InterruptedException {
        final Router a = new Router("edge-1").open();
        final Router b = new Router("edge-2");
        b.open();
        a.tell(NeighborChange.LEARNED, 0, A1, 0, M1);
        b.tell(NeighborChange.LEARNED, 0, A1 + 9, 0, M1).tell(NeighborChange.LEARNED, 0, A1, 0, M2);
        await(() -> knows(a, 1) && knows(b, 2));
        b.close();
        b.open(a);
        await(() -> StockGit.run(b.path, "log", "--format=%B", "primary")
                .contains("Conflict: 192.168.3.1 02:50:2a:16:6d:02 over 02:50:2a:16:6d:01"));
        await(() -> b.history.counters().conflicts() == 1);
    }

    /** What a peer says in this router's name is a failure of that peer, with its reason, beside all that is taken. */
    @Test
    void shouldShowWhatWasLeftOutOfAPeersHistory() throws IOException, InterruptedException {
        final long nowS = System.currentTimeMillis() / 1_000;
        try (Forger forger = new Forger(directory, nowS)) {
            forger.pins(A1, M2, 999, "edge-1").sees(A1 + 1, M1, 5, Forger.NAME);
            final Router a = new Router("edge-1");
            a.openWith(List.of(new Config.Peer(Forger.NAME, forger.url(), 1)));
            await(() -> knows(a, 1) && of(a).failures() > 0);
            assertThat(of(a).failures()).isEqualTo(1);
            assertThat(of(a).error())
                    .contains("peer edge-x at " + forger.url())
                    .contains("office 192.168.3.1: static 02:50:2a:16:6d:02 (stamp 999 edge-1)");
        }
    }

    /** The first's tree is read before and after: else one that moves between two questions counts for both. */
    private static boolean areOne(final Router first, final Router... others) {
        final String tree = first.tree();
        return Stream.of(others).allMatch(each -> each.tree().equals(tree))
                && first.tree().equals(tree);
    }

    private static HistoryStatus.Peer of(final Router router) {
        return router.history.query().status().peers().get(0);
    }

    private static boolean knows(final Router router, final int bindings) {
        return StockGit.run(router.path, "ls-tree", "-r", "--name-only", "primary")
                        .lines()
                        .count()
                == bindings + 1;
    }

    private static void await(final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("30 s are over").isLessThan(deadlineNs);
            pause(50);
        }
    }

    private static void pause(final long ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
