package org.portolan.control.history.query;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/**
 * Answers questions about the history, out of the repository and nothing else. Any thread, several at a time, while the
 * historian writes and packs are replaced: each question has a reader of its own.
 *
 * <p>A {@link org.portolan.control.history.store.HistoryException} says what is wrong with the repository; any other
 * IOException is what the asker or the visitor threw.
 */
public final class HistoryQuery {
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

    /** A commit of primary, and the wall-clock second it was made in. */
    public record Moment(ObjectId commit, long second) {}

    private final Repository git;
    private final TimeIndex index;
    private final long tombstonesKeptS;
    private final Supplier<HistoryStatus> status;
    private final BindingCache bindings = new BindingCache();

    /**
     * @param tombstonesKeptS how long at least the table remembers that something is gone
     * @param status called by any thread
     */
    public HistoryQuery(
            final Repository git,
            final TimeIndex index,
            final long tombstonesKeptS,
            final Supplier<HistoryStatus> status) {
        this.git = git;
        this.index = index;
        this.tombstonesKeptS = tombstonesKeptS;
        this.status = status;
    }

    private Reading open(final Asker asker) throws IOException {
        return new Reading(git, bindings, asker);
    }

    /** How the history itself is doing. */
    public HistoryStatus status() {
        return status.get();
    }

    /** The last moment at or before that second; empty when the history that is kept begins later. */
    public Optional<Moment> at(final long second, final Asker asker) throws IOException {
        try (Reading reading = open(asker)) {
            return commit(reading, second).map(HistoryQuery::moment);
        }
    }

    /** Where the history that is kept begins. */
    public Moment beginning(final Asker asker) throws IOException {
        try (Reading reading = open(asker)) {
            final MarkCursor marks = new MarkCursor(index);
            Moment oldest = moment(reading.head());
            for (TimeIndex.Mark mark = marks.take(); mark != null; mark = marks.take()) {
                reading.working();
                oldest = new Moment(mark.commit(), mark.second());
            }
            return oldest;
        }
    }

    private static Moment moment(final Commit commit) {
        return new Moment(commit.id(), commit.timeS());
    }

    private Optional<Commit> commit(final Reading reading, final long second) throws IOException {
        final Commit head = reading.head();
        if (head.timeS() <= second) {
            return Optional.of(head);
        }
        final Optional<ObjectId> found;
        try {
            found = index.before(second);
        } catch (final IOException e) {
            throw MarkCursor.unreadable(e);
        }
        return found.isEmpty() ? Optional.empty() : reading.older(found.get());
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
            final Commit at = reading.commit(moment.commit());
            return new HoldingSearch(reading, index, address, reading.head(), at, tombstonesKeptS).find();
        }
    }

    /**
     * What happened, newest first.
     *
     * @return whether there is more than was handed over
     */
    public boolean log(final LogQuery query, final Asker asker, final EntryVisitor visitor) throws IOException {
        try (Reading reading = open(asker)) {
            final Optional<Commit> from = commit(reading, query.untilS());
            if (from.isEmpty()) {
                return false;
            }
            final Limiter limiter = new Limiter(query, visitor);
            if (query.byAddress()) {
                final AddressLog log =
                        new AddressLog(reading, from.get(), query, new MarkCursor(index), tombstonesKeptS);
                log.write(limiter);
                return limiter.more || log.isCut();
            }
            new MessageLog(reading, from.get(), query).write(limiter);
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
        public boolean take(final LogEntry entry) throws IOException {
            final boolean asked = entry.timeS() >= query.sinceS()
                    && entry.timeS() <= query.untilS()
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
