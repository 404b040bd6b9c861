package org.portolan.control.history;

import org.portolan.control.history.retain.LineTime;

/**
 * Notices that the wall clock was set back after a time in which nothing was written. Somebody may have asked about
 * that time; so the line says that it has passed, before the first commit with an earlier date. Historian's thread
 * only.
 */
final class ClockWatch {
    private long highestS = Long.MIN_VALUE;

    /**
     * To be called at short intervals.
     *
     * @param wallS what the clock shows
     * @param lineS the time of the line's last commit
     * @return whether the line does not say yet how far the clock had come
     */
    boolean look(final long wallS, final long lineS) {
        if (wallS >= highestS) {
            highestS = wallS;
            return false;
        }
        if (!LineTime.isLater(highestS, wallS)) {
            // It was ahead.
            highestS = wallS;
        }
        return highestS > Math.max(wallS, lineS);
    }

    /** What the clock had shown before it was set back. */
    long highestS() {
        return highestS;
    }
}
