package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.control.config.Config.Latency;

class LatencyReaderTest {
    private static final String INTERFACES = """
        [interfaces.lan]
        device = "eth1"
        role = "inside"
        address = "192.168.1.1/24"
        [interfaces.wan]
        device = "eth0"
        role = "outside"
        address = "203.0.113.2/24"
        """;

    @TempDir
    private Path directory;

    private ConfigFile.Loaded load(final String more) throws IOException {
        return ConfigFile.load(Files.writeString(directory.resolve("c.toml"), INTERFACES + more));
    }

    @Test
    void shouldWriteNoFilesUnlessADirectoryIsNamed() throws IOException {
        assertThat(load("").config().orElseThrow().latency())
                .isEqualTo(new Latency(Optional.empty(), 16L << 20, 24, 8));
        assertThat(load("").notices()).extracting(Problem::key).doesNotContain("latency");
        assertThat(load("[latency]\nmax_files = 3\n").notices())
                .extracting(Problem::message)
                .contains("names no log: no interval files are written");
    }

    @ParameterizedTest
    @CsvSource({"64KiB, 65536, 1, 2", "1GiB, 1073741824, 8760, 1000"})
    void shouldTakeTheEndsOfEachRange(final String size, final long bytes, final int hours, final int files)
            throws IOException {
        final String section = "[latency]\nlog = \"/l\"\nfile_size = \"%s\"\nfile_hours = %d\nmax_files = %d\n";
        final ConfigFile.Loaded loaded = load(section.formatted(size, hours, files));

        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.config().orElseThrow().latency())
                .isEqualTo(new Latency(Optional.of(Path.of("/l")), bytes, hours, files));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "log = \"var/log\"     | log = \"var/log\": is not an absolute path; "
                        + "allowed: a path that begins with /",
                "log = true            | log = true: is a boolean; allowed: a string, in quotes",
                "file_size = \"63KiB\" | file_size = \"63KiB\": out of range; "
                        + "allowed: 64KiB to 1GiB, such as \"16MiB\"",
                "file_size = \"2GiB\"  | file_size = \"2GiB\": out of range; allowed: 64KiB to 1GiB, such as \"16MiB\"",
                "file_size = \"16MB\"  | file_size = \"16MB\": is not a size; allowed: 64KiB to 1GiB, such as \"16MiB\"",
                "file_hours = 0        | file_hours = 0: out of range; allowed: 1 to 8760",
                "file_hours = 8761     | file_hours = 8761: out of range; allowed: 1 to 8760",
                "max_files = 1         | max_files = 1: out of range; allowed: 2 to 1000",
                "max_files = 1001      | max_files = 1001: out of range; allowed: 2 to 1000",
                "maxfiles = 5          | maxfiles = 5: unknown key, did you mean \"max_files\"?; allowed: file_hours, "
                        + "file_size, log, max_files"
            })
    void shouldSayWhatIsWrongInAKey(final String line, final String error) throws IOException {
        final ConfigFile.Loaded loaded = load("[latency]\n" + line + "\n");
        final int column = error.contains("unknown key") ? 1 : error.indexOf('=') + 3;

        assertThat(loaded.errors())
                .extracting(Problem::toString)
                .containsExactly("%s:10:%d: error: latency.%s".formatted(directory.resolve("c.toml"), column, error));
        assertThat(loaded.config()).isEmpty();
    }

    @Test
    void shouldSayWhereAKeyBelongsThatStandsElsewhere() throws IOException {
        assertThat(load("[history]\npath = \"/h\"\nmax_files = 60\n").errors())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).endsWith("it belongs in [latency]"));
    }
}
