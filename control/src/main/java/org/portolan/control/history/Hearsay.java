package org.portolan.control.history;

import java.util.ArrayList;
import java.util.List;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.dataplane.neighbor.NeighborReason;

/**
 * What another router's history says of a neighbor on a wire that this router is on too: to be asked about, not to be
 * believed.
 *
 * @param port the interface's index
 * @param mac what the other has, 0 when it is over
 * @param isFlushed whether it is over because an operator said so
 * @param router who says so
 */
public record Hearsay(int port, int address, long mac, boolean isFlushed, String router) {

    /** Takes hearsay on the historian's thread, for control. */
    @FunctionalInterface
    public interface Listener {
        /** Whether it was taken; false when it is to be offered again later. */
        boolean heard(List<Hearsay> hearsay);
    }

    /**
     * One for each interface on that wire; none when nothing changed for the table. What this table let go because
     * nobody used it does not come back because others do: each would expire and revive it again and again. What the other has
     * not confirmed is not reported.
     */
    static List<Hearsay> of(final BindingKey key, final Binding before, final Binding after, final Wire[] wires) {
        final long macBefore = before == null ? 0 : before.confirmedMac();
        final List<Hearsay> hearsay = new ArrayList<>();
        for (int port = 0; port < wires.length; port++) {
            if (wires[port].holds(key) && macBefore != after.confirmedMac() && !isIdleHere(before, after)) {
                hearsay.add(new Hearsay(port, key.address(), after.confirmedMac(), isFlushed(after), router(after)));
            }
        }
        return hearsay;
    }

    private static boolean isIdleHere(final Binding before, final Binding after) {
        final Observation seen = before == null ? null : before.observed();
        return seen != null
                && seen.state() == State.EXPIRED
                && seen.mac() == after.mac()
                && seen.reason().equals(NeighborReason.IDLE.text);
    }

    private static boolean isFlushed(final Binding binding) {
        return binding.observed() != null && binding.observed().state() == State.FLUSHED;
    }

    private static String router(final Binding binding) {
        return binding.isStatic() || binding.observed() == null
                ? binding.pinned().stamp().router()
                : binding.observed().stamp().router();
    }
}
