package org.portolan.control.history;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The history's two clocks. The steady one times: what is due, how long a change has waited. The wall clock dates what
 * is written in commits and shown to people, and retention by age compares it with these dates. It may jump.
 *
 * @param steadyMicros positive, and never goes back
 * @param wallMicros microseconds since 1970
 */
public record Clocks(LongSupplier steadyMicros, LongSupplier wallMicros) {
    private static final long SECOND_MICROS = 1_000_000;

    /** The machine's own, counted from now, beside a wall clock. */
    public static Clocks system(final LongSupplier wallMicros) {
        final long beganNs = System.nanoTime();
        return new Clocks(() -> 1 + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - beganNs), wallMicros);
    }

    long steady() {
        return steadyMicros.getAsLong();
    }

    long wallS() {
        return Math.floorDiv(wallMicros.getAsLong(), SECOND_MICROS);
    }
}
