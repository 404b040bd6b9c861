package org.portolan.control.view;

import java.util.List;
import java.util.Optional;
import org.portolan.control.latency.Percentiles;

/**
 * How long frames were in the router, and how late the machine woke a thread that did nothing but sleep.
 *
 * @param router its name
 * @param log empty when no interval files are written
 */
public record LatencyRow(String router, long uptimeS, List<Worker> workers, Stretches pauses, Optional<Files> log) {

    /**
     * @param intervalNs how long the last interval was, about a second; 0 before there was one
     * @param ageNs how long ago it ended: more than some seconds when the worker or control stands still
     * @param stalls how often the worker was away for more than a millisecond
     */
    public record Worker(
            int number, long intervalNs, long ageNs, long stalls, long longestStallNs, List<Way> directions) {}

    /** @param name the JSON key, and what a person reads */
    public record Way(String name, Stretches of) {}

    /** The last interval, and since the start. */
    public record Stretches(Percentiles last, Percentiles total) {}

    /**
     * The interval files.
     *
     * @param file the one that is written to, or was last; empty before there is one
     * @param written intervals
     * @param lost intervals that a disk did not take
     * @param error why nothing is written; empty while it is
     */
    public record Files(String directory, String file, long written, long lost, String error) {}
}
