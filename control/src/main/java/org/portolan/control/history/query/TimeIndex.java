package org.portolan.control.history.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.log.FileFailure;

/**
 * Finds the place of a time in the history without walking to it. Read by many threads at once while the historian
 * writes.
 */
public interface TimeIndex {

    /** A commit on primary's line of first parents, and the wall-clock second it was made in. */
    record Mark(long second, ObjectId commit) {}

    /**
     * The newest commit on primary's line of first parents that was made at or before that second; empty when the
     * history that is kept begins later.
     */
    Optional<ObjectId> before(long epochSecond) throws IOException;

    /**
     * Commits of that line, newest first, in the order of the line; the last one is the oldest that is kept. Two marks
     * next to each other are to be closer than tombstones are kept, or what lies between them is walked through: else a
     * binding could have come, ended and been collected in between, and neither mark would show it.
     */
    Iterable<Mark> marks() throws IOException;

    /** Goes through the marks once, newest first. */
    final class MarkCursor {
        private final Iterator<Mark> marks;
        /** Looked at, and not passed yet: as many as lie within the time that tombstones are kept. */
        private final List<Mark> ahead = new ArrayList<>();

        MarkCursor(final TimeIndex index) throws HistoryException {
            try {
                marks = index.marks().iterator();
            } catch (final IOException e) {
                throw unreadable(e);
            }
        }

        /** The marks between two seconds, both left out, newest first; what is newer is passed over for good. */
        List<Mark> between(final long newerS, final long olderS) throws HistoryException {
            ahead.removeIf(mark -> mark.second() >= newerS);
            while ((ahead.isEmpty() || ahead.getLast().second() > olderS) && hasMore()) {
                final Mark mark = marks.next();
                if (mark.second() < newerS) {
                    ahead.add(mark);
                }
            }
            final boolean past = !ahead.isEmpty() && ahead.getLast().second() <= olderS;
            return past ? ahead.subList(0, ahead.size() - 1) : ahead;
        }

        /** The next mark whatever its time; null at the end. */
        Mark take() throws HistoryException {
            if (!ahead.isEmpty()) {
                return ahead.removeFirst();
            }
            return hasMore() ? marks.next() : null;
        }

        private boolean hasMore() throws HistoryException {
            try {
                return marks.hasNext();
            } catch (final UncheckedIOException e) {
                throw unreadable(e.getCause());
            }
        }

        static HistoryException unreadable(final IOException e) {
            return e instanceof final HistoryException said
                    ? said
                    : new HistoryException("the history's index of times cannot be read: " + FileFailure.of(e), e);
        }
    }
}
