package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** A static rule gives an inside host an outside address of its own, 1:1. */
class WholeAddressTest {
    private static final int WHOLE = OUTSIDE + 7;
    private static final int SERVER = TestPacket.ip("192.168.1.9");
    private static final int SESSIONS = 1000;
    private static final PolicyTerms.Forward RULE = PolicyTerms.Forward.whole(0, WHOLE, SERVER);

    private final TestConfig base = TestConfig.of(SESSIONS, OUTSIDE);
    private TestRouter router = new TestRouter(base.forwards(RULE));

    @AfterEach
    void close() {
        router.close();
    }

    private void start(final TestConfig config) {
        router.close();
        router = new TestRouter(config);
    }

    private int in(final int remote, final int port) {
        router.packet.udp(remote, 4000, WHOLE, port);
        return router.inbound();
    }

    private int destinationPort() {
        return Memory.u16(router.packet.transport() + Udp.DESTINATION_PORT_OFFSET);
    }

    private SessionState state(final int session) {
        return LastSeen.state(router.lastSeen(session));
    }

    @Test
    void shouldGiveWhatTheHostOpensItsAddressAndLeaveThePorts() {
        for (final int port : new int[] {1, 80, 5000, 65_535}) {
            assertThat(router.udpPort(SERVER, port, REMOTE, 53)).isEqualTo(port);
            assertThat(router.packet.source()).isEqualTo(WHOLE);
            router.packet.shouldHaveRightChecksums();
            router.packet.tcp(SERVER, port, REMOTE, 443, Tcp.SYN);
            assertThat(router.nat.reader().outsidePort(router.outbound())).isEqualTo(port);
            router.packet.echo(Icmp.ECHO_REQUEST, SERVER, REMOTE, port);
            assertThat(router.nat.reader().outsidePort(router.outbound())).isEqualTo(port);
            assertThat(router.packet.source()).isEqualTo(WHOLE);
        }
        assertThat(router.nat.reader().outsideAddress(router.udp(HOST, 80, REMOTE, 53)))
                .as("another host")
                .isEqualTo(OUTSIDE);
    }

    @Test
    void shouldLetTheOutsideOpenOnEachPortAndPing() {
        for (final int port : new int[] {1, 80, 65_535}) {
            assertThat(state(in(REMOTE, port))).isEqualTo(SessionState.UDP_INCOMING);
            assertThat(router.packet.destination()).isEqualTo(SERVER);
            assertThat(destinationPort()).isEqualTo(port);
            router.packet.tcp(REMOTE, 4000, WHOLE, port, Tcp.SYN);
            assertThat(state(router.inbound())).isEqualTo(SessionState.TCP_INCOMING);
            assertThat(router.packet.destination()).isEqualTo(SERVER);
        }
        router.packet.echo(Icmp.ECHO_REQUEST, REMOTE, WHOLE, 77);
        final int ping = router.inbound();
        assertThat(state(ping)).isEqualTo(SessionState.INCOMING);
        assertThat(router.packet.destination()).isEqualTo(SERVER);
        router.packet.shouldHaveRightChecksums();
        router.packet.echo(Icmp.ECHO_REPLY, SERVER, REMOTE, 77);
        assertThat(router.outbound()).isEqualTo(ping);
        assertThat(router.packet.source()).isEqualTo(WHOLE);
        assertThat(state(ping)).as("answered").isEqualTo(SessionState.ICMP);
    }

