package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.control.arp.ArpRig;
import org.portolan.control.config.Config;
import org.portolan.control.config.ConfigFile;
import org.portolan.dataplane.neighbor.NeighborTimers;
import org.portolan.dataplane.policy.PolicyTerms;

class TablesTest {
    @TempDir
    private Path directory;

    private NeighborTimers timers(final String more) throws IOException {
        try (ArpRig rig = new ArpRig(directory, more)) {
            return Tables.timers(rig.config);
        }
    }

    @Test
    void shouldUseTheMachinesOwnTimesUnlessTheConfigNamesOthers() throws IOException {
        assertThat(timers("")).isEqualTo(NeighborTimers.defaults());
    }

    /** The machine refuses times that contradict each other; whatever the config may say must not be among them. */
    @ParameterizedTest
    @CsvSource({"5, 5", "3600, 86400", "3600, 5", "5, 86400"})
    void shouldGiveTheMachineTheTimesOfTheConfig(final int reachableS, final int idleS) throws IOException {
        final NeighborTimers timers = timers("[arp]\nreachable = %d\nidle = %d\n".formatted(reachableS, idleS));

        assertThat(timers.reachableMs()).isEqualTo(reachableS * 1_000L);
        assertThat(timers.staleIdleMs()).isEqualTo(idleS * 1_000L);
        assertThat(timers.tries()).isEqualTo(NeighborTimers.defaults().tries());
    }

    @Test
    void shouldTakeTheLongestRestThatTheConfigAllows() throws IOException {
        final Path file = directory.resolve("rest.toml");
        Files.writeString(file, ArpRig.INTERFACES + "\n[nat.timeouts]\nport_rest = 2592000\n");
        assertThat(Tables.policy(ConfigFile.load(file).config().orElseThrow())
                        .timeouts()
                        .portRestS())
                .isEqualTo(2_592_000);
    }

    @Test
    void shouldGiveEachUplinkItsOwnAddresses() throws IOException {
        final String two = """
            [interfaces.dsl]
            device = "eth2"
            role = "outside"
            address = "198.51.100.2/24"
            [[nat.forward]]
            protocol = "udp"
            external = "198.51.100.2:53"
            internal = "192.168.1.20:53"
            """;
        final Path file = directory.resolve("two.toml");
        final String interfaces = ArpRig.INTERFACES.replace("203.0.113.8/29", "203.0.113.8/31\", \"198.51.100.9");
        Files.writeString(file, interfaces + two);
        final PolicyTerms nat = Tables.policy(ConfigFile.load(file).config().orElseThrow());

        assertThat(nat.pools()).extracting(PolicyTerms.Pool::egress).containsExactly(1, 2);
        assertThat(nat.pools().get(0).addresses()).containsExactly(0xCB00_7108, 0xCB00_7109);
        assertThat(nat.pools().get(1).addresses()).containsExactly(0xC633_6409);
        assertThat(nat.forwards()).extracting(PolicyTerms.Forward::egress).containsExactly(2);
        assertThat(nat.outsidePorts()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void shouldMakeARuleForEachWholeAddressAndAnswerArpForIt() throws IOException {
        final Path file = directory.resolve("whole.toml");
        Files.writeString(file, ArpRig.INTERFACES + """
            [[nat.static]]
            external = "203.0.113.32/31"
            internal = "192.168.1.32/31"
            """);
        final Config config = ConfigFile.load(file).config().orElseThrow();
        assertThat(Tables.policy(config).forwards())
                .containsExactly(
                        PolicyTerms.Forward.whole(1, 0xCB00_7120, 0xC0A8_0120),
                        PolicyTerms.Forward.whole(1, 0xCB00_7121, 0xC0A8_0121));
        assertThat(Tables.proxied(config, config.interfaces().get(1))).contains(0xCB00_7120, 0xCB00_7121);
    }
}
