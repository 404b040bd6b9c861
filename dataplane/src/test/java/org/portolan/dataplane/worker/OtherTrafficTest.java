package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** Whole addresses and protocols without ports through a whole worker: who gets them, and who gets an answer. */
class OtherTrafficTest {
    private static final int WHOLE = WorkerRig.POOL + 4;
    private static final int GRE = 47;
    private static final int HOST_UNREACHABLE = Icmp.DESTINATION_UNREACHABLE << 8 | Icmp.CODE_HOST_UNREACHABLE;

    private final WorkerRig rig =
            new WorkerRig(100, 100, new OutsideLimits(100, 100, 100, 0), HostLimits.NONE, Answers.usual(42));
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);

    @BeforeEach
    void giveTheClientAnAddress() {
        final PolicyTerms terms = rig.keeper.current().terms();
        rig.keeper.offer(new PolicyTerms(
                        terms.routes(),
                        terms.outsidePorts(),
                        terms.pools(),
                        List.of(PolicyTerms.Forward.whole(1, WHOLE, WorkerRig.CLIENT)),
                        terms.limits(),
                        terms.hostLimits(),
                        terms.timeouts())
                .exempting(terms.exemptions().toArray(PolicyTerms.Network[]::new)));
        rig.run();
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

    private static byte[] other(final TestFrames frames, final int protocol, final int source, final int destination) {
        final byte[] frame = frames.udp(source, 1, destination, 1, 20);
        frame[23] = (byte) protocol;
        return frames.mend(frame);
    }

    private void fromLan(final int protocol, final int source, final int destination) {
        rig.lan.arrive(other(inside, protocol, source, destination));
        rig.run();
    }

    private void fromWan(final int protocol, final int source, final int destination) {
        rig.wan.arrive(other(outside, protocol, source, destination));
        rig.run();
    }

    private long dropped(final DropReason reason) {
        return rig.counters.dropped(reason);
    }

    @Test
    void shouldGiveThePingsOfAWholeAddressToItsHostAndAnswerThoseOfItsOwn() {
        rig.wan.arrive(outside.echo(WorkerRig.SERVER, WHOLE, Icmp.ECHO_REQUEST, 7));
        rig.wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
        rig.run();
        assertThat(rig.lan.sent()).hasSize(1);
        final Received ping = new Received(rig.lan.sent().getFirst()).shouldBeWhole();
        assertThat(ping.destination()).isEqualTo(WorkerRig.CLIENT);
        assertThat(rig.wan.sent()).as("the router's own answer").hasSize(1);
        rig.wan.sent().clear();
        rig.lan.arrive(inside.echo(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.ECHO_REPLY, 7));
        rig.run();
        assertThat(new Received(rig.wan.sent().getFirst()).shouldBeWhole().source())
                .isEqualTo(WHOLE);
    }

    @Test
    void shouldCarryOtherProtocolsOutAndBack() {
        fromLan(GRE, WorkerRig.ROUTED_HOST, WorkerRig.SERVER);
        assertThat(new Received(rig.wan.sent().getFirst()).source()).isEqualTo(WorkerRig.POOL);
        fromWan(GRE, WorkerRig.SERVER, WorkerRig.POOL);
        assertThat(new Received(rig.lan.sent().getFirst()).destination()).isEqualTo(WorkerRig.ROUTED_HOST);
        fromWan(GRE, WorkerRig.OTHER_SERVER, WHOLE);
        assertThat(new Received(rig.lan.sent().getLast()).destination()).isEqualTo(WorkerRig.CLIENT);
    }

    @Test
    void shouldAnswerAHostThatNothingTellsApart() {
        fromLan(GRE, WorkerRig.ROUTED_HOST, WorkerRig.SERVER);
        fromLan(GRE, WorkerRig.ROUTED_HOST + 1, WorkerRig.SERVER);
        assertThat(dropped(DropReason.PROTOCOL_AMBIGUOUS)).isOne();
        assertThat(new Received(rig.lan.sent().getFirst()).shouldBeWhole().typeAndCode())
                .isEqualTo(HOST_UNREACHABLE);
        assertThat(rig.event.size()).as("control hears of it").isPositive();
    }

    @Test
    void shouldDropAuthenticationHeadersAndSayNothing() {
        fromLan(Ipv4.AUTHENTICATION, WorkerRig.ROUTED_HOST, WorkerRig.SERVER);
        fromWan(Ipv4.AUTHENTICATION, WorkerRig.SERVER, WHOLE);
        assertThat(dropped(DropReason.AUTHENTICATION_HEADER)).isEqualTo(2);
        assertThat(rig.lan.sent()).isEmpty();
        assertThat(rig.wan.sent()).isEmpty();
    }

    @Test
    void shouldServeNoOtherProtocolItself() {
        fromWan(GRE, WorkerRig.SERVER, WorkerRig.WAN);
        fromWan(4, WorkerRig.SERVER, WorkerRig.POOL);
        assertThat(dropped(DropReason.NO_MAPPING)).isEqualTo(2);
        fromLan(GRE, WorkerRig.CLIENT, WorkerRig.LAN);
        assertThat(dropped(DropReason.LOCAL_UNSERVED)).isOne();
        assertThat(rig.lan.sent()).isEmpty();
        assertThat(rig.wan.sent()).isEmpty();
    }

    @Test
    void shouldForwardThemUntranslatedWhereNothingIsTranslated() {
        fromLan(GRE, WorkerRig.CLIENT, WorkerRig.DMZ_HOST);
        fromLan(Ipv4.AUTHENTICATION, WorkerRig.CLIENT, WorkerRig.EXEMPT_SERVER);
        assertThat(new Received(rig.dmz.sent().getFirst()).source()).isEqualTo(WorkerRig.CLIENT);
        assertThat(new Received(rig.wan.sent().getFirst()).source()).isEqualTo(WorkerRig.CLIENT);
    }

    @Test
    void shouldReachAWholeAddressFromInside() {
        final TestFrames dmz = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.DMZ_MAC);
        rig.dmz.arrive(dmz.udp(WorkerRig.DMZ_HOST, 4_000, WHOLE, 80, 20));
        rig.dmz.arrive(dmz.echo(WorkerRig.DMZ_HOST, WHOLE, Icmp.ECHO_REQUEST, 9));
        rig.dmz.arrive(other(dmz, GRE, WorkerRig.DMZ_HOST, WHOLE));
        rig.run();
        dmz.close();
        assertThat(rig.lan.sent()).hasSize(3);
        for (final byte[] frame : rig.lan.sent()) {
            assertThat(new Received(frame).source()).isEqualTo(WorkerRig.POOL);
            assertThat(new Received(frame).destination()).isEqualTo(WorkerRig.CLIENT);
        }
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 80, WorkerRig.POOL, 4_000, 20));
        rig.lan.arrive(other(inside, GRE, WorkerRig.CLIENT, WorkerRig.POOL));
        rig.run();
        assertThat(rig.dmz.sent()).hasSize(2);
        for (final byte[] frame : rig.dmz.sent()) {
            assertThat(new Received(frame).source()).isEqualTo(WHOLE);
            assertThat(new Received(frame).destination()).isEqualTo(WorkerRig.DMZ_HOST);
        }
    }
}
