package org.portolan.control.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.history.query.SampleRouter.address;
import static org.portolan.control.history.query.SampleRouter.mac;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.query.HistoryStatus.Unit;
import org.portolan.control.history.query.SampleRouter;
import org.portolan.control.history.query.WalkingTimeIndex;
import org.portolan.control.text.TimeText;

/** The verbs that ask the history, from the words to the tables, with a real repository behind them. */
@Timeout(60)
final class HistoryVerbsTest {
    @TempDir
    private Path directory;

    private VerbRig rig;
    private SampleRouter edge;

    @BeforeEach
    void start() throws IOException {
        rig = new VerbRig(directory);
        rig.environment.put("TZ", "Europe/Berlin");
        edge = new SampleRouter(directory.resolve("state.git"), "edge-1", SampleRouter.BEGIN_S);
        edge.pass(9)
                .learn(address(20), mac(1))
                .pass(100)
                .learn(address(21), mac(2))
                .pass(50)
                .learn(address(20), mac(3));
        edge.pass(3_600).pin(address(40), mac(9), "root").pass(60);
        final SampleRouter.Expiry expiry = edge.expiry();
        edge.learn(address(22), mac(4)).crowd(101, 2);
        expiry.dead(address(21)).merge();
        edge.write();
        rig.view.history = Optional.of(
                new HistoryQuery(edge.git(), new WalkingTimeIndex(edge.git(), 4), 86_400, HistoryVerbsTest::status));
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
        edge.close();
    }

    private static HistoryStatus status() {
        return new HistoryStatus.Builder()
                .word("path", "repository", "/var/lib/portolan/state.git")
                .number("commits", "commits written", 12_345, Unit.COUNT)
                .number("lag_s", "oldest waiting", 125, Unit.SECONDS)
                .number("bytes", "size of all packs", 12_884_902, Unit.BYTES)
                .number("oldest", "kept since", SampleRouter.BEGIN_S, Unit.TIME)
                .word("stopped", "stopped because", "No space left on device")
                .peer(new HistoryStatus.Peer(
                        "edge-2", "git://10.0.0.2/state.git", SampleRouter.BEGIN_S, 0, 3, 17, 240, "refused"))
                .build();
    }

    private String ask(final String... words) {
        assertThat(rig.run(words)).as(rig.takeErr()).isEqualTo(0);
        assertThat(rig.takeErr()).isEmpty();
        return rig.takeOut()
                .replaceAll("(?<=[ \"])[0-9a-f]{40}(?=\")", "#".repeat(40))
                .replaceAll("(?<=commit |  )[0-9a-f]{10}\n", "##########\n");
    }

    private void assertUsage(final String verb, final String sentence, final String... words) {
        assertThat(rig.run(words)).isEqualTo(2);
        assertThat(rig.takeErr()).isEqualTo("portolan %s: %s\nTry: portolan help %s\n".formatted(verb, sentence, verb));
        assertThat(rig.takeOut()).isEmpty();
    }

    // ---- arp --at

    @Test
    void shouldShowTheTableOfATimeInTheAskersZone() {
        assertThat(ask("arp", "--at", "2025-11-24T17:05")).isEqualTo("""
            ADDRESS       MAC                STATE  SEGMENT  INTERFACE  SINCE                SEEN                 BY
            192.168.1.20  02:50:2a:16:6d:03  live   office   lan        2025-11-24 17:02:42  2025-11-24 17:02:42  edge-1
            192.168.1.21  02:50:2a:16:6d:02  live   office   lan        2025-11-24 17:01:51  2025-11-24 17:01:51  edge-1
            2 neighbors at 2025-11-24 17:05:00; the last change before was at 2025-11-24 17:02:42, commit ##########
            """);
        assertThat(ask("arp", "--at", "2025-11-24T16:00:05Z"))
                .isEqualTo("no neighbors at 2025-11-24 17:00:05; the last change before was at 2025-11-24 17:00:00,"
                        + " commit ##########\n");
    }

