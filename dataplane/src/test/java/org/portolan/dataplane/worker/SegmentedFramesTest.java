package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Frames that stand for several and whose checksum is complete (hardware GRO, LRO): the kernel sends such a frame only
 * with the pseudo header's sum in it.
 */
class SegmentedFramesTest {
    private static final int PAYLOAD = 4_000;
    private static final int SEGMENT = 1_448;
    private static final int CHECKSUM_AT = 34 + Tcp.CHECKSUM_OFFSET;

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 1_000);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);

    SegmentedFramesTest() {
        rig.wan.keepSent();
    }

    @AfterEach
    void close() {
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        rig.close();
    }

    private byte[] tcp() {
        return inside.segment(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 80, Tcp.ACK, 7, 9, PAYLOAD);
    }

    private static long complete(final int flags, final int segmentation) {
        return Offload.pack(flags, segmentation, SEGMENT, 0, 0);
    }

    private void shouldLeaveWithThePartialSum(final int protocol, final int checksumOffset, final int segmentation) {
        assertThat(rig.counters.droppedAll()).isZero();
        final byte[] sent = rig.wan.sent().getFirst();
        final Received received = new Received(sent);
        final int length = received.totalLength() - 20;
        assertThat(sent).hasSize(34 + length);
        assertThat(received.transport16(checksumOffset))
                .as("the pseudo header's sum")
                .isEqualTo(InternetChecksum.pseudoHeaderSum(WorkerRig.POOL, WorkerRig.SERVER, protocol, length));
        assertThat(rig.wan.sentOffloads().getFirst())
                .isEqualTo(Offload.pack(Offload.NEEDS_CHECKSUM, segmentation, SEGMENT, 34, checksumOffset));
    }

    @Test
    void shouldCarryTcpWhoseChecksumTheKernelHasVerified() {
        rig.lan.arrive(tcp(), complete(Offload.DATA_VALID, Offload.SEGMENT_TCP4), 0);
        rig.run();
        shouldLeaveWithThePartialSum(Ipv4.TCP, Tcp.CHECKSUM_OFFSET, Offload.SEGMENT_TCP4);
    }

    @Test
    void shouldCarryTcpWhoseChecksumIsCompleteAndRight() {
        final int withEcn = Offload.SEGMENT_TCP4 | Offload.SEGMENT_ECN;
        rig.lan.arrive(tcp(), complete(0, withEcn), 0);
        rig.run();
        shouldLeaveWithThePartialSum(Ipv4.TCP, Tcp.CHECKSUM_OFFSET, withEcn);
    }

    @Test
    void shouldCarryUdpWhoseChecksumIsComplete() {
        final byte[] udp = inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 443, PAYLOAD);
        rig.lan.arrive(udp, complete(Offload.DATA_VALID, Offload.SEGMENT_UDP), 0);
        rig.run();
        shouldLeaveWithThePartialSum(Ipv4.UDP, 6, Offload.SEGMENT_UDP);
    }

    @Test
    void shouldNotMakeAWrongChecksumARightOne() {
        final byte[] wrong = tcp();
        wrong[CHECKSUM_AT] ^= 1;
        rig.lan.arrive(wrong, complete(0, Offload.SEGMENT_TCP4), 0);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.OFFLOAD_MALFORMED)).isEqualTo(1);
    }

    @Test
    void shouldDropSegmentedUdpWithoutAChecksum() {
        final byte[] none = inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 443, PAYLOAD);
        Arrays.fill(none, 40, 42, (byte) 0);
        rig.lan.arrive(none, complete(Offload.DATA_VALID, Offload.SEGMENT_UDP), 0);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.OFFLOAD_MALFORMED)).isEqualTo(1);
    }

    @Test
    void shouldDropSegmentedFramesOfAnotherProtocolThanTheySay() {
        rig.lan.arrive(tcp(), complete(Offload.DATA_VALID, Offload.SEGMENT_UDP), 0);
        rig.lan.arrive(tcp(), Offload.pack(Offload.DATA_VALID, Offload.SEGMENT_TCP4, 0, 0, 0), 0);
        rig.lan.arrive(inside.echo(WorkerRig.CLIENT, WorkerRig.SERVER, 8, 1), complete(0, Offload.SEGMENT_TCP4), 0);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.OFFLOAD_MALFORMED)).isEqualTo(3);
    }
}
