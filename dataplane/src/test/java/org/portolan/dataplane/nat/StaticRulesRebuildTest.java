package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.reason;

import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** A process goes on with the mappings of ranges, of whole addresses and of protocols without ports. */
class StaticRulesRebuildTest {
    private static final int WHOLE = OUTSIDE + 7;
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int GRE = 47;

    private final TestConfig config = TestConfig.of(100, OUTSIDE)
            .limits(new OutsideLimits(100, 3, 100, 0))
            .forwards(
                    new PolicyTerms.Forward(0, Ipv4.UDP, OUTSIDE, 5000, SERVER, 6000).ports(1000),
                    PolicyTerms.Forward.whole(0, WHOLE, OTHER_HOST));

    private static int in(final TestRouter router, final int remote, final int address, final int port) {
        router.packet.udp(remote, 4000, address, port);
        return router.inbound();
    }

    private static int gre(final TestRouter router, final int host) {
        router.packet.other(GRE, host, REMOTE, 24);
        return router.outbound();
    }

    @Test
    void shouldGoOnWithWhatLives() {
        final TableMemory memory = TableMemory.anonymous(config.room());
        try (TestRouter before = new TestRouter(config, memory, 1000)) {
            final int[] sessions = {
                in(before, REMOTE, OUTSIDE, 5000),
                in(before, REMOTE, OUTSIDE, 5999),
                in(before, REMOTE, WHOLE, 80),
                before.udp(OTHER_HOST, 4000, REMOTE, 53),
                gre(before, HOST),
                gre(before, OTHER_HOST)
            };
            before.packet.echo(Icmp.ECHO_REQUEST, REMOTE, WHOLE, 5);
            final int ping = before.inbound();
            try (TestRouter after = new TestRouter(
                    config, new TableMemory(memory.sessions(), memory.mappings(), memory.hosts(), true), 1000)) {
                assertThat(after.nat.rebuilt()).isEqualTo(new Rebuilt(7, 4, 3, 0, 0, 0, 0));
                final RuleSlots slots = after.nat.tables().mappings().slots();
                assertThat(slots.mappings()).isEqualTo(3);
                assertThat(slots.outsideSessions(slots.slotOf(0))).isEqualTo(2);
                assertThat(slots.outsideSessions(slots.slotOf(1))).isEqualTo(2);
                assertThat(in(after, REMOTE, OUTSIDE, 5000)).isEqualTo(sessions[0]);
                assertThat(in(after, REMOTE, WHOLE, 80)).isEqualTo(sessions[2]);
                assertThat(gre(after, HOST)).isEqualTo(sessions[4]);
                assertThat(reason(gre(after, HOST + 5))).isEqualTo(DropReason.PROTOCOL_AMBIGUOUS);
                assertThat(in(after, REMOTE, OUTSIDE, 5001)).isNotNegative();
                assertThat(reason(in(after, REMOTE, OUTSIDE, 5002))).isEqualTo(DropReason.FORWARD_SESSIONS_FULL);
                for (final int session : sessions) {
                    after.expire(session);
                }
                after.expire(ping);
                assertThat(slots.mappings()).as("that of port 5001").isOne();
                assertThat(after.nat.tables().mappings().hosts().size()).isOne();
                assertThat(after.nat.counts().portsResting()).isZero();
            }
        }
    }
}
