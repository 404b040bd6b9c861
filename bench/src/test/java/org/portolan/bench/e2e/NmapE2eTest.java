package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.UdpEcho;

/**
 * nmap from inside sees an outside host as it is, through the router as without one; from outside it sees of the router
 * what is forwarded.
 */
@NeedsRoot
class NmapE2eTest {
    private static final int TCP_FORWARD = 8080;
    private static final int UDP_FORWARD = 5353;
    private static final String SCANNED = "7000-7009";

    /** Ports 7000 and 7001 are open; 7002 and 7003 drop, 7004 is prohibited, the others are closed. */
    private static final String[] RULES = {
        "add table inet scanned",
        "add chain inet scanned input { type filter hook input priority 0; }",
        "add rule inet scanned input meta l4proto { tcp, udp } th dport 7002-7003 drop",
        "add rule inet scanned input meta l4proto { tcp, udp } th dport 7004 reject with icmp type admin-prohibited"
    };

    /** {@code <port protocol="tcp" portid="7000"><state state="open" reason="syn-ack" ...}. */
    private static final Pattern PORT = Pattern.compile(
            "<port protocol=\"(\\w+)\" portid=\"(\\d+)\"><state state=\"([^\"]+)\" reason=\"([^\"]+)\"");

    private static final Pattern OTHERS = Pattern.compile("<extraports state=\"([^\"]+)\" count=\"(\\d+)\"");

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().outsideHosts(2).build();
        final Namespace scanned = lab.server().namespace();
        scanned.sysctl("ipv4/icmp_ratelimit", "0");
        for (final String rule : RULES) {
            scanned.run("nft", rule);
        }
        router = PortolanProcess.in(lab)
                .forward(
                        Forward.tcp(TCP_FORWARD, Lab.CLIENT_ADDRESS, 80),
                        Forward.udp(UDP_FORWARD, Lab.CLIENT_ADDRESS, 53))
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static ServerSocket listen(final Host host, final int port) throws IOException {
        try {
            return host.namespace()
                    .call(() -> new ServerSocket(port, 16, host.at(port).getAddress()));
        } catch (final IOException e) {
            throw e;
        } catch (final Exception e) {
            throw new IOException(e);
        }
    }

    /** State and reason by protocol and port, such as {@code tcp/7000 -> open syn-ack}. */
    private static Map<String, String> scan(final Namespace from, final String target, final String... options) {
        final List<String> command = new ArrayList<>(List.of(
                "nmap", "-n", "-Pn", "--disable-arp-ping", "--reason", "-T4", "--host-timeout", "40s", "-oX", "-"));
        command.addAll(List.of(options));
        command.add(target);
        final String output = from.run(command.toArray(String[]::new));
        final Map<String, String> verdicts = new TreeMap<>();
        for (final MatchResult port : PORT.matcher(output).results().toList()) {
            verdicts.put(port.group(1) + "/" + port.group(2), port.group(3) + " " + port.group(4));
        }
        for (final MatchResult others : OTHERS.matcher(output).results().toList()) {
            verdicts.put("others " + others.group(1), others.group(2));
        }
        assertThat(verdicts).as(output).isNotEmpty();
        return verdicts;
    }

    @Test
    void shouldShowOutsideTcpPortsAsTheyAre() throws IOException {
        try (ServerSocket _ = listen(lab.server(), 7000);
                ServerSocket _ = listen(lab.server(), 7001)) {
            final Map<String, String> direct =
                    scan(lab.outsideHosts().get(1).namespace(), Lab.SERVER_ADDRESS, "-sS", "-p", SCANNED);
            assertThat(direct)
                    .containsEntry("tcp/7000", "open syn-ack")
                    .containsEntry("tcp/7002", "filtered no-response")
                    .containsEntry("tcp/7004", "filtered admin-prohibited")
                    .containsEntry("tcp/7005", "closed reset");
            assertThat(scan(lab.client().namespace(), Lab.SERVER_ADDRESS, "-sS", "-p", SCANNED))
                    .isEqualTo(direct);
        }
    }

    @Test
    void shouldShowOutsideUdpPortsAsTheyAre() {
        try (UdpEcho _ = UdpEcho.open(lab.server(), 7000);
                UdpEcho _ = UdpEcho.open(lab.server(), 7001)) {
            final Map<String, String> direct =
                    scan(lab.outsideHosts().get(1).namespace(), Lab.SERVER_ADDRESS, "-sU", "-p", SCANNED);
            assertThat(direct)
                    .containsEntry("udp/7000", "open udp-response")
                    .containsEntry("udp/7002", "open|filtered no-response")
                    .containsEntry("udp/7004", "filtered admin-prohibited")
                    .containsEntry("udp/7005", "closed port-unreach");
            assertThat(scan(lab.client().namespace(), Lab.SERVER_ADDRESS, "-sU", "-p", SCANNED))
                    .isEqualTo(direct);
        }
    }

    /** A thousand ports and the forward; no other answers at all. */
    @Test
    void shouldShowNothingButTheForwardsFromOutside() throws IOException {
        try (ServerSocket _ = listen(lab.client(), 80);
                UdpEcho _ = UdpEcho.open(lab.client(), 53)) {
            final Namespace scanner = lab.outsideHosts().get(1).namespace();
            assertThat(scan(
                            scanner,
                            Lab.OUTSIDE_ADDRESS,
                            "-sS",
                            "-p",
                            "1-1000," + TCP_FORWARD,
                            "--max-retries",
                            "1",
                            "--min-rate",
                            "500"))
                    .isEqualTo(Map.of("tcp/" + TCP_FORWARD, "open syn-ack", "others filtered", "1000"));
            assertThat(scan(
                            scanner,
                            Lab.OUTSIDE_ADDRESS,
                            "-sU",
                            "-p",
                            "1-100," + UDP_FORWARD,
                            "--max-retries",
                            "1",
                            "--min-rate",
                            "100"))
                    .isEqualTo(Map.of("udp/" + UDP_FORWARD, "open udp-response", "others open|filtered", "100"));
        }
    }
}
