package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** What the process may do, and whose files it touches while it is root. */
@NeedsRoot
class PrivilegesE2eTest {
    private static final int FAILED = 1;
    private static final String NOBODY = "65534";
    private static final String NET_RAW = "0000000000002000";
    private static final String NOTHING = "0000000000000000";

    /** Threads of ours, and how their names begin; the others are the JVM's. */
    private static final Set<String> OURS =
            Set.of("worker-0", "control", "historian", "watchdog", "pauses", "latency-log", "log", "admin", "java");

    private static Lab lab;

    @TempDir(factory = InRun.class)
    private Path directory;

    private Path run;
    private PortolanProcess router;

    @BeforeAll
    static void build() {
        lab = Lab.builder().build();
    }

    @AfterAll
    static void takeAway() {
        lab.close();
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        assumeTrue(RouterChecks.isRealRoot(), "a user namespace with one mapped uid knows nobody");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        run = Files.createDirectory(directory.resolve("run"));
    }

    @AfterEach
    void closeRouter() {
        if (router != null) {
            router.close();
        }
    }

    private PortolanProcess.Builder asNobody() {
        return PortolanProcess.in(lab).forAnyUser().runDirectory(run).config("control", "user = \"nobody\"");
    }

    private void start(final PortolanProcess.Builder options) {
        router = options.build();
        router.start();
    }

    private String refusal(final PortolanProcess.Builder options) {
        router = options.build();
        router.launch();
        assertThat(router.awaitEnd()).as(router.log()).isEqualTo(FAILED);
        RouterChecks.assertLogIsClean(router);
        return router.log();
    }

