package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.Config.Answers;
import org.portolan.control.config.Config.Arp;
import org.portolan.control.config.Config.Control;
import org.portolan.control.config.Config.Forward;
import org.portolan.control.config.Config.History;
import org.portolan.control.config.Config.Idle;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Io;
import org.portolan.control.config.Config.Latency;
import org.portolan.control.config.Config.Nat;
import org.portolan.control.config.Config.Neighbor;
import org.portolan.control.config.Config.NoResources;
import org.portolan.control.config.Config.Peer;
import org.portolan.control.config.Config.Role;
import org.portolan.control.config.Config.Route;
import org.portolan.control.config.Config.Router;
import org.portolan.control.config.Config.Transport;
import org.portolan.control.config.Config.UnmatchedTcp;
import org.portolan.control.config.Config.UnsolicitedSyn;
import org.portolan.control.log.Log;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.neighbor.Contested;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

final class ConfigFileTest {
    /** The plan's sample, but for the one key that is not supported yet, and a user that every system has. */
    private static final String SAMPLE = """
        [router]
        name = "edge-1"          # who commits; default: the host name
        run  = "/run/portolan"   # counters file, socket

        [interfaces.lan]
        device  = "eth1"
        role    = "inside"
        address = "192.168.1.1/24"
        segment = "office"       # the wire's name, the same on every router that shares it

        [interfaces.wan]
        device  = "eth0"
        role    = "outside"
        address = "203.0.113.2/24"

        [[routes]]
        destination = "0.0.0.0/0"
        via = "203.0.113.1"

        [[neighbors]]
        interface = "lan"
        address   = "192.168.1.20"
        mac       = "02:50:2A:16:6d:14"

        [arp]
        reachable = 30
        idle      = 600
        contested = "newest"

        [nat]
        mapping   = "endpoint-independent"       # or "address-and-port-dependent"
        filtering = "address-and-port-dependent" # or "endpoint-independent", "address-dependent"
        pool      = ["203.0.113.2"]              # addresses, ranges, CIDRs
        max_sessions = 1048576
        exempt    = ["198.51.100.0/24"]

        [nat.timeouts]
        udp = 300

        [[nat.forward]]
        protocol = "tcp"
        external = "203.0.113.2:8080"
        internal = "192.168.1.10:80"

        [io]
        driver  = "af_packet"    # af_xdp, tap, pcap
        workers = 1
        idle    = "backoff"      # busy, park
        cpus    = []             # pin workers, one CPU each

        [history]
        path = "/var/lib/portolan/state.git"
        serve = "127.0.0.1:9418"
        keep_days = 30
        max_size = "64MiB"

        [[history.peers]]
        name = "edge-2"
        url = "git://192.0.2.2/state.git"

        [[history.peers]]
        name = "edge-3"
        url = "https://edge-3.example:8443/state.git"
        every = 3600

        [latency]
        log = "/var/log/portolan"
        file_size = "1MiB"
        file_hours = 1
        max_files = 48

        [control]
        socket  = "/run/portolan/control.sock"
        user    = "root"
        group   = "root"
        log     = "info"
        """;

