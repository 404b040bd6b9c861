package org.portolan.control.history;

import java.util.ArrayList;
import java.util.List;

/**
 * How many commits the changes of one interface may become: {@value #MOST_AT_ONCE} at once, and one every 15 s on the
 * average. Beyond that its changes are written once a minute, many in one commit, and of each binding the last state.
 * So a host that makes the table change all day does not push out what the history has. What an operator does is
 * written at once. Historian's thread only.
 */
final class Shares {
    static final int MOST_AT_ONCE = 1_024;
    static final long HELD_MICROS = 60_000_000;

    private static final long REFILL_MICROS = 15_000_000;

    private final long[] spentUntilMicros;
    private final long[] heldUntilMicros;

    Shares(final int ports) {
        spentUntilMicros = new long[ports];
        heldUntilMicros = new long[ports];
    }

    /**
     * What is to be written, and what waits.
     *
     * @param isCoarse whether some of it has waited: then one commit carries many
     */
    record Admitted(List<Change> now, List<Change> later, boolean isCoarse) {}

    /** Whether any of these is to be written now. If none is, they begin to wait. */
    boolean isAnyDue(final List<Change> gathered, final long now) {
        for (final Change each : gathered) {
            if (isAdmitted(each, now)) {
                return true;
            }
            hold(each.port(), now);
        }
        return false;
    }

    private void hold(final int port, final long now) {
        if (heldUntilMicros[port] == 0) {
            heldUntilMicros[port] = now + HELD_MICROS;
        }
    }

    private boolean isAdmitted(final Change change, final long now) {
        final int port = change.port();
        final boolean isHeldOver = heldUntilMicros[port] != 0 && now >= heldUntilMicros[port];
        return isHeldOver
                || !change.by().isEmpty()
                || spentUntilMicros[port] - now <= (MOST_AT_ONCE - 1) * REFILL_MICROS;
    }

    /** @param all whatever their shares are: the router ends, or there is no more room */
    Admitted admit(final List<Change> gathered, final long now, final boolean all) {
        final boolean[] isOpen = new boolean[spentUntilMicros.length];
        boolean isCoarse = false;
        for (final Change each : gathered) {
            final int port = each.port();
            isOpen[port] |= all || isAdmitted(each, now);
            isCoarse |= isOpen[port] && heldUntilMicros[port] != 0;
            if (!isOpen[port]) {
                hold(port, now);
            }
        }
        final List<Change> admitted = new ArrayList<>(gathered.size());
        final List<Change> later = new ArrayList<>();
        for (final Change each : gathered) {
            if (isOpen[each.port()]) {
                heldUntilMicros[each.port()] = 0;
                admitted.add(each);
            } else {
                later.add(each);
            }
        }
        return new Admitted(admitted, later, isCoarse);
    }

    /**
     * A batch is durable.
     *
     * @param entries how many it wrote of each port; claims cost nothing
     * @param isCrowded whether one commit has many of them
     */
    void charge(final int[] entries, final boolean isCrowded, final long now) {
        for (int port = 0; port < entries.length; port++) {
            if (entries[port] > 0) {
                final long commits = isCrowded ? 1 : entries[port];
                spentUntilMicros[port] = Math.max(spentUntilMicros[port], now) + commits * REFILL_MICROS;
            }
        }
    }
}
