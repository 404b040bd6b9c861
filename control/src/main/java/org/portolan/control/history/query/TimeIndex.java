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

    /**
     * A commit on primary's line of first parents.
     *
     * @param second of the wall clock that it was made in: a clock is set forward and back, so it need not rise
     * @param ordinal its number on the line: a later commit has a greater one, whatever the clock said
     * @param lineSecond its time on the line, by which it is found; not before that of the commit that it follows,
     *     unless the clock was more than a day ahead
     */
    record Mark(long second, ObjectId commit, long ordinal, long lineSecond) {}

    /**
     * The newest commit on primary's line of first parents whose line time is not after that second; empty when the
     * history that is kept begins later.
     */
    Optional<Mark> before(long epochSecond) throws IOException;

    /** The line time of a commit on primary's line of first parents. */
    long lineSecond(long second, long ordinal) throws IOException;

    /**
     * Whether a peer's history may have brought an address, other than by seeing it again, by a commit of the line.
     *
     * @param earlier the number of a commit; those after it are meant
     * @param later and up to this one, itself included
     */
    boolean mayHaveCome(int address, long earlier, long later) throws IOException;

    /** The newest commit of the line that this index knows: primary's head, or one that was it a moment ago. */
    Mark head() throws IOException;

    /**
     * Commits of that line, newest first, in the order of the line; the last one is the oldest that is kept. From one
     * to the next newer one times rise. Two marks next to each other are to be closer than tombstones are kept, or what
     * lies between them is walked through: else a binding could have come, ended and been collected in between, and
     * neither mark would show it.
     */
    Iterable<Mark> marks() throws IOException;

    /** The earliest and the latest time of a stretch of the line. */
    record Span(long earliestS, long latestS) {
        static Span of(final long second) {
            return new Span(second, second);
        }

        Span with(final long second) {
            return new Span(Math.min(earliestS, second), Math.max(latestS, second));
        }

        /** How long the clock says that it was. */
        long seconds() {
            return latestS - earliestS;
        }
    }

    /**
     * Where what was made at or after a second begins, by the line's time. A clock that was more than a day ahead
     * leaves commits of a later time in between; so only what comes before the oldest mark of that time, or later, and
     * has an earlier time itself, is before it.
     *
     * @param index null for {@link #EVER}
     * @param second 0 for all that is kept
     * @param ordinal of the oldest mark of that time; the greatest when there is none
     */
    record Since(TimeIndex index, long second, long ordinal) {
        static final Since EVER = new Since(null, 0, Long.MAX_VALUE);

        static Since of(final TimeIndex index, final long second) throws HistoryException {
            if (second <= 0) {
                return EVER;
            }
            Since since = new Since(index, second, Long.MAX_VALUE);
            final MarkCursor marks = new MarkCursor(index);
            for (Mark mark = marks.take(); mark != null; mark = marks.take()) {
                if (mark.lineSecond() >= second) {
                    since = new Since(index, second, mark.ordinal());
                }
            }
            return since;
        }

        /** Whether nothing on the line from there on back was made at or after it. */
        boolean isAfter(final long someSecond, final long someOrdinal) throws HistoryException {
            return someSecond < second && someOrdinal < ordinal && lineSecond(index, someSecond, someOrdinal) < second;
        }
    }

    /** As {@link #mayHaveCome}, for those who say what is wrong with the history. */
    static boolean mayHaveCome(final TimeIndex index, final int address, final long earlier, final long later)
            throws HistoryException {
        try {
            return index.mayHaveCome(address, earlier, later);
        } catch (final IOException e) {
            throw MarkCursor.unreadable(e);
        }
    }

    /** As {@link #lineSecond}, for those who say what is wrong with the history. */
    static long lineSecond(final TimeIndex index, final long second, final long ordinal) throws HistoryException {
        try {
            return index.lineSecond(second, ordinal);
        } catch (final IOException e) {
            throw MarkCursor.unreadable(e);
        }
    }

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

        /**
         * The marks before a place of the line, newest first, as far as the clock says that less than so long passed;
         * what is not before it is passed over for good.
         *
         * @param since the first mark that is before it ends it, too
         */
        List<Mark> before(final long ordinal, final long second, final long forS, final Since since)
                throws HistoryException {
            ahead.removeIf(mark -> mark.ordinal() >= ordinal);
            Span span = Span.of(second);
            int count = 0;
            while (count < ahead.size() || read(ordinal)) {
                final Mark mark = ahead.get(count);
                span = span.with(mark.second());
                if (span.seconds() >= forS || since.isAfter(mark.second(), mark.ordinal())) {
                    break;
                }
                count++;
            }
            return ahead.subList(0, count);
        }

        /** One more that is before the place; false at the end. */
        private boolean read(final long ordinal) throws HistoryException {
            while (hasMore()) {
                final Mark mark = marks.next();
                if (mark.ordinal() < ordinal) {
                    ahead.add(mark);
                    return true;
                }
            }
            return false;
        }

        /** The next mark; null at the end. */
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
