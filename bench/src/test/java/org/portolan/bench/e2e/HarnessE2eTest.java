package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.command.Benchmarks;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.JavaCommand;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunDirectory;

/** The harness as its users start it, a process of its own, with trials as short as they go. */
@NeedsRoot
class HarnessE2eTest {
    private static final long TIMEOUT_S = 240;
    private static final int POINTS_OF_QUICK = 2 * 9;

    @TempDir
    Path directory;

    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private Path out() {
        return directory.resolve("run");
    }

    private Path log() {
        return directory.resolve("log");
    }

    private void start(final String... words) throws IOException {
        final List<String> arguments = new ArrayList<>(List.of("quick"));
        arguments.addAll(List.of(words));
        process = new ProcessBuilder(JavaCommand.likeARouter(Benchmarks.class, arguments))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private List<Measurement> measured() {
        return Files.exists(out().resolve("run.json"))
                ? RunDirectory.open(out()).measurements()
                : List.of();
    }

    private void awaitMeasurements(final int least) throws InterruptedException, IOException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (measured().size() < least) {
            assertThat(process.isAlive() && System.nanoTime() < deadlineNs)
                    .as(Files.readString(log()))
                    .isTrue();
            Thread.sleep(100);
        }
    }

    private void assertNothingIsLeft(final long pid) throws IOException {
        assertThat(Command.run("ip", "netns", "list")).doesNotContain("pt" + pid + "-");
        try (Stream<ProcessHandle> children = ProcessHandle.allProcesses()) {
            assertThat(children.filter(
                            each -> each.parent().map(ProcessHandle::pid).orElse(0L) == pid))
                    .isEmpty();
        }
    }

    /** Cut short by Ctrl-C, it leaves nothing behind, and goes on with what is missing. */
    @Test
    void shouldLeaveNothingBehindWhenItIsCutShortAndGoOnWhereItWas() throws IOException, InterruptedException {
        start("--rounds", "1", "--seconds", "0.2", "--out", out().toString());
        awaitMeasurements(3);
        Command.run("kill", "-INT", Long.toString(process.pid()));
        assertThat(awaitEnd()).isNotZero();
        assertNothingIsLeft(process.pid());
        final List<Measurement> before = measured();
        assertThat(RunDirectory.open(out()).info().ended()).isEmpty();
        assertThat(Files.readString(log()))
                .contains("bench quick: the run is not complete; go on with:")
                .contains("scripts/bench quick --resume " + out());

        start("--seconds", "0.3", "--resume", out().toString());
        assertThat(awaitEnd()).isEqualTo(2);
        assertThat(Files.readString(log())).contains("--seconds 0.3: the run has --seconds 0.2,");
        assertThat(measured()).isEqualTo(before);

        start("--resume", out().toString());
        assertThat(awaitEnd()).as(Files.readString(log())).isZero();
        final List<Measurement> after = measured();
        assertThat(after).startsWith(before.toArray(Measurement[]::new)).doesNotHaveDuplicates();
        assertThat(after.stream().map(Measurement::point).distinct().count())
                .isEqualTo(after.size())
                .isGreaterThanOrEqualTo(POINTS_OF_QUICK);
        assertThat(after)
                .as("one round, as the run began")
                .allMatch(each -> each.point().round() == 1);
        assertThat(RunDirectory.open(out()).info().ended()).isPresent();
        assertNothingIsLeft(process.pid());
        assertFiguresAreThere(after);
    }

    private static void assertFiguresAreThere(final List<Measurement> measurements) {
        for (final String device : List.of("portolan", "nftables")) {
            final List<Measurement> own = measurements.stream()
                    .filter(each -> each.point().device().equals(device))
                    .toList();
            assertThat(value(own, Point.Kind.LADDER, Figure.DELIVERED_FPS)).isPositive();
            assertThat(value(own, Point.Kind.LATENCY, Figure.P50_US)).isPositive();
            assertThat(value(own, Point.Kind.TCP, Figure.TCP_GBIT)).isPositive();
            assertThat(value(own, Point.Kind.PING, Figure.RTT_AVG_US)).isPositive();
            assertThat(own.stream()
                            .mapToDouble(each -> each.value(Figure.WRONG_FRAMES).orElse(0.0))
                            .sum())
                    .isZero();
        }
    }

    private static double value(final List<Measurement> own, final Point.Kind kind, final Figure figure) {
        return own.stream()
                .filter(each -> each.point().kind() == kind)
                .findFirst()
                .flatMap(each -> each.value(figure))
                .orElse(0.0);
    }

    /** The device dies in the middle: the run says so, ends, and keeps what it has. */
    @Test
    void shouldEndWithAnErrorWhenTheDeviceIsLost() throws IOException, InterruptedException {
        start("--rounds", "1", "--seconds", "0.2", "--devices", "portolan", "--out", out().toString());
        awaitMeasurements(2);
        try (Stream<ProcessHandle> routers = process.descendants()) {
            routers.filter(each -> each.info().commandLine().orElse("").contains("org.portolan.control.Portolan"))
                    .forEach(ProcessHandle::destroyForcibly);
        }
        assertThat(awaitEnd()).isEqualTo(1);
        assertThat(Files.readString(log()))
                .contains("bench quick: the router ended")
                .contains("scripts/bench quick --resume " + out());
        assertNothingIsLeft(process.pid());
        assertThat(measured()).isNotEmpty();
    }
}
