package org.portolan.control.verb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.admin.AdminServer;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.control.view.SampleView;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcException;
import picocli.CommandLine;

/** The whole command line, without a process of its own. */
@Timeout(60)
final class VerbsTest {
    private static final String CONFIG = """
        [interfaces.lan]
        device = "eth1"
        role = "inside"
        address = "192.168.1.1/24"
        [interfaces.wan]
        device = "eth0"
        role = "outside"
        address = "203.0.113.2/24"
        [[routes]]
        destination = "0.0.0.0/0"
        via = "203.0.113.1"
        [control]
        log = "error"
        """;

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Config> launched = new ArrayList<>();
    private RouterLauncher launcher = (config, log) -> {
        launched.add(config);
        return ExitCode.DONE;
    };
    private boolean terminal;
    private AdminServer server;

    @BeforeEach
    void startRouter() throws IOException {
        final Path socket = directory.resolve("c.sock");
        final Log silent = new Log(
                new PrintStream(OutputStream.nullOutputStream()),
                Log.Style.JOURNAL,
                Log.Level.ERROR,
                System::nanoTime,
                () -> 0);
        server = AdminServer.open(socket, Optional.empty(), Optional.empty(), silent);
        server.start(new SampleView(30));
        environment.put("PORTOLAN_SOCKET", socket.toString());
    }

    @AfterEach
    void stopRouter() {
        server.close();
    }

    @Test
    void shouldEndWith2AndAHintWhenTheWordsAreWrong() {
        assertUsage("portolan: which verb?", "help");
        assertUsage("portolan: unknown verb sesions, did you mean sessions?", "help", "sesions");
        assertUsage("portolan: unknown verb x\\u001B[2J", "help", "x\u001B[2J");
        assertUsage("portolan: unknown option --foo", "help", "--foo");
        assertUsage("portolan help: unknown verb foo", "help help", "help", "foo");
        assertUsage("portolan check: FILE is missing", "help check", "check");
        assertUsage("portolan check: one word too many: b", "help check", "check", "a", "b");
        assertUsage(
                "portolan sessions: unknown option --prot, did you mean --proto?",
                "help sessions",
                "sessions",
                "--prot",
                "x");
        assertUsage(
                "portolan sessions: --proto x: allowed: icmp, ipip, tcp, udp, ipv6, gre, esp, ah, sctp, or a number from 1 to 255",
                "help sessions",
                "sessions",
                "--proto",
                "x");
        assertUsage("portolan sessions: --port needs a value", "help sessions", "sessions", "--port");
        assertUsage("portolan sessions: --limit -1: allowed: 1 to 16777216", "help sessions", "sessions", "--limit=-1");
        assertUsage(
                "portolan sessions: --state x: allowed: opening, established, closing",
                "help sessions",
                "sessions",
                "--state",
                "x");
        assertUsage(
                "portolan sessions: --state=a b: only printable ASCII without spaces is allowed",
                "help sessions",
                "sessions",
                "--state",
                "a b");
        assertUsage("portolan stats: --watch 0: allowed: 1 to 86400", "help stats", "stats", "--watch", "0");
        assertUsage("portolan arp: --socket needs a path", "help arp", "arp", "--socket=");
    }

    private void assertUsage(final String sentence, final String hint, final String... words) {
        err.reset();
        assertThat(run(words)).isEqualTo(2);
        assertThat(err()).isEqualTo(sentence + "\nTry: portolan " + hint + "\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void shouldCheckARightConfigAndStartNothing() throws IOException {
        final Path file = Files.writeString(directory.resolve("edge.toml"), CONFIG);
        assertThat(run("check", file.toString())).isEqualTo(0);
        assertThat(out()).isEqualTo(file + ": valid: 2 interfaces, 1 route, 1 outside address, 0 forwards\n");
        assertThat(err()).isEmpty();
        assertThat(launched).isEmpty();
    }

    @Test
    void shouldNoticeACpuThatThisMachineHasNot() throws IOException {
        final Path file = Files.writeString(directory.resolve("edge.toml"), CONFIG + "[io]\ncpus = [1023]\n");
        assertThat(run("check", file.toString())).isEqualTo(0);
        assertThat(err())
                .startsWith(file + ": notice: io.cpus: a worker cannot be pinned to CPU 1023: this process may use ");
    }

    @Test
    void shouldRunNoConfigThatOthersMayWriteTo() throws IOException {
        final Path file = Files.writeString(directory.resolve("edge.toml"), CONFIG);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(run("check", file.toString())).isEqualTo(0);
        assertThat(err())
                .startsWith(file + ": notice: others may write to " + file)
                .endsWith("chmod go-w " + file + "\n");
        assertThat(run("run", file.toString())).isEqualTo(1);
        assertThat(launched).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("run", file.toString())).isEqualTo(0);
        assertThat(launched).hasSize(1);
    }

