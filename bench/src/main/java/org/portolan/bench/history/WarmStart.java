package org.portolan.bench.history;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.portolan.bench.lab.LabException;
import org.portolan.control.config.Config;
import org.portolan.control.history.Clocks;
import org.portolan.control.history.History;
import org.portolan.control.history.Wire;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.log.Log;

/** How long a JVM that has just begun takes to remember ten thousand neighbors: a router does it before it forwards. */
final class WarmStart {
    private static final long MAX_BYTES = 1L << 30;

    private WarmStart() {}

    /**
     * What one fresh JVM took, ms.
     *
     * @param open opening the history: the table is read, marks, packs
     * @param remember listing what the interfaces had
     */
    record Result(double open, double remember) {
        double whole() {
            return open + remember;
        }
    }

    /** Makes the repository that {@link #run} opens. */
    static void prepare(final Path repository) throws IOException {
        final long nowS = System.currentTimeMillis() / 1_000;
        try (HistoryRepository history = HistoryRepository.open(repository, SampleBindings.ROUTER, nowS)) {
            new SampleBindings(history, nowS).addAll();
        }
    }

    static Result run(final Path repository) throws IOException {
        final Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseZGC",
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+PerfDisableSharedMem",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WarmStart.class.getName(),
                        repository.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        final String[] words = new String(child.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        try {
            if (child.waitFor() != 0 || Integer.parseInt(words[0]) != SampleBindings.COUNT) {
                throw new LabException("a warm start failed: " + String.join(" ", words));
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
        return new Result(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
    }

    /** The child: says how many it remembers, and the two times in ms. */
    public static void main(final String[] arguments) throws IOException {
        final Path repository = Path.of(arguments[0]);
        final long beganNs = System.nanoTime();
        final History history = History.open(
                new Config.History(Optional.of(repository), Optional.empty(), List.of(), 365, MAX_BYTES),
                SampleBindings.ROUTER,
                repository.resolveSibling("warm.ring"),
                List.of(new Wire(0, SampleBindings.SEGMENT, "lan")),
                heard -> true,
                Clocks.system(() -> System.currentTimeMillis() * 1_000),
                Log.toStderr(Log.Level.WARN));
        final long openNs = System.nanoTime();
        final int remembered = history.remembered().size();
        final long doneNs = System.nanoTime();
        final double openMs = (openNs - beganNs) / 1e6;
        final double rememberMs = (doneNs - openNs) / 1e6;
        System.out.println(String.format(Locale.ROOT, "%d %.2f %.2f", remembered, openMs, rememberMs));
        history.close();
        System.exit(0);
    }
}
