package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;
import static org.portolan.dataplane.nat.TestRouter.REST_S;

import org.junit.jupiter.api.Test;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;

/** What control reads of the ports of each outside address. */
class PoolCountsTest {
    @Test
    void shouldCountTheTakenAndTheRestingPortsOfEachAddress() {
        final PolicyTerms.Forward forward = new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 80, HOST, 80);
        try (TestRouter router = new TestRouter(TestConfig.of(100, OUTSIDE).forwards(forward))) {
            final int number = router.nat.policy().addresses().numberOf(OUTSIDE);
            final PoolCounts pool = router.nat.pool();
            assertThat(pool.taken(number, Ipv4.TCP)).as("the forward's").isOne();
            final int session = router.udp(HOST, 4000, REMOTE, 53);
            router.udp(HOST, 4001, REMOTE, 53);
            assertThat(pool.taken(number, Ipv4.UDP)).isEqualTo(2);
            router.expire(session);
            assertThat(pool.taken(number, Ipv4.UDP)).isEqualTo(2);
            assertThat(pool.resting(number, Ipv4.UDP)).isOne();
            assertThat(pool.inUse(number, Ipv4.UDP)).isOne();
            router.nowS += REST_S;
            while (router.nat.counts().portsResting() > 0) {
                router.nat.releaseRested(router.nowS);
            }
            assertThat(pool.taken(number, Ipv4.UDP)).isOne();
            assertThat(pool.resting(number, Ipv4.UDP)).isZero();
            router.swap(TestConfig.of(100, OUTSIDE));
            assertThat(pool.taken(number, Ipv4.TCP)).as("no forward any more").isZero();
            assertThat(pool.taken(number, Ipv4.ICMP)).isZero();
        }
    }

    @Test
    void shouldCountIdentifiersAndPortsBelow1024Too() {
        try (TestRouter router = new TestRouter(TestConfig.of(100, OUTSIDE))) {
            final int number = router.nat.policy().addresses().numberOf(OUTSIDE);
            final PoolCounts pool = router.nat.pool();
            router.packet.echo(Icmp.ECHO_REQUEST, HOST, REMOTE, 7);
            router.outbound();
            router.udp(HOST, 123, REMOTE, 123);
            assertThat(pool.taken(number, Ipv4.ICMP)).isOne();
            assertThat(pool.taken(number, Ipv4.UDP)).isOne();
            assertThat(pool.free(number, Ipv4.UDP, true)).isEqualTo(1_022);
            assertThat(pool.free(number, Ipv4.UDP, false)).isEqualTo(64_512);
            assertThat(pool.free(number, Ipv4.ICMP, false)).isEqualTo(65_535);
        }
    }

    /** A rule's port stays taken when its address goes with it, and the number comes to another address. */
    @Test
    void shouldBeginAgainForAnAddressThatGetsTheNumberOfAnother() {
        final int second = OUTSIDE + 1;
        final int third = OUTSIDE + 2;
        final PolicyTerms.Forward forward = new PolicyTerms.Forward(0, Ipv4.TCP, second, 80, HOST, 80);
        final TestConfig first = TestConfig.of(100, OUTSIDE, second);
        try (TestRouter router = new TestRouter(first.forwards(forward))) {
            final PoolCounts pool = router.nat.pool();
            final int number = router.nat.policy().addresses().numberOf(second);
            assertThat(pool.taken(number, Ipv4.TCP)).isOne();
            router.swap(TestConfig.of(100, OUTSIDE));
            while (router.keeper.isAdopted() && router.keeper.retireDrained()) {
                router.adopt();
            }
            router.swap(TestConfig.of(100, OUTSIDE, third));
            assertThat(router.nat.policy().addresses().numberOf(third)).isEqualTo(number);
            assertThat(pool.taken(number, Ipv4.TCP)).isZero();
            assertThat(pool.free(number, Ipv4.TCP, true)).isEqualTo(1_023);
        }
    }
}
