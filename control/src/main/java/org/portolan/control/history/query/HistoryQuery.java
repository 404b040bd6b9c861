package org.portolan.control.history.query;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.query.AddressLine.Place;
import org.portolan.control.history.query.Reading.BindingCache;
import org.portolan.control.history.query.TimeIndex.MarkCursor;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/**
 * Answers questions about the history, out of the repository and nothing else. Any thread, several at a time, while the
 * historian writes and packs are replaced: each question has a reader of its own. The records nested here are what is
 * asked and what is answered.
 *
 * <p>A {@link org.portolan.control.history.store.HistoryException} says what is wrong with the repository; any other
 * IOException is what the client or the visitor threw.
 */
public final class HistoryQuery {
    /** Who waits for an answer. */
    @FunctionalInterface
    public interface Asker {
        /**
         * Called between the steps of a search, some thousand times a second.
         *
         * @throws IOException when nobody waits any more, which ends the search
         */
        void working() throws IOException;
    }

    /** Hears of objects that should be there and are not. Called by any thread. */
    @FunctionalInterface
    public interface Gaps {
        void met(ObjectId missing);
    }

    /** Takes bindings one by one. */
    @FunctionalInterface
    public interface BindingVisitor {
        /** Whether to go on. */
        boolean onBinding(BindingKey key, Binding binding) throws IOException;
    }

    /** Takes what happened one by one, newest first. */
    @FunctionalInterface
    public interface EntryVisitor {
        void onEntry(LogEntry entry) throws IOException;
    }

    /**
     * A commit of primary, and the wall-clock second it was made in.
     *
     * @param ordinal its number on the line: of two moments the later one has the greater, whatever the clock said
     */
    public record Moment(ObjectId commit, long second, long ordinal) {}

    /** So far primary may be ahead of the index of times: a batch has fewer commits. */
    private static final int MOST_AHEAD = 65_536;

    private final Repository git;
    private final TimeIndex index;
    private final long tombstonesKeptS;
    private final Supplier<HistoryStatus> status;
    private final Gaps gaps;
    private final BindingCache bindings = new BindingCache();

    /** Nobody hears of gaps. */
    public HistoryQuery(
            final Repository git,
            final TimeIndex index,
            final long tombstonesKeptS,
            final Supplier<HistoryStatus> status) {
        this(git, index, tombstonesKeptS, status, missing -> {});
    }

    /**
     * @param tombstonesKeptS how long at least the table remembers that something is gone
     * @param status called by any thread
     * @param gaps hears of each question that met one
     */
    public HistoryQuery(
            final Repository git,
            final TimeIndex index,
            final long tombstonesKeptS,
            final Supplier<HistoryStatus> status,
            final Gaps gaps) {
        this.git = git;
        this.index = index;
        this.tombstonesKeptS = tombstonesKeptS;
        this.status = status;
        this.gaps = gaps;
    }

    private Reading open(final Asker asker) throws IOException {
        return new Reading(git, bindings, asker, gaps);
    }

    /** How the history itself is doing. */
    public HistoryStatus status() {
        return status.get();
    }

    /**
     * The last moment at or before that second, by the time of this router's line: what was answered once is answered
     * again, though the clock was set back since. Empty when the history that is kept begins later.
     */
    public Optional<Moment> at(final long second, final Asker asker) throws IOException {
        try (Reading reading = open(asker)) {
            return place(reading, second).map(HistoryQuery::moment);
        }
    }

    /** Where the history that is kept begins; its second is the line's, before which nothing is found. */
    public Moment beginning(final Asker asker) throws IOException {
        try (Reading reading = open(asker)) {
            final MarkCursor marks = new MarkCursor(index);
            Moment oldest = moment(head(reading));
            for (TimeIndex.Mark mark = marks.take(); mark != null; mark = marks.take()) {
                reading.working();
                oldest = new Moment(mark.commit(), mark.lineSecond(), mark.ordinal());
            }
            return oldest;
        }
    }

    private static Moment moment(final Place place) {
        return new Moment(place.commit().id(), place.commit().timeS(), place.ordinal());
    }

