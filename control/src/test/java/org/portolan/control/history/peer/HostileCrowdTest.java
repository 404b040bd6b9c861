package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.admin.BesetRouter;
import org.portolan.control.history.store.StockGit;

/**
 * A router's history, with its threads and its admin server, in a process of its own with the heap and the collector
 * that scripts/portolan gives it, and a crowd of hostile peers in another one, with one honest peer beside them.
 * Without memory that process ends at once. For a longer time: {@code -Dportolan.crowd.seconds=600}.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class HostileCrowdTest {
    private static final long HEAP_BYTES = 256L << 20;
    private static final int TAKEN = (int) (HEAP_BYTES / 5 / PeerHeap.CHECKED_BYTES);
    private static final long LEAST_S = Long.getLong("portolan.crowd.seconds", 0);
    private static final List<String> CROWD_JVM = List.of("-XX:+UseSerialGC", "-Xmx640m");
    private static final String SLOW = "a byte now and then";
    private static final Pattern COLLECTED = Pattern.compile("Collection .* (\\d+)M\\(\\d+%\\)->(\\d+)M\\(\\d+%\\)");

    private static final Pattern PEER =
            Pattern.compile("\"name\":\"peer-\\d+\".*?\"merged\":([^,]+),.*?\"failures\":(\\d+),");

    @TempDir
    private Path directory;

    private int answers;
    private long slowestMs;
    private long seconds;

    @Test
    void shouldMergeTheHonestPeerAndAnswerWhileTheOthersTakeAllTheyCan() throws Exception {
        final Process crowd = java(CROWD_JVM, HostilePeers.class, List.of(String.valueOf(TAKEN)));
        try (Scribble honest = new Scribble(directory.resolve("honest.git"), "edge-2");
                PeerServer server =
                        PeerServer.start(honest.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            honest.grow(50);
            final List<String> names = new ArrayList<>();
            final List<String> arguments = new ArrayList<>(List.of(directory.toString(), "1"));
            for (String line = line(crowd); !line.isEmpty(); line = line(crowd)) {
                final int space = line.indexOf(' ');
                arguments.add(line.substring(0, space));
                names.add(line.substring(space + 1));
            }
            arguments.add("git://127.0.0.1:" + server.address().getPort() + "/state.git");
            final Process router = java(routerJvm(), BesetRouter.class, arguments);
            try {
                assertThat(line(router)).isEqualTo(BesetRouter.OPEN);
                beset(router, names);
                final String resident = resident(router);
                router.outputWriter().close();
                assertThat(router.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(router.exitValue()).as(this::errors).isZero();
                report(resident);
            } finally {
                router.destroyForcibly();
            }
            final Path ours = directory.resolve(BesetRouter.REPOSITORY);
            assertThat(StockGit.run(ours, "ls-tree", "-r", "--name-only", "primary", "arp/0/office"))
                    .hasLineCount(50);
            StockGit.requireSound(ours);
        } finally {
            crowd.destroyForcibly();
        }
    }

    private List<String> routerJvm() {
        return List.of(
                "-XX:+UseZGC",
                "-Xms256m",
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=32m",
                "-XX:+AlwaysPreTouch",
                "-XX:+PerfDisableSharedMem",
                "-XX:-UsePerfData",
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
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("errors").toFile()))
                .start();
    }

    private String line(final Process process) throws IOException {
        final String line = process.inputReader().readLine();
        assertThat(line).as(this::errors).isNotNull();
        return line;
    }

    /** The most of the machine's memory that the process had. */
    private static String resident(final Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> line.substring("VmHWM:".length()).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** What the router says of one peer. */
    private record Said(boolean isMerged, int failures) {}

    /** Asks all the time, until the honest peer is merged and each of the others was refused. */
    private void beset(final Process router, final List<String> names) throws Exception {
        final long beganNs = System.nanoTime();
        boolean over = false;
        while (!over) {
            assertThat(router.isAlive()).as(this::errors).isTrue();
            final List<Said> said = ask();
            over = said.get(names.size()).isMerged && System.nanoTime() - beganNs > TimeUnit.SECONDS.toNanos(LEAST_S);
            for (int i = 0; i < names.size(); i++) {
                final String name = names.get(i);
                over &= name.equals(SLOW) || said.get(i).failures > 0 || said.get(i).isMerged;
                assertThat(said.get(i).isMerged && !name.equals(HostilePeers.ELSEWHERE))
                        .as(name)
                        .isFalse();
            }
            Thread.sleep(100);
        }
        seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs);
    }

    private List<Said> ask() throws Exception {
        final long askedNs = System.nanoTime();
        final Matcher peer = PEER.matcher(BesetRouter.ask(directory, "history --json"));
        final List<Said> said = new ArrayList<>();
        while (peer.find()) {
            said.add(new Said(!peer.group(1).equals("null"), Integer.parseInt(peer.group(2))));
        }
        answers++;
        slowestMs = Math.max(slowestMs, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - askedNs));
        return said;
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (final IOException e) {
            return e.toString();
        }
    }

    private void report(final String resident) throws IOException {
        long most = 0;
        long live = 0;
        int stalls = 0;
        for (final String line : Files.readAllLines(directory.resolve("gc.log"))) {
            final Matcher collected = COLLECTED.matcher(line);
            if (collected.find()) {
                most = Math.max(most, Long.parseLong(collected.group(1)));
                live = Math.max(live, Long.parseLong(collected.group(2)));
            }
            stalls += line.contains("Allocation Stall") ? 1 : 0;
        }
        System.out.printf(
                "%d s; heap: at most %d MB after a collection, %d MB before one, %d allocation stalls; %d answers, the"
                        + " slowest after %d ms; %s resident%n",
                seconds, live, most, stalls, answers, slowestMs, resident);
    }
}