    @Test
    void shouldSayAllThatIsWrongWithAConfigAndStartNothing() throws IOException {
        final Path file =
                Files.writeString(directory.resolve("edge.toml"), CONFIG.replace("inside", "insid") + "lgo = 1\n");
        for (final String verb : List.of("check", "run")) {
            err.reset();
            assertThat(run(verb, file.toString())).isEqualTo(1);
            assertThat(err().lines())
                    .containsExactly(
                            file
                                    + ":3:8: error: interfaces.lan.role = \"insid\": no such value, did you mean"
                                    + " \"inside\"?; allowed: \"inside\", \"outside\"",
                            file + ":14:1: error: control.lgo = 1: unknown key, did you mean \"log\"?;"
                                    + " allowed: group, log, socket, user",
                            "portolan " + verb + ": 2 errors in " + file
                                    + (verb.equals("run") ? "; nothing was started" : ""));
        }
        assertThat(out()).isEmpty();
        assertThat(launched).isEmpty();
    }

    @Test
    void shouldRunWhatTheConfigSaysAndEndAsTheRouterEnds() throws IOException {
        final Path file = Files.writeString(directory.resolve("edge.toml"), CONFIG);
        assertThat(run("run", file.toString())).isEqualTo(0);
        assertThat(launched)
                .singleElement()
                .satisfies(config -> assertThat(config.interfaces()).hasSize(2));
        launcher = (config, log) -> 1;
        assertThat(run("run", file.toString())).isEqualTo(1);
    }

    @Test
    void shouldTellAFailedStartInASentence() throws IOException {
        final Path file = Files.writeString(directory.resolve("edge.toml"), CONFIG);
        final List<Throwable> failures = List.of(
                new LibcException("socket(17, 3, 768)", Errno.EPERM, "Raw frames need CAP_NET_RAW"),
                new IllegalStateException("odd"),
                new StackOverflowError());
        final ByteArrayOutputStream logged = new ByteArrayOutputStream();
        for (final Throwable each : failures) {
            assertThat(new CommandLine(new RunVerb(failing(each), level -> log(logged, level)))
                            .execute(file.toString()))
                    .isEqualTo(1);
        }
        assertThat(logged.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo("<3>socket(17, 3, 768): EPERM (operation not permitted). Raw frames"
                                        + " need CAP_NET_RAW"),
                        line -> assertThat(line)
                                .startsWith("<3>internal error: IllegalStateException: odd (at VerbsTest.java:"),
                        line -> assertThat(line).startsWith("<3>internal error: StackOverflowError"));
    }

