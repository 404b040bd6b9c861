package org.portolan.control.history.peer;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.PackParser;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.OwnFile;
import org.portolan.control.history.store.RouterIdentity;

/**
 * Reads one peer's history: asks for its head, takes what is new into quarantine, and checks all of it there. A thread
 * of its own may wait in it for minutes; nothing of the history is changed before the historian adopts what it returns
 * ({@link Fetched#adopt}).
 */
public final class PeerFetch {
    /**
     * @param bytes of a pack, as they come
     * @param pack what it may unpack to
     * @param depth how far back it is asked for, when all of it is too large
     */
    record Limits(long bytes, PackScan.Limits pack, int depth, Watch.Times times) {
        static final Limits STANDARD = new Limits(256L << 20, PackScan.Limits.STANDARD, 10_000, Watch.Times.STANDARD);
    }

    /** How long the first check may take; a peer whose check took longer has twice as long the next time. */
    private static final long FIRST_TURN_MS = 60_000;

    private static final int MOST_DOUBLINGS = 10;

    /** How far back, when no more than the table is wanted. */
    private static final int HEAD_ALONE = 1;

    private final HistoryRepository history;
    private final String name;
    private final URI url;
    private final FetchFailures refusals;
    private final FetchRoom room;
    private final Supplier<Extent> wanted;
    private final Limits limits;
    private final BoundaryShare share = new BoundaryShare();
    private final Traffic.Totals totals = new Traffic.Totals();
    /** Null before something was taken, and while a head is on its way. */
    private volatile Settled settled;

    private int lateTurns;
    private volatile Watch watching;
    private volatile boolean aborted;

    /**
     * What a peer sent: not looked into yet, and on the disk, so that a slow one takes no heap.
     *
     * @param depth how far back it was asked for; 0 for all
     * @param pack null when nothing came, because all was here
     */
    private record Sent(ObjectId head, Known known, Set<ObjectId> boundary, int depth, Spool pack) {}

    /**
     * The head that was taken last.
     *
     * @param dueS when more of it can be taken, by the wall clock
     */
    private record Settled(ObjectId head, long dueS) {}

    /** How much is asked for of what leads to the peer's head and is not here. */
    public enum Extent {
        ALL,
        /** The last 10,000 commits. */
        LAST_PART,
        /** The table that the peer has now: only {@link Fetched#lend} is to be called with what comes. */
        HEAD_ALONE
    }

    /** What is done while it is watched how long it takes. */
    @FunctionalInterface
    private interface Step<T> {
        T run(Watch watch) throws IOException;
    }

    /**
     * @param name as in the config: fit for a file and a ref, and no other peer's
     * @param url git, http or https
     * @param room of all fetches of the process
     */
    public PeerFetch(final HistoryRepository history, final String name, final URI url, final FetchRoom room) {
        this(history, name, url, room, () -> Extent.ALL);
    }

    /** @param wanted asked before each fetch */
    public PeerFetch(
            final HistoryRepository history,
            final String name,
            final URI url,
            final FetchRoom room,
            final Supplier<Extent> wanted) {
        this(history, name, url, room, wanted, Limits.STANDARD);
    }

    PeerFetch(
            final HistoryRepository history,
            final String name,
            final URI url,
            final FetchRoom room,
            final Limits limits) {
        this(history, name, url, room, () -> Extent.ALL, limits);
    }

    private PeerFetch(
            final HistoryRepository history,
            final String name,
            final URI url,
            final FetchRoom room,
            final Supplier<Extent> wanted,
            final Limits limits) {
        this.history = history;
        this.name = name;
        this.url = url;
        refusals = new FetchFailures(name, url);
        this.room = room;
        this.wanted = wanted;
        this.limits = limits;
    }

    /** Removes what an earlier run left in quarantine. Before the first fetch of any peer. */
    public static void sweep(final Path repository) throws IOException {
        Quarantine.sweep(repository);
    }

    public String name() {
        return name;
    }

    public URI url() {
        return url;
    }

    /** The same for this pair of routers at each start, and another one for other pairs. */
    int hashOfNames() {
        return Objects.hash(history.router(), name);
    }

    /** Any thread. */
    public long receivedBytes() {
        return totals.received.sum();
    }

    /**
     * Asks the peer once, or twice: when what it has is too large, for its last part, which gives our history a
     * boundary there. One thread at a time; the last result is closed by then. What came is checked in its turn, which
     * lasts until the result is closed.
     *
     * @param nowS the wall clock
     * @return what is to be adopted, checked; empty when the peer's head is where it was when it was adopted last, and
     *     nothing of it has waited for this time
     * @throws HistoryException naming the peer, its URL, what is wrong and the way out; nothing was taken then
     */
    public Optional<Fetched> fetch(final long nowS) throws HistoryException {
        try {
            return fetch(nowS, depth(wanted.get()));
        } catch (final TooLargeException e) {
            try {
                return fetch(nowS, limits.depth());
            } catch (final TooLargeException still) {
                throw refusals.refused(still.getMessage(), still);
            }
        }
    }

