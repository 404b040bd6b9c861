package org.portolan.control.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/**
 * Which memories of what is gone are old enough to be forgotten by the table. The commits keep them.
 *
 * <p>A tombstone is there for peers: it tells a peer that still has the live binding that it is over. A peer that was
 * away for longer than the horizon brings the binding back, as stale, and it is probed and expires again.
 */
final class Tombstones {
    static final long HORIZON_S = 30 * 86_400L;

    /** More than a /16 of them at once is an attack or a mistake: the oldest go earlier. */
    static final int MOST = 65_536;

    private Tombstones() {}

    static List<BindingKey> due(final Map<BindingKey, Binding> table, final long nowS) {
        final List<Map.Entry<BindingKey, Binding>> ended = new ArrayList<>();
        for (final Map.Entry<BindingKey, Binding> each : table.entrySet()) {
            if (each.getValue().endedS() != 0) {
                ended.add(each);
            }
        }
        ended.sort(Comparator.comparingLong(each -> each.getValue().endedS()));
        final List<BindingKey> due = new ArrayList<>();
        for (int i = 0; i < ended.size(); i++) {
            final boolean old = ended.get(i).getValue().endedS() < nowS - HORIZON_S;
            if (!old && ended.size() - i <= MOST) {
                break;
            }
            due.add(ended.get(i).getKey());
        }
        return due;
    }
}
