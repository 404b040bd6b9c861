package org.portolan.control.history;

import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.HistoryRepository;

/**
 * One look at which hosts are still there: cut from primary when entries fall due, open while they are probed, merged
 * when each has answered or died.
 */
final class ExpiryBranch {
    private static final long MICROS = 1_000_000;

    final String ref;
    final ObjectId base;
    /** By the steady clock. */
    final long cutMicros;
    /** Who is being probed. */
    final Set<BindingKey> due = new HashSet<>();

    ObjectId tip;

    ExpiryBranch(final String ref, final ObjectId base, final ObjectId tip, final long cutMicros) {
        this.ref = ref;
        this.base = base;
        this.tip = tip;
        this.cutMicros = cutMicros;
    }

    static String ref(final long micros) {
        return "%s%d.%06d".formatted(HistoryRepository.EXPIRE_PREFIX, micros / MICROS, micros % MICROS);
    }

    /** Whether somebody died on it: otherwise nobody will ever hear of it. */
    boolean hasDead() {
        return !tip.equals(base);
    }
}