    @Test
    void shouldShowWhatWasGoneOnlyWhenAllIsAsked() {
        assertThat(ask("arp", "--at", "now"))
                .contains("192.168.1.40   02:50:2a:16:6d:09  static")
                .doesNotContain("192.168.1.21 ");
        assertThat(ask("arp", "--at", "now", "--all")).contains("ENDED", "192.168.1.21   02:50:2a:16:6d:02  expired");
        assertUsage(
                "arp", "--all needs --at: what is gone is in the history only, for example --at now", "arp", "--all");
    }

    @Test
    void shouldSayWhereTheHistoryBegins() {
        assertThat(rig.run("arp", "--at", "2025-11-01")).isEqualTo(1);
        assertThat(rig.takeErr())
                .isEqualTo(
                        "portolan arp: the router answers: nothing is known of 2025-11-01 00:00:00: the history that is"
                                + " kept begins at 2025-11-24 17:00:00\n");
    }

    // ---- log

    @Test
    void shouldLogAnAddress() {
        assertThat(ask("arp", "log", "192.168.1.20")).isEqualTo("""
            TIME                 WHAT   ADDRESS       MAC                                     SEGMENT  INTERFACE  WHY       ROUTER  COMMIT
            2025-11-24 17:02:42  moved  192.168.1.20  02:50:2a:16:6d:01 -> 02:50:2a:16:6d:03  office   lan        answered  edge-1  ##########
            2025-11-24 17:00:10  added  192.168.1.20  02:50:2a:16:6d:01                       office   lan        answered  edge-1  ##########
            """);
        assertThat(ask("arp", "log", "192.168.1.250")).isEqualTo("the history has no such change\n");
    }

    @Test
    void shouldLogAMacHoweverItIsWritten() {
        final String expected = ask("arp", "log", "02:50:2a:16:6d:01");
        assertThat(expected).hasLineCount(3);
        assertThat(ask("arp", "log", "2-50-2A-16-6D-1")).isEqualTo(expected);
    }

    @Test
    void shouldLogEverythingUpToTheLimit() {
        assertThat(ask("arp", "log")).hasLineCount(10).contains("static-added", "created", "root");
        assertThat(ask("arp", "log", "--limit", "2"))
                .hasLineCount(4)
                .endsWith("the last 2; there are more (--limit)\n");
        assertThat(ask("arp", "log", "--since", "2025-11-24 18:00", "--until", "2025-11-24 18:03"))
                .contains("static-added")
                .hasLineCount(2);
        assertThat(ask("arp", "log", "--all")).contains("joined");
    }

    @Test
    void shouldLogAsJson() {
        assertThat(ask("arp", "log", "192.168.1.20", "--json", "--limit", "1"))
                .isEqualTo("{\"entries\":[{\"time\":\"2025-11-24T16:02:42Z\",\"kind\":\"moved\",\"segment\":\"office\","
                        + "\"address\":\"192.168.1.20\",\"mac_old\":\"02:50:2a:16:6d:01\",\"mac\":\"02:50:2a:16:6d:03\","
                        + "\"interface\":\"lan\",\"detail\":\"answered\",\"by\":null,\"router\":\"edge-1\",\"commit\":\""
                        + "#".repeat(40) + "\"}],\"shown\":1,\"more\":true}\n");
    }

    // ---- who

    @Test
    void shouldSayWhoHadAnAddress() {
        assertThat(ask("arp", "who", "192.168.1.20", "--at", "2025-11-24 17:01"))
                .isEqualTo("""
                    192.168.1.20 on office at 2025-11-24 17:01:00: 02:50:2a:16:6d:01

                            MAC                STATE  FROM                 UNTIL                HOW                                             ROUTER  COMMIT
                    before  -                  none   -                    2025-11-24 17:00:10  not known before                                -       -
                    then    02:50:2a:16:6d:01  live   2025-11-24 17:00:10  2025-11-24 17:02:42  entry added: 192.168.1.20 -> 02:50:2a:16:6d:01  edge-1  ##########
                    after   02:50:2a:16:6d:03  live   2025-11-24 17:02:42  still                entry moved: 192.168.1.20 -> 02:50:2a:16:6d:03  edge-1  ##########
                    """);
        assertThat(ask("arp", "who", "192.168.1.40"))
                .startsWith("192.168.1.40 on office now: 02:50:2a:16:6d:09\n")
                .contains("  root  edge-1");
    }

