package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalStreamTest {
    @TempDir
    private Path directory;

    private static Map<String, String> named(final Path file) throws IOException {
        return Map.of(
                "JOURNAL_STREAM", Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
    }

    @Test
    void shouldKnowTheStreamThatSystemdNamed() throws IOException {
        final Path stream = Files.createFile(directory.resolve("stream"));
        final Path descriptor = Files.createSymbolicLink(directory.resolve("2"), stream);
        assertThat(JournalStream.isAt(descriptor, named(stream))).isTrue();
    }

    @Test
    void shouldKnowThatStderrWasRedirected() throws IOException {
        final Path stream = Files.createFile(directory.resolve("stream"));
        final Path file = Files.createFile(directory.resolve("file"));
        assertThat(JournalStream.isAt(file, named(stream))).isFalse();
    }

    @Test
    void shouldNotTakeAnythingForTheJournalWithoutItsName() throws IOException {
        final Path file = Files.createFile(directory.resolve("file"));
        assertThat(JournalStream.isAt(file, Map.of())).isFalse();
        assertThat(JournalStream.isAt(file, Map.of("JOURNAL_STREAM", "nonsense")))
                .isFalse();
        assertThat(JournalStream.isAt(directory.resolve("closed"), named(file))).isFalse();
    }
}
