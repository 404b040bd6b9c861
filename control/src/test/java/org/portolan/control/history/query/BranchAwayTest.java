package org.portolan.control.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While git packs refs, the branch is in neither place for a moment: the question is answered all the same. */
@Timeout(60)
final class BranchAwayTest {
    private static final long MONTH_S = 30 * 86_400L;

    @TempDir
    private Path directory;

    private SampleRouter edge;

    @BeforeEach
    void begin() throws IOException {
        edge = new SampleRouter(directory.resolve("edge-1.git"), "edge-1", SampleRouter.BEGIN_S);
    }

    @AfterEach
    void end() throws IOException {
        edge.close();
    }

    @Test
    void shouldWaitForTheBranchWhileGitPacksRefs() throws Exception {
        final HistoryQuery query = new HistoryQuery(
                edge.git(),
                new WalkingTimeIndex(edge.git(), 7),
                MONTH_S,
                () -> new HistoryStatus(List.of(), List.of()));
        final Path branch = edge.path().resolve("refs/heads/primary");
        final Path away = Files.move(branch, directory.resolve("away"));
        final Thread back = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(60);
                Files.move(away, branch);
            } catch (final IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(query.graph(9, true, () -> {}).commits()).isNotEmpty();
        back.join();
    }
}
