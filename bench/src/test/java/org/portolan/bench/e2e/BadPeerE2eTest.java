package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/**
 * A router whose peers, served by {@code git daemon} on its own loopback, are all bad but one: it routes, takes what
 * the sound one has, and nothing of the others.
 */
@NeedsRoot
class BadPeerE2eTest {
    private static final int PORT = 9419;
    private static final String SOUND = "sound";
    private static final String PEERS_ADDRESS = "192.168.1.80";
    private static final String PEERS_MAC = "02:50:2a:16:6d:50";
    private static final String FILE = "arp/0/office/192.168.1/80";

    private static final String OWN_FILE = "arp/0/office/192.168.1/10";

    /** By the peer's name, what it is refused for. */
    private static final Map<String, String> BAD = Map.of(
            "stranger", "stranger.git is a git repository, but no Portolan history",
            "blank", "has no branch primary",
            "forger", "has a file " + FILE + " that has no field since",
            "holed", "says \"aborting due to possible repository corruption on the remote side.\"",
            "truncated", "says \"upload-pack: not our ref ");

    private static final long SERVED_MS = 10_000;

    /** Three times, every 5 s; the rest is for a busy machine. */
    private static final long ASKED_MS = 40_000;

    @TempDir
    private static Path served;

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.builder().build();
        writeSound();
        writeBad();
        serve();
        final StringBuilder peers = new StringBuilder();
        peer(peers, SOUND);
        BAD.keySet().forEach(name -> peer(peers, name));
        router = router("edge-1").history().config("history", peers.toString()).build();
        router.start();
    }

    @AfterAll
    static void stop() {
        RouterChecks.end(lab, router);
    }

    private static PortolanProcess.Builder router(final String name) {
        return PortolanProcess.in(lab)
                .identity(name, Lab.INSIDE_ADDRESS, Lab.OUTSIDE_ADDRESS)
                .config("interfaces.lan", "segment = \"office\"");
    }

    private static void peer(final StringBuilder config, final String name) {
        config.append("""
            [[history.peers]]
            name = "%s"
            url = "%s"
            every = 5
            """.formatted(name, url(name)));
    }

    private static String url(final String peer) {
        return "git://127.0.0.1:%d/%s.git".formatted(PORT, peer);
    }

    private static Path repository(final String peer) {
        return served.resolve(peer + ".git");
    }

    /** What another router wrote and left. */
    private static void writeSound() {
        try (PortolanProcess writer =
                router("edge-2").history(repository(SOUND)).build()) {
            writer.start();
            writer.ask("arp-add", "--address=" + PEERS_ADDRESS, "--mac=" + PEERS_MAC);
            assertThat(writer.terminate()).isZero();
        }
        assertThat(new LiveGit(repository(SOUND)).run("show", "primary:" + FILE))
                .contains("static " + PEERS_MAC);
    }

    private static void writeBad() throws IOException {
        SpoiledHistory.writeBare(repository("stranger"), "primary");
        Command.run("git", "init", "-q", "--bare", repository("blank").toString());
        for (final String peer : List.of("forger", "holed", "truncated")) {
            SpoiledHistory.copy(repository(SOUND), repository(peer));
        }
        SpoiledHistory.edit(repository("forger"), FILE, "state live\nmac 02:50:2a:16:6d:66\nforever yes\n");
        edit("holed");
        SpoiledHistory.remove(repository("holed"), "primary:" + FILE);
        edit("truncated");
        new LiveGit(repository("truncated")).run("repack", "-adq");
        SpoiledHistory.truncate(repository("truncated"));
    }

    /** Otherwise it has nothing to send but what the sound one sent. */
    private static void edit(final String peer) throws IOException {
        final String file = new LiveGit(repository(peer)).run("show", "primary:" + FILE) + "\n";
        SpoiledHistory.edit(repository(peer), FILE, file.replace(PEERS_MAC, "02:50:2a:16:6d:66"));
    }

    /** Stock git's own server, for all that is below that directory. */
    private static void serve() {
        lab.router()
                .start(new ProcessBuilder(
                                "git",
                                "-c",
                                "safe.directory=*",
                                "daemon",
                                "--listen=127.0.0.1",
                                "--port=" + PORT,
                                "--export-all",
                                "--base-path=" + served,
                                served.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        assertThat(RouterChecks.within(SERVED_MS, BadPeerE2eTest::isServed)).isTrue();
    }

    private static boolean isServed() {
        return lab.router().tryRun("git", "ls-remote", url(SOUND)).succeeded();
    }

    private static JsonValue peer(final String name) {
        return router.askJson("history").get("peers").list().stream()
                .filter(each -> each.get("name").text().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> logOf(final String peer) {
        return router.log()
                .lines()
                .filter(line -> line.contains("peer " + peer + " "))
                .toList();
    }

    /** Whether every bad peer was refused as often. */
    private static boolean areRefused(final int times) {
        return BAD.keySet().stream().allMatch(each -> peer(each).get("failures").number() >= times);
    }

    private static void assertWithin(final String what, final BooleanSupplier condition) {
        assertThat(RouterChecks.within(ASKED_MS, condition))
                .as(() -> "%s%n%s%n%s".formatted(what, router.ask("history"), router.log()))
                .isTrue();
    }

    /** Not a commit, not an object, not a name, nor what it was looked at in. */
    private static void assertNothingWasTaken(final LiveGit git) {
        for (final String name : List.of("stranger", "forger", "holed", "truncated")) {
            final String head = new LiveGit(repository(name)).head();
            assertThat(git.has(head)).as("the head of %s, %s", name, head).isFalse();
        }
        assertThat(git.lines("log", "--all", "--format=%an")).containsOnly("edge-1", "edge-2");
        assertThat(git.lines("ls-tree", "-r", "--name-only", "primary", "arp/0/office"))
                .containsExactly(OWN_FILE, FILE);
        assertThat(git.run("show", "primary:" + FILE)).contains("static " + PEERS_MAC);
        assertThat(git.lines("for-each-ref", "--format=%(refname)", "refs/remotes"))
                .containsExactly("refs/remotes/sound/primary");
        assertWithin(
                "quarantine is over", () -> Files.notExists(git.repository().resolve("quarantine")));
        git.assertSound();
    }

    @Test
    void shouldRefuseEachBadPeerWholeSayItOnceAndCountItWhileItRoutes() {
        final LiveGit git = LiveGit.of(router);
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS, "-c", "2").lost()).isZero();
        assertWithin(
                "its own and the sound peer's are there",
                () -> git.lines("ls-tree", "-r", "--name-only", "primary", "arp/0/office")
                        .equals(List.of(OWN_FILE, FILE)));
        assertWithin("each is refused again and again", () -> areRefused(3));
        BAD.forEach((name, because) -> {
            assertThat(peer(name).get("error").text()).as(name).contains("peer " + name, url(name), because);
            assertThat(logOf(name))
                    .as(name)
                    .singleElement()
                    .asString()
                    .endsWith(peer(name).get("error").text());
        });
        assertNothingWasTaken(git);
        assertThat(logOf(SOUND)).isEmpty();
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS, "-c", "2").lost()).isZero();
    }
}
