package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileFailureTest {
    private static final Path PATH = Path.of("/var/lib/portolan/state.git");

    @TempDir
    private Path directory;

    @Test
    void shouldNameThePathThatJavaNames() {
        assertThat(FileFailure.of(new AccessDeniedException("/x"))).isEqualTo("/x: permission denied");
        assertThat(FileFailure.of(new NoSuchFileException("/x"))).isEqualTo("/x: there is no such file or directory");
        assertThat(FileFailure.of(new FileSystemException("/x", null, "Read-only file system")))
                .isEqualTo("/x: Read-only file system");
        assertThat(FileFailure.of(new FileSystemException("/x"))).isEqualTo("/x: FileSystemException");
    }

    @Test
    void shouldNameThePathWhereTheKernelsWordsNameNone() {
        assertThat(FileFailure.of(PATH, new IOException("No space left on device")))
                .isEqualTo(PATH + ": No space left on device");
        assertThat(FileFailure.of(PATH, new IOException(PATH + "/objects is gone")))
                .isEqualTo(PATH + "/objects is gone");
        assertThat(FileFailure.of(PATH, new IOException())).isEqualTo(PATH + ": IOException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Too many open files", "Too many open files in system", "/x (Too many open files)"})
    void shouldFindALackOfDescriptorsInTheCauses(final String words) {
        final IOException failure =
                new IOException("pack is damaged", new IOException("unreadable", new IOException(words)));
        assertThat(FileFailure.of(PATH, failure))
                .startsWith(PATH + ": too many files are open")
                .contains("ulimit -n");
    }

    @Test
    void shouldSayOfARealFailureWhatItWas() throws IOException {
        final Path file = Files.createFile(directory.resolve("file"));
        final IOException failure =
                catchThrowableOfType(IOException.class, () -> Files.createDirectory(file.resolve("below")));
        assertThat(FileFailure.of(failure)).startsWith(file + "/below: ").contains("Not a directory");
        assertThat(FileFailure.isLackOfDescriptorsNow(file)).isFalse();
    }
}
