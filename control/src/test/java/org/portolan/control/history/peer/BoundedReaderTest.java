package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BoundedReaderTest {
    private static final int COMMITS = 11;

    private static final long LONG_MS = 60_000;

    @TempDir
    private Path directory;

    @Test
    void shouldReadSoManyCommitsAndNoMore() throws IOException {
        try (Scribble edge = new Scribble(directory.resolve("g"), "edge-1")) {
            edge.grow(COMMITS - 1);
            assertThat(walk(edge, COMMITS, LONG_MS)).isEqualTo(COMMITS);
            assertThatThrownBy(() -> walk(edge, COMMITS, 0))
                    .isInstanceOf(TooLargeException.class)
                    .hasMessage("more commits would have to be walked than there is time for");
            assertThatThrownBy(() -> walk(edge, COMMITS / 2, LONG_MS))
                    .isInstanceOf(TooLargeException.class)
                    .hasMessage("more than 5 commits would have to be walked");
        }
    }

    private static int walk(final Scribble edge, final int most, final long longestMs) throws IOException {
        int commits = 0;
        try (ObjectReader reader = edge.history.git().newObjectReader();
                RevWalk walk = new RevWalk(new BoundedReader(reader, most, longestMs))) {
            walk.markStart(walk.parseCommit(edge.head()));
            for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
                commits++;
            }
        }
        return commits;
    }
}
