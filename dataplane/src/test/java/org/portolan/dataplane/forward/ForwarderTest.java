package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.forward.TwoPorts.GATEWAY;
import static org.portolan.dataplane.forward.TwoPorts.GATEWAY_MAC;
import static org.portolan.dataplane.forward.TwoPorts.HOST;
import static org.portolan.dataplane.forward.TwoPorts.HOST_MAC;
import static org.portolan.dataplane.forward.TwoPorts.LAN;
import static org.portolan.dataplane.forward.TwoPorts.SERVER;
import static org.portolan.dataplane.forward.TwoPorts.WAN;
import static org.portolan.dataplane.forward.TwoPorts.WAN_MAC;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Both halves of forwarding: what is planned, as a table, and what is written. */
class ForwarderTest {
    private static final int ELSEWHERE = 0x0808_0808;

    private final TwoPorts ports = new TwoPorts();
    private final Forwarder forwarder =
            new Forwarder(new Port[] {ports.lan, ports.wan}, ports.routes, ports.fragmenter);

    @BeforeEach
    void resolve() {
        ports.wanNeighbors.publish(GATEWAY, GATEWAY_MAC, NeighborState.REACHABLE);
        ports.lanNeighbors.publish(HOST, HOST_MAC, NeighborState.REACHABLE);
    }

    @AfterEach
    void close() {
        ports.close();
    }

    private static Arguments row(final String what, final Consumer<TwoPorts> change, final DropReason reason) {
        return Arguments.of(what, change, reason);
    }

    private static void outbound(final TwoPorts it, final int payload, final boolean dontFragment) {
        it.udp(it.lan, HOST, SERVER, payload, dontFragment);
    }

