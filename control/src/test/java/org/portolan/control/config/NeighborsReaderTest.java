package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.control.config.Config.Neighbor;

class NeighborsReaderTest {
    private static final String INTERFACES = """
        [interfaces.lan]
        device = "eth1"
        role = "inside"
        address = "192.168.1.1/24"
        [interfaces.wan]
        device = "eth0"
        role = "outside"
        address = "203.0.113.2/24"
        [nat]
        pool = ["203.0.113.8/29"]
        """;

    private static final String INTERFACE_FORM = "\"lan\", \"wan\"";
    private static final String ADDRESS_FORM = "the address of a host on that interface, such as \"192.168.1.20\"";
    private static final String MAC_FORM = "six octets, such as \"02:50:2a:16:6d:14\"";

    @TempDir
    private Path directory;

    private static String neighbor(final String on, final String address, final String mac) {
        return "[[neighbors]]\ninterface = \"%s\"\naddress = \"%s\"\nmac = \"%s\"\n".formatted(on, address, mac);
    }

    private ConfigFile.Loaded load(final String more) throws IOException {
        return ConfigFile.load(Files.writeString(directory.resolve("c.toml"), INTERFACES + more));
    }

    @Test
    void shouldReadNeighborsInTheOrderOfTheFile() throws IOException {
        final ConfigFile.Loaded loaded = load(neighbor("wan", "203.0.113.1", "02:00:00:00:00:01")
                + neighbor("lan", "192.168.1.20", "02:50:2a:16:6d:14")
                + neighbor("lan", "192.168.1.21", "02:50:2a:16:6d:14"));

        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().neighbors())
                .containsExactly(
                        new Neighbor("wan", 0xCB00_7101, 0x0200_0000_0001L),
                        new Neighbor("lan", 0xC0A8_0114, 0x0250_2A16_6D14L),
                        new Neighbor("lan", 0xC0A8_0115, 0x0250_2A16_6D14L));
    }

    private static Stream<Arguments> wrong() {
        final String inLan = "a host's address in 192.168.1.0/24";
        final String own = "a host's own MAC: not zero, and unicast";
        return Stream.of(
                Arguments.of(
                        "lann",
                        "192.168.1.20",
                        "2:0:0:0:0:1",
                        12,
                        "interface = \"lann\": no such interface, did you" + " mean \"lan\"?; allowed: "
                                + INTERFACE_FORM),
                Arguments.of(
                        "dmz",
                        "192.168.1.20",
                        "2:0:0:0:0:1",
                        12,
                        "interface = \"dmz\": no such interface;" + " allowed: " + INTERFACE_FORM),
                Arguments.of(
                        "lan",
                        "192.168.2.20",
                        "2:0:0:0:0:1",
                        13,
                        "address = \"192.168.2.20\": is not in the subnet" + " of lan; allowed: " + inLan),
                Arguments.of(
                        "lan",
                        "192.168.1.255",
                        "2:0:0:0:0:1",
                        13,
                        "address = \"192.168.1.255\": is not a host's" + " address in 192.168.1.0/24; allowed: "
                                + inLan),
                Arguments.of(
                        "lan",
                        "192.168.1.1",
                        "2:0:0:0:0:1",
                        13,
                        "address = \"192.168.1.1\": is this router's own" + " address on lan; allowed: " + inLan),
                Arguments.of(
                        "wan",
                        "203.0.113.9",
                        "2:0:0:0:0:1",
                        13,
                        "address = \"203.0.113.9\": is in this router's own"
                                + " nat.pool; allowed: a host's address in 203.0.113.0/24"),
                Arguments.of(
                        "lan",
                        "printer",
                        "2:0:0:0:0:1",
                        13,
                        "address = \"printer\": not an IPv4 address; allowed: " + ADDRESS_FORM),
                Arguments.of(
                        "lan",
                        "2001:db8::1",
                        "2:0:0:0:0:1",
                        13,
                        "address = \"2001:db8::1\": IPv6 is not supported" + " yet; allowed: " + ADDRESS_FORM),
                Arguments.of(
                        "lan",
                        "192.168.1.20",
                        "2:0:0:0:0",
                        14,
                        "mac = \"2:0:0:0:0\": not a MAC address; allowed: " + MAC_FORM),
                Arguments.of(
                        "lan",
                        "192.168.1.20",
                        "0:0:0:0:0:0",
                        14,
                        "mac = \"0:0:0:0:0:0\": is nobody's; allowed: " + own),
                Arguments.of(
                        "lan",
                        "192.168.1.20",
                        "ff:ff:ff:ff:ff:ff",
                        14,
                        "mac = \"ff:ff:ff:ff:ff:ff\": is a group's;" + " allowed: " + own),
                Arguments.of(
                        "lan",
                        "192.168.1.20",
                        "01:00:5e:00:00:01",
                        14,
                        "mac = \"01:00:5e:00:00:01\": is a group's;" + " allowed: " + own));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldSayWhatIsWrongInANeighbor(
            final String on, final String address, final String mac, final int line, final String error)
            throws IOException {
        final ConfigFile.Loaded loaded = load(neighbor(on, address, mac));

        assertThat(loaded.errors())
                .extracting(Problem::toString)
                .containsExactly("%s:%d:%d: error: neighbors[0].%s"
                        .formatted(directory.resolve("c.toml"), line, error.indexOf('=') + 3, error));
        assertThat(loaded.config()).isEmpty();
    }

    @Test
    void shouldRefuseOneAddressTwiceAndWhatIsMissingOrUnknown() throws IOException {
        final String twice = neighbor("lan", "192.168.1.20", "2:0:0:0:0:1");
        assertThat(load(twice + twice).errors())
                .extracting(Problem::toString)
                .containsExactly(directory.resolve("c.toml")
                        + ":17:11: error: neighbors[1].address = \"192.168.1.20\": is written down already, on lan;"
                        + " allowed: each address once");
        assertThat(load("[[neighbors]]\nip = \"192.168.1.20\"\n").errors())
                .extracting(Problem::key)
                .containsExactlyInAnyOrder(
                        "neighbors[0].interface", "neighbors[0].address", "neighbors[0].mac", "neighbors[0].ip");
    }

    @Test
    void shouldRefuseMoreThanATableIsMeantFor() throws IOException {
        final StringBuilder many = new StringBuilder();
        for (int i = 0; i <= NeighborsReader.MOST; i++) {
            many.append("[[neighbors]]\n");
        }
        assertThat(load(many.toString()).errors())
                .singleElement()
                .satisfies(problem -> assertThat(problem.allowed()).isEqualTo("4096; portolan arp load takes more"));
    }
}
