package org.portolan.control.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.admin.AdminClient;
import org.portolan.control.answer.BindingWords;
import org.portolan.control.answer.Request;
import org.portolan.control.text.UsageException;

/** The verbs that change neighbors, from the words to what the router is asked, and back. */
@Timeout(60)
final class ArpVerbsTest {
    private static final String MAC = "02:50:2a:16:6d:14";
    private static final String ME = System.getProperty("user.name");

    @TempDir
    private Path directory;

    private VerbRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new VerbRig(directory);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void assertUsage(final String verb, final String sentence, final String... words) {
        assertThat(rig.run(words)).isEqualTo(2);
        assertThat(rig.takeErr()).isEqualTo("portolan %s: %s\nTry: portolan help %s\n".formatted(verb, sentence, verb));
        assertThat(rig.takeOut()).isEmpty();
        assertThat(rig.view.editor.asked).isEmpty();
    }

    @Test
    void shouldAddAndSayWhereAndWhoAsked() {
        assertThat(rig.run("arp", "add", "192.168.1.20", "2:50:2A:16:6d:14", "--interface", "lan"))
                .isEqualTo(0);
        assertThat(rig.takeOut()).isEqualTo("lan: 192.168.1.20 is now static: " + MAC + "\n");
        assertThat(rig.run("arp", "add", "192.168.1.127", MAC)).isEqualTo(0);
        assertThat(rig.takeOut()).isEqualTo("lan: 192.168.1.127 was already static: " + MAC + "\n");
        assertThat(rig.run("arp", "add", "192.168.1.20", MAC, "--json")).isEqualTo(0);
        assertThat(rig.takeOut())
                .isEqualTo("{\"interface\":\"lan\",\"address\":\"192.168.1.20\",\"mac\":\"" + MAC
                        + "\",\"changed\":true}\n");
        assertThat(rig.view.editor.asked)
                .containsExactly("pin 1 on lan by " + ME, "pin 1 on  by " + ME, "pin 1 on  by " + ME);
        assertThat(rig.takeErr()).isEmpty();
    }

    @Test
    void shouldEndWith1WhenTheRouterRefuses() {
        assertThat(rig.run("arp", "add", "192.168.1.200", MAC)).isEqualTo(1);
        assertThat(rig.takeErr())
                .isEqualTo("portolan arp add: the router answers: 192.168.1.200 is refused: " + MAC + "\n");
        assertThat(rig.run("arp", "del", "192.168.1.200")).isEqualTo(1);
        assertThat(rig.takeErr()).isEqualTo("portolan arp del: the router answers: not static\n");
        assertThat(rig.takeOut()).isEmpty();
    }

    @Test
    void shouldDelete() {
        assertThat(rig.run("arp", "del", "192.168.1.20")).isEqualTo(0);
        assertThat(rig.takeOut()).isEqualTo("lan: 192.168.1.20 is no longer static\n");
        assertThat(rig.run("arp", "del", "192.168.1.20", "--json")).isEqualTo(0);
        assertThat(rig.takeOut()).isEqualTo("{\"interface\":\"lan\",\"address\":\"192.168.1.20\"}\n");
        assertThat(rig.view.editor.asked).containsOnly("unpin 192.168.1.20 by " + ME);
    }

    @Test
    void shouldFlushWhatIsSaidAndNothingWhenNothingIs() {
        assertUsage(
                "arp flush",
                "say which neighbors to flush: IP, --interface NAME or --all, exactly one",
                "arp",
                "flush");
        assertUsage(
                "arp flush",
                "say which neighbors to flush: IP, --interface NAME or --all, exactly one",
                "arp",
                "flush",
                "192.168.1.20",
                "--all");

        rig.run("arp", "flush", "192.168.1.20");
        assertThat(rig.takeOut()).isEqualTo("1 neighbor flushed\n");
        rig.run("arp", "flush", "--interface", "lan");
        assertThat(rig.takeOut()).isEqualTo("3 neighbors flushed\n");
        rig.run("arp", "flush", "--all", "--json");
        assertThat(rig.takeOut()).isEqualTo("{\"flushed\":3}\n");
        assertThat(rig.view.editor.asked)
                .containsExactly("flush 192.168.1.20 by " + ME, "flush all on lan by " + ME, "flush all on  by " + ME);
    }

