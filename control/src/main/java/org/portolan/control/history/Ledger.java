package org.portolan.control.history;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Stamp;

/**
 * What the history knows now: the join of primary and the open expiry branches, in memory, with the Lamport clock, and
 * the refreshes that no commit says yet. What a batch changes here is undone when the batch cannot be made durable.
 * Historian's thread only.
 */
final class Ledger {
    private final String router;
    private final Map<BindingKey, Binding> bindings = new HashMap<>();
    /** Wall-clock second of the last sign of life that is not in git yet: earlier than others when the clock was set back. */
    private final Map<BindingKey, Long> refreshes = new LinkedHashMap<>();
    /** Those of them that confirm a binding for the first time. */
    private final Set<BindingKey> confirmations = new LinkedHashSet<>();

    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Claims claims = new Claims(this);
    private long clock;

    Ledger(final String router, final Map<BindingKey, Binding> table) {
        this.router = router;
        bindings.putAll(table);
        for (final Binding binding : table.values()) {
            clock = Math.max(clock, binding.clock());
        }
    }

    Binding binding(final BindingKey key) {
        return bindings.get(key);
    }

    /** The live observation of a key, or null. */
    Observation live(final BindingKey key) {
        final Binding binding = bindings.get(key);
        final Observation observed = binding == null ? null : binding.observed();
        return observed != null && observed.isLive() ? observed : null;
    }

    Map<BindingKey, Binding> bindings() {
        return bindings;
    }

    Map<BindingKey, Long> refreshes() {
        return refreshes;
    }

    Claims claims() {
        return claims;
    }

    /** A stamp greater than every one that this router has seen. */
    Stamp stamp() {
        final long before = clock;
        undo.push(() -> clock = before);
        clock++;
        return new Stamp(clock, router);
    }

    /** @param binding null when it is forgotten */
    void put(final BindingKey key, final Binding binding) {
        final Binding before = binding == null ? bindings.remove(key) : bindings.put(key, binding);
        undo.push(() -> restore(bindings, key, before));
        if (binding != null) {
            witness(binding);
        }
    }

    /** Lamport's rule: what is said from now on is newer than this. */
    void witness(final Binding binding) {
        if (binding.clock() > clock) {
            final long before = clock;
            undo.push(() -> clock = before);
            clock = binding.clock();
        }
    }

    void refresh(final BindingKey key, final long atS) {
        final Long before = refreshes.put(key, atS);
        undo.push(() -> restore(refreshes, key, before));
        if (!live(key).isConfirmed() && confirmations.add(key)) {
            undo.push(() -> confirmations.remove(key));
        }
    }

    boolean hasConfirmations() {
        return !confirmations.isEmpty();
    }

    /** Bindings that an answer has confirmed for the first time, which no commit says yet. */
    List<BindingKey> confirmations() {
        return List.copyOf(confirmations);
    }

    /** Takes the sign of life that waits to be written; what the observation itself says when none does. */
    long takeRefresh(final BindingKey key, final long seenS) {
        final Long refreshed = refreshes.remove(key);
        if (refreshed == null) {
            return seenS;
        }
        undo.push(() -> refreshes.put(key, refreshed));
        if (confirmations.remove(key)) {
            undo.push(() -> confirmations.add(key));
        }
        return refreshed;
    }

    /** What the batch changed is durable. */
    void keep() {
        undo.clear();
    }

    /** The batch was not made durable: as if it had never been. */
    void undo() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    private static <V> void restore(final Map<BindingKey, V> map, final BindingKey key, final V before) {
        if (before == null) {
            map.remove(key);
        } else {
            map.put(key, before);
        }
    }

    /** For who else changes what is to be undone with the batch. */
    void onUndo(final Runnable step) {
        undo.push(step);
    }
}
