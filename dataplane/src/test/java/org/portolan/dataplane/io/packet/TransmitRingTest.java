package org.portolan.dataplane.io.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;

/** The transmit ring against a kernel in memory: what it does after each way in which a kick can fail. */
class TransmitRingTest {
    private static final long MS = 1_000_000;
    private static final int FRAME_BYTES = 1518;
    private static final int SLOTS = 16;
    private static final int BYTES = 60;

    private final RingGeometry geometry = TransmitRing.geometry(FRAME_BYTES, SLOTS);
    private final int slots = geometry.slots();
    private final FakeKernel kernel = new FakeKernel(geometry);
    private final TransmitRing ring = new TransmitRing(kernel, kernel.ringAddress(), geometry);
    private final Slab frame = Slab.allocate(FRAME_BYTES, "a frame");

    /** Later than any clock of the ring's; tests move it. */
    private long nowNs = -5_000 * MS;

    @AfterEach
    void close() {
        ring.close();
        frame.close();
    }

    private int put(final int number) {
        return put(number, BYTES, Offload.NONE, false);
    }

    private int put(final int number, final int length, final long offload, final boolean own) {
        Memory.putU8(frame.address(), number);
        return ring.put(frame.address(), length, offload, own);
    }

    private void putAll(final int... numbers) {
        for (final int number : numbers) {
            assertThat(put(number)).as("frame %d", number).isZero();
        }
    }

    private void refuse(final int errno, final int... numbers) {
        kernel.refuse(errno, bytes -> IntStream.of(numbers).anyMatch(number -> bytes[0] == (byte) number));
    }

    private void flushAfter(final long ns) {
        nowNs += ns;
        ring.flush(nowNs);
    }

    private List<Integer> wire() {
        final List<Integer> numbers = new ArrayList<>();
        kernel.wire().forEach(bytes -> numbers.add(bytes[0] & 0xFF));
        return numbers;
    }

