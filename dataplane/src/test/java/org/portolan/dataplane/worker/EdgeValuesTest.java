package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * Checksums at the edge where an update (RFC 1624) cannot tell the two zeros of one's complement apart, timestamp
 * queries, and SYNs with more than one segment size.
 */
class EdgeValuesTest {
    private final WorkerRig rig = new WorkerRig(100_000, 100_000, 1_000);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);

    EdgeValuesTest() {
        rig.lan.keepSent();
        rig.wan.keepSent();
    }

    @AfterEach
    void close() {
        assertThat(rig.counters.droppedAll()).as("drops").isZero();
        inside.close();
        outside.close();
        rig.close();
    }

    private Received last(final MemoryFrameIo io) {
        rig.run();
        return new Received(io.sent().getLast()).shouldBeWhole();
    }

    @Test
    void shouldAnswerAnEchoOfZerosWithAChecksumThatVerifies() {
        rig.lan.arrive(inside.query(WorkerRig.CLIENT, WorkerRig.LAN, Icmp.ECHO_REQUEST, 0, 0));
        assertThat(last(rig.lan).transport16(Icmp.CHECKSUM_OFFSET)).isEqualTo(0xFFFF);
    }

    /** The reply comes back for the inside identifier 0 under another outside identifier. */
    @Test
    void shouldTranslateAnEchoReplyIntoZerosWithAChecksumThatVerifies() {
        rig.lan.arrive(inside.query(WorkerRig.CLIENT + 1, WorkerRig.SERVER, Icmp.ECHO_REQUEST, 0, 0));
        rig.lanNeighbors.publish(WorkerRig.CLIENT + 1, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.lan.arrive(inside.query(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.ECHO_REQUEST, 0, 0));
        final int identifier = last(rig.wan).transport16(Icmp.IDENTIFIER_OFFSET);
        assertThat(identifier).isNotZero();
        rig.wan.arrive(outside.query(WorkerRig.SERVER, WorkerRig.POOL, Icmp.ECHO_REPLY, identifier << 16, 0));
        final Received reply = last(rig.lan);
        assertThat(reply.destination()).isEqualTo(WorkerRig.CLIENT);
        assertThat(reply.transport16(Icmp.CHECKSUM_OFFSET)).isEqualTo(0xFFFF);
    }

    /** Every value of a field that the checksum covers, so that each update comes by both zeros. */
    @Test
    void shouldWriteAnIcmpChecksumThatVerifiesForEverySequence() {
        for (int sequence = 0; sequence <= 0xFFFF; sequence++) {
            rig.lan.arrive(inside.query(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.ECHO_REQUEST, 7 << 16 | sequence, 0));
        }
        rig.run();
        final int identifier = new Received(rig.wan.sent().getFirst()).transport16(Icmp.IDENTIFIER_OFFSET);
        for (int sequence = 0; sequence <= 0xFFFF; sequence++) {
            rig.wan.arrive(
                    outside.query(WorkerRig.SERVER, WorkerRig.POOL, Icmp.ECHO_REPLY, identifier << 16 | sequence, 0));
        }
        rig.run();
        shouldAllVerify(rig.wan, 1 << 16, Icmp.CHECKSUM_OFFSET);
        shouldAllVerify(rig.lan, 1 << 16, Icmp.CHECKSUM_OFFSET);
    }

    /** In UDP 0 says that there is none: nothing becomes it. */
    @Test
    void shouldWriteAUdpChecksumThatVerifiesForEveryPort() {
        for (int port = 1; port <= 0xFFFF; port++) {
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, port, 0));
        }
        rig.run();
        shouldAllVerify(rig.wan, 0xFFFF, Udp.CHECKSUM_OFFSET);
    }

    private static void shouldAllVerify(final MemoryFrameIo io, final int count, final int checksumOffset) {
        assertThat(io.sent()).hasSize(count);
        io.sent()
                .forEach(frame -> assertThat(new Received(frame).shouldBeWhole().transport16(checksumOffset))
                        .isNotZero());
    }

    @Test
    void shouldCarryATimestampQueryAndItsReplyRfc5508Req1() {
        rig.lan.arrive(inside.query(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.TIMESTAMP_REQUEST, 7 << 16 | 1, 12));
        final Received query = last(rig.wan);
        assertThat(query.source()).isEqualTo(WorkerRig.POOL);
        assertThat(query.typeAndCode()).isEqualTo(Icmp.TIMESTAMP_REQUEST << 8);
        rig.wan.arrive(outside.query(
                WorkerRig.SERVER,
                WorkerRig.POOL,
                Icmp.TIMESTAMP_REPLY,
                query.transport16(Icmp.IDENTIFIER_OFFSET) << 16 | 1,
                12));
        final Received reply = last(rig.lan);
        assertThat(reply.destination()).isEqualTo(WorkerRig.CLIENT);
        assertThat(reply.typeAndCode()).isEqualTo(Icmp.TIMESTAMP_REPLY << 8);
        assertThat(reply.transport16(Icmp.IDENTIFIER_OFFSET)).isEqualTo(7);
    }

    /** The identifier is mapped to the same one whatever the type: neither can reach anybody else. */
    @Test
    void shouldMapAnEchoAndATimestampOfOneIdentifierToOneIdentifier() {
        rig.lan.arrive(inside.query(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.TIMESTAMP_REQUEST, 7 << 16 | 1, 12));
        final int timestamp = last(rig.wan).transport16(Icmp.IDENTIFIER_OFFSET);
        rig.lan.arrive(inside.query(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.ECHO_REQUEST, 7 << 16 | 1, 12));
        assertThat(last(rig.wan).transport16(Icmp.IDENTIFIER_OFFSET)).isEqualTo(timestamp);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(1);
        rig.lan.arrive(inside.query(WorkerRig.CLIENT + 1, WorkerRig.SERVER, Icmp.ECHO_REQUEST, 7 << 16 | 1, 12));
        assertThat(last(rig.wan).transport16(Icmp.IDENTIFIER_OFFSET)).isNotEqualTo(timestamp);
    }

    /** Linux takes the last MSS option, others the first: each is lowered. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldClampEverySegmentSizeOfASyn(final int shift) {
        final int mss = 0xFFFF;
        final byte[] options = new byte[16];
        Arrays.fill(options, (byte) 1);
        for (int at = shift; at + 4 < options.length; at += 5) {
            options[at] = 2;
            options[at + 1] = 4;
            options[at + 2] = (byte) (mss >>> 8);
            options[at + 3] = (byte) mss;
        }
        rig.dmz.keepSent();
        rig.lan.arrive(inside.syn(WorkerRig.CLIENT, 5_000, WorkerRig.DMZ_HOST, 80, options));
        final Received syn = last(rig.dmz);
        for (int at = shift; at + 4 < options.length; at += 5) {
            assertThat(syn.transport16(Tcp.HEADER_BYTES + at + 2))
                    .as("option at %d", at)
                    .isEqualTo(1_360);
        }
    }
}