    @Test
    void shouldSayWhenWhoIsGoneWasSeenLast() throws IOException {
        assertThat(ask("arp", "who", "192.168.1.21"))
                .startsWith("192.168.1.21 on office now: not seen since 2025-11-24 17:01:51"
                        + " (was 02:50:2a:16:6d:02, expired: silent)\n")
                .contains("now     02:50:2a:16:6d:02  expired");
        edge.flush(address(20), "alice").pin(address(41), mac(7), "root").pass(10);
        edge.unpin(address(41), "bob").write();
        assertThat(ask("arp", "who", "192.168.1.20"))
                .startsWith("192.168.1.20 on office now: not seen since 2025-11-24 17:02:42"
                        + " (was 02:50:2a:16:6d:03, flushed by alice)\n");
        assertThat(ask("arp", "who", "192.168.1.41"))
                .matches("(?s)192.168.1.41 on office now: never seen; static until 2025-11-24 18:0\\d:\\d\\d"
                        + " \\(removed by bob\\)\n.*before  02:50:2a:16:6d:07  static.*");
        edge.pass(3 * 86_400).collect(address(21)).write();
        assertThat(ask("arp", "who", "192.168.1.21"))
                .as("from before its tombstone was collected")
                .startsWith("192.168.1.21 on office now: not seen since 2025-11-24 17:01:51"
                        + " (was 02:50:2a:16:6d:02, expired: silent)\n");
    }

    @Test
    void shouldSayNobodyOnlyOfWhoWasNeverKnownAndSinceWhenItIsKept() {
        final String nobody = ": nobody, as far as is known; the history is kept since 2025-11-24 17:00:00\n";
        assertThat(ask("arp", "who", "10.0.0.1")).isEqualTo("10.0.0.1 now" + nobody);
        assertThat(ask("arp", "who", "192.168.1.20", "--at", "2025-11-24 17:00:05"))
                .startsWith("192.168.1.20 on office at 2025-11-24 17:00:05" + nobody)
                .contains("after  02:50:2a:16:6d:01  live");
        assertThat(ask("arp", "who", "10.0.0.1", "--json", "--at", "2025-11-24T16:00:05Z"))
                .isEqualTo("{\"address\":\"10.0.0.1\",\"at\":\"2025-11-24T16:00:05Z\",\"commit\":\"" + "#".repeat(40)
                        + "\",\"kept_since\":\"2025-11-24T16:00:00Z\",\"segments\":[]}\n");
    }

    // ---- which moment was taken

    @Test
    void shouldSayBesideTheAnswerWhichMomentWasTaken() throws IOException {
        rig.environment.put("TZ", "America/New_York");
        final SampleRouter autumn =
                new SampleRouter(directory.resolve("autumn.git"), "edge-1", 1_761_975_000L /* 2025-11-01 01:30 EDT */);
        autumn.pass(86_400).learn(address(20), mac(1)).pass(3_600).learn(address(21), mac(2));
        autumn.write();
        rig.view.history = Optional.of(new HistoryQuery(
                autumn.git(), new WalkingTimeIndex(autumn.git(), 4), 86_400, HistoryVerbsTest::status));
        assertThat(rig.run("arp", "--at", "2025-11-02 01:30:05")).isEqualTo(0);
        assertThat(rig.takeErr())
                .isEqualTo("portolan arp: --at 2025-11-02 01:30:05: comes twice, as the clocks go from 02:00 to 01:00;"
                        + " taken: 2025-11-02 01:30:05 -04:00; the other: --at \"2025-11-02 01:30:05 -05:00\"\n");
        assertThat(rig.takeOut())
                .contains("2025-11-02 01:30:01 -04:00  2025-11-02 01:30:01 -04:00  edge-1\n1 neighbor at 2025-11-02"
                        + " 01:30:05 -04:00;");
        assertThat(ask("arp", "--at", "2025-11-02 01:30:05 -05:00"))
                .contains("2 neighbors at 2025-11-02 01:30:05 -05:00;");
        assertThat(rig.run("arp", "who", "192.168.1.20", "--at", "yesterday", "--json"))
                .isEqualTo(0);
        assertThat(rig.takeErr()).startsWith("portolan arp who: --at yesterday: this time of that day, ");
        assertThat(rig.takeOut()).startsWith("{\"address\"");
        autumn.close();
    }

