package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** What a router does not take for its history at the start: it says so in one line, and leaves it as it is. */
@NeedsRoot
class RefusedHistoryE2eTest {
    private static final int FAILED = 1;
    private static final String PINNED = "192.168.1.77";
    private static final String FILE = "arp/0/office/192.168.1/77";
    private static final long WRITTEN_MS = 5_000;

    private static Lab lab;

    /** Where a router wrote a history, and ended. */
    @TempDir
    private static Path directory;

    @BeforeAll
    static void write() {
        lab = Lab.builder().build();
        try (PortolanProcess router = router(sound())) {
            router.start();
            for (int i = 1; i <= 3; i++) {
                final String mac = "02:50:2a:16:6d:0" + i;
                router.ask("arp-add", "--address=" + PINNED, "--mac=" + mac);
                final LiveGit git = LiveGit.of(router);
                assertThat(RouterChecks.within(
                                WRITTEN_MS,
                                () -> git.subjects().contains("static entry added: " + PINNED + " -> " + mac)))
                        .isTrue();
            }
            assertThat(router.terminate()).isZero();
        }
    }

    @AfterAll
    static void takeAway() {
        lab.close();
    }

    private static Path sound() {
        return directory.resolve("sound.git");
    }

    private static PortolanProcess router(final Path history) {
        return PortolanProcess.in(lab)
                .config("interfaces.lan", "segment = \"office\"")
                .history(history)
                .build();
    }

    /** What is put in the history's place. */
    private interface Spoiling {
        void spoil(Path path) throws IOException;
    }

    /**
     * @param because what the one line says beside the path
     * @param out the way out that it names
     */
    private record Refusal(String name, Spoiling what, String because, String out) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Spoiling copied(final Spoiling then) {
        return path -> {
            SpoiledHistory.copy(sound(), path);
            then.spoil(path);
        };
    }

    private static Refusal damage(final String name, final Spoiling what) {
        return new Refusal(name, copied(what), "is damaged: ", "Put back a copy");
    }

    /** Its router was killed besides: a lock and half a pack are left. */
    private static Refusal without(final String name, final String object) {
        return damage(name, path -> {
            SpoiledHistory.remove(path, object);
            Files.createFile(path.resolve("refs/heads/primary.lock"));
            Files.writeString(path.resolve("objects/insert_1.pack"), "PACK");
        });
    }

    /** What a loss of power makes of a file that was not on the disk yet. */
    private static Refusal branchIs(final String name, final String text) {
        return new Refusal(
                name,
                copied(path -> Files.writeString(path.resolve("refs/heads/primary"), text)),
                "has no branch primary",
                "put it back");
    }

    private static Refusal foreign(final String name, final Spoiling what, final String because, final String out) {
        return new Refusal(name, what, because, "name " + out);
    }

    static Stream<Refusal> refusals() {
        final String another = "another directory";
        final String absent = "an empty or absent directory in history.path";
        return Stream.of(
                damage("truncated packs", SpoiledHistory::truncate),
                damage("zeros in the packs", SpoiledHistory::blank),
                damage("no packs at all", SpoiledHistory::empty),
                without("the head is missing", "primary"),
                without("a binding is missing", "primary:" + FILE),
                without("an older commit is missing", "primary~1"),
                damage(
                        "the tip of an expiry branch is missing",
                        path -> Files.writeString(
                                path.resolve("refs/heads/expire_1764000000.000000"), "1".repeat(40) + "\n")),
                branchIs("the branch's file is empty", ""),
                branchIs("the branch's file is zeros", "\0".repeat(41)),
                foreign(
                        "another schema version",
                        copied(path -> SpoiledHistory.edit(path, "portolan", "schema 2\n")),
                        "has schema version 2, and this program reads 1",
                        another),
                foreign(
                        "somebody's repository",
                        path -> SpoiledHistory.writeBare(path, "main"),
                        "is a git repository, but no Portolan history (its HEAD is not primary)",
                        another),
                foreign(
                        "somebody's repository, whose branch has our name",
                        path -> SpoiledHistory.writeBare(path, "primary"),
                        "is a git repository, but no Portolan history",
                        another),
                foreign(
                        "somebody's work tree",
                        path -> SpoiledHistory.write(path, "main"),
                        "is not empty and not a bare git repository",
                        absent),
                foreign(
                        "no git repository",
                        path -> Files.writeString(Files.createDirectory(path).resolve("notes.txt"), "mine\n"),
                        "is not empty and not a bare git repository",
                        absent),
                new Refusal(
                        "a file",
                        path -> Files.writeString(path, "mine\n"),
                        "is not a directory",
                        "history.path must name one"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldSayInOneLineWhatIsWrongAndLeaveItAsItIs(final Refusal refusal, @TempDir final Path place)
            throws IOException {
        final Path path = place.resolve("state.git");
        refusal.what.spoil(path);
        final Map<String, String> before = FilesSeen.of(path);
        try (PortolanProcess router = router(path)) {
            router.launch();
            assertThat(router.awaitEnd()).as(router.log()).isEqualTo(FAILED);
            RouterChecks.assertLogIsClean(router);
            assertThat(router.log().lines()).hasSizeLessThan(6);
            assertThat(router.log().lines().filter(line -> line.contains(path.toString())))
                    .as(router.log())
                    .singleElement()
                    .asString()
                    .contains(refusal.because, refusal.out);
        }
        assertThat(FilesSeen.of(path)).isEqualTo(before);
    }
}
