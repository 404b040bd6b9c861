package org.portolan.dataplane.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The traces that are kept in {@code src/test/resources/model}: each found something once, or shows something. */
class TraceCasesTest {
    static List<Path> cases() throws IOException, URISyntaxException {
        final Path directory =
                Path.of(TraceCasesTest.class.getResource("/model").toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldAgreeOnAKeptCase(final Path file) {
        final TraceCase kept = TraceCase.parse(lines(file));
        assertThat(kept.actions()).isNotEmpty();
        assertThat(kept.run(TraceFault.NONE)).isNull();
    }

    private static List<String> lines(final Path file) {
        try {
            return Files.readAllLines(file);
        } catch (final IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
