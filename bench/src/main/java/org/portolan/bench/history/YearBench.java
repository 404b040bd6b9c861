package org.portolan.bench.history;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.bench.rate.Machine;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.retain.KeptRefs;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.retain.Retention.Report;
import org.portolan.control.history.retain.Upkeep;

/**
 * {@code scripts/bench year}: what a year of changes takes on the disk, and how long it takes to look into the past.
 */
public final class YearBench implements Upkeep.Listener {
    private static final String USAGE = """
            usage: scripts/bench year [--changes N] [--batch N] [--hosts N] [--days D] [--keep-days D]
                                      [--directory PATH]

            Writes N changes (730,000, which is 2,000 a day) of N hosts (10,000) over D days (365), so many at
            once (50), merging packs as the router does; then reads whole tables of random times. With --keep-days the
            history is cut as it grows. The repository is made in a temporary directory and removed; with PATH it
            stays there, and when it is there already it is only read.
            """;

    private static final int LOOKS = 20;

    private int changes = 730_000;
    private int batch = 50;
    private int hosts = 10_000;
    private int days = 365;
    private int keepDays;
    private Path directory;

    private long merges;
    private long mergedObjects;
    private long upkeepNs;
    private long longestStepNs;
    private long pausedNs;
    private long longestGapNs;

    private YearBench() {}

    public static void main(final String[] arguments) throws IOException {
        final YearBench bench = new YearBench();
        if (!bench.takes(arguments)) {
            System.err.print(USAGE);
            System.exit(2);
        }
        bench.run();
        System.exit(0);
    }

    private boolean takes(final String[] arguments) {
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                final String value = arguments[i + 1];
                switch (arguments[i]) {
                    case "--changes" -> changes = Integer.parseInt(value);
                    case "--batch" -> batch = Integer.parseInt(value);
                    case "--hosts" -> hosts = Integer.parseInt(value);
                    case "--days" -> days = Integer.parseInt(value);
                    case "--keep-days" -> keepDays = Integer.parseInt(value);
                    case "--directory" -> directory = Path.of(value);
                    default -> {
                        return false;
                    }
                }
            }
            return changes > 0 && batch > 0 && hosts > 0 && hosts <= 60_000 && days > 0 && keepDays >= 0;
        } catch (final NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    private void run() throws IOException {
        Machine.print();
        final Path place =
                directory == null ? Files.createTempDirectory("portolan-year") : Files.createDirectories(directory);
        final Path path = place.resolve("year.git");
        final boolean isThere = Files.exists(path);
        try (Year year = new Year(path, hosts, days * 86_400.0 / changes)) {
            final Marks marks = Marks.open(year.history().git(), year.history().primary());
            if (!isThere) {
                write(year, marks);
            }
            look(year, marks);
        } finally {
            if (directory == null) {
                delete(place.toFile());
            }
        }
        say("in a heap of %,d MB", Runtime.getRuntime().maxMemory() >> 20);
    }

    private void write(final Year year, final Marks marks) throws IOException {
        final long begin = System.nanoTime();
        long nowMs = year.nowS() * 1_000;
        try (Upkeep upkeep = Upkeep.open(
                year.history().git(), marks, new KeptRefs(Set::of), new Limits(keepDays, 0), nowMs, this)) {
            for (int done = 0; done < changes; done += batch) {
                marks.advance(year.write(Math.min(batch, changes - done)));
                nowMs = year.nowS() * 1_000;
                keep(upkeep, nowMs);
            }
            final double seconds = (System.nanoTime() - begin) / 1e9;
            settle(upkeep, nowMs);
            final long bytes = upkeep.bytes();
            say("%,d changes of %,d hosts, %d a batch: %,.0f s, of which merging and dropping %,.0f s", changes, hosts,
                    batch, seconds, upkeepNs / 1e9);
            say("packs and indexes: %,d bytes, %,.0f a change; 730,000 changes a year: %,.0f MB", bytes,
                    (double) bytes / changes, bytes / (double) changes * 730_000 / 1e6);
            say("%,d merges, %.2f times each object; the longest step %,.1f s; without a pause at most %,.0f ms", merges,
                    mergedObjects / (changes * 7.0), longestStepNs / 1e9, longestGapNs / 1e6);
        }
    }

    private void keep(final Upkeep upkeep, final long nowMs) throws IOException {
        boolean more = true;
        while (more) {
            final long begin = System.nanoTime();
            pausedNs = begin;
            more = upkeep.step(nowMs, this::paused);
            paused();
            upkeepNs += pausedNs - begin;
            longestStepNs = Math.max(longestStepNs, pausedNs - begin);
        }
    }

    private void paused() {
        final long now = System.nanoTime();
        longestGapNs = Math.max(longestGapNs, now - pausedNs);
        pausedNs = now;
    }

    /** What was replaced goes, too. */
    private void settle(final Upkeep upkeep, final long nowMs) throws IOException {
        for (int minute = 0; minute < 25; minute++) {
            keep(upkeep, nowMs + minute * 60_000L);
        }
    }

    private void look(final Year year, final Marks marks) throws IOException {
        final SplittableRandom random = new SplittableRandom(2);
        final double[] found = new double[LOOKS];
        final double[] read = new double[LOOKS];
        final long from = marks.oldest().epochSeconds();
        int bindings = 0;
        for (int i = 0; i < LOOKS; i++) {
            final long asked = from + random.nextLong(marks.head().epochSeconds() - from + 1);
            final long begin = System.nanoTime();
            final ObjectId commit = marks.before(asked).orElseThrow();
            final long middle = System.nanoTime();
            bindings = Math.max(bindings, year.history().table(commit).size());
            found[i] = (middle - begin) / 1e6;
            read[i] = (System.nanoTime() - middle) / 1e6;
        }
        say("the first look: place %.1f ms, table %.1f ms", found[0], read[0]);
        Arrays.sort(found);
        Arrays.sort(read);
        say("%d looks at random times: place median %.1f ms, worst %.1f", LOOKS, found[LOOKS / 2], found[LOOKS - 1]);
        say("  tables of up to %,d bindings: median %.1f ms, worst %.1f", bindings, read[LOOKS / 2], read[LOOKS - 1]);
    }

    @Override
    public void compacted(final Compacted done) {
        merges++;
        mergedObjects += done.objects();
    }

    @Override
    public void retained(final Report done) {
        say("%,d commits dropped, %,d bytes before, %,d after", done.commitsDropped(), done.bytesBefore(),
                done.bytesAfter());
    }

    private static void delete(final File file) throws IOException {
        final File[] files = file.listFiles();
        if (files != null) {
            for (final File each : files) {
                delete(each);
            }
        }
        Files.deleteIfExists(file.toPath());
    }

    private static void say(final String format, final Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
