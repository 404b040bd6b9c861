package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Who may send what: BCP 38, RFC 1812 5.3.7 and 5.3.8, RFC 3927 section 7. */
class IngressFilterTest {
    private static final int LINK_LOCAL = ip(169, 254, 1, 1);

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 1_000);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private final TestFrames second = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.DMZ_MAC);

    @AfterEach
    void close() {
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        outside.close();
        second.close();
        rig.close();
    }

    private void assertDropped(final DropReason reason, final long count) {
        rig.run();
        assertThat(rig.counters.dropped(reason)).as(reason.name()).isEqualTo(count);
        assertThat(rig.counters.droppedAll()).isEqualTo(count);
        assertThat(rig.worker.nat().counts().sessions()).as("sessions").isZero();
        assertThat(rig.lan.sentCount() + rig.wan.sentCount() + rig.dmz.sentCount())
                .as("frames sent")
                .isZero();
    }

    /** Sources that nobody outside can have. */
    private static List<Integer> martians() {
        return List.of(
                WorkerRig.WAN,
                WorkerRig.LAN,
                WorkerRig.DMZ,
                WorkerRig.POOL,
                WorkerRig.CLIENT, // the inside server itself: a LAND packet
                ip(192, 168, 1, 99),
                WorkerRig.DMZ_HOST,
                WorkerRig.ROUTED_HOST,
                ip(192, 168, 1, 255),
                ip(192, 168, 1, 0),
                ip(10, 9, 255, 255),
                ip(203, 0, 113, 255),
                ip(203, 0, 113, 0),
                LINK_LOCAL,
                ip(0, 1, 2, 3),
                ip(127, 0, 0, 1),
                ip(224, 0, 0, 1),
                ip(239, 255, 255, 255),
                ip(240, 0, 0, 1),
                ip(255, 255, 255, 255));
    }

    @ParameterizedTest
    @MethodSource("martians")
    void shouldLetNoImpossibleSourceReachAForward(final int source) {
        rig.wan.arrive(outside.tcp(source, 5_000, WorkerRig.POOL, 8080, Tcp.SYN));
        rig.wan.arrive(outside.udp(source, 5_000, WorkerRig.POOL, 5353, 20));
        rig.wan.arrive(outside.tcp(source, 80, WorkerRig.POOL, 8080, Tcp.SYN));
        assertDropped(DropReason.MARTIAN_SOURCE, 3);
    }

    @ParameterizedTest
    @MethodSource("martians")
    void shouldAnswerNoPingOfAnImpossibleSource(final int source) {
        rig.wan.arrive(outside.echo(source, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
        assertDropped(DropReason.MARTIAN_SOURCE, 1);
    }

    @ParameterizedTest
    @MethodSource("martians")
    void shouldTranslateNoErrorOfAnImpossibleSource(final int source) {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        rig.wan.arrive(
                outside.error(source, WorkerRig.POOL, Icmp.TIME_EXCEEDED, WorkerRig.POOL, 5_000, WorkerRig.SERVER, 53));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.MARTIAN_SOURCE)).isEqualTo(1);
        assertThat(rig.lan.sentCount()).isZero();
    }

    @Test
    void shouldTranslateAnErrorOfARouterOnTheWay() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        for (final int router : new int[] {WorkerRig.GATEWAY, ip(100, 64, 3, 3), ip(150, 1, 1, 1)}) {
            rig.wan.arrive(outside.error(
                    router, WorkerRig.POOL, Icmp.TIME_EXCEEDED, WorkerRig.POOL, 5_000, WorkerRig.SERVER, 53));
        }
        rig.run();
        assertThat(rig.lan.sentCount()).isEqualTo(3);
    }

    @Test
    void shouldForwardNothingToALinkLocalDestinationInEitherDirection() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, LINK_LOCAL, 53, 20));
        rig.wan.arrive(outside.udp(WorkerRig.SERVER, 5_000, LINK_LOCAL, 53, 20));
        assertDropped(DropReason.MARTIAN_DESTINATION, 2);
    }

    @Test
    void shouldForwardNothingOfALinkLocalSourceInEitherDirection() {
        rig.lan.arrive(inside.udp(LINK_LOCAL, 5_000, WorkerRig.SERVER, 53, 20));
        rig.lan.arrive(inside.udp(LINK_LOCAL, 5_000, WorkerRig.DMZ_HOST, 53, 20));
        rig.lan.arrive(inside.echo(LINK_LOCAL, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7));
        assertDropped(DropReason.MARTIAN_SOURCE, 3);
    }

    @Test
    void shouldAnswerNoPingFromOutsideToAnInsideAddress() {
        rig.wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7));
        rig.wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.DMZ, Icmp.ECHO_REQUEST, 7));
        assertDropped(DropReason.OUTSIDE_UNTRANSLATED, 2);
    }

    @Test
    void shouldAnswerAPingFromOutsideToItsOutsideAddress() {
        rig.wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
        rig.run();
        assertThat(rig.wan.sentCount()).isEqualTo(1);
    }

    /** Sources that no host behind the first inside interface can have. */
    private static List<Integer> strangers() {
        return List.of(
                WorkerRig.DMZ_HOST,
                WorkerRig.DMZ,
                WorkerRig.WAN,
                WorkerRig.POOL,
                WorkerRig.GATEWAY,
                WorkerRig.SERVER,
                ip(150, 1, 1, 1),
                ip(10, 9, 255, 255));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void shouldServeNoInsideHostWhoseSourceBelongsElsewhere(final int source) {
        rig.lan.arrive(inside.udp(source, 5_000, WorkerRig.SERVER, 53, 20));
        rig.lan.arrive(inside.udp(source, 5_000, WorkerRig.DMZ_HOST, 53, 20));
        rig.lan.arrive(inside.echo(source, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7));
        rig.lan.arrive(inside.echo(source, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
        rig.lan.arrive(inside.udp(source, 5_000, WorkerRig.LAN, 53, 20));
        assertDropped(DropReason.INSIDE_UNTRANSLATED, 5);
    }

    @Test
    void shouldServeAHostBehindARouteThroughThatInterface() {
        rig.lan.arrive(inside.udp(WorkerRig.ROUTED_HOST, 5_000, WorkerRig.SERVER, 53, 20));
        rig.lan.arrive(inside.echo(WorkerRig.ROUTED_HOST, WorkerRig.LAN, Icmp.ECHO_REQUEST, 7));
        rig.run();
        assertThat(rig.wan.sentCount()).isEqualTo(1);
        assertThat(rig.lan.sentCount()).isEqualTo(1);
    }

    @Test
    void shouldTranslateNoErrorFromInsideWhoseSourceBelongsElsewhere() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        rig.lan.arrive(inside.error(
                WorkerRig.DMZ_HOST,
                WorkerRig.SERVER,
                Icmp.DESTINATION_UNREACHABLE,
                WorkerRig.SERVER,
                53,
                WorkerRig.CLIENT,
                5_000));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.INSIDE_UNTRANSLATED)).isEqualTo(1);
        assertThat(rig.wan.sentCount()).isEqualTo(1);
    }

    @Test
    void shouldTranslateAnErrorOnlyToTheSourceOfThePacketThatItQuotes() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        final int[] elsewhere = {ip(192, 168, 1, 21), WorkerRig.CLIENT, WorkerRig.WAN, ip(9, 9, 9, 9)};
        for (final int destination : elsewhere) {
            rig.wan.arrive(outside.error(
                    WorkerRig.GATEWAY, destination, Icmp.TIME_EXCEEDED, WorkerRig.POOL, 5_000, WorkerRig.SERVER, 53));
        }
        final int[] elsewhereOutside = {ip(9, 9, 9, 9), WorkerRig.GATEWAY, WorkerRig.DMZ_HOST};
        for (final int destination : elsewhereOutside) {
            rig.lan.arrive(inside.error(
                    WorkerRig.CLIENT,
                    destination,
                    Icmp.DESTINATION_UNREACHABLE,
                    WorkerRig.SERVER,
                    53,
                    WorkerRig.CLIENT,
                    5_000));
        }
        rig.run();
        assertThat(rig.counters.dropped(DropReason.ICMP_ERROR_MISDIRECTED)).isEqualTo(7);
        assertThat(rig.lan.sentCount() + rig.dmz.sentCount()).isZero();
        assertThat(rig.wan.sentCount()).isEqualTo(1);
    }

    @Test
    void shouldTranslateAnErrorFromInsideToTheSourceThatItQuotes() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        rig.wan.keepSent();
        rig.lan.arrive(inside.error(
                WorkerRig.CLIENT,
                WorkerRig.SERVER,
                Icmp.DESTINATION_UNREACHABLE,
                WorkerRig.SERVER,
                53,
                WorkerRig.CLIENT,
                5_000));
        rig.run();
        final Received sent = new Received(rig.wan.sent().getFirst()).shouldBeWhole();
        assertThat(sent.protocol()).isEqualTo(Ipv4.ICMP);
        assertThat(sent.source()).isEqualTo(WorkerRig.POOL);
        assertThat(sent.destination()).isEqualTo(WorkerRig.SERVER);
    }

    /** A host of another inside network that knows a flow's every number may not send in its name. */
    @Test
    void shouldLetNoOtherInsideNetworkUseASession() {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        rig.dmz.arrive(second.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.INSIDE_UNTRANSLATED)).isEqualTo(1);
        assertThat(rig.wan.sentCount()).isEqualTo(1);
    }
}
