package org.portolan.control.start;

import java.time.Instant;

/**
 * The time that people and other routers read. It may jump. The history's stamps and its retention by age use it;
 * sessions, neighbors and retries use steady clocks.
 */
public final class WallClock {
    private static final long MICROS = 1_000_000;
    private static final int NANOS = 1_000;

    private WallClock() {}

    /** Microseconds since 1970. */
    public static long micros() {
        final Instant now = Instant.now();
        return now.getEpochSecond() * MICROS + now.getNano() / NANOS;
    }
}
