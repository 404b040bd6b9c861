package org.portolan.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunDirectory;

/** Two runs beside each other: a change is one only where the rounds do not explain it. */
class CompareTest {
    private static final String THROUGHPUT = "Throughput";
    private static final String CASE = "64-byte frames, 1,000 sessions";

    @TempDir
    Path directory;

    private RunDirectory run(final String name, final double factor, final String cpu) {
        return SampleRun.write(directory.resolve(name), factor, cpu, true);
    }

    private PageReader compare(final RunDirectory before, final RunDirectory after) throws IOException {
        final Path file = directory.resolve("compare.html");
        CompareCommand.write(before, after, file);
        return new PageReader(Files.readString(file));
    }

    @Test
    void shouldMarkAChangeBeyondTheRangesOfBothRunsAndNoOther() throws IOException {
        final PageReader page = compare(run("a", 1, "one CPU"), run("b", 1.5, "one CPU"));
        assertThat(page.row(THROUGHPUT, CASE, "Portolan", "without loss, frames/s"))
                .endsWith("586,000|569,000 to 610,000", "879,000|853,000 to 914,000", "+50.0 %", "\u25c6 better");
        assertThat(page.row(THROUGHPUT, CASE, "kernel nftables masquerade", "without loss, frames/s"))
                .endsWith("+0.0 %", "ranges overlap");
        assertThat(page.text("p")).contains("In B ").contains("cannot be told apart");
    }

    @Test
    void shouldCallLessBetterWhereLessIs() {
        assertThat(new FigureChange(
                                Rounds.of(3, 4),
                                Rounds.of(1, 2),
                                Heading.of(Figure.P99_US).better())
                        .verdict())
                .isEqualTo(FigureChange.Verdict.BETTER);
        assertThat(new FigureChange(
                                Rounds.of(3, 4),
                                Rounds.of(1, 2),
                                Heading.of(Figure.LOSS_FREE_FPS).better())
                        .verdict())
                .isEqualTo(FigureChange.Verdict.WORSE);
        assertThat(new FigureChange(
                                Rounds.of(3, 4),
                                Rounds.of(1, 2),
                                Heading.of(Figure.OFFERED_FPS).better())
                        .verdict())
                .isEqualTo(FigureChange.Verdict.DIFFERS);
    }

    @Test
    void shouldJudgeNothingByOneRoundAndGiveNoPercentageFromNothing() {
        final FigureChange one = new FigureChange(Rounds.of(3), Rounds.of(1, 2), Heading.Better.MORE);
        assertThat(one.verdict()).isEqualTo(FigureChange.Verdict.ONE_ROUND);
        assertThat(new FigureChange(Rounds.of(0, 0), Rounds.of(5, 6), Heading.Better.LESS).percent())
                .isEmpty();
    }

    @Test
    void shouldCompareRatiosAndSayWhatDiffersWhenTheMachinesDo() throws IOException {
        final PageReader page = compare(run("a", 1, "one CPU"), run("b", 1.5, "another CPU"));
        assertThat(page.text("li"))
                .contains("The machines differ, so rates and times do not compare; ratios within each run do."
                        + " CPU: one CPU against another CPU.");
        assertThat(page.row("Ratios", THROUGHPUT, CASE, "Portolan / kernel nftables masquerade"))
                .endsWith("1.11", "1.67", "+50.0 %", "\u25c6 better");
        assertThat(page.row("Machine", "CPU")).containsExactly("CPU", "one CPU", "another CPU", "\u25c6 differs");
        assertThat(page.row("Machine", "JDK")).endsWith("");
    }

    @Test
    void shouldSayNothingOfMachinesThatAreAlike() throws IOException {
        assertThat(compare(run("a", 1, "one CPU"), run("b", 1.1, "one CPU")).text("li"))
                .doesNotContain("machines differ");
    }

    @Test
    void shouldDrawBothRunsInOnePictureOfEachLoadAndListWhatOnlyOneHas() throws IOException {
        final RunDirectory after = run("b", 1.2, "one CPU");
        after.append(Measurement.at(new Point(Point.Kind.PING, "new", "", 0, 0, 1))
                .put(Figure.RTT_AVG_US, 1)
                .build());
        final PageReader page = compare(run("a", 1, "one CPU"), after);
        assertThat(page.all("svg").stream().filter(each -> each.getTextContent().contains("Latency by percentile")))
                .hasSize(3)
                .allSatisfy(each -> assertThat(each.getTextContent())
                        .contains(
                                "A: Portolan",
                                "B: Portolan",
                                "A: kernel nftables masquerade",
                                "B: kernel nftables masquerade"));
        assertThat(page.text("h2")).contains("Only in B").doesNotContain("Only in A");
        assertThat(page.text("li")).contains("Ping: new");
    }
}
