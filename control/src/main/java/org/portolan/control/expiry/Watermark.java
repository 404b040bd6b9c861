package org.portolan.control.expiry;

/**
 * Says when something that fills up passes 80 or 95 %. A mark counts again only after the level was 5 points below it.
 */
final class Watermark {
    private static final int[] MARKS_PERCENT = {80, 95};
    private static final int BACK_PERCENT = 5;

    private int reached;

    /**
     * Takes a level.
     *
     * @return the mark that it has just passed, per cent; the negative lowest mark when it has just fallen below all;
     *     otherwise 0
     */
    int pass(final long used, final long capacity) {
        final long percent = capacity <= 0 ? 0 : used * 100 / capacity;
        final int before = reached;
        while (reached < MARKS_PERCENT.length && percent >= MARKS_PERCENT[reached]) {
            reached++;
        }
        while (reached > 0 && percent < MARKS_PERCENT[reached - 1] - BACK_PERCENT) {
            reached--;
        }
        if (reached > before) {
            return MARKS_PERCENT[reached - 1];
        }
        return before > 0 && reached == 0 ? -MARKS_PERCENT[0] : 0;
    }

    /** Whether the level is above a mark, or was and is not yet well below it. */
    boolean isHigh() {
        return reached > 0;
    }
}
