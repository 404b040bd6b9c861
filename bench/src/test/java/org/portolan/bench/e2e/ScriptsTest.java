package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts on a source tree of their own, with an mvn that says and writes what the test wants: what a person sees
 * of a build, and what the exit code says of the tests. No root needed.
 */
@Timeout(120)
class ScriptsTest {
    private static final Path SCRIPTS = Path.of(System.getProperty("user.dir")).resolveSibling("scripts");
    private static final String REPORT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="org.portolan.%1$sTest%2$s" time="0.1" tests="%3$d" errors="0" skipped="%4$d" failures="%5$d">
              <testcase name="shouldPass" classname="org.portolan.%1$sTest" time="0.1"/>
            %6$s</testsuite>
            """;
    private static final String FAILURE = """
              <testcase name="shouldBe&lt;less&gt;" classname="org.portolan.%sTest" time="0.1">
                <failure message="no" type="java.lang.AssertionError"><![CDATA[no
              <testcase name="in the text" classname="x">
            ]]></failure>
              </testcase>
            """;

    @TempDir
    Path root;

    @BeforeEach
    void copyScripts() throws IOException {
        for (final String name : List.of("portolan", "test", "format", "bench")) {
            write("scripts/" + name, Files.readString(SCRIPTS.resolve(name)));
        }
        for (final String module : List.of("dataplane", "control", "bench")) {
            write(module + "/pom.xml", "<project/>");
            write(module + "/src/main/A.java", "");
        }
        write("pom.xml", "<project/>");
    }

    private void write(final String name, final String text) throws IOException {
        final Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void mvn(final String script) throws IOException {
        write("bin/mvn", "#!/usr/bin/env bash\necho \"$*\" >> calls\n" + script);
    }

    private void report(final String module, final String kind, final String suffix, final boolean fails)
            throws IOException {
        write(
                module + "/report" + suffix + ".xml",
                REPORT.formatted(kind, suffix, fails ? 3 : 2, 1, fails ? 1 : 0, fails ? FAILURE.formatted(kind) : ""));
    }

    private record Said(int code, String out, String err) {
        private String last() {
            return out.lines().reduce("", (_, line) -> line);
        }
    }

    private Said run(final String script, final String... words) throws IOException, InterruptedException {
        final List<String> command =
                new ArrayList<>(List.of(root.resolve("scripts/" + script).toString()));
        command.addAll(List.of(words));
        final Path out = root.resolve("out");
        final Path err = root.resolve("err");
        final ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("PORTOLAN_JAVA_HOME", System.getProperty("java.home"));
        final Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Said(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static String surefire() {
        return """
                for report in */report*.xml; do
                    directory=${report%/*}/target/surefire-reports
                    mkdir -p "$directory"
                    cp "$report" "$directory/TEST-${report##*/}"
                done
                """;
    }

    @Test
    void shouldCloseTheTestsWithOneLineThatCountsAndNames() throws IOException, InterruptedException {
        report("dataplane", "Nat", "", true);
        report("dataplane", "Nat", "(checked)", false);
        report("control", "Arp", "", false);
        report("bench", "Lab", "", true);
        mvn(surefire() + "printf '[ERROR] There are test failures.\\n\\e[0m[INFO] BUILD SUCCESS\\n\\e[0m'");
        final Said said = run("test", "-q");
        assertThat(said.code()).as(said.toString()).isEqualTo(1);
        assertThat(said.out()).doesNotContain("\u001b").contains("[INFO] BUILD SUCCESS");
        assertThat(said.last())
                .isEqualTo("scripts/test: 4 passed, 2 failed, 4 skipped;"
                        + " failed: bench LabTest.shouldBe<less>, dataplane NatTest.shouldBe<less>");
    }

    @Test
    void shouldPassOnlyWhereTestsWereRunAndNothingFailed() throws IOException, InterruptedException {
        report("control", "Arp", "", false);
        mvn(surefire());
        final Said passed = run("test", "-q");
        assertThat(passed.code()).as(passed.toString()).isZero();
        assertThat(passed.last()).isEqualTo("scripts/test: 1 passed, 0 failed, 1 skipped");
        // The reports are of an earlier run now.
        mvn("");
        assertThat(run("test", "-q").last()).isEqualTo("scripts/test: 0 passed, 0 failed, 0 skipped; no test was run");
        mvn(surefire() + "exit 3");
        assertThat(run("test", "-q").code()).isEqualTo(1);
        mvn(surefire() + "echo '[INFO] Build failures were ignored.'");
        final Said ignored = run("test", "-q");
        assertThat(ignored.code()).isEqualTo(1);
        assertThat(ignored.last()).contains("Maven failed without a failed test");
    }

    @Test
    void shouldFailForAForkThatDiedWhateverTheReportsSay() throws IOException, InterruptedException {
        report("bench", "Lab", "", true);
        mvn(surefire() + "echo '[ERROR] The forked VM terminated without saying properly goodbye'");
        assertThat(run("test", "-q").last()).endsWith("; not every test was run, see Maven's errors above");
    }

    @Test
    void shouldNameTheModulesOfABuildAndKeepMavensWordsInAFile() throws IOException, InterruptedException {
        mvn("""
                echo '[INFO] Building Portolan 0.1.0-SNAPSHOT    [1/4]'
                for module in dataplane control bench; do echo "[INFO] Building Portolan $module 0.1.0 [2/4]"; done
                mkdir -p control/target bench/target
                touch control/target/portolan.jar bench/target/benchmarks.jar
                printf '\\e[0m'
                """);
        final Said said = run("portolan", "--java");
        assertThat(said.code()).as(said.toString()).isZero();
        assertThat(said.out()).isEqualTo(System.getProperty("java.home") + "/bin/java\n");
        assertThat(said.err()).doesNotContain("\u001b");
        assertThat(said.err().lines())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("portolan: building with Maven"),
                        line -> assertThat(line).isEqualTo("portolan: building dataplane (1 of 3)"),
                        line -> assertThat(line).isEqualTo("portolan: building control (2 of 3)"),
                        line -> assertThat(line).isEqualTo("portolan: building bench (3 of 3)"),
                        last -> assertThat(last).matches("portolan: built in \\d+ s"));
        assertThat(Files.readString(root.resolve("control/target/build.log")))
                .contains("[INFO] Building Portolan bench");
        assertThat(run("portolan", "--java").err()).as("nothing is stale").isEmpty();
        assertThat(Files.readAllLines(root.resolve("calls"))).hasSize(1);
    }

    @Test
    void shouldShowTheErrorsOfABuildThatFailedAndNameTheFile() throws IOException, InterruptedException {
        mvn("""
                echo '[INFO] Building Portolan dataplane 0.1.0 [2/4]'
                echo '[ERROR] A.java:[15,33] error: reached end of file while parsing'
                echo '[ERROR] A.java:[15,33] error: reached end of file while parsing'
                echo '[ERROR] '
                echo '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.'
                exit 1
                """);
        final Said said = run("portolan", "--java");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err().lines().skip(2))
                .containsExactly(
                        "[ERROR] A.java:[15,33] error: reached end of file while parsing",
                        "portolan: the build failed; all that Maven said is in "
                                + root.toRealPath().resolve("control/target/build.log"));
        mvn("echo 'mvn: no memory'; exit 137");
        assertThat(run("portolan", "--java").err()).contains("mvn: no memory\nportolan: the build failed;");
    }

    /** More than a pipe holds, so that whoever left at the line that it wanted would kill apt-cache. */
    private void aptCache(final String candidate) throws IOException {
        write(
                "bin/apt-cache",
                "#!/usr/bin/env bash\necho '%s:'; echo '  Candidate: %s'; seq 1 100000\n"
                        .formatted("openjdk-25-jdk-headless", candidate));
    }

    @Test
    void shouldInstallTheJdkThatTheDistributionHas() throws IOException, InterruptedException {
        mvn("");
        write("scripts/portolan", "#!/usr/bin/env bash\n[ -e java ] && echo /java\n");
        write("bin/apt-get", "#!/usr/bin/env bash\necho \"$*\" >> apt\ncase $1 in install) touch java ;; esac\n");
        aptCache("25.0.1+8-1");
        final Said found = run("test", "--install", "-q");
        assertThat(found.err()).as(found.toString()).doesNotContain("this distribution has no package");
        assertThat(Files.readAllLines(root.resolve("apt")))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("install ")
                .contains("openjdk-25-jdk-headless");

        Files.delete(root.resolve("java"));
        aptCache("(none)");
        final Said none = run("test", "--install", "-q");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("this distribution has no package openjdk-25-jdk-headless");
    }

    @Test
    void shouldExplainTheScriptsAndRefuseWhatTheyDoNotKnow() throws IOException, InterruptedException {
        mvn("exit 9");
        assertThat(run("test", "--help").out()).contains("usage: scripts/test", "--install");
        assertThat(run("format", "--help").out()).contains("usage: scripts/format");
        final Said wrong = run("format", "--chek");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("usage: scripts/format");
        assertThat(root.resolve("calls")).doesNotExist();
    }
}
