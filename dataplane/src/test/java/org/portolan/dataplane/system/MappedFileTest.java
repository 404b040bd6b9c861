package org.portolan.dataplane.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappedFileTest {
    private static final String NAME = "counters.dat";
    private static final int BYTES = 200_000;

    @TempDir
    private Path directory;

    private final FaultyFiles files = new FaultyFiles();

    private void create() {
        try (HeldDirectory held = HeldDirectory.hold(files, directory)) {
            MappedFile.create(held, NAME, BYTES, 0644, -1, -1).close();
        }
    }

    private Path file() {
        return directory.resolve(NAME);
    }

    private void assertNothingIsLeft() {
        assertThat(directory.resolve(NAME + ".new")).doesNotExist();
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldHaveItsWholePlaceOnTheDiskBeforeItIsUsed() throws Exception {
        create();
        assertThat(Files.size(file())).isEqualTo(BYTES);
        final Process du = new ProcessBuilder("stat", "-c", "%b", file().toString()).start();
        final long blocks = Long.parseLong(new String(du.getInputStream().readAllBytes()).strip());
        assertThat(blocks * 512).isGreaterThanOrEqualTo(BYTES);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "fallocate,28,no space left on device",
        "fallocate,122,disk quota exceeded",
        "fallocate,5,input/output error",
        "open,24,too many open files",
        "open,23,too many open files in the system",
        "open,30,read-only file system",
        "open,13,permission denied",
        "open,28,no space left on device",
        "fchmod,1,operation not permitted",
        "rename,30,read-only file system",
        "rename,28,no space left on device",
        "rename,5,input/output error",
        "unlink,13,permission denied"
    })
    void shouldSayThePathAndTheCauseOfEachErrno(final String call, final int errno, final String cause) {
        files.fail(call, errno);
        assertThatThrownBy(this::create)
                .isInstanceOf(LibcException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining(cause);
        assertThat(file()).doesNotExist();
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldSayWhoseFileItCannotGiveAway() {
        files.fail("fchown", Errno.EPERM);
        assertThatThrownBy(() -> {
                    try (HeldDirectory held = HeldDirectory.hold(files, directory)) {
                        MappedFile.create(held, NAME, BYTES, 0644, 65534, 65534);
                    }
                })
                .hasMessageContaining(file().toString())
                .hasMessageContaining("EPERM");
        assertThat(file()).doesNotExist();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EOPNOTSUPP, Errno.ENOSYS})
    void shouldWriteEachByteWhereTheFileSystemCannotAllocate(final int errno) throws IOException {
        files.fail("fallocate", errno);
        create();
        assertThat(Files.size(file())).isEqualTo(BYTES);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 4_097, 65_535})
    void shouldGoOnAfterAShortWrite(final long most) throws IOException {
        files.fail("fallocate", Errno.EOPNOTSUPP).writeAtMost(most);
        create();
        assertThat(Files.readAllBytes(file())).hasSize(BYTES).containsOnly(0);
    }

    @Test
    void shouldEndWhereAWriteTakesNothing() {
        files.fail("fallocate", Errno.EOPNOTSUPP).writeAtMost(0);
        assertThatThrownBy(this::create).hasMessageContaining("ENOSPC").hasMessageContaining(file().toString());
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOSPC, Errno.EIO, Errno.EDQUOT, Errno.EFBIG})
    void shouldSayWhyBytesCannotBeWritten(final int errno) {
        files.fail("fallocate", Errno.EOPNOTSUPP).fail("write", errno);
        assertThatThrownBy(this::create).hasMessageContaining(Errno.describe(errno));
        assertThat(file()).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void shouldReplaceALinkAndLeaveWhatItLeadsToAlone() throws IOException {
        final Path other = Files.writeString(directory.resolve("other"), "root's");
        Files.createSymbolicLink(file(), other);
        create();
        assertThat(Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(other).hasContent("root's");
    }

    @Test
    void shouldReplaceALinkUnderTheNameThatItIsMadeUnder() throws IOException {
        final Path other = Files.writeString(directory.resolve("other"), "root's");
        Files.createSymbolicLink(directory.resolve(NAME + ".new"), other);
        create();
        assertThat(other).hasContent("root's");
        assertNothingIsLeft();
    }

    @Test
    void shouldRefuseALinkThatSomebodyMakesBetweenTwoCalls() throws IOException {
        final Path other = Files.writeString(directory.resolve("other"), "root's");
        files.before("open", () -> {
            try {
                Files.createSymbolicLink(directory.resolve(NAME + ".new"), other);
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThatThrownBy(this::create).isInstanceOf(LibcException.class).hasMessageContaining("EEXIST");
        assertThat(other).hasContent("root's");
        assertThat(files.leaked()).isZero();
    }
}