    @Test
    void shouldSendABatchWithOneSystemCall() {
        putAll(1, 2, 3);
        flushAfter(0);
        assertThat(wire()).containsExactly(1, 2, 3);
        assertThat(kernel.sends()).isEqualTo(1);
        assertThat(ring.isBacklogged()).isFalse();
        assertThat(ring.backlog().isChanged()).as("nothing to correct").isFalse();
        flushAfter(MS);
        assertThat(kernel.sends()).as("nothing to hand over, no system call").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldDropOnlyTheRefusedFrameWhereverItStands(final int bad) {
        refuse(Errno.ENOBUFS, bad);
        putAll(1, 2, 3);
        flushAfter(0);
        flushAfter(Patience.FRAME_NS);
        assertThat(wire())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 3)
                        .filter(n -> n != bad)
                        .boxed()
                        .toList());
        assertThat(ring.backlog().refused()).isEqualTo(1);
        assertThat(ring.backlog().waiting()).isZero();
        assertThat(ring.backlog().unsent()).as("of the three that were taken").isEqualTo(1);
        assertThat(ring.isBacklogged()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOBUFS, Errno.EMSGSIZE, Errno.EINVAL, Errno.EIO, Errno.EPERM, Errno.ENOMEM, 9999})
    void shouldGoOnBehindAFrameThatIsRefusedForGood(final int errno) {
        refuse(errno, 1);
        putAll(1, 2);
        flushAfter(0);
        assertThat(wire()).as("it may be congestion").isEmpty();
        flushAfter(Patience.FRAME_NS);
        assertThat(wire()).containsExactly(2);
        assertThat(ring.backlog().refused()).isEqualTo(1);
        putAll(3);
        flushAfter(0);
        assertThat(wire()).containsExactly(2, 3);
    }

    @Test
    void shouldLoseNothingToAQueueThatIsFullForAMoment() {
        refuse(Errno.ENOBUFS, 1, 2, 3);
        putAll(1, 2, 3);
        flushAfter(0);
        assertThat(ring.backlog().waiting()).isEqualTo(3);
        kernel.refuseNothing();
        flushAfter(Patience.FRAME_NS / 2);
        assertThat(wire()).containsExactly(1, 2, 3);
        assertThat(ring.backlog().unsent()).isZero();
    }

    @Test
    void shouldNotBeHeldUpByAFloodOfFramesThatAreRefused() {
        refuse(Errno.ENOBUFS, 99);
        final long startNs = nowNs;
        int sent = 0;
        int refused = 0;
        while (nowNs - startNs < 500 * MS) {
            put(99);
            sent += put(1) == 0 ? 1 : 0;
            flushAfter(50_000);
            refused += ring.backlog().refused();
            ring.backlog().settle();
        }
        // 10,000 pairs; the ring stands still for 20 ms in the whole second.
        assertThat(wire().size()).isGreaterThan(9_500);
        assertThat(refused).isGreaterThan(9_500);
        assertThat(wire()).doesNotContain(99);
        assertThat(sent - wire().size()).isLessThanOrEqualTo(slots);
    }

    @Test
    void shouldNotTryMoreThanABatchOfRefusedFramesInOneFlush() {
        final RingGeometry wide = TransmitRing.geometry(BYTES, 512);
        final FakeKernel far = new FakeKernel(wide);
        try (TransmitRing many = new TransmitRing(far, far.ringAddress(), wide)) {
            far.refuse(Errno.ENOBUFS, bytes -> true);
            // A first frame uses the second's patience up.
            for (int spent = 0; spent <= Patience.BUDGET_NS / Patience.FRAME_NS; spent++) {
                many.put(frame.address(), BYTES, Offload.NONE, false);
                many.flush(nowNs);
                nowNs += Patience.FRAME_NS;
                many.flush(nowNs);
            }
            for (int i = 0; i < 300; i++) {
                many.put(frame.address(), BYTES, Offload.NONE, false);
            }
            final int before = far.sends();
            many.flush(nowNs + TransmitRing.RETRY_NS);
            assertThat(far.sends() - before).isLessThanOrEqualTo(2 * TransmitRing.MOST_REFUSALS + 2);
            assertThat(many.backlog().waiting()).isGreaterThanOrEqualTo(300 - TransmitRing.MOST_REFUSALS);
        }
    }

    @Test
    void shouldSendTheRestAfterEagainThoughNoFrameFollows() {
        kernel.room(2);
        putAll(1, 2, 3, 4);
        flushAfter(0);
        assertThat(wire()).containsExactly(1, 2);
        assertThat(ring.isBacklogged()).isTrue();
        assertThat(ring.backlog().waiting()).isEqualTo(2);
        assertThat(ring.backlog().unsent()).isEqualTo(2);
        flushAfter(50 * MS);
        assertThat(ring.backlog().refused()).as("no frame's fault").isZero();
        kernel.room(10);
        flushAfter(TransmitRing.RETRY_NS);
        assertThat(wire()).containsExactly(1, 2, 3, 4);
        assertThat(ring.backlog().unsent()).isZero();
        assertThat(ring.isBacklogged()).isFalse();
    }

    @Test
    void shouldNotSpinOnADeviceThatHasNoRoom() {
        kernel.room(0);
        putAll(1);
        flushAfter(0);
        final int before = kernel.sends();
        for (int i = 0; i < 1_000; i++) {
            flushAfter(200);
        }
        // 200 us; each try is two calls.
        assertThat(kernel.sends() - before).isLessThanOrEqualTo(2 * 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EAGAIN, Errno.ENETDOWN})
    void shouldNotSendFramesThatHaveBecomeTooOld(final int errno) {
        kernel.deviceFails(errno);
        putAll(1, 2);
        flushAfter(0);
        flushAfter(TransmitRing.OLDEST_NS / 2);
        final boolean down = errno == Errno.ENETDOWN;
        if (!down) {
            putAll(3);
            flushAfter(0);
        }
        flushAfter(TransmitRing.OLDEST_NS / 2 + MS);
        assertThat(ring.backlog().late()).isEqualTo(2);
        kernel.deviceFails(0);
        flushAfter(TransmitRing.PROBE_NS);
        assertThat(wire()).isEqualTo(down ? List.of() : List.of(3));
        putAll(4);
        flushAfter(0);
        assertThat(wire()).isEqualTo(down ? List.of(4) : List.of(3, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENETDOWN, Errno.ENXIO})
    void shouldComeBackByItselfAfterAFlapThatNobodySaw(final int errno) {
        kernel.deviceFails(errno);
        putAll(1);
        flushAfter(0);
        assertThat(ring.isDown()).isTrue();
        assertThat(put(2)).isEqualTo(DropReason.EGRESS_DOWN.code);
        kernel.deviceFails(0);
        flushAfter(TransmitRing.PROBE_NS);
        assertThat(ring.isDown()).isFalse();
        assertThat(wire()).as("it is 10 ms old").containsExactly(1);
        putAll(3);
        flushAfter(0);
        assertThat(wire()).containsExactly(1, 3);
    }

    @Test
    void shouldFindADeviceUpAgainThoughTheRingIsEmpty() {
        kernel.deviceFails(Errno.ENETDOWN);
        putAll(1);
        flushAfter(0);
        flushAfter(TransmitRing.OLDEST_NS + MS);
        assertThat(ring.backlog().waiting()).isZero();
        kernel.deviceFails(0);
        flushAfter(TransmitRing.PROBE_NS);
        assertThat(ring.isDown()).isFalse();
        assertThat(ring.isBacklogged()).isFalse();
        assertThat(wire()).isEmpty();
    }

    @Test
    void shouldProbeADownDeviceAtABoundedRate() {
        kernel.deviceFails(Errno.ENETDOWN);
        putAll(1);
        flushAfter(0);
        final int before = kernel.sends();
        for (int i = 0; i < 100_000; i++) {
            flushAfter(10_000);
        }
        // One second.
        assertThat(kernel.sends() - before).isBetween(2 * 90, 2 * 100);
    }

    @Test
    void shouldTryAtOnceWhenControlHeardOfTheLink() {
        kernel.deviceFails(Errno.ENETDOWN);
        putAll(1);
        flushAfter(0);
        kernel.deviceFails(0);
        ring.linkUp();
        flushAfter(TransmitRing.RETRY_NS);
        assertThat(wire()).containsExactly(1);
    }

    @Test
    void shouldSayWhenTheRingIsFullAndEmptyItLater() {
        kernel.room(0);
        for (int i = 0; i < slots; i++) {
            assertThat(put(i)).isZero();
        }
        assertThat(put(200)).isEqualTo(DropReason.TRANSMIT_RING_FULL.code);
        flushAfter(0);
        assertThat(put(200)).isEqualTo(DropReason.TRANSMIT_RING_FULL.code);
        assertThat(ring.backlog().waiting()).isEqualTo(slots);
        kernel.room(slots);
        flushAfter(TransmitRing.RETRY_NS);
        assertThat(wire()).hasSize(slots);
        assertThat(ring.backlog().unsent()).isZero();
        putAll(7);
    }

    @Test
    void shouldKeepItsPlaceOverTheRingsEnd() {
        int next = 0;
        for (int round = 0; round < 5 * slots; round++) {
            // Each round leaves one behind, refuses one, and moves on by five: every alignment to the end is met.
            kernel.refuse(Errno.ENOBUFS, bytes -> bytes[0] == 99);
            putAll(next % 90);
            put(99);
            putAll((next + 1) % 90, (next + 2) % 90, (next + 3) % 90);
            kernel.room(4);
            flushAfter(0);
            flushAfter(Patience.FRAME_NS);
            kernel.room(100);
            flushAfter(TransmitRing.RETRY_NS);
            next += 4;
        }
        assertThat(wire()).hasSize(next);
        for (int i = 0; i < next; i++) {
            assertThat(wire().get(i)).isEqualTo(i % 90);
        }
        assertThat(ring.backlog().refused()).isEqualTo(5 * slots);
        assertThat(ring.backlog().unsent()).isEqualTo(5 * slots);
    }

    @Test
    void shouldWaitForSlotsThatADeviceStillSendsFrom() {
        kernel.keepSlots(true);
        for (int i = 0; i < slots; i++) {
            put(i);
        }
        flushAfter(0);
        assertThat(ring.backlog().isChanged()).as("they have left").isFalse();
        assertThat(put(1)).isEqualTo(DropReason.TRANSMIT_RING_FULL.code);
        kernel.keepSlots(false);
        assertThat(put(1)).isZero();
    }

    /** With PACKET_LOSS the kernel would pass over such a frame and say nothing, and it would count as sent. */
    @Test
    void shouldRefuseWhatTheKernelWouldPassOver() {
        final long beyond = Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, BYTES - 7, 6);
        assertThat(put(1, BYTES, beyond, false)).isEqualTo(DropReason.TRANSMIT_REFUSED.code);
        assertThat(put(1, 13, Offload.NONE, false)).isEqualTo(DropReason.TRANSMIT_REFUSED.code);
        assertThat(put(1, BYTES, Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, BYTES - 8, 6), false))
                .isZero();
        flushAfter(0);
        assertThat(wire()).containsExactly(1);
    }

    @Test
    void shouldCountTheRoutersOwnFramesApart() {
        refuse(Errno.ENOBUFS, 2, 3);
        putAll(1);
        put(2, BYTES, Offload.NONE, true);
        putAll(3);
        put(4, BYTES, Offload.NONE, true);
        flushAfter(0);
        assertThat(ring.backlog().unsentOwn()).isEqualTo(2);
        assertThat(ring.backlog().unsent()).isEqualTo(1);
        ring.backlog().settle();
        flushAfter(Patience.FRAME_NS);
        flushAfter(Patience.FRAME_NS);
        assertThat(wire()).containsExactly(1, 4);
        assertThat(ring.backlog().lostOwn()).isEqualTo(1);
        assertThat(ring.backlog().refused()).isEqualTo(1);
        assertThat(ring.backlog().unsentOwn()).as("4 has left, 2 was lost").isEqualTo(-1);
        assertThat(ring.backlog().unsentBytes()).isEqualTo(-BYTES);
    }

    @Test
    void shouldGiveUpEverythingWhenItIsReplaced() {
        kernel.room(1);
        putAll(1, 2, 3);
        flushAfter(0);
        ring.abandon();
        assertThat(ring.backlog().abandoned()).isEqualTo(2);
        assertThat(ring.backlog().waiting()).isZero();
    }

    /** A socket that fails whatever is in the ring: frames grow old, nothing is repeated without end. */
    @Test
    void shouldOutliveASocketThatAlwaysFails() {
        kernel.deviceFails(Errno.EBADF);
        putAll(1, 2, 3);
        final int before = kernel.sends();
        for (int i = 0; i < 2_000; i++) {
            flushAfter(MS);
        }
        assertThat(ring.backlog().refused() + ring.backlog().late()).isEqualTo(3);
        assertThat(kernel.sends() - before).isLessThanOrEqualTo(3 * 2_000);
    }
}
