package org.portolan.dataplane.io.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;

/** The driver's three sockets together, each with a kernel in memory behind it. */
class PacketRingTest {
    private static final int FRAME_BYTES = 1518;
    private static final int SMALL_BYTES = 60;
    private static final int LARGE_BYTES = 30_000;
    private static final long SEGMENTED = Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_TCP4, 1448, 34, 16);

    private final FakeKernel arriving = new FakeKernel(ReceiveRing.geometry(FRAME_BYTES, 32));
    private final FakeKernel leaving = new FakeKernel(TransmitRing.geometry(FRAME_BYTES, 32));
    private final FakeKernel large = new FakeKernel();
    private final PacketRing ring = ring(arriving, leaving, large);
    private final Slab memory = Slab.allocate(FrameIo.HEADROOM_BYTES + 65_536, "a frame");
    private final long frame = memory.address() + FrameIo.HEADROOM_BYTES;

    private static PacketRing ring(final FakeKernel arriving, final FakeKernel leaving, final FakeKernel large) {
        return new PacketRing(
                new ReceiveRing(arriving, arriving.ringAddress(), ReceiveRing.geometry(FRAME_BYTES, 32)),
                new TransmitRing(leaving, leaving.ringAddress(), TransmitRing.geometry(FRAME_BYTES, 32)),
                large,
                1500);
    }

    @AfterEach
    void close() {
        ring.close();
        memory.close();
    }

    @Test
    void shouldSendALargeFrameBehindTheFramesBeforeIt() {
        assertThat(ring.send(frame, SMALL_BYTES, Offload.NONE)).isZero();
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isZero();
        assertThat(leaving.wire()).as("before any flush").hasSize(1);
        assertThat(large.wire()).hasSize(1);
        assertThat(large.wire().getFirst()).hasSize(LARGE_BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        Errno.EAGAIN + ",TRANSMIT_RING_FULL",
        Errno.ENOBUFS + ",TRANSMIT_RING_FULL",
        Errno.ENETDOWN + ",EGRESS_DOWN",
        Errno.ENXIO + ",EGRESS_DOWN",
        Errno.EMSGSIZE + ",TRANSMIT_REFUSED",
        Errno.EINVAL + ",TRANSMIT_REFUSED",
        Errno.EIO + ",TRANSMIT_REFUSED",
        Errno.EPERM + ",TRANSMIT_REFUSED"
    })
    void shouldNameWhyALargeFrameDidNotLeaveAndSendTheNext(final int errno, final DropReason reason) {
        large.deviceFails(errno);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(reason.code);
        large.deviceFails(0);
        ring.flush(TransmitRing.PROBE_NS);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isZero();
        assertThat(large.wire()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENETDOWN, Errno.ENXIO})
    void shouldKnowFromALargeFrameThatTheDeviceIsDownAndProbeIt(final int errno) {
        large.deviceFails(errno);
        leaving.deviceFails(errno);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(DropReason.EGRESS_DOWN.code);
        assertThat(ring.isDown()).isTrue();
        assertThat(ring.isBacklogged()).isTrue();
        final int sends = large.sends();
        for (int i = 0; i < 100; i++) {
            assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(DropReason.EGRESS_DOWN.code);
        }
        assertThat(large.sends()).isEqualTo(sends);
        ring.flush(TransmitRing.PROBE_NS);
        assertThat(ring.isDown()).isTrue();
        large.deviceFails(0);
        leaving.deviceFails(0);
        ring.flush(2 * TransmitRing.PROBE_NS);
        assertThat(ring.isDown()).isFalse();
        assertThat(ring.isBacklogged()).isFalse();
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isZero();
    }

    @Test
    void shouldRefuseAFrameBeyondTheSlotsThatIsNotSegmented() {
        large.refuse(Errno.EMSGSIZE, bytes -> bytes.length > 1514);
        assertThat(ring.send(frame, 2_000, Offload.NONE)).isEqualTo(DropReason.TRANSMIT_REFUSED.code);
        assertThat(ring.send(frame, SMALL_BYTES, Offload.NONE)).isZero();
        ring.flush(0);
        assertThat(leaving.wire()).hasSize(1);
    }

    @Test
    void shouldKeepAFlowsOrderWhileTheRingStands() {
        leaving.room(0);
        ring.send(frame, SMALL_BYTES, Offload.NONE);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(DropReason.TRANSMIT_RING_FULL.code);
        assertThat(large.sends()).isZero();
        leaving.room(1);
        ring.flush(0);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isZero();
        assertThat(leaving.wire()).hasSize(1);
        assertThat(large.wire()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        Errno.ENETDOWN + ",EGRESS_DOWN",
        Errno.ENXIO + ",EGRESS_DOWN",
        Errno.EAGAIN + ",TRANSMIT_RING_FULL",
        Errno.ENOBUFS + ",TRANSMIT_RING_FULL"
    })
    void shouldLeaveTheTriesToFlushWhileTheRingStands(final int errno, final DropReason reason) {
        leaving.deviceFails(errno);
        ring.send(frame, SMALL_BYTES, Offload.NONE);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(reason.code);
        final int sends = leaving.sends();
        for (int i = 0; i < 100; i++) {
            assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(reason.code);
        }
        ring.flush(0);
        assertThat(leaving.sends() - sends).as("one flush's").isLessThanOrEqualTo(2);
        final int flushed = leaving.sends();
        for (int i = 0; i < 100; i++) {
            assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isEqualTo(reason.code);
        }
        assertThat(leaving.sends()).isEqualTo(flushed);
        assertThat(large.sends()).isZero();
        leaving.deviceFails(0);
        ring.flush(TransmitRing.PROBE_NS);
        assertThat(leaving.wire()).hasSize(1);
        assertThat(ring.send(frame, LARGE_BYTES, SEGMENTED)).isZero();
    }

    @Test
    void shouldReceiveEachFrameOnceOverAChangeOfRings() {
        final FakeKernel laterArriving = new FakeKernel(ReceiveRing.geometry(FRAME_BYTES, 32));
        try (PacketRing successor =
                ring(laterArriving, new FakeKernel(TransmitRing.geometry(FRAME_BYTES, 32)), new FakeKernel())) {
            arriving.startReceiving(1);
            for (int number = 0; number < 30; number++) {
                if (number == 10) {
                    successor.succeed(1, ring);
                }
                final byte[] bytes = new byte[SMALL_BYTES];
                bytes[0] = (byte) number;
                arriving.arrive(bytes);
                laterArriving.arrive(bytes);
            }
            final FrameBatch before = new FrameBatch(64);
            final FrameBatch after = new FrameBatch(64);
            assertThat(ring.receive(before)).isEqualTo(10);
            assertThat(successor.receive(after)).isEqualTo(20);
            assertThat(Memory.u8(before.frame(9).address())).isEqualTo(9);
            assertThat(Memory.u8(after.frame(0).address())).isEqualTo(10);
        }
    }
}
