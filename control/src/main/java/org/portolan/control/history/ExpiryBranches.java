package org.portolan.control.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.BindingKey;

/**
 * The expiry branches that are open, and the names of those that were merged. Bounded: {@value #MOST_OPEN} open ones,
 * each for at most {@value #LONGEST_MICROS} us, {@value #NAMES_KEPT} names. Every step can be undone with the batch.
 * Historian's thread only.
 */
final class ExpiryBranches {
    static final int MOST_OPEN = 8;
    static final int NAMES_KEPT = 16;

    /** Entries that fall due within this time of the cut go on one branch: the machine looks 20 times a second. */
    static final long JOIN_MICROS = 1_000_000;

    /** A probe takes 3 s, and hosts that have not answered are probed for another 3 s; by now every answer is in. */
    static final long LONGEST_MICROS = 30_000_000;

    private final Ledger ledger;
    private final Deque<ExpiryBranch> open = new ArrayDeque<>();
    private final Deque<String> names = new ArrayDeque<>();

    /** @param names of branches that were merged, oldest first */
    ExpiryBranches(final Ledger ledger, final Collection<String> names) {
        this.ledger = ledger;
        this.names.addAll(names);
    }

    /** A branch that an earlier run did not get to merge. */
    void reopen(final String ref, final ObjectId base, final ObjectId tip) {
        open.add(new ExpiryBranch(ref, base, tip, 0));
    }

    void due(final BindingKey key, final ObjectId primary, final Change change) {
        if (holding(key) != null) {
            return;
        }
        final ExpiryBranch branch = join(primary, change);
        branch.due.add(key);
        ledger.onUndo(() -> branch.due.remove(key));
    }

    /** The youngest one if it is young enough, or if there are too many; else a new one. */
    private ExpiryBranch join(final ObjectId primary, final Change change) {
        final ExpiryBranch youngest = open.peekLast();
        final boolean young = youngest != null && change.reportedMicros() - youngest.cutMicros < JOIN_MICROS;
        if (young || open.size() >= MOST_OPEN) {
            return youngest;
        }
        // A wall clock that was set back may show a time for the second time.
        long micros = change.atMicros();
        while (isTaken(ExpiryBranch.ref(micros))) {
            micros++;
        }
        final ExpiryBranch cut = new ExpiryBranch(ExpiryBranch.ref(micros), primary, primary, change.reportedMicros());
        open.addLast(cut);
        ledger.onUndo(() -> open.remove(cut));
        return cut;
    }

    private boolean isTaken(final String ref) {
        return names.contains(ref) || open.stream().anyMatch(each -> each.ref.equals(ref));
    }

    /** The branch that an expiry belongs on: where its entry fell due, else a new one. */
    ExpiryBranch forExpiryOf(final BindingKey key, final ObjectId primary, final Change change) {
        final ExpiryBranch holding = holding(key);
        return holding == null ? join(primary, change) : holding;
    }

    /** The entry's fate is known. */
    void settle(final BindingKey key) {
        final ExpiryBranch branch = holding(key);
        if (branch != null) {
            branch.due.remove(key);
            ledger.onUndo(() -> branch.due.add(key));
        }
    }

    private ExpiryBranch holding(final BindingKey key) {
        for (final ExpiryBranch branch : open) {
            if (branch.due.contains(key)) {
                return branch;
            }
        }
        return null;
    }

    /** Whether a branch waits to be closed. */
    boolean isAnySettled(final long nowMicros) {
        return open.stream().anyMatch(each -> isSettled(each, nowMicros));
    }

    private static boolean isSettled(final ExpiryBranch branch, final long nowMicros) {
        return branch.due.isEmpty() || nowMicros - branch.cutMicros > LONGEST_MICROS;
    }

    /** Takes those that are to be closed, oldest first. */
    List<ExpiryBranch> takeSettled(final long nowMicros) {
        final List<ExpiryBranch> settled = new ArrayList<>();
        for (final ExpiryBranch branch : open) {
            if (isSettled(branch, nowMicros)) {
                settled.add(branch);
            }
        }
        final List<ExpiryBranch> before = List.copyOf(open);
        open.removeAll(settled);
        ledger.onUndo(() -> {
            open.clear();
            open.addAll(before);
        });
        return settled;
    }

    Collection<ExpiryBranch> open() {
        return open;
    }

    void move(final ExpiryBranch branch, final ObjectId tip) {
        final ObjectId before = branch.tip;
        branch.tip = tip;
        ledger.onUndo(() -> branch.tip = before);
    }

    /** Keeps the name of a merged branch. @return names that are too old now */
    Set<String> remember(final String ref) {
        final List<String> before = List.copyOf(names);
        ledger.onUndo(() -> {
            names.clear();
            names.addAll(before);
        });
        names.addLast(ref);
        final Set<String> old = new HashSet<>();
        while (names.size() > NAMES_KEPT) {
            old.add(names.removeFirst());
        }
        return old;
    }
}
