package org.portolan.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Runs the stress tests in JVMs of their own and fails on an outcome that they forbid. {@code portolan.stress.mode} is
 * {@code short} (the default) or {@code full}; {@code portolan.stress.tests} is a regular expression over class names.
 */
class StressTest {
    private static final Path TARGET = Path.of("target", "stress");
    private static final boolean FULL = "full".equals(System.getProperty("portolan.stress.mode"));
    private static final String TESTS = System.getProperty("portolan.stress.tests", "");

    /** Live states: below the pools of the tests, so that each state has words of its own. */
    private static final List<String> STATES = List.of("-strideSize", "8", "-strideCount", "32");

    /** Threads that wait give way, so that a busy machine does not stop both actors in turn. */
    private static final List<String> WAITING = List.of("-spinStyle", "THREAD_YIELD");

    /** One JVM for each test, compiled as usual. */
    private static final List<String> SHORT = List.of("-f", "1", "-iters", "1", "-time", "300", "-sc", "false");

    /** Each actor interpreted, compiled by C1 and by C2, in all combinations, two JVMs each. */
    private static final List<String> LONG = List.of("-f", "2", "-iters", "5", "-time", "1000", "-sc", "true");

    /** The variants with a planted race. Each is found in most short runs; on a busy machine one may take another. */
    private static final List<String> PLANTED = List.of(
            "nat.SessionLinePlanted",
            "neighbor.NeighborSlotPlanted",
            "io.packet.ReceiveRingPlanted",
            "command.WakeupPlanted");

    private static final int MOST_RUNS = 5;

    private record Run(int code, String out) {}

    private static Run run(final String name, final String tests, final List<String> length) {
        try {
            return started(Files.createDirectories(TARGET.resolve(name)), tests, length);
        } catch (final IOException e) {
            throw new AssertionError("cannot run the stress tests", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static Run started(final Path directory, final String tests, final List<String> length)
            throws IOException, InterruptedException {
        final Path log = directory.resolve("output.txt");
        final ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main",
                "-v",
                "-t",
                tests,
                "-r",
                "report",
                "-c",
                "2",
                "-jvmArgs",
                System.getProperty("portolan.jvm") + " -XX:+UseZGC -XX:+PerfDisableSharedMem -Xmx512m");
        command.command().addAll(STATES);
        command.command().addAll(WAITING);
        command.command().addAll(length);
        final Process process = command.directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            final boolean ended = process.waitFor(FULL ? 360 : 5, TimeUnit.MINUTES);
            final String out = Files.readString(log);
            assertThat(ended).as("ended in time: %s", out).isTrue();
            return new Run(process.exitValue(), out);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void shouldSeeNoForbiddenOutcome() {
        final Run run = run("shared-words", TESTS + ".*Stress$", FULL ? LONG : SHORT);
        assertThat(run.out()).as("tests whose name contains the expression").doesNotContain("No matching tests");
        assertThat(run.code()).as(run.out()).isZero();
    }

    @Test
    void shouldFindEachPlantedRace() {
        final List<String> missed = new ArrayList<>(PLANTED);
        for (int i = 0; i < MOST_RUNS && !missed.isEmpty(); i++) {
            final Run run = run("planted", "\\.(" + String.join("|", missed) + ")$", SHORT);
            if (missed.removeIf(name -> run.out().contains("[FAILED] org.portolan.dataplane." + name))) {
                assertThat(run.code())
                        .as("exit code of a run that found a race")
                        .isNotZero();
            }
        }
        assertThat(missed).as("planted races that no run found").isEmpty();
    }
}