    private int depth(final Extent extent) {
        return switch (extent) {
            case ALL -> 0;
            case LAST_PART -> limits.depth();
            case HEAD_ALONE -> HEAD_ALONE;
        };
    }

    private Optional<Fetched> fetch(final long nowS, final int depth) throws HistoryException, TooLargeException {
        final Traffic traffic = new Traffic(totals, Conversation.MOST_TALK_BYTES);
        final Optional<Sent> sent = watched(limits.times(), traffic, watch -> {
            try (PeerWire wire = open(traffic, watch)) {
                return receive(wire, traffic, watch, nowS, depth);
            }
        });
        if (sent.isEmpty()) {
            return Optional.empty();
        }
        final Fetched fetched = checkInTurn(sent.get(), nowS);
        // Until it is durable.
        settled = null;
        return Optional.of(fetched);
    }

    private <T> T watched(final Watch.Times times, final Traffic traffic, final Step<T> step)
            throws HistoryException, TooLargeException {
        try (Watch watch = new Watch(name, times, traffic)) {
            watching = watch;
            if (aborted) {
                watch.abort();
            }
            try {
                return step.run(watch);
            } catch (final TooLargeException e) {
                throw e;
            } catch (final IOException e) {
                throw watch.isLate() ? refusals.cannotRead(watch.late(), e) : refusals.of(e);
            }
        } catch (final RuntimeException e) {
            throw refusals.refused("sends damaged data (" + e + ")", e);
        } catch (final StackOverflowError e) {
            throw refusals.refused("sends what is nested too deeply", e);
        }
    }

    /** Ends the fetch that goes on, and any that begins later. Any thread. */
    public void abort() {
        aborted = true;
        final Watch watch = watching;
        if (watch != null) {
            watch.abort();
        }
    }

