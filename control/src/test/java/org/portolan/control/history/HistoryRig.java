package org.portolan.control.history;

import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_ADDED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_REMOVED;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.portolan.control.config.Config;
import org.portolan.control.history.peer.FetchRoom;
import org.portolan.control.history.peer.Fetched;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.log.Log;
import org.portolan.control.start.VitalThreads;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.wire.Ipv4;

/** A history with a clock of the test's own, and no thread: {@link #settle} does what the historian would. */
final class HistoryRig implements AutoCloseable {
    private static final long START_MICROS = 1_764_000_000_000_000L;

    private final Path directory;
    private final Path runDirectory;
    private final int ringBytes;
    private final long mostBytes;
    private final java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(said, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.DEBUG, () -> 0, () -> 0);
    private String router;
    private long micros;
    private long steadyMicros = 1;
    private final List<Hearsay> heard = new ArrayList<>();
    private History history;

    HistoryRig(final Path directory) throws IOException {
        this(directory, directory);
    }

    /** @param runDirectory where the ring is */
    HistoryRig(final Path directory, final Path runDirectory) throws IOException {
        this(directory, runDirectory, History.RING_BYTES, 1L << 30);
    }

    /** @param mostBytes what the history may take on the disk */
    HistoryRig(final Path directory, final long mostBytes) throws IOException {
        this(directory, directory, History.RING_BYTES, mostBytes);
    }

    /** @param ringBytes a power of two: a small ring is soon full */
    HistoryRig(final Path directory, final Path runDirectory, final int ringBytes) throws IOException {
        this(directory, runDirectory, ringBytes, 1L << 30);
    }

    /** A router of another name, in a directory of its own, whose clock is as much ahead of the first one's. */
    HistoryRig(final Path parent, final String router, final long aheadS) throws IOException {
        this(
                Files.createDirectories(parent.resolve(router)),
                parent.resolve(router),
                History.RING_BYTES,
                1L << 30,
                router,
                START_MICROS + aheadS * 1_000_000);
    }

    private HistoryRig(final Path directory, final Path runDirectory, final int ringBytes, final long mostBytes)
            throws IOException {
        this(directory, runDirectory, ringBytes, mostBytes, "edge-1", START_MICROS);
    }

    private HistoryRig(
            final Path directory,
            final Path runDirectory,
            final int ringBytes,
            final long mostBytes,
            final String router,
            final long startMicros)
            throws IOException {
        this.mostBytes = mostBytes;
        this.directory = directory;
        this.runDirectory = runDirectory;
        this.ringBytes = ringBytes;
        this.router = router;
        micros = startMicros;
        open();
    }

    void open() throws IOException {
        history = History.open(
                new Config.History(Optional.of(path()), Optional.empty(), List.of(), 365, mostBytes),
                router,
                runDirectory.resolve("ring"),
                ringBytes,
                List.of(new Wire(0, "office", "lan")),
                heard::addAll,
                new Clocks(() -> steadyMicros, () -> micros),
                log);
    }

    Path path() {
        return directory.resolve("state.git");
    }

    String log() {
        return said.toString(StandardCharsets.UTF_8);
    }

    HistoryRig tell(final NeighborChange kind, final int address, final long macOld, final long mac) {
        return tell(kind, address, macOld, mac, "answered", "");
    }

    HistoryRig tell(
            final NeighborChange kind,
            final int address,
            final long macOld,
            final long mac,
            final String reason,
            final String by) {
        passMicros(10);
        history.feed().tell(new Change(kind, 0, address, macOld, mac, micros, reason, by));
        return this;
    }

    HistoryRig pass(final long seconds) {
        passMicros(seconds * 1_000_000);
        return this;
    }

    private void passMicros(final long some) {
        micros += some;
        steadyMicros += some;
    }

    /** Somebody sets the wall clock, forward or back. */
    HistoryRig stepWall(final long seconds) {
        micros += seconds * 1_000_000;
        return this;
    }

