package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.bench.lab.Wait;

/** One inside host asks for every address of a wide subnet, and others look up neighbors beside it. */
@NeedsRoot
class SweepE2eTest {
    private static final int ROUNDS = 10;

    /** A bound for a test that hangs: at 20 ms between them it is a minute and more. */
    private static final int MOST_BURSTS = 4_000;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(3).build();
        router = PortolanProcess.in(lab).insidePrefixLength(16).build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static void sweep(final Host sweeper, final AtomicBoolean goesOn) {
        final String mac = sweeper.mac();
        final String routerMac = lab.router().deviceMac(Lab.LAN);
        try (RawSocket wire = RawSocket.open(sweeper.namespace(), Host.DEVICE)) {
            int host = 0;
            for (int burst = 0; burst < MOST_BURSTS && goesOn.get(); burst++) {
                for (int i = 0; i < 100; i++, host++) {
                    final String absent = "192.168.%d.%d".formatted(2 + host / 254 % 250, 1 + host % 254);
                    wire.send(RawFrame.udp(mac, routerMac, sweeper.address(), 4000, absent, 53, 64, new byte[8]));
                }
                Wait.until(System.nanoTime() + 20_000_000L);
            }
        }
    }

    @Test
    void shouldAnswerTheLookupsOfOthersBesideASweep() {
        final Host sweeper = lab.clients().get(1);
        final Host other = lab.clients().get(2);
        assertThat(other.ping(Lab.SERVER_ADDRESS, "-c", "1").received()).isEqualTo(1);
        final AtomicBoolean goesOn = new AtomicBoolean(true);
        final Thread sweeping = new Thread(() -> sweep(sweeper, goesOn), "sweep");
        sweeping.start();
        int answered = 0;
        try {
            assertThat(RouterChecks.within(10_000, () -> limited() > 0))
                    .as("the sweep has its share")
                    .isTrue();
            for (int round = 0; round < ROUNDS; round++) {
                router.ask("arp-flush", "--address=" + other.address());
                answered += other.ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1").received();
            }
        } finally {
            goesOn.set(false);
            Wait.untilEndOf(sweeping);
        }
        assertThat(answered).isEqualTo(ROUNDS);
        assertThat(router.log()).contains(sweeper.address() + " has used its share of the");
    }

    private static long limited() {
        return router.askJson("stats")
                .get("arp")
                .get("lan")
                .get("limited_askers")
                .number();
    }
}
