package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/**
 * What coturn's client says about the router (RFC 5780): it asks a STUN server that has two addresses and two ports how
 * its mappings and filters behave, and whether it can be reached by its own outside endpoint.
 */
@NeedsRoot
class NatDiscoveryE2eTest {
    private static final String SECOND_ADDRESS = "203.0.113.9";
    private static final int STUN_PORT = 3478;
    private static final int OTHER_PORT = 3479;
    private static final int TAKEN_PORT = 40_001;

    @TempDir
    private static Path scratch;

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(2).build();
        lab.server().addAddress(SECOND_ADDRESS);
        startServer();
    }

    /** Without a config file, TCP, TLS or a telnet port; what it writes is below {@link #scratch}. */
    private static void startServer() {
        lab.server()
                .namespace()
                .start(new ProcessBuilder(
                                "turnserver",
                                "-n",
                                "--stun-only",
                                "--no-auth",
                                "--no-cli",
                                "--no-tcp",
                                "--no-tls",
                                "--no-dtls",
                                "--listening-ip=" + Lab.SERVER_ADDRESS,
                                "--listening-ip=" + SECOND_ADDRESS,
                                "--listening-port=" + STUN_PORT,
                                "--alt-listening-port=" + OTHER_PORT,
                                "--userdb=" + scratch.resolve("users"),
                                "--pidfile=" + scratch.resolve("pid"),
                                "--log-file=stdout")
                        .redirectErrorStream(true)
                        .redirectOutput(scratch.resolve("log").toFile()));
        Listening.await(lab.server().namespace(), "udp", STUN_PORT);
        Listening.await(lab.server().namespace(), "udp", OTHER_PORT);
    }

    @AfterAll
    static void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    /** Its own call arrives by hairpinning, if the filter of its mapping lets a call from the outside address in. */
    @ParameterizedTest(name = "{0} mapping, {1} filtering")
    @CsvSource({
        "endpoint-independent, endpoint-independent, Endpoint Independent, Endpoint Independent, true",
        "endpoint-independent, address-dependent, Endpoint Independent, Address Dependent, false",
        "endpoint-independent, address-and-port-dependent, Endpoint Independent, Address and Port Dependent, false",
        "address-and-port-dependent, address-and-port-dependent, Address and Port Dependent, Address and Port Dependent, false"
    })
    void shouldBehaveAsConfiguredForAStunClientRfc5780(
            final String mapping,
            final String filtering,
            final String mappingSeen,
            final String filteringSeen,
            final boolean hairpins)
            throws IOException {
        try (PortolanProcess router = PortolanProcess.in(lab)
                .config("nat", "mapping = \"%s\"\nfiltering = \"%s\"".formatted(mapping, filtering))
                .build()) {
            router.start();
            // The first packet to a neighbor waits for ARP; the client does not repeat all of its requests.
            assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
            assertThat(lab.client().ping(SECOND_ADDRESS).lost()).isZero();
            takePortToOneOfTheEndpoints();
            assertThat(ask("-m", "-L", Lab.CLIENT_ADDRESS, "-l", "" + TAKEN_PORT))
                    .contains("UDP reflexive addr: " + Lab.OUTSIDE_ADDRESS)
                    .contains("NAT with " + mappingSeen + " Mapping!");
            final String said = ask("-f", "-H");
            assertThat(said).contains("NAT with " + filteringSeen + " Filtering!");
            assertThat(said.contains("Received a request (maybe a successful hairpinning)"))
                    .as(said)
                    .isEqualTo(hairpins);
            RouterChecks.assertEveryFrameIsAccountedFor(router);
            assertThat(router.terminate()).isZero();
            RouterChecks.assertLogIsClean(router);
        }
    }

    /**
     * Another inside host has the client's source port towards one of the server's endpoints. A router that maps by the
     * remote endpoint keeps the port towards the others and has to take another one towards that.
     */
    private static void takePortToOneOfTheEndpoints() throws IOException {
        try (Datagrams other = Datagrams.on(lab.clients().get(1), TAKEN_PORT)) {
            other.send(Host.at(SECOND_ADDRESS, STUN_PORT), "not a STUN message");
        }
    }

    private static String ask(final String... questions) {
        final List<String> command = new ArrayList<>(List.of("turnutils_natdiscovery", "-p", "" + STUN_PORT));
        command.addAll(List.of(questions));
        command.add(Lab.SERVER_ADDRESS);
        final Command.Result result = lab.client().namespace().tryRun(command.toArray(String[]::new));
        return result.output() + result.errors();
    }
}
