package org.portolan.dataplane.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.memory.Memory;

class FramePoolTest {
    private static final int SLOTS = 5;
    private static final int FRAME_BYTES = 1518;

    private final FramePool pool = new FramePool(SLOTS, FRAME_BYTES);

    @AfterEach
    void free() {
        pool.close();
    }

    /** The table of {@link FrameOwner}. */
    @ParameterizedTest
    @CsvSource({
        "DRIVER,   DRIVER,   false",
        "DRIVER,   PIPELINE, true",
        "DRIVER,   HOLDER,   false",
        "PIPELINE, DRIVER,   true",
        "PIPELINE, PIPELINE, false",
        "PIPELINE, HOLDER,   true",
        "HOLDER,   DRIVER,   false",
        "HOLDER,   PIPELINE, true",
        "HOLDER,   HOLDER,   false"
    })
    void shouldLetAnOwnerGiveAFrameOnlyWhereTheTableSaysSo(
            final FrameOwner from, final FrameOwner to, final boolean allowed) {
        assertThat(from.mayGiveTo(to)).isEqualTo(allowed);
        final int slot = ownedBy(from);
        if (allowed) {
            give(slot, from, to);
            assertThat(pool.owner(slot)).isEqualTo(to);
        } else {
            final int free = pool.free();
            assertThatThrownBy(() -> give(slot, from, to))
                    .hasMessage("frame %d: %s may not give it to %s".formatted(slot, from, to));
            assertThat(pool.owner(slot)).isEqualTo(from);
            assertThat(pool.free()).isEqualTo(free);
        }
    }

    private int ownedBy(final FrameOwner owner) {
        final int slot = pool.take();
        if (owner == FrameOwner.HOLDER) {
            pool.hold(slot);
        } else if (owner == FrameOwner.DRIVER) {
            pool.release(slot);
        }
        return slot;
    }

    private void give(final int slot, final FrameOwner from, final FrameOwner to) {
        if (from == FrameOwner.DRIVER && to == FrameOwner.PIPELINE) {
            assertThat(pool.take()).isEqualTo(slot);
        } else if (to == FrameOwner.HOLDER) {
            pool.hold(slot);
        } else if (to == FrameOwner.PIPELINE) {
            pool.resume(slot);
        } else {
            pool.release(slot);
        }
    }

    @Test
    void shouldGiveEachSlotOnceAndNoneWhenAllAreTaken() {
        final List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            taken.add(pool.take());
        }
        assertThat(taken).containsExactly(0, 1, 2, 3, 4);
        assertThat(pool.free()).isZero();
        assertThat(pool.take()).isEqualTo(FramePool.NONE);
        pool.release(3);
        assertThat(pool.take()).isEqualTo(3);
    }

    /** The bounds-checked build refuses the first byte before, and the first one behind the pool. */
    @Test
    void shouldGiveEachFrameItsHeadroomAndItsLengthAndNothingOfAnothers() {
        for (int slot = 0; slot < SLOTS; slot++) {
            final long frame = pool.address(slot);
            assertThat((frame - VirtioHeader.BYTES) % Memory.CACHE_LINE_BYTES)
                    .as("the virtio header's place")
                    .isZero();
            for (int at = -FrameIo.HEADROOM_BYTES; at < FRAME_BYTES; at++) {
                Memory.putU8(frame + at, slot + 1);
            }
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            final long frame = pool.address(slot);
            for (int at = -FrameIo.HEADROOM_BYTES; at < FRAME_BYTES; at++) {
                assertThat(Memory.u8(frame + at)).isEqualTo(slot + 1);
            }
        }
        assertThat(pool.frameBytes()).isEqualTo(FRAME_BYTES);
        assertThat(pool.slots()).isEqualTo(SLOTS);
    }

    @Test
    void shouldSayOfAFrameWhereItLies() {
        final Frame frame = new Frame();
        frame.set(4096, 60, 0, 7, Frame.TRUNCATED);
        assertThat(frame.slot()).isEqualTo(FramePool.NONE);
        frame.set(pool, 2, 99, Offload.NEEDS_CHECKSUM);
        assertThat(frame.slot()).isEqualTo(2);
        assertThat(frame.address()).isEqualTo(pool.address(2));
        assertThat(frame.length()).isEqualTo(99);
        assertThat(frame.offload()).isEqualTo(Offload.NEEDS_CHECKSUM);
        assertThat(frame.arrivalNs()).isZero();
        assertThat(frame.state()).isZero();
        frame.set(4096, 60, 0, 7, 0);
        assertThat(frame.slot()).isEqualTo(FramePool.NONE);
    }

    @Test
    void shouldKeepEverySlotThroughALongChurn() {
        final SplittableRandom random = new SplittableRandom(7);
        final List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (random.nextBoolean()) {
                final int slot = pool.take();
                assertThat(slot >= 0).isEqualTo(taken.size() < SLOTS);
                if (slot >= 0) {
                    assertThat(taken).doesNotContain(slot);
                    taken.add(slot);
                }
            } else if (!taken.isEmpty()) {
                pool.release(taken.remove(random.nextInt(taken.size())));
            }
            assertThat(pool.free()).isEqualTo(SLOTS - taken.size());
        }
    }

    @Test
    void shouldRefuseSizesThatCannotWork() {
        assertThatThrownBy(() -> new FramePool(0, FRAME_BYTES)).hasMessageContaining("slots 0");
        assertThatThrownBy(() -> new FramePool(1, 63)).hasMessageContaining("frameBytes 63");
    }
}
