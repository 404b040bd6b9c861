package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.portolan.control.config.Config;
import org.portolan.control.history.peer.FetchRoom;
import org.portolan.control.history.peer.Fetched;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.log.Log;
import org.portolan.dataplane.neighbor.NeighborChange;

/**
 * One of several routers on a wire, without threads: its history is real and served over git://, its clock is the
 * world's with an error of its own, and it meets another one when the test says so.
 */
final class Edge implements AutoCloseable {
    /** What time it is, for all. */
    static final class World {
        long micros = 1_764_000_000_000_000L;

        void pass(final long seconds) {
            micros += seconds * MICROS;
        }
    }

    static final long MAC = 0x0250_2A16_6D00L;
    private static final int FIRST = 0xC0A8_0100;
    private static final long MICROS = 1_000_000;
    private static final int MOST_STEPS = 400;
    private static final List<String> ALL = List.of("edge-1", "edge-2", "edge-3");

    final String name;
    private final Path directory;
    private final World world;
    private long aheadS;
    private boolean hasLostMarks;
    private final int keepDays;
    private final List<Config.Peer> peers;
    private final Map<String, PeerFetch> fetches = new HashMap<>();
    /** What this router's control has last told. */
    private final Map<Integer, Long> told = new HashMap<>();

    private final java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
    private History history;
    private PeerServer server;

    /** @param aheadS by how much its clock is wrong */
    Edge(final Path directory, final String name, final World world, final long aheadS, final int keepDays)
            throws IOException {
        this.directory = directory;
        this.name = name;
        this.world = world;
        this.aheadS = aheadS;
        this.keepDays = keepDays;
        peers = ALL.stream()
                .filter(each -> !each.equals(name))
                .map(each -> new Config.Peer(each, URI.create("git://127.0.0.1:1/"), 5))
                .toList();
        open();
    }

    private void open() throws IOException {
        history = History.open(
                new Config.History(Optional.of(path()), Optional.empty(), peers, keepDays, 1L << 30),
                name,
                directory.resolve(name + ".ring"),
                List.of(new Wire(0, "office", "lan")),
                hearsay -> true,
                new Clocks(() -> world.micros, this::micros),
                new Log(
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        Log.Style.JOURNAL,
                        Log.Level.WARN,
                        () -> 0,
                        () -> 0));
        server = PeerServer.start(history.repository(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        fetches.clear();
    }

    void restart() throws IOException {
        close();
        open();
    }

    /** Restarts after somebody has put another file in the place of its marks. @param other null for none at all */
    void restartWith(final byte[] other) throws IOException {
        close();
        hasLostMarks = true;
        if (other == null) {
            Files.delete(marks());
        } else {
            Files.write(marks(), other);
        }
        open();
    }

    boolean hasLostMarks() {
        return hasLostMarks;
    }

    Path marks() {
        return path().resolve("portolan.marks");
    }

    /** Boots with a date that is as much behind, writes something about a host, and gets the time a minute later. */
    void bootBehind(final long behindS, final int host) throws IOException {
        learn(host, 1 + (told.getOrDefault(host, MAC + 1) == MAC + 1 ? 1 : 0)).settle();
        close();
        aheadS -= behindS;
        open();
        world.pass(1);
        learn(host, 3).settle();
        world.pass(60);
        aheadS += behindS;
        settle();
        learn(host, 4).settle();
    }

    Path path() {
        return directory.resolve(name + ".git");
    }

    private long micros() {
        return world.micros + aheadS * MICROS;
    }

    /** Its clock is set forward, or back. */
    void stepWall(final long seconds) {
        aheadS += seconds;
    }

    long aheadS() {
        return aheadS;
    }

    long nowS() {
        return micros() / MICROS;
    }

    HistoryQuery query() {
        return history.query();
    }

    History history() {
        return history;
    }

    static int address(final int host) {
        return FIRST + host;
    }

    Edge tell(final NeighborChange kind, final int host, final long macOld, final long mac) {
        history.feed().tell(new Change(kind, 0, address(host), macOld, mac, micros(), "answered", "root"));
        return this;
    }

    Edge learn(final int host, final int mac) {
        final Long before = told.put(host, MAC + mac);
        return before == null
                ? tell(NeighborChange.LEARNED, host, 0, MAC + mac)
                : tell(NeighborChange.MOVED, host, before, MAC + mac);
    }

    Edge flush(final int host) {
        return tell(NeighborChange.FLUSHED, host, told.remove(host), 0);
    }

    /** Something happens to one of a few hosts. */
    void live(final Random random) {
        final int host = 1 + random.nextInt(8);
        final Long mac = told.get(host);
        switch (random.nextInt(10)) {
            case 0 -> tell(NeighborChange.STATIC_ADDED, host, 0, MAC + 90);
            case 1 -> tell(NeighborChange.STATIC_REMOVED, host, MAC + 90, 0);
            case 2, 3 -> {
                if (mac != null) {
                    flush(host);
                }
            }
            case 4, 5 -> {
                if (mac != null) {
                    tell(NeighborChange.DUE, host, mac, 0);
                    settle();
                    world.pass(3);
                    tell(NeighborChange.EXPIRED, host, told.remove(host), 0);
                }
            }
            case 6 -> {
                if (mac != null) {
                    tell(NeighborChange.REFRESHED, host, mac, mac);
                }
            }
            default -> learn(host, 1 + random.nextInt(5));
        }
    }

    /** Writes what was told, and does all that is due. */
    Edge settle() {
        world.micros += Historian.GATHER_MICROS;
        work();
        world.micros += Historian.GATHER_MICROS;
        work();
        return this;
    }

    private void work() {
        history.feed().drain();
        for (int i = 0; i < MOST_STEPS && history.work() > 0; i++) {
            // One step of many.
        }
    }

    /** Reads what the other has made durable. @return whether it had anything that was not read before */
    boolean meet(final Edge other) throws IOException {
        settle();
        final Optional<Fetched> come = fetch(other).fetch(nowS());
        if (come.isEmpty()) {
            return false;
        }
        try (Fetched fetched = come.get()) {
            history.historian().meet(fetched);
            assertThat(fetched.refusal()).isEmpty();
        }
        return true;
    }

    private PeerFetch fetch(final Edge other) {
        final URI url = URI.create(
                "git://127.0.0.1:%d/".formatted(other.server.address().getPort()));
        final PeerFetch known = fetches.get(other.name);
        if (known != null && known.url().equals(url)) {
            return known;
        }
        final PeerFetch fetch = new PeerFetch(history.repository(), other.name, url, new FetchRoom());
        fetches.put(other.name, fetch);
        return fetch;
    }

    boolean isBlank() throws IOException {
        return history.repository().isBlank();
    }

    String git(final String... words) {
        return StockGit.run(path(), words).strip();
    }

    String head() {
        return history.repository().primary().name();
    }

    List<String> subjects() {
        return git("log", "--first-parent", "--format=%s", "primary").lines().toList();
    }

    /** Warnings and errors of its log. */
    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        server.close();
        history.close();
        StockGit.requireSound(path());
    }
}
