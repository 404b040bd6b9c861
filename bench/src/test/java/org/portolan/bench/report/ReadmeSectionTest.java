package org.portolan.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;

/** The README's figures come from a run and land between their marks. */
class ReadmeSectionTest {
    @TempDir
    Path directory;

    private String section() {
        return ReadmeSection.of(Results.of(SampleRun.write(directory.resolve("run"), 1)));
    }

    private static long columns(final String line) {
        return line.replace("\\|", "").chars().filter(each -> each == '|').count() - 1;
    }

    @Test
    void shouldTellMachineCommandMediansAndRanges() {
        final String section = section();
        assertThat(section)
                .startsWith("Measured 26 November 2026 on one machine (CPU Intel Xeon, 2.2 GHz; CPUs 2; ")
                .contains("`sudo scripts/bench full`, 3 rounds interleaved, medians (range):\n")
                .contains("| UDP, frames a second without loss | Portolan | kernel nftables masquerade"
                        + " | kernel route, no NAT |\n|---|---|---|---|\n")
                .contains("| 64-byte frames, 1,000 sessions | 586,000 (569,000 to 610,000) | ")
                .contains("| Portolan as a multiple of it, 64-byte frames, 1,000 sessions, round by round"
                        + " | | 1.11 | 0.80 |\n")
                .contains("| iperf3, one TCP stream, Gbit/s | 11.90 (11.54 to 12.38) | ")
                .contains("| UDP latency end to end, \u00b5s; 64-byte frames, 1,000 sessions | Portolan | ")
                .contains("| 50 % load, p99.9 | ")
                .contains("- 2 CPUs: the generator and the router share them")
                .contains("- AF_XDP was left out: \\<b\\>the driver\\</b\\>");
    }

    @Test
    void shouldNeverHaveMoreThanFiveColumns() {
        final List<RunInfo.Device> devices = IntStream.range(0, 6)
                .mapToObj(each -> new RunInfo.Device("d" + each, "device | " + each, Map.of()))
                .toList();
        final RunDirectory run = RunDirectory.create(directory.resolve("wide"));
        run.write(new RunInfo(
                "quick",
                Instant.EPOCH,
                Optional.of(Instant.EPOCH),
                1,
                Map.of(),
                Map.of(),
                Map.of(),
                devices,
                List.of()));
        devices.forEach(each -> run.append(Measurement.at(new Point(Point.Kind.TCP, each.id(), "", 0, 0, 1))
                .put(Figure.TCP_GBIT, 1)
                .build()));
        final List<String> lines = ReadmeSection.of(Results.of(run))
                .lines()
                .filter(each -> each.startsWith("|"))
                .toList();
        assertThat(lines)
                .hasSize(6)
                .allSatisfy(each -> assertThat(columns(each)).isLessThanOrEqualTo(5));
        assertThat(String.join("\n", lines)).contains("device \\| 5");
    }

    @Test
    void shouldReplaceWhatStandsBetweenTheMarksAndNothingElse() throws IOException {
        final Path readme = directory.resolve("README.md");
        Files.writeString(readme, "# Title\n\n<!-- bench:begin -->\nold\n<!-- bench:end -->\n\nLast line without end");
        final String section = section();
        assertThat(ReadmeSection.write(section, readme)).isTrue();
        final String once = Files.readString(readme);
        assertThat(once)
                .isEqualTo(
                        "# Title\n\n<!-- bench:begin -->\n" + section + "<!-- bench:end -->\n\nLast line without end");
        assertThat(ReadmeSection.write(section, readme)).as("a second time").isFalse();
        assertThat(Files.readString(readme)).isEqualTo(once);
    }

    @Test
    void shouldRefuseAFileWithoutItsMarksInOrder() throws IOException {
        final Path readme = directory.resolve("README.md");
        for (final String text : List.of(
                "nothing",
                "<!-- bench:begin -->",
                "<!-- bench:end -->\n<!-- bench:begin -->",
                "<!-- bench:begin --><!-- bench:begin --><!-- bench:end -->")) {
            Files.writeString(readme, text);
            assertThatThrownBy(() -> ReadmeSection.write("x", readme))
                    .isInstanceOf(LabException.class)
                    .hasMessageStartingWith("README.md has ");
            assertThat(Files.readString(readme)).isEqualTo(text);
        }
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        assertThatThrownBy(() -> ReadmeSection.write("x", directory.resolve("nowhere.md")))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("nowhere.md");
    }
}
