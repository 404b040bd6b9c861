package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** What an operator and the config say of neighbors, on real devices. */
@NeedsRoot
class NeighborsE2eTest {
    private static final String NOBODYS_MAC = "02:00:00:00:00:77";
    private static final String CONFIGURED = "192.168.1.77";

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .config("control", """
                    [[neighbors]]
                    interface = "lan"
                    address = "%s"
                    mac = "02:50:2a:16:6d:14"
                    """.formatted(CONFIGURED))
                .build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static Command.Result arp(final String... words) {
        final List<String> all = new ArrayList<>(List.of("arp"));
        all.addAll(List.of(words));
        all.addAll(List.of("--socket", router.config().socket().toString()));
        return PortolanProcess.portolan(all.toArray(String[]::new));
    }

    private static boolean passes() {
        return lab.client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1").received() == 1;
    }

    private static String state(final String address) {
        for (final JsonValue row : router.askJson("arp").get("neighbors").list()) {
            if (row.get("address").text().equals(address)) {
                return row.get("state").text() + " " + row.get("mac").text();
            }
        }
        return "none";
    }

    @Test
    void shouldPinWhatTheConfigNamesFromTheStart() {
        assertThat(state(CONFIGURED)).isEqualTo("static 02:50:2a:16:6d:14");
        final JsonValue lan =
                router.askJson("interfaces").get("interfaces").list().getFirst();
        assertThat(lan.get("static_neighbors").number()).isPositive();
    }

    @Test
    void shouldSendWhereTheOperatorSaysAndAskAgainWhenNothingIsSaid() {
        assertThat(passes()).isTrue();
        assertThat(arp("add", Lab.SERVER_ADDRESS, NOBODYS_MAC, "--interface", "wan")
                        .require())
                .isEqualTo("wan: " + Lab.SERVER_ADDRESS + " is now static: " + NOBODYS_MAC + "\n");
        assertThat(passes()).as("to a MAC that nobody has").isFalse();
        assertThat(state(Lab.SERVER_ADDRESS)).isEqualTo("static " + NOBODYS_MAC);

        assertThat(arp("flush", "--all").require()).endsWith("flushed\n");
        assertThat(state(Lab.SERVER_ADDRESS)).as("static stays").isEqualTo("static " + NOBODYS_MAC);
        assertThat(arp("del", Lab.SERVER_ADDRESS).require())
                .isEqualTo("wan: " + Lab.SERVER_ADDRESS + " is no longer static\n");
        assertThat(passes()).isTrue();
        assertThat(state(Lab.SERVER_ADDRESS)).startsWith("reachable");
        assertThat(router.log())
                .containsPattern(System.getProperty("user.name") + "( \\(login .*\\))? made 1 neighbor static");
    }

    @Test
    void shouldLoseNoPacketToAFlush() {
        assertThat(passes()).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(arp("flush", Lab.SERVER_ADDRESS).require()).isEqualTo("1 neighbor flushed\n");
            assertThat(passes()).as("the frame waits for the answer").isTrue();
        }
        final JsonValue wan = router.askJson("stats").get("arp").get("wan");
        assertThat(wan.get("resolved").number()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void shouldLoadAFile(@TempDir final Path directory) throws IOException {
        final StringBuilder text = new StringBuilder("# 192.168.1.100 to .219, and one elsewhere\n");
        for (int host = 100; host < 220; host++) {
            text.append("02:50:2a:16:6d:%02x 192.168.1.%d\n".formatted(host, host));
        }
        final Path file = Files.writeString(directory.resolve("ethers"), text + "02:50:2a:16:6d:01 10.0.0.1\n");
        final Command.Result result = arp("load", file.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).isEqualTo(file + ": 120 added, 0 unchanged, 1 refused\n");
        assertThat(result.errors())
                .isEqualTo(file + ":122: 10.0.0.1 is in no interface's subnet; there are: lan 192.168.1.0/24, wan"
                        + " 203.0.113.0/24\n");
        assertThat(state("192.168.1.219")).isEqualTo("static 02:50:2a:16:6d:db");
    }
}