    @Test
    void shouldRefuseWhatOpensNothing() {
        router.packet.echo(Icmp.ECHO_REPLY, REMOTE, WHOLE, 77);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.ICMP_TYPE_UNSUPPORTED);
        router.packet.tcp(REMOTE, 4000, WHOLE, 80, Tcp.ACK);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.TCP_NOT_OPENING);
        router.packet.udp(REMOTE, 4000, WHOLE + 1, 80);
        assertThat(reason(router.inbound())).as("the next address").isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldCarryErrorsBothWays() {
        router.packet.udp(REMOTE, 4000, WHOLE, 80);
        router.inbound();
        try (TestPacket error = new TestPacket()) {
            error.error(Icmp.DESTINATION_UNREACHABLE, 3, SERVER, REMOTE, router.packet);
            assertThat(router.outbound(error, false)).isNotNegative();
            assertThat(error.source()).isEqualTo(WHOLE);
            error.shouldHaveRightChecksums();
            router.udp(SERVER, 5000, REMOTE, 53);
            error.error(Icmp.TIME_EXCEEDED, 0, OTHER_REMOTE, WHOLE, router.packet);
            assertThat(router.inbound(error, false)).isNotNegative();
            assertThat(error.destination()).isEqualTo(SERVER);
        }
    }

    @Test
    void shouldHaveOneMappingForAllAndFreeItWithTheLastSession() {
        final int out = router.udp(SERVER, 5000, REMOTE, 53);
        final int in = in(REMOTE, 80);
        final MappingTable mappings = router.nat.tables().mappings();
        assertThat(mappings.live()).isOne();
        router.expire(out);
        assertThat(mappings.live()).isOne();
        router.expire(in);
        assertThat(mappings.live()).isZero();
        assertThat(mappings.resting()).isZero();
        assertThat(mappings.hosts().size()).isZero();
    }

    @Test
    void shouldLimitWhatTheOutsideOpensOnAnAddress() {
        start(base.limits(new OutsideLimits(100, 3, 100, 0))
                .forwards(RULE, PolicyTerms.Forward.whole(0, WHOLE + 1, OTHER_HOST)));
        router.udp(SERVER, 5000, REMOTE, 53);
        assertThat(in(REMOTE, 80)).isNotNegative();
        assertThat(in(REMOTE, 81)).isNotNegative();
        router.packet.echo(Icmp.ECHO_REQUEST, REMOTE, WHOLE, 77);
        assertThat(router.inbound()).isNotNegative();
        assertThat(reason(in(OTHER_REMOTE, 82))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        router.packet.udp(REMOTE, 4000, WHOLE + 1, 80);
        assertThat(router.inbound()).as("another address").isNotNegative();
    }

    @Test
    void shouldLeaveAHostWithoutTranslationItsAddress() {
        start(base.forwards(PolicyTerms.Forward.whole(0, WHOLE, WHOLE)));
        assertThat(router.udpPort(WHOLE, 5000, REMOTE, 53)).isEqualTo(5000);
        assertThat(router.packet.source()).isEqualTo(WHOLE);
        router.packet.shouldHaveRightChecksums();
        assertThat(in(REMOTE, 80)).isNotNegative();
        assertThat(router.packet.destination()).isEqualTo(WHOLE);
        router.packet.shouldHaveRightChecksums();
    }

    @Test
    void shouldEndWhatTheAddressHadWhenTheRuleComesAndWhatTheRuleHadWhenItGoes() {
        final TestConfig pooled = TestConfig.of(SESSIONS, WHOLE);
        start(pooled);
        final int other = router.udp(HOST, 5000, REMOTE, 53);
        final int same = router.udp(SERVER, 6000, REMOTE, 53);
        router.swap(base.forwards(RULE));
        final int fresh = router.udp(SERVER, 5000, REMOTE, 53);
        assertThat(router.nat.reader().lastSeenWord(other))
                .as("it had the answers")
                .isZero();
        assertThat(router.nat.reader().outsideAddress(fresh)).isEqualTo(WHOLE);
        assertThat(router.sweep()).isZero();
        assertThat(router.udp(SERVER, 6000, REMOTE, 53)).as("goes on").isEqualTo(same);
        router.swap(pooled);
        assertThat(reason(router.udp(HOST, 7000, REMOTE, 53)))
                .as("until the sweep")
                .isEqualTo(DropReason.PORTS_EXHAUSTED);
        assertThat(router.sweep()).isPositive();
        assertThat(router.nat.counts().sessions()).isZero();
        for (int port = 1024; port < 1034; port++) {
            assertThat(router.udpPort(HOST, port, REMOTE, 53)).isEqualTo(port);
        }
    }

    @Test
    void shouldGiveTheAddressBackThoughARuleOfAPortLeadsToTheSameEndpoint() {
        router.udp(SERVER, 5000, REMOTE, 53);
        router.swap(TestConfig.of(SESSIONS, WHOLE)
                .forwards(new PolicyTerms.Forward(0, Ipv4.UDP, WHOLE, 5000, SERVER, 5000)));
        assertThat(router.sweep()).isOne();
        assertThat(router.udpPort(HOST, 6000, REMOTE, 53))
                .as("nobody has the whole address any more")
                .isEqualTo(6000);
    }

    @Test
    void shouldKeepTheHostOfASessionThatEndsForAnotherOfItsOwn() {
        final TestConfig pooled = TestConfig.of(SESSIONS, WHOLE);
        start(pooled);
        final int first = router.udp(HOST, 5000, REMOTE, 53);
        router.expire(router.udp(SERVER, 5000, REMOTE, 53));
        assertThat(router.udpPort(SERVER, 6000, REMOTE, 53)).isEqualTo(6000);
        router.swap(base.forwards(new PolicyTerms.Forward(0, Ipv4.UDP, WHOLE, 6000, SERVER, 7000)));
        final int fresh = router.udp(SERVER, 7000, REMOTE, 53);
        router.expire(first);
        final MappingTable mappings = router.nat.tables().mappings();
        assertThat(mappings.firstOfHost(SERVER, 0))
                .as("the host is there")
                .isEqualTo(router.nat.tables().sessions().mapping(fresh));
        router.expire(fresh);
        assertThat(mappings.firstOfHost(SERVER, 0)).isEqualTo(-1);
    }

    @Test
    void shouldGivePortsBackThatAMappingHadWhenTheRuleCame() {
        final TestConfig pooled = TestConfig.of(SESSIONS, WHOLE).rest(0);
        start(pooled);
        router.udp(HOST, 5000, REMOTE, 53);
        router.swap(base.rest(0).forwards(RULE));
        assertThat(router.sweep()).isOne();
        router.swap(pooled);
        assertThat(router.udpPort(OTHER_HOST, 5000, REMOTE, 53)).isEqualTo(5000);
    }

    @Test
    void shouldEndTheSessionsOfAnAddressThatAnotherHostGets() {
        router.udp(SERVER, 5000, REMOTE, 53);
        in(REMOTE, 80);
        router.swap(base.forwards(PolicyTerms.Forward.whole(0, WHOLE, OTHER_HOST)));
        assertThat(router.sweep()).isPositive();
        assertThat(router.nat.counts().sessions()).isZero();
        in(REMOTE, 80);
        assertThat(router.packet.destination()).isEqualTo(OTHER_HOST);
        assertThat(router.nat.reader().outsideAddress(router.udp(SERVER, 5000, REMOTE, 53)))
                .isEqualTo(OUTSIDE);
    }

    @Test
    void shouldCarryOnePingWhereBothSidesUseOneIdentifier() {
        router.packet.echo(Icmp.ECHO_REQUEST, REMOTE, WHOLE, 77);
        final int ping = router.inbound();
        router.packet.echo(Icmp.ECHO_REQUEST, SERVER, REMOTE, 77);
        assertThat(reason(router.outbound())).isEqualTo(DropReason.PROTOCOL_AMBIGUOUS);
        router.packet.echo(Icmp.ECHO_REPLY, SERVER, REMOTE, 77);
        assertThat(router.outbound()).as("the live session goes on").isEqualTo(ping);
        router.packet.echo(Icmp.ECHO_REQUEST, SERVER, REMOTE, 78);
        assertThat(router.outbound()).isNotNegative();
    }

    @Test
    void shouldCarryOnePingWhereBothSidesUseOneIdentifierAndTheRuleIsForTheOutside() {
        start(base.forwards(RULE.inboundOnly()));
        router.packet.echo(Icmp.ECHO_REQUEST, REMOTE, WHOLE, 77);
        final int ping = router.inbound();
        router.packet.echo(Icmp.ECHO_REQUEST, SERVER, REMOTE, 77);
        assertThat(reason(router.outbound())).isEqualTo(DropReason.PROTOCOL_AMBIGUOUS);
        router.packet.echo(Icmp.ECHO_REPLY, SERVER, REMOTE, 77);
        assertThat(router.outbound()).as("the live session goes on").isEqualTo(ping);
    }

    @Test
    void shouldRefuseTermsInWhichARuleIsNotAlone() {
        final PolicyTerms.Forward port = new PolicyTerms.Forward(0, Ipv4.TCP, WHOLE, 80, OTHER_HOST, 80);
        assertThatThrownBy(() -> base.forwards(RULE, port).terms()).hasMessageContaining("forwarded twice");
        assertThatThrownBy(() -> base.forwards(PolicyTerms.Forward.whole(0, OUTSIDE, SERVER))
                        .terms())
                .hasMessageContaining("in a pool");
    }
}
