package org.portolan.control.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.portolan.dataplane.neighbor.NeighborChange;

/**
 * The last resort under pressure: of several changes of one binding only the last is written. An expiry is never
 * skipped, nor what comes before it: it is an end, and not an intermediate state.
 */
final class Coalescing {
    private record Slot(int port, int address, boolean pin) {}

    private Coalescing() {}

    /** The changes that are to be written, in their order; the rest counts as coalesced. */
    static List<Change> of(final List<Change> changes) {
        final Set<Slot> later = new HashSet<>();
        final List<Change> kept = new ArrayList<>(changes.size());
        for (int i = changes.size() - 1; i >= 0; i--) {
            final Change change = changes.get(i);
            final Slot slot = new Slot(change.port(), change.address(), change.isPin());
            if (!isSkippable(change)) {
                later.remove(slot);
                kept.add(change);
            } else if (later.add(slot)) {
                kept.add(change);
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    private static boolean isSkippable(final Change change) {
        return change.isReal() && change.kind() != NeighborChange.EXPIRED;
    }
}
