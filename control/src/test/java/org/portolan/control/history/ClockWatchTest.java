package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private static final long LINE_S = 1_764_000_000L;
    private static final long HOUR_S = 3_600;
    private static final long DAY_S = 86_400;

    private final ClockWatch watch = new ClockWatch();

    /** The line stands still in the index, which may fail to follow primary. */
    private boolean look(final long wallS) {
        return watch.look(wallS, LINE_S);
    }

    @Test
    void shouldSayThatAnIdleTimeHasPassedUntilThatIsWritten() {
        assertThat(look(LINE_S)).isFalse();
        assertThat(look(LINE_S + 2 * HOUR_S)).isFalse();
        assertThat(look(LINE_S + HOUR_S)).isTrue();
        assertThat(look(LINE_S + HOUR_S)).as("the batch failed").isTrue();
        assertThat(watch.highestS()).isEqualTo(LINE_S + 2 * HOUR_S);
        watch.written();
        assertThat(look(LINE_S + HOUR_S)).as("the index does not know it yet").isFalse();
        assertThat(look(LINE_S - HOUR_S)).isFalse();
        assertThat(look(LINE_S + 3 * HOUR_S)).isFalse();
        assertThat(look(LINE_S + HOUR_S)).as("a later time has passed").isTrue();
    }

    @Test
    void shouldSayNothingWhereTheLineIsAsFar() {
        assertThat(look(LINE_S)).isFalse();
        assertThat(look(LINE_S - HOUR_S)).isFalse();
    }

    @Test
    void shouldSayNothingOfALeapAhead() {
        assertThat(look(LINE_S + HOUR_S)).isFalse();
        assertThat(look(LINE_S + 4_000 * DAY_S)).isFalse();
        assertThat(look(LINE_S + 4_000 * DAY_S + 60)).isFalse();
        assertThat(look(LINE_S + 2 * HOUR_S)).isFalse();
        assertThat(look(LINE_S + HOUR_S)).as("set back after that").isTrue();
        assertThat(watch.highestS()).isEqualTo(LINE_S + 2 * HOUR_S);
    }

    @Test
    void shouldSayHowFarItWasBeforeALeapWhenItGoesBackToBeforeThat() {
        assertThat(look(LINE_S + 2 * HOUR_S)).isFalse();
        assertThat(look(LINE_S + 4_000 * DAY_S)).isFalse();
        assertThat(look(LINE_S + 2 * HOUR_S - 300)).isTrue();
        assertThat(watch.highestS()).isEqualTo(LINE_S + 2 * HOUR_S);
    }

    @Test
    void shouldSayNothingOfAStartWithTheClockAhead() {
        assertThat(look(LINE_S + 4_000 * DAY_S)).isFalse();
        assertThat(look(LINE_S + HOUR_S)).isFalse();
    }

    @Test
    void shouldSayWhatPassedByAndByThoughTheClockGoesBackByDays() {
        for (long hour = 0; hour < 200; hour++) {
            assertThat(look(LINE_S + hour * HOUR_S)).isFalse();
        }
        assertThat(look(LINE_S + DAY_S)).isTrue();
        assertThat(watch.highestS()).isEqualTo(LINE_S + 199 * HOUR_S);
    }

    @Test
    void shouldFollowTheLineThatHasFoundThatTheClockWasAhead() {
        assertThat(watch.look(LINE_S + 60, LINE_S)).isFalse();
        assertThat(watch.look(LINE_S - 900 * DAY_S, LINE_S)).as("it began so").isTrue();
        assertThat(watch.look(LINE_S - 900 * DAY_S, LINE_S - 900 * DAY_S)).isFalse();
        assertThat(watch.look(LINE_S - 899 * DAY_S, LINE_S - 900 * DAY_S)).isFalse();
    }
}
