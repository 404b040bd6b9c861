package org.portolan.bench.micro;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code scripts/bench against}: this build beside another one in one JVM. */
@Command(
        name = "against",
        headerHeading = "Examples:%n"
                + "  scripts/bench against ../before/bench/target/benchmarks.jar%n"
                + "  scripts/bench against OTHER.jar --sessions 1024 --pairs 60%n"
                + "  scripts/bench against OTHER.jar --new%n%n",
        header = "What a packet takes in this build and in another one, in turn.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nBoth builds run in one JVM, window by window, so that a noisy machine does the same to both: take the"
                    + " ratio, below 1 where this build is faster. To make the other build: git worktree add ../before"
                    + " REVISION, and mvn -DskipTests package there. The interval is that of this run: the compiler"
                    + " decides otherwise at each start, by some 6 %% a row, so compare several rows or runs.%n"
        })
public final class AgainstVerb implements Callable<Integer> {
    private static final long WINDOW_NS = 150_000_000;
    private static final int WARM_WINDOWS = 20;
    private static final int MOST_PAIRS = 1_000;
    private static final int MOST_SESSIONS = 4_194_304;
    private static final String LINE = "%-28s %10.1f %10.1f   %.3f  (%.3f to %.3f)%n";

    @Parameters(paramLabel = "JAR", description = "The other build's bench/target/benchmarks.jar.")
    private Path other;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            split = ",",
            defaultValue = "1024,65536,1048576",
            description = "Sizes of the session table, whole batches of 64 (default 1024,65536,1048576).")
    private List<Integer> sessions;

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "40", description = "Windows of each (default 40).")
    private int pairs;

    @Option(names = "--new", description = "New sessions instead of packets of established ones.")
    private boolean opens;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, UsageException {
        check();
        try (Build before = Build.of(other);
                Build now = Build.current()) {
            before.find("PipelineBenchmark");
            compare(before, now);
        } catch (final IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return ExitCode.DONE;
    }

    private void check() throws UsageException {
        if (!Files.isRegularFile(other)) {
            throw new UsageException("there is no file " + other);
        }
        if (pairs < 2 || pairs > MOST_PAIRS) {
            throw new UsageException("--pairs %d: a whole number from 2 to %d is wanted".formatted(pairs, MOST_PAIRS));
        }
        for (final int size : sessions) {
            if (size < HotPathBenchmark.BATCH || size > MOST_SESSIONS || size % HotPathBenchmark.BATCH != 0) {
                throw new UsageException("--sessions %d: a multiple of %d up to %d is wanted"
                        .formatted(size, HotPathBenchmark.BATCH, MOST_SESSIONS));
            }
        }
    }

    private void compare(final Build before, final Build now) {
        final PrintWriter out = spec.commandLine().getOut();
        out.printf("%-28s %10s %10s   %s%n", "ns of CPU time each", "other", "this", "ratio  (95 % of medians)");
        for (final int size : sessions) {
            if (opens) {
                row(out, "new session beside " + size, before, now, build -> build.newSessions(size));
                continue;
            }
            for (final Transport transport : Transport.values()) {
                for (final FlowDirection direction : FlowDirection.values()) {
                    final String name =
                            "%s %s, %d".formatted(transport, direction, size).toLowerCase(Locale.ROOT);
                    row(out, name, before, now, build -> build.pipeline(transport, direction, size));
                }
            }
        }
    }

    private void row(
            final PrintWriter out,
            final String name,
            final Build before,
            final Build now,
            final Function<Build, Build.Subject> subject) {
        try (Build.Subject theirs = subject.apply(before);
                Build.Subject ours = subject.apply(now)) {
            final PairedTimes times = PairedTimes.take(theirs, ours, pairs, WINDOW_NS, WARM_WINDOWS);
            out.printf(
                    Locale.ROOT,
                    LINE,
                    name,
                    times.otherNs(),
                    times.thisNs(),
                    times.ratio(),
                    times.lowest(),
                    times.highest());
            out.flush();
        }
    }
}
