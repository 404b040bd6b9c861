package org.portolan.bench.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.portolan.control.history.retain.Compaction;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.retain.Retention;
import org.portolan.control.history.retain.Upkeep;
import org.portolan.control.history.store.HistoryRepository;

/** Durable commits a second into a table of ten thousand, and what a change takes on the disk once it is packed. */
final class CommitRate {
    private static final int KEEP_DAYS = 366;
    private static final long MAX_BYTES = 1L << 40;
    private static final long LATER_MS = 11 * 60_000L;
    private static final int ROUNDS_OF_UPKEEP = 3;

    private CommitRate() {}

    /**
     * What one round gave.
     *
     * @param bytesAChange packs and indexes, after packing
     * @param packS time that the packing took
     */
    record Result(double commitsPerSecond, double bytesAChange, double packS) {}

    /**
     * One round in a repository of its own.
     *
     * @param commitsInBatch each batch is fsynced once
     */
    static Result run(final Path repository, final int batches, final int commitsInBatch) throws IOException {
        final long nowMs = System.currentTimeMillis();
        try (HistoryRepository history = HistoryRepository.open(repository, SampleBindings.ROUTER, nowMs / 1_000)) {
            final SampleBindings bindings = new SampleBindings(history, nowMs / 1_000);
            bindings.addAll();
            keepAsTheyAre(history);
            final Marks marks = Marks.open(history.git(), history.primary());
            final Retention.Limits limits = new Retention.Limits(KEEP_DAYS, MAX_BYTES);
            try (Upkeep upkeep =
                    Upkeep.open(history.git(), marks, new Retention.KeptRefs(Set::of), limits, new Silent())) {
                final long bytesBefore = upkeep.bytes();
                final long beganNs = System.nanoTime();
                for (int i = 0; i < batches; i++) {
                    bindings.change(commitsInBatch);
                }
                final double seconds = (System.nanoTime() - beganNs) / 1e9;
                final double packS = pack(upkeep, nowMs);
                final int commits = batches * commitsInBatch;
                return new Result(commits / seconds, (double) (upkeep.bytes() - bytesBefore) / commits, packS);
            }
        }
    }

    /** A pack with a file .keep is left alone. Else what the table took would get smaller, and the changes seem so. */
    private static void keepAsTheyAre(final HistoryRepository history) throws IOException {
        try (DirectoryStream<Path> packs =
                Files.newDirectoryStream(history.path().resolve("objects/pack"), "*.pack")) {
            for (final Path pack : packs) {
                Files.createFile(
                        pack.resolveSibling(pack.getFileName().toString().replace(".pack", ".keep")));
            }
        }
    }

    /** Until there is nothing left to do; then it is some minutes later, and looks again. */
    private static double pack(final Upkeep upkeep, final long nowMs) throws IOException {
        final long beganNs = System.nanoTime();
        for (int i = 1; i <= ROUNDS_OF_UPKEEP; i++) {
            boolean more = true;
            while (more) {
                more = upkeep.step(nowMs + i * LATER_MS, (nowMs + i * LATER_MS) / 1_000, () -> {});
            }
        }
        return (System.nanoTime() - beganNs) / 1e9;
    }

    private static final class Silent implements Upkeep.Listener {
        @Override
        public void compacted(final Compaction.Compacted done) {}

        @Override
        public void retained(final Retention.Report done) {}
    }
}