    private static String owner(final Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).toString();
    }

    private static void give(final Path path) {
        Command.run("chown", "-h", "nobody", path.toString());
    }

    private List<Map<String, String>> threads() throws IOException {
        try (Stream<Path> tasks =
                Files.list(Path.of("/proc", Long.toString(router.process().pid()), "task"))) {
            return tasks.map(PrivilegesE2eTest::status).toList();
        }
    }

    private static Map<String, String> status(final Path task) {
        final Map<String, String> status = new HashMap<>();
        try {
            for (final String line : Files.readAllLines(task.resolve("status"))) {
                final int colon = line.indexOf(':');
                status.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        } catch (final IOException e) {
            // It has ended meanwhile.
            status.clear();
        }
        return status;
    }

    @Test
    void shouldLeaveEachThreadNothingButControlItsRawSockets() throws IOException {
        start(asNobody().history().latencyLog());
        int withRawSockets = 0;
        int ours = 0;
        for (final Map<String, String> thread : threads()) {
            if (thread.isEmpty()) {
                continue;
            }
            final String name = thread.get("Name");
            final String capabilities = name.equals("control") ? NET_RAW : NOTHING;
            withRawSockets += capabilities.equals(NET_RAW) ? 1 : 0;
            assertThat(thread)
                    .as(name)
                    .containsEntry("CapPrm", capabilities)
                    .containsEntry("CapEff", capabilities)
                    .containsEntry("CapInh", NOTHING)
                    .containsEntry("CapAmb", NOTHING)
                    .containsEntry("NoNewPrivs", "1")
                    .containsEntry("Seccomp", "2")
                    .containsEntry("Groups", "");
            assertThat(thread.get("Uid").split("\\s+")).as(name).containsOnly(NOBODY);
            assertThat(thread.get("Gid").split("\\s+")).as(name).containsOnly(NOBODY);
            if (OURS.contains(name) && !isFirstOfTheProcess(thread)) {
                ours++;
                assertThat(thread).as(name).containsEntry("CapBnd", NOTHING);
            }
        }
        assertThat(withRawSockets).isEqualTo(1);
        assertThat(ours).isGreaterThanOrEqualTo(6);
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
    }

    /** The one that the launcher waits in, while the JVM's main thread is another. */
    private static boolean isFirstOfTheProcess(final Map<String, String> thread) {
        return thread.get("Pid").equals(thread.get("Tgid"));
    }

    @Test
    void shouldHaveNoNewPrivilegesInAnyThreadAsRootToo() throws IOException {
        start(PortolanProcess.in(lab).runDirectory(run));
        for (final Map<String, String> thread : threads()) {
            if (!thread.isEmpty()) {
                assertThat(thread)
                        .as(thread.get("Name"))
                        .containsEntry("NoNewPrivs", "1")
                        .containsEntry("Seccomp", "2");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"counters.dat", "counters.dat.new", "history.ring"})
    void shouldReplaceALinkThatTheUserLeftForAFileOfRoots(final String name) throws IOException {
        final Path roots = Files.writeString(directory.resolve("roots"), "root's");
        Files.setPosixFilePermissions(roots, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(run.resolve(name), roots);
        give(run);
        give(run.resolve(name));
        start(asNobody().history());
        assertThat(owner(roots)).isEqualTo("0");
        assertThat(roots).hasContent("root's");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(roots)))
                .isEqualTo("rw-------");
        assertThat(Files.isSymbolicLink(run.resolve(name))).isFalse();
    }

    @Test
    void shouldReplaceAHardLinkOfTheCountersFile() throws IOException {
        final Path roots = Files.writeString(directory.resolve("roots"), "root's");
        Files.createLink(run.resolve("counters.dat"), roots);
        give(run);
        start(asNobody());
        assertThat(owner(roots)).isEqualTo("0");
        assertThat(roots).hasContent("root's");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseALockFileThatIsALinkAndLeaveItsTargetAlone(final boolean symbolic) throws IOException {
        final Path roots = Files.writeString(directory.resolve("roots"), "root's");
        Files.setPosixFilePermissions(roots, PosixFilePermissions.fromString("rw-------"));
        final Path lock = run.resolve("control.sock.lock");
        if (symbolic) {
            Files.createSymbolicLink(lock, roots);
            give(lock);
        } else {
            Files.createLink(lock, roots);
        }
        give(run);
        assertThat(refusal(asNobody())).contains(lock + " is a").contains("rm " + lock);
        assertThat(owner(roots)).isEqualTo("0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(roots)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldNotFollowALinkThatTheUserPutInPlaceOfTheRunDirectory() throws IOException {
        final Path users = Files.createDirectory(directory.resolve("users"));
        final Path roots = Files.createDirectory(directory.resolve("roots"));
        Files.createSymbolicLink(users.resolve("run"), roots);
        give(users);
        give(users.resolve("run"));
        router = asNobody().runDirectory(users.resolve("run")).build();
        router.launch();
        assertThat(router.awaitEnd()).as(router.log()).isEqualTo(FAILED);
        assertThat(router.log()).contains(users.resolve("run") + " is a symbolic link");
        assertThat(owner(roots)).isEqualTo("0");
        assertThat(roots).isEmptyDirectory();
    }

    @Test
    void shouldRefuseARunDirectoryThatOthersMayWriteTo() throws IOException {
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(refusal(asNobody())).contains("others may write to " + run).contains("chmod go-w " + run);
        assertThat(owner(run)).isEqualTo("0");
    }

    @Test
    void shouldRefuseAConfigThatOthersMayWriteTo() {
        final String script = "chmod 0666 \"${@: -1}\"; exec \"$@\"";
        final String log = refusal(asNobody().under("bash", "-c", script, "bash"));
        assertThat(log)
                .contains("others may write to " + router.configFile())
                .contains("chmod go-w " + router.configFile());
    }

    @Test
    void shouldRefuseAConfigThatTheUserMayRewrite() {
        final String script = "chown nobody \"${@: -1}\"; exec \"$@\"";
        final String log = refusal(asNobody().under("bash", "-c", script, "bash"));
        assertThat(log)
                .contains(router.configFile() + " belongs to uid " + NOBODY + ", who could change it")
                .contains("chown root " + router.configFile());
    }

    @Test
    void shouldNotGiveAwayAFileOfRootsThatTheUserPutInPlaceOfTheLock() throws IOException {
        final Path lock = Files.writeString(run.resolve("control.sock.lock"), "root's");
        Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-------"));
        give(run);
        assertThat(refusal(asNobody())).contains(lock + " has content");
        assertThat(owner(lock)).isEqualTo("0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldTakeOverWhatARouterOfRootsLeftWhenItWasKilled() throws IOException {
        Files.createDirectory(run.resolve(".p0123abcd"));
        Files.createFile(run.resolve("lab-000001-20260101T000000Z.hlog"));
        start(asNobody().config("latency", "log = \"%s\"".formatted(run)));
        assertThat(owner(run)).isEqualTo(NOBODY);
    }

    @Test
    void shouldNotGiveADirectoryAwayThatHoldsOtherThings() throws IOException {
        Files.writeString(run.resolve("passwd"), "root's");
        assertThat(refusal(asNobody()))
                .contains("router.run: " + run + " belongs to root and holds passwd")
                .contains("chown nobody " + run);
        assertThat(owner(run)).isEqualTo("0");
    }

    @Test
    void shouldGiveTheUserALatencyDirectoryThatRootLeft() throws IOException {
        final Path latency = Files.createDirectory(run.resolve("latency"));
        Files.createFile(latency.resolve("lab-000001-20260101T000000Z.hlog"));
        start(asNobody().latencyLog());
        assertThat(owner(latency)).isEqualTo(NOBODY);
        assertThat(RouterChecks.within(5_000, () -> Files.exists(latency) && files(latency) == 2))
                .as(router.log())
                .isTrue();
        assertThat(router.log()).doesNotContain("permission denied");
    }

    private static long files(final Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.count();
        } catch (final IOException e) {
            return -1;
        }
    }

    @Test
    void shouldRefuseALatencyDirectoryOfRootsThatHoldsOtherThings() throws IOException {
        final Path latency = Files.createDirectory(run.resolve("latency"));
        Files.createFile(latency.resolve("syslog"));
        assertThat(refusal(asNobody().latencyLog()))
                .contains("latency.log: " + latency + " belongs to root and holds syslog");
    }

    @Test
    void shouldTakeOverWhatARouterOfRootsLeft() throws IOException {
        start(PortolanProcess.in(lab).runDirectory(run));
        assertThat(router.terminate()).isZero();
        router.close();
        start(asNobody());
        assertThat(owner(run)).isEqualTo(NOBODY);
        assertThat(owner(run.resolve("counters.dat"))).isEqualTo(NOBODY);
        assertThat(owner(run.resolve("control.sock.lock"))).isEqualTo(NOBODY);
    }

    @Test
    void shouldNameTheLockFileThatAnotherUserLeft() throws IOException {
        start(PortolanProcess.in(lab).runDirectory(run));
        assertThat(router.terminate()).isZero();
        router.close();
        give(run);
        final String log = refusal(PortolanProcess.in(lab)
                .forAnyUser()
                .runDirectory(run)
                .under(
                        "setpriv",
                        "--reuid=nobody",
                        "--regid=65534",
                        "--clear-groups",
                        "--inh-caps=+net_raw",
                        "--ambient-caps=+net_raw"));
        assertThat(log)
                .contains(run.resolve("control.sock.lock") + " belongs to another user")
                .contains("rm " + run.resolve("control.sock.lock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"counters.dat", "history.ring"})
    void shouldSayAtTheStartThatTheDiskIsFull(final String file) throws IOException {
        // The counters take 640 KiB, the ring a MiB more.
        final String size = file.equals("counters.dat") ? "128k" : "1200k";
        Command.run("mount", "-t", "tmpfs", "-o", "mode=755,size=" + size, "tmpfs", run.toString());
        try {
            final Path history = directory.resolve("state.git");
            final String log = refusal(PortolanProcess.in(lab).runDirectory(run).history(history));
            assertThat(log).contains(run.resolve(file).toString()).contains("no space left on device");
        } finally {
            Command.run("umount", run.toString());
        }
    }

    @Test
    void shouldCountOnAfterTheDiskIsFull() throws IOException {
        Command.run("mount", "-t", "tmpfs", "-o", "mode=755,size=4m", "tmpfs", run.toString());
        try {
            start(PortolanProcess.in(lab).runDirectory(run));
            Command.tryRun(List.of("dd", "if=/dev/zero", "of=" + run.resolve("full"), "bs=64k"));
            lab.client().namespace().tryRun("ping", "-c", "2", "-W", "1", "-t", "1", Lab.SERVER_ADDRESS);
            assertThat(lab.client().ping(Lab.SERVER_ADDRESS).lost()).isZero();
            assertThat(router.terminate()).as(router.log()).isZero();
        } finally {
            Command.run("umount", "-l", run.toString());
        }
    }
}
