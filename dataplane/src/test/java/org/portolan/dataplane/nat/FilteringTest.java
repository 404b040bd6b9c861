package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Who may send to a mapping from outside (RFC 4787 REQ-8, RFC 5382 REQ-3, RFC 7857 sections 6 and 7). */
class FilteringTest {
    private static final int STRANGER = TestPacket.ip("192.0.2.9");

    private TestRouter router = with(Behavior.Filtering.ADDRESS_AND_PORT_DEPENDENT);

    private static TestConfig config(final Behavior.Filtering filtering) {
        final Behavior behavior = new Behavior(Behavior.Mapping.ENDPOINT_INDEPENDENT, filtering);
        return TestConfig.of(1_000, OUTSIDE).withPools(new PolicyTerms.Pool(0, behavior, OUTSIDE));
    }

    private static TestRouter with(final Behavior.Filtering filtering) {
        return new TestRouter(config(filtering));
    }

    private void use(final TestConfig config) {
        router.close();
        router = new TestRouter(config);
    }

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void shouldCloseAConnectionThatTheOutsideOpenedOnAMappingOfTheInside() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        router.packet.tcp(HOST, 5_000, REMOTE, 80, Tcp.SYN);
        router.outbound();
        router.packet.tcp(STRANGER, 7, OUTSIDE, 5_000, Tcp.SYN);
        final int session = router.inbound();
        router.packet.tcp(HOST, 5_000, STRANGER, 7, Tcp.FIN | Tcp.ACK);
        router.outbound();
        router.packet.tcp(STRANGER, 7, OUTSIDE, 5_000, Tcp.FIN | Tcp.ACK);
        assertThat(router.inbound()).isEqualTo(session);
        assertThat(router.nat.reader().state(session)).isEqualTo(SessionState.TCP_CLOSED);
        assertThat(router.expire(session)).isTrue();
    }

    private int fromOutside(final int remote, final int remotePort, final int port) {
        router.packet.udp(remote, remotePort, OUTSIDE, port);
        return router.inbound();
    }

    @Test
    void shouldLetAnybodyInUnderEndpointIndependentFilteringRfc4787Req8() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        router.udp(HOST, 5_000, REMOTE, 53);
        final int session = fromOutside(STRANGER, 7, 5_000);
        assertThat(session).isNotNegative();
        assertThat(Ipv4.destination(router.packet.parsed().ip())).isEqualTo(HOST);
        assertThat(router.nat.reader().state(session)).isEqualTo(SessionState.UDP_INCOMING);
        assertThat(reason(fromOutside(STRANGER, 7, 5_001))).isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldLetEveryPortOfAKnownAddressInUnderAddressDependentFilteringRfc4787Req8() {
        use(config(Behavior.Filtering.ADDRESS_DEPENDENT));
        router.udp(HOST, 5_000, REMOTE, 53);
        assertThat(fromOutside(REMOTE, 9_999, 5_000)).isNotNegative();
        assertThat(reason(fromOutside(STRANGER, 53, 5_000))).isEqualTo(DropReason.FILTERED);
        router.udp(HOST, 5_001, STRANGER, 53);
        assertThat(reason(fromOutside(STRANGER, 53, 5_000)))
                .as("another mapping has sent there")
                .isEqualTo(DropReason.FILTERED);
    }

    @Test
    void shouldForgetAnAddressWithItsLastSessionFromInside() {
        use(config(Behavior.Filtering.ADDRESS_DEPENDENT));
        final int session = router.udp(HOST, 5_000, REMOTE, 53);
        router.udp(HOST, 5_000, OTHER_REMOTE, 53);
        final int called = fromOutside(REMOTE, 9_999, 5_000);
        router.nowS += 300;
        assertThat(router.expire(session)).isTrue();
        assertThat(reason(fromOutside(REMOTE, 9_998, 5_000))).isEqualTo(DropReason.FILTERED);
        assertThat(fromOutside(REMOTE, 9_999, 5_000))
                .as("the session that is there")
                .isEqualTo(called);
    }

    @Test
    void shouldLetOnlyKnownEndpointsInByDefault() {
        router.udp(HOST, 5_000, REMOTE, 53);
        assertThat(reason(fromOutside(REMOTE, 9_999, 5_000))).isEqualTo(DropReason.FILTERED);
        assertThat(reason(fromOutside(STRANGER, 53, 5_000))).isEqualTo(DropReason.FILTERED);
        assertThat(router.nat.counts().sessions()).isEqualTo(1);
    }

    @Test
    void shouldOpenTcpByAPlainSynAloneRfc5382Req3() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        router.packet.tcp(HOST, 5_000, REMOTE, 80, Tcp.SYN);
        router.outbound();
        router.packet.tcp(STRANGER, 7, OUTSIDE, 5_000, Tcp.ACK);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.TCP_NOT_OPENING);
        router.packet.tcp(STRANGER, 7, OUTSIDE, 5_000, Tcp.SYN);
        final int session = router.inbound();
        assertThat(router.nat.reader().state(session)).isEqualTo(SessionState.TCP_INCOMING);
    }

    @Test
    void shouldFilterEachProtocolApartRfc7857() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        router.udp(HOST, 5_000, REMOTE, 53);
        router.packet.tcp(STRANGER, 7, OUTSIDE, 5_000, Tcp.SYN);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldLetNoQueryInByTheMappingOfAnother() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        router.packet.echo(Icmp.ECHO_REQUEST, HOST, REMOTE, 7);
        router.outbound();
        router.packet.echo(Icmp.ECHO_REQUEST, STRANGER, OUTSIDE, 7);
        assertThat(reason(router.inbound())).isEqualTo(DropReason.NO_MAPPING);
    }

    /** RFC 4787 REQ-6: the outside alone keeps no mapping alive. */
    @Test
    void shouldCloseAMappingThatOnlyUnansweredCallsKeep() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        final int own = router.udp(HOST, 5_000, REMOTE, 53);
        final int called = fromOutside(STRANGER, 7, 5_000);
        router.nowS += 5;
        final int before = router.lastSeen(called);
        assertThat(fromOutside(STRANGER, 7, 5_000)).isEqualTo(called);
        assertThat(router.lastSeen(called))
                .as("a repeated call refreshes nothing")
                .isEqualTo(before);
        router.expire(own);
        assertThat(reason(fromOutside(STRANGER, 8, 5_000))).isEqualTo(DropReason.NO_MAPPING);
        router.expire(called);
        assertThat(router.nat.counts().sessions()).isZero();
        assertThat(router.nat.counts().mappings()).isZero();
    }

    @Test
    void shouldKeepAMappingOpenThroughAnAnsweredCall() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        final int own = router.udp(HOST, 5_000, REMOTE, 53);
        final int called = fromOutside(STRANGER, 7, 5_000);
        assertThat(router.udp(HOST, 5_000, STRANGER, 7)).isEqualTo(called);
        assertThat(router.nat.reader().state(called)).isEqualTo(SessionState.UDP);
        router.expire(own);
        assertThat(fromOutside(STRANGER, 8, 5_000)).isNotNegative();
    }

    @Test
    void shouldLimitWhatTheInsideHasNotAnsweredOnOneMapping() {
        final OutsideLimits limits = new OutsideLimits(1_000, 4, 1_000, 0);
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT).limits(limits));
        router.udp(HOST, 5_000, REMOTE, 53);
        for (int port = 0; port < 4; port++) {
            assertThat(fromOutside(STRANGER, 100 + port, 5_000)).isNotNegative();
        }
        assertThat(reason(fromOutside(STRANGER, 104, 5_000))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
        router.udp(HOST, 5_000, STRANGER, 100);
        assertThat(fromOutside(STRANGER, 104, 5_000)).as("one was answered").isNotNegative();
    }

    @Test
    void shouldRefuseAPolicyThatRemembersAddressesWhenThereIsNoRoomForThem() {
        assertThatThrownBy(() -> router.keeper.offer(
                        config(Behavior.Filtering.ADDRESS_DEPENDENT).terms()))
                .hasMessageContaining("address-dependent filtering");
    }

    /** What was opened under the old policy goes on, and nothing new opens. */
    @Test
    void shouldFollowTheFilterOfTheNextPolicy() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        router.udp(HOST, 5_000, REMOTE, 53);
        final int called = fromOutside(STRANGER, 7, 5_000);
        router.swap(config(Behavior.Filtering.ADDRESS_AND_PORT_DEPENDENT));
        assertThat(router.sweep()).isZero();
        assertThat(fromOutside(STRANGER, 7, 5_000)).isEqualTo(called);
        assertThat(reason(fromOutside(STRANGER, 8, 5_000))).isEqualTo(DropReason.FILTERED);
    }

    /** A forward to the same endpoints takes the mapping over; what the outside opened on it counts in no slot. */
    @Test
    void shouldCountRightWhenAForwardComesToACalledMapping() {
        use(config(Behavior.Filtering.ENDPOINT_INDEPENDENT));
        final int own = router.udp(HOST, 5_000, REMOTE, 53);
        final int called = fromOutside(STRANGER, 7, 5_000);
        final PolicyTerms.Forward forward = new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5_000, HOST, 5_000);
        router.swap(config(Behavior.Filtering.ENDPOINT_INDEPENDENT).forwards(forward));
        final int next = fromOutside(STRANGER, 8, 5_000);
        assertThat(next).isNotNegative();
        router.expire(called);
        router.expire(next);
        router.expire(own);
        assertThat(router.nat.counts().sessions()).isZero();
        assertThat(router.nat.tables().fromOutside().sessions()).isZero();
        assertThat(fromOutside(STRANGER, 9, 5_000)).isNotNegative();
    }

    @Test
    void shouldLimitWhatTheOutsideOpensOnACalledMappingThatAForwardComesTo() {
        final TestConfig open =
                config(Behavior.Filtering.ENDPOINT_INDEPENDENT).limits(new OutsideLimits(1_000, 3, 1_000, 0));
        use(open);
        router.udp(HOST, 5_000, REMOTE, 53);
        fromOutside(STRANGER, 7, 5_000);
        router.swap(open.forwards(new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5_000, HOST, 5_000)));
        assertThat(fromOutside(STRANGER, 8, 5_000)).isNotNegative();
        assertThat(fromOutside(STRANGER, 9, 5_000)).isNotNegative();
        assertThat(reason(fromOutside(STRANGER, 10, 5_000))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
    }
}
