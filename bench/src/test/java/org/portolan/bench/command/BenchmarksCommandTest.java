package org.portolan.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The help of each verb, and what is said of words that are wrong; nothing is measured here. */
class BenchmarksCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private int execute(final String... words) {
        return Benchmarks.execute(List.of(words), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    static Stream<String> verbs() {
        return Benchmarks.commandLine().getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void shouldShowAnExampleFirstAndNoLineWiderThanATerminal(final String verb) {
        assertThat(execute("help", verb)).isZero();
        assertThat(err.toString()).isEmpty();
        final List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(0)).matches("Examples?:");
        assertThat(lines.get(1)).matches("  (sudo )?scripts/bench " + verb + ".*");
        assertThat(lines).anyMatch(line -> line.startsWith("Usage: scripts/bench " + verb));
        assertThat(lines).allMatch(line -> line.length() <= 90);
        final String help = out.toString();
        out.getBuffer().setLength(0);
        assertThat(execute(verb, "--help")).isZero();
        assertThat(out).hasToString(help);
    }

    @Test
    void shouldListEachVerbInTheOverview() {
        assertThat(execute("help")).isZero();
        assertThat(out.toString()).startsWith("Examples:").contains("Exit codes: 0 done, 1 failed, 2 usage.");
        verbs().forEach(verb -> assertThat(out.toString()).contains("\n  " + verb + " "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "; bench: which verb?; Try: scripts/bench help",
                "quik; bench: unknown verb quik, did you mean quick?; Try: scripts/bench help",
                "help quik; bench help: unknown verb quik, did you mean quick?; Try: scripts/bench help help",
                "quick --round 3; bench quick: unknown option --round, did you mean --rounds?;"
                        + " Try: scripts/bench help quick",
                "quick --sizes 64; bench quick: unknown option --sizes; Try: scripts/bench help quick",
                "full --rounds; bench full: --rounds needs a value; Try: scripts/bench help full",
                "full --rounds 0; bench full: --rounds 0: a whole number from 1 to 100 is wanted;"
                        + " Try: scripts/bench help full",
                "quick --out a --resume b; bench quick: --resume goes on in the run's own directory: leave out --out;"
                        + " Try: scripts/bench help quick",
                "report; bench report: DIR is missing; Try: scripts/bench help report",
                "compare a; bench compare: B is missing; Try: scripts/bench help compare",
                "against; bench against: JAR is missing; Try: scripts/bench help against",
                "against none.jar; bench against: there is no file none.jar; Try: scripts/bench help against",
                "against pom.xml --pairs 1; bench against: --pairs 1: a whole number from 2 to 1000 is wanted;"
                        + " Try: scripts/bench help against",
                "against pom.xml --sessions 100; bench against: --sessions 100: a multiple of 64 up to 4194304 is"
                        + " wanted; Try: scripts/bench help against",
                "against pom.xml; bench against: pom.xml has no PipelineBenchmark; Try: scripts/bench help against",
                "readme a b; bench readme: one word too many: b; Try: scripts/bench help readme",
                "generators --rounds x; bench generators: --rounds x: a whole number from 1 to 100 is wanted;"
                        + " Try: scripts/bench help generators",
                "history --second 1; bench history: unknown option --second, did you mean --seconds?;"
                        + " Try: scripts/bench help history",
                "year --keep a --ask b; bench year: --keep, --open and --ask exclude each other;"
                        + " Try: scripts/bench help year",
            })
    void shouldSayWhatIsWrongAndWhereToLook(final String words, final String said, final String where) {
        assertThat(execute(words == null ? new String[0] : words.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines()).containsExactly(said, where);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldFailInOneSentenceWhereThereIsNoRun() {
        assertThat(execute("report", directory.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("bench report: " + directory + " is not a run's directory: it has no run.json");
    }
}