    private static Stream<Arguments> plans() {
        return Stream.of(
                row("to a server behind the gateway", it -> outbound(it, 20, false), DropReason.NONE),
                row(
                        "TTL 2",
                        it -> {
                            outbound(it, 20, false);
                            it.ttl(2);
                        },
                        DropReason.NONE),
                row(
                        "TTL 1",
                        it -> {
                            outbound(it, 20, false);
                            it.ttl(1);
                        },
                        DropReason.TTL_EXPIRED),
                row(
                        "TTL 0",
                        it -> {
                            outbound(it, 20, false);
                            it.ttl(0);
                        },
                        DropReason.TTL_EXPIRED),
                row("as large as the MTU", it -> outbound(it, 1_400 - 28, true), DropReason.NONE),
                row("a byte larger, DF", it -> outbound(it, 1_400 - 27, true), DropReason.TOO_BIG),
                row("a byte larger", it -> outbound(it, 1_400 - 27, false), DropReason.NONE),
                row(
                        "back out of the outside",
                        it -> it.udp(it.wan, GATEWAY, SERVER, 20, false),
                        DropReason.ROUTE_LOOPS_BACK),
                row(
                        "a link that is down",
                        it -> {
                            outbound(it, 20, false);
                            it.wan.link(false, 1_400, WAN_MAC);
                        },
                        DropReason.EGRESS_DOWN),
                row(
                        "a driver that found it down",
                        it -> {
                            outbound(it, 20, false);
                            it.wanWire.isDown = true;
                        },
                        DropReason.EGRESS_DOWN),
                row(
                        "a gateway that does not answer",
                        it -> {
                            outbound(it, 20, false);
                            it.wanNeighbors.publish(GATEWAY, 0, NeighborState.FAILED);
                        },
                        DropReason.NEIGHBOR_UNREACHABLE));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("plans")
    void shouldPlan(final String what, final Consumer<TwoPorts> change, final DropReason reason) {
        change.accept(ports);
        assertThat(DropReason.ofCode(forwarder.plan(ports.transit, SERVER)))
                .as(what)
                .isEqualTo(reason);
    }

    /**
     * The first reason counts: a packet that has no route is not blamed for its TTL, nor a large one for a dead link.
     */
    @Test
    void shouldNameTheFirstReason() {
        outbound(ports, 1_472, true);
        ports.ttl(1);
        assertThat(forwarder.plan(ports.transit, ELSEWHERE)).isEqualTo(DropReason.NO_ROUTE.code);
        ports.wan.link(false, 1_400, WAN_MAC);
        assertThat(forwarder.plan(ports.transit, SERVER)).isEqualTo(DropReason.TTL_EXPIRED.code);
        ports.ttl(9);
        assertThat(forwarder.plan(ports.transit, SERVER)).isEqualTo(DropReason.EGRESS_DOWN.code);
    }

    @Test
    void shouldWriteTheWayIntoThePacketsRecordAndNothingElse() {
        outbound(ports, 20, false);
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        assertThat(ports.transit.egress()).isSameAs(ports.wan);
        assertThat(ports.transit.nextHop()).isEqualTo(GATEWAY);
        assertThat(ports.transit.nextHopMac()).isEqualTo(GATEWAY_MAC);
        final int slot = ports.wanNeighbors.slot(GATEWAY);
        assertThat(ports.wanUse.lastUsedS(slot)).isEqualTo(NeighborUse.NEVER);
        forwarder.use(ports.transit, 500);
        assertThat(ports.wanUse.lastUsedS(slot)).isEqualTo(500);
    }

    @Test
    void shouldNotKnowAHostThatNobodyAskedFor() {
        outbound(ports, 20, false);
        assertThat(forwarder.plan(ports.transit, WAN + 7)).isEqualTo(Forwarder.UNRESOLVED);
        assertThat(ports.transit.nextHop()).as("a host on the wire itself").isEqualTo(WAN + 7);
    }

    /** Of a segmented frame the segments have to fit, not the frame. */
    @Test
    void shouldMeasureOneSegmentOfASegmentedFrame() {
        ports.tcp(ports.lan, HOST, SERVER, Tcp.ACK);
        ports.transit.frame().offload(Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_TCP4, 1_360, 34, 16));
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        ports.transit.frame().offload(Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_TCP4, 1_361, 34, 16));
        assertThat(forwarder.plan(ports.transit, SERVER)).isEqualTo(DropReason.TOO_BIG.code);
    }

    @Test
    void shouldWriteTtlAndAddressesAndPad() {
        outbound(ports, 1, false);
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        assertThat(forwarder.dispatchUntranslated(ports.transit)).isZero();
        final byte[] sent = ports.wanWire.sent.getFirst();
        assertThat(sent).hasSize(60).startsWith(0x02, 0x50, 0x2A, 0x16, 0x6D, 0xFE, 0x02, 0x50, 0x2A, 0x16, 0x6D, 0x02);
        assertThat(sent[14 + Ipv4.TTL_OFFSET]).isEqualTo((byte) 63);
        assertThat(TwoPorts.isWhole(sent)).isTrue();
        assertThat(Arrays.copyOfRange(sent, 14 + 29, 60))
                .as("behind the packet")
                .containsOnly(0);
    }

    /** The smaller of both links' MTUs: an answer comes back through the other one. */
    @Test
    void shouldLowerTheSegmentSizeOfASynOnly() {
        ports.tcp(ports.lan, HOST, SERVER, Tcp.SYN, 2, 4, 0x05, 0xB4);
        forwarder.plan(ports.transit, SERVER);
        forwarder.dispatch(ports.transit);
        assertThat(Memory.u16(ports.transport() + 22)).isEqualTo(1_360);
        ports.tcp(ports.lan, HOST, SERVER, Tcp.ACK, 2, 4, 0x05, 0xB4);
        forwarder.plan(ports.transit, SERVER);
        forwarder.dispatch(ports.transit);
        assertThat(Memory.u16(ports.transport() + 22)).isEqualTo(1_460);
    }

    @Test
    void shouldCountWhatTheDriverTookAndWhatItHadNoRoomFor() {
        outbound(ports, 100, false);
        forwarder.plan(ports.transit, SERVER);
        forwarder.dispatch(ports.transit);
        ports.wan.counters().publish();
        assertThat(ports.wan.counters().sentFrames()).isEqualTo(1);
        assertThat(ports.wan.counters().sentBytes()).isEqualTo(142);
        ports.wanWire.refusal = DropReason.TRANSMIT_RING_FULL.code;
        outbound(ports, 100, false);
        forwarder.plan(ports.transit, SERVER);
        assertThat(forwarder.dispatch(ports.transit)).isEqualTo(DropReason.TRANSMIT_RING_FULL.code);
        ports.wan.counters().publish();
        assertThat(ports.wan.counters().sentFrames()).isEqualTo(1);
        assertThat(ports.wan.counters().ringFullFrames()).isEqualTo(1);
    }

    @Test
    void shouldFollowAnotherTableFromThePacketAfter() {
        outbound(ports, 20, false);
        assertThat(forwarder.route(SERVER)).isEqualTo(1);
        forwarder.routes(RouteTable.builder().add(SERVER, 32, 0, HOST).build());
        assertThat(forwarder.route(SERVER)).isZero();
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        assertThat(ports.transit.nextHopMac()).isEqualTo(HOST_MAC);
        assertThat(forwarder.route(LAN)).isEqualTo(-1);
    }

    /** The way of the packet before is kept, for the addresses that have the same one and for no other. */
    @Test
    void shouldFindEachPacketsOwnWayWhateverTheOneBefore() {
        final RouteTable both = RouteTable.builder()
                .add(SERVER & -256, 24, 1, GATEWAY)
                .add(SERVER, 32, 0, HOST)
                .build();
        forwarder.routes(both);
        outbound(ports, 20, false);
        for (final int destination : new int[] {SERVER, SERVER - 1, SERVER + 1, SERVER, SERVER | 255, SERVER & -256}) {
            assertThat(forwarder.plan(ports.transit, destination)).isZero();
            assertThat(ports.transit.nextHop()).isEqualTo(destination == SERVER ? HOST : GATEWAY);
            assertThat(ports.transit.egress()).isSameAs(destination == SERVER ? ports.lan : ports.wan);
            forwarder.use(ports.transit, 1);
            assertThat(forwarder.plan(ports.transit, (SERVER | 255) + 1)).isEqualTo(DropReason.NO_ROUTE.code);
            assertThat(forwarder.plan(ports.transit, (SERVER & -256) - 1)).isEqualTo(DropReason.NO_ROUTE.code);
        }
    }

    @Test
    void shouldForgetTheWayOfThePacketBeforeWithItsTable() {
        outbound(ports, 20, false);
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        forwarder.use(ports.transit, 1);
        forwarder.routes(RouteTable.builder().build());
        assertThat(forwarder.plan(ports.transit, SERVER)).isEqualTo(DropReason.NO_ROUTE.code);
        forwarder.routes(RouteTable.builder().add(0, 0, 1, GATEWAY).build());
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        forwarder.use(ports.transit, 1);
        assertThat(forwarder.plan(ports.transit, 0)).isZero();
        assertThat(forwarder.plan(ports.transit, -1)).isZero();
    }
}
