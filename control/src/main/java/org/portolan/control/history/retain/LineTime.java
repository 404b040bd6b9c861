package org.portolan.control.history.retain;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.portolan.control.history.retain.Marks.Mark;

/**
 * The time of a commit on primary's line, by which it is found: its date, or the time of the commit that it follows
 * when that is later. So a clock that is set back puts nothing into a time that is over, and whoever asked about that
 * time gets the same answer again. It is made of what comes before a commit, and stays as it was written down. When the
 * marks are lost, it is made again of what is kept, and comes out the same but after a wait of more than 31 days.
 *
 * <pre>
 *   clock       10:00  09:00  09:01  10:01      a step back: the line waits until the clock has caught up
 *   line time   10:00  10:00  10:00  10:01
 *
 *   clock       10:00  2036   10:02             the clock leapt ahead, and is right again: the line goes on from
 *   line time   10:00  2036   10:02             where it was before; else nothing would be found until 2036
 *
 *   clock       2, 3 ... 10 May  3 May  10 May  the line came there by and by, so it is the clock that is behind,
 *   line time   2, 3 ... 10 May  10 May 10 May  as after a boot with the firmware's date
 *
 *   clock       10:00  1970   10:02             no right clock shows a year before {@link Retention#EARLIEST_S}
 *   line time   10:00  10:00  10:02
 * </pre>
 *
 * <p>A clock that is more than a day behind the line is believed only when the line leapt over its date, and when it
 * shows as much more than before the leap as the line has gone on since. A boot with the date of the first boot shows
 * less. A line that began later than that date, or had only dates before {@link Retention#EARLIEST_S} until then, may
 * have begun with the clock ahead: then the clock is believed when it has gone on for as long as the line had. What is
 * before a boundary nobody knows, so after one it has to go on for 31 days at least. This is looked at when the clock
 * steps back and when a day begins, which are marks.
 */
public final class LineTime {
    /** A clock that goes further back than that was ahead before, or is wrong now. */
    static final long WRONG_S = TimeUnit.DAYS.toSeconds(1);

    private static final long DAY_S = TimeUnit.DAYS.toSeconds(1);

    /** A network may be idle for so long; when still more passed in between, the clock leapt. */
    private static final long IDLE_S = 31 * DAY_S;

    /** So much less may a clock show that was set right, than one that had never been wrong. */
    private static final long INEXACT_S = TimeUnit.HOURS.toSeconds(1);

    private LineTime() {}

    /** Whether both commits have to be marks, so that the time of what follows them can be found from marks alone. */
    static boolean isBreak(final long parentS, final long childS) {
        return childS < parentS || childS > parentS + WRONG_S;
    }

    /** Whether a commit has to be a mark, because the line may go on with it. */
    static boolean isTurn(final long parentS, final long childS) {
        return childS < parentS || day(childS) != day(parentS);
    }

    static long day(final long epochSeconds) {
        return Math.floorDiv(epochSeconds, DAY_S);
    }

    /**
     * Whether a commit of that date is at most a day before what the line had come to. On a line that is past 2020 a
     * date before 2020 is no date, and so is not before anything.
     *
     * @param lineS the time of the commit before it
     */
    public static boolean isLater(final long lineS, final long dateS) {
        return lineS <= dateS + WRONG_S || dateS < Retention.EARLIEST_S && lineS >= Retention.EARLIEST_S;
    }

    /**
     * Whether a clock is right that goes back over a leap that it made.
     *
     * @param dateS what it shows
     * @param beforeS what it showed before the leap
     * @param forS how long it went on after the leap
     */
    public static boolean isBackFromLeap(final long dateS, final long beforeS, final long forS) {
        return dateS >= beforeS + forS - INEXACT_S;
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
        final Mark previous = before.getLast();
        if (isLater(previous.lineS(), dateS)) {
            return Math.max(dateS, previous.lineS());
        }
        return isTurn(previous.epochSeconds(), dateS) ? turn(dateS, before) : previous.lineS();
    }

    /** Of a commit more than a day behind the line: the line waits, or goes on from where it was before a leap. */
    private static long turn(final long dateS, final List<Mark> before) {
        final long previousS = before.getLast().lineS();
        long forS = 0;
        int index = before.size() - 1;
        while (index >= 0 && before.get(index).lineS() > dateS + WRONG_S) {
            forS += index == before.size() - 1 ? 0 : passed(before.get(index), before.get(index + 1));
            index--;
        }
        if (index < 0 || isWithoutDate(before.get(index), dateS)) {
            final long leastS = before.getFirst().isRoot() ? forS : Math.max(forS, IDLE_S);
            return dateS >= waitsSince(dateS, before) + leastS ? dateS : previousS;
        }
        final Mark last = before.get(index);
        final Mark next = before.get(index + 1);
        return isLeap(last, next, WRONG_S) && isBackFromLeap(dateS, last.lineS(), forS)
                ? Math.max(dateS, last.lineS())
                : previousS;
    }

    /** Between a clock that has no date yet and one that is set right, no time has passed that anybody knows of. */
    private static boolean isWithoutDate(final Mark mark, final long dateS) {
        return mark.lineS() < Retention.EARLIEST_S && dateS >= Retention.EARLIEST_S;
    }

    /** How long the clock went on from one mark to the next, as far as anybody can tell. */
    private static long passed(final Mark mark, final Mark next) {
        return isLeap(mark, next, IDLE_S) ? 0 : Math.max(0, next.lineS() - mark.lineS());
    }

    private static boolean isLeap(final Mark mark, final Mark next, final long overS) {
        return next.ordinal() == mark.ordinal() + 1 && next.lineS() > mark.lineS() + overS;
    }

    /** What the clock showed when the line began to wait for it; what it shows now when that is only now. */
    private static long waitsSince(final long dateS, final List<Mark> before) {
        final long previousS = before.getLast().lineS();
        long sinceS = dateS;
        for (final Mark mark : before.reversed()) {
            final boolean isWaiting = mark.lineS() == previousS
                    && mark.epochSeconds() >= Retention.EARLIEST_S
                    && !isLater(previousS, mark.epochSeconds());
            if (!isWaiting) {
                break;
            }
            sinceS = mark.epochSeconds();
        }
        return sinceS;
    }
}