    private PeerWire open(final Traffic traffic, final Watch watch) throws HistoryException {
        try {
            return url.getScheme().equals("git")
                    ? GitWire.open(url, traffic, watch, limits.times().connectMs())
                    : HttpWire.open(url, traffic, watch, limits.times());
        } catch (final IOException e) {
            throw refusals.cannotRead(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Sent> receive(
            final PeerWire wire, final Traffic traffic, final Watch watch, final long nowS, final int depth)
            throws IOException {
        final Conversation conversation = new Conversation(wire);
        final Conversation.Head there;
        try {
            conversation.greet();
            there = conversation.primary();
        } catch (final BadPeerException e) {
            throw e;
        } catch (final IOException e) {
            throw watch.isLate() ? e : refusals.cannotRead(String.valueOf(e.getMessage()), e);
        }
        if (there.identity().isPresent()) {
            requireOther(there.identity().get());
        }
        final ObjectId head = there.commit();
        final Known known = Known.of(history, ref());
        // After a start primary may lack what was adopted before: then it is merged now.
        if (isSettled(head, nowS) && (depth == HEAD_ALONE || head.equals(known.remote()))) {
            return Optional.empty();
        }
        if (known.holds(head)) {
            return Optional.of(new Sent(head, known, Set.of(), 0, null));
        }
        final Conversation.Answer answer = conversation.fetch(head, known.haves(watch), known.boundary(), depth);
        traffic.allow(limits.bytes());
        return Optional.of(new Sent(head, known, answer.boundary(), depth, spool(answer.pack())));
    }

    /** Two routers of one name would each take the other's word for its own. */
    private void requireOther(final RouterIdentity there) throws HistoryException {
        final RouterIdentity here = history.own().identity();
        if (!there.name().equals(here.name())) {
            return;
        }
        if (there.id().equals(here.id())) {
            throw new HistoryException(
                    ("peer %s is refused: %s is router %s itself, or a copy of its repository; nothing of it was taken."
                                    + " Take it out of history.peers; remove %s from a copy")
                            .formatted(name, url, here.name(), OwnFile.NAME));
        }
        throw new HistoryException(
                ("peer %s is refused: %s is another router that is named %s too (id %s; this one is %s); nothing of it was"
                                + " taken. Give each router a name of its own: router.name")
                        .formatted(name, url, here.name(), there.id(), here.id()));
    }

    /** The head that came last does not come again before then. */
    void settle(final ObjectId head, final long dueS) {
        settled = new Settled(head, dueS);
    }

    private boolean isSettled(final ObjectId head, final long nowS) {
        final Settled last = settled;
        return last != null && last.head.equals(head) && nowS < last.dueS;
    }

    private Spool spool(final InputStream pack) throws IOException {
        final Spool spool = room.spools().open(history.path());
        boolean whole = false;
        try {
            final byte[] header = pack.readNBytes(PackScan.HEADER_BYTES);
            PackScan.requireHeader(header, limits.pack());
            spool.write(header);
            pack.transferTo(spool);
            whole = true;
            return spool;
        } finally {
            if (!whole) {
                spool.close();
            }
        }
    }

    private Fetched checkInTurn(final Sent sent, final long nowS) throws HistoryException, TooLargeException {
        Turns.Turn turn = null;
        Fetched fetched = null;
        boolean sound = false;
        try {
            try (Spool pack = sent.pack) {
                turn = room.turns()
                        .take(() -> aborted)
                        .orElseThrow(() -> refusals.cannotRead("this router ends", null));
                fetched = watched(turnTimes(), new Traffic(totals, 0), watch -> check(sent, pack, watch, nowS));
            }
            fetched.whenClosed(turn::close);
            sound = true;
            return fetched;
        } catch (final HistoryException | TooLargeException e) {
            throw e;
        } catch (final IOException e) {
            throw refusals.of(e);
        } finally {
            if (!sound) {
                giveUp(fetched, turn);
            }
        }
    }

    /** Also when closing the spool was all that failed: else no peer would have a turn again. */
    private void giveUp(final Fetched fetched, final Turns.Turn turn) throws HistoryException {
        try {
            if (fetched != null) {
                fetched.close();
            }
        } catch (final IOException e) {
            throw refusals.of(e);
        } finally {
            if (turn != null) {
                turn.close();
            }
        }
    }

    /** Whoever sends what takes long to check waits behind the others with it, and not before them. */
    private Watch.Times turnTimes() {
        final Watch.Times times = limits.times();
        final long turnMs = Math.min(times.totalMs(), FIRST_TURN_MS << Math.min(lateTurns, MOST_DOUBLINGS));
        return new Watch.Times(times.connectMs(), times.idleMs(), turnMs);
    }

    /**
     * Other peers have moved the boundary while this one waited for its turn; until the turn ends only retention does.
     */
    private Fetched check(final Sent sent, final Spool pack, final Watch watch, final long nowS) throws IOException {
        final Known known = Known.of(history, ref());
        try {
            return pack == null ? checkHere(sent.head, known, watch, nowS) : check(sent, known, pack, watch, nowS);
        } catch (final TooLargeException e) {
            throw e;
        } catch (final BadPeerException | MissingObjectException e) {
            throw watch.isLate() || sent.known.isStill(known) ? e : ShortenedException.of(name, e);
        }
    }

    private Fetched checkHere(final ObjectId head, final Known known, final Watch watch, final long nowS)
            throws IOException {
        if (!known.holds(head)) {
            known.requireLedTo(Set.of(head), new HashSet<>(), watch);
        }
        try (ObjectReader own = known.git().newObjectReader()) {
            return new Fetched(this, head, known, known.boundary(), null, isLineAhead(head, own, watch, nowS), false);
        }
    }

    /** All of the line, and not what is new of it: what came before need not have become ours. */
    private boolean isLineAhead(final ObjectId head, final ObjectReader reader, final Watch watch, final long nowS)
            throws IOException {
        return history.isBlank() && Known.isLineAfter(nowS + PeerFilter.AHEAD_S, head, reader, watch);
    }

    private Fetched check(final Sent sent, final Known known, final Spool pack, final Watch watch, final long nowS)
            throws IOException {
        final Quarantine quarantine = Quarantine.make(history.path(), name);
        boolean sound = false;
        try {
            unpack(pack, quarantine, watch);
            final Set<ObjectId> boundary;
            try (ObjectReader fresh = quarantine.objects().newReader()) {
                boundary = known.boundaryWith(sent.boundary, sent.head, fresh, watch);
                share.require(known, boundary);
            }
            try (BothReader both =
                    new BothReader(quarantine.objects().newReader(), known.git().newObjectReader(), boundary)) {
                new HistoryCheck(both, watch).require(sent.head, known);
                watch.check();
                final boolean isAhead = isLineAhead(sent.head, both, watch, nowS);
                sound = true;
                return new Fetched(this, sent.head, known, boundary, quarantine, isAhead, sent.depth == HEAD_ALONE);
            }
        } finally {
            lateTurns = watch.isLate() ? lateTurns + 1 : 0;
            if (!sound) {
                quarantine.close();
            }
        }
    }

    private void unpack(final Spool pack, final Quarantine quarantine, final Watch watch) throws IOException {
        try (PackScan scan = new PackScan(pack.content(), limits.pack());
                ObjectInserter inserter = quarantine.objects().newInserter()) {
            final PackParser parser = inserter.newPackParser(scan);
            parser.setObjectChecker(new ObjectChecker());
            parser.setCheckEofAfterPackFooter(true);
            parser.setMaxObjectSizeLimit(limits.pack().objectBytes());
            parser.parse(new EmptyProgressMonitor() {
                @Override
                public boolean isCancelled() {
                    return watch.isLate();
                }
            });
        }
    }

    /** Where its head is kept. */
    String ref() {
        return HistoryRepository.REMOTES_PREFIX + name + "/primary";
    }
}