    private Optional<Place> place(final Reading reading, final long second) throws IOException {
        final Place head = head(reading);
        if (TimeIndex.lineSecond(index, head.commit().timeS(), head.ordinal()) <= second) {
            return Optional.of(head);
        }
        final Optional<TimeIndex.Mark> found;
        try {
            found = index.before(second);
        } catch (final MissingObjectException e) {
            throw reading.damaged(e);
        } catch (final IOException e) {
            throw MarkCursor.unreadable(e);
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return reading.older(found.get().commit())
                .map(commit -> new Place(commit, found.get().ordinal()));
    }

    /** Primary's head: as a rule the one that the index knows, or a few commits on. */
    private Place head(final Reading reading) throws IOException {
        final TimeIndex.Mark known;
        try {
            known = index.head();
        } catch (final IOException e) {
            throw MarkCursor.unreadable(e);
        }
        final Commit head = reading.head();
        Optional<Commit> at = Optional.of(head);
        for (int ahead = 0; ahead < MOST_AHEAD && at.isPresent(); ahead++) {
            if (at.get().id().equals(known.commit())) {
                return new Place(head, known.ordinal() + ahead);
            }
            reading.working();
            at = reading.parent(at.get());
        }
        // Primary was moved by hand: what the index knows is asked about until it has followed.
        return new Place(reading.commit(known.commit()), known.ordinal());
    }

    /** All that the table had at a moment, tombstones too, by segment and then by address. */
    public void table(final Moment moment, final Asker asker, final BindingVisitor visitor) throws IOException {
        try (Reading reading = open(asker)) {
            new TableScan(reading).read(reading.commit(moment.commit()), visitor);
        }
    }

    /** Who had an address at a moment: one holding for each segment that knows it; none when none ever did. */
    public List<Holding> who(final int address, final Moment moment, final Asker asker) throws IOException {
        try (Reading reading = open(asker)) {
            final Place at = new Place(reading.commit(moment.commit()), moment.ordinal());
            return new HoldingSearch(reading, index, address, head(reading), at, tombstonesKeptS).find();
        }
    }

    /**
     * What happened, newest first.
     *
     * @return whether there is more than was handed over
     */
    public boolean log(final LogQuery query, final Asker asker, final EntryVisitor visitor) throws IOException {
        try (Reading reading = open(asker)) {
            final Optional<Place> from = place(reading, query.untilS());
            if (from.isEmpty()) {
                return false;
            }
            final Limiter limiter = new Limiter(query, visitor);
            if (query.byAddress()) {
                final AddressLog log = new AddressLog(reading, from.get(), query, index, tombstonesKeptS);
                log.write(limiter);
                return limiter.more || log.isCut();
            }
            new MessageLog(reading, from.get(), query, index).write(limiter);
            return limiter.more;
        }
    }

    /**
     * The newest commits with their branches.
     *
     * @param withPeers whether the peers' branches are drawn too
     */
    public Graph graph(final int limit, final boolean withPeers, final Asker asker) throws IOException {
        try (Reading reading = open(asker)) {
            return new GraphReader(reading, git).read(limit, withPeers);
        }
    }

    /**
     * Which part of the log is asked for.
     *
     * @param address an int as {@code Memory.u32} reads it, with {@code byAddress}; else 0
     * @param mac 48 bits; 0 for any
     * @param sinceS seconds of the line's time, both included
     * @param withQuiet whether also what is only signs of life and housekeeping
     */
    public record LogQuery(
            boolean byAddress, int address, long mac, long sinceS, long untilS, int limit, boolean withQuiet) {
        public static LogQuery everything(final int limit) {
            return new LogQuery(false, 0, 0, 0, Long.MAX_VALUE, limit, false);
        }

        public LogQuery ofAddress(final int asked) {
            return new LogQuery(true, asked, mac, sinceS, untilS, limit, withQuiet);
        }

        public LogQuery ofMac(final long asked) {
            return new LogQuery(byAddress, address, asked, sinceS, untilS, limit, withQuiet);
        }

        public LogQuery between(final long fromS, final long toS) {
            return new LogQuery(byAddress, address, mac, fromS, toS, limit, withQuiet);
        }

        public LogQuery andQuiet() {
            return new LogQuery(byAddress, address, mac, sinceS, untilS, limit, true);
        }
    }

    /**
     * One thing that happened, as one line of the log. What is not known, or not said by that kind of change, is null
     * or 0.
     *
     * @param timeS wall clock of this router, when its table changed
     * @param address as text; null when it is about the table as a whole
     * @param macOld what it was before, when it was another
     * @param mac the one that it is about
     * @param detail the reason, or what the commit's subject says besides
     * @param by the operator who asked for it, or "config"
     * @param router who saw it, or whose operator asked for it
     * @param commit the one by which the table changed
     */
    public record LogEntry(
            long timeS,
            ChangeKind kind,
            String segment,
            String address,
            long macOld,
            long mac,
            String interfaceName,
            String detail,
            String by,
            String router,
            ObjectId commit) {

        boolean isAbout(final long someMac) {
            return mac == someMac || macOld == someMac;
        }
    }

    /** Who had an address on one segment at a time, and what the table said before and after. */
    public record Holding(BindingKey key, Period before, Period then, Period after) {

        /**
         * How long the table said the same.
         *
         * @param binding null when it said nothing
         * @param fromS the commit's clock; 0 when it was so before the history that is kept begins
         * @param untilS 0 when it is so still
         * @param how null when it was so before the history that is kept begins
         */
        public record Period(Binding binding, long fromS, long untilS, Origin how) {}

        /**
         * The commit that made it so; for what a merge brought in, the one that the merge brought.
         *
         * @param by the operator who asked for it, "config", or null
         * @param router who wrote it
         */
        public record Origin(ObjectId commit, long timeS, String subject, String by, String router) {}
    }

    /**
     * The newest commits, each before its parents.
     *
     * @param primary its head
     * @param more whether there are older ones
     */
    public record Graph(ObjectId primary, List<GraphCommit> commits, boolean more) {
        public Graph {
            commits = List.copyOf(commits);
        }
    }

    /**
     * One commit of the graph.
     *
     * @param parents none at the boundary of what is kept
     * @param names of the branches that point to it; primary first
     * @param boundary whether older commits were there once
     */
    public record GraphCommit(
            ObjectId id,
            List<ObjectId> parents,
            long timeS,
            String router,
            String subject,
            List<String> names,
            boolean boundary) {}

    /** Hands over what was asked for, as much as was asked for. */
    private static final class Limiter implements AddressLog.Sink {
        private final LogQuery query;
        private final EntryVisitor visitor;
        private int taken;
        private boolean more;

        Limiter(final LogQuery query, final EntryVisitor visitor) {
            this.query = query;
            this.visitor = visitor;
        }

        @Override
        public boolean take(final LogEntry entry, final long second) throws IOException {
            final boolean asked = second >= query.sinceS()
                    && second <= query.untilS()
                    && (query.mac() == 0 || entry.isAbout(query.mac()))
                    && (query.withQuiet() || !entry.kind().isQuiet());
            if (!asked) {
                return true;
            }
            if (taken == query.limit()) {
                more = true;
                return false;
            }
            visitor.onEntry(entry);
            taken++;
            return true;
        }
    }
}
