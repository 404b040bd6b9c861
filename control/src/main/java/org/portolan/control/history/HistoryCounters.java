package org.portolan.control.history;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What became of the changes: at any moment reported = written + folded + coalesced + lost + waiting. Each counter has
 * one writer, control or the historian; any thread reads.
 */
public final class HistoryCounters {
    /** Changes of the table that control reported. Control. */
    final AtomicLong reported = new AtomicLong();

    /** Intermediate states of a binding that were skipped under pressure before the ring. Control. */
    final AtomicLong coalescedEarly = new AtomicLong();

    /** Changes that found the ring full and the waiting room too. Control. */
    final AtomicLong lost = new AtomicLong();

    /** Waiting for room in the ring. Control. */
    final AtomicLong overflow = new AtomicLong();

    /** Changes that are in durable commits, or were so already. Historian. */
    final AtomicLong written = new AtomicLong();

    /** Hosts' own words, which go into the hour's mark if they still stand then. Historian. */
    final AtomicLong folded = new AtomicLong();

    /** Intermediate states of a binding that were skipped under pressure after the ring. Historian. */
    final AtomicLong coalescedLate = new AtomicLong();

    /** Durable commits. Historian. */
    final AtomicLong commits = new AtomicLong();

    /** Durable batches: packs written and refs moved. Historian. */
    final AtomicLong batches = new AtomicLong();

    /** Times that a batch could not be made durable and was put off. Historian. */
    final AtomicLong failures = new AtomicLong();

    /** Expiry branches merged, and of them those that were fast-forwards. Historian. */
    final AtomicLong expiryMerges = new AtomicLong();

    final AtomicLong expiryFastForwards = new AtomicLong();

    /** Two routers' live MACs for one address, found in merges. Historian. */
    final AtomicLong conflicts = new AtomicLong();

    /** Steady clock: when the first of those that wait was reported, or waited when there was none before. Control. */
    final AtomicLong waitingSinceMicros = new AtomicLong();

    /** Steady clock: when the last of those that are durable was reported. Historian. */
    final AtomicLong durableUpToMicros = new AtomicLong();

    public long reported() {
        return reported.get();
    }

    public long written() {
        return written.get();
    }

    public long folded() {
        return folded.get();
    }

    public long coalesced() {
        return coalescedEarly.get() + coalescedLate.get();
    }

    public long lost() {
        return lost.get();
    }

    /** Changes that are not durable yet. */
    public long waiting() {
        return Math.max(0, -written() - folded() - coalesced() - lost() + reported());
    }

    public long commits() {
        return commits.get();
    }

    public long batches() {
        return batches.get();
    }

    public long failures() {
        return failures.get();
    }

    public long expiryMerges() {
        return expiryMerges.get();
    }

    public long expiryFastForwards() {
        return expiryFastForwards.get();
    }

    public long conflicts() {
        return conflicts.get();
    }

    /**
     * How long the oldest change has been waiting to be durable, wherever it waits.
     *
     * @param nowMicros of the steady clock
     */
    public long lagMicros(final long nowMicros) {
        final long since = Math.max(waitingSinceMicros.get(), durableUpToMicros.get());
        return waiting() == 0 ? 0 : Math.max(0, nowMicros - since);
    }
}
