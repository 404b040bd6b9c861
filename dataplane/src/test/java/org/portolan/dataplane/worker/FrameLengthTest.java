package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.wire.Icmp;

/** What leaves the router is a header, the IP packet and zeros up to 60 bytes; nothing that came behind the packet. */
class FrameLengthTest {
    private static final int NEW_HOST = ip(10, 9, 5, 5);
    private static final byte SECRET = 0x5A;

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 1_000);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);

    FrameLengthTest() {
        rig.lan.keepSent();
        rig.wan.keepSent();
        rig.dmz.keepSent();
    }

    @AfterEach
    void close() {
        inside.close();
        outside.close();
        rig.close();
    }

    /** The frame with bytes behind its packet, or cut off right behind it for a negative count. */
    private static byte[] trailed(final byte[] frame, final int bytes) {
        final byte[] trailed = Arrays.copyOf(frame, frame.length + bytes);
        Arrays.fill(trailed, frame.length, trailed.length, SECRET);
        return trailed;
    }

    private static Received only(final MemoryFrameIo io) {
        assertThat(io.sent()).hasSize(1);
        return new Received(io.sent().getFirst()).shouldBeWhole();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 18, 46, 500})
    void shouldSendNothingThatStoodBehindAPacket(final int bytes) {
        rig.lan.arrive(trailed(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 0), bytes));
        rig.run();
        assertThat(only(rig.wan).totalLength()).isEqualTo(28);

        rig.wan.arrive(trailed(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5_000, 1), bytes));
        rig.run();
        assertThat(only(rig.lan).totalLength()).isEqualTo(29);

        rig.lan.arrive(trailed(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.DMZ_HOST, 53, 2), bytes));
        rig.run();
        assertThat(only(rig.dmz).totalLength()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 19, 200, 1_472})
    void shouldSendTheWholePacket(final int payload) {
        rig.lan.arrive(trailed(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, payload), 9));
        rig.run();
        assertThat(only(rig.wan).totalLength()).isEqualTo(28 + payload);
    }

    @Test
    void shouldSendNothingThatStoodBehindAPacketThatWaited() {
        rig.lan.arrive(trailed(inside.udp(WorkerRig.CLIENT, 5_000, NEW_HOST, 53, 3), 900));
        rig.run();
        rig.dmzNeighbors.publish(NEW_HOST, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.run();
        assertThat(only(rig.dmz).totalLength()).isEqualTo(31);
    }

    @Test
    void shouldAnswerAPingWithNothingThatStoodBehindIt() {
        rig.lan.arrive(trailed(inside.query(WorkerRig.CLIENT, WorkerRig.LAN, Icmp.ECHO_REQUEST, 0x00070001, 4), 300));
        rig.run();
        assertThat(only(rig.lan).totalLength()).isEqualTo(32);
    }

    @Test
    void shouldQuoteNothingThatStoodBehindThePacketInAnError() {
        final byte[] frame = inside.ttl(1).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 5);
        rig.lan.arrive(trailed(frame, 300));
        rig.run();
        assertThat(only(rig.lan).quote()).isEqualTo(Arrays.copyOfRange(frame, 14, frame.length));
    }

    @Test
    void shouldSendTheWholeOfASegmentedFrameAndNothingBehindIt() {
        final long segmented = Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_UDP, 500, 34, 6);
        rig.lan.arrive(trailed(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 9_000), 40), segmented, 0);
        rig.run();
        assertThat(rig.wan.sent().getFirst()).hasSize(14 + 28 + 9_000);
        assertThat(rig.wan.sentOffloads().getFirst()).isEqualTo(segmented);
    }

    // ---- priority tags

    private static byte[] tagged(final byte[] frame, final int type, final int control) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        tagged[12] = (byte) (type >>> 8);
        tagged[13] = (byte) type;
        tagged[14] = (byte) (control >>> 8);
        tagged[15] = (byte) control;
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0xA000, 0x1000, 0xF000})
    void shouldCarryAPriorityTaggedFrameAsAnUntaggedOne(final int control) {
        final byte[] frame = inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20);
        rig.lan.arrive(frame);
        rig.lan.arrive(tagged(frame, 0x8100, control));
        rig.lan.arrive(tagged(frame, 0x8100, control), Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 38, 6), 0);
        rig.run();
        assertThat(rig.counters.droppedAll()).isZero();
        assertThat(rig.wan.sent()).hasSize(3);
        assertThat(rig.wan.sent().get(1)).isEqualTo(rig.wan.sent().get(0));
        assertThat(rig.wan.sentOffloads().get(2)).isEqualTo(Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 6));
        new Received(rig.wan.sent().get(1)).shouldBeWhole();
    }

    @Test
    void shouldReadAPriorityTaggedArpRequest() {
        rig.lan.arrive(tagged(inside.arp(1, WorkerRig.CLIENT, WorkerRig.LAN), 0x8100, 0xE000));
        rig.run();
        assertThat(rig.counters.consumedFrames()).isEqualTo(1);
    }

    @Test
    void shouldDropEveryOtherTag() {
        final byte[] frame = inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20);
        rig.lan.arrive(frame, Offload.NONE, Frame.VLAN_TAGGED);
        rig.lan.arrive(tagged(frame, 0x8100, 1));
        rig.lan.arrive(tagged(frame, 0x8100, 0xEFFF));
        rig.lan.arrive(tagged(frame, 0x88A8, 0));
        rig.lan.arrive(tagged(tagged(frame, 0x8100, 0), 0x8100, 0));
        rig.lan.arrive(tagged(tagged(frame, 0x88A8, 0), 0x8100, 0));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.VLAN_TAGGED)).isEqualTo(6);
        assertThat(rig.wan.sentCount()).isZero();
    }

    @Test
    void shouldDropATagThatIsCutOff() {
        final byte[] frame = tagged(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20), 0x8100, 0);
        for (int length = 14; length < 18; length++) {
            rig.lan.arrive(Arrays.copyOf(frame, length));
        }
        rig.run();
        assertThat(rig.counters.dropped(DropReason.FRAME_TOO_SHORT)).isEqualTo(4);
    }
}
