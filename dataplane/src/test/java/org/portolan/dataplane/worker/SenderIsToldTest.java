package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** Who hears why a packet went no further, and how often: every inside host, fairly. */
class SenderIsToldTest {
    private static final int NET_UNREACHABLE = Icmp.DESTINATION_UNREACHABLE << 8;
    private static final int HOST_UNREACHABLE = NET_UNREACHABLE | Icmp.CODE_HOST_UNREACHABLE;
    private static final int PROHIBITED = NET_UNREACHABLE | Icmp.CODE_ADMINISTRATIVELY_PROHIBITED;
    private static final int TOO_BIG = NET_UNREACHABLE | Icmp.CODE_FRAGMENTATION_NEEDED;
    private static final int TIME_EXCEEDED = Icmp.TIME_EXCEEDED << 8;
    private static final int FLOODER = ip(192, 168, 1, 66);

    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private final Wakeup wakeup = new Wakeup();
    private WorkerRig rig = rig(2_000, Answers.usual(42));

    private static WorkerRig rig(final int maxSessions, final Answers answers) {
        final WorkerRig rig = new WorkerRig(maxSessions, maxSessions, 1_000, answers);
        rig.lan.keepSent();
        rig.wan.keepSent();
        return rig;
    }

    private void restart(final int maxSessions, final Answers answers) {
        rig.close();
        rig = rig(maxSessions, answers);
    }

    @AfterEach
    void close() {
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        outside.close();
        wakeup.close();
        rig.close();
    }

    private void links(final boolean up) {
        final CommandProxy commands = new CommandProxy(rig.command, wakeup);
        assertThat(commands.link(1, up, 1_500, WorkerRig.WAN_MAC)).isTrue();
    }

