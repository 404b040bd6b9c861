package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.StockGit;

/**
 * Packs are merged, peers that fill a pack are checked and merged, and clients are served, all at one moment, by a
 * router with a large table and the heap that scripts/portolan gives it. Without memory its process ends
 * at once, and with too little it collects garbage and does nothing else.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
final class HeapAtOnceTest {
    private static final long HEAP_BYTES = 256L << 20;
    private static final int TAKEN = (int) (HEAP_BYTES / 5 / PeerHeap.CHECKED_BYTES);

    /** As many as the ledger's share has room for, but for some. */
    private static final int HOSTS = 50_000;

    /** Together they are more objects than were ever merged at once. */
    private static final int PACKS = 11;

    @TempDir
    private Path directory;

    private Path errors;

    @Test
    void shouldMergeFetchAndServeAtOnce() throws Exception {
        errors = directory.resolve("errors");
        final Path path = directory.resolve("state.git");
        try (Scribble history = new Scribble(path, "edge-1")) {
            for (int i = 0; i < PACKS; i++) {
                history.commit(table(history, i), "entries seen: " + HOSTS);
            }
        }
        final Process crowd = java(
                List.of("-XX:+UseSerialGC", "-Xmx640m"),
                HostilePeers.class,
                List.of(String.valueOf(TAKEN), HostilePeers.GREEDY, HostilePeers.ELSEWHERE));
        try {
            final int port = freePort();
            final List<String> arguments = new ArrayList<>(List.of(path.toString(), String.valueOf(port)));
            for (String line = line(crowd); !line.isEmpty(); line = line(crowd)) {
                arguments.add(line.substring(0, line.indexOf(' ')));
            }
            final Process router = java(routerJvm(), BusyRouter.class, arguments);
            try {
                assertThat(line(router)).isEqualTo(BusyRouter.OPEN);
                final int clones = beset(router, port);
                router.outputWriter().close();
                assertThat(router.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(router.exitValue()).as(this::errors).isZero();
                System.out.printf(
                        "%d clones while packs were merged and peers were read; %d allocation stalls%n",
                        clones, stalls());
            } finally {
                router.destroyForcibly();
            }
            StockGit.requireSound(path);
        } finally {
            crowd.destroyForcibly();
        }
    }

    private static Map<BindingKey, Binding> table(final Scribble history, final int round) {
        final Map<BindingKey, Binding> table = new HashMap<>();
        for (int host = 0; host < HOSTS; host++) {
            table.put(Scribble.key(host), new Binding(history.live(round * HOSTS + host), null));
        }
        return table;
    }

    /** Until packs were merged, and one peer's history, and another one's was refused for its size. */
    private int beset(final Process router, final int port) throws Exception {
        final Path clone = directory.resolve("clone.git");
        int clones = 0;
        boolean over = false;
        while (!over) {
            assertThat(router.isAlive()).as(this::errors).isTrue();
            final Process client = new ProcessBuilder(
                            "git",
                            "clone",
                            "--quiet",
                            "--bare",
                            "--depth=1",
                            "git://127.0.0.1:" + port + "/state.git",
                            clone.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("client").toFile())
                    .start();
            clones += client.waitFor() == 0 ? 1 : 0;
            FileUtils.delete(clone.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
            final String said = errors();
            over = clones > 1
                    && said.contains("into one,")
                    && said.contains("the heap has no room for that")
                    && Files.exists(directory.resolve("state.git/refs/remotes/peer-2/primary"));
        }
        return clones;
    }

    private long stalls() throws IOException {
        try (var lines = Files.lines(directory.resolve("gc.log"))) {
            return lines.filter(line -> line.contains("Allocation Stall")).count();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private List<String> routerJvm() {
        return List.of(
                "-XX:+UseZGC",
                "-Xms256m",
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=32m",
                "-XX:+AlwaysPreTouch",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xlog:gc:file=" + directory.resolve("gc.log"));
    }

    private Process java(final List<String> jvm, final Class<?> main, final List<String> arguments) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
    }

    private String line(final Process process) throws IOException {
        final String line = process.inputReader().readLine();
        assertThat(line).as(this::errors).isNotNull();
        return line;
    }

    private String errors() {
        try {
            return Files.readString(errors);
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
