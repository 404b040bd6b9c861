package org.portolan.control.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.portolan.control.history.record.BindingKey;

/**
 * What hosts say of themselves and nobody has confirmed. Anybody can forge it, 15 frames a second and more, and a
 * restart does not bring it back. So of each interface {@value #MOST_AT_ONCE} at once, and one every two minutes on the
 * average, are written like any change: on a quiet network that is every newcomer. The others wait for the hour's mark,
 * which writes {@value #MOST_WRITTEN} of those that still stand then, and counts the rest. Every step can be undone
 * with the batch. Historian's thread only.
 */
final class Claims {
    static final int MOST_AT_ONCE = 32;
    static final int MOST_WRITTEN = 256;

    private static final long REFILL_MICROS = 120_000_000;

    /** As many as one interface holds; those of others push out the oldest. */
    private static final int MOST_STANDING = 4_096;

    private static final int MOST_SOURCES = 1_024;

    private final Ledger ledger;
    private final Map<Integer, Long> spentUntilMicros = new HashMap<>();
    private Map<BindingKey, Change> standing = new LinkedHashMap<>();
    private Map<Long, Integer> sources = new LinkedHashMap<>();
    private int more;

    Claims(final Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * What is written of them.
     *
     * @param standing the first that still stand
     * @param more how many others there were
     * @param moreBy who said most of all, a MAC
     */
    record Due(List<Change> standing, int more, long moreBy) {}

    /** Whether it is one of the few that are written at once; then it is taken off their number. */
    boolean spend(final Change claim) {
        final long before = spentUntilMicros.getOrDefault(claim.port(), 0L);
        if (before - claim.reportedMicros() > (MOST_AT_ONCE - 1) * REFILL_MICROS) {
            return false;
        }
        spentUntilMicros.put(claim.port(), Math.max(before, claim.reportedMicros()) + REFILL_MICROS);
        ledger.onUndo(() -> spentUntilMicros.put(claim.port(), before));
        return true;
    }

    boolean isAnyStanding() {
        return !standing.isEmpty();
    }

    void add(final BindingKey key, final Change claim) {
        end(key);
        if (standing.size() >= MOST_STANDING) {
            end(standing.keySet().iterator().next());
        }
        standing.put(key, claim);
        ledger.onUndo(() -> standing.remove(key));
        if (sources.size() < MOST_SOURCES || sources.containsKey(claim.mac())) {
            sources.merge(claim.mac(), 1, Integer::sum);
            ledger.onUndo(() -> sources.merge(claim.mac(), -1, Integer::sum));
        }
    }

    /** Somebody has confirmed it, or another; null when there was none. */
    Change take(final BindingKey key) {
        final Change claim = standing.remove(key);
        if (claim != null) {
            ledger.onUndo(() -> standing.put(key, claim));
        }
        return claim;
    }

    /** It is over, and was never written. */
    void end(final BindingKey key) {
        if (take(key) != null) {
            more++;
            ledger.onUndo(() -> more--);
        }
    }

    Due takeDue() {
        final Map<BindingKey, Change> allBefore = standing;
        final Map<Long, Integer> sourcesBefore = sources;
        final int moreBefore = more;
        ledger.onUndo(() -> {
            standing = allBefore;
            sources = sourcesBefore;
            more = moreBefore;
        });
        final List<Change> first =
                new ArrayList<>(standing.values().stream().limit(MOST_WRITTEN).toList());
        final long most = sources.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(0L);
        final Due due = new Due(first, more + standing.size() - first.size(), most);
        standing = new LinkedHashMap<>();
        sources = new LinkedHashMap<>();
        more = 0;
        return due;
    }
}
