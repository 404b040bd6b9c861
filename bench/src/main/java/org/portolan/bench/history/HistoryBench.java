package org.portolan.bench.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.portolan.bench.harness.Amount;
import org.portolan.bench.harness.Machine;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.run.Rounds;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine;

/** {@code scripts/bench history}: what the history costs beside none. It measures and never judges. */
@CommandLine.Command(
        name = "history",
        headerHeading = "Example:%n  sudo scripts/bench history --seconds 10 --rounds 5%n%n",
        header = "Latency and losses with the ARP history on and off.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nLatency of the worker with the ARP history on and off, rounds interleaved, while 10,000 neighbors change"
                    + " each second; what became of the changes; commits a second; bytes a change; warm start. Needs"
                    + " root and nft. Repositories are under java.io.tmpdir, and deleted.%n"
        })
public final class HistoryBench implements Callable<Integer> {
    /** Enough that upkeep packs them, and that each block's first whole tree in a pack does not count for much. */
    private static final int SINGLE_BATCHES = 1_000;

    private static final int BURST_BATCHES = 32;
    private static final int BURST = 256;

    @CommandLine.Option(names = "--rounds", paramLabel = "N", description = "Rounds. Default: 3.")
    private String roundsText = "3";

    @CommandLine.Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Seconds of traffic in a round. Default: 30.")
    private String secondsText = "30";

    private int rounds;
    private int seconds;

    @Override
    public Integer call() throws IOException, UsageException {
        rounds = (int) Amount.whole("--rounds", roundsText, 1, 100);
        seconds = (int) Amount.whole("--seconds", secondsText, 1, 600);
        Namespace.requireRoot();
        List.of("ip", "nft", "ping").forEach(Command::require);
        run();
        return ExitCode.DONE;
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
