package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.control.config.Config.Arp;
import org.portolan.dataplane.neighbor.Contested;

class ArpReaderTest {
    private static final String INTERFACES = """
        [interfaces.lan]
        device = "eth1"
        role = "inside"
        address = "192.168.1.1/24"
        [interfaces.wan]
        device = "eth0"
        role = "outside"
        address = "203.0.113.2/24"
        """;

    @TempDir
    private Path directory;

    private ConfigFile.Loaded load(final String more) throws IOException {
        return ConfigFile.load(Files.writeString(directory.resolve("c.toml"), INTERFACES + more));
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "3600, 86400", "3600, 5", "5, 86400"})
    void shouldTakeTheEndsOfBothRanges(final int reachableS, final int idleS) throws IOException {
        final ConfigFile.Loaded loaded = load("[arp]\nreachable = %d\nidle = %d\n".formatted(reachableS, idleS));

        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().arp()).isEqualTo(new Arp(reachableS, idleS, Contested.HELD));
    }

    @Test
    void shouldKeepTheDefaultOfWhatIsNotNamed() throws IOException {
        assertThat(load("").config().orElseThrow().arp()).isEqualTo(new Arp(60, 1_200, Contested.HELD));
        assertThat(load("[arp]\nidle = 30\n").config().orElseThrow().arp()).isEqualTo(new Arp(60, 30, Contested.HELD));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reachable = 4      | reachable = 4: out of range; allowed: 5 to 3600",
                "reachable = 3601   | reachable = 3601: out of range; allowed: 5 to 3600",
                "idle = 4           | idle = 4: out of range; allowed: 5 to 86400",
                "idle = 86401       | idle = 86401: out of range; allowed: 5 to 86400",
                "idle = 4294967301  | idle = 4294967301: out of range; allowed: 5 to 86400",
                "idle = \"5m\"      | idle = \"5m\": is a string; allowed: 300, in seconds",
                "reachble = 60      | reachble = 60: unknown key, did you mean \"reachable\"?; allowed: contested, idle, reachable",
                "contested = \"newst\" | contested = \"newst\": no such value, did you mean \"newest\"?; allowed: \"held\", \"newest\""
            })
    void shouldSayWhatIsWrongInATime(final String line, final String error) throws IOException {
        final ConfigFile.Loaded loaded = load("[arp]\n" + line + "\n");
        final int column = error.contains("unknown key") ? 1 : error.indexOf('=') + 3;

        assertThat(loaded.errors())
                .extracting(Problem::toString)
                .containsExactly("%s:10:%d: error: arp.%s".formatted(directory.resolve("c.toml"), column, error));
        assertThat(loaded.config()).isEmpty();
    }

    @Test
    void shouldTakeWhoWinsAContestedAddress() throws IOException {
        assertThat(load("[arp]\ncontested = \"newest\"\n")
                        .config()
                        .orElseThrow()
                        .arp())
                .isEqualTo(new Arp(60, 1_200, Contested.NEWEST));
        assertThat(load("[arp]\ncontested = \"held\"\n").config().orElseThrow().arp())
                .isEqualTo(new Arp(60, 1_200, Contested.HELD));
    }

    @Test
    void shouldSayWhereAKeyBelongsThatStandsElsewhere() throws IOException {
        assertThat(load("[nat]\nreachable = 60\n").errors())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).endsWith("it belongs in [arp]"));
    }
}
