package org.portolan.control.history.query;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.AddressLine.Place;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.TimeIndex.Since;
import org.portolan.control.history.store.HistoryException;
import org.portolan.dataplane.wire.Ethernet;

/**
 * All that happened to this router's table, or all that happened to one MAC, newest first: as the commits say it, all
 * of them read. The commit that brought a peer's history says what came, and when.
 */
final class MessageLog {
    private final Reading reading;
    private final DateWalk walk;
    private final LogQuery query;
    private final byte[] macText;
    private final TimeIndex index;
    private final Since since;
    /** Primary's next commit, and its number on the line. */
    private ObjectId next;

    private long ordinal;
    /** The line's time where the walk is, and by how much the clock was behind it. */
    private long lineS;

    private long behindS;

    MessageLog(final Reading reading, final Place from, final LogQuery query, final TimeIndex index)
            throws IOException {
        this.reading = reading;
        this.query = query;
        this.index = index;
        since = Since.of(index, query.sinceS());
        next = from.commit().id();
        ordinal = from.ordinal();
        walk = new DateWalk(reading, List.of(from.commit().id()), this::ownParents);
        macText = query.mac() == 0
                ? new byte[0]
                : Ethernet.describeMac(query.mac()).getBytes(StandardCharsets.US_ASCII);
    }

    /** Expiry branches are ours; a peer's line is not. */
    private List<ObjectId> ownParents(final Commit commit) throws IOException {
        return commit.isMerge()
                        && !CommitMessage.parse(reading.raw(commit.id())).isExpiry()
                ? List.of(commit.parents().getFirst())
                : commit.parents();
    }

    void write(final AddressLog.Sink sink) throws IOException {
        for (Optional<Commit> walked = walk.next(); walked.isPresent(); walked = walk.next()) {
            final Commit commit = walked.get();
            if (commit.id().equals(next)) {
                if (since.isAfter(commit.timeS(), ordinal)) {
                    return;
                }
                pass(commit);
            }
            final long second = Math.min(commit.timeS() + behindS, lineS);
            if (second < since.second()) {
                continue;
            }
            final byte[] raw = reading.raw(commit.id());
            if (!holds(raw, macText)) {
                continue;
            }
            for (final LogEntry entry : CommitMessage.parse(raw).entries(commit)) {
                final boolean asked = query.mac() == 0 || entry.isAbout(query.mac());
                if (asked && (query.withQuiet() || !entry.kind().isQuiet()) && !sink.take(entry, second)) {
                    return;
                }
            }
        }
    }

    private void pass(final Commit onLine) throws IOException {
        lineS = TimeIndex.lineSecond(index, onLine.timeS(), ordinal);
        behindS = lineS - onLine.timeS();
        next = onLine.parents().isEmpty() ? null : onLine.parents().getFirst();
        ordinal--;
    }

    /** Most commits do not speak of the MAC, and need not be parsed. */
    private static boolean holds(final byte[] text, final byte[] word) {
        for (int at = 0; at <= text.length - word.length; at++) {
            int same = 0;
            while (same < word.length && text[at + same] == word[same]) {
                same++;
            }
            if (same == word.length) {
                return true;
            }
        }
        return false;
    }

    /**
     * Walks all that a way leads to, newest first, whatever the length; {@link GraphReader} walks so too. It remembers
     * the front of the walk and the last commits behind it. A parent whose clock is ahead of its child's comes before
     * the child; where a commit would come again because of that, it does not.
     */
    static final class DateWalk {
        /** Branches open at one time. */
        private static final int MOST_FRONT = 65_536;

        private static final int PASSED_KEPT = 16_384;

        private record Front(Commit commit, long order) {
            static final Comparator<Front> NEWEST_FIRST = Comparator.comparingLong((Front each) -> each.commit.timeS())
                    .reversed()
                    .thenComparingLong(Front::order);
        }

        /** Which of a commit's parents it goes on to. */
        @FunctionalInterface
        interface Way {
            List<ObjectId> from(Commit commit) throws IOException;
        }

        private final Reading reading;
        private final Way way;
        private final PriorityQueue<Front> front = new PriorityQueue<>(Front.NEWEST_FIRST);
        private final Set<ObjectId> inFront = new HashSet<>();
        private final Set<ObjectId> passed = new LinkedHashSet<>();
        private long order;

        DateWalk(final Reading reading, final Collection<ObjectId> from, final Way way) throws IOException {
            this.reading = reading;
            this.way = way;
            for (final ObjectId id : from) {
                add(id);
            }
        }

        private void add(final ObjectId id) throws IOException {
            if (inFront.contains(id) || passed.contains(id)) {
                return;
            }
            final Optional<Commit> commit = reading.older(id);
            if (commit.isPresent()) {
                inFront.add(id);
                front.add(new Front(commit.get(), order++));
            }
            if (front.size() > MOST_FRONT) {
                throw new HistoryException("the history has more than %d branches open at once".formatted(MOST_FRONT));
            }
        }

        /** The next older one; empty at the end. */
        Optional<Commit> next() throws IOException {
            reading.working();
            final Front first = front.poll();
            if (first == null) {
                return Optional.empty();
            }
            inFront.remove(first.commit.id());
            passed.add(first.commit.id());
            if (passed.size() > PASSED_KEPT) {
                final Iterator<ObjectId> oldest = passed.iterator();
                oldest.next();
                oldest.remove();
            }
            for (final ObjectId parent : way.from(first.commit)) {
                add(parent);
            }
            return Optional.of(first.commit);
        }
    }
}