    private static final String LEAST = """
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

    @Test
    void shouldReadTheSampleOfThePlan() throws IOException {
        final ConfigFile.Loaded loaded = load(SAMPLE);
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config())
                .contains(new Config(
                        new Router("edge-1", Path.of("/run/portolan")),
                        List.of(
                                new Interface(
                                        "lan",
                                        "eth1",
                                        Role.INSIDE,
                                        0xC0A8_0101,
                                        new Subnet(0xC0A8_0100, 24),
                                        "office",
                                        Drivers.PACKET),
                                new Interface(
                                        "wan",
                                        "eth0",
                                        Role.OUTSIDE,
                                        0xCB00_7102,
                                        new Subnet(0xCB00_7100, 24),
                                        "edge-1.wan",
                                        Drivers.PACKET)),
                        List.of(new Route(new Subnet(0, 0), 0xCB00_7101, "wan")),
                        List.of(new Neighbor("lan", 0xC0A8_0114, 0x0250_2A16_6D14L)),
                        new Arp(30, 600, Contested.NEWEST),
                        new Nat(
                                List.of(new AddressRange(0xCB00_7102, 0xCB00_7102)),
                                1_048_576,
                                new OutsideLimits(262_144, 131_072, 32_768, 65_536),
                                new HostLimits(
                                        524_288, HostLimits.UNLIMITED, HostLimits.UNLIMITED, HostLimits.UNLIMITED),
                                new Timeouts(300, 240, 7_440, 240, 60, 120, 10),
                                FragmentLimits.DEFAULT,
                                List.of(new Forward(Transport.TCP, 0xCB00_7102, 8080, 0xC0A8_010A, 80, 1, false)),
                                List.of(new Subnet(0xC633_6400, 24)),
                                new Answers(
                                        NoResources.HOST_UNREACHABLE,
                                        UnmatchedTcp.DROP,
                                        UnsolicitedSyn.SILENT,
                                        WindowCheck.COUNT)),
                        new Io(1, Idle.BACKOFF, List.of()),
                        new History(
                                Optional.of(Path.of("/var/lib/portolan/state.git")),
                                Optional.of(new InetSocketAddress("127.0.0.1", 9418)),
                                List.of(
                                        new Peer("edge-2", URI.create("git://192.0.2.2/state.git"), 30),
                                        new Peer("edge-3", URI.create("https://edge-3.example:8443/state.git"), 3_600)),
                                30,
                                64L << 20),
                        new Latency(Optional.of(Path.of("/var/log/portolan")), 1L << 20, 1, 48),
                        new Control(
                                Path.of("/run/portolan/control.sock"),
                                Optional.of(new SystemUser("root", 0, 0)),
                                Optional.of(new SystemGroup("root", 0)),
                                Log.Level.INFO)));
        assertThat(loaded.notices()).isEmpty();
    }

    /** A session has a byte for the interface that its packets come from. */
    @Test
    void shouldTakeAtMost255Interfaces() throws IOException {
        final StringBuilder text = new StringBuilder(LEAST);
        for (int i = 0; i < 253; i++) {
            text.append("[interfaces.i%d]\ndevice = \"d%d\"\nrole = \"inside\"\naddress = \"10.0.%d.1/24\"\n"
                    .formatted(i, i, i));
        }
        assertThat(load(text.toString()).errors()).isEmpty();
        text.append("[interfaces.more]\ndevice = \"more\"\nrole = \"inside\"\naddress = \"10.1.0.1/24\"\n");
        assertThat(load(text.toString()).errors())
                .singleElement()
                .asString()
                .contains("interfaces: has 256 interfaces; allowed: at most 255");
    }

    @Test
    void shouldReadWhatFragmentsMayTake() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + "[nat.fragments]\ndatagrams = 128\nwaiting = 64\ntimeout = 15\n");
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().nat().fragments()).isEqualTo(new FragmentLimits(128, 64, 15));
    }

    @Test
    void shouldReadWhatIsAnsweredToWhatIsNotTranslated() throws IOException {
        final ConfigFile.Loaded loaded =
                load(LEAST + "[nat]\nno_resources = \"prohibited\"\nunmatched_tcp = \"reset\"\n"
                        + "unsolicited_syn = \"unreachable\"\ntcp_window = \"drop\"\n");
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().nat().answers())
                .isEqualTo(new Answers(
                        NoResources.PROHIBITED, UnmatchedTcp.RESET, UnsolicitedSyn.UNREACHABLE, WindowCheck.DROP));
    }

    @Test
    void shouldNeedNothingButTheInterfaces() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST);
        assertThat(loaded.errors()).isEmpty();
        final Config config = loaded.config().orElseThrow();
        assertThat(config.router().name()).isNotEmpty();
        assertThat(config.router().run()).isEqualTo(Path.of("/run/portolan"));
        assertThat(config.control())
                .isEqualTo(new Control(
                        Path.of("/run/portolan/control.sock"), Optional.empty(), Optional.empty(), Log.Level.INFO));
        assertThat(config.io()).isEqualTo(new Io(1, Idle.BACKOFF, List.of()));
        assertThat(config.arp()).isEqualTo(new Arp(60, 1_200, Contested.HELD));
        assertThat(config.history())
                .isEqualTo(new History(Optional.empty(), Optional.empty(), List.of(), 365, 1L << 30));
        assertThat(config.nat().maxSessions()).isEqualTo(1_048_576);
        assertThat(config.nat().pool()).containsExactly(new AddressRange(0xCB00_7102, 0xCB00_7102));
        assertThat(config.nat().timeouts()).isEqualTo(new Timeouts(300, 240, 7_440, 240, 60, 120, 10));
        assertThat(config.nat().limits()).isEqualTo(new OutsideLimits(262_144, 131_072, 32_768, 65_536));
        assertThat(config.nat().hostLimits())
                .isEqualTo(new HostLimits(524_288, HostLimits.UNLIMITED, HostLimits.UNLIMITED, HostLimits.UNLIMITED));
        assertThat(loaded.notices())
                .extracting(Problem::message)
                .containsExactly("no route to 0.0.0.0/0: hosts beyond the named subnets cannot be reached");
    }

    @Test
    void shouldTakeTheLimitsOfTheOutsideFromTheTableSizeUnlessTheyAreNamed() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + """
            [nat]
            max_sessions = 4096
            [nat.limits]
            remote_sessions = 16
            inside_reserve = 0
            """);
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().nat().limits()).isEqualTo(new OutsideLimits(1_024, 512, 16, 0));
    }

    @Test
    void shouldTakeTheLimitsOfEachInsideHost() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + """
            [nat.limits]
            host_sessions = 2000000
            host_ports = 500
            host_rate = 30
            """);
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().nat().hostLimits()).isEqualTo(new HostLimits(2_000_000, 500, 30, 300));
        assertThat(loaded.notices())
                .extracting(Problem::toString)
                .anyMatch(text -> text.endsWith(
                        "nat.limits.host_sessions = 2000000: limits nothing: nat.max_sessions is 1048576"));
    }

    @Test
    void shouldSayThatALimitAboveTheTableSizeLimitsNothing() throws IOException {
        final String limits = "[nat]\nmax_sessions = 4096\n[nat.limits]\ninside_reserve = 4095\noutside_sessions = ";
        final ConfigFile.Loaded above = load(LEAST + limits + "4097");
        assertThat(above.errors()).isEmpty();
        assertThat(above.notices())
                .extracting(Problem::toString)
                .anyMatch(text ->
                        text.endsWith("nat.limits.outside_sessions = 4097: limits nothing: nat.max_sessions is 4096"));
        assertThat(load(LEAST + limits + "4096").notices())
                .extracting(Problem::key)
                .doesNotContain("nat.limits.outside_sessions");
    }

    @Test
    void shouldServeTheHistoryOnLoopbackUnlessAnAddressIsGiven() throws IOException {
        for (final String text : List.of("127.0.0.1:9418", "9418", ":9418", "127.0.0.1")) {
            final ConfigFile.Loaded loaded = load(LEAST + "[history]\npath = \"/h\"\nserve = \"" + text + "\"");
            assertThat(loaded.errors()).isEmpty();
            assertThat(loaded.config().orElseThrow().history().serve())
                    .contains(new InetSocketAddress("127.0.0.1", 9418));
        }
    }

    @Test
    void shouldSayThatEveryAddressIsEveryAddress() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + "[history]\npath = \"/h\"\nserve = \"0.0.0.0:1\"");
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.notices())
                .extracting(Problem::message)
                .contains("every address of this machine: anyone who reaches one of them can read the history");
    }

    @Test
    void shouldSayThatASectionWithoutAPathKeepsNoHistory() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + "[history]\nkeep_days = 9");
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().history().path()).isEmpty();
        assertThat(loaded.notices()).extracting(Problem::message).contains("names no path: no history is kept");
    }

    @Test
    void shouldPutTheSocketIntoTheRunDirectory() throws IOException {
        final Config config =
                load("[router]\nrun = \"/run/other\"\n" + LEAST).config().orElseThrow();
        assertThat(config.control().socket()).isEqualTo(Path.of("/run/other/control.sock"));
    }

    @Test
    void shouldReadAPoolOfEveryForm() throws IOException {
        final Config config = load(LEAST
                        + "[nat]\npool = [\"203.0.113.2\", \"203.0.113.16/29\", \"203.0.113.100 - 203.0.113.102\"]")
                .config()
                .orElseThrow();
        assertThat(config.nat().poolSize()).isEqualTo(12);
        assertThat(config.nat().poolAddresses())
                .startsWith(0xCB00_7102, 0xCB00_7110)
                .endsWith(0xCB00_7165, 0xCB00_7166)
                .hasSize(12);
        assertThat(config.nat().inPool(0xCB00_7117)).isTrue();
        assertThat(config.nat().inPool(0xCB00_7118)).isFalse();
    }

    /** RFC 6888 REQ-3 asks for pools of any size: the ports of each address take memory, which is bounded. */
    @Test
    void shouldTakeAtMost1024OutsideAddresses() throws IOException {
        final String text =
                LEAST.replace("203.0.113.2/24", "203.0.113.2/16") + "[nat]\npool = [\"203.0.64.0-203.0.%s\"]";
        assertThat(load(text.formatted("67.255")).errors()).isEmpty();
        assertThat(load(text.formatted("68.0")).errors())
                .extracting(Problem::toString)
                .singleElement()
                .asString()
                .endsWith("has 1025 addresses; allowed: at most 1024");
    }

    @Test
    void shouldReadARangeOfPortsAndTakeTheSameOnesInside() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + """
            [[nat.forward]]
            protocol = "udp"
            external = "203.0.113.2:5000-5999"
            internal = "192.168.1.10:6000-6999"
            [[nat.forward]]
            protocol = "tcp"
            external = "203.0.113.2:5000 - 5999"
            internal = "192.168.1.10"
            direction = "inbound"
            [[nat.forward]]
            protocol = "udp"
            external = "203.0.113.2:53"
            internal = "192.168.1.10"
            """);
        assertThat(loaded.config().orElseThrow().nat().forwards())
                .containsExactly(
                        new Forward(Transport.UDP, 0xCB00_7102, 5000, 0xC0A8_010A, 6000, 1000, false),
                        new Forward(Transport.TCP, 0xCB00_7102, 5000, 0xC0A8_010A, 5000, 1000, true),
                        new Forward(Transport.UDP, 0xCB00_7102, 53, 0xC0A8_010A, 53, 1, false));
    }

    @Test
    void shouldReadWholeAddresses() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + """
            [[nat.static]]
            external = "203.0.113.9"
            internal = "192.168.1.9"
            [[nat.static]]
            external = "203.0.113.16/28"
            internal = "192.168.1.32/28"
            """);
        final Config config = loaded.config().orElseThrow();
        assertThat(config.nat().statics())
                .containsExactly(
                        new Config.Static(0xCB00_7109, 0xC0A8_0109, 1),
                        new Config.Static(0xCB00_7110, 0xC0A8_0120, 16));
        assertThat(config.nat().staticAddresses()).hasSize(17).contains(0xCB00_711F);
    }

    @Test
    void shouldLetARoutedInsideHostKeepItsAddress() throws IOException {
        final String identity = "[[nat.static]]\nexternal = \"203.0.113.9\"\ninternal = \"203.0.113.9\"\n";
        final String route = "[[routes]]\ndestination = \"203.0.113.9/32\"\nvia = \"192.168.1.2\"\n";
        assertThat(load(LEAST + route + identity).config().orElseThrow().nat().statics())
                .containsExactly(new Config.Static(0xCB00_7109, 0xCB00_7109, 1));
        assertThat(load(LEAST + identity).errors()).as("nobody is there").hasSize(1);
    }

    @Test
    void shouldForwardToAHostBehindAnInsideRouter() throws IOException {
        final String text = LEAST + """
            [[routes]]
            destination = "10.0.0.0/8"
            via = "192.168.1.2"
            [[nat.forward]]
            protocol = "udp"
            external = "203.0.113.2:53"
            internal = "10.9.9.9:5353"
            """;
        final Config config = load(text).config().orElseThrow();
        assertThat(config.nat().forwards())
                .containsExactly(new Forward(Transport.UDP, 0xCB00_7102, 53, 0x0A09_0909, 5353, 1, false));
        assertThat(config.routes().getFirst().out()).isEqualTo("lan");
    }

    @Test
    void shouldAcceptBothAddressesOfASlash31() throws IOException {
        final String text = LEAST.replace("203.0.113.2/24", "203.0.113.2/31")
                + "[[routes]]\ndestination = \"0.0.0.0/0\"\nvia = \"203.0.113.3\"\n";
        assertThat(load(text).errors()).as("RFC 3021").isEmpty();
    }

    @Test
    void shouldReadTheSwitchesOfTheNat() throws IOException {
        assertThat(load(LEAST).config().orElseThrow().nat().switches()).isEqualTo(new Switches(false, false, true));
        final ConfigFile.Loaded loaded =
                load(LEAST + "[nat]\npairing = \"another-address\"\nport_parity = true\ninbound_refresh = false\n");
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().nat().switches()).isEqualTo(new Switches(true, true, false));
    }

    @Test
    void shouldReadWhereTheRouterSendsNoErrors() throws IOException {
        final Config config = load(LEAST + "[interfaces.dmz]\ndevice = \"eth7\"\nrole = \"inside\"\n"
                        + "address = \"10.9.0.1/24\"\nicmp_errors = false\n")
                .config()
                .orElseThrow();
        assertThat(config.interfaces()).extracting(Interface::icmpErrors).containsExactly(true, true, false);
    }

    @Test
    void shouldReadTimersOfUdpPortsAndTheFloorOfUnansweredSessions() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + """
            [[routes]]
            destination = "0.0.0.0/0"
            via = "203.0.113.1"
            [nat.timeouts]
            opening_floor = 20
            udp_ports = { 53 = 30, 500 = 3600, 5060 = 119 }
            """);
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().nat().timeouts())
                .isEqualTo(new Timeouts(300, 240, 7_440, 240, 60, 120, 10, 20, Map.of(53, 30, 500, 3_600, 5_060, 119)));
        assertThat(loaded.notices())
                .extracting(Problem::key, Problem::message)
                .containsExactly(tuple(
                        "nat.timeouts.udp_ports.5060",
                        "shorter than the 120 s of RFC 4787 REQ-5, which REQ-5a allows for ports up to 1023"));
    }

    @Test
    void shouldAcceptATimeoutShorterThanItsRfcWithANotice() throws IOException {
        final ConfigFile.Loaded loaded = load(LEAST + """
            [[routes]]
            destination = "0.0.0.0/0"
            via = "203.0.113.1"
            [nat.timeouts]
            udp = 119
            tcp_opening = 239
            tcp_established = 7439
            tcp_closing = 239
            icmp = 59
            port_rest = 119
            incoming = 3
            other = 30
            """);
        assertThat(loaded.config().orElseThrow().nat().timeouts())
                .isEqualTo(new Timeouts(119, 239, 7_439, 239, 59, 119, 3, 10, Map.of(), 30));
        assertThat(loaded.notices())
                .extracting(Problem::key, Problem::message)
                .containsExactly(
                        tuple("nat.timeouts.udp", "shorter than the 120 s of RFC 4787 REQ-5"),
                        tuple("nat.timeouts.tcp_opening", "shorter than the 240 s of RFC 5382 REQ-5"),
                        tuple("nat.timeouts.tcp_established", "shorter than the 7440 s of RFC 5382 REQ-5"),
                        tuple("nat.timeouts.tcp_closing", "shorter than the 240 s of RFC 5382 REQ-5"),
                        tuple("nat.timeouts.icmp", "shorter than the 60 s of RFC 5508 REQ-2"),
                        tuple("nat.timeouts.port_rest", "shorter than the 120 s of RFC 6888 REQ-8"));
    }

    @Test
    void shouldSayWhyAFileCannotBeRead() throws IOException {
        assertThat(errors(directory.resolve("none.toml")))
                .containsExactly("error: cannot be read: there is no such file or directory");
        assertThat(errors(directory)).containsExactly("error: cannot be read: it is a directory; allowed: a TOML file");
        final Path binary = Files.write(directory.resolve("binary"), new byte[] {'a', (byte) 0xFF, '\n'});
        assertThat(errors(binary))
                .containsExactly("1:2: error: is not UTF-8 text: byte 0xFF; allowed: a TOML file in UTF-8");
        final Path large = Files.write(directory.resolve("large"), new byte[FileForm.MOST_BYTES + 1]);
        assertThat(errors(large)).containsExactly("error: is too large for a config; allowed: at most 2 MiB");
        assertThat(errors(Path.of("/dev/zero")))
                .containsExactly("error: is too large for a config; allowed: at most 2 MiB");
        final Path empty = Files.createFile(directory.resolve("empty"));
        assertThat(errors(empty))
                .containsExactly("error: is empty; allowed: at least one [interfaces.NAME] with role = \"inside\" and"
                        + " one with role = \"outside\"");
    }

    @Test
    void shouldReadAFileWithAByteOrderMark() throws IOException {
        assertThat(load("\uFEFF" + LEAST).errors()).isEmpty();
    }

    @Test
    void shouldSurviveAnyMutationOfAConfig() {
        final Random random = new Random(42);
        final byte[] sample = SAMPLE.getBytes(StandardCharsets.UTF_8);
        int wrong = 0;
        for (int round = 0; round < 1_000; round++) {
            final byte[] bytes = sample.clone();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                final int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : sample[random.nextInt(bytes.length)];
            }
            final ConfigFile.Loaded loaded = load(bytes);
            assertThat(loaded.config().isPresent()).isEqualTo(loaded.errors().isEmpty());
            assertThat(loaded.errors().toString()).doesNotContain("\n", "\u001B");
            wrong += loaded.errors().isEmpty() ? 0 : 1;
        }
        assertThat(wrong).isGreaterThan(500);
    }

    @Test
    void shouldSurviveNestingWithoutEnd() {
        assertThat(load(("x = " + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8))
                        .errors())
                .isNotEmpty();
        assertThat(load(("x" + ".x".repeat(20_000) + " = 1").getBytes(StandardCharsets.UTF_8))
                        .errors())
                .isNotEmpty();
    }

    @Test
    void shouldHandOutNothingThatCanChange() throws IOException {
        final Config config = load(LEAST).config().orElseThrow();
        assertThatThrownBy(() -> config.interfaces().removeFirst()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> config.nat().pool().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private List<String> errors(final Path file) {
        return ConfigFile.load(file).errors().stream()
                .map(Problem::toString)
                .map(text -> text.substring((file + ":").length()).strip())
                .toList();
    }

    private ConfigFile.Loaded load(final String text) throws IOException {
        return load(text.getBytes(StandardCharsets.UTF_8));
    }

    private ConfigFile.Loaded load(final byte[] bytes) {
        try {
            return ConfigFile.load(Files.write(directory.resolve("c.toml"), bytes));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
