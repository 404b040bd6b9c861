package org.portolan.control.history;

import java.util.concurrent.TimeUnit;
import org.portolan.control.history.retain.Retention;

/**
 * Whether the wall clock can tell what is a month old. A clock that is wrong for a moment must not make the history
 * forget: so for an hour both clocks have to go at the same pace, after a start and after each step. One that reads an
 * earlier year than this program is old tells nothing however long it goes.
 */
final class Calendar {
    static final long SETTLES_MICROS = TimeUnit.HOURS.toMicros(1);

    /** Less is not a step: a clock is slewed by half a millisecond a second. */
    private static final long STEP_S = 60;

    private final Clocks clocks;
    private long offsetS;
    private long sinceMicros;

    Calendar(final Clocks clocks) {
        this.clocks = clocks;
        restart(clocks.steady());
    }

    private void restart(final long now) {
        offsetS = offsetS(now);
        sinceMicros = now;
    }

    private long offsetS(final long now) {
        return clocks.wallS() - TimeUnit.MICROSECONDS.toSeconds(now);
    }

    /** To be asked every minute or more often: what steps forth and back between two looks is not seen. */
    boolean isSettled() {
        final long now = clocks.steady();
        if (Math.abs(offsetS(now) - offsetS) > STEP_S) {
            restart(now);
        }
        return now - sinceMicros >= SETTLES_MICROS && clocks.wallS() >= Retention.EARLIEST_S;
    }
}
