package org.portolan.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.LabException;

/** What is written is read again, a run that was cut short is resumed, and a wrong file is named. */
class RunDirectoryTest {
    private static final RunInfo INFO = new RunInfo(
            "quick",
            Instant.parse("2026-11-26T01:00:00Z"),
            Optional.empty(),
            3,
            Map.of("--rounds", "3"),
            Map.of("CPU", "a \"fast\" one"),
            Map.of("trial", "2 s"),
            List.of(new RunInfo.Device("portolan", "Portolan", Map.of("driver", "af_packet"))),
            List.of("2 CPUs: the generator and the router share them"));

    @TempDir
    Path directory;

    private static Measurement measurement(final int round) {
        return Measurement.at(new Point(Point.Kind.THROUGHPUT, "portolan", "64", 1_000, 0, round))
                .put(Figure.LOSS_FREE_FPS, 742_000.5)
                .put(Figure.LOST_FRAMES, 0)
                .file("raw/x.hlog")
                .build();
    }

    private Path lines() {
        return directory.resolve("run/measurements.jsonl");
    }

    private RunDirectory create() {
        final RunDirectory run = RunDirectory.create(directory.resolve("run"));
        run.write(INFO);
        return run;
    }

    @Test
    void shouldReadWhatItWrote() {
        final RunDirectory run = create();
        run.append(measurement(1));
        run.append(measurement(2));
        final RunDirectory again = RunDirectory.open(run.path());
        assertThat(again.info()).isEqualTo(INFO);
        assertThat(again.measurements()).containsExactly(measurement(1), measurement(2));
    }

    @Test
    void shouldReadARunOfAVersionThatStoredNoOptions() throws IOException {
        final RunDirectory run = create();
        final Path info = directory.resolve("run/run.json");
        Files.writeString(info, Files.readString(info).replace("\"options\":{\"--rounds\":\"3\"},", ""));
        assertThat(RunDirectory.open(run.path()).info().options()).isEmpty();
    }

    @Test
    void shouldPassOverALineThatWasCutShortAndMendTheFileBeforeItGoesOn() throws IOException {
        final RunDirectory run = create();
        run.append(measurement(1));
        Files.writeString(lines(), "{\"kind\": \"thr", StandardOpenOption.APPEND);
        assertThat(run.measurements()).containsExactly(measurement(1));
        run.mend();
        run.append(measurement(2));
        assertThat(run.measurements()).containsExactly(measurement(1), measurement(2));
    }

    @Test
    void shouldNameFileAndLineOfWhatIsNoMeasurement() throws IOException {
        final RunDirectory run = create();
        run.append(measurement(1));
        Files.writeString(lines(), "{\"kind\": \"guess\"}\n", StandardOpenOption.APPEND);
        assertThatThrownBy(run::measurements)
                .isInstanceOf(LabException.class)
                .hasMessageContaining("measurements.jsonl, line 2");
    }

    @Test
    void shouldRefuseToWriteIntoADirectoryThatHoldsSomethingAndToReadOneThatHoldsNoRun() throws IOException {
        Files.writeString(directory.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> RunDirectory.create(directory)).hasMessageContaining("is not empty");
        assertThatThrownBy(() -> RunDirectory.open(directory)).hasMessageContaining("run.json");
    }

    @Test
    void shouldGiveEveryPointAFileNameOfItsOwn() {
        assertThat(new Point(Point.Kind.LATENCY, "nftables", "64", 1_000, 50, 2).fileName())
                .isEqualTo("latency-nftables-64-1000-50pc-round2");
        assertThat(new Point(Point.Kind.TCP, "portolan", "", 0, 0, 1).fileName())
                .isEqualTo("tcp-portolan-round1");
    }
}
