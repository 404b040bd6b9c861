package org.portolan.dataplane.io.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * The driver against a kernel in memory; the real one's part is asserted end to end, by the bench module's TapE2eTest.
 */
class TapIoTest {
    private static final long MAC = 0x0250_C0A8_0101L;
    private static final long SEGMENTED = Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_TCP4, 1448, 34, 16);
    private static final int LARGE_BYTES = 65_549;

    private final FakeTap kernel = new FakeTap();
    private final TapIo tap = new TapIo(kernel, new NetworkDevice(1, "tap0", MAC, 1500, true, false, List.of()));
    private final FrameBatch batch = new FrameBatch(64);
    private final Slab memory = Slab.allocate(1 << 17, "a frame");
    private final long frame = memory.address();

    @AfterEach
    void close() {
        tap.close();
        memory.close();
        assertThat(kernel.closed).isTrue();
    }

    private static byte[] bytes(final int length, final int value) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void shouldReceiveFramesOfEverySizeWithTheirOffloads() {
        final int[] lengths = {1, 14, 60, 61, 1514, LARGE_BYTES, 60};
        for (int i = 0; i < lengths.length; i++) {
            kernel.arrive(bytes(lengths[i], i), lengths[i] == LARGE_BYTES ? SEGMENTED : Offload.NONE);
        }
        assertThat(tap.receive(batch)).isEqualTo(lengths.length);
        for (int i = 0; i < lengths.length; i++) {
            final long at = batch.frame(i).address();
            final int length = batch.frame(i).length();
            assertThat(length).isEqualTo(lengths[i]);
            assertThat(batch.frame(i).offload()).isEqualTo(length == LARGE_BYTES ? SEGMENTED : Offload.NONE);
            assertThat((at - VirtioHeader.BYTES) % Memory.CACHE_LINE_BYTES)
                    .as("the virtio header's place")
                    .isZero();
            assertThat(Memory.u8(at)).isEqualTo(i);
            assertThat(Memory.u8(at + length - 1)).isEqualTo(i);
            Memory.zero(
                    at - FrameIo.HEADROOM_BYTES, FrameIo.HEADROOM_BYTES + Math.max(length, FrameIo.LEAST_ROOM_BYTES));
        }
        tap.release();
    }

    @Test
    void shouldLeaveForTheNextBatchWhatItHasNoRoomFor() {
        for (int i = 0; i < 40; i++) {
            kernel.arrive(bytes(LARGE_BYTES, i), SEGMENTED);
        }
        int next = 0;
        int batches = 0;
        for (int received = tap.receive(batch); received > 0; received = tap.receive(batch)) {
            for (int i = 0; i < received; i++) {
                assertThat(Memory.u8(batch.frame(i).address() + LARGE_BYTES - 1))
                        .isEqualTo(next++);
            }
            tap.release();
            batch.clear();
            batches++;
        }
        assertThat(next).isEqualTo(40);
        assertThat(batches).isGreaterThan(2);
    }

    @Test
    void shouldSendTheHeaderBeforeTheFrame() {
        for (int i = 0; i < LARGE_BYTES; i++) {
            Memory.putU8(frame + i, i);
        }
        assertThat(tap.send(frame, 60, Offload.NONE)).isZero();
        assertThat(tap.send(frame, LARGE_BYTES, SEGMENTED)).isZero();
        assertThat(tap.send(frame, 60, Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 16)))
                .isZero();
        assertThat(kernel.wire).extracting(sent -> sent.frame().length).containsExactly(60, LARGE_BYTES, 60);
        assertThat(kernel.wire.get(1).offload()).isEqualTo(SEGMENTED);
        assertThat(kernel.wire.get(1).frame()[LARGE_BYTES - 1]).isEqualTo((byte) (LARGE_BYTES - 1));
        assertThat(kernel.wire.get(2).offload()).isEqualTo(Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 16));
        assertThat(tap.isBacklogged()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        Errno.EAGAIN + ",TRANSMIT_RING_FULL",
        Errno.ENOBUFS + ",TRANSMIT_RING_FULL",
        Errno.ENOMEM + ",TRANSMIT_RING_FULL",
        Errno.EIO + ",EGRESS_DOWN",
        Errno.EBADFD + ",EGRESS_DOWN",
        Errno.EINVAL + ",TRANSMIT_REFUSED",
        Errno.EMSGSIZE + ",TRANSMIT_REFUSED"
    })
    void shouldNameWhyAFrameDidNotLeaveAndSendTheNext(final int errno, final DropReason reason) {
        kernel.errno = errno;
        assertThat(tap.send(frame, 60, Offload.NONE)).isEqualTo(reason.code);
        kernel.errno = 0;
        tap.flush(0);
        tap.flush(TapIo.PROBE_NS);
        assertThat(tap.send(frame, 60, Offload.NONE)).isZero();
        assertThat(kernel.wire).hasSize(1);
    }

    @Test
    void shouldRefuseAFrameWithoutAnEthernetHeader() {
        assertThat(tap.send(frame, 13, Offload.NONE)).isEqualTo(DropReason.TRANSMIT_REFUSED.code);
        assertThat(kernel.writes).isZero();
    }

    /** A device that stays down costs one failing call each 10 ms, however many frames there are for it. */
    @Test
    void shouldProbeADeviceThatIsDownAndRecoverWithoutHelp() {
        kernel.errno = Errno.EIO;
        for (long nowNs = 0; nowNs < 1_000_000_000; nowNs += 100_000) {
            tap.send(frame, 60, Offload.NONE);
            tap.flush(nowNs);
        }
        assertThat(kernel.writes).isBetween(50, 101);
        kernel.errno = 0;
        int sent = 0;
        for (long nowNs = 1_000_000_000; nowNs < 1_030_000_000; nowNs += 100_000) {
            sent += tap.send(frame, 60, Offload.NONE) == 0 ? 1 : 0;
            tap.flush(nowNs);
        }
        assertThat(sent).isGreaterThan(190);
        assertThat(tap.isDown()).isFalse();
    }

    @Test
    void shouldSendAtOnceWhenTheLinkIsReportedUp() {
        kernel.errno = Errno.EIO;
        tap.send(frame, 60, Offload.NONE);
        assertThat(tap.isDown()).isTrue();
        kernel.errno = 0;
        tap.linkUp();
        assertThat(tap.send(frame, 60, Offload.NONE)).isZero();
    }

    private static NetworkDevice present(final String name, final long mac, final int mtu, final boolean up) {
        return new NetworkDevice(77, name, mac, mtu, up, true, List.of("10.0.0.1/24"));
    }

    @Test
    void shouldReportTheKernelsLinkAndItsOwnMac() {
        final NetworkDevice seen = tap.device(List.of(present("tap0", kernel.kernelMac, 1400, false)))
                .orElseThrow();
        assertThat(seen).isEqualTo(new NetworkDevice(1, "tap0", MAC, 1400, false, false, List.of()));
    }

    /** The kernel's end went to a container and was renamed there; a device here that has its new name is another. */
    @Test
    void shouldFollowATapThatWasMovedAndRenamed() {
        kernel.name = "eth0";
        final NetworkDevice seen = tap.device(List.of(present("eth0", 0x0600_0000_0000L, 9000, false)))
                .orElseThrow();
        assertThat(seen).isEqualTo(new NetworkDevice(1, "tap0", MAC, 1500, true, false, List.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldAskForASuccessorWhenTheTapWasDeleted(final int others) {
        kernel.name = null;
        final List<NetworkDevice> devices =
                others == 0 ? List.of() : List.of(present("tap0", kernel.kernelMac, 1500, true));
        assertThat(tap.device(devices).orElseThrow().index()).isEqualTo(2);
    }
}
