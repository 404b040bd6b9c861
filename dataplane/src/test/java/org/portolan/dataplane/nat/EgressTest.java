package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_REMOTE;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Two uplinks: a flow has an address of the one that it leaves by. */
class EgressTest {
    private static final int FIRST = 1;
    private static final int SECOND = 4;
    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int ELSEWHERE = TestPacket.ip("198.51.100.77");
    private static final int[] FIRST_POOL = {OUTSIDE};
    private static final int[] SECOND_POOL = {TestPacket.ip("198.51.100.2"), TestPacket.ip("198.51.100.3")};

    private final TestRouter router = new TestRouter(TestConfig.of(10_000, OUTSIDE)
            .withPools(new PolicyTerms.Pool(FIRST, FIRST_POOL), new PolicyTerms.Pool(SECOND, SECOND_POOL))
            .forwards(
                    new PolicyTerms.Forward(FIRST, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80),
                    new PolicyTerms.Forward(SECOND, Ipv4.UDP, ELSEWHERE, 53, SERVER, 53)));

    @AfterEach
    void close() {
        router.close();
    }

    private int udp(final int egress, final int host, final int port, final int remote) {
        router.egress = egress;
        return router.udp(host, port, remote, 53);
    }

    @Test
    void shouldTakeOnlyAddressesOfTheEgress() {
        final Set<Integer> byFirst = new HashSet<>();
        final Set<Integer> bySecond = new HashSet<>();
        for (int host = 0; host < 200; host++) {
            byFirst.add(router.nat.reader().outsideAddress(udp(FIRST, HOST + host, 4000, REMOTE)));
            bySecond.add(router.nat.reader().outsideAddress(udp(SECOND, HOST + host, 4000, OTHER_REMOTE)));
        }
        assertThat(byFirst).containsExactly(OUTSIDE);
        assertThat(bySecond).containsExactlyInAnyOrder(SECOND_POOL[0], SECOND_POOL[1]);
    }

    @Test
    void shouldMapAnEndpointOnceForEachEgress() {
        udp(FIRST, HOST + 1, 4000, REMOTE);
        final int first = udp(FIRST, HOST, 4000, REMOTE);
        final int second = udp(SECOND, HOST, 4000, OTHER_REMOTE);
        assertThat(router.nat.reader().outsideAddress(second))
                .isNotEqualTo(router.nat.reader().outsideAddress(first));
        assertThat(router.nat.counts().mappings()).isEqualTo(3);
        final int firstAgain = udp(FIRST, HOST, 4000, REMOTE + 50);
        final int secondAgain = udp(SECOND, HOST, 4000, REMOTE + 60);
        assertThat(router.nat.reader().outsidePort(firstAgain))
                .isEqualTo(router.nat.reader().outsidePort(first));
        assertThat(router.nat.reader().outsideAddress(secondAgain))
                .isEqualTo(router.nat.reader().outsideAddress(second));
        assertThat(router.nat.reader().outsidePort(secondAgain))
                .isEqualTo(router.nat.reader().outsidePort(second));
        assertThat(router.nat.counts().mappings()).isEqualTo(3);
        router.expire(second);
        router.expire(secondAgain);
        assertThat(router.nat.counts().portsResting()).isOne();
        assertThat(udp(FIRST, HOST, 4000, REMOTE)).as("the other mapping lives").isEqualTo(first);
    }

    @Test
    void shouldUseAForwardsPortOnlyTowardsItsOwnEgress() {
        router.egress = FIRST;
        router.packet.tcp(SERVER, 80, REMOTE, 5000, Tcp.SYN);
        assertThat(router.nat.reader().outsidePort(router.outbound())).isEqualTo(8080);
        router.egress = SECOND;
        router.packet.tcp(SERVER, 80, REMOTE, 5001, Tcp.SYN);
        assertThat(router.nat.reader().outsideAddress(router.outbound())).isIn(SECOND_POOL[0], SECOND_POOL[1]);
        assertThat(router.nat.reader().outsideAddress(udp(SECOND, SERVER, 53, REMOTE)))
                .as("an address that only a forward has")
                .isEqualTo(ELSEWHERE);
    }

    @Test
    void shouldKnowWhichEgressHasAPool() {
        assertThat(router.nat.hasPool(FIRST)).isTrue();
        assertThat(router.nat.hasPool(SECOND)).isTrue();
        assertThat(router.nat.hasPool(0)).isFalse();
        assertThat(router.nat.hasPool(PolicyTerms.MAXIMUM_PORTS)).isFalse();
    }
}
