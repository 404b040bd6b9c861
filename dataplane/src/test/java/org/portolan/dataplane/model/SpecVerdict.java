package org.portolan.dataplane.model;

import org.portolan.dataplane.counter.DropReason;

/** What becomes of a packet without a session. */
record SpecVerdict(Act act, DropReason reason, SpecWay way, SpecWayIn wayIn) {
    enum Act {
        OPEN_FROM_INSIDE,
        OPEN_FROM_OUTSIDE,
        OPEN_HAIRPIN,
        FORWARD_UNTRANSLATED,
        LOCAL,
        WAIT,
        DROP
    }

    static SpecVerdict drop(final DropReason reason, final SpecWay way) {
        return new SpecVerdict(Act.DROP, reason, way, null);
    }

    static SpecVerdict drop(final DropReason reason) {
        return drop(reason, null);
    }

    static SpecVerdict of(final Act act, final SpecWay way) {
        return new SpecVerdict(act, DropReason.NONE, way, null);
    }
}
