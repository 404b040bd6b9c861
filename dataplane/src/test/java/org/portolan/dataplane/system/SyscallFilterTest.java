package org.portolan.dataplane.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The kernel's answers, in a process of its own: there is no way back from the filter. */
class SyscallFilterTest {
    private static final int CLONE_THREAD = 0x1_0000;
    private static final long[] NEW_NAMESPACES = {
        0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000
    };
    private static final int[] MOUNT_BY_DESCRIPTOR = {428, 429, 430, 431, 432, 433, 442, 467};
    private static final int CLONE3 = 435;
    private static final int GETPPID = isX86() ? 110 : 173;
    private static final int EXECVE = isX86() ? 59 : 221;
    private static final int UNSHARE = isX86() ? 272 : 97;
    private static final int CLONE = isX86() ? 56 : 220;

    private static final Map<String, Integer> ANSWERS = new TreeMap<>();

    private static boolean isX86() {
        return System.getProperty("os.arch").equals("amd64");
    }

    /** Each of the calls is one that fails without the filter too, but with another error. */
    public static final class Filtered {
        private Filtered() {}

        public static void main(final String[] arguments) throws InterruptedException {
            SyscallFilter.install();
            for (final int number : MOUNT_BY_DESCRIPTOR) {
                print("mount" + number, LibcThread.seccomp(number, -1, -1, -1));
            }
            for (final long flag : NEW_NAMESPACES) {
                print("clone%x".formatted(flag), LibcThread.seccomp(CLONE, (int) flag | CLONE_THREAD, 0, 0));
            }
            // EINVAL: a thread shares its signals.
            print("clone", LibcThread.seccomp(CLONE, CLONE_THREAD, 0, 0));
            print("clone3", LibcThread.seccomp(CLONE3, 0, 0, 0));
            print("execve", LibcThread.seccomp(EXECVE, 0, 0, 0));
            print("unshare", LibcThread.seccomp(UNSHARE, -1, 0, 0));
            // EBUSY: a number above zero, which is no error.
            print("getppid", LibcThread.seccomp(GETPPID, 0, 0, 0));
            final int[] ran = new int[1];
            final Thread thread = Thread.ofPlatform().start(() -> ran[0]++);
            thread.join();
            print("threads", ran[0]);
        }

        private static void print(final String call, final int answer) {
            System.out.println(call + " " + answer);
        }
    }

    @BeforeAll
    static void ask() throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filtered.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        said.lines().map(line -> line.split(" ")).forEach(pair -> ANSWERS.put(pair[0], Integer.parseInt(pair[1])));
    }

    @Test
    void shouldRefuseWhatMakesMountsByDescriptor() {
        for (final int number : MOUNT_BY_DESCRIPTOR) {
            assertThat(ANSWERS).containsEntry("mount" + number, Errno.EPERM);
        }
    }

    @Test
    void shouldRefuseANamespaceOfEachKind() {
        for (final long flag : NEW_NAMESPACES) {
            assertThat(ANSWERS).containsEntry("clone%x".formatted(flag), Errno.EPERM);
        }
        assertThat(ANSWERS).containsEntry("unshare", Errno.EPERM);
    }

    @Test
    void shouldRefuseAProgramAndAllowTheRest() {
        assertThat(ANSWERS).containsEntry("execve", Errno.EPERM).containsEntry("getppid", Errno.EBUSY);
        assertThat(ANSWERS).containsEntry("clone", Errno.EINVAL);
    }

    @Test
    void shouldSendTheCLibraryBackToCloneForAThread() {
        assertThat(ANSWERS).containsEntry("clone3", Errno.ENOSYS).containsEntry("threads", 1);
    }
}
