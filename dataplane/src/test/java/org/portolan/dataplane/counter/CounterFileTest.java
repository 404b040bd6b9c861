package org.portolan.dataplane.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.dataplane.system.HeldDirectory;

class CounterFileTest {
    @TempDir
    private Path directory;

    private CounterFile create(final long startMs) {
        try (HeldDirectory held = HeldDirectory.hold(directory)) {
            return CounterFile.create(held, "counters.dat", startMs, -1, -1);
        }
    }

    private static long value(final CountersReader reader, final String name) {
        final long[] found = {-1};
        reader.forEach((id, label) -> {
            if (label.equals(name)) {
                found[0] = reader.getCounterValue(id);
            }
        });
        return found[0];
    }

    @Test
    void shouldShowAnotherReaderWhatTheWorkerCounts() throws IOException {
        final Path path = directory.resolve("counters.dat");
        try (CounterFile written = create(1234);
                CounterFile read = CounterFile.open(path)) {
            final WorkerCounters counters = new WorkerCounters(written.manager(), 0);
            counters.received(7);
            counters.drop(DropReason.NO_ROUTE.code);
            assertThat(read.startMs()).isEqualTo(1234);
            assertThat(read.processId()).isEqualTo(ProcessHandle.current().pid());
            assertThat(value(read.reader(), "worker.0.received")).isEqualTo(7);
            assertThat(value(read.reader(), "worker.0.drop.no_route")).isEqualTo(1);
            counters.received(3);
            assertThat(value(read.reader(), "worker.0.received")).isEqualTo(10);
        }
    }

    @Test
    void shouldHaveACounterForEveryDropReason() throws IOException {
        try (CounterFile file = create(0)) {
            final WorkerCounters counters = new WorkerCounters(file.manager(), 0);
            for (final DropReason reason : DropReason.values()) {
                if (reason != DropReason.NONE) {
                    counters.drop(reason.code);
                    assertThat(counters.dropped(reason)).as(reason.name()).isEqualTo(1);
                }
            }
            assertThat(counters.droppedAll()).isEqualTo(DropReason.COUNT - 1);
        }
    }

    @Test
    void shouldLeaveAReaderOfTheOldFileItsFile() throws IOException {
        final Path path = directory.resolve("counters.dat");
        try (CounterFile first = create(1);
                CounterFile reader = CounterFile.open(path);
                CounterFile second = create(2)) {
            new WorkerCounters(first.manager(), 0).received(5);
            assertThat(value(reader.reader(), "worker.0.received")).isEqualTo(5);
            assertThat(second.startMs()).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseWhatIsNoCountersFile() throws IOException {
        final Path path = directory.resolve("other");
        Files.writeString(path, "short");
        assertThatThrownBy(() -> CounterFile.open(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other");
        Files.write(path, new byte[4096]);
        assertThatThrownBy(() -> CounterFile.open(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other");
    }
}
