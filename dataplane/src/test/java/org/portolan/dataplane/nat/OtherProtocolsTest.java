package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OtherProtocols;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/** Protocols without ports: their addresses are translated, and nothing else of them. */
class OtherProtocolsTest {
    private static final int GRE = 47;
    private static final int ESP = 50;
    private static final int WHOLE = OUTSIDE + 7;
    private static final int SERVER = TestPacket.ip("192.168.1.9");
    private static final PolicyTerms.Forward RULE = PolicyTerms.Forward.whole(0, WHOLE, SERVER);

    private final TestConfig base = TestConfig.of(1000, OUTSIDE).forwards(RULE);
    private TestRouter router = new TestRouter(base);

    @AfterEach
    void close() {
        router.close();
    }

    private void start(final TestConfig config) {
        router.close();
        router = new TestRouter(config);
    }

    private void swap(final OtherProtocols others) {
        router.keeper.offer(base.terms().with(Switches.USUAL.with(others)));
        router.adopt();
    }

    private int out(final int host, final int protocol, final int remote) {
        router.packet.other(protocol, host, remote, 24);
        return router.outbound();
    }

    private int in(final int remote, final int protocol, final int address) {
        router.packet.other(protocol, remote, address, 24);
        return router.inbound();
    }

    private SessionState state(final int session) {
        return LastSeen.state(router.lastSeen(session));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 41, 47, 50, 132, 255})
    void shouldTranslateTheAddressesAloneBothWays(final int protocol) {
        router.packet.other(protocol, HOST, REMOTE, 24);
        final byte[] sent = router.packet.bytes();
        final int session = router.outbound();
        assertThat(session).isNotNegative();
        assertThat(router.packet.source()).isEqualTo(OUTSIDE);
        assertThat(router.packet.destination()).isEqualTo(REMOTE);
        router.packet.shouldHaveRightChecksums();
        assertThat(router.packet.bytes()).endsWith(java.util.Arrays.copyOfRange(sent, 20, 44));
        assertThat(in(REMOTE, protocol, OUTSIDE)).isEqualTo(session);
        assertThat(router.packet.destination()).isEqualTo(HOST);
        router.packet.shouldHaveRightChecksums();
        assertThat(state(session)).isEqualTo(SessionState.OTHER);
    }

    @Test
    void shouldCarryAPacketWithoutPayload() {
        router.packet.other(GRE, HOST, REMOTE, 0);
        assertThat(router.outbound()).isNotNegative();
        router.packet.shouldHaveRightChecksums();
    }

    @Test
    void shouldRefuseASecondHostWhosePacketsNothingTellsApart() {
        final int first = out(HOST, GRE, REMOTE);
        assertThat(reason(out(OTHER_HOST, GRE, REMOTE))).isEqualTo(DropReason.PROTOCOL_AMBIGUOUS);
        assertThat(Nat.isInsideLimit(DropReason.PROTOCOL_AMBIGUOUS.code))
                .as("its sender gets an answer")
                .isTrue();
        assertThat(out(OTHER_HOST, GRE, OTHER_REMOTE)).as("another remote").isNotNegative();
        assertThat(out(OTHER_HOST, ESP, REMOTE)).as("another protocol").isNotNegative();
        assertThat(out(HOST, GRE, REMOTE)).isEqualTo(first);
        router.expire(first);
        assertThat(out(OTHER_HOST, GRE, REMOTE)).as("when it is over").isNotNegative();
    }

    @Test
    void shouldTakeNothingForAPacketThatIsRefused() {
        out(HOST, GRE, REMOTE);
        final int hosts = router.nat.tables().mappings().hosts().size();
        for (int i = 0; i < 100; i++) {
            out(OTHER_HOST + i, GRE, REMOTE);
        }
        assertThat(router.nat.counts().sessions()).isOne();
        assertThat(router.nat.tables().mappings().live()).isOne();
        assertThat(router.nat.tables().mappings().hosts().size()).isEqualTo(hosts);
    }

    @Test
    void shouldLetNothingInFromOutsideWithoutARule() {
        assertThat(reason(in(REMOTE, GRE, OUTSIDE))).isEqualTo(DropReason.NO_MAPPING);
        out(HOST, GRE, REMOTE);
        assertThat(reason(in(OTHER_REMOTE, GRE, OUTSIDE))).isEqualTo(DropReason.NO_MAPPING);
        assertThat(reason(in(REMOTE, ESP, OUTSIDE))).isEqualTo(DropReason.NO_MAPPING);
    }

    @Test
    void shouldOpenBothWaysOnAWholeAddress() {
        final int session = in(REMOTE, GRE, WHOLE);
        assertThat(state(session)).isEqualTo(SessionState.INCOMING);
        assertThat(router.packet.destination()).isEqualTo(SERVER);
        assertThat(out(SERVER, GRE, REMOTE)).isEqualTo(session);
        assertThat(router.packet.source()).isEqualTo(WHOLE);
        assertThat(state(session)).isEqualTo(SessionState.OTHER);
        assertThat(out(SERVER, ESP, REMOTE)).isNotNegative();
        assertThat(router.packet.source()).isEqualTo(WHOLE);
        assertThat(out(HOST, ESP, REMOTE)).as("another outside address").isNotNegative();
    }

    @Test
    void shouldDropAuthenticationHeadersUnderTheirOwnReason() {
        assertThat(reason(out(HOST, Ipv4.AUTHENTICATION, REMOTE))).isEqualTo(DropReason.AUTHENTICATION_HEADER);
        assertThat(reason(in(REMOTE, Ipv4.AUTHENTICATION, WHOLE))).isEqualTo(DropReason.AUTHENTICATION_HEADER);
    }

    @Test
    void shouldCarryWhatTheSettingSays() {
        swap(OtherProtocols.STATIC);
        assertThat(reason(out(HOST, GRE, REMOTE))).isEqualTo(DropReason.PROTOCOL_UNSUPPORTED);
        assertThat(out(SERVER, GRE, REMOTE)).isNotNegative();
        swap(OtherProtocols.DROP);
        assertThat(reason(out(SERVER, GRE, OTHER_REMOTE))).isEqualTo(DropReason.PROTOCOL_UNSUPPORTED);
        assertThat(reason(in(OTHER_REMOTE, GRE, WHOLE))).isEqualTo(DropReason.PROTOCOL_UNSUPPORTED);
    }

    @Test
    void shouldEndWhatTheSettingNoLongerAllows() {
        out(HOST, GRE, REMOTE);
        out(SERVER, GRE, REMOTE);
        final int udp = router.udp(HOST, 4000, REMOTE, 53);
        swap(OtherProtocols.STATIC);
        assertThat(router.sweep()).isOne();
        swap(OtherProtocols.DROP);
        assertThat(router.sweep()).isOne();
        assertThat(router.udp(HOST, 4000, REMOTE, 53)).isEqualTo(udp);
    }

    @Test
    void shouldLeaveTheOtherSessionsOfAWholeAddressAlone() {
        final int tunnel = out(SERVER, GRE, REMOTE);
        final int session = router.udp(SERVER, 5000, REMOTE, 53);
        swap(OtherProtocols.DROP);
        assertThat(router.sweep()).isOne();
        assertThat(router.lastSeen(tunnel)).isZero();
        assertThat(router.udp(SERVER, 5000, REMOTE, 53)).as("goes on").isEqualTo(session);
    }

    @Test
    void shouldCountForTheLimitsOfAHostAndOfTheOutside() {
        start(base.hosts(new HostLimits(3, 1, 1000, 1000)).limits(new OutsideLimits(1, 1, 1, 0)));
        assertThat(out(HOST, GRE, REMOTE)).isNotNegative();
        assertThat(out(HOST, GRE, OTHER_REMOTE))
                .as("one mapping for all remotes")
                .isNotNegative();
        assertThat(reason(out(HOST, ESP, REMOTE))).isEqualTo(DropReason.HOST_PORTS_FULL);
        assertThat(out(HOST, GRE, REMOTE + 5)).isNotNegative();
        assertThat(reason(out(HOST, GRE, REMOTE + 6))).isEqualTo(DropReason.HOST_SESSIONS_FULL);
        assertThat(in(REMOTE, GRE, WHOLE)).isNotNegative();
        assertThat(reason(in(OTHER_REMOTE, GRE, WHOLE))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
    }

    @Test
    void shouldKeepTheHostsAddressAndFreeItAtOnce() {
        start(TestConfig.of(1000, OUTSIDE, OUTSIDE + 1));
        final int session = out(HOST, GRE, REMOTE);
        final int address = router.packet.source();
        router.udp(HOST, 4000, REMOTE, 53);
        assertThat(router.packet.source()).as("the paired one").isEqualTo(address);
        router.expire(session);
        assertThat(router.nat.counts().portsResting()).isZero();
        assertThat(router.nat.tables().mappings().live()).isOne();
    }

    @Test
    void shouldTranslateErrorsAboutThem() {
        final int session = out(HOST, GRE, REMOTE);
        try (TestPacket error = new TestPacket()) {
            error.error(Icmp.DESTINATION_UNREACHABLE, 2, OTHER_REMOTE, OUTSIDE, router.packet);
            assertThat(router.inbound(error, false)).isEqualTo(session);
            assertThat(error.destination()).isEqualTo(HOST);
            error.shouldHaveRightChecksums();
            assertThat(Ipv4.source(error.transport() + Icmp.QUOTE_OFFSET)).isEqualTo(HOST);
            in(REMOTE, GRE, OUTSIDE);
            error.error(Icmp.DESTINATION_UNREACHABLE, 2, HOST, REMOTE, router.packet);
            assertThat(router.outbound(error, false)).isEqualTo(session);
            assertThat(error.source()).isEqualTo(OUTSIDE);
            error.shouldHaveRightChecksums();
            assertThat(Ipv4.destination(error.transport() + Icmp.QUOTE_OFFSET)).isEqualTo(OUTSIDE);
        }
    }

    @Test
    void shouldEndAllSessionsOfAHost() {
        out(HOST, GRE, REMOTE);
        out(HOST, GRE, OTHER_REMOTE);
        out(HOST, ESP, REMOTE);
        assertThat(router.nat.tables().mappings().hosts().size()).isOne();
        router.swap(TestConfig.of(1000, WHOLE));
        assertThat(router.sweep()).isEqualTo(3);
        assertThat(router.nat.tables().mappings().hosts().size()).isZero();
    }

    @Test
    void shouldKnowTheKind() {
        router.packet.other(GRE, HOST, REMOTE, 4);
        final Packet packet = router.packet.parsed();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_OTHER);
        assertThat(packet.protocol()).isEqualTo(GRE);
        assertThat(packet.sourcePort()).isZero();
        router.packet.other(0, HOST, REMOTE, 4);
        assertThat(DropReason.ofCode(router.packet.parse())).isEqualTo(DropReason.PROTOCOL_UNSUPPORTED);
    }
}
