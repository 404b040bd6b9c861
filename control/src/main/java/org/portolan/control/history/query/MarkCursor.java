package org.portolan.control.history.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.log.FileFailure;

/** Goes through the marks once, newest first. */
final class MarkCursor {
    private final Iterator<TimeIndex.Mark> marks;
    /** Looked at, and not passed yet: as many as lie within the time that tombstones are kept. */
    private final List<TimeIndex.Mark> ahead = new ArrayList<>();

    MarkCursor(final TimeIndex index) throws HistoryException {
        try {
            marks = index.marks().iterator();
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    /** The marks between two seconds, both left out, newest first; what is newer is passed over for good. */
    List<TimeIndex.Mark> between(final long newerS, final long olderS) throws HistoryException {
        ahead.removeIf(mark -> mark.second() >= newerS);
        while ((ahead.isEmpty() || ahead.getLast().second() > olderS) && hasMore()) {
            final TimeIndex.Mark mark = marks.next();
            if (mark.second() < newerS) {
                ahead.add(mark);
            }
        }
        final boolean past = !ahead.isEmpty() && ahead.getLast().second() <= olderS;
        return past ? ahead.subList(0, ahead.size() - 1) : ahead;
    }

    /** The next mark whatever its time; null at the end. */
    TimeIndex.Mark take() throws HistoryException {
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
