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
import java.util.stream.Stream;
import org.portolan.bench.harness.Machine;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Rounds;
import org.portolan.control.history.History;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryStatus;

/** {@code scripts/bench year}: how large a year gets, and how long it takes to look back. */
public final class YearBench {
    private static final String USAGE = """
            usage: scripts/bench year [--changes N] [--burst N] [--seen N] [--directory DIR]
                                      [--keep DIR | --open DIR | --ask DIR]

            A simulated year of a busy /16 through the real writer, upkeep running, under a clock
            of its own: N changes (730000), N of them together on average (16), N signs of life
            an hour that are written down at the hour (0). Then the table at 20 random moments.
            The repository is in DIR (/dev/shm, in memory: a year of fsync takes a disk hours),
            and deleted; with --keep it stays in DIR, which is new, and --open looks back into
            one that was kept. --ask (root) starts a router process on that one and asks it over
            its socket.
            """;

    private static final int MOMENTS = 20;
    /** The table is nearly empty on the first day. */
    private static final long DAY_S = 86_400;

    private static final double MIB = 1 << 20;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private int changes = 730_000;
    private int burst = 16;
    private int seen;
    private Path directory = Path.of("/dev/shm");
    private Path keep;
    private Path open;
    private Path ask;

    private YearBench() {}

    public static void main(final String[] arguments) {
        final YearBench bench = new YearBench();
        if (!bench.takes(arguments)) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            bench.run();
        } catch (final IOException | LabException e) {
            System.err.println("bench year: " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private boolean takes(final String[] arguments) {
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                final String value = arguments[i + 1];
                switch (arguments[i]) {
                    case "--changes" -> changes = Integer.parseInt(value);
                    case "--burst" -> burst = Integer.parseInt(value);
                    case "--seen" -> seen = Integer.parseInt(value);
                    case "--directory" -> directory = Path.of(value);
                    case "--keep" -> keep = Path.of(value);
                    case "--open" -> open = Path.of(value);
                    case "--ask" -> ask = Path.of(value);
                    default -> {
                        return false;
                    }
                }
            }
            return changes > 0
                    && burst > 0
                    && burst <= 1_000
                    && seen >= 0
                    && Files.isDirectory(directory)
                    && Stream.of(keep, open, ask).filter(Objects::nonNull).count() < 2;
        } catch (final NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
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
                "  written             %,12d of %,d told, %,d coalesced, %,d lost",
                written, number(status, "told"), number(status, "coalesced"), number(status, "lost"));
        say(
                "  commits             %,12d in %,d batches, %,d expiry branches merged",
                number(status, "commits"), number(status, "batches"), number(status, "expiry_merges"));
        say("  repository          %,12.1f MiB packs and indexes", bytes / MIB);
        say("  bytes a change      %,12.0f", (double) bytes / Math.max(1, written));
        say("  packs               %,12d", number(status, "packs"));
        say("  wall time           %,12.1f s, %,.2f ms a change", seconds, seconds * 1e3 / changes);
        say("  CPU time            %,12.1f s, start of the JVM included", cpuSeconds());
    }

    /** Twice: as whoever asks first, and as a router that has been asked before. Either has looked back by itself. */
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
