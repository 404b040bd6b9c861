package org.portolan.bench.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.portolan.bench.harness.Machine;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Rounds;

/** {@code scripts/bench history}: what the history costs beside none. It measures and never judges. */
public final class HistoryBench {
    private static final String USAGE = """
            usage: scripts/bench history [--seconds S] [--rounds N]

            Latency of the worker with the ARP history on and off, rounds interleaved, S seconds
            (30) of traffic each while 10,000 neighbors change each second; what became of the
            changes; commits a second; bytes a change; warm start. Needs root and nft.
            Repositories are under java.io.tmpdir, and deleted.
            """;

    /** Enough that upkeep packs them, and that each block's first whole tree in a pack does not count for much. */
    private static final int SINGLE_BATCHES = 1_000;

    private static final int BURST_BATCHES = 32;
    private static final int BURST = 256;

    private int rounds = 3;
    private int seconds = 30;

    private HistoryBench() {}

    public static void main(final String[] arguments) {
        final HistoryBench bench = new HistoryBench();
        if (!bench.takes(arguments)) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            for (final String program : List.of("ip", "nft", "ping")) {
                Command.require(program);
            }
            bench.run();
        } catch (final IOException | LabException e) {
            System.err.println("bench history: " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private boolean takes(final String[] arguments) {
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                switch (arguments[i]) {
                    case "--rounds" -> rounds = Integer.parseInt(arguments[i + 1]);
                    case "--seconds" -> seconds = Integer.parseInt(arguments[i + 1]);
                    default -> {
                        return false;
                    }
                }
            }
            return rounds > 0 && seconds > 0;
        } catch (final NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    private void run() throws IOException {
        System.out.println(Machine.line());
        try (Scratch scratch = new Scratch(Path.of(System.getProperty("java.io.tmpdir")))) {
            say("repositories on %s; %d rounds, median (least to most)", scratch.fileSystem(), rounds);
            latency(scratch);
            commits(scratch);
            warmStart(scratch);
        }
    }

    private void latency(final Scratch scratch) {
        final List<LatencyRig.Result> on = new ArrayList<>();
        final List<LatencyRig.Result> off = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            // Who goes first changes, so that a machine that slows down slows both.
            final boolean onFirst = round % 2 == 0;
            (onFirst ? on : off).add(oneRound(onFirst ? scratch.resolve("on-" + round) : null));
            (onFirst ? off : on).add(oneRound(onFirst ? null : scratch.resolve("on-" + round)));
        }
        LatencyReport.print(on, off, seconds);
    }

    private LatencyRig.Result oneRound(final Path repository) {
        try (LatencyRig rig = new LatencyRig(repository)) {
            return rig.run(seconds);
        }
    }

    private void commits(final Scratch scratch) throws IOException {
        final List<CommitRate.Result> single = new ArrayList<>();
        final List<CommitRate.Result> burst = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            single.add(CommitRate.run(scratch.resolve("single-" + round), SINGLE_BATCHES, 1));
            burst.add(CommitRate.run(scratch.resolve("burst-" + round), BURST_BATCHES, BURST));
        }
        say("");
        say("durable commits, one change each, into a table of %,d bindings", SampleBindings.COUNT);
        say("  %-26s %36s %36s", "", "one a batch", BURST + " a batch");
        both("commits a second", 0, single, burst, CommitRate.Result::commitsPerSecond);
        both("bytes a change, packed", 0, single, burst, CommitRate.Result::bytesAChange);
        both("packing them, s", 2, single, burst, CommitRate.Result::packS);
    }

    private static void both(
            final String what,
            final int decimals,
            final List<CommitRate.Result> single,
            final List<CommitRate.Result> burst,
            final ToDoubleFunction<CommitRate.Result> figure) {
        say(
                "  %-26s %36s %36s",
                what,
                figures(single, figure).text(decimals),
                figures(burst, figure).text(decimals));
    }

    private void warmStart(final Scratch scratch) throws IOException {
        final Path repository = scratch.resolve("warm");
        WarmStart.prepare(repository);
        final List<WarmStart.Result> starts = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            starts.add(WarmStart.run(repository));
        }
        say("");
        say("warm start in a fresh JVM, %,d bindings, ms", SampleBindings.COUNT);
        say(
                "  %-26s %36s",
                "open the history", figures(starts, WarmStart.Result::open).text(0));
        say(
                "  %-26s %36s",
                "list what is remembered",
                figures(starts, WarmStart.Result::remember).text(0));
        say("  %-26s %36s", "both", figures(starts, WarmStart.Result::whole).text(0));
    }

    static <T> Rounds figures(final List<T> results, final ToDoubleFunction<T> figure) {
        return Rounds.of(results.stream().mapToDouble(figure).toArray());
    }

    static void say(final String format, final Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
