package org.portolan.control.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.dataplane.worker.Latency;

/** What is in the files, how many there are, and what becomes of a disk that takes nothing. */
@Timeout(60)
class IntervalLogTest {
    private static final long S = 1_000_000_000L;
    private static final int FILE_BYTES = 64 << 10;

    @TempDir
    private Path directory;

    private final Track outbound = new Track("worker-0.outbound");
    private final Track pauses = new Track("pauses");
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(logged, true, StandardCharsets.UTF_8),
            Log.Style.JOURNAL,
            Log.Level.INFO,
            System::nanoTime,
            () -> 0);

    private IntervalLog intervalLog(final Path to, final int maxFiles) {
        return new IntervalLog(
                new Config.Latency(Optional.of(to), FILE_BYTES, 24, maxFiles),
                "edge-1",
                List.of(outbound, pauses),
                log);
    }

    private static void add(final Track track, final long fromNs, final long untilNs, final long... durationsNs) {
        final Histogram interval = Latency.histogram();
        for (final long each : durationsNs) {
            interval.recordValue(each);
        }
        track.add(interval, fromNs, untilNs);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> each.toString().endsWith(".hlog"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Histogram> read(final Path file) throws IOException {
        final List<Histogram> intervals = new ArrayList<>();
        try (HistogramLogReader reader = new HistogramLogReader(new File(file.toString()))) {
            for (EncodableHistogram each = reader.nextIntervalHistogram();
                    each != null;
                    each = reader.nextIntervalHistogram()) {
                intervals.add((Histogram) each);
            }
        }
        return intervals;
    }

    @Test
    void shouldWriteWhatHdrHistogramsOwnReaderReadsBack() throws IOException {
        final IntervalLog intervals = intervalLog(directory, 2);
        final long beganMs = System.currentTimeMillis();
        add(outbound, 0, S, 1_000, 20_000, 3_000_000);
        add(pauses, S / 2, 3 * S / 2, 50);
        intervals.write(2 * S);
        add(outbound, S, 2 * S, 7_000);
        intervals.write(3 * S);
        final long endedMs = System.currentTimeMillis();

        final List<Histogram> back = read(files().getFirst());
        assertThat(back)
                .extracting(Histogram::getTag)
                .containsExactly("worker-0.outbound", "pauses", "worker-0.outbound");
        final Histogram first = back.getFirst();
        assertThat(first.getTotalCount()).isEqualTo(3);
        assertThat(first.getMaxValue()).as("nanoseconds").isBetween(3_000_000L, 3_030_000L);
        assertThat(first.getEndTimeStamp() - first.getStartTimeStamp()).isEqualTo(1_000);
        assertThat(first.getStartTimeStamp())
                .as("the wall clock, two seconds before the file was begun")
                .isBetween(beganMs - 2_001, endedMs - 1_999);
        assertThat(back.get(1).getStartTimeStamp()).isEqualTo(first.getStartTimeStamp() + 500);
        assertThat(back.get(2).getStartTimeStamp()).isEqualTo(first.getEndTimeStamp());
        assertThat(intervals.state().written()).isEqualTo(3);
        assertThat(intervals.state().lost()).isZero();
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void shouldSayInTheHeaderWhatTheFiguresAre() throws IOException {
        final IntervalLog intervals = intervalLog(directory, 2);
        add(outbound, 0, S, 2_000_000);
        intervals.write(S);
        final List<String> lines = Files.readAllLines(files().getFirst());
        assertThat(lines)
                .contains("#[Portolan router edge-1]")
                .anyMatch(line -> line.startsWith("#[durations are in nanoseconds"))
                .anyMatch(line -> line.startsWith("#[StartTime: "))
                .contains("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"");
        assertThat(lines.getLast()).as("Interval_Max in ms").startsWith("Tag=worker-0.outbound,0.000,1.000,2.0");
        assertThat(files().getFirst().getFileName().toString()).matches("edge-1-000001-\\d{8}T\\d{6}Z\\.hlog");
    }

    @Test
    void shouldWriteNothingWhereNothingHappened() throws IOException {
        final IntervalLog intervals = intervalLog(directory, 2);
        add(outbound, 0, S);
        intervals.write(S);
        assertThat(files()).isEmpty();
        assertThat(intervals.state()).isEqualTo(new IntervalLog.State("", 0, 0, ""));
    }

    @Test
    void shouldKeepNoMoreThanTheNewestFilesAndLoseNoLineWhenItChangesOver() throws IOException {
        final IntervalLog intervals = intervalLog(directory, 3);
        final long[] many = new long[2_000];
        int seconds = 0;
        while (files().isEmpty() || number(files().getLast()) < 6) {
            for (int i = 0; i < many.length; i++) {
                many[i] = 1_000L * (i + 1) * (i + seconds % 7);
            }
            add(outbound, seconds * S, (seconds + 1) * S, many);
            intervals.write(++seconds * S);
            assertThat(files()).hasSizeLessThanOrEqualTo(3);
        }
        assertThat(files()).extracting(IntervalLogTest::number).containsExactly(4, 5, 6);
        for (final Path file : files()) {
            assertThat(Files.size(file)).isLessThan(FILE_BYTES + FILE_BYTES / 2);
        }
        final List<Histogram> kept = new ArrayList<>();
        for (final Path file : files()) {
            kept.addAll(read(file));
        }
        assertThat(kept).allSatisfy(each -> assertThat(each.getTotalCount()).isEqualTo(many.length));
        assertThat(intervals.state().written()).isEqualTo(seconds);
    }

    private static int number(final Path file) {
        return Integer.parseInt(file.getFileName().toString().split("-")[2]);
    }

    @Test
    void shouldBeginANewFileWhenTheOldOneIsADayOldOrWasTakenAway() throws IOException {
        final IntervalLog intervals = intervalLog(directory, 5);
        add(outbound, 0, S, 1);
        intervals.write(S);
        add(outbound, S, 2 * S, 1);
        intervals.write(86_400 * S);
        assertThat(files()).hasSize(1);
        add(outbound, 2 * S, 3 * S, 1);
        intervals.write(86_401 * S);
        assertThat(files()).hasSize(2);
        Files.delete(files().getLast());
        add(outbound, 3 * S, 4 * S, 1);
        intervals.write(86_402 * S);
        assertThat(files()).hasSize(2);
        assertThat(read(files().getLast())).hasSize(1);
    }

    @Test
    void shouldLeaveTheFilesOfAnotherRouterAlone() throws IOException {
        final Path other = Files.createFile(directory.resolve("edge-000009-20260101T000000Z.hlog"));
        final Path longer = Files.createFile(directory.resolve("edge-1-b-000009-20260101T000000Z.hlog"));
        final IntervalLog intervals = intervalLog(directory, 2);
        for (int i = 0; i < 4; i++) {
            add(outbound, i * S, (i + 1) * S, 1);
            intervals.write(i * 86_400 * S);
        }
        assertThat(other).exists();
        assertThat(longer).exists();
        assertThat(files()).hasSize(4);
    }

    @Test
    void shouldStopWithOneLineAndACountWhenTheDirectoryTakesNothingAndGoOnWhenItDoes() throws IOException {
        final Path place = Files.createFile(directory.resolve("latency"));
        final IntervalLog intervals = intervalLog(place, 2);
        for (int i = 0; i < 5; i++) {
            add(outbound, i * S, (i + 1) * S, 1);
            add(pauses, i * S, (i + 1) * S, 1);
            intervals.write((i + 1) * S);
        }
        assertThat(intervals.state().lost()).isEqualTo(10);
        assertThat(intervals.state().written()).isZero();
        assertThat(intervals.state().error()).contains(place.toString());
        assertThat(logged.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("<4>latency: no interval files are written: " + place)
                        .endsWith("; retrying every minute"));

        Files.delete(place);
        add(outbound, 5 * S, 6 * S, 1);
        intervals.write(S + IntervalLog.RETRY_NS);
        assertThat(intervals.state().error()).isEmpty();
        assertThat(intervals.state().written()).isEqualTo(1);
        assertThat(place).isDirectory();
        assertThat(logged.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void shouldWriteOnAThreadOfItsOwnAndTheLastOfItAtItsEnd() throws Exception {
        final IntervalLog running = IntervalLog.start(
                new Config.Latency(Optional.of(directory), FILE_BYTES, 24, 2), "edge-1", List.of(outbound), log);
        final long nowNs = System.nanoTime();
        add(outbound, nowNs - S, nowNs, 1, 2, 3);
        running.close();
        final Map<String, Long> counts = read(files().getFirst()).stream()
                .collect(Collectors.groupingBy(Histogram::getTag, Collectors.summingLong(Histogram::getTotalCount)));
        assertThat(counts).containsExactly(Map.entry("worker-0.outbound", 3L));
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(each -> each.getName().equals("latency-log"));
    }
}
