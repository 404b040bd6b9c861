package org.portolan.dataplane.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SharedWordTest {
    private static final int ROUNDS = 20_000;

    private final Slab slab = Slab.allocate(128, "test");
    private final long word = slab.address();
    private final long data = slab.address() + Memory.CACHE_LINE_BYTES;

    @AfterEach
    void close() {
        slab.close();
    }

    @Test
    void shouldReadBackWhatWasPublished() {
        SharedWord.publishLong(word, 0x8000_0000_0000_0001L);
        assertThat(SharedWord.observeLong(word)).isEqualTo(0x8000_0000_0000_0001L);
        assertThat(SharedWord.peekLong(word)).isEqualTo(Memory.longAt(word));
        SharedWord.publishInt(word + 4, -7);
        assertThat(SharedWord.observeInt(word + 4)).isEqualTo(-7).isEqualTo(SharedWord.peekInt(word + 4));
    }

    @Test
    void shouldRefuseAWordThatIsNotAligned() {
        assertThatThrownBy(() -> SharedWord.observeLong(word + 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedWord.publishInt(word + 2, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The writer never runs ahead of what the reader took, so every value can be compared. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void shouldShowAllThatWasWrittenBeforeAPublish() throws InterruptedException {
        final Thread writer = Thread.ofPlatform().start(() -> {
            for (int round = 1; round <= ROUNDS; round++) {
                while (SharedWord.observeLong(word + 8) != round - 1) {
                    Thread.onSpinWait();
                }
                Memory.putLong(data, round * 31L);
                SharedWord.publishLong(word, round);
            }
        });
        for (int round = 1; round <= ROUNDS; round++) {
            while (SharedWord.observeLong(word) != round) {
                Thread.onSpinWait();
            }
            assertThat(Memory.longAt(data)).isEqualTo(round * 31L);
            SharedWord.publishLong(word + 8, round);
        }
        writer.join();
    }
}
