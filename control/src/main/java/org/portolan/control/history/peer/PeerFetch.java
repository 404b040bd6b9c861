package org.portolan.control.history.peer;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
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
import org.portolan.control.log.FileFailure;

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

    private final HistoryRepository history;
    private final String name;
    private final URI url;
    private final Limits limits;
    private final Traffic.Totals totals = new Traffic.Totals();
    private volatile boolean settled;
    private volatile Watch watching;
    private volatile boolean aborted;

    /**
     * @param name as in the config: fit for a file and a ref, and no other peer's
     * @param url git, http or https
     */
    public PeerFetch(final HistoryRepository history, final String name, final URI url) {
        this(history, name, url, Limits.STANDARD);
    }

    PeerFetch(final HistoryRepository history, final String name, final URI url, final Limits limits) {
        this.history = history;
        this.name = name;
        this.url = url;
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

    /** Any thread. */
    public long receivedBytes() {
        return totals.received.sum();
    }

    /**
     * Asks the peer once, or twice: when what it has is too large, for its last part, which gives our history a
     * boundary there. One thread at a time; the last result is closed by then.
     *
     * @param nowS the wall clock
     * @return what is to be adopted, checked; empty when the peer's head is where it was when it was adopted last
     * @throws HistoryException naming the peer, its URL, what is wrong and the way out; nothing was taken then
     */
    public Optional<Fetched> fetch(final long nowS) throws HistoryException {
        try {
            return fetch(nowS, 0);
        } catch (final TooLargeException e) {
            try {
                return fetch(nowS, limits.depth());
            } catch (final TooLargeException still) {
                throw refused(still.getMessage(), still);
            }
        }
    }

    private Optional<Fetched> fetch(final long nowS, final int depth) throws HistoryException, TooLargeException {
        final Traffic traffic = new Traffic(totals, Conversation.MOST_TALK_BYTES);
        try (Watch watch = new Watch(name, limits.times(), traffic)) {
            watching = watch;
            if (aborted) {
                watch.abort();
            }
            try (PeerWire wire = open(traffic, watch)) {
                return fetch(wire, traffic, watch, nowS, depth);
            } catch (final TooLargeException e) {
                throw e;
            } catch (final IOException e) {
                throw watch.isLate() ? cannotRead(watch.late(), e) : refusal(e);
            } catch (final RuntimeException e) {
                throw refused("sends data that is damaged (" + e + ")", e);
            } catch (final OutOfMemoryError | StackOverflowError e) {
                throw refused("sends what takes more memory than there is", e);
            }
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
            throw cannotRead(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Fetched> fetch(
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
            throw watch.isLate() ? e : cannotRead(String.valueOf(e.getMessage()), e);
        }
        if (there.identity().isPresent()) {
            requireOther(there.identity().get());
        }
        final ObjectId head = there.commit();
        final Known known = Known.of(history, ref());
        if (known.holds(head)) {
            // After a start primary may lack what was adopted before: then it is merged now.
            final boolean again = settled && head.equals(known.remote());
            settled = true;
            return again
                    ? Optional.empty()
                    : Optional.of(new Fetched(this, head, known, known.boundary(), null, false));
        }
        final Conversation.Answer answer = conversation.fetch(head, known.haves(), known.boundary(), depth);
        traffic.allow(limits.bytes());
        final Fetched fetched = receive(answer, head, known, watch, nowS);
        settled = true;
        return Optional.of(fetched);
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

    /** The head that came last comes again. */
    void unsettle() {
        settled = false;
    }

    private Fetched receive(
            final Conversation.Answer answer,
            final ObjectId head,
            final Known known,
            final Watch watch,
            final long nowS)
            throws IOException {
        final Quarantine quarantine = Quarantine.make(history.path(), name);
        boolean sound = false;
        try {
            unpack(answer, quarantine, watch);
            final Set<ObjectId> boundary;
            try (ObjectReader fresh = quarantine.objects().newReader()) {
                boundary = known.boundaryWith(answer.boundary(), head, fresh);
            }
            try (BothReader both =
                    new BothReader(quarantine.objects().newReader(), known.git().newObjectReader(), boundary)) {
                final HistoryCheck check = new HistoryCheck(both, watch, nowS);
                check.require(head, known);
                watch.check();
                sound = true;
                return new Fetched(this, head, known, boundary, quarantine, check.isAhead());
            }
        } finally {
            if (!sound) {
                quarantine.close();
            }
        }
    }

    private void unpack(final Conversation.Answer answer, final Quarantine quarantine, final Watch watch)
            throws IOException {
        try (PackScan scan = new PackScan(answer.pack(), limits.pack());
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

    // ---- what to say

    private HistoryException refusal(final IOException thrown) {
        return switch (thrown) {
            case final HistoryException said -> said;
            case final BadPeerException bad -> refused(bad.getMessage(), bad);
            case final MissingObjectException missing ->
                refused("does not send all that leads to its head (%s)".formatted(missing.getMessage()), missing);
            case final CorruptObjectException corrupt ->
                refused("sends a damaged object: " + corrupt.getMessage(), corrupt);
            case final IncorrectObjectTypeException type ->
                refused("sends a damaged object: " + type.getMessage(), type);
            case final EOFException end -> incomplete("the connection ended too early", end);
            default -> incomplete(FileFailure.of(thrown), thrown);
        };
    }

    private HistoryException cannotRead(final String why, final Throwable cause) {
        return new HistoryException(
                ("peer %s cannot be read from %s: %s; it is asked again in time. See that it runs, and that its"
                                + " history.serve names that address")
                        .formatted(name, url, why),
                cause);
    }

    private HistoryException incomplete(final String why, final Throwable cause) {
        return new HistoryException(
                ("peer %s: its history did not come whole from %s: %s; nothing of it was taken, it is asked again in"
                                + " time")
                        .formatted(name, url, why),
                cause);
    }

    private HistoryException refused(final String why, final Throwable cause) {
        return new HistoryException(
                ("peer %s is refused: %s %s; nothing of it was taken. Look there with git fsck, or take it out of"
                                + " history.peers")
                        .formatted(name, url, why),
                cause);
    }
}
