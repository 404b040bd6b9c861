package org.portolan.dataplane.io.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.system.Errno;

/** The receive ring against a kernel in memory. */
class ReceiveRingTest {
    private static final int FRAME_BYTES = 1518;
    private static final int LARGE_BYTES = 20_000;

    private final RingGeometry geometry = ReceiveRing.geometry(FRAME_BYTES, 32);
    private final int slots = geometry.slots();
    private final FakeKernel kernel = new FakeKernel(geometry);
    private final ReceiveRing ring = new ReceiveRing(kernel, kernel.ringAddress(), geometry);
    private final FrameBatch batch = new FrameBatch(64);

    ReceiveRingTest() {
        ring.startReceiving(1);
    }

    @AfterEach
    void close() {
        ring.close();
    }

    private void arrive(final int number, final int length) {
        final byte[] frame = new byte[length];
        frame[0] = (byte) number;
        frame[length - 1] = (byte) number;
        kernel.arrive(frame);
    }

    /** The numbers of a batch's frames; each frame has its number at both ends. */
    private List<Integer> receive() {
        batch.clear();
        ring.receive(batch);
        final List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            final Frame frame = batch.frame(i);
            assertThat(frame.state()).isZero();
            final int number = Memory.u8(frame.address());
            assertThat(Memory.u8(frame.address() + frame.length() - 1)).isEqualTo(number);
            numbers.add(number);
        }
        return numbers;
    }

    /** What a stage or a driver writes before a frame reaches neither the kernel's header nor another frame. */
    @Test
    void shouldGiveEachFrameItsHeadroom() {
        final int[] lengths = {60, FRAME_BYTES, LARGE_BYTES, 60, LARGE_BYTES, FRAME_BYTES};
        for (int i = 0; i < lengths.length; i++) {
            arrive(i, lengths[i]);
        }
        assertThat(receive()).containsExactly(0, 1, 2, 3, 4, 5);
        for (int i = 0; i < batch.size(); i++) {
            final long frame = batch.frame(i).address();
            assertThat((frame - VirtioHeader.BYTES) % Memory.CACHE_LINE_BYTES)
                    .as("the virtio header's place")
                    .isZero();
            Memory.zero(frame - FrameIo.HEADROOM_BYTES, FrameIo.HEADROOM_BYTES);
        }
        for (int i = 0; i < batch.size(); i++) {
            final Frame frame = batch.frame(i);
            assertThat(frame.length()).isEqualTo(lengths[i]);
            assertThat(Memory.u8(frame.address())).isEqualTo(i);
            assertThat(Memory.u8(frame.address() + frame.length() - 1)).isEqualTo(i);
        }
        assertThat(kernel.headersAreWhole(3)).isTrue();
    }

    @Test
    void shouldReadOnInOrderOverTheRingsEnd() {
        int sent = 0;
        int expected = 0;
        for (int round = 0; round < 3 * slots; round++) {
            for (int i = 0; i < 5; i++) {
                arrive(sent++ % 200, 60 + i);
            }
            for (final int number : receive()) {
                assertThat(number).isEqualTo(expected++ % 200);
            }
            ring.release();
        }
        assertThat(expected).isEqualTo(sent);
        assertThat(kernel.lost()).isZero();
    }

    @Test
    void shouldComeBackAfterAReaderThatStalled() {
        for (int i = 0; i < slots + 10; i++) {
            arrive(i % 200, 60);
        }
        assertThat(kernel.lost()).isEqualTo(10);
        assertThat(ring.takeLost()).isEqualTo(10);
        assertThat(ring.takeLost()).isZero();
        int read = 0;
        for (List<Integer> numbers = receive(); !numbers.isEmpty(); numbers = receive()) {
            read += numbers.size();
            ring.release();
        }
        assertThat(read).isEqualTo(slots);
        arrive(77, 60);
        assertThat(receive()).containsExactly(77);
    }

    @Test
    void shouldLendNoSlotTwiceWhileNoneIsGivenBack() {
        for (int i = 0; i < slots; i++) {
            arrive(i % 200, 60);
        }
        int lent = 0;
        for (int size = receive().size(); size > 0; size = receive().size()) {
            lent += size;
        }
        assertThat(lent).isEqualTo(slots);
    }

    @Test
    void shouldFetchLargeFramesFromTheQueueAndLetTheRestWaitForTheNextBatch() {
        for (int i = 0; i < 20; i++) {
            arrive(i, LARGE_BYTES + i);
        }
        final List<Integer> all = new ArrayList<>(receive());
        assertThat(all).as("buffers for large frames").hasSize(16);
        ring.release();
        all.addAll(receive());
        assertThat(all).hasSize(20).isSorted();
    }

    /** The error would be read in place of a frame, and each later large frame would be the one before. */
    @Test
    void shouldGiveEachSlotItsOwnLargeFrameAfterAFlap() {
        arrive(1, LARGE_BYTES);
        kernel.keepError(Errno.ENETDOWN);
        arrive(2, LARGE_BYTES);
        assertThat(receive()).containsExactly(1, 2);
        ring.release();
        arrive(3, LARGE_BYTES);
        assertThat(receive()).containsExactly(3);
    }

    @Test
    void shouldReadTheErrorThatPollReports() {
        kernel.keepError(Errno.ENETDOWN);
        ring.clearError();
        assertThat(kernel.takeError()).isZero();
    }

    @Test
    void shouldKeepWhatItHoldsWhenItReceivesNoMore() {
        arrive(1, 60);
        ring.stopReceiving();
        arrive(2, 60);
        assertThat(receive()).containsExactly(1);
        ring.release();
        ring.resumeReceiving();
        arrive(3, 60);
        assertThat(receive()).containsExactly(3);
    }
}
