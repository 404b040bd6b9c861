package org.portolan.control.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Config and frames in, frames and counters out: the whole router against what a person wrote down. After an intended
 * change of behaviour, {@code -Dportolan.golden.write=true} writes the expectations again; read the diff.
 */
class GoldenTest {
    private static final Path CASES = Path.of("src/test/resources/replay");

    static List<String> cases() throws IOException {
        try (Stream<Path> directories = Files.list(CASES)) {
            return directories
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldSendAndCountWhatIsWrittenDown(final String name, @TempDir final Path scratch) throws IOException {
        final Path directory = CASES.resolve(name);
        final String text = new GoldenCase(directory).run(scratch);
        final Path expected = directory.resolve("expected.txt");
        if (Boolean.getBoolean("portolan.golden.write")) {
            Files.writeString(expected, text);
        }
        assertThat(text).isEqualTo(Files.readString(expected));
    }
}
