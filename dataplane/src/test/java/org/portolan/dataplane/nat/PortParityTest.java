package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OTHER_HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;
import static org.portolan.dataplane.nat.TestRouter.REMOTE;

import java.util.BitSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** A UDP port that has to be changed stays odd or even, if the policy wants that. */
class PortParityTest {
    private static TestRouter router(final int sessions) {
        return SwitchedRouter.of(TestConfig.of(sessions, OUTSIDE), SwitchedRouter.PORT_PARITY);
    }

    @Test
    @DisplayName("RFC 4787 REQ-4: an even port stays even, an odd one odd")
    void shouldKeepTheParityOfAPortThatIsTakenRfc4787Req4() {
        try (TestRouter router = router(8_000)) {
            for (int i = 0; i < 500; i++) {
                assertThat(router.udpPort(HOST + i, 4000, REMOTE, 53) & 1).isZero();
                assertThat(router.udpPort(HOST + i, 4001, REMOTE, 53) & 1).isOne();
                assertThat(router.udpPort(HOST + i, 1001, REMOTE, 53) & 1).isOne();
            }
        }
    }

    @Test
    void shouldKeepTheParityOfUdpOnly() {
        try (TestRouter router = router(1_000)) {
            int odd = 0;
            for (int i = 0; i < 100; i++) {
                router.packet.tcp(HOST + i, 4000, REMOTE, 80, Tcp.SYN);
                odd += router.nat.reader().outsidePort(router.outbound()) & 1;
            }
            assertThat(odd).isBetween(20, 80);
        }
    }

    @Test
    void shouldTakeTheOtherParityBeforeItRefuses() {
        try (TestRouter router = router(70_000)) {
            final BitSet given = new BitSet();
            for (int i = 0; i < 64_512; i++) {
                final int port = router.udpPort(HOST + i / 50, 4000 + 2 * (i % 50), REMOTE, 53);
                assertThat(port & 1).isEqualTo(i < 32_256 ? 0 : 1);
                assertThat(port).isGreaterThanOrEqualTo(1024);
                given.set(port);
            }
            assertThat(given.cardinality()).isEqualTo(64_512);
        }
    }

    @Test
    void shouldFindTheLastFreePortOfAParityWhereverItIs() {
        final PortBlocks blocks = new PortBlocks(TestConfig.secrets(3).ports());
        try (PortMemory memory = new PortMemory()) {
            final long space = PortMemory.space(memory.take(), Ipv4.ICMP);
            for (int port = 0; port <= 0xFFFF; port++) {
                if ((port & 1) == 0) {
                    PortBlocks.take(space, port);
                }
            }
            for (int port = 0; port <= 0xFFFF; port += 254) {
                assertThat(blocks.takeAlike(space, PortBlocks.EVERY, 2000)).isEqualTo(-1);
                PortBlocks.free(space, port);
                assertThat(blocks.takeAlike(space, PortBlocks.EVERY, 2000)).isEqualTo(port);
            }
            assertThat(blocks.takeAlike(space, 0, 2000)).isEqualTo(-1);
            assertThat(blocks.takeAlike(space, 1L << 7, 1) >>> 10).isEqualTo(7);
        }
    }

    @Test
    @DisplayName("RFC 6888 REQ-15: each port of the parity is as likely as another")
    void shouldChooseUniformlyAmongThePortsOfAParity() {
        final PortBlocks blocks = new PortBlocks(TestConfig.secrets(4).ports());
        final int[] hits = new int[64];
        final int picks = 64_000;
        try (PortMemory memory = new PortMemory()) {
            final long space = PortMemory.space(memory.take(), Ipv4.ICMP);
            for (int i = 0; i < picks; i++) {
                final int port = blocks.takeAlike(space, PortBlocks.EVERY, 1);
                assertThat(port & 1).isOne();
                hits[port >>> 1 & 63]++;
                PortBlocks.free(space, port);
            }
        }
        double chiSquare = 0;
        for (final int hit : hits) {
            chiSquare += (hit - 1_000.0) * (hit - 1_000.0) / 1_000;
        }
        assertThat(chiSquare)
                .as("63 degrees of freedom; more than 104 once in a thousand")
                .isLessThan(104);
    }

    @Test
    void shouldNotLookAtTheParityWhenItIsOff() {
        try (TestRouter router = new TestRouter(TestConfig.of(1_000, OUTSIDE))) {
            router.udpPort(OTHER_HOST, 4000, REMOTE, 53);
            int odd = 0;
            for (int i = 0; i < 100; i++) {
                odd += router.udpPort(HOST + 10 + i, 4000, REMOTE, 53) & 1;
            }
            assertThat(odd).isBetween(20, 80);
        }
    }
}
