package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.store.StockGit;

class CompactionTest {
    private static final long NOW_MS = 1_764_100_000_000L;

    @TempDir
    Path directory;

    private Path path;
    private Chronicle chronicle;
    private PackShelf shelf;
    private Compaction compaction;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("edge-1.git");
        chronicle = new Chronicle(path, "edge-1", 200);
        shelf = new PackShelf(chronicle.git());
        compaction = new Compaction(shelf);
    }

    @AfterEach
    void close() throws IOException {
        chronicle.close();
    }

    @Test
    void shouldMakeOnePackOfThirtyTwo() throws IOException {
        chronicle.writeSingly(30, 10);
        assertThat(compaction.step(NOW_MS, Pause.NONE)).isEmpty();
        chronicle.writeSingly(1, 10);
        final String log = StockGit.run(path, "log", "-p", "--all");
        final Optional<Compacted> compacted = compaction.step(NOW_MS, Pause.NONE);
        assertThat(compacted).hasValueSatisfying(done -> {
            assertThat(done.packs()).isEqualTo(32);
            assertThat(done.objects()).isEqualTo(objects());
            assertThat(done.bytesAfter()).isLessThan(done.bytesBefore() / 2);
        });
        assertThat(shelf.live()).hasSize(1);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "log", "-p", "--all")).isEqualTo(log);
        while (shelf.deleteOne(NOW_MS + PackShelf.KEPT_MS)) {}
        assertThat(path.resolve("objects/pack").toFile().list()).hasSize(2);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "log", "-p", "--all")).isEqualTo(log);
    }

    private long objects() {
        return StockGit.run(path, "rev-list", "--all", "--objects").lines().count();
    }
}
