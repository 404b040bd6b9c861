package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.UdpEcho;

/** A network beyond the gateway to and from which nothing is translated (RFC 6888 REQ-6). */
@NeedsRoot
class ExemptE2eTest {
    private static Lab lab;
    private static PortolanProcess router;
    private static Host far;

    /** The far network knows the way back to the inside one. */
    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        far = new Host(lab.server().namespace(), Lab.FAR_ADDRESS, 32, "");
        far.namespace().ip("route", "add", "192.168.1.0/24", "via", Lab.OUTSIDE_ADDRESS, "src", Lab.FAR_ADDRESS);
        router = PortolanProcess.in(lab)
                .config("nat", "exempt = [\"198.51.100.0/24\"]")
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    @Test
    void shouldReachAnExemptHostUnderTheHostsOwnAddressAndTheOthersUnderTheOutsideOne() throws IOException {
        try (UdpEcho echo = UdpEcho.open(far, 7001);
                UdpEcho other = UdpEcho.open(lab.server(), 7001);
                Datagrams socket = Datagrams.on(lab.client(), 40_001)) {
            socket.send(far.at(7001), "as I am");
            assertThat(socket.receive(2_000).orElseThrow().source()).isEqualTo(far.at(7001));
            assertThat(echo.sources()).containsExactly(lab.client().at(40_001));
            assertThat(router.ask("sessions", "--json"))
                    .as("no session is needed")
                    .doesNotContain(Lab.FAR_ADDRESS);
            socket.send(lab.server().at(7001), "translated");
            assertThat(socket.receive(2_000).orElseThrow().source())
                    .isEqualTo(lab.server().at(7001));
            assertThat(other.sources()).containsExactly(Host.at(Lab.OUTSIDE_ADDRESS, 40_001));
        }
    }

    @Test
    void shouldBeReachedFromAnExemptHostWithoutAForward() throws IOException {
        try (UdpEcho echo = UdpEcho.open(lab.client(), 7002);
                Datagrams socket = Datagrams.on(far, 40_002)) {
            socket.send(lab.client().at(7002), "anybody inside?");
            assertThat(socket.receive(2_000).orElseThrow().source())
                    .isEqualTo(lab.client().at(7002));
            assertThat(echo.sources()).containsExactly(far.at(40_002));
        }
    }

    @Test
    void shouldCarryPingsAndTheErrorsAboutThem() {
        assertThat(lab.client().ping(Lab.FAR_ADDRESS).lost()).isZero();
        assertThat(lab.client().ping(Lab.FAR_ADDRESS, "-t", "1").text()).contains("Time to live exceeded");
    }
}
