package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is said about a text that is not TOML: a few errors, each with how the line would be right. */
final class SyntaxErrorsTest {
    @TempDir
    private Path directory;

    private List<String> errors(final String text) throws IOException {
        final Path file = Files.writeString(directory.resolve("c.toml"), text);
        return ConfigFile.load(file).errors().stream()
                .map(error -> error.toString().substring(file.toString().length() + 1))
                .toList();
    }

    private DynamicTest line(final String text, final String error) {
        return DynamicTest.dynamicTest(
                text,
                () -> assertThat(errors("[io]\n" + text + "\nworkers = 1\n")).containsExactly(error));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayHowALineWouldBeRight() {
        return Stream.of(
                line("a = eth0 # x", "2:5: error: io.a = eth0: not TOML: text needs quotes; allowed: \"eth0\""),
                line(
                        "a = 10.0.0.1/24",
                        "2:5: error: io.a = 10.0.0.1/24: not TOML: text needs quotes; allowed: \"10.0.0.1/24\""),
                line("  a=/run/x", "2:5: error: io.a = /run/x: not TOML: text needs quotes; allowed: \"/run/x\""),
                line(
                        "a = 02:50:2a:16:6d:14",
                        "2:5: error: io.a = 02:50:2a:16:6d:14: not TOML: text needs quotes; allowed: \"02:50:2a:16:6d:14\""),
                line("a = “b”", "2:5: error: io.a = “b”: not TOML: typographic quotes; allowed: a = \"b\""),
                line("workers = 5m", "2:11: error: io.workers = 5m: not TOML: is not a number; allowed: an integer"),
                line("a = 5m", "2:5: error: io.a = 5m: not TOML: is not a number; allowed: 300, in seconds"),
                line(
                        "a = 64MiB",
                        "2:5: error: io.a = 64MiB: not TOML: is not a number; allowed: an integer without a unit"),
                line("a = 1,000", "2:5: error: io.a = 1,000: not TOML: is not a number; allowed: 1000"),
                line("workers = 01", "2:11: error: io.workers = 01: not TOML: is not a number; allowed: 1"),
                line("a = yes", "2:5: error: io.a = yes: not TOML: is not a TOML value; allowed: true"),
                line("a = False", "2:5: error: io.a = False: not TOML: is not a TOML value; allowed: false"),
                line("a =", "2:4: error: not TOML: there is no value after the ="),
                line(
                        "a = \"b\",",
                        "2:5: error: io.a = \"b\",: not TOML: the , at the end of the line is too much; allowed: a = \"b\""),
                line(
                        "a = 1;",
                        "2:5: error: io.a = 1;: not TOML: the ; at the end of the line is too much; allowed: a = 1"),
                line("a = \"b", "2:5: error: io.a = \"b: not TOML: the closing \" is missing"),
                line(
                        "a = \"b\" c",
                        "2:5: error: io.a = \"b\" c: not TOML: there is more after the closing \"; allowed: one value, and a comment after #"),
                line(
                        "a = \"b\\q\"",
                        "2:5: error: io.a = \"b\\q\": not TOML: a backslash begins an escape; allowed: \\\\ for a backslash, or quotes of the other kind: '...'"),
                line("a = 1 2", "2:7: error: not TOML: Unexpected '2', expected a newline or end-of-input"),
                line("a : 1", "2:3: error: not TOML: a key and its value are joined by =, not :; allowed: a = 1"),
                line(
                        "a: b # c",
                        "2:2: error: not TOML: a key and its value are joined by =, not :; allowed: a = \"b\""),
                line("a b", "2:3: error: not TOML: there is no =; allowed: a = \"b\""),
                line("a", "2:2: error: not TOML: there is no value: a; allowed: a = ..."),
                line("= 1", "2:1: error: not TOML: there is no key before the ="),
                line("; b", "2:1: error: not TOML: a comment begins with #; allowed: # b"),
                line("// b", "2:1: error: not TOML: a comment begins with #; allowed: # b"),
                line("export a=1", "2:8: error: not TOML: a line begins with its key; allowed: a = 1"),
                line("[a", "2:3: error: not TOML: is not a section header; allowed: [a]"),
                line("[[a]", "2:4: error: not TOML: is not a section header; allowed: [[a]]"),
                line("[a b]", "2:4: error: not TOML: is not a section header; allowed: [a.b]"),
                line("[]", "2:1: error: not TOML: a section has a name; allowed: [SECTION]"),
                line("[io]", "2:1: error: not TOML: [io] is there already, in line 1; allowed: each once"),
                line("a = 1\na = 2", "3:1: error: not TOML: a is there already, in line 2; allowed: each once"),
                line("a = 1\u0007", "2:6: error: not TOML: Unexpected '\\u0007', expected a newline or end-of-input"),
                line("a = [1, 2", "2:10: error: not TOML: Unexpected end of line, expected ] or a comma"),
                line("a = .5", "2:5: error: not TOML: Unexpected '.', expected a value"),
                line(
                        "(x)",
                        "2:1: error: not TOML: Unexpected '(', expected a key, a table key, a newline, or end-of-input"),
                line("\ta\t=\teth0\r", "2:6: error: io.a = eth0: not TOML: text needs quotes; allowed: \"eth0\""));
    }

    @Test
    void shouldNameTheSectionTheKeyAndTheUnit() throws IOException {
        assertThat(errors("[nat.timeouts]\nudp = 5m\n[history]\nkeep_days = 2w\nmax_size = 64MiB\n"))
                .containsExactly(
                        "2:7: error: nat.timeouts.udp = 5m: not TOML: is not a number; allowed: 300, in seconds",
                        "4:13: error: history.keep_days = 2w: not TOML: is not a number; allowed: 14, in days",
                        "5:12: error: history.max_size = 64MiB: not TOML: is not a number; allowed: \"64MiB\"");
    }

    @Test
    void shouldSayAFewErrorsAndCountTheRest() throws IOException {
        assertThat(errors("[io]\n" + "a\n".repeat(5))).hasSize(5);
        assertThat(errors("[io]\n" + "a\n".repeat(119)))
                .hasSize(6)
                .last()
                .isEqualTo("7:2: error: not TOML: 114 more errors follow; fix the first ones and check again");
        assertThat(errors("[io]\n" + "a\n".repeat(6))).last().asString().contains("1 more error follows;");
    }

    @Test
    void shouldRecognizeAnotherFormatAsAWhole() throws IOException {
        final String toml =
                ", and Portolan reads TOML; allowed: TOML, as in docs/config.md: [router], then name = \"edge-1\" in the"
                        + " next line";
        assertThat(errors("# x\n\nrouter:\n  name: edge-1\nroutes:\n  - via: 1.2.3.4\n"))
                .containsExactly("3:1: error: this looks like YAML" + toml);
        assertThat(errors("---\nrouter:\n")).containsExactly("1:1: error: this looks like YAML" + toml);
        assertThat(errors("{\n \"router\": {}\n}\n")).containsExactly("1:1: error: this looks like JSON" + toml);
        assertThat(errors("[{\"router\": 1}]")).containsExactly("1:1: error: this looks like JSON" + toml);
        assertThat(errors("<?xml version=\"1.0\"?>\n<a/>")).containsExactly("1:1: error: this looks like XML" + toml);
    }

    @Test
    void shouldNotTakeTomlForAnotherFormat() throws IOException {
        assertThat(errors("[router]\nname = \"a: b\"\n")).noneMatch(error -> error.contains("looks like"));
        assertThat(errors("a: b\n[router]\n")).noneMatch(error -> error.contains("looks like"));
    }

    @Test
    void shouldBoundWhatIsParsed() throws IOException {
        final String most = "at most 100,000 lines and 50,000 commas";
        final String large = "error: is too large for a config; allowed: " + most;
        assertThat(errors("\n".repeat(100_001))).singleElement().asString().endsWith(large);
        assertThat(errors("a = [" + "1,".repeat(50_001) + "]"))
                .singleElement()
                .asString()
                .endsWith(large);
        assertThat(errors("x: y =\n[a]\n".repeat(9_999))).hasSize(6);
    }

    @Test
    void shouldSayWhichBytesAreNoText() throws IOException {
        assertThat(bytes("\uFEFFa = 1".getBytes(StandardCharsets.UTF_16LE)))
                .containsExactly("is UTF-16 text: save it again as UTF-8");
        assertThat(bytes("a = 1".getBytes(StandardCharsets.UTF_16BE)))
                .containsExactly("is UTF-16 text: save it again as UTF-8");
        assertThat(bytes(new byte[] {'a', '\n', 0, 'b'})).containsExactly("is not a text file: it has a zero byte");
        assertThat(bytes(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 0, 0, (byte) 0x80}))
                .containsExactly("is not a text file");
        assertThat(errors("a = 1\rb = 2\r"))
                .containsExactly(" error: its lines end with CR alone; allowed: LF, or CR and LF");
        assertThat(errors("# nothing\r\n\r\n")).singleElement().asString().contains("error: is empty");
    }

    private List<String> bytes(final byte... bytes) throws IOException {
        return ConfigFile.load(Files.write(directory.resolve("b.toml"), bytes)).errors().stream()
                .map(Problem::message)
                .toList();
    }
}