    private static Surroundings failing(final Throwable failure) {
        return new Surroundings(
                OutputStream.nullOutputStream(),
                System.err,
                false,
                Map.of(),
                (config, log) -> {
                    if (failure instanceof final Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                },
                (config, order, warnings) -> "");
    }

    private static Log log(final OutputStream to, final Log.Level level) {
        return new Log(
                new PrintStream(to, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, level, System::nanoTime, () -> 0);
    }

    @Test
    void shouldEndWith1AndASentenceWhenNoRouterRuns() {
        server.close();
        for (final String verb : List.of("sessions", "stats", "latency", "arp", "interfaces")) {
            err.reset();
            assertThat(run(verb)).isEqualTo(1);
            assertThat(err())
                    .isEqualTo("portolan " + verb + ": no router is running: nothing answers on "
                            + directory.resolve("c.sock") + " (for another one: --socket PATH)\n");
        }
        assertThat(out()).isEmpty();
    }

    @Test
    void shouldAskTheRouterThatTheOptionNames() {
        final String socket = environment.put("PORTOLAN_SOCKET", "/nowhere");
        assertThat(run("arp")).isEqualTo(1);
        assertThat(run("arp", "--socket", socket)).isEqualTo(0);
        assertThat(out()).contains("reachable");
    }

    @Test
    void shouldPrintTheSessionsAsATable() {
        assertThat(run("sessions", "--proto", "tcp", "--state", "ESTABLISHED", "--limit", "2"))
                .isEqualTo(0);
        assertThat(out()).isEqualTo("""
            PROTO  STATE        OPENED   INSIDE                 OUTSIDE                REMOTE                         BYTES-OUT           BYTES-IN    IDLE  EXPIRES
            tcp    established  inside   192.168.1.10:1024      203.0.113.2:2048       198.51.100.1:443                       0                  0      0s    5m00s
            tcp    established  inside   192.168.1.16:1030      203.0.113.2:2054       198.51.100.1:443                   6,000                 42      6s    4m54s
            the first 2; there are more
            """);
    }

    @Test
    void shouldFilterTheSessions() {
        assertThat(sessions("--src", "192.168.1.12")).isEqualTo(1);
        assertThat(sessions("--src", "192.168.1.8/30")).isEqualTo(2);
        assertThat(sessions("--src", "192.168.1.10/30"))
                .as("host bits are passed over")
                .isEqualTo(2);
        assertThat(sessions("--dst", "198.51.100.1")).isEqualTo(30);
        assertThat(sessions("--dst", "198.51.100.2")).isEqualTo(0);
        assertThat(sessions("--port", "1030")).as("inside").isEqualTo(1);
        assertThat(sessions("--port", "2054")).as("outside").isEqualTo(1);
        assertThat(sessions("--port", "443")).as("remote").isEqualTo(30);
        assertThat(sessions("--proto", "icmp")).isEqualTo(10);
        assertThat(sessions("--proto", "UDP", "--state", "opening")).isEqualTo(5);
    }

    private long sessions(final String... filter) {
        final List<String> words = new ArrayList<>(List.of("sessions"));
        words.addAll(List.of(filter));
        out.reset();
        assertThat(run(words.toArray(String[]::new))).isEqualTo(0);
        return out().lines().count() - 1;
    }

    @Test
    void shouldSortTheSessionsAndKeepOnlyTheFirst() {
        assertThat(run("sessions", "--sort", "bytes", "--limit", "3")).isEqualTo(0);
        assertThat(out().lines()
                        .skip(1)
                        .limit(3)
                        .map(line -> line.replaceAll(" +", " ").split(" ")[6]))
                .containsExactly("29,000", "28,000", "27,000");
        assertThat(out()).endsWith("the first 3; there are more\n");
        out.reset();
        run("sessions", "--sort", "expires", "--limit", "30");
        assertThat(out().lines().skip(1).map(line -> line.replaceAll(".* ", "")))
                .startsWith("4m31s", "4m32s")
                .hasSize(30);
    }

    @Test
    void shouldPrintTheSessionsAsJson() throws IOException {
        assertThat(run("sessions", "--sort", "src", "--limit", "1", "--json")).isEqualTo(0);
        assertThat(out())
                .isEqualTo(
                        "{\"sessions\":[{\"protocol\":\"tcp\",\"state\":\"established\",\"opened\":\"inside\","
                                + "\"hairpin\":false,\"inside_address\":\"192.168.1.10\",\"inside_port\":1024,"
                                + "\"outside_address\":\"203.0.113.2\",\"outside_port\":2048,\"remote_address\":\"198.51.100.1\",\"remote_port\":443,\"bytes_out\":0,\"bytes_in\":0,\"idle_s\":0,\"expires_in_s\":300}],\"shown\":1,\"more\":true}\n");
    }

    @Test
    void shouldListEveryDropReasonByName() {
        assertThat(run("stats")).isEqualTo(0);
        for (final DropReason reason : DropReason.values()) {
            if (reason != DropReason.NONE) {
                assertThat(out())
                        .containsPattern(
                                " " + reason.name().toLowerCase(Locale.ROOT) + " +" + Pattern.quote(reason.text));
            }
        }
        out.reset();
        assertThat(run("stats", "--nonzero")).isEqualTo(0);
        assertThat(out()).isEqualTo("""
            edge-1, up 1h02m

            frames
                      12,345,678  received
                      12,344,439  sent

            dropped, by reason
                           1,234  no_mapping                from outside, without a session, a port forward or a mapping
                               5  ttl_expired               TTL ran out (time exceeded is sent, rate limited)
                           1,239  dropped in all

            lost by the kernel before the router saw them

            tables
                              30  sessions

            outside ports in use     UDP    TCP  ICMP  resting  full
            203.0.113.2           52,429  1,200     3       42  80 %

            ARP                             lan  wan
            requests sent, probes included   12    0

            latency, ns  samples    p50    p90    p99  p99.9     max
            outbound          99  1,000  2,000  3,000  4,000  50,000
            """);
    }

    @Test
    void shouldPrintTheStatsAsOneLineOfJson() {
        assertThat(run("stats", "--json", "--nonzero")).isEqualTo(0);
        assertThat(out())
                .isEqualTo(
                        "{\"router\":\"edge-1\",\"uptime_s\":3725,"
                                + "\"frames\":{\"received\":12345678,\"sent\":12344439},\"dropped\":1239,\"drops\":{\"no_mapping\":1234,\"ttl_expired\":5},\"kernel\":{},\"tables\":{\"sessions\":30},\"pool\":[{\"address\":\"203.0.113.2\",\"udp\":{\"in_use\":52429,\"resting\":40,\"capacity\":65535},\"tcp\":{\"in_use\":1200,\"resting\":2,\"capacity\":65535},\"icmp\":{\"in_use\":3,\"resting\":0,\"capacity\":65536}}],\"arp\":{\"lan\":{\"requests_sent\":12},\"wan\":{}},\"latency_ns\":{\"outbound\":{\"samples\":99,\"p50\":1000,\"p90\":2000,\"p99\":3000,\"p99_9\":4000,\"max\":50000}}}\n");
    }

    @Test
    void shouldPrintInterfacesAndNeighbors() {
        run("interfaces");
        assertThat(out()).isEqualTo("""
            NAME  DEVICE  ROLE     ADDRESS         MAC                 MTU  STATE  DRIVER     NEIGHBORS  STATIC
            lan   eth1    inside   192.168.1.1/24  02:00:00:00:00:01  1500  up     af_packet      1,234       5
            wan   eth0    outside  203.0.113.2/24  -                  9000  down   af_packet          -       -

            NAME  MAPPING               FILTERING
            wan   endpoint-independent  address-dependent

            NAME  RX-FRAMES  RX-BYTES  KERNEL-DROPS  TX-FRAMES       TX-BYTES  TX-RING-FULL
            lan          10       640             3  1,234,567  8,000,000,000             4
            wan           0         0             0          0              0             0

            interfaces.wan.device: eth0 carries the kernel's address 203.0.113.9/24
            """);
        out.reset();
        run("arp");
        assertThat(out()).isEqualTo("""
            ADDRESS       MAC                STATE       INTERFACE  AGE  LAST-USED
            192.168.1.10  02:00:00:00:00:0a  reachable   lan        12s         3s
            192.168.1.11  02:00:00:00:00:0b  static      lan          -          -
            203.0.113.1   -                  incomplete  wan          -          -
            """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions", "stats", "latency", "interfaces", "arp"})
    void shouldPrintOneDocumentThatAJsonParserTakes(final String verb) throws IOException {
        assertThat(run(verb, "--json")).isEqualTo(0);
        assertThat(out()).hasLineCount(1);
        try (JsonParser parser = new JsonFactory().createParser(out())) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            parser.skipChildren();
            assertThat(parser.nextToken()).isNull();
        }
    }

    @Test
    void shouldColorOnlyForATerminalThatWantsIt() {
        final String bold = "\u001B[1m";
        run("stats");
        assertThat(out()).doesNotContain("\u001B");
        terminal = true;
        run("stats");
        assertThat(out()).contains(bold);
        out.reset();
        run("stats", "--json");
        assertThat(out()).doesNotContain("\u001B");
        environment.put("NO_COLOR", "1");
        run("stats");
        run("help", "stats");
        assertThat(out()).doesNotContain("\u001B");
        environment.put("NO_COLOR", "");
        environment.put("TERM", "dumb");
        run("stats");
        assertThat(out()).doesNotContain("\u001B");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "check",
                "demo",
                "sessions",
                "stats",
                "latency",
                "arp",
                "history",
                "interfaces",
                "help",
                "version"
            })
    void shouldShowAnExampleFirst(final String verb) {
        assertThat(run("help", verb)).isEqualTo(0);
        assertThat(out()).startsWith("Example").contains("\n  ", "portolan " + verb, "Usage: portolan " + verb);
        final String help = out();
        out.reset();
        assertThat(run(verb, "--help")).isEqualTo(0);
        assertThat(out()).isEqualTo(help);
        out.reset();
        run("help");
        assertThat(out()).containsPattern("\n  " + verb + " +[A-Z]");
        assertThat(err()).isEmpty();
    }

    @Test
    void shouldEndQuietlyWhenNobodyReadsOn() {
        assertThat(run(failing("Broken pipe"), "sessions")).isEqualTo(0);
        assertThat(run(failing("Broken pipe"), "help")).isEqualTo(0);
        assertThat(err()).isEmpty();
    }

    @Test
    void shouldSayThatTheOutputIsLost() {
        assertThat(run(failing("No space left on device"), "sessions")).isEqualTo(1);
        assertThat(err()).isEqualTo("portolan sessions: cannot write the output: No space left on device\n");
    }

    private static OutputStream failing(final String message) {
        return new OutputStream() {
            @Override
            public void write(final int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    private int run(final String... words) {
        return run(out, words);
    }

    private int run(final OutputStream to, final String... words) {
        final PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Verbs.execute(
                List.of(words),
                new Surroundings(
                        to,
                        errors,
                        terminal,
                        environment,
                        (c, l) -> launcher.run(c, l),
                        (config, order, warnings) -> ""));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
