package org.portolan.control.history.query;

/** The times of a line by the rule itself: each commit compared with all before it. The oldest first. */
public final class LineTimes {
    private static final long DAY_S = 86_400;
    private static final long YEAR_2020_S = 1_577_836_800L;

    private LineTimes() {}

    public static long[] of(final long... datesS) {
        final long[] times = new long[datesS.length];
        for (int i = 0; i < datesS.length; i++) {
            times[i] = Math.max(datesS[i], carried(datesS[i], times, i));
        }
        return times;
    }

    private static long carried(final long dateS, final long[] times, final int count) {
        if (count == 0) {
            return Long.MIN_VALUE;
        }
        final long previous = times[count - 1];
        if (dateS < YEAR_2020_S && previous >= YEAR_2020_S || dateS >= previous - DAY_S) {
            return previous;
        }
        int last = count - 1;
        while (last >= 0 && times[last] > dateS + DAY_S) {
            last--;
        }
        final boolean isLeap = last >= 0 && times[last + 1] > times[last] + DAY_S;
        return isLeap ? times[last] : Long.MIN_VALUE;
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
