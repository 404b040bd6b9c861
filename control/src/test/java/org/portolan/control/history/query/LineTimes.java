package org.portolan.control.history.query;

/** The times of a line by the rule itself: each commit compared with all before it. The oldest first. */
public final class LineTimes {
    private static final long HOUR_S = 3_600;
    private static final long DAY_S = 86_400;
    private static final long YEAR_2020_S = 1_577_836_800L;

    private LineTimes() {}

    public static long[] of(final long... datesS) {
        final long[] times = new long[datesS.length];
        for (int i = 0; i < datesS.length; i++) {
            times[i] = i == 0 ? datesS[0] : time(datesS, times, i);
        }
        return times;
    }

    private static long time(final long[] datesS, final long[] times, final int at) {
        final long previous = times[at - 1];
        final boolean isTurn = datesS[at] < datesS[at - 1] || datesS[at] / DAY_S != datesS[at - 1] / DAY_S;
        if (!isBehind(datesS[at], previous)) {
            return Math.max(datesS[at], previous);
        }
        if (!isTurn) {
            return previous;
        }
        int last = at - 1;
        long went = 0;
        while (last >= 0 && times[last] > datesS[at] + DAY_S) {
            final long step = last == at - 1 ? 0 : times[last + 1] - times[last];
            went += step > 0 && step <= 31 * DAY_S ? step : 0;
            last--;
        }
        if (last < 0 || times[last] < YEAR_2020_S && datesS[at] >= YEAR_2020_S) {
            int first = at;
            while (first > 0 && times[first - 1] == previous && isBehind(datesS[first - 1], previous)) {
                first--;
            }
            return datesS[at] - datesS[first] >= went ? datesS[at] : previous;
        }
        final boolean isLeap = times[last + 1] > times[last] + DAY_S;
        final boolean isLeft = datesS[at] >= times[last] + went - HOUR_S;
        return isLeap && isLeft ? Math.max(datesS[at], times[last]) : previous;
    }

    private static boolean isBehind(final long dateS, final long previous) {
        return dateS < previous - DAY_S && !(dateS < YEAR_2020_S && previous >= YEAR_2020_S);
    }

    /** The number of the newest commit whose time is not after that second; -1 when there is none. */
    public static int newest(final long[] times, final long second) {
        int at = times.length - 1;
        while (at >= 0 && times[at] > second) {
            at--;
        }
        return at;
    }
}
