package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.bench.lab.Command;
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

    /** What a router wrote and ended; its objects lie loose, so that one can be taken away. */
    @TempDir
    private static Path sound;

    @BeforeAll
    static void write() throws IOException {
        lab = Lab.builder().build();
        final Path packed = sound.resolve("packed.git");
        try (PortolanProcess router = router(packed)) {
            router.start();
            for (int i = 1; i <= 3; i++) {
                final String mac = "02:50:2a:16:6d:0" + i;
                router.ask("arp-add", "--address=" + PINNED, "--mac=" + mac);
                final StockGit git = StockGit.of(router);
                assertThat(RouterChecks.within(WRITTEN_MS, () -> git.subjects()
                                .contains("static entry added: " + PINNED + " -> " + mac))).isTrue();
            }
            assertThat(router.terminate()).isZero();
        }
        Command.run("cp", "-a", packed.toString(), loose().toString());
        final Path packs = loose().resolve("objects/pack");
        final Path aside = Files.move(packs, sound.resolve("aside"));
        Files.createDirectory(packs);
        for (final Path pack : files(aside, "*.pack")) {
            Command.run("sh", "-c", "git -C %s unpack-objects -q < %s".formatted(loose(), pack));
        }
    }

    @AfterAll
    static void takeAway() {
        lab.close();
    }

    private static Path loose() {
        return sound.resolve("loose.git");
    }

    private static PortolanProcess router(final Path history) {
        return PortolanProcess.in(lab)
                .config("interfaces.lan", "segment = \"office\"")
                .history(history)
                .build();
    }

    private static List<Path> files(final Path directory, final String names) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, names)) {
            final List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found;
        }
    }

    /** What is done to a history, or put in its place. */
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

    private static Refusal damage(final String name, final Spoiling what) {
        return new Refusal(name, what, "is damaged: ", "Put back a copy");
    }

    private static Refusal foreign(final String name, final Spoiling what, final String because) {
        return new Refusal(name, what, because, "name another directory");
    }

    /** What a loss of power makes of a file that was not on the disk yet. */
    private static Refusal branchIs(final String name, final String text) {
        return new Refusal(
                name,
                path -> {
                    copy("packed.git", path);
                    Files.writeString(path.resolve("refs/heads/primary"), text);
                },
                "has no branch primary",
                "put it back");
    }

    static Stream<Refusal> refusals() {
        return Stream.of(
                damage("truncated packs", RefusedHistoryE2eTest::truncate),
                damage("zeros in the packs", RefusedHistoryE2eTest::blank),
                damage("no packs at all", path -> {
                    copy("packed.git", path);
                    for (final Path file : files(path.resolve("objects/pack"), "*")) {
                        Files.delete(file);
                    }
                }),
                damage("the head is missing", path -> without(path, "primary")),
                damage("a binding is missing", path -> without(path, "primary:" + FILE)),
                damage("an older commit is missing", path -> without(path, "primary~1")),
                damage("the tip of an expiry branch is missing", path -> {
                    copy("packed.git", path);
                    Files.writeString(path.resolve("refs/heads/expire_1764000000.000000"), "1".repeat(40) + "\n");
                }),
                branchIs("the branch's file is empty", ""),
                branchIs("the branch's file is zeros", "\0".repeat(41)),
                foreign(
                        "another schema version",
                        RefusedHistoryE2eTest::nextSchema,
                        "has schema version 2, and this program reads 1"),
                foreign(
                        "somebody's bare repository",
                        path -> Command.run("git", "clone", "-q", "--bare", letters("main").toString(), path.toString()),
                        "is a git repository, but no Portolan history"),
                foreign(
                        "somebody's bare repository, whose branch is called so too",
                        path -> Command.run("git", "clone", "-q", "--bare", letters("primary").toString(), path.toString()),
                        "is a git repository, but no Portolan history"),
                new Refusal(
                        "somebody's work tree",
                        path -> Files.move(letters("main"), path),
                        "is not empty and not a bare git repository",
                        "name an empty or absent directory"),
                new Refusal(
                        "no git repository",
                        path -> Files.writeString(Files.createDirectory(path).resolve("notes.txt"), "mine\n"),
                        "is not empty and not a bare git repository",
                        "name an empty or absent directory"),
                new Refusal(
                        "a file",
                        path -> Files.writeString(path, "mine\n"),
                        "is no directory",
                        "history.path names the history's"));
    }

    private static void copy(final String which, final Path path) {
        Command.run("cp", "-a", sound.resolve(which).toString(), path.toString());
    }

    private static void truncate(final Path path) throws IOException {
        copy("packed.git", path);
        for (final Path pack : files(path.resolve("objects/pack"), "*.pack")) {
            try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
                file.setLength(file.length() / 2);
            }
        }
    }

    private static void blank(final Path path) throws IOException {
        copy("packed.git", path);
        for (final Path pack : files(path.resolve("objects/pack"), "*.pack")) {
            try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
                file.seek(file.length() / 4);
                file.write(new byte[(int) file.length() / 2]);
            }
        }
    }

    /** Its router was killed besides: a lock and half a pack are left. */
    private static void without(final Path path, final String object) throws IOException {
        copy("loose.git", path);
        final String id = new StockGit(path).run("rev-parse", object);
        Files.delete(path.resolve("objects").resolve(id.substring(0, 2)).resolve(id.substring(2)));
        Files.createFile(path.resolve("refs/heads/primary.lock"));
        Files.writeString(path.resolve("objects/insert_1.pack"), "PACK");
    }

    private static void nextSchema(final Path path) throws IOException {
        copy("packed.git", path);
        final Path work = path.resolveSibling("next");
        Command.run("git", "clone", "-q", path.toString(), work.toString());
        Files.writeString(work.resolve("portolan"), "schema 2\n");
        commit(work, "-a");
        Command.run("git", "-C", work.toString(), "push", "-q", "origin", "primary");
    }

    private static Path letters(final String branch) throws IOException {
        final Path work = Files.createTempDirectory(sound, "letters");
        Command.run("git", "init", "-q", "-b", branch, work.toString());
        Files.writeString(work.resolve("letter.txt"), "dear\n");
        Command.run("git", "-C", work.toString(), "add", ".");
        commit(work);
        return work;
    }

    private static void commit(final Path work, final String... options) {
        new StockGit(work).run(Stream.concat(
                        Stream.of("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "mine"),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldSayInOneLineWhatIsWrongAndLeaveItAsItIs(final Refusal refusal, @TempDir final Path directory)
            throws IOException {
        final Path path = directory.resolve("state.git");
        refusal.what.spoil(path);
        final Map<String, String> before = Listing.of(path);
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
        assertThat(Listing.of(path)).isEqualTo(before);
    }
}