    // ---- arp IP

    @Test
    void shouldShowWhatIsAskedForOnly() {
        assertThat(ask("arp", "192.168.1.10")).hasLineCount(2).contains("192.168.1.10");
        assertThat(ask("arp", "192.168.1.0/24")).hasLineCount(3);
        assertThat(ask("arp", "2:0:0:0:0:B")).hasLineCount(2).contains("192.168.1.11");
        assertThat(ask("arp", "--interface", "lan")).hasLineCount(3).doesNotContain("wan");
        assertThat(ask("arp", "192.168.1.10", "--json"))
                .startsWith("{\"neighbors\":[{\"interface\":\"lan\",\"address\":\"192.168.1.10\"")
                .doesNotContain("192.168.1.11");
        assertThat(ask("arp", "192.168.1.22", "--at", "now"))
                .hasLineCount(3)
                .contains("192.168.1.22 ", "1 neighbor at");
        assertThat(ask("arp", "192.168.1.96/28", "--at", "now")).contains("2 neighbors at");
        assertThat(ask("arp", "02:50:2a:16:6d:02", "--at", "now", "--all")).contains("192.168.1.21 ", "1 neighbor at");
        assertThat(ask("arp", "--interface", "lan", "--at", "now")).contains("4 neighbors at");
        assertThat(ask("arp", "192.168.1.20", "--at", "2025-11-24 17:01", "--json"))
                .contains("\"bindings\":[{\"segment\":\"office\",\"address\":\"192.168.1.20\"")
                .doesNotContain("192.168.1.21");
    }

    private void assertRefused(final String sentence, final String... words) {
        for (final String json : List.of("", " --json")) {
            assertThat(rig.run((String.join("|", words) + json.replace(" ", "|")).split("\\|")))
                    .isEqualTo(1);
            assertThat(rig.takeErr()).isEqualTo("portolan arp: the router answers: " + sentence + "\n");
            assertThat(rig.takeOut()).isEmpty();
        }
    }

    @Test
    void shouldSayThatThereIsNoneOfThoseAskedFor() {
        assertRefused("no neighbor 192.168.1.99 now; who had it: portolan arp who 192.168.1.99", "arp", "192.168.1.99");
        assertRefused("no neighbor in 10.0.0.0/8 on lan now", "arp", "10.0.0.0/8", "--interface", "lan");
        assertRefused(
                "no neighbor with the MAC 02:50:2a:16:6d:ff now; where it was: portolan arp log 02:50:2a:16:6d:ff",
                "arp",
                "02:50:2a:16:6d:ff");
        assertRefused(
                "no neighbor 192.168.1.21 at 2025-11-24 17:01:00; who had it: portolan arp who 192.168.1.21",
                "arp",
                "192.168.1.21",
                "--at",
                "2025-11-24 17:01");
        assertRefused("no interface is named lna, did you mean lan?; there are: lan, wan", "arp", "--interface", "lna");
        assertRefused(
                "no neighbor on lna at 2025-11-24 17:05:00", "arp", "--interface", "lna", "--at", "2025-11-24 17:05");
        rig.view.history = Optional.empty();
        assertRefused("no neighbor 192.168.1.99 now", "arp", "192.168.1.99");
    }