    /** What the wall clock shows. */
    long wallS() {
        return micros / 1_000_000;
    }

    long nowMicros() {
        return micros;
    }

    /** Takes what the peer has, as the historian does. */
    HistoryRig meet(final String peer, final URI url) throws IOException {
        return meet(reader(peer, url));
    }

    /** Of one peer, for as long as the process runs. */
    PeerFetch reader(final String peer, final URI url) {
        return new PeerFetch(
                history.repository(),
                peer,
                url,
                new FetchRoom(),
                () -> history.shares().wanted(peer));
    }

    HistoryRig meet(final PeerFetch peer) throws IOException {
        final Optional<Fetched> fetched = peer.fetch(micros / 1_000_000);
        if (fetched.isPresent()) {
            try (Fetched come = fetched.get()) {
                history.historian().meet(come);
            }
        }
        return settle();
    }

    /** What control does with what the history remembers of pins. */
    HistoryRig attach() {
        history.unheld().forEach(each -> tell(STATIC_REMOVED, each.address(), each.mac(), 0, "unconfirmed", ""));
        history.remembered().stream()
                .filter(Remembered::isStatic)
                .forEach(each -> tell(STATIC_ADDED, each.address(), 0, each.mac(), "remembered", each.by()));
        return settle();
    }

    /** Lets others read it. */
    PeerServer serve() throws IOException {
        return PeerServer.start(history.repository(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static URI url(final PeerServer server) {
        return URI.create("git://127.0.0.1:" + server.address().getPort() + "/state.git");
    }

    List<Hearsay> heard() {
        return heard;
    }

    /** Lets the historian write all that was told. */
    HistoryRig settle() {
        for (int i = 0; i < 10; i++) {
            work();
        }
        return this;
    }

    /** What the historian does in 0.2 s. */
    void work() {
        passMicros(Historian.GATHER_MICROS);
        history.feed().drain();
        history.historian().doWork();
    }

    /** Blown by the rig's clock. */
    NeighborStorm storm(final Random random) {
        return new NeighborStorm(history.feed(), history.remembered(), random, () -> micros);
    }

    HistoryQuery query() {
        return history.query();
    }

    /** A row of {@code portolan history}. */
    String status(final String key) {
        return row(key).word();
    }

    long number(final String key) {
        return row(key).number();
    }

    private HistoryStatus.Row row(final String key) {
        return history.query().status().rows().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    long lagMs() {
        return history.counters().lagMicros(steadyMicros) / 1_000;
    }

    FileRepository repository() {
        return history.repository().git();
    }

    /** The process is gone, and begins again. */
    void crash() throws IOException {
        history.abandon();
        open();
    }

    /** The process ends, and begins again. */
    void reopen() throws IOException {
        history.close();
        open();
    }

    /** The process ends, and begins again under another name. */
    void rename(final String name) throws IOException {
        history.close();
        router = name;
        open();
    }

    List<Remembered> remembered() {
        return history.remembered();
    }

    HistoryCounters counters() {
        return history.counters();
    }

    String git(final String... words) {
        return StockGit.run(path(), words);
    }

    String head() {
        return git("rev-parse", "primary").strip();
    }

    String subject() {
        return git("log", "-1", "--format=%s", "primary").strip();
    }

    /** The file of an address as the head has it. */
    String file(final int address) {
        final String text = Ipv4.describeAddress(address);
        final int dot = text.lastIndexOf('.');
        return git("show", "primary:arp/0/office/" + text.substring(0, dot) + "/" + text.substring(dot + 1));
    }

    Historian historian() {
        return history.historian();
    }

    PeerShares shares() {
        return history.shares();
    }

    Peers peers() {
        return history.peers();
    }

    @Override
    public void close() throws IOException {
        history.close();
    }

    /** What a thread throws is seen on stderr, and in what is missing then. */
    static VitalThreads threads() {
        return new VitalThreads((thread, thrown) -> thrown.printStackTrace(), UnaryOperator.identity());
    }
}
