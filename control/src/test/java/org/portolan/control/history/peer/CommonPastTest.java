package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.Batch;

final class CommonPastTest {
    @TempDir
    private Path directory;

    private long nowNs;

    /** Each look at the clock is a walk's beginning or its end. */
    private long slowly() {
        nowNs += TimeUnit.MILLISECONDS.toNanos(CommonPast.LONGEST_WALK_MS) * 2 / 5;
        return nowNs;
    }

    @Test
    void shouldWalkNoMoreWhenTheTimeOfTheMeetingIsUsedUp() throws IOException {
        try (Scribble edge = new Scribble(directory.resolve("g"), "edge-1")) {
            final ObjectId first = edge.head();
            edge.grow(3);
            try (Batch batch = edge.history.batch()) {
                final CommonPast common = new CommonPast(batch, this::slowly);
                for (int walk = 0; walk < 3; walk++) {
                    assertThat(common.bases(edge.head(), first)).containsExactly(first);
                }
                assertThat(common.bases(edge.head(), first)).isEmpty();
                assertThat(new CommonPast(batch, this::slowly).bases(edge.head(), first))
                        .as("the next meeting")
                        .containsExactly(first);
            }
        }
    }
}
