package org.portolan.bench.history;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.portolan.bench.harness.Amount;
import org.portolan.bench.harness.Machine;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.run.Rounds;
import org.portolan.control.history.History;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code scripts/bench year}: how large a year gets, and how long it takes to look back. */
@Command(
        name = "year",
        headerHeading = "Examples:%n"
                + "  scripts/bench year --changes 100000%n"
                + "  scripts/bench year --keep /var/tmp/year%n"
                + "  sudo scripts/bench year --ask /var/tmp/year%n%n",
        header = "A simulated year of ARP history.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nA year of a busy /16 through the real writer, upkeep running, under a clock of its own. Then the table at"
                    + " 20 random moments.%n"
        })
public final class YearBench implements Callable<Integer> {
    private static final int MOMENTS = 20;
    /** The table is nearly empty on the first day. */
    private static final long DAY_S = 86_400;

    private static final double MIB = 1 << 20;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    @Option(names = "--changes", paramLabel = "N", description = "Changes in the year. Default: 730000.")
    private String changesText = "730000";

    @Option(names = "--burst", paramLabel = "N", description = "Changes that come together, on average. Default: 16.")
    private String burstText = "16";

    @Option(
            names = "--seen",
            paramLabel = "N",
            description = "Signs of life an hour that are written down at the hour. Default: 0.")
    private String seenText = "0";

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where the repository is, and is deleted. Default: /dev/shm, in memory; a year of fsync takes"
                    + " a disk hours.")
    private Path directory = Path.of("/dev/shm");

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Make the repository in DIR, which is new, and keep it.")
    private Path keep;

    @Option(names = "--open", paramLabel = "DIR", description = "Look back into a repository that was kept.")
    private Path open;

    @Option(
            names = "--ask",
            paramLabel = "DIR",
            description =
                    "Start a router process on a repository that was kept, and ask it over its socket. Needs root.")
    private Path ask;

    private int changes;
    private int burst;
    private int seen;

    @Override
    public Integer call() throws IOException, UsageException {
        changes = (int) Amount.whole("--changes", changesText, 1, 100_000_000);
        burst = (int) Amount.whole("--burst", burstText, 1, 1_000);
        seen = (int) Amount.whole("--seen", seenText, 0, 1_000_000);
        if (Stream.of(keep, open, ask).filter(Objects::nonNull).count() > 1) {
            throw new UsageException("--keep, --open and --ask exclude each other");
        }
        if (!Files.isDirectory(directory)) {
            throw new UsageException("--directory %s: there is no such directory".formatted(directory));
        }
        if (ask != null) {
            Namespace.requireRoot();
        }
        run();
        return ExitCode.DONE;
    }

    private void run() throws IOException {
        System.out.println(Machine.line());
        // A whole day, so that the same year comes out whatever the hour.
        final long beganS = Instant.now()
                .truncatedTo(ChronoUnit.DAYS)
                .plus(1, ChronoUnit.DAYS)
                .getEpochSecond();
        if (ask != null) {
            AskedRouter.run(SimulatedYear.repository(ask.toAbsolutePath()));
        } else if (open != null) {
            try (SimulatedYear year = new SimulatedYear(open, beganS, seen)) {
                year.rest();
                look(year.history());
            }
        } else if (keep != null) {
            Files.createDirectory(keep);
            live(keep, beganS);
        } else {
            try (Scratch scratch = new Scratch(directory)) {
                live(scratch.resolve("."), beganS);
            }
        }
    }

    private void live(final Path place, final long beganS) throws IOException {
        try (SimulatedYear year = new SimulatedYear(place, beganS, seen)) {
            say(
                    "a year with %,d changes, some %,d at a time, %,d seen an hour; %s",
                    changes, burst, seen, Files.getFileStore(place).type());
            final long startNs = System.nanoTime();
            year.live(changes, burst);
            size(year.history(), (System.nanoTime() - startNs) / 1e9);
            look(year.history());
        }
    }

    private void size(final History history, final double seconds) {
        final HistoryStatus status = history.query().status();
        final long bytes = number(status, "bytes");
        final long written = number(status, "written");
        say(
                "  written             %,12d of %,d reported, %,d coalesced, %,d lost",
                written, number(status, "reported"), number(status, "coalesced"), number(status, "lost"));
        say(
                "  commits             %,12d in %,d batches, %,d expiry branches merged",
                number(status, "commits"), number(status, "batches"), number(status, "expiry_merges"));
        say("  repository          %,12.1f MiB packs and indexes", bytes / MIB);
        say("  bytes a change      %,12.0f", (double) bytes / Math.max(1, written));
        say("  packs               %,12d", number(status, "packs"));
        say("  wall time           %,12.1f s, %,.2f ms a change", seconds, seconds * 1e3 / changes);
        say("  CPU time            %,12.1f s, start of the JVM included", cpuSeconds());
    }

    /** Twice: the first questions to a process, and later ones. In both the router has looked back by itself. */
    private static void look(final History history) throws IOException {
        final long firstS = history.query().beginning(() -> {}).second() + DAY_S;
        final long lastS =
                history.query().at(Long.MAX_VALUE, () -> {}).orElseThrow().second();
        final SplittableRandom random = new SplittableRandom(1);
        moments(history, random, firstS, lastS, "the first ones");
        moments(history, random, firstS, lastS, "later ones");
    }

    private static void moments(
            final History history, final SplittableRandom random, final long firstS, final long lastS, final String how)
            throws IOException {
        final double[] findMs = new double[MOMENTS];
        final double[] wholeMs = new double[MOMENTS];
        final double[] cpuMs = new double[MOMENTS];
        final double[] rows = new double[MOMENTS];
        for (int i = 0; i < MOMENTS; i++) {
            final long second = random.nextLong(firstS, lastS);
            final long startNs = System.nanoTime();
            final long startCpuNs = CPU.getCurrentThreadCpuTime();
            final Optional<HistoryQuery.Moment> moment = history.query().at(second, () -> {});
            findMs[i] = (System.nanoTime() - startNs) / 1e6;
            rows[i] = rows(
                    history,
                    moment.orElseThrow(() -> new LabException(
                            "the history that is kept begins after " + Instant.ofEpochSecond(second))));
            wholeMs[i] = (System.nanoTime() - startNs) / 1e6;
            cpuMs[i] = (CPU.getCurrentThreadCpuTime() - startCpuNs) / 1e6;
        }
        say("");
        say("arp --at, %d random moments, %s      median (least to worst)", MOMENTS, how);
        say("  find the commit, ms                %s", Rounds.of(findMs).text(1));
        say("  find it and read the table, ms     %s", Rounds.of(wholeMs).text(1));
        say("  CPU time of it, ms                 %s", Rounds.of(cpuMs).text(1));
        say("  rows                               %s", Rounds.of(rows).text(0));
    }

    private static int rows(final History history, final HistoryQuery.Moment moment) throws IOException {
        final int[] rows = {0};
        history.query().table(moment, () -> {}, (key, binding) -> {
            rows[0]++;
            return true;
        });
        return rows[0];
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toMillis()
                / 1e3;
    }

    private static long number(final HistoryStatus status, final String key) {
        return status.rows().stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElseThrow()
                .number();
    }

    private static void say(final String format, final Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
