package org.portolan.control.history;

import java.io.File;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.query.HistoryStatus.Unit;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.store.HistoryRepository;

/** How the history is doing, for operators. Any thread. */
final class HistoryReport {
    private static final long MILLI_MICROS = 1_000;
    private static final int SHORT_ID = 10;

    private final HistoryRepository repository;
    private final HistoryCounters counters;
    private final Historian historian;
    private final Marks marks;
    private final Peers peers;
    private final Clocks clocks;
    private final Inspection inspection;

    HistoryReport(
            final HistoryRepository repository,
            final HistoryCounters counters,
            final Historian historian,
            final Marks marks,
            final Peers peers,
            final Inspection inspection,
            final Clocks clocks) {
        this.repository = repository;
        this.counters = counters;
        this.historian = historian;
        this.marks = marks;
        this.peers = peers;
        this.inspection = inspection;
        this.clocks = clocks;
    }

    HistoryStatus status() {
        final HistoryStatus.Builder status = new HistoryStatus.Builder()
                .word("path", "repository", repository.path().toString())
                .word("state", "state", historian.stopped().isEmpty() ? "writing" : "stands still")
                .word("stopped", "why it stands still", historian.stopped())
                .word("unsettled", "written, but", repository.trouble())
                .word("damage", "what is damaged", inspection.fault())
                .word(
                        "head",
                        "head of primary",
                        repository.primary().abbreviate(SHORT_ID).name());
        changes(status);
        commits(status);
        disk(status);
        status.number("oldest", "kept since", marks.oldest().lineS(), Unit.TIME);
        peers.report(status);
        return status.build();
    }

    private void changes(final HistoryStatus.Builder status) {
        status.number("reported", "changes reported", counters.reported(), Unit.COUNT)
                .number("written", "changes written", counters.written(), Unit.COUNT)
                .number("folded", "hosts' own announcements, kept for the hourly commit", counters.folded(), Unit.COUNT)
                .number("coalesced", "skipped because a later one was written", counters.coalesced(), Unit.COUNT)
                .number("lost", "lost, no room", counters.lost(), Unit.COUNT)
                .number("waiting", "waiting to be written", counters.waiting(), Unit.COUNT)
                .number(
                        "lag_ms",
                        "age of the oldest that waits, ms",
                        counters.lagMicros(clocks.steady()) / MILLI_MICROS,
                        Unit.COUNT);
    }

    private void commits(final HistoryStatus.Builder status) {
        status.number("commits", "commits written", counters.commits(), Unit.COUNT)
                .number("batches", "in batches", counters.batches(), Unit.COUNT)
                .number("failures", "batches postponed", counters.failures(), Unit.COUNT)
                .number("gaps", "questions that met damage", inspection.metCount(), Unit.COUNT)
                .number("expiry_merges", "expiry branches merged", counters.expiryMerges(), Unit.COUNT)
                .number("expiry_fast_forwards", "of them fast-forwards", counters.expiryFastForwards(), Unit.COUNT)
                .number("conflicts", "conflicts in peers' merges", counters.conflicts(), Unit.COUNT);
    }

    private void disk(final HistoryStatus.Builder status) {
        final File[] files = repository.path().resolve("objects/pack").toFile().listFiles();
        long bytes = 0;
        long packs = 0;
        for (final File file : files == null ? new File[0] : files) {
            bytes += file.length();
            packs += file.getName().endsWith(".pack") ? 1 : 0;
        }
        status.number("packs", "packs", packs, Unit.COUNT).number("bytes", "on the disk", bytes, Unit.BYTES);
    }
}
