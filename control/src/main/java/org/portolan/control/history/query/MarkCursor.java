package org.portolan.control.history.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.portolan.control.history.store.HistoryException;

/** Goes through the marks once, newest first. */
final class MarkCursor {
    private final Iterator<TimeIndex.Mark> marks;
    private TimeIndex.Mark next;

    MarkCursor(final TimeIndex index) throws HistoryException {
        try {
            marks = index.marks().iterator();
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    /** The first mark that is older than a second, kept for the next call too; null when there is none. */
    TimeIndex.Mark olderThan(final long second) throws HistoryException {
        while (next == null || next.second() >= second) {
            if (!hasMore()) {
                return null;
            }
            next = marks.next();
        }
        return next;
    }

    /** The next mark whatever its time; null at the end. */
    TimeIndex.Mark take() throws HistoryException {
        if (next == null && !hasMore()) {
            return null;
        }
        final TimeIndex.Mark taken = next == null ? marks.next() : next;
        next = null;
        return taken;
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
                : new HistoryException("the history's index of times cannot be read: " + e.getMessage(), e);
    }
}
