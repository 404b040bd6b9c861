package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** Packets that are larger than the next link takes, and packets that come in parts. */
class PacketSizeTest {
    private static final int FRAGMENTS_OFFSET = Ethernet.HEADER_BYTES + Ipv4.FRAGMENT_OFFSET;
    private static final int MORE_FRAGMENTS = 0x20;
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

    /** RFC 4787 REQ-13a asks for fragmenting. */
    @Test
    void shouldDropWhatWouldHaveToBeFragmentedAndTellNobody() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 1_480));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.FRAGMENTATION)).isEqualTo(1);
        assertThat(rig.lan.sentCount() + rig.wan.sentCount()).isZero();
    }

    private static byte[] fragment(final TestFrames frames, final byte[] whole, final int flags, final int offset) {
        whole[FRAGMENTS_OFFSET] = (byte) flags;
        whole[FRAGMENTS_OFFSET + 1] = (byte) offset;
        return frames.mend(whole);
    }

    /** RFC 4787 REQ-14 asks for fragments in any order. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDropFragmentsInAnyOrderAndTellNobody(final boolean inOrder) {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        final byte[] answer = outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5_000, 80);
        final byte[] first = fragment(outside, answer.clone(), MORE_FRAGMENTS, 0);
        final byte[] last = fragment(outside, answer.clone(), 0, 11);
        rig.wan.arrive(inOrder ? first : last);
        rig.wan.arrive(inOrder ? last : first);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.IPV4_FRAGMENT)).isEqualTo(2);
        assertThat(rig.lan.sentCount()).isZero();
        assertThat(rig.wan.sentCount()).as("the query alone").isEqualTo(1);
    }

    /** RFC 4787 REQ-14a. */
    @Test
    void shouldServeOthersBesideAFloodOfFragmentsRfc4787Req14a() {
        for (int i = 0; i < 5_000; i++) {
            final byte[] whole = outside.udp(WorkerRig.SERVER, 1_024 + i, WorkerRig.POOL, 5353, 80);
            rig.wan.arrive(fragment(outside, whole, i % 2 == 0 ? MORE_FRAGMENTS : 0, i % 2 == 0 ? 0 : 11));
            if (i % 100 == 0) {
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000 + i, WorkerRig.SERVER, 53, 20));
            }
        }
        rig.run();
        assertThat(rig.counters.dropped(DropReason.IPV4_FRAGMENT)).isEqualTo(5_000);
        assertThat(rig.wan.sentCount()).isEqualTo(50);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(50);
        assertThat(rig.counters.heldFrames()).as("fragments that wait").isZero();
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
