package org.portolan.control.history;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.config.Config;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.retain.Retention;
import org.portolan.control.history.retain.Upkeep;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.OwnFile;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Log;
import org.portolan.control.start.VitalThreads;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.MappedFile;

/**
 * The history of one router: its repository, the thread that writes it, and control's way to that thread, a ring in a
 * mapped file.
 */
public final class History implements AutoCloseable {
    /** Some 12,000 changes: more than a second of the worst that was measured. */
    static final int RING_BYTES = 1 << 20;

    private static final int RING_MODE = 0600;
    private static final int IDLE_MS = 10;

    /** Enough for the compiler, whatever the size of the table. */
    private static final int LOOKED_AT = 16_384;

    /** After that the historian's thread is interrupted, whatever it writes. */
    private static final int CLOSE_MS = 60_000;

    private final HistoryRepository repository;
    private final Wire[] wires;
    private final OwnPins own;
    private final Ledger ledger;
    private final HistoryCounters counters = new HistoryCounters();
    private final MappedFile mapped;
    private final HistoryFeed feed;
    private final Upkeep upkeep;
    private final Historian historian;
    private final HistoryQuery query;
    private final PeerShares shares;
    private final Peers peers;
    private final Log log;
    private PeerServer server;
    /** Null before {@link #start}. */
    private AgentRunner runner;

    private History(
            final HistoryRepository repository,
            final Opening opening,
            final Config.History settings,
            final Path ringFile,
            final int ringBytes,
            final List<Wire> wires,
            final Hearsay.Listener listener,
            final Clocks clocks,
            final Log log)
            throws IOException {
        this.repository = repository;
        this.wires = wires.toArray(Wire[]::new);
        this.log = log;
        own = OwnPins.of(repository, opening.table());
        final int mappedBytes = ringBytes + RingBufferDescriptor.TRAILER_LENGTH;
        mapped = map(ringFile, mappedBytes);
        final OneToOneRingBuffer ring = new OneToOneRingBuffer(new UnsafeBuffer(mapped.address(), mappedBytes));
        feed = new HistoryFeed(ring, counters, clocks);
        final Marks marks = opening.marks();
        ledger = new Ledger(repository.router(), opening.table(), own, marks::isBehind);
        final ExpiryBranches branches = new ExpiryBranches(ledger, opening.merged());
        opening.open().forEach((ref, tip) -> branches.reopen(ref, ObjectId.zeroId(), tip));
        final Inspection inspection = new Inspection(repository, marks, new Inspection.Listener() {
            @Override
            public void damaged(final String fault) {
                log.error("history: %s", fault);
            }

            @Override
            public void whole() {
                log.info("history: the repository is whole again");
            }
        });
        shares = new PeerShares(
                repository.path(),
                settings.maxBytes(),
                settings.keepDays(),
                settings.peers().size(),
                clocks,
                log);
        upkeep = Upkeep.open(
                repository.git(),
                marks,
                new Retention.KeptRefs(() -> Peers.refs(settings.peers())),
                new Retention.Limits(settings.keepDays(), settings.maxBytes()),
                new UpkeepLog(log, inspection, shares));
        peers = new Peers(repository, settings.peers(), shares, clocks, log);
        historian = new Historian(
                repository,
                ring,
                counters,
                ledger,
                branches,
                new Historian.Companions(marks, upkeep, peers, shares, inspection, listener, this::lookBack),
                this.wires,
                clocks,
                log);
        query = new HistoryQuery(
                repository.git(),
                new MarkedTime(marks),
                Tombstones.HORIZON_S,
                new HistoryReport(repository, counters, historian, marks, peers, inspection, clocks)::status,
                inspection);
    }

