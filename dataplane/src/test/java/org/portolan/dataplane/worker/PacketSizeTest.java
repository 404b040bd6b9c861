package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;

/** Packets that are larger than the next link takes. Those that come in parts are in {@link FragmentStageTest}. */
class PacketSizeTest {
    private static final int DMZ_MTU = 1_400;

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 1_000);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);

    PacketSizeTest() {
        rig.lan.keepSent();
        rig.wan.keepSent();
    }

    @AfterEach
    void close() {
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        outside.close();
        rig.close();
    }

    /** RFC 4787 REQ-13. */
    @Test
    void shouldTellTheSenderTheMtuOfTheNextLinkRfc4787Req13() {
        rig.lan.arrive(inside.dontFragment(true).udp(WorkerRig.CLIENT, 5_000, WorkerRig.DMZ_HOST, 53, DMZ_MTU));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.TOO_BIG)).isEqualTo(1);
        final Received error = new Received(rig.lan.sent().getFirst()).shouldBeWhole();
        assertThat(error.typeAndCode()).isEqualTo(Icmp.DESTINATION_UNREACHABLE << 8 | Icmp.CODE_FRAGMENTATION_NEEDED);
        assertThat(error.transport16(6)).isEqualTo(DMZ_MTU);
        assertThat(error.destination()).isEqualTo(WorkerRig.CLIENT);
    }

    /** RFC 4787 REQ-13a, from inside to outside, back, and between inside networks. */
    @Test
    void shouldFragmentWhatIsTooLargeAndMayBeCutRfc4787Req13a() {
        rig.dmz.keepSent();
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 4_000));
        rig.wan.arrive(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5_000, 3_000));
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.DMZ_HOST, 53, DMZ_MTU));
        rig.run();
        assertThat(rig.counters.sent()).as("a packet is sent once").isEqualTo(3);
        assertThat(rig.counters.originatedFrames()).as("its further parts").isEqualTo(2 + 2 + 1);
        assertThat(rig.counters.droppedAll()).isZero();
        assertThat(rig.wan.sent()).hasSize(3);
        final Received query = Parts.join(rig.wan.sent());
        assertThat(query.shouldBeWhole().source()).isEqualTo(WorkerRig.POOL);
        assertThat(query.totalLength()).isEqualTo(4_028);
        final Received answer = Parts.join(rig.lan.sent());
        assertThat(answer.shouldBeWhole().destination()).isEqualTo(WorkerRig.CLIENT);
        final Received across = Parts.join(rig.dmz.sent());
        assertThat(across.shouldBeWhole().source()).isEqualTo(WorkerRig.CLIENT);
        assertThat(rig.dmz.sent()).allSatisfy(each -> assertThat(each).hasSizeLessThanOrEqualTo(14 + DMZ_MTU));
    }

    /** A checksum that hardware was to complete is completed before: no device does it for parts. */
    @Test
    void shouldCompleteAPartialChecksumBeforeItFragments() {
        final byte[] whole = inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 2_000);
        final int sum = InternetChecksum.pseudoHeaderSum(WorkerRig.CLIENT, WorkerRig.SERVER, Ipv4.UDP, 2_008);
        whole[40] = (byte) (sum >>> 8);
        whole[41] = (byte) sum;
        rig.lan.arrive(whole, Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 6), 0);
        rig.run();
        assertThat(rig.wan.sentOffloads()).containsExactly(Offload.NONE, Offload.NONE);
        Parts.join(rig.wan.sent()).shouldBeWhole();
    }

    @Test
    void shouldDropTheWholePacketWhenItsFirstPartHasNoRoom() {
        rig.wan.answerSendsWith(DropReason.TRANSMIT_RING_FULL.code);
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 4_000));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.TRANSMIT_RING_FULL)).isEqualTo(1);
        assertThat(rig.counters.originatedLostFrames()).isZero();
    }

    /** The router keeps no path MTU: who sends the packets learns it from the error. */
    @Test
    void shouldNotTakeAnMtuFromAnErrorOfTheOutside() {
        final byte[] large = inside.dontFragment(true).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 1_472);
        rig.lan.arrive(large);
        rig.run();
        final byte[] error = outside.error(
                WorkerRig.GATEWAY,
                WorkerRig.POOL,
                Icmp.DESTINATION_UNREACHABLE,
                WorkerRig.POOL,
                5_000,
                WorkerRig.SERVER,
                53);
        error[Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES + 1] = Icmp.CODE_FRAGMENTATION_NEEDED;
        error[Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES + 7] = 68;
        rig.wan.arrive(outside.mend(error));
        rig.lan.arrive(large);
        rig.run();
        assertThat(rig.lan.sentCount()).as("the error, translated").isEqualTo(1);
        assertThat(rig.wan.sentCount()).isEqualTo(2);
        assertThat(rig.counters.droppedAll()).isZero();
    }
}
