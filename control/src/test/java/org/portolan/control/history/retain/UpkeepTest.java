package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.retain.Retention.Report;
import org.portolan.control.history.store.StockGit;

/** What is due is done, whatever else is. */
final class UpkeepTest {
    private static final long DAY_S = 86_400;
    private static final int PACKS_OF_ONE_MERGE = 12;

    @TempDir
    private Path directory;

    private int retained;
    private int compacted;

    @Test
    void shouldShortenTheHistoryWhilePacksComeInFasterThanTheyAreMerged() throws IOException {
        final Path path = directory.resolve("edge-1.git");
        try (Chronicle chronicle = new Chronicle(path, "edge-1", 100)) {
            final Marks marks = Marks.open(chronicle.git(), chronicle.head());
            for (int day = 0; day < 20; day++) {
                marks.advance(chronicle.write(1, DAY_S));
            }
            try (Upkeep upkeep =
                    Upkeep.open(chronicle.git(), marks, new KeptRefs(Set::of), new Limits(7, 0), new Counting())) {
                long nowMs = 0;
                for (int step = 0; step < 6; step++) {
                    chronicle.writeSingly(PACKS_OF_ONE_MERGE, 1);
                    marks.advance(chronicle.head());
                    nowMs += 1_000;
                    upkeep.step(nowMs, chronicle.nowS(), Pause.NONE);
                }
            }
            assertThat(retained).isOne();
            assertThat(compacted).isGreaterThan(2);
            StockGit.requireSound(path);
        }
    }

    private final class Counting implements Upkeep.Listener {
        @Override
        public void compacted(final Compacted done) {
            compacted++;
        }

        @Override
        public void retained(final Report done) {
            retained++;
        }
    }
}
