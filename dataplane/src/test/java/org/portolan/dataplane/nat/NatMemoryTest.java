package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.FirstTierJvm;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

class NatMemoryTest {
    private static final int SESSIONS = 200_000;
    private static final int WINDOW_PACKETS = 6_000;

    private static long bytes(final int sessions, final int addresses) {
        final int[] pool = new int[addresses];
        for (int i = 0; i < addresses; i++) {
            pool[i] = TestRouter.OUTSIDE + i;
        }
        final TestConfig config = TestConfig.of(sessions, pool).limits(OutsideLimits.defaults(sessions));
        try (Nat nat = new Nat(config.keeper())) {
            return nat.memoryBytes();
        }
    }

    @Test
    void shouldCost175BytesASessionAndLessThan192WithThePortsItNeeds() {
        final long one = bytes(1, 1);
        assertThat((bytes(SESSIONS + 1, 1) - one) / (double) SESSIONS).isBetween(174.9, 175.1);
        final int addressesForOwnPorts = SESSIONS / 64_512 + 1;
        assertThat(bytes(SESSIONS, addressesForOwnPorts) / (double) SESSIONS).isLessThan(192);
    }

    @Test
    void shouldCostTheSameWhateverTheNumberOfSessions() {
        final long one = bytes(1, 1);
        for (final int sessions : new int[] {2_048, 2_049, 4_097, 65_537}) {
            assertThat((bytes(sessions, 1) - one) / (double) sessions).isBetween(174.0, 176.0);
        }
    }

    @Test
    void shouldCostLessThan192BytesASessionInTheSmallestTable() {
        assertThat((bytes(1_024, 1) - bytes(1, 1)) / 1_024.0)
                .as("256 hosts, where an eighth of the mappings would be 128: 8 bytes more")
                .isBetween(182.0, 184.0);
    }

    @Test
    void shouldAllocateNothing() throws IOException, InterruptedException {
        FirstTierJvm.assertAllocatesNothing(NatMemoryTest.class);
    }

    /** In a JVM of its own. */
    public static void main(final String[] arguments) {
        try (TestRouter router = TestRouter.withSessions(64)) {
            final Policy[] policies = policies(router.nat.policy());
            FirstTierJvm.print(() -> {
                if (churn(router, policies, WINDOW_PACKETS) < WINDOW_PACKETS / 3) {
                    throw new IllegalStateException("too few sessions were opened");
                }
            });
        }
    }

    /** Two that follow on each other in turn: with a forward and without. */
    private static Policy[] policies(final Policy first) {
        final TestConfig config = TestConfig.of(64, TestRouter.OUTSIDE);
        final PolicyTerms.Forward forward =
                new PolicyTerms.Forward(0, Ipv4.UDP, TestRouter.OUTSIDE, 2500, TestRouter.HOST, 53);
        final Policy with = Policy.next(first, config.forwards(forward).rest(5).terms(), number -> true, 64, () -> 0);
        return new Policy[] {with, Policy.next(with, config.terms(), number -> true, 64, () -> 0)};
    }

    /**
     * Opens, answers, errors, closes and expires sessions of each protocol while the policy changes; returns how many
     * were opened.
     */
    private static int churn(final TestRouter router, final Policy[] policies, final int rounds) {
        final Nat nat = router.nat;
        final TestPacket packet = router.packet;
        int opened = 0;
        for (int round = 0; round < rounds; round++) {
            final int port = 2000 + round % 1000;
            switch (round % 3) {
                case 0 -> build(packet, round, port);
                case 1 -> packet.tcp(TestRouter.HOST, port, TestRouter.REMOTE, 80, Tcp.SYN, 4);
                default -> packet.echo(Icmp.ECHO_REQUEST, TestRouter.HOST, TestRouter.REMOTE, port, 4);
            }
            if (packet.parse() != 0) {
                return -1;
            }
            final long hash = nat.hash(packet.packet(), 0);
            int match = nat.find(packet.packet(), 0, hash, nat.likely(hash));
            if (match < 0) {
                match = nat.openOutbound(packet.packet(), 0, 0, hash, router.nowS);
                opened++;
            }
            nat.translate(match, nat.target(match), packet.packet(), false, router.nowS);
            final int session = Match.session(match);
            if (nat.counts().sessions() > 40) {
                nat.expire(session, nat.reader().generation(session), router.lastSeen(session), router.nowS);
            }
            router.nowS += round % 20 == 0 ? 1 : 0;
            if (round % 25 == 0) {
                nat.adopt(policies[round / 25 % 2]);
                nat.recheck(session, nat.policy().epoch(), router.nowS);
                nat.drain();
            }
        }
        return opened;
    }

    private static void build(final TestPacket packet, final int round, final int port) {
        packet.udp(TestRouter.HOST + round % 7, port, TestRouter.REMOTE, 53, 4);
    }
}
