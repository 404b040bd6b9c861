package org.portolan.control.history;

import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborReason;

/**
 * One thing that happened to a neighbor, as control tells it.
 *
 * @param port the interface's index
 * @param macOld what the address had, 0 for nothing
 * @param mac what it has now, 0 for nothing
 * @param atMicros what the wall clock showed, microseconds since 1970: the label that is written
 * @param reportedMicros when it was reported, by the steady clock of {@link Clocks}
 * @param reason why, in a few words
 * @param by who asked for it; empty when nobody did
 */
public record Change(
        NeighborChange kind,
        int port,
        int address,
        long macOld,
        long mac,
        long atMicros,
        long reportedMicros,
        String reason,
        String by) {
    private static final long MICROS = 1_000_000;

    /** As control has it: {@link HistoryFeed} adds the time of the report. */
    public Change(
            final NeighborChange kind,
            final int port,
            final int address,
            final long macOld,
            final long mac,
            final long atMicros,
            final String reason,
            final String by) {
        this(kind, port, address, macOld, mac, atMicros, 0, reason, by);
    }

    Change reported(final long micros) {
        return new Change(kind, port, address, macOld, mac, atMicros, micros, reason, by);
    }

    /** The same, when no earlier one is known. */
    Change since(final Change earlier) {
        return new Change(kind, port, address, earlier.macOld, mac, atMicros, reportedMicros, reason, by);
    }

    long atS() {
        return Math.floorDiv(atMicros, MICROS);
    }

    /** Whether it is a host's own word, which nobody has confirmed. */
    boolean isClaim() {
        return reason.equals(NeighborReason.ASKED_US.text);
    }

    /** An answer to a question about a claim that no commit says: as if it were learned now. */
    Change confirming() {
        return new Change(NeighborChange.LEARNED, port, address, 0, mac, atMicros, reportedMicros, reason, by);
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
