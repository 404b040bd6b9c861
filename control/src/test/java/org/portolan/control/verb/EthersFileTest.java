package org.portolan.control.verb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What editors and other systems make of a text file that people write by hand. */
final class EthersFileTest {
    @TempDir
    private Path directory;

    private EthersFile.Loaded load(final byte... bytes) throws IOException {
        return EthersFile.load(Files.write(directory.resolve("e"), bytes));
    }

    @Test
    void shouldReadPastAByteOrderMarkAndCrLf() throws IOException {
        final EthersFile.Loaded loaded = load("\uFEFF02:00:00:00:00:01 192.0.2.1\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(loaded.errors()).isEmpty();
        assertThat(loaded.lines()).hasSize(1);
    }

    @Test
    void shouldSayThatAFileIsNoText() throws IOException {
        assertThat(load((byte) 'a', (byte) 0, (byte) 'b').errors())
                .containsExactly(directory.resolve("e") + ": is not a text file, or is UTF-16 text: save it as UTF-8");
    }
}
