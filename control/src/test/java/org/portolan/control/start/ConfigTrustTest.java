package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.FileCalls;
import org.portolan.dataplane.system.FileStatus;
import org.portolan.dataplane.system.Trust;

/** Whose config a router is started with. */
class ConfigTrustTest {
    private static final int SOMEBODY = 54_321;

    @TempDir
    private Path temporary;

    private Path base;
    private Path file;
    private int self;

    @BeforeEach
    void makeConfig() throws IOException {
        base = temporary.toRealPath();
        file = Files.createFile(base.resolve("edge.toml"));
        self = (int) Files.getAttribute(base, "unix:uid");
    }

    private Optional<String> refusal(final FileCalls calls, final Path config) throws IOException {
        final int group = (int) Files.getAttribute(base, "unix:gid");
        return new Places(calls, Optional.empty(), new Trust(self, group, self, -1)).refusal(config);
    }

    /** The kernel's files, of which one seems to belong to another user. */
    private static FileCalls where(final Path path, final int owner) throws IOException {
        final Object inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        return with("status", (result, arguments) -> {
            final FileStatus status = (FileStatus) arguments[1];
            if (inode.equals(Files.getAttribute(Path.of("/proc/self/fd/" + arguments[0]), "unix:ino"))) {
                final int type = status.isSymbolicLink() ? 0xA000 : status.isDirectory() ? 0x4000 : 0x8000;
                status.set(type | status.permissions(), owner, status.gid(), status.links(), status.size());
            }
            return result;
        });
    }

    /** What a test makes of a call's result. */
    private interface Change {
        Object apply(Object result, Object... arguments) throws Exception;
    }

    private static FileCalls with(final String call, final Change change) {
        return (FileCalls) Proxy.newProxyInstance(
                FileCalls.class.getClassLoader(), new Class<?>[] {FileCalls.class}, (_, method, arguments) -> {
                    final Object result = method.invoke(FileCalls.KERNEL, arguments);
                    return method.getName().equals(call) ? change.apply(result, arguments) : result;
                });
    }

    @Test
    void shouldAcceptAConfigOfItsOwn() throws IOException {
        assertThat(refusal(FileCalls.KERNEL, file)).isEmpty();
    }

    @Test
    void shouldTrustWhoStartsTheRouterAndNobodyWhoItBecomes() throws IOException {
        final Trust trust = Places.ofStarter().trust();
        assertThat(trust.user()).isEqualTo(trust.self()).isEqualTo(self);
    }

    @Test
    void shouldRefuseAConfigOrItsDirectoryOfAnotherUser() throws IOException {
        assertThat(refusal(where(file, SOMEBODY), file))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .isEqualTo("%s belongs to uid %d, who could change it while the router runs: chown root %s"
                                .formatted(file, SOMEBODY, file)));
        assertThat(refusal(where(base, SOMEBODY), file).orElseThrow()).startsWith(base + " belongs to uid");
    }

    @Test
    void shouldRefuseAConfigThatItCannotLookAt() throws IOException {
        final FileCalls blind = with("status", (_, _) -> -Errno.EACCES);
        assertThat(refusal(blind, file).orElseThrow()).contains("statx", "permission denied");
    }

    @Test
    void shouldLookAtEachLinkOnTheWayToTheConfig() throws IOException {
        final Path there = Files.createDirectory(base.resolve("there"));
        final Path second = Files.createSymbolicLink(there.resolve("second"), Path.of("../edge.toml"));
        final Path first = Files.createSymbolicLink(base.resolve("first"), Path.of("there/second"));
        assertThat(refusal(FileCalls.KERNEL, first)).isEmpty();
        assertThat(refusal(where(second, SOMEBODY), first).orElseThrow()).contains("is a symbolic link");
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(refusal(FileCalls.KERNEL, first).orElseThrow()).contains("others may write to " + there);
    }
}