    @Test
    void shouldTellAnAddressFromAVerb() {
        assertUsage("arp", "unknown verb grpah, did you mean graph?", "arp", "grpah");
        assertUsage(
                "arp",
                "printer: neither a verb, nor an IPv4 address or subnet, such as 192.168.1.20 or 192.168.1.0/24, nor a"
                        + " MAC, such as 02:50:2a:16:6d:14",
                "arp",
                "printer");
        assertUsage("arp", "--address 192.168.1.0/33: allowed: ADDRESS or ADDRESS/PREFIX", "arp", "192.168.1.0/33");
        assertUsage("arp log", "192.168.1.20 belongs behind log", "arp", "192.168.1.20", "log");
        assertUsage("arp", "one word too many: 192.168.1.21", "arp", "192.168.1.20", "192.168.1.21");
        assertUsage(
                "arp log",
                "14:02: a time of two words needs quotes, as in --at \"2026-11-23 14:02\"",
                "arp",
                "log",
                "--since",
                "2025-11-23",
                "14:02");
    }

    @Test
    void shouldCutTablesToTheWidthOfWhoLooksAtThem() {
        rig.environment.put("COLUMNS", "60");
        rig.environment.put("LC_ALL", "C.UTF-8");
        final String piped = ask("arp", "log", "192.168.1.20");
        assertThat(piped).contains(" -> 02:50:2a:16:6d:03  office").doesNotContain("\u2026");
        rig.terminal = true;
        rig.environment.put("NO_COLOR", "1");
        assertThat(ask("arp", "log", "192.168.1.20")).isEqualTo("""
            TIME                 WHAT   ADDRESS       MAC              \u2026
            2025-11-24 17:02:42  moved  192.168.1.20  02:50:2a:16:6d:01\u2026
            2025-11-24 17:00:10  added  192.168.1.20  02:50:2a:16:6d:01\u2026
            """);
        rig.environment.put("LC_ALL", "C");
        assertThat(ask("arp", "who", "192.168.1.20").lines().skip(2))
                .allMatch(line -> line.length() <= 60)
                .anyMatch(line -> line.endsWith("~"));
        rig.environment.remove("NO_COLOR");
        assertThat(ask("arp", "log").lines())
                .anyMatch(line -> line.contains("\u001B[32madded\u001B[0m"))
                .allMatch(line -> line.replaceAll("\u001B\\[[0-9;]+m", "").length() <= 60);
        assertThat(ask("arp", "log", "192.168.1.20", "--json"))
                .as("machines get all")
                .contains("02:50:2a:16:6d:03");
    }

    // ---- graph

    @Test
    void shouldDrawAsTheTerminalCan() {
        rig.environment.put("LANG", "de_DE.UTF-8");
        assertThat(ask("arp", "graph"))
                .contains("○─╮  (primary) Arp.tick: merge expiry branch", "  17:02:42 ")
                .hasLineCount(10);
        assertThat(ask("arp", "graph", "--ascii")).contains("o-.  (primary) Arp.tick: merge expiry branch");
        rig.environment.put("TERM", "linux");
        assertThat(ask("arp", "graph")).contains("o-.");
        rig.environment.put("TERM", "xterm");
        rig.environment.put("LC_ALL", "C");
        rig.environment.put("COLUMNS", "60");
        assertThat(ask("arp", "graph").lines())
                .allMatch(line -> line.length() <= 60)
                .anyMatch(line -> line.endsWith("~"));
        rig.terminal = true;
        rig.environment.put("LC_ALL", "C.UTF-8");
        assertThat(ask("arp", "graph").lines())
                .anyMatch(line -> line.contains("\u001B[32m●\u001B[0m"))
                .allMatch(line -> line.replaceAll("\u001B\\[[0-9;]+m", "").length() <= 60);
        rig.environment.put("NO_COLOR", "1");
        assertThat(ask("arp", "graph")).doesNotContain("\u001B");
    }

    // ---- history

