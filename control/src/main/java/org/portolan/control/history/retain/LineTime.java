package org.portolan.control.history.retain;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.portolan.control.history.retain.Marks.Mark;

/**
 * The time of a commit on primary's line, by which it is found: its date, or the time of the commit that it follows
 * when that is later. So a clock that is set back puts nothing into a time that is over, and whoever asked about that
 * time gets the same answer again. It is made of what comes before a commit, and never changes.
 *
 * <pre>
 *   clock       10:00  09:00  09:01  10:01      a step back: the line waits until the clock has caught up
 *   line time   10:00  10:00  10:00  10:01
 *
 *   clock       10:00  2036   10:02             more than a day back: the clock was ahead, and the line goes on
 *   line time   10:00  2036   10:02             where it was before; else nothing would be found until 2036
 *
 *   clock       10:00  1970   10:02             no right clock shows a year before {@link Retention#EARLIEST_S}
 *   line time   10:00  10:00  10:02
 * </pre>
 */
public final class LineTime {
    /** A clock that goes further back than that was ahead before. */
    static final long WRONG_S = TimeUnit.DAYS.toSeconds(1);

    private LineTime() {}

    /** Whether both commits have to be marks, so that the time of what follows them can be found from marks alone. */
    static boolean isBreak(final long parentS, final long childS) {
        return childS < parentS || childS > parentS + WRONG_S;
    }

    /**
     * Whether a commit of that date is not before what the line had come to: the clock was set back. Else it was ahead.
     *
     * @param lineS the time of the commit before it
     */
    public static boolean isLater(final long lineS, final long dateS) {
        return lineS <= dateS + WRONG_S || dateS < Retention.EARLIEST_S && lineS >= Retention.EARLIEST_S;
    }

    /**
     * Of a commit after the last mark.
     *
     * @param dateS its own clock's
     * @param before all marks before it, the oldest first; the one before a {@link #isBreak break} among them
     */
    static long of(final long dateS, final List<Mark> before) {
        if (before.isEmpty()) {
            return dateS;
        }
        final long previousS = before.getLast().lineS();
        if (isLater(previousS, dateS)) {
            return Math.max(dateS, previousS);
        }
        return Math.max(dateS, beforeLeap(dateS + WRONG_S, before));
    }

    /** Where the line was before its clock leapt over that time; the beginning of time when it came there by and by. */
    private static long beforeLeap(final long latestS, final List<Mark> before) {
        int index = before.size() - 1;
        while (index >= 0 && before.get(index).lineS() > latestS) {
            index--;
        }
        if (index < 0) {
            return Long.MIN_VALUE;
        }
        final Mark last = before.get(index);
        final Mark next = before.get(index + 1);
        final boolean isLeap = next.ordinal() == last.ordinal() + 1 && next.lineS() > last.lineS() + WRONG_S;
        return isLeap ? last.lineS() : Long.MIN_VALUE;
    }
}
