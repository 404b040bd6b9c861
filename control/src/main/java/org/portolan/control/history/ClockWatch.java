package org.portolan.control.history;

import org.portolan.control.history.retain.LineTime;

/**
 * Notices that the wall clock was set back after a time in which nothing was written. Somebody may have asked about
 * that time; so the line says that it has passed, before the first commit with an earlier date. Of a clock that leapt
 * ahead and is back it says nothing. Historian's thread only.
 */
final class ClockWatch {
    private static final long NEVER_S = Long.MIN_VALUE;

    private long highestS = NEVER_S;
    private boolean isWritten;
    private long lineS;
    /** What the clock had shown before it last leapt over more than a day, and right after it. */
    private long beforeLeapS = NEVER_S;

    private long leaptToS;

    /**
     * To be called at short intervals.
     *
     * @param wallS what the clock shows
     * @param nowLineS the time of the line's last commit, as far as the index of times knows it
     * @return whether the line does not say yet how far the clock had come
     */
    boolean look(final long wallS, final long nowLineS) {
        if (highestS == NEVER_S) {
            lineS = nowLineS;
            noteLeap(lineS, wallS);
            setHighest(wallS);
        }
        if (nowLineS < lineS) {
            // The line has found that the clock was ahead.
            setHighest(Math.max(wallS, nowLineS));
        }
        lineS = nowLineS;
        if (wallS >= highestS) {
            noteLeap(highestS, wallS);
            setHighest(wallS);
            return false;
        }
        if (beforeLeapS != NEVER_S
                && !LineTime.isLater(highestS, wallS)
                && LineTime.isBackFromLeap(wallS, beforeLeapS, highestS - leaptToS)) {
            setHighest(Math.max(wallS, beforeLeapS));
            beforeLeapS = NEVER_S;
        }
        return !isWritten && highestS > Math.max(wallS, lineS);
    }

    private void setHighest(final long second) {
        isWritten &= second == highestS;
        highestS = second;
    }

    private void noteLeap(final long fromS, final long toS) {
        if (!LineTime.isLater(toS, fromS)) {
            beforeLeapS = fromS;
            leaptToS = toS;
        }
    }

    /** What the clock had shown before it was set back. */
    long highestS() {
        return highestS;
    }

    /** The line says it, and that is durable: it need not be in the index yet. */
    void written() {
        isWritten = true;
    }
}
