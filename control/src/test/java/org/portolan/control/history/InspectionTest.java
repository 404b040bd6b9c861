package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.store.HistoryRepository;

/** When the commits are read again, which is seen by the pauses in it. */
final class InspectionTest {
    private static final long NOW_S = 1_764_000_000L;
    private static final long MINUTE_MICROS = 60_000_000;

    @TempDir
    private Path directory;

    private HistoryRepository repository;
    private Inspection inspection;
    private Path spare;
    private long nowMicros;
    private int pauses;

    @BeforeEach
    void inspectARepositoryWithASparePack() throws IOException {
        repository = HistoryRepository.open(directory.resolve("g"), "edge-1", NOW_S);
        inspection = new Inspection(
                repository, Marks.open(repository.git(), repository.primary()), new Inspection.Listener() {
                    @Override
                    public void damaged(final String fault) {
                        throw new AssertionError(fault);
                    }

                    @Override
                    public void whole() {
                        throw new AssertionError("nothing was damaged");
                    }
                });
        spare = copy("pack-0123456789012345678901234567890123456789");
        assertThat(readsCommits()).isTrue();
        assertThat(readsCommits()).isFalse();
    }

    @AfterEach
    void close() throws IOException {
        repository.close();
    }

    private Path copy(final String name) throws IOException {
        final Path packs =
                repository.git().getObjectDatabase().getPackDirectory().toPath();
        try (var files = Files.newDirectoryStream(packs, "pack-*.{pack,idx}")) {
            for (final Path file : files) {
                Files.copy(file, packs.resolve(name + file.toString().replaceFirst(".*\\.", ".")));
            }
        }
        return packs.resolve(name + ".pack");
    }

    private void deleteSpare() throws IOException {
        Files.delete(spare.resolveSibling(spare.getFileName().toString().replace(".pack", ".idx")));
        Files.delete(spare);
    }

    private boolean readsCommits() throws IOException {
        pauses = 0;
        nowMicros += MINUTE_MICROS;
        inspection.step(nowMicros, () -> pauses++);
        return pauses > 0;
    }

    @Test
    void shouldReadTheCommitsAgainWhenSomebodyRemovedAPack() throws IOException {
        deleteSpare();
        assertThat(readsCommits()).isTrue();
        assertThat(readsCommits()).isFalse();
    }

    /** At each merge of packs it would read 32,768 commits: a third of all that the historian does in a year. */
    @Test
    void shouldNotReadThemForAPackThatTheRouterItselfDeletes() throws IOException {
        inspection.forget(spare);
        deleteSpare();
        assertThat(readsCommits()).isFalse();
    }
}
