package org.portolan.control.history;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.portolan.control.history.peer.PeerFilter;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;

/**
 * What the history knows now: the join of primary and the open expiry branches, in memory, with the
 * refreshes that no commit says yet. What a batch changes here is undone when the batch cannot be made durable.
 * Historian's thread only.
 */
final class Ledger {
    /**
     * Peers take no stamp that is further ahead. One that is got into the own table while the clock was wrong; what
     * comes after it does not count on from there, or peers would not take that either.
     */
    private static final long WRONG_MICROS = PeerFilter.AHEAD_S * 1_000_000;

    private final String router;
    private final OwnPins own;
    private final LongPredicate isBehind;
    private final Map<BindingKey, Binding> bindings = new HashMap<>();
    /**
     * Wall-clock second of the last sign of life that is not in git yet: earlier than others when the clock was set
     * back.
     */
    private final Map<BindingKey, Long> refreshes = new LinkedHashMap<>();
    /** Those of them that confirm a binding for the first time. */
    private final Set<BindingKey> confirmations = new LinkedHashSet<>();

    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Claims claims = new Claims(this);

    /** @param isBehind whether a clock that shows that second is days behind what this history knows */
    Ledger(final String router, final Map<BindingKey, Binding> table, final OwnPins own, final LongPredicate isBehind) {
        this.router = router;
        this.own = own;
        this.isBehind = isBehind;
        bindings.putAll(table);
    }

    /** What this router's operators have pinned. */
    OwnPins own() {
        return own;
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

    /** A stamp for what replaces a record, or for the first one when there is none. */
    Stamp stamp(final Observation replaced, final long atMicros) {
        return stamp(replaced == null ? 1 : replaced.stamp().count() + 1, atMicros);
    }

    /** Likewise for a pin. */
    Stamp stamp(final Pin replaced, final long atMicros) {
        return stamp(replaced == null ? 1 : replaced.stamp().count() + 1, atMicros);
    }

    /**
     * Of a clock that is not behind, a stamp that is far ahead of it is wrong. What counts is the clock of the change:
     * it may have been set before the change is written.
     */
    private Stamp stamp(final long least, final long atMicros) {
        final boolean isWrong = least > atMicros + WRONG_MICROS && !isBehind.test(atMicros / 1_000_000);
        return new Stamp(isWrong ? atMicros : Math.max(least, atMicros), router);
    }

    /** Whether this history began later than a clock shows, by more than a clock may be wrong. */
    boolean isBornAfter(final long atMicros) {
        return own.born() > atMicros + WRONG_MICROS;
    }

    boolean isOurs(final Stamp stamp) {
        return stamp.router().equals(router);
    }

    /** @param binding null when it is forgotten */
    void put(final BindingKey key, final Binding binding) {
        final Binding before = binding == null ? bindings.remove(key) : bindings.put(key, binding);
        undo.push(() -> restore(bindings, key, before));
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

    static <V> void restore(final Map<BindingKey, V> map, final BindingKey key, final V before) {
        if (before == null) {
            map.remove(key);
        } else {
            map.put(key, before);
        }
    }

    /** For others whose changes are undone with the batch. */
    void onUndo(final Runnable step) {
        undo.push(step);
    }
}
