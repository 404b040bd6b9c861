package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;

/** Two routers that read each other's history. */
@NeedsRoot
class PeersE2eTest {
    private static PeerNetwork network;
    private static PeerRouter first;
    private static PeerRouter second;

    @BeforeAll
    static void start() {
        network = PeerNetwork.chain(2, 4);
        first = network.router(1);
        second = network.router(2);
        network.start();
    }

    @AfterAll
    static void stop() {
        if (network != null) {
            network.close();
        }
    }

    @Test
    void shouldComeToOneTableAfterEachLearnedAlone() {
        final Host laptop = network.client(0);
        final Host phone = network.client(1);
        first.meet(laptop);
        second.meet(phone);
        network.assertConverged(laptop.address(), phone.address());
        assertThat(second.binding(laptop.address())).contains("mac " + laptop.mac(), "edge-1");
        assertThat(first.binding(phone.address())).contains("mac " + phone.mac(), "edge-2");
    }

    /**
     * What the other says is asked about before it is trusted: the host itself has answered by then. The other says
     * only what an answer confirmed, so the host speaks through it to the outside.
     */
    @Test
    void shouldAskForWhatThePeerSaysAndThenTrustIt() {
        final Host printer = network.client(2);
        assertThat(printer.ping(Lab.SERVER_ADDRESS, "-c", "2").received()).isPositive();
        network.assertWithin(
                "the second has heard of it",
                () -> second.neighbor(printer.address()).matches("(unconfirmed|reachable) " + printer.mac()));
        network.assertWithin(
                "it answered the second's probe",
                () -> second.neighbor(printer.address()).equals("reachable " + printer.mac()));
        network.assertConverged(printer.address());
    }

    @Test
    void shouldComeToOneTableAgainAfterTheyWereParted() {
        final Host laptop = network.client(0);
        final Host guest = network.client(3);
        first.meet(laptop);
        network.assertConverged(laptop.address());
        network.cutOff(first);
        final String before = first.git().head();
        try {
            second.meet(guest);
            first.pin("192.168.1.70", "02:50:2a:16:6d:46");
            second.pin("192.168.1.71", "02:50:2a:16:6d:47");
            first.pin("192.168.1.72", "02:50:2a:16:6d:01");
            second.pin("192.168.1.72", "02:50:2a:16:6d:02");
            network.assertWithin(
                    "each wrote its own",
                    () -> first.binding("192.168.1.72").contains("6d:01")
                            && second.binding("192.168.1.72").contains("6d:02"));
            assertThat(second.binding("192.168.1.70")).isEmpty();
            assertThat(first.git().table()).isNotEqualTo(second.git().table());
        } finally {
            network.rejoin(first);
        }
        network.pinnedApart("192.168.1.72");
        network.assertConverged("192.168.1.70", "192.168.1.71", guest.address());
        assertThat(first.binding("192.168.1.72")).contains("static 02:50:2a:16:6d:01");
        assertThat(second.binding("192.168.1.72")).contains("static 02:50:2a:16:6d:02");
        assertThat(first.binding("192.168.1.71")).contains("static 02:50:2a:16:6d:47", "edge-2");
        assertThat(first.git().isAncestor(before, first.git().head())).isTrue();
        assertThat(first.git().subjects())
                .anyMatch(each -> each.matches("Arp.merge: edge-2 into edge-1: [0-9]+ entr(y|ies).*"));
    }
}