    private byte[] toServer() {
        return inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20);
    }

    private void assertTold(final int typeAndCode, final byte[] about) {
        assertThat(rig.lan.sent()).hasSize(1);
        final Received error = new Received(rig.lan.sent().getFirst()).shouldBeWhole();
        assertThat(error.typeAndCode()).isEqualTo(typeAndCode);
        assertThat(error.source()).isEqualTo(WorkerRig.LAN);
        assertThat(error.destination()).isEqualTo(WorkerRig.CLIENT);
        assertThat(error.quote())
                .as("the packet as its sender sent it")
                .isEqualTo(Arrays.copyOfRange(about, 14, about.length));
    }

    @Test
    void shouldSayNetUnreachableWhileTheEgressIsDown() {
        links(false);
        final byte[] frame = toServer();
        rig.lan.arrive(frame);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.EGRESS_DOWN)).isEqualTo(1);
        assertTold(NET_UNREACHABLE, frame);
    }

    @Test
    void shouldSayNetUnreachableToAnEstablishedFlowWhoseEgressWentDown() {
        final byte[] frame = toServer();
        rig.lan.arrive(frame);
        rig.run();
        links(false);
        rig.lan.arrive(frame);
        rig.run();
        assertTold(NET_UNREACHABLE, frame);
    }

    @Test
    void shouldSayNetUnreachableWithoutARoute() {
        final byte[] frame = inside.udp(WorkerRig.CLIENT, 5_000, ip(150, 1, 1, 1), 53, 20);
        rig.lan.arrive(frame);
        rig.run();
        assertTold(NET_UNREACHABLE, frame);
    }

    @Test
    void shouldSayHostUnreachableWhenTheNextHopDoesNotAnswer() {
        rig.wanNeighbors.publish(WorkerRig.GATEWAY, 0, NeighborState.FAILED);
        final byte[] frame = toServer();
        rig.lan.arrive(frame);
        rig.run();
        assertTold(HOST_UNREACHABLE, frame);
    }

    @Test
    void shouldSayHostUnreachableWhenAWaitWasInVain() {
        rig.wanNeighbors.clear(WorkerRig.GATEWAY);
        final byte[] frame = toServer();
        rig.lan.arrive(frame);
        rig.run();
        rig.wanNeighbors.publish(WorkerRig.GATEWAY, 0, NeighborState.FAILED);
        rig.run();
        assertTold(HOST_UNREACHABLE, frame);
    }

    @ParameterizedTest
    @ValueSource(ints = {Icmp.CODE_HOST_UNREACHABLE, Icmp.CODE_ADMINISTRATIVELY_PROHIBITED})
    void shouldSayWhatTheOperatorWantsWhenTheSessionTableIsFull(final int code) {
        restart(1, new Answers(code, false, 42));
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 4_999, WorkerRig.SERVER, 53, 20));
        final byte[] frame = toServer();
        rig.lan.arrive(frame);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.SESSIONS_FULL)).isEqualTo(1);
        assertTold(code == Icmp.CODE_HOST_UNREACHABLE ? HOST_UNREACHABLE : PROHIBITED, frame);
    }

    /** RFC 5508 REQ-8, RFC 6888 REQ-11. */
    @Test
    void shouldTellAHostThatItIsAtItsLimit() {
        rig.close();
        final HostLimits oneSession = new HostLimits(1, 64, 64, 64);
        rig = new WorkerRig(64, 64, new OutsideLimits(64, 64, 64, 0), oneSession, Answers.usual(42));
        rig.lan.keepSent();
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 4_999, WorkerRig.SERVER, 53, 20));
        final byte[] frame = toServer();
        rig.lan.arrive(frame);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.HOST_SESSIONS_FULL)).isEqualTo(1);
        assertTold(HOST_UNREACHABLE, frame);
    }

    /** As nobody outside hears of it: the host behind the address may be about to open the port (RFC 5382 REQ-4). */
    @Test
    void shouldTellNobodyThatNoWayLeadsBackInside() {
        final int client = WorkerRig.CLIENT;
        final int pool = WorkerRig.POOL;
        rig.lan.arrive(inside.udp(client, 5_000, pool, 5352, 20));
        rig.lan.arrive(inside.udp(client, 5_000, pool, 5354, 20));
        rig.lan.arrive(inside.error(client, pool, Icmp.TIME_EXCEEDED, pool, 53, client, 5_000));
        rig.run();
        assertThat(rig.counters.dropped(DropReason.NO_MAPPING)).isEqualTo(1);
        assertThat(rig.counters.dropped(DropReason.HAIRPIN)).isEqualTo(1);
        assertThat(rig.counters.dropped(DropReason.ICMP_ERROR_UNMATCHED)).isEqualTo(1);
        assertThat(rig.lan.sentCount() + rig.wan.sentCount()).isZero();
    }

    /** What is up, down or not there inside is nobody's business outside. */
    @Test
    void shouldTellTheOutsideNothingAboutWhatIsUnreachableInside() {
        final CommandProxy commands = new CommandProxy(rig.command, wakeup);
        final byte[] frame = outside.udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 20);
        rig.lanNeighbors.publish(WorkerRig.CLIENT, 0, NeighborState.FAILED);
        rig.wan.arrive(frame);
        rig.run();
        assertThat(commands.link(0, false, 1_500, WorkerRig.LAN_MAC)).isTrue();
        rig.wan.arrive(frame);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.NEIGHBOR_UNREACHABLE)).isEqualTo(1);
        assertThat(rig.counters.dropped(DropReason.EGRESS_DOWN)).isEqualTo(1);
        assertThat(rig.wan.sentCount()).isZero();
    }

    @Test
    void shouldTellTheOutsideThatTheTtlRanOutOrThePacketIsTooBig() {
        rig.wan.arrive(outside.ttl(1).udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 20));
        rig.wan.arrive(outside.ttl(64).dontFragment(true).udp(WorkerRig.SERVER, 5_000, WorkerRig.POOL, 5353, 1_480));
        rig.run();
        assertThat(rig.wan.sent().stream().map(frame -> new Received(frame).typeAndCode()))
                .containsExactly(TIME_EXCEEDED, TOO_BIG);
    }

    // ---- fair by host

    private static long told(final MemoryFrameIo io, final int destination, final int typeAndCode) {
        return io.sent().stream()
                .map(Received::new)
                .filter(frame -> frame.protocol() == Ipv4.ICMP
                        && frame.destination() == destination
                        && frame.typeAndCode() == typeAndCode)
                .count();
    }

    @Test
    void shouldTellAHostThatItsPacketsAreTooBigWhileAnotherFloods() {
        for (int i = 0; i < 5_000; i++) {
            rig.lan.arrive(inside.ttl(1).dontFragment(false).udp(FLOODER, 5_000, WorkerRig.SERVER, 53, 20));
        }
        for (int i = 0; i < 20; i++) {
            rig.lan.arrive(inside.ttl(64).dontFragment(true).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 1_480));
        }
        rig.run();
        assertThat(told(rig.lan, WorkerRig.CLIENT, TOO_BIG)).isEqualTo(20);
        assertThat(told(rig.lan, FLOODER, TIME_EXCEEDED)).isBetween(1L, 4_000L);
    }

    /** More spoofed hosts than the limit of all together allows. */
    @Test
    void shouldTellAHostThatAsksSeldomWhileAWholeSubnetFloods() {
        for (int i = 0; i < 30_000; i++) {
            final int spoofed = ip(192, 168, 1, 20) + i % 200;
            rig.lan.arrive(inside.ttl(1).dontFragment(false).udp(spoofed, 5_000, WorkerRig.SERVER, 53, 20));
        }
        rig.lan.arrive(inside.ttl(64).dontFragment(true).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 1_480));
        rig.run();
        assertThat(told(rig.lan, WorkerRig.CLIENT, TOO_BIG)).isEqualTo(1);
    }

    @Test
    void shouldTellAHostThatItsPacketsAreTooBigWhileTheOutsideFloods() {
        for (int i = 0; i < 30_000; i++) {
            rig.wan.arrive(outside.ttl(1).udp(ip(20, 0, 0, 0) + i, 5_000, WorkerRig.POOL, 5353, 20));
        }
        rig.run();
        for (int i = 0; i < 20; i++) {
            rig.lan.arrive(inside.dontFragment(true).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 1_480));
        }
        rig.run();
        assertThat(told(rig.lan, WorkerRig.CLIENT, TOO_BIG)).isEqualTo(20);
    }

    @Test
    void shouldAnswerPingsOfAHostWhileOthersFlood() {
        for (int i = 0; i < 20_000; i++) {
            rig.lan.arrive(inside.echo(FLOODER, WorkerRig.LAN, Icmp.ECHO_REQUEST, 1));
            rig.wan.arrive(outside.echo(ip(20, 0, 0, 0) + i, WorkerRig.WAN, Icmp.ECHO_REQUEST, 1));
        }
        for (int i = 0; i < 20; i++) {
            rig.lan.arrive(inside.echo(WorkerRig.CLIENT, WorkerRig.LAN, Icmp.ECHO_REQUEST, 1));
        }
        rig.run();
        assertThat(told(rig.lan, WorkerRig.CLIENT, Icmp.ECHO_REPLY << 8)).isEqualTo(20);
        assertThat(rig.counters.dropped(DropReason.ECHO_RATE)).isPositive();
    }

    /** What may not be answered costs nobody an answer. */
    @Test
    void shouldSpendNoAnswerOnPacketsThatMayNotBeAnswered() {
        for (int i = 0; i < 5_000; i++) {
            rig.lan.arrive(inside.ttl(1)
                    .error(
                            WorkerRig.CLIENT,
                            ip(9, 9, 9, 9),
                            Icmp.TIME_EXCEEDED,
                            ip(9, 9, 9, 9),
                            53,
                            WorkerRig.CLIENT,
                            5_000));
        }
        for (int i = 0; i < 20; i++) {
            rig.lan.arrive(inside.ttl(64).dontFragment(true).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 1_480));
        }
        rig.run();
        assertThat(rig.lan.sentCount()).isEqualTo(20);
    }
}