    /** Nobody but the router reads it. */
    private static MappedFile map(final Path file, final int bytes) throws IOException {
        try (HeldDirectory directory = HeldDirectory.hold(file.toAbsolutePath().getParent())) {
            return MappedFile.create(directory, file.getFileName().toString(), bytes, RING_MODE, -1, -1);
        } catch (final LibcException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * @param settings its path is where the repository is, or is made
     * @param router who commits
     * @param ringFile where the ring is mapped; rebuilt
     * @param wires the interfaces, by port
     * @param listener hears what peers say of these wires
     * @throws IOException whose message is a sentence for the operator
     */
    public static History open(
            final Config.History settings,
            final String router,
            final Path ringFile,
            final List<Wire> wires,
            final Hearsay.Listener listener,
            final Clocks clocks,
            final Log log)
            throws IOException {
        return open(settings, router, ringFile, RING_BYTES, wires, listener, clocks, log);
    }

    /** @param ringBytes a power of two; a test of a full ring wants a small one */
    static History open(
            final Config.History settings,
            final String router,
            final Path ringFile,
            final int ringBytes,
            final List<Wire> wires,
            final Hearsay.Listener listener,
            final Clocks clocks,
            final Log log)
            throws IOException {
        final HistoryRepository repository =
                HistoryRepository.open(settings.path().orElseThrow(), router, clocks.wallS());
        try {
            final Opening opening = Opening.of(repository, wires.toArray(Wire[]::new));
            repository.accept();
            PeerFetch.sweep(repository.path());
            final History history =
                    new History(repository, opening, settings, ringFile, ringBytes, wires, listener, clocks, log);
            if (settings.serve().isPresent()) {
                history.server = PeerServer.start(repository, settings.serve().get());
            }
            return history;
        } catch (final IOException | RuntimeException e) {
            repository.close();
            throw e;
        }
    }

    /**
     * What the last run knew of these interfaces; not what nobody ever confirmed. Static is what this router's
     * operators pinned: what another's pinned there is a hint here, to be probed like any other. Before {@link #start}.
     */
    public List<Remembered> remembered() {
        final List<Remembered> remembered = new ArrayList<>();
        own.all().forEach((key, pin) -> remember(remembered, key, pin.mac(), pin.by()));
        ledger.bindings().forEach((key, binding) -> {
            if (own.of(key) == null && binding.hintedMac() != 0) {
                remember(remembered, key, binding.hintedMac(), "");
            }
        });
        return remembered;
    }

    private void remember(final List<Remembered> remembered, final BindingKey key, final long mac, final String by) {
        for (int port = 0; port < wires.length; port++) {
            if (wires[port].holds(key)) {
                remembered.add(new Remembered(port, key.address(), mac, by));
            }
        }
    }

    /**
     * What the history says that this router pinned, and it holds no such pin: a crash came between the two, or the
     * repository was of an earlier version and had peers. Whoever takes the rest back says that it is over. Before
     * {@link #start}.
     */
    public List<Remembered> unheld() {
        final List<Remembered> unheld = new ArrayList<>();
        for (final BindingKey key : own.missing(ledger.bindings())) {
            final Pin pin = ledger.binding(key).pinned();
            remember(unheld, key, pin.mac(), pin.by());
            log.warn(
                    "history: %s is static in the history, under this router's name, and is not in %s: it is no longer"
                            + " static. To keep it: portolan arp add",
                    OwnPins.describe(key, pin), OwnFile.NAME);
        }
        return unheld;
    }

    /**
     * What the last run had from hosts' own word on these interfaces, and no answer confirmed: it does not come back,
     * and the caller that takes the rest back says that it is over. Before {@link #start}.
     */
    public List<Remembered> unconfirmed() {
        final List<Remembered> unconfirmed = new ArrayList<>();
        for (final Map.Entry<BindingKey, Binding> each : ledger.bindings().entrySet()) {
            final Binding binding = each.getValue();
            final boolean own = binding.observed() != null
                    && binding.observed().stamp().router().equals(repository.router());
            for (int port = 0; port < wires.length && own; port++) {
                if (wires[port].holds(each.getKey()) && binding.mac() != 0 && binding.confirmedMac() == 0) {
                    unconfirmed.add(new Remembered(port, each.getKey().address(), binding.mac(), ""));
                }
            }
        }
        return unconfirmed;
    }

    /** Begins to write, and to read peers, on threads of their own. */
    public void start(final VitalThreads threads) throws InterruptedException {
        runner = threads.runner(new SleepingMillisIdleStrategy(IDLE_MS), historian);
        threads.start(runner);
        peers.start();
    }

    /**
     * Reads the table as it was a quarter, half and three quarters of the kept time ago, and drops it. So whoever asks
     * first is answered like who asks later: read by cold code a table takes three times as long. And what is damaged
     * back there is said before anybody asks.
     */
    private void lookBack(final Asker between) {
        try {
            final long oldestS = query.beginning(between).second();
            final long newestS = Math.max(
                    oldestS, query.at(Long.MAX_VALUE, between).orElseThrow().second());
            for (int quarter = 1; quarter < 4; quarter++) {
                final long second = oldestS + (newestS - oldestS) * quarter / 4;
                final int[] rows = {0};
                query.table(query.at(second, between).orElseThrow(), between, (key, binding) -> ++rows[0] < LOOKED_AT);
            }
        } catch (final InterruptedIOException e) {
            // The router is ending.
            return;
        } catch (final HistoryException e) {
            log.warn("history: %s", FileFailure.of(repository.path(), e));
        } catch (final IOException | RuntimeException e) {
            log.failure("history", e);
        }
    }

    /**
     * Instead of {@link #start}: does once what the historian's thread would do again and again, on the caller's
     * thread. For a caller with a clock of its own.
     *
     * @return 0 when there was nothing to do
     */
    public int work() {
        return historian.doWork();
    }

    /** For operators. */
    public HistoryQuery query() {
        return query;
    }

    /** Control's end. */
    public HistoryFeed feed() {
        return feed;
    }

    public HistoryCounters counters() {
        return counters;
    }

    /** For tests. */
    Ledger ledger() {
        return ledger;
    }

    /** For tests. */
    HistoryRepository repository() {
        return repository;
    }

    /** For tests, which do its work themselves instead of starting it. */
    Historian historian() {
        return historian;
    }

    /** For tests. */
    Peers peers() {
        return peers;
    }

    /** For tests. */
    PeerShares shares() {
        return shares;
    }

    /** For tests: as if the process had been killed. */
    void abandon() throws IOException {
        repository.close();
        mapped.close();
    }

    /** Writes what was reported, and ends. After control has ended: what waits before the ring is this thread's now. */
    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        historian.end();
        if (runner == null) {
            historian.onClose();
        } else {
            runner.close(CLOSE_MS, null);
        }
        peers.close();
        while (feed.drain() > 0 && historian.stopped().isEmpty()) {
            historian.onClose();
        }
        shares.close();
        upkeep.close();
        repository.close();
        mapped.close();
    }

    /**
     * What the repository says at start: the table of these wires, the expiry branches, and where its times are. What
     * peers say of other wires stays on the disk.
     */
    private record Opening(
            Map<BindingKey, Binding> table, List<String> merged, Map<String, ObjectId> open, Marks marks) {

        /** @throws HistoryException when any of it is missing or damaged */
        static Opening of(final HistoryRepository repository, final Wire[] wires) throws IOException {
            try {
                return read(repository, wires);
            } catch (final HistoryException e) {
                throw e;
            } catch (final IOException e) {
                throw repository.damaged(e);
            }
        }

        private static Opening read(final HistoryRepository repository, final Wire[] wires) throws IOException {
            final Map<BindingKey, Binding> table = new HashMap<>();
            join(repository, repository.primary(), wires, table);
            final List<String> merged = new ArrayList<>();
            final Map<String, ObjectId> open = new HashMap<>();
            try (ObjectReader reader = new PackedReader(repository.git());
                    RevWalk walk = new RevWalk(reader)) {
                for (final Ref ref :
                        repository.git().getRefDatabase().getRefsByPrefix(HistoryRepository.EXPIRE_PREFIX)) {
                    final ObjectId tip = ref.getObjectId();
                    if (walk.isMergedInto(walk.parseCommit(tip), walk.parseCommit(repository.primary()))) {
                        merged.add(ref.getName());
                    } else {
                        open.put(ref.getName(), tip);
                        join(repository, tip, wires, table);
                    }
                }
            }
            // Last: its side file may be rewritten.
            final Marks marks = Marks.open(repository.git(), repository.primary(), PeerArrivals::of);
            return new Opening(table, merged, open, marks);
        }

        private static void join(
                final HistoryRepository repository,
                final ObjectId commit,
                final Wire[] wires,
                final Map<BindingKey, Binding> table)
                throws IOException {
            repository.visit(commit, key -> Wire.isAny(wires, key), (key, binding) -> {
                table.merge(key, binding, Binding::join);
                return true;
            });
        }
    }
}
