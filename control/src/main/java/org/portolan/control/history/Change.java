package org.portolan.control.history;

import org.portolan.dataplane.neighbor.NeighborChange;

/**
 * One thing that happened to a neighbor, as control tells it.
 *
 * @param port the interface's index
 * @param macOld what the address had, 0 for nothing
 * @param mac what it has now, 0 for nothing
 * @param atMicros wall clock, microseconds since 1970
 * @param reason why, in a few words
 * @param by who asked for it; empty when nobody did
 */
public record Change(
        NeighborChange kind, int port, int address, long macOld, long mac, long atMicros, String reason, String by) {
    private static final long MICROS = 1_000_000;

    long atS() {
        return atMicros / MICROS;
    }

    /** Whether it says something about the operator's pin, and not about what was observed. */
    boolean isPin() {
        return kind == NeighborChange.STATIC_ADDED || kind == NeighborChange.STATIC_REMOVED;
    }

    /** Whether it is a change of the table: the others are signs of life, and of care. */
    boolean isReal() {
        return switch (kind) {
            case LEARNED, MOVED, EXPIRED, FLUSHED, STATIC_ADDED, STATIC_REMOVED -> true;
            case DUE, REFRESHED, DISPUTED -> false;
        };
    }
}
