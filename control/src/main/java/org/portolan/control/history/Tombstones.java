package org.portolan.control.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.retain.Retention;

/**
 * Which memories of what is gone are old enough to be forgotten by the table. The commits keep them.
 *
 * <p>A tombstone is there for peers: it tells a peer that still has the live binding that it is over. A peer that was
 * away for longer than the horizon brings the binding back, as stale, and it is probed and expires again.
 *
 * <p>A tombstone that this table would forget is not taken from a peer that has it still: two routers would forget it
 * and give it to each other again, by turns, for good. One that ends what is live here is taken, once.
 */
final class Tombstones {
    static final long HORIZON_S = 30 * 86_400L;

    /** More than a /16 of them at once is an attack or a mistake: the oldest go earlier. */
    static final int MOST = 65_536;

    private final Map<BindingKey, Binding> table;
    private final long horizonS;
    private final int most;
    private List<Tombstone> oldestFirst;

    private record Tombstone(BindingKey key, long latestS) implements Comparable<Tombstone> {
        private static final Comparator<Tombstone> ORDER =
                Comparator.comparingLong(Tombstone::latestS).thenComparing(Tombstone::key);

        @Override
        public int compareTo(final Tombstone other) {
            return ORDER.compare(this, other);
        }
    }

    Tombstones(final Map<BindingKey, Binding> table, final long nowS) {
        this(table, nowS, MOST);
    }

    Tombstones(final Map<BindingKey, Binding> table, final long nowS, final int most) {
        this.table = table;
        horizonS = nowS - HORIZON_S;
        this.most = most;
    }

    /** Whether a binding ended so long ago that no table needs it; of one that a wrong clock dated nobody knows. */
    boolean isOld(final Binding binding) {
        return binding.mac() == 0 && isOld(binding.latestS());
    }

    private boolean isOld(final long latestS) {
        return latestS < horizonS && latestS >= Retention.EARLIEST_S;
    }

    private List<Tombstone> oldestFirst() {
        if (oldestFirst == null) {
            oldestFirst = new ArrayList<>();
            table.forEach((key, binding) -> {
                if (binding.mac() == 0) {
                    oldestFirst.add(new Tombstone(key, binding.latestS()));
                }
            });
            oldestFirst.sort(null);
        }
        return oldestFirst;
    }

    /** Those of the table that are to go. */
    List<BindingKey> due() {
        final List<BindingKey> due = new ArrayList<>();
        final int tooMany = oldestFirst().size() - most;
        int place = 0;
        for (final Tombstone each : oldestFirst()) {
            if (place < tooMany || isOld(each.latestS)) {
                due.add(each.key);
            }
            place++;
        }
        return due;
    }

    /** Whether a binding that the table has not would be due in it. */
    boolean wouldBeDue(final BindingKey key, final Binding binding) {
        if (binding.mac() != 0 || isOld(binding)) {
            return binding.mac() == 0;
        }
        final int room = most - oldestFirst().size();
        return room <= 0
                && new Tombstone(key, binding.latestS()).compareTo(oldestFirst().get(-room)) < 0;
    }
}
