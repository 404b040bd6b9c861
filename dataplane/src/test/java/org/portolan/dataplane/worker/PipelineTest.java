package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/** Single frames through a whole worker. */
class PipelineTest {
    private static final int NEW_HOST = ip(10, 9, 5, 5);

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 100);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);

    @AfterEach
    void close() {
        inside.close();
        outside.close();
        rig.close();
    }

    private static int u16(final byte[] frame, final int at) {
        return (frame[at] & 0xFF) << 8 | frame[at + 1] & 0xFF;
    }

    private static int u32(final byte[] frame, final int at) {
        return u16(frame, at) << 16 | u16(frame, at + 2);
    }

    @Test
    void shouldKeepTheSourcePortAndComeBackToTheInsideHost() {
        rig.wan.keepSent();
        rig.lan.keepSent();
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20));
        rig.run();
        final byte[] out = rig.wan.sent().getFirst();
        assertThat(u32(out, 26)).isEqualTo(WorkerRig.POOL);
        assertThat(u16(out, 34)).isEqualTo(5000);
        assertThat(out[22]).as("TTL").isEqualTo((byte) 63);

        rig.wan.arrive(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5000, 20));
        rig.run();
        final byte[] back = rig.lan.sent().getFirst();
        assertThat(u32(back, 30)).isEqualTo(WorkerRig.CLIENT);
        assertThat(u16(back, 36)).isEqualTo(5000);
    }

    @Test
    void shouldMakeOneSessionOfTwoFirstPacketsInOneBatch() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20));
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20));
        rig.run();
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(1);
        assertThat(rig.wan.sentCount()).isEqualTo(2);
    }

    @Test
    void shouldSendAHeldFrameOnceItsNextHopIsKnown() {
        rig.dmz.keepSent();
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(1);
        assertThat(rig.punt.size()).as("control is asked").isPositive();
        rig.dmzNeighbors.publish(NEW_HOST, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.run();
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(u32(rig.dmz.sent().getFirst(), 30)).isEqualTo(NEW_HOST);
    }

    /** A driver writes its header before a segmented frame: a neighbor's slot in the waiting pool must not be there. */
    @Test
    void shouldKeepHeldFramesApartThoughTheDriverWritesBeforeEach() {
        rig.dmz.keepSent();
        final long segmented = Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_UDP, 500, 34, 6);
        final byte[] frame = inside.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 1_000);
        for (int i = 0; i < 3; i++) {
            final byte[] numbered = frame.clone();
            numbered[numbered.length - 1] = (byte) (i + 1);
            rig.lan.arrive(numbered, segmented, 0);
        }
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(3);
        rig.dmzNeighbors.publish(NEW_HOST, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.run();
        assertThat(rig.dmz.sent()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            final byte[] sent = rig.dmz.sent().get(i);
            assertThat(sent[sent.length - 1]).isEqualTo((byte) (i + 1));
        }
        assertThat(rig.counters.droppedAll()).isZero();
    }

    @Test
    void shouldClampTheSegmentSizeToTheSmallerLink() {
        rig.dmz.keepSent();
        rig.lan.arrive(inside.tcp(WorkerRig.CLIENT, 5000, WorkerRig.DMZ_HOST, 80, Tcp.SYN));
        rig.run();
        assertThat(u16(rig.dmz.sent().getFirst(), 56))
                .as("MSS on a link of 1400")
                .isEqualTo(1360);
    }

    @Test
    void shouldAnswerPingOnItsOwnAddressAndCountItAsConsumed() {
        rig.lan.keepSent();
        rig.lan.arrive(inside.echo(WorkerRig.CLIENT, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7));
        rig.run();
        final byte[] reply = rig.lan.sent().getFirst();
        assertThat(u32(reply, 30)).isEqualTo(WorkerRig.CLIENT);
        assertThat(reply[34]).isEqualTo((byte) Icmp.ECHO_REPLY);
        assertThat(rig.counters.consumedFrames()).isEqualTo(1);
        assertThat(rig.counters.originatedFrames()).isEqualTo(1);
    }

    @Test
    void shouldQuoteThePacketAsItsSenderMadeItWhenTheTtlRunsOut() {
        rig.lan.keepSent();
        final byte[] frame = inside.ttl(1).udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20);
        rig.lan.arrive(frame);
        rig.run();
        final byte[] error = rig.lan.sent().getFirst();
        assertThat(error[34]).isEqualTo((byte) Icmp.TIME_EXCEEDED);
        assertThat(java.util.Arrays.copyOfRange(error, 42, 42 + frame.length - 14))
                .isEqualTo(java.util.Arrays.copyOfRange(frame, 14, frame.length));
        assertThat(rig.counters.dropped(DropReason.TTL_EXPIRED)).isEqualTo(1);
    }

    @Test
    void shouldHoldTheFirstPacketsOfDozensOfFlowsToOneNextHop() {
        for (int flow = 0; flow < 60; flow++) {
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000 + flow, NEW_HOST, 53, 20));
        }
        rig.run();
        rig.dmzNeighbors.publish(NEW_HOST, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.run();
        assertThat(rig.dmz.sentCount()).isEqualTo(60);
        assertThat(rig.counters.droppedAll()).isZero();
    }
}
