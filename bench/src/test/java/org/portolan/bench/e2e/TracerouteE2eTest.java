package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;

/**
 * ping, traceroute and mtr over three routers: each hop's time exceeded comes back to who sent the probe, and no inside
 * address gets out.
 */
@NeedsRoot
class TracerouteE2eTest {
    private static final int UDP_FORWARD = 5353;
    private static final int SMALL_MTU = 1300;
    private static final List<String> HOPS =
            List.of(Lab.INSIDE_ADDRESS, Lab.SERVER_ADDRESS, FarNetwork.TRANSIT_ADDRESS, FarNetwork.HOST_ADDRESS);

    /** {@code  2  203.0.113.1  0.432 ms}. */
    private static final Pattern TRACEROUTE_HOP = Pattern.compile("(?m)^ *\\d+ +([\\d.]+|\\*)(?: .*)?$");

    /** {@code  2.|-- 203.0.113.1  0.0%  3  0.4  0.4  0.4  0.4  0.0}. */
    private static final Pattern MTR_HOP = Pattern.compile("(?m)^ *\\d+\\.\\|-- ([\\d.]+|\\?\\?\\?) +([\\d.]+)%.*$");

    private static Lab lab;
    private static FarNetwork far;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        far = new FarNetwork(lab);
        router = PortolanProcess.in(lab)
                .forward(Forward.udp(UDP_FORWARD, Lab.CLIENT_ADDRESS, 53))
                .build();
        router.start();
        // What waits for ARP at any hop is late; the tools are to see the path and not how it was found.
        assertThat(lab.client()
                        .ping(FarNetwork.HOST_ADDRESS, "-c", "3", "-i", "0.3")
                        .received())
                .isPositive();
    }

    @AfterAll
    static void stop() {
        if (far != null) {
            far.close();
        }
        RouterChecks.end(lab, router);
    }

    private static List<String> hops(final Pattern line, final String output) {
        return line.matcher(output).results().map(hop -> hop.group(1)).toList();
    }

    private static String traceroute(final Namespace from, final String to, final String... mode) {
        final List<String> command = new ArrayList<>(List.of("traceroute", "-n", "-q", "1", "-w", "3", "-m", "8"));
        command.addAll(Arrays.asList(mode));
        command.add(to);
        return from.run(command.toArray(String[]::new));
    }

    @Test
    void shouldReturnAnAnswerFromEachHopToPing() {
        for (int ttl = 1; ttl < HOPS.size(); ttl++) {
            final Ping.Result ping = lab.client().ping(FarNetwork.HOST_ADDRESS, "-c", "1", "-t", "" + ttl);
            assertThat(ping.text()).contains("From " + HOPS.get(ttl - 1)).contains("Time to live exceeded");
        }
        final Ping.Result ping = lab.client().ping(FarNetwork.HOST_ADDRESS, "-t", "" + HOPS.size());
        assertThat(ping.lost()).as(ping.text()).isZero();
    }

    /** Probes to ports that nobody listens on, echo requests, SYNs: three ways of an error back to its sender. */
    @ParameterizedTest(name = "traceroute {0}")
    @ValueSource(strings = {"", "-U -p 53", "-I", "-T -p 80"})
    void shouldShowEachHopToTracerouteRfc5508Req4(final String mode) {
        try (OutsideWatch watch = new OutsideWatch(lab)) {
            final String output = traceroute(
                    lab.client().namespace(),
                    FarNetwork.HOST_ADDRESS,
                    mode.isEmpty() ? new String[0] : mode.split(" "));
            assertThat(hops(TRACEROUTE_HOP, output)).as(output).isEqualTo(HOPS);
            watch.assertNeverSaw(Lab.CLIENT_ADDRESS);
        }
    }

    @ParameterizedTest(name = "mtr {0}")
    @ValueSource(strings = {"", "--udp", "--tcp --port 80"})
    void shouldShowEachHopToMtr(final String mode) {
        try (OutsideWatch watch = new OutsideWatch(lab)) {
            final List<String> command = new ArrayList<>(List.of(
                    "mtr", "--report", "--no-dns", "--report-cycles", "3", "--interval", "0.5", "--max-ttl", "8"));
            command.addAll(mode.isEmpty() ? List.of() : List.of(mode.split(" ")));
            command.add(FarNetwork.HOST_ADDRESS);
            final String output = lab.client().namespace().run(command.toArray(String[]::new));
            assertThat(hops(MTR_HOP, output)).as(output).isEqualTo(HOPS);
            assertThat(MTR_HOP.matcher(output).results())
                    .as(output)
                    .allMatch(hop -> Double.parseDouble(hop.group(2)) < 100);
            watch.assertNeverSaw(Lab.CLIENT_ADDRESS);
        }
    }

    /** The last hop is the host behind the forward: its port unreachable carries the router's outside address. */
    @Test
    void shouldShowAForwardedHostAsTheRouterToTracerouteFromOutsideRfc5508Req5() {
        try (OutsideWatch watch = new OutsideWatch(lab)) {
            final String output = traceroute(far.host(), Lab.OUTSIDE_ADDRESS, "-U", "-p", "" + UDP_FORWARD);
            assertThat(hops(TRACEROUTE_HOP, output).reversed())
                    .as(output)
                    .startsWith(Lab.OUTSIDE_ADDRESS, Lab.OUTSIDE_ADDRESS)
                    .hasSize(4);
            watch.assertNeverSaw(Lab.CLIENT_ADDRESS);
        }
    }

    /** The far host's link takes less than all others: the hop before it says so, and TCP goes by that. */
    @Test
    void shouldReturnAHopsMtuToItsSenderRfc5508Req4() {
        far.limitLastLink(SMALL_MTU);
        try {
            final Ping.Result ping = lab.client().ping(FarNetwork.HOST_ADDRESS, "-c", "1", "-M", "do", "-s", "1400");
            assertThat(ping.text())
                    .contains("From " + FarNetwork.TRANSIT_ADDRESS)
                    .containsPattern("[Ff]rag needed.*mtu = " + SMALL_MTU);
            final TcpExchange.Result result = TcpExchange.run(
                    far.host(),
                    Host.at(FarNetwork.HOST_ADDRESS, 5101),
                    lab.client().namespace(),
                    Host.at(FarNetwork.HOST_ADDRESS, 5101),
                    1 << 20);
            assertThat(result.right()).as(result.toString()).isTrue();
        } finally {
            far.limitLastLink(1500);
            lab.client().namespace().ip("route", "flush", "cache");
        }
    }
}
