package org.portolan.bench.traffic;

import java.util.concurrent.atomic.AtomicInteger;
import org.portolan.bench.lab.LabException;

/**
 * What a generator is asked for in one run.
 *
 * @param run number that every frame of it carries (low 8 bits), so that a late one is not taken for another run's
 * @param seconds how long frames fall due
 * @param perSecond frames a second; 0 for as many as go
 * @param restNs how long to leave the CPU to others when no frame is due, 0 to spin; what fell due meanwhile goes at
 *     once
 */
public record Load(int run, double seconds, long perSecond, long restNs) {
    private static final AtomicInteger RUNS = new AtomicInteger();

    public Load {
        if (!(seconds > 0) || perSecond < 0 || restNs < 0) {
            throw new LabException(
                    "no load: %f s, %d frames a second, rest of %d ns".formatted(seconds, perSecond, restNs));
        }
    }

    /** As many frames as go. */
    public static Load flatOut(final double seconds) {
        return at(0, seconds);
    }

    /** At a rate in frames a second. */
    public static Load at(final long perSecond, final double seconds) {
        return new Load(RUNS.incrementAndGet(), seconds, perSecond, 0);
    }

    /** The same with a rest between frames. */
    public Load resting(final long ns) {
        return new Load(run, seconds, perSecond, ns);
    }

    /** How many frames fall due; without meaning flat out. */
    public long frames() {
        return (long) (seconds * perSecond);
    }
}