    @Test
    void shouldShowHowTheHistoryIsDoing() {
        assertThat(ask("history").replaceAll("\\(\\d+[a-z] ago\\)", "(a while ago)"))
                .isEqualTo("""
                    HISTORY
                    repository         /var/lib/portolan/state.git
                    commits written    12,345
                    oldest waiting     2m05s
                    size of all packs  12.3 MiB
                    kept since         2025-11-24 17:00:00 (a while ago)
                    stopped because    No space left on device

                    PEER    URL                       FETCHED                        MERGED  CONFLICTS  FAILURES  NEXT      ERROR
                    edge-2  git://10.0.0.2/state.git  2025-11-24 17:00:00 (a while ago)  never   3          17        in 4m00s  refused
                    """);
        assertThat(ask("history", "--json"))
                .isEqualTo(
                        "{\"history\":{\"path\":\"/var/lib/portolan/state.git\",\"commits\":12345,\"lag_s\":125,\"bytes\":12884902,\"oldest\":\"2025-11-24T16:00:00Z\",\"stopped\":\"No"
                                + " space left on"
                                + " device\"},\"peers\":[{\"name\":\"edge-2\",\"url\":\"git://10.0.0.2/state.git\",\"fetched\":\"2025-11-24T16:00:00Z\",\"merged\":null,\"conflicts\":3,\"failures\":17,\"next_in\":240,\"error\":\"refused\"}]}\n");
    }

    // ---- all of them

    @Test
    void shouldSayWhatIsToBeSetWhenNoHistoryIsKept() {
        rig.view.history = Optional.empty();
        for (final List<String> words : List.of(
                List.of("arp", "--at", "now"),
                List.of("arp", "log"),
                List.of("arp", "who", "10.0.0.1"),
                List.of("arp", "graph"),
                List.of("history"))) {
            assertThat(rig.run(words.toArray(String[]::new))).isEqualTo(1);
            assertThat(rig.takeErr())
                    .endsWith(": the router answers: this router keeps no history: set history.path\n");
        }
        assertThat(ask("arp")).contains("reachable");
    }

    @Test
    void shouldSayWhichWordIsWrong() {
        assertUsage("arp who", "IP is missing", "arp", "who");
        assertUsage("arp who", "x: not an IPv4 address, such as 192.168.1.20", "arp", "who", "x");
        assertUsage(
                "arp log",
                "x: neither an IPv4 address, such as 192.168.1.20, nor a MAC, such as 02:50:2a:16:6d:14",
                "arp",
                "log",
                "x");
        assertUsage("arp log", "--limit 0: allowed: 1 to 10000000", "arp", "log", "--limit", "0");
        assertUsage("arp graph", "--limit x: allowed: 1 to 10000", "arp", "graph", "--limit", "x");
        assertUsage("arp log", "--since is later than --until", "arp", "log", "--since", "1h ago", "--until", "2h ago");
        assertUsage("arp", "--at noon: not a time; allowed: " + TimeText.FORMS, "arp", "--at", "noon");
        assertUsage("arp", "unknown verb lgo, did you mean log?", "arp", "lgo");
        assertUsage(
                "arp",
                "14:02: a time of two words needs quotes, as in --at \"2026-11-23 14:02\"",
                "arp",
                "--at",
                "2025-11-23",
                "14:02");
        assertUsage("arp log", "--json belongs behind log", "arp", "--json", "log");
    }

    @ParameterizedTest
    @ValueSource(strings = {"arp log", "arp who", "arp graph", "history"})
    void shouldShowAnExampleFirst(final String verb) {
        final String[] words = ("help " + verb).split(" ");
        final String help = ask(words);
        assertThat(help).startsWith("Example").contains("\n  portolan " + verb, "Usage: portolan " + verb);
        assertThat(ask((verb + " --help").split(" "))).isEqualTo(help);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arp --at now --all",
                "arp log --all",
                "arp log 192.168.1.20",
                "arp who 192.168.1.21",
                "arp graph",
                "history"
            })
    void shouldPrintOneDocumentThatAJsonParserTakes(final String words) throws IOException {
        final String text = ask((words + " --json").split(" "));
        assertThat(text).hasLineCount(1).doesNotContain("\u001B");
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            parser.skipChildren();
            assertThat(parser.nextToken()).isNull();
        }
    }
}