    @Test
    void shouldSayWhichWordIsWrong() {
        assertUsage("arp add", "IP is missing", "arp", "add");
        assertUsage("arp add", "MAC is missing", "arp", "add", "192.168.1.20");
        assertUsage("arp add", MAC + ": not an IPv4 address, such as 192.168.1.20", "arp", "add", MAC, "192.168.1.20");
        assertUsage("arp add", "x: not a MAC address, such as 02:50:2a:16:6d:14", "arp", "add", "192.168.1.20", "x");
        assertUsage(
                "arp add",
                "ff:ff:ff:ff:ff:ff: no host has this MAC; allowed: not zero, and unicast",
                "arp",
                "add",
                "192.168.1.20",
                "ff:ff:ff:ff:ff:ff");
        assertUsage("arp del", "printer: not an IPv4 address, such as 192.168.1.20", "arp", "del", "printer");
        assertUsage("arp flush", "192.168.1: not an IPv4 address, such as 192.168.1.20", "arp", "flush", "192.168.1");
        assertUsage("arp add", "one word too many: c", "arp", "add", "a", "b", "c");
        assertUsage(
                "arp add",
                "unknown option --intrface, did you mean --interface?",
                "arp",
                "add",
                "a",
                "b",
                "--intrface");
        assertUsage("arp", "unknown verb ad, did you mean add?", "arp", "ad");
        assertUsage("arp load", "FILE is missing", "arp", "load");
    }

