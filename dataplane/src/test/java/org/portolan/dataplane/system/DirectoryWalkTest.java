package org.portolan.dataplane.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryWalkTest {
    /** Nobody's number, as far as these tests go. */
    private static final int SOMEBODY = 54_321;

    @TempDir
    private Path temporary;

    private Path base;
    private int self;
    private int group;

    @BeforeEach
    void look() throws IOException {
        base = temporary.toRealPath();
        self = (int) Files.getAttribute(base, "unix:uid");
        group = (int) Files.getAttribute(base, "unix:gid");
    }

    private Trust trust() {
        return new Trust(self, group, self, -1);
    }

    /** A kernel that shows the status of some directories as a test wants it; others may own them. */
    private FileCalls where(final Path directory, final UnaryOperator<int[]> change) throws IOException {
        return new FaultyFiles().show(directory, change);
    }

    private static void chmod(final Path path, final String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private Path make(final FileCalls calls, final Path path) {
        try (HeldDirectory held = DirectoryWalk.make(calls, trust(), path)) {
            try {
                return held.link().toRealPath();
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void shouldMakeWhatIsMissingAndOpenWhatIsThere() {
        final FaultyFiles files = new FaultyFiles();
        final Path deep = base.resolve("a/b/c");
        assertThat(make(files, deep)).isEqualTo(deep).isDirectory();
        assertThat(make(files, deep)).isEqualTo(deep);
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldFollowALinkThatTheRouterOrRootMade() throws IOException {
        final Path there = Files.createDirectory(base.resolve("there"));
        Files.createSymbolicLink(base.resolve("absolute"), there);
        Files.createSymbolicLink(base.resolve("relative"), Path.of("absolute"));
        assertThat(make(FileCalls.KERNEL, base.resolve("relative/in"))).isEqualTo(there.resolve("in"));
    }

    @Test
    void shouldNotFollowALinkThatTheUserMadeWhomItBecomes() throws IOException {
        final Path there = Files.createDirectory(base.resolve("there"));
        final Path link = Files.createSymbolicLink(base.resolve("link"), there);
        final FileCalls calls = where(link, status -> new int[] {status[0], SOMEBODY, status[2], status[3]});
        final Trust becoming = new Trust(self, group, SOMEBODY, -1);
        assertThatThrownBy(() -> DirectoryWalk.make(calls, becoming, link.resolve("run")))
                .isInstanceOf(UntrustedPathException.class)
                .hasMessageContaining(link + " is a symbolic link that belongs to uid " + SOMEBODY);
        assertThat(there.resolve("run")).doesNotExist();
    }

    @Test
    void shouldEndInACircleOfLinks() throws IOException {
        Files.createSymbolicLink(base.resolve("one"), base.resolve("two"));
        Files.createSymbolicLink(base.resolve("two"), base.resolve("one"));
        final FaultyFiles files = new FaultyFiles();
        assertThatThrownBy(() -> make(files, base.resolve("one"))).hasMessageContaining("ELOOP");
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldRefuseADirectoryThatOthersMayWriteToAndNameTheMendingCommand() throws IOException {
        final Path run = Files.createDirectory(base.resolve("run"));
        chmod(run, "rwxrwxrwx");
        assertThatThrownBy(() -> make(FileCalls.KERNEL, run))
                .isInstanceOf(UntrustedPathException.class)
                .hasMessageContaining("mode is 0777")
                .hasMessageEndingWith("chmod go-w " + run);
        chmod(run, "rwxr-xr-x");
        assertThat(make(FileCalls.KERNEL, run)).isEqualTo(run);
    }

    @Test
    void shouldRefuseADirectoryThatAStrangersGroupMayWriteTo() throws IOException {
        final Path run = Files.createDirectory(base.resolve("run"));
        chmod(run, "rwxrwxr-x");
        final FileCalls calls = where(run, status -> new int[] {status[0], status[1], SOMEBODY, status[3]});
        assertThatThrownBy(() -> make(calls, run)).hasMessageContaining("chmod go-w " + run);
    }

    @Test
    void shouldRefuseAParentThatOthersMayWriteToUnlessItIsSticky() throws IOException {
        final Path parent = Files.createDirectory(base.resolve("parent"));
        final Path run = Files.createDirectory(parent.resolve("run"));
        chmod(parent, "rwxrwxrwx");
        assertThatThrownBy(() -> make(FileCalls.KERNEL, run)).hasMessageContaining("chmod go-w " + parent);
        final FileCalls sticky =
                where(parent, status -> new int[] {status[0] | 01000, status[1], status[2], status[3]});
        assertThat(make(sticky, run)).isEqualTo(run);
    }

    @Test
    void shouldRefuseWhatBelongsToAStranger() throws IOException {
        final Path parent = Files.createDirectory(base.resolve("parent"));
        final FileCalls calls = where(parent, status -> new int[] {status[0], SOMEBODY, status[2], status[3]});
        assertThatThrownBy(() -> make(calls, parent.resolve("run")))
                .hasMessageContaining(parent + " belongs to uid " + SOMEBODY)
                .hasMessageEndingWith("chown root " + parent);
        assertThat(parent.resolve("run")).doesNotExist();
    }

    @Test
    void shouldTakeFilesOfUsersOutsideOfAUserNamespaceForRoots() throws IOException {
        final FileCalls calls = where(base, status -> new int[] {status[0], SOMEBODY, status[2], status[3]});
        final Trust mapped = new Trust(self, group, self, SOMEBODY);
        try (HeldDirectory held = DirectoryWalk.make(calls, mapped, base.resolve("run"))) {
            assertThat(held.isMade()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "look,24",
        "look,23",
        "look,13",
        "look,5",
        "statx,5",
        "mkdir,28",
        "mkdir,122",
        "mkdir,30",
        "mkdir,13",
        "mkdir,5"
    })
    void shouldNameThePathAndTheCauseOfEachErrno(final String call, final int errno) {
        final FaultyFiles files = new FaultyFiles().fail(call, errno);
        assertThatThrownBy(() -> make(files, base.resolve("new")))
                .isInstanceOf(LibcException.class)
                .hasMessageContaining("/")
                .hasMessageContaining(Errno.describe(errno));
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldSayThatAFileIsNoDirectory() throws IOException {
        final Path file = Files.createFile(base.resolve("file"));
        assertThatThrownBy(() -> make(FileCalls.KERNEL, file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("not a directory");
    }

    @Test
    void shouldClaimAFileWithItsMode() throws IOException {
        assertThat(claim(FileCalls.KERNEL, trust())).isNotNegative();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve("lock"))))
                .isEqualTo("rw-rw----");
    }

    private int claim(final FileCalls calls, final Trust trust) {
        try (HeldDirectory held = HeldDirectory.hold(calls, base)) {
            final int fd = held.claim("lock", 0660, -1, -1, trust);
            calls.close(fd);
            return fd;
        }
    }

    @Test
    void shouldNotClaimALinkAndLeaveWhatItLeadsToAlone() throws IOException {
        final Path other = Files.createFile(base.resolve("other"));
        chmod(other, "rw-------");
        Files.createSymbolicLink(base.resolve("lock"), other);
        assertThatThrownBy(() -> claim(FileCalls.KERNEL, trust()))
                .isInstanceOf(UntrustedPathException.class)
                .hasMessageContaining("symbolic link")
                .hasMessageEndingWith("rm " + base.resolve("lock"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(other)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldNotMakeTheFileThatADanglingLinkLeadsTo() throws IOException {
        Files.createSymbolicLink(base.resolve("lock"), base.resolve("other"));
        assertThatThrownBy(() -> claim(FileCalls.KERNEL, trust())).isInstanceOf(UntrustedPathException.class);
        assertThat(base.resolve("other")).doesNotExist();
    }

    @Test
    void shouldNotClaimAHardLink() throws IOException {
        final Path other = Files.createFile(base.resolve("other"));
        chmod(other, "rw-------");
        Files.createLink(base.resolve("lock"), other);
        assertThatThrownBy(() -> claim(FileCalls.KERNEL, trust())).hasMessageContaining("hard link");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(other)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldNotClaimAStrangersFileNorADirectory() throws IOException {
        final Path lock = Files.createFile(base.resolve("lock"));
        final FileCalls calls = where(lock, status -> new int[] {status[0], SOMEBODY, status[2], status[3]});
        assertThatThrownBy(() -> claim(calls, trust())).hasMessageContaining("belongs to uid " + SOMEBODY);
        Files.delete(lock);
        Files.createDirectory(lock);
        assertThatThrownBy(() -> claim(FileCalls.KERNEL, trust())).hasMessageContaining("EISDIR");
    }

    @Test
    void shouldNotGiveAwayALockFileOfRootsThatHasContent() throws IOException {
        final Path lock = Files.writeString(base.resolve("lock"), "root's");
        chmod(lock, "rw-------");
        final Trust becoming = new Trust(self, group, SOMEBODY, -1);
        final FaultyFiles files = new FaultyFiles().fail("fchown", Errno.EIO);
        assertThatThrownBy(() -> give(files, becoming))
                .isInstanceOf(UntrustedPathException.class)
                .hasMessageStartingWith(lock + " has content");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
                .isEqualTo("rw-------");
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldGiveAwayALockFileThatIsEmpty() throws IOException {
        Files.createFile(base.resolve("lock"));
        // The answer to the call that gives it away shows that it comes so far.
        final FaultyFiles files = new FaultyFiles().fail("fchown", Errno.EIO);
        assertThatThrownBy(() -> give(files, new Trust(self, group, SOMEBODY, -1)))
                .isInstanceOf(LibcException.class)
                .hasMessageContaining("fchown");
    }

    @Test
    void shouldKeepALockFileWithContentThatIsTheUsersAlready() throws IOException {
        final Path lock = Files.writeString(base.resolve("lock"), "the user's");
        final FaultyFiles files =
                new FaultyFiles().show(lock, status -> new int[] {status[0], SOMEBODY, SOMEBODY, status[3]});
        give(files, new Trust(self, group, SOMEBODY, -1));
        assertThat(files.leaked()).isZero();
    }

    private void give(final FileCalls calls, final Trust trust) {
        try (HeldDirectory held = HeldDirectory.hold(calls, base)) {
            calls.close(held.claim("lock", 0660, SOMEBODY, SOMEBODY, trust));
        }
    }

    @Test
    void shouldMakeADirectoryThatOnlyItsUserMayEnter() throws IOException {
        final FaultyFiles files = new FaultyFiles();
        try (HeldDirectory held = HeldDirectory.hold(files, base);
                HeldDirectory made = held.makePrivate("private", self)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.path())))
                    .isEqualTo("rwx------");
        }
        assertThat(files.leaked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx------", "rwxr-x---"})
    void shouldNotUseADirectoryThatWasPutInPlaceOfThePrivateOne(final String mode) throws IOException {
        final Path theirs = Files.createDirectory(base.resolve("theirs"));
        chmod(theirs, mode);
        final FaultyFiles files =
                new FaultyFiles().show(theirs, status -> new int[] {status[0], SOMEBODY, status[2], status[3]});
        try (HeldDirectory held = HeldDirectory.hold(files, base)) {
            files.before("look", () -> exchange(theirs, base.resolve("private")));
            assertThatThrownBy(() -> held.makePrivate("private", self))
                    .isInstanceOf(UntrustedPathException.class)
                    .hasMessage(base.resolve("private") + " was replaced while it was being created");
        }
        assertThat(files.leaked()).isZero();
    }

    @Test
    void shouldMakeAPrivateDirectoryWhereNewOnesGetTheGroupOfTheirParent() throws IOException {
        Files.setAttribute(base, "unix:mode", 02755);
        try (HeldDirectory held = HeldDirectory.hold(base);
                HeldDirectory made = held.makePrivate("private", self)) {
            assertThat(made.status().permissions()).isEqualTo(02700);
        }
    }

    @Test
    void shouldNotUseALinkThatWasPutInPlaceOfThePrivateDirectory() throws IOException {
        final FaultyFiles files = new FaultyFiles();
        final Path link = Files.createSymbolicLink(base.resolve("link"), base);
        try (HeldDirectory held = HeldDirectory.hold(files, base)) {
            files.before("look", () -> exchange(link, base.resolve("private")));
            assertThatThrownBy(() -> held.makePrivate("private", self)).hasMessageContaining("was replaced");
        }
        assertThat(files.leaked()).isZero();
    }

    private static void exchange(final Path theirs, final Path ours) {
        try {
            Files.delete(ours);
            Files.move(theirs, ours);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldChangeTheModeOfAFileAndOfNoLinksTarget() throws IOException {
        final Path file = Files.createFile(base.resolve("file"));
        chmod(file, "rw-------");
        Files.createSymbolicLink(base.resolve("link"), file);
        try (HeldDirectory held = HeldDirectory.hold(base)) {
            assertThatThrownBy(() -> held.changeMode("link", 0666)).hasMessageContaining("EOPNOTSUPP");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            held.changeMode("file", 0660);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-rw----");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "statx", "fchmod"})
    void shouldNameTheFileThatItCannotClaim(final String call) {
        final FaultyFiles files = new FaultyFiles().fail(call, Errno.EACCES);
        assertThatThrownBy(() -> claim(files, trust()))
                .hasMessageContaining(base.resolve("lock").toString())
                .hasMessageContaining("permission denied");
        assertThat(files.leaked()).isZero();
    }
}
