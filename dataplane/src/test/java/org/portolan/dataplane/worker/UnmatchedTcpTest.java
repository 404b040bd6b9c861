package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** TCP from outside that belongs to no session: nothing, or a reset where the operator wants it. */
class UnmatchedTcpTest {
    private static final int SEQUENCE = 0x01020304;
    private static final int ACKNOWLEDGMENT = 0xCAFEBABE;

    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private WorkerRig rig = rig(true);

    private static WorkerRig rig(final boolean resets) {
        final WorkerRig rig = new WorkerRig(2_000, 2_000, 1_000, new Answers(Icmp.CODE_HOST_UNREACHABLE, resets, 42));
        rig.wan.keepSent();
        return rig;
    }

    @AfterEach
    void close() {
        assertThat(rig.worker.nat().counts().sessions()).as("sessions").isZero();
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        outside.close();
        rig.close();
    }

    private byte[] segment(final int source, final int destination, final int port, final int flags) {
        return outside.segment(source, 80, destination, port, flags, SEQUENCE, ACKNOWLEDGMENT, 100);
    }

    @Test
    void shouldSayNothingByDefault() {
        rig.close();
        rig = rig(false);
        rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.POOL, 5_000, Tcp.ACK));
        rig.run();
        assertThat(rig.wan.sentCount()).isZero();
        assertThat(rig.counters.dropped(DropReason.NO_MAPPING)).isEqualTo(1);
    }

    /** To a port that nothing is mapped to, and to a forward that no SYN opened. */
    @ParameterizedTest
    @ValueSource(ints = {5_000, 8_080})
    void shouldResetWhatBelongsToNoSession(final int port) {
        final int[] flags = {Tcp.ACK, Tcp.ACK | Tcp.PSH, Tcp.ACK | Tcp.FIN, Tcp.SYN | Tcp.ACK};
        for (final int each : flags) {
            rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.POOL, port, each));
        }
        rig.run();
        assertThat(rig.wan.sent()).hasSize(flags.length);
        final Received reset = new Received(rig.wan.sent().getFirst()).shouldBeWhole();
        assertThat(reset.protocol()).isEqualTo(Ipv4.TCP);
        assertThat(reset.source()).isEqualTo(WorkerRig.POOL);
        assertThat(reset.destination()).isEqualTo(WorkerRig.SERVER);
        assertThat(reset.transport16(Tcp.SOURCE_PORT_OFFSET)).isEqualTo(port);
        assertThat(reset.transport16(Tcp.DESTINATION_PORT_OFFSET)).isEqualTo(80);
        assertThat(reset.u32(reset.transport() + Tcp.SEQUENCE_OFFSET))
                .as("RFC 9293 3.10.7.1: what the segment acknowledges")
                .isEqualTo(ACKNOWLEDGMENT);
        assertThat(reset.u8(reset.transport() + Tcp.FLAGS_OFFSET)).isEqualTo(Tcp.RST);
        assertThat(rig.counters.originatedFrames()).isEqualTo(flags.length);
        assertThat(rig.counters.droppedAll()).as("each is still a drop").isEqualTo(flags.length);
    }

    @Test
    void shouldNeverResetAReset() {
        rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.POOL, 5_000, Tcp.RST));
        rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.POOL, 5_000, Tcp.RST | Tcp.ACK));
        rig.run();
        assertThat(rig.wan.sentCount()).isZero();
    }

    /** RFC 5382 REQ-4: the inside may be opening the same connection at this moment. */
    @Test
    void shouldNotResetASyn() {
        rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.POOL, 5_000, Tcp.SYN));
        rig.run();
        assertThat(rig.wan.sentCount()).isZero();
    }

    @Test
    void shouldResetOnlyOnAddressesThatSessionsCanHave() {
        rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.WAN, 5_000, Tcp.ACK));
        rig.wan.arrive(segment(WorkerRig.SERVER, ip(9, 9, 9, 9), 5_000, Tcp.ACK));
        rig.wan.arrive(segment(WorkerRig.CLIENT, WorkerRig.POOL, 5_000, Tcp.ACK));
        rig.run();
        assertThat(rig.wan.sentCount()).isZero();
    }

    @Test
    void shouldNotAnswerASegmentWithAWrongChecksum() {
        final byte[] wrong = segment(WorkerRig.SERVER, WorkerRig.POOL, 5_000, Tcp.ACK);
        wrong[wrong.length - 1] ^= 1;
        rig.wan.arrive(wrong);
        rig.run();
        assertThat(rig.wan.sentCount()).isZero();
        rig.wan.arrive(wrong, Offload.pack(Offload.DATA_VALID, 0, 0, 0, 0), 0);
        rig.run();
        assertThat(rig.wan.sentCount()).as("the kernel says it is right").isEqualTo(1);
    }

    @Test
    void shouldBeFairWithResets() {
        for (int i = 0; i < 5_000; i++) {
            rig.wan.arrive(segment(WorkerRig.OTHER_SERVER, WorkerRig.POOL, 5_000, Tcp.ACK));
        }
        rig.wan.arrive(segment(WorkerRig.SERVER, WorkerRig.POOL, 5_000, Tcp.ACK));
        rig.run();
        assertThat(rig.wan.sent().stream()
                        .filter(frame -> new Received(frame).destination() == WorkerRig.SERVER)
                        .count())
                .isEqualTo(1);
        assertThat(rig.wan.sentCount()).isLessThan(4_000);
    }
}