    /** Else --socket before the verb would be passed over, and another router changed than the one that was named. */
    @Test
    void shouldRefuseOptionsBeforeTheVerbInsteadOfPassingThemOver() {
        assertUsage("arp flush", "--socket belongs behind flush", "arp", "--socket", "/nowhere", "flush", "--all");
        assertThat(rig.run("arp", "flush", "--all", "--socket", "/nowhere")).isEqualTo(1);
        assertThat(rig.takeErr()).startsWith("portolan arp flush: no router is running");
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "del", "flush", "load"})
    void shouldShowAnExampleFirst(final String verb) {
        assertThat(rig.run("help", "arp", verb)).isEqualTo(0);
        final String help = rig.takeOut();
        assertThat(help).startsWith("Example").contains("\n  portolan arp " + verb, "Usage: portolan arp " + verb);
        assertThat(rig.run("arp", verb, "--help")).isEqualTo(0);
        assertThat(rig.takeOut()).isEqualTo(help);
        rig.run("help", "arp");
        assertThat(rig.takeOut()).containsPattern("\n  " + verb + " +[A-Z]");
        assertThat(rig.takeErr()).isEmpty();
    }

    @Test
    void shouldRefuseOnTheSocketWhatTheClientWouldNotSend() {
        assertRefused("arp-add --mac=" + MAC, "arp-add needs --address");
        assertRefused("arp-add --address=192.168.1.20", "arp-add needs --mac");
        assertRefused("arp-del", "arp-del needs --address");
        assertRefused("arp-load", "arp-load needs --bindings");
        assertRefused("arp-load --bindings=192.168.1.20", "--bindings 192.168.1.20: allowed: ADDRESS/MAC,ADDRESS/MAC");
        assertRefused("arp-load --bindings=192.168.1.20/" + MAC + ",", "--bindings : allowed: ADDRESS/MAC,ADDRESS/MAC");
        assertRefused("arp-load --bindings=" + "/,".repeat(100) + "/", "--bindings has 101: allowed: at most 100");
        assertRefused("arp-flush --all=1", "--all takes no value");
        assertThat(rig.view.editor.asked).isEmpty();
    }

    private void assertRefused(final String line, final String sentence) {
        assertThatThrownBy(() -> new AdminClient(rig.socket).ask(line, new ByteArrayOutputStream()))
                .isInstanceOf(UsageException.class)
                .hasMessage(sentence);
    }

    // ---- load

    private Path file(final String text) throws IOException {
        return Files.writeString(directory.resolve("ethers"), text);
    }

    @Test
    void shouldLoadAFileInRequestsOfAHundred() throws IOException {
        final StringBuilder text = new StringBuilder("# the lab\n\n");
        for (int i = 0; i < 250; i++) {
            text.append("fe:dc:ba:98:76:%02x\t192.168.0.%d  # host %d\r\n".formatted(i, i, i));
        }
        final Path file = file(text.toString());
        assertThat(rig.run("arp", "load", file.toString())).isEqualTo(0);

        assertThat(rig.takeErr()).isEmpty();
        assertThat(rig.takeOut()).isEqualTo(file + ": 250 added, 0 unchanged, 0 refused\n");
        assertThat(rig.view.editor.asked)
                .containsExactly("pin 100 on  by " + ME, "pin 100 on  by " + ME, "pin 50 on  by " + ME);
    }

    @Test
    void shouldTellWhatTheRouterRefusedByLineAndTakeTheRest() throws IOException {
        final Path file = file("""
            02:50:2a:16:6d:14 192.168.1.20
            02:50:2a:16:6d:15 192.168.1.200
            02:50:2a:16:6d:16 192.168.1.127
            """);
        assertThat(rig.run("arp", "load", file.toString())).isEqualTo(1);
        assertThat(rig.takeErr()).isEqualTo(file + ":2: 192.168.1.200 is refused: 02:50:2a:16:6d:15\n");
        assertThat(rig.takeOut()).isEqualTo(file + ": 1 added, 1 unchanged, 1 refused\n");

        assertThat(rig.run("arp", "load", file.toString(), "--json")).isEqualTo(1);
        assertThat(rig.takeOut())
                .isEqualTo("{\"added\":1,\"unchanged\":1,\"refused\":[{\"line\":2,\"address\":\"192.168.1.200\","
                        + "\"mac\":\"02:50:2a:16:6d:15\","
                        + "\"reason\":\"192.168.1.200 is refused: 02:50:2a:16:6d:15\"}]}\n");
    }

    @Test
    void shouldSendNothingOfAFileWithAWrongLine() throws IOException {
        final Path file = file("""
            02:50:2a:16:6d:14 192.168.1.20
            192.168.1.21 02:50:2a:16:6d:14
            02:50:2a:16:6d:14 printer
            02:50:2a:16:6d 192.168.1.22
            02:50:2a:16:6d:14
            02:50:2a:16:6d:15 192.168.1.20 # again
            """);
        assertThat(rig.run("arp", "load", file.toString())).isEqualTo(1);
        assertThat(rig.takeErr().lines())
                .containsExactly(
                        file + ":2: the address is first; allowed: MAC ADDRESS",
                        file + ":3: printer: not an IPv4 address, such as 192.168.1.20",
                        file + ":4: 02:50:2a:16:6d: not a MAC address, such as 02:50:2a:16:6d:14",
                        file + ":5: 1 words; allowed: MAC ADDRESS",
                        file + ":6: 192.168.1.20 is already in line 1",
                        "portolan arp load: nothing was sent");
        assertThat(rig.takeOut()).isEmpty();
        assertThat(rig.view.editor.asked).isEmpty();
    }

    @Test
    void shouldTellTheFirstErrorsAndCountTheRest() throws IOException {
        assertThat(rig.run("arp", "load", file("x\n".repeat(50)).toString())).isEqualTo(1);
        assertThat(rig.takeErr().lines()).hasSize(22).contains("and 30 more");
    }

    @Test
    void shouldSayWhyAFileCannotBeRead() throws IOException {
        assertThat(rig.run("arp", "load", "/nowhere/ethers")).isEqualTo(1);
        assertThat(rig.takeErr())
                .isEqualTo(
                        "/nowhere/ethers: cannot be read: there is no such file or directory\nportolan arp load: nothing was sent\n");
        assertThat(rig.run("arp", "load", directory.toString())).isEqualTo(1);
        assertThat(rig.takeErr()).startsWith(directory + ": cannot be read: ");
        final Path large = Files.write(directory.resolve("large"), new byte[EthersFile.MOST_BYTES + 1]);
        assertThat(rig.run("arp", "load", large.toString())).isEqualTo(1);
        assertThat(rig.takeErr()).startsWith(large + ": is larger than 4 MiB");
    }

    @Test
    void shouldSayHowFarItCameWhenTheRouterIsGone() throws IOException {
        final Path file = file("02:50:2a:16:6d:14 192.168.1.20\n");
        rig.close();
        assertThat(rig.run("arp", "load", file.toString())).isEqualTo(1);
        assertThat(rig.takeErr())
                .startsWith("portolan arp load: no router is running")
                .endsWith("(0 of 1 lines were sent before)\n");
    }

    @Test
    void shouldFitAHundredOfTheWidestBindingsIntoARequest() throws UsageException {
        final String widest = "255.255.255.255/ff:ff:ff:ff:ff:ff,".repeat(BindingWords.MOST);

        assertThat("arp-load --json --bindings=".length() + widest.length()).isLessThan(Request.LONGEST_BYTES);
    }
}
