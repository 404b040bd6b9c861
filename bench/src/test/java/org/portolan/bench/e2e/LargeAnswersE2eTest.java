package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Forward;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** What dig makes of DNS answers over UDP that are twice as large as the MTU, and so come in fragments. */
@NeedsRoot
class LargeAnswersE2eTest {
    private static final int FORWARD = 5353;
    private static final int QUESTIONS = 5;
    private static final Pattern SIZE = Pattern.compile("MSG SIZE +rcvd: (\\d+)");

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().clients(2).build();
        router = PortolanProcess.in(lab)
                .config("nat", "filtering = \"endpoint-independent\"")
                .forward(Forward.udp(FORWARD, Lab.CLIENT_ADDRESS, 53))
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    /** One try over UDP only: a lost fragment is a failure, and not a question asked again over TCP. */
    private static void ask(final Host from, final String server, final int port) {
        final String output = from.namespace()
                .run(
                        "dig",
                        "@" + server,
                        "-p",
                        "" + port,
                        "large.example",
                        "TXT",
                        "+notcp",
                        "+ignore",
                        "+bufsize=4096",
                        "+tries=1",
                        "+timeout=5");
        final Matcher size = SIZE.matcher(output);
        assertThat(size.find()).as(output).isTrue();
        assertThat(Integer.parseInt(size.group(1))).isGreaterThan(3_000);
        for (int i = 0; i < NameServer.RECORDS; i++) {
            assertThat(output).contains("\"" + NameServer.record(i) + "\"");
        }
    }

    /** Two clients at once, so that the fragments of their answers meet in the router. */
    @Test
    void shouldReturnLargeDnsAnswersRfc4787Req14() {
        try (NameServer _ = NameServer.open(lab.server())) {
            final List<CompletableFuture<Void>> clients = lab.clients().stream()
                    .map(client -> CompletableFuture.runAsync(() -> {
                        for (int i = 0; i < QUESTIONS; i++) {
                            ask(client, Lab.SERVER_ADDRESS, 53);
                        }
                    }))
                    .toList();
            clients.forEach(CompletableFuture::join);
        }
    }

    @Test
    void shouldCarryLargeDnsAnswersOfAForwardedServerRfc4787Req14() {
        try (NameServer _ = NameServer.open(lab.client())) {
            ask(lab.server(), Lab.OUTSIDE_ADDRESS, FORWARD);
        }
    }

    @Test
    void shouldCarryLargeDnsAnswersBetweenInsideHostsRfc4787Req9() {
        try (NameServer _ = NameServer.open(lab.client())) {
            ask(lab.clients().get(1), Lab.OUTSIDE_ADDRESS, FORWARD);
        }
    }
}
