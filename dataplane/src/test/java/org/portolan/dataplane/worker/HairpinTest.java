package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.nat.SessionState;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.Behavior.Filtering;
import org.portolan.dataplane.policy.Behavior.Mapping;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/** Inside hosts that reach each other by outside addresses (RFC 4787 REQ-9, RFC 5382 REQ-8, RFC 5508 REQ-7). */
class HairpinTest {
    private static final int CLIENT = WorkerRig.CLIENT;
    private static final int DMZ_HOST = WorkerRig.DMZ_HOST;
    private static final int POOL = WorkerRig.POOL;
    private static final int SERVER = WorkerRig.SERVER;

    private final TestFrames lan = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames dmz = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.DMZ_MAC);
    private final TestFrames wan = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private WorkerRig rig;

    HairpinTest() {
        use(Filtering.ADDRESS_AND_PORT_DEPENDENT);
    }

    private void use(final Filtering filtering) {
        if (rig != null) {
            rig.close();
        }
        rig = new WorkerRig(new Behavior(Mapping.ENDPOINT_INDEPENDENT, filtering));
        rig.lan.keepSent();
        rig.dmz.keepSent();
        rig.wan.keepSent();
    }

    @AfterEach
    void close() {
        lan.close();
        dmz.close();
        wan.close();
        rig.close();
    }

    private Received lan(final byte[] frame) {
        rig.lan.arrive(frame);
        return after(rig.dmz);
    }

    private Received dmz(final byte[] frame) {
        rig.dmz.arrive(frame);
        return after(rig.lan);
    }

    /** The one frame that leaves. */
    private Received after(final MemoryFrameIo out) {
        rig.run();
        assertThat(rig.wan.sent()).as("nothing goes outside").isEmpty();
        assertThat(out.sent()).hasSize(1);
        assertThat(rig.accounted()).isEqualTo(rig.counters.received());
        return new Received(out.sent().removeFirst()).shouldBeWhole();
    }

    private void dropped(final MemoryFrameIo in, final byte[] frame, final DropReason reason) {
        final long before = rig.counters.dropped(reason);
        in.arrive(frame);
        rig.run();
        assertThat(rig.counters.dropped(reason)).as(reason.name()).isEqualTo(before + 1);
        assertThat(rig.lan.sent()).isEmpty();
        assertThat(rig.dmz.sent()).isEmpty();
    }

    /** The host speaks to a server outside, so it has a mapping; its source port is kept. */
    private void map(final MemoryFrameIo in, final byte[] frame) {
        in.arrive(frame);
        rig.run();
        rig.wan.sent().removeFirst();
    }

    private static void assertEndpoints(
            final Received seen, final int source, final int sourcePort, final int destination, final int port) {
        assertThat(seen.source()).isEqualTo(source);
        assertThat(seen.transport16(0)).isEqualTo(sourcePort);
        assertThat(seen.destination()).isEqualTo(destination);
        assertThat(seen.transport16(2)).isEqualTo(port);
    }

    @Test
    void shouldCarryUdpToAForwardAndBackRfc4787Req9() {
        final Received there = dmzToLan(5_000);
        assertEndpoints(there, POOL, 5_000, CLIENT, 53);
        assertThat(there.u8(22)).as("TTL is lowered once").isEqualTo(63);
        final Received back = lan(lan.udp(CLIENT, 53, POOL, 5_000, 40));
        assertEndpoints(back, POOL, 5353, DMZ_HOST, 5_000);
        assertThat(rig.worker.nat().counts().sessions()).as("two halves").isEqualTo(2);
        assertEndpoints(dmzToLan(5_000), POOL, 5_000, CLIENT, 53);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(2);
    }

    private Received dmzToLan(final int port) {
        return dmz(dmz.udp(DMZ_HOST, port, POOL, 5353, 20));
    }

    /** RFC 4787 REQ-9a, RFC 5382 REQ-8a: the source is the outside endpoint, also when the port had to change. */
    @Test
    void shouldCarryTheOutsideSourceAddressAndPortRfc4787Req9a() {
        map(rig.lan, lan.udp(CLIENT, 5_000, SERVER, 53, 20));
        final int port = dmzToLan(5_000).transport16(0);
        assertThat(port).isNotEqualTo(5_000);
        assertEndpoints(lan(lan.udp(CLIENT, 53, POOL, port, 20)), POOL, 5353, DMZ_HOST, 5_000);
    }

    @Test
    void shouldCarryAHostToItselfRfc4787Req9() {
        rig.lan.arrive(lan.udp(CLIENT, 5_000, POOL, 5353, 20));
        assertEndpoints(after(rig.lan), POOL, 5_000, CLIENT, 53);
        rig.lan.arrive(lan.udp(CLIENT, 53, POOL, 5_000, 20));
        assertEndpoints(after(rig.lan), POOL, 5353, CLIENT, 5_000);
    }

    @Test
    void shouldCarryAnEndpointToItself() {
        map(rig.lan, lan.udp(CLIENT, 5_000, SERVER, 53, 20));
        rig.lan.arrive(lan.udp(CLIENT, 5_000, POOL, 5_000, 20));
        assertEndpoints(after(rig.lan), POOL, 5_000, CLIENT, 5_000);
    }

    @Test
    void shouldCarryAWholeTcpConnectionRfc5382Req8() {
        assertEndpoints(dmz(dmz.segment(DMZ_HOST, 5_000, POOL, 8080, Tcp.SYN, 100, 0, 0)), POOL, 5_000, CLIENT, 80);
        assertEndpoints(
                lan(lan.segment(CLIENT, 80, POOL, 5_000, Tcp.SYN | Tcp.ACK, 900, 101, 0)), POOL, 8080, DMZ_HOST, 5_000);
        dmz(dmz.segment(DMZ_HOST, 5_000, POOL, 8080, Tcp.ACK, 101, 901, 0));
        dmz(dmz.segment(DMZ_HOST, 5_000, POOL, 8080, Tcp.ACK, 101, 901, 30));
        lan(lan.segment(CLIENT, 80, POOL, 5_000, Tcp.ACK, 901, 131, 500));
        assertStates(SessionState.TCP_ESTABLISHED);
        dmz(dmz.segment(DMZ_HOST, 5_000, POOL, 8080, Tcp.ACK | Tcp.FIN, 131, 1401, 0));
        lan(lan.segment(CLIENT, 80, POOL, 5_000, Tcp.ACK | Tcp.FIN, 1401, 132, 0));
        dmz(dmz.segment(DMZ_HOST, 5_000, POOL, 8080, Tcp.ACK, 132, 1402, 0));
        assertStates(SessionState.TCP_CLOSED);
    }

    private void assertStates(final SessionState state) {
        final SessionRow row = new SessionRow();
        for (int session = 0; session < 2; session++) {
            assertThat(rig.worker.nat().reader().snapshot(session, row)).isTrue();
            assertThat(row.state()).isEqualTo(state);
        }
    }

    @Test
    void shouldLetAHairpinThroughAnOpenMappingOnly() {
        use(Filtering.ENDPOINT_INDEPENDENT);
        dropped(rig.dmz, dmz.udp(DMZ_HOST, 6_000, POOL, 5_000, 20), DropReason.NO_MAPPING);
        assertThat(rig.worker.nat().counts().sessions()).isZero();
        map(rig.lan, lan.udp(CLIENT, 5_000, SERVER, 53, 20));
        assertEndpoints(dmz(dmz.udp(DMZ_HOST, 6_000, POOL, 5_000, 20)), POOL, 6_000, CLIENT, 5_000);
        assertEndpoints(lan(lan.udp(CLIENT, 5_000, POOL, 6_000, 20)), POOL, 5_000, DMZ_HOST, 6_000);
    }

    /** Two hosts that learnt each other's outside endpoints meet under the strictest filter too. */
    @Test
    void shouldLetTwoHostsMeetWhoSendToEachOther() {
        map(rig.lan, lan.udp(CLIENT, 5_000, SERVER, 53, 20));
        map(rig.dmz, dmz.udp(DMZ_HOST, 6_000, SERVER, 53, 20));
        dropped(rig.lan, lan.udp(CLIENT, 5_000, POOL, 6_000, 20), DropReason.FILTERED);
        assertEndpoints(dmz(dmz.udp(DMZ_HOST, 6_000, POOL, 5_000, 20)), POOL, 6_000, CLIENT, 5_000);
        assertEndpoints(lan(lan.udp(CLIENT, 5_000, POOL, 6_000, 20)), POOL, 5_000, DMZ_HOST, 6_000);
    }

    @Test
    void shouldAskAddressDependentFilteringForTheOutsideAddress() {
        use(Filtering.ADDRESS_DEPENDENT);
        map(rig.lan, lan.udp(CLIENT, 5_000, SERVER, 53, 20));
        dropped(rig.dmz, dmz.udp(DMZ_HOST, 6_000, POOL, 5_000, 20), DropReason.FILTERED);
        assertEndpoints(lan(lan.udp(CLIENT, 5_007, POOL, 6_000, 20)), POOL, 5_007, DMZ_HOST, 6_000);
        dropped(rig.lan, lan.udp(CLIENT, 5_007, POOL, 6_001, 20), DropReason.NO_MAPPING);
    }

    @Test
    void shouldRefreshTheFirstHalfThoughTheOthersFilterDrops() {
        map(rig.dmz, dmz.udp(DMZ_HOST, 6_000, SERVER, 53, 20));
        final long before = rig.worker.nat().counts().sessions();
        dropped(rig.lan, lan.udp(CLIENT, 5_000, POOL, 6_000, 20), DropReason.FILTERED);
        dropped(rig.lan, lan.udp(CLIENT, 5_000, POOL, 6_000, 20), DropReason.FILTERED);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo((int) before + 1);
    }

    /** RFC 5508 REQ-7: the error goes to the host that sent, quoting what it sent, from the other's outside address. */
    @Test
    void shouldCarryAnErrorBackToTheSenderRfc5508Req7() {
        final byte[] sent = dmz.udp(DMZ_HOST, 5_000, POOL, 5353, 20);
        final Received there = dmz(sent);
        final byte[] quote = Arrays.copyOfRange(there.frame(), 14, 14 + 28);
        final Received error = lan(errorQuoting(CLIENT, POOL, quote));
        assertThat(error.source()).isEqualTo(POOL);
        assertThat(error.destination()).isEqualTo(DMZ_HOST);
        assertThat(error.typeAndCode()).isEqualTo(Icmp.DESTINATION_UNREACHABLE << 8 | Icmp.CODE_PORT_UNREACHABLE);
        final byte[] expected = Arrays.copyOfRange(sent, 14, 14 + 28);
        // The TTL of the packet that was quoted was lowered, and its header's checksum follows it.
        expected[8] = 63;
        final int checksum = ((expected[10] & 0xFF) << 8 | expected[11] & 0xFF) + 0x0100;
        expected[10] = (byte) ((checksum & 0xFFFF) + (checksum >>> 16) >>> 8);
        expected[11] = (byte) ((checksum & 0xFFFF) + (checksum >>> 16));
        assertThat(error.quote()).isEqualTo(expected);
    }

    private byte[] errorQuoting(final int source, final int destination, final byte[] quote) {
        final byte[] frame = lan.error(source, destination, Icmp.DESTINATION_UNREACHABLE, 1, 1, 1, 1);
        frame[14 + 20 + 1] = Icmp.CODE_PORT_UNREACHABLE;
        System.arraycopy(quote, 0, frame, 14 + 28, quote.length);
        return lan.mend(frame);
    }

    @Test
    void shouldAnswerAPingToTheRoutersOwnOutsideAddress() {
        rig.lan.arrive(lan.echo(CLIENT, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
        rig.run();
        assertThat(new Received(rig.lan.sent().getFirst()).source()).isEqualTo(WorkerRig.WAN);
    }

    /** The first packet waits with nothing taken; when it runs again, it is carried as if it had just come. */
    @Test
    void shouldHoldAHairpinForTheNeighborAndTakeNothingMeanwhile() {
        rig.lanNeighbors.publish(CLIENT, 0, NeighborState.INCOMPLETE);
        rig.dmz.arrive(dmz.udp(DMZ_HOST, 5_000, POOL, 5353, 20));
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(1);
        assertThat(rig.worker.nat().counts().sessions()).isZero();
        rig.lanNeighbors.publish(CLIENT, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        assertEndpoints(after(rig.lan), POOL, 5_000, CLIENT, 53);
    }

    @Test
    void shouldAnswerTheSenderOfWhatCannotGoOn() {
        dmzToLan(5_000);
        rig.dmz.arrive(dmz.ttl(1).udp(DMZ_HOST, 5_000, POOL, 5353, 20));
        rig.run();
        final Received answer = new Received(rig.dmz.sent().getFirst()).shouldBeWhole();
        assertThat(answer.typeAndCode()).isEqualTo(Icmp.TIME_EXCEEDED << 8);
        assertThat(rig.lan.sent()).isEmpty();
    }

    /** Nobody outside can pretend to be a half, and no host inside can use another's. */
    @Test
    void shouldLetNobodyElseUseAHalf() {
        dmzToLan(5_000);
        dropped(rig.wan, wan.udp(POOL, 5353, POOL, 5_000, 20), DropReason.MARTIAN_SOURCE);
        dropped(rig.wan, wan.udp(POOL, 5_000, POOL, 5353, 20), DropReason.MARTIAN_SOURCE);
        dropped(rig.lan, lan.udp(DMZ_HOST, 5_000, POOL, 5353, 20), DropReason.INSIDE_UNTRANSLATED);
    }

    @Test
    void shouldCountEachHalfsBytes() {
        dmzToLan(5_000);
        final long length = 20 + 8 + 20;
        final SessionRow row = new SessionRow();
        assertThat(rig.worker.nat().reader().snapshot(0, row)).isTrue();
        assertThat(row.isHairpin()).isTrue();
        assertThat(row.bytesOut()).isEqualTo(length);
        assertThat(rig.worker.nat().reader().snapshot(1, row)).isTrue();
        assertThat(row.isHairpin()).isTrue();
        assertThat(row.bytesIn()).isEqualTo(length);
    }
}
