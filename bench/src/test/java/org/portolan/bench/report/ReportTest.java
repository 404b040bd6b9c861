package org.portolan.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;
import org.w3c.dom.Element;

/** What a reader finds in a run's report. */
class ReportTest {
    @TempDir
    Path directory;

    private RunDirectory sample() {
        return SampleRun.write(directory.resolve("run"), 1);
    }

    private static PageReader read(final RunDirectory run) {
        try {
            return new PageReader(Files.readString(ReportCommand.write(run)));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A run of one point, with names of the test's own. */
    private RunDirectory small(final String plan, final String device, final String warning) {
        final RunDirectory run = RunDirectory.create(directory.resolve("small"));
        run.write(new RunInfo(
                plan,
                Instant.parse("2026-11-26T01:00:00Z"),
                Optional.of(Instant.parse("2026-11-26T01:00:42Z")),
                1,
                Map.of(),
                Map.of("CPU", plan),
                Map.of(),
                List.of(new RunInfo.Device("a", device, Map.of(plan, device))),
                List.of(warning)));
        return run;
    }

    private static Measurement.Builder at(final Point.Kind kind, final String device, final int round) {
        return Measurement.at(new Point(kind, device, "64", 1_000, 0, round));
    }

    @Test
    void shouldTellMedianRangeRatioAndRoundsOfEachDevice() {
        final PageReader page = read(sample());
        final List<String> head = page.table("By sessions, 64-byte frames").getFirst();
        assertThat(head).startsWith("", "device", "without loss|frames/s", "ratio|to Portolan", "CPU, all|s/million");
        assertThat(head).endsWith("at most 0.1 % lost|frames/s", "rounds");
        assertThat(page.row("By sessions, 64-byte frames", "1,000 sessions"))
                .containsSubsequence("Portolan", "586,000|569,000 to 610,000", "1", "2.80|2.72 to 2.91", "3");
        // 667 / 742, in every round.
        assertThat(page.row("By frame size, 1,000 sessions", "kernel nftables masquerade"))
                .containsSubsequence("0.90", "1.50|1.46 to 1.56");
    }

    @Test
    void shouldMarkFiguresWhoseRoundsLieFarApartAndPointsWithMissingRounds() {
        final PageReader page = read(sample());
        assertThat(page.row("By sessions, 64-byte frames", "1 session").get(2)).startsWith("\u2248");
        assertThat(page.row("By sessions, 64-byte frames", "1,000 sessions").get(2))
                .doesNotContain("\u2248");
        assertThat(page.table("By sessions, 64-byte frames"))
                .anySatisfy(row ->
                        assertThat(row).startsWith("kernel nftables masquerade").endsWith("2 of 3"));
        assertThat(page.text("li"))
                .contains("kernel nftables masquerade has fewer rounds than others: "
                        + "Throughput, 64-byte frames, 100,000 sessions: 2 of 3.");
    }

    @Test
    void shouldSaySummaryWarningsMachineAndCommandInWords() {
        final PageReader page = read(sample());
        assertThat(page.text("p"))
                .contains("Portolan forwarded 586,000 frames a second without losing one"
                        + " (64-byte frames, 1,000 sessions; 3 rounds, 569,000 to 610,000):"
                        + " 1.11 times as many as kernel nftables masquerade"
                        + " and 0.80 times as many as kernel route, no NAT.")
                .contains("One TCP stream: Portolan 11.90 Gbit/s, kernel nftables masquerade 17.10 Gbit/s and kernel"
                        + " route, no NAT 18.40 Gbit/s.")
                .contains("26 November 2026, 01:00 UTC, took 1 h 24 min, 3 rounds");
        assertThat(page.text("li")).contains("2 CPUs: the generator and the router share them");
        assertThat(page.text("dd")).contains("Intel Xeon, 2.2 GHz").contains("1,048,576");
        assertThat(page.text("pre")).isEqualTo("sudo scripts/bench full");
    }

    @Test
    void shouldTellARungOfTheLadderByItsRateAndWhatAllRowsShareOnce() {
        final PageReader page = read(sample());
        final String shared = "64-byte frames, 1,000 sessions";
        assertThat(page.row(shared, "850,000 a second", "Portolan", "850,000", "742,000|720,000 to 772,000"))
                .endsWith("3");
        assertThat(page.table(shared).stream().filter(each -> each.contains("Portolan")))
                .as("flat out is the last rung")
                .anySatisfy(each ->
                        assertThat(each).startsWith("flat out", "Portolan", "1,000,000", "742,000|720,000 to 772,000"));
        assertThat(page.text("caption")).contains(shared).doesNotContain("load");
        assertThat(page.text("th")).contains("50 % load").doesNotContain("850 %");
    }

    @Test
    void shouldSayThatNeitherIsFasterWhereTheRatioLiesOnBothSidesOfOne() {
        final RunDirectory run = small("quick", "one", "");
        final double[] first = {100_000, 120_000, 110_000};
        for (int round = 1; round <= 3; round++) {
            run.append(at(Point.Kind.THROUGHPUT, "a", round)
                    .put(Figure.LOSS_FREE_FPS, first[round - 1])
                    .build());
            run.append(at(Point.Kind.THROUGHPUT, "b", round)
                    .put(Figure.LOSS_FREE_FPS, 105_000)
                    .build());
        }
        assertThat(read(run).text("p"))
                .contains("1.05 times as many as b (0.95 to 1.14 round by round, so neither is shown to be faster)");
    }

    @Test
    void shouldTellTheHighestRungWhereNoRateWasSearched() {
        final RunDirectory run = small("quick", "one", "");
        for (final int load : new int[] {0, 100, 800}) {
            for (final String device : List.of("a", "b")) {
                run.append(Measurement.at(new Point(Point.Kind.LADDER, device, "64", 1_000, load, 1))
                        .put(Figure.OFFERED_FPS, load == 0 ? 1_200_000 : load * 1_000)
                        .put(Figure.DELIVERED_FPS, load == 0 ? (device.equals("a") ? 900_000 : 600_000) : load * 1_000)
                        .put(Figure.CPU_MACHINE, device.equals("a") ? 2 : 1)
                        .build());
            }
        }
        assertThat(read(run).text("p"))
                .contains(
                        "Under the highest load one delivered 900,000 frames a second (64-byte frames, 1,000 sessions,"
                                + " flat out; one round): 1.50 times as many as b.")
                .contains("CPU time for a million frames, generator included: one 2.00 s and b 1.00 s.");
        assertThat(ReadmeSection.of(Results.of(run)))
                .contains("| 64-byte frames, 1,000 sessions, 800,000 a second | 800,000 | 800,000 |\n"
                        + "| 64-byte frames, 1,000 sessions, flat out | 900,000 | 600,000 |\n");
    }

    @Test
    void shouldTakeRatiosOnlyFromRoundsThatBothDevicesHave() {
        final RunDirectory run = small("quick", "one", "");
        run.append(
                at(Point.Kind.THROUGHPUT, "a", 1).put(Figure.LOSS_FREE_FPS, 100).build());
        run.append(
                at(Point.Kind.THROUGHPUT, "b", 1).put(Figure.LOSS_FREE_FPS, 50).build());
        run.append(at(Point.Kind.THROUGHPUT, "a", 2)
                .put(Figure.LOSS_FREE_FPS, 1_000)
                .build());
        final PageReader page = read(run);
        assertThat(page.row("Single points", "b")).contains("0.50").endsWith("1 of 2");
    }

    @Test
    void shouldLetMarkupInNamesStayText() {
        final String evil = "kernel <script>alert(1)</script> & \"more\"";
        final RunDirectory run = small(evil, evil, evil);
        run.append(
                at(Point.Kind.THROUGHPUT, "a", 1).put(Figure.LOSS_FREE_FPS, 1).build());
        run.append(Measurement.at(new Point(Point.Kind.THROUGHPUT, "a", "<i>", 5, 0, 1))
                .put(Figure.LOSS_FREE_FPS, 2)
                .build());
        run.append(Measurement.at(new Point(Point.Kind.THROUGHPUT, "a", "<i>", 9, 0, 1))
                .put(Figure.LOSS_FREE_FPS, 2)
                .file("javascript:alert(1)")
                .build());
        final PageReader page = read(run);
        assertThat(page.all("script")).isEmpty();
        assertThat(page.all("i")).isEmpty();
        assertThat(page.text("h1")).contains(evil);
        assertThat(page.text("li")).contains(evil);
        assertThat(page.text("dd")).contains(evil);
        assertThat(page.text("text")).contains(evil);
        assertThat(page.all("a"))
                .allSatisfy(each -> assertThat(each.getAttribute("href")).startsWith("./"));
    }

    @Test
    void shouldKeepControlCharactersOutOfThePage() {
        assertThat(read(small("quick", "a\u0000b\u001b[1m", "")).text("h3")).contains("a\ufffdb\ufffd[1m");
    }

    @Test
    void shouldLoadNothingFromOutside() throws IOException {
        final String text = Files.readString(ReportCommand.write(sample()));
        final PageReader page = new PageReader(text);
        assertThat(List.of("script", "link", "img", "iframe", "object"))
                .allSatisfy(each -> assertThat(page.all(each)).isEmpty());
        assertThat(text.replace("http://www.w3.org/", ""))
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("url(");
    }

    @Test
    void shouldReportARunThatDidNotEndAndOneWithNothingMeasured() {
        final RunDirectory run = SampleRun.write(directory.resolve("cut"), 1, "a CPU", false);
        final PageReader cut = read(run);
        assertThat(cut.text("li")).contains("This run did not end");
        assertThat(cut.text("p")).contains("not ended");
        final PageReader empty = read(small("quick", "one", "nothing works"));
        assertThat(empty.text("p")).contains("Nothing was measured yet.");
        assertThat(empty.all("svg")).isEmpty();
    }

    @Test
    void shouldTellOfWrongFrames() {
        final RunDirectory run = small("quick", "one", "");
        run.append(at(Point.Kind.THROUGHPUT, "a", 1).put(Figure.WRONG_FRAMES, 0).build());
        run.append(
                at(Point.Kind.THROUGHPUT, "a", 2).put(Figure.WRONG_FRAMES, 17).build());
        assertThat(read(run).text("li")).contains("one delivered up to 17 wrong frames in a trial");
    }

    @Test
    void shouldTellWhereTheGeneratorWasTheLimit() {
        final RunDirectory run = small("quick", "one", "");
        run.append(at(Point.Kind.THROUGHPUT, "a", 1)
                .put(Figure.LOSS_FREE_FPS, 500_000)
                .put(Figure.FLAT_OFFERED_FPS, 500_000)
                .build());
        run.append(at(Point.Kind.THROUGHPUT, "b", 1)
                .put(Figure.LOSS_FREE_FPS, 400_000)
                .put(Figure.FLAT_OFFERED_FPS, 500_000)
                .build());
        for (final int load : new int[] {100, 800, 0}) {
            run.append(Measurement.at(new Point(Point.Kind.LADDER, "a", "64", 1_000, load, 1))
                    .put(Figure.OFFERED_FPS, Math.min(load, 700) * 1_000)
                    .put(Figure.DELIVERED_FPS, 1)
                    .build());
        }
        assertThat(read(run).text("li"))
                .contains("one lost nothing of all that the generator gave, so the rate is the generator's (64-byte")
                .doesNotContain("b lost nothing")
                .contains("In 1 of 2 trials at a fixed rate the generator sent less than 95 % of it");
    }

    @Test
    void shouldDrawEveryPictureWithNamesInWordsAndAPngBeside() throws IOException {
        final RunDirectory run = sample();
        final PageReader page = read(run);
        final List<Element> charts = page.all("svg");
        assertThat(charts).hasSize(6);
        for (final Element chart : charts) {
            assertThat(chart.getElementsByTagName("title").item(0).getTextContent())
                    .isNotBlank();
            assertThat(chart.getElementsByTagName("desc").item(0).getTextContent())
                    .contains("Portolan");
        }
        assertThat(page.all("a").stream().filter(each -> each.getTextContent().equals("as PNG")))
                .hasSize(6)
                .allSatisfy(each ->
                        assertThat(run.resolve(each.getAttribute("href"))).exists());
        for (final String name : List.of(
                "throughput-by-sessions",
                "throughput-by-frame",
                "ladder",
                "latency-10pc",
                "latency-50pc",
                "latency-90pc")) {
            final BufferedImage picture =
                    ImageIO.read(run.resolve(name + ".png").toFile());
            assertThat(picture.getWidth()).isEqualTo(Picture.WIDTH);
            assertThat(picture.getHeight()).isBetween(500, 800);
            assertThat(colours(picture))
                    .as("paper and the first three devices in " + name)
                    .contains(0xffffff, 0x0072b2, 0xd55e00, 0x009e73);
        }
        final Set<String> ids = page.all("*").stream()
                .map(each -> each.getAttribute("id"))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.toSet());
        assertThat(page.all("*").stream()
                        .filter(each -> !each.getAttribute("id").isEmpty()))
                .as("ids are unique")
                .hasSameSizeAs(ids);
    }

    private static Set<Integer> colours(final BufferedImage picture) {
        final int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return Arrays.stream(pixels).map(each -> each & 0xffffff).boxed().collect(Collectors.toSet());
    }

    @Test
    void shouldDrawThePausesOfTheMachineAndTheRouterInsideWithTheDevices() {
        final Element chart = read(sample()).all("svg").stream()
                .filter(each ->
                        each.getTextContent().contains("Latency by percentile, 64-byte frames, 1,000 sessions, 50 %"))
                .findFirst()
                .orElseThrow();
        assertThat(chart.getTextContent())
                .contains("Portolan", "Portolan, inside", "kernel nftables masquerade", "kernel route, no NAT")
                .contains("the machine's own pauses")
                .contains("99.99 %");
    }

    @Test
    void shouldReportWithoutACurveWhoseLogIsMissingOrNoLog() throws IOException {
        final RunDirectory run = sample();
        Files.delete(run.resolve("raw/latency-portolan-64-1000-50pc-round2.hlog"));
        Files.writeString(run.resolve("raw/latency-route-64-1000-50pc-round1.hlog"), "1.0,2.0,3.0,notbase64\n");
        assertThat(read(run).text("li"))
                .contains("No percentile curve of Portolan, 64-byte frames, 1,000 sessions, 50 % load: ")
                .contains("latency-portolan-64-1000-50pc-round2.hlog is missing")
                .contains("latency-route-64-1000-50pc-round1.hlog is not an interval log");
    }

    @Test
    void shouldNameTheFileThatHoldsNoRun() {
        assertThatThrownBy(() -> RunDirectory.open(directory.resolve("nowhere")))
                .isInstanceOf(LabException.class);
    }
}
