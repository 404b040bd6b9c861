package org.portolan.control.latency;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.portolan.control.config.Config;

/**
 * The interval files of one router, in HdrHistogram's log format: {@code ROUTER-000042-20261123T140211Z.hlog}, numbered
 * so that their order does not hang on the clock. A file holds whole lines at any time: a second's lines are one write,
 * and of one that failed nothing stays. One thread.
 */
final class IntervalFiles implements AutoCloseable {
    /** What HdrHistogram's tools take for granted: the column Interval_Max is in milliseconds. */
    private static final double NS_PER_MAXIMUM = 1_000_000;

    private static final long NS_PER_MS = 1_000_000;
    private static final double NS_PER_S = 1e9;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Config.Latency config;
    private final Path directory;
    private final String router;
    private final LongSupplier wallMs;
    private final Pattern name;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private HistogramLogWriter writer;
    private FileChannel channel;
    /** Read by operators' threads; null before the first one. */
    private volatile Path file;

    private long bytes;
    private long openedNs;
    private long beginNs;
    private long beginMs;

    /**
     * @param config names a directory
     * @param router its name, fit for a file
     * @param wallMs milliseconds since 1970
     */
    IntervalFiles(final Config.Latency config, final String router, final LongSupplier wallMs) {
        this.config = config;
        directory = config.log().orElseThrow();
        this.router = router;
        this.wallMs = wallMs;
        name = Pattern.compile(Pattern.quote(router) + "-([0-9]{6,9})-[0-9]{8}T[0-9]{6}Z\\.hlog");
    }

    /**
     * Appends intervals to the open file, or to a new one when that is full, old, or was taken away.
     *
     * @throws IOException and nothing of them is in a file
     */
    void write(final List<Track.Interval> intervals, final long nowNs) throws IOException {
        if (channel != null && isOver(nowNs)) {
            close();
        }
        lines.reset();
        if (channel == null) {
            open(intervals, nowNs);
        }
        intervals.forEach(this::line);
        try {
            final ByteBuffer buffer = ByteBuffer.wrap(lines.toByteArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            bytes += buffer.limit();
        } catch (final IOException e) {
            takeBack(e);
            throw e;
        }
    }

    private boolean isOver(final long nowNs) {
        return bytes >= config.fileBytes()
                || nowNs - openedNs >= TimeUnit.HOURS.toNanos(config.fileHours())
                || Files.notExists(file);
    }

    private void open(final List<Track.Interval> intervals, final long nowNs) throws IOException {
        Files.createDirectories(directory);
        final List<Path> present = present();
        for (int i = 0; i <= present.size() - config.maxFiles(); i++) {
            Files.delete(present.get(i));
        }
        openedNs = nowNs;
        beginNs = intervals.stream().mapToLong(Track.Interval::fromNs).min().orElse(nowNs);
        beginMs = wallMs.getAsLong() - (nowNs - beginNs) / NS_PER_MS;
        final int number = present.isEmpty() ? 1 : number(present.getLast()) + 1;
        final Path fresh = directory.resolve(
                "%s-%06d-%s.hlog".formatted(router, number, TIME.format(Instant.ofEpochMilli(beginMs))));
        channel = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        file = fresh;
        bytes = 0;
        header();
    }

    /** The files of this router, oldest first. */
    private List<Path> present() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(
                            each -> name.matcher(each.getFileName().toString()).matches())
                    .sorted(Comparator.comparingInt(this::number))
                    .toList();
        }
    }

    private int number(final Path path) {
        final Matcher parts = name.matcher(path.getFileName().toString());
        return parts.matches() ? Integer.parseInt(parts.group(1)) : 0;
    }

    private void header() {
        writer = new HistogramLogWriter(lines);
        writer.outputComment("[Portolan router " + router + "]");
        writer.outputComment("[worker-N.DIRECTION: from the kernel's receive stamp to the hand-over for sending]");
        writer.outputComment("[pauses: how late a thread that sleeps 10 ms again and again was woken]");
        writer.outputComment("[durations are in nanoseconds; the column Interval_Max is in milliseconds]");
        writer.outputLogFormatVersion();
        writer.outputBaseTime(beginMs);
        writer.outputStartTime(beginMs);
        writer.outputLegend();
    }

    private void line(final Track.Interval interval) {
        final Histogram durations = interval.durations();
        durations.setTag(interval.tag());
        writer.outputIntervalHistogram(
                seconds(interval.fromNs()), seconds(interval.untilNs()), durations, NS_PER_MAXIMUM);
    }

    /** Since the file's base time: by the clock as it was then, or a step of it would make intervals overlap. */
    private double seconds(final long ns) {
        return (ns - beginNs) / NS_PER_S;
    }

    /** What a write that failed left behind; the file is not used again. */
    private void takeBack(final IOException failure) {
        try {
            if (bytes == 0) {
                Files.deleteIfExists(file);
            } else {
                channel.truncate(bytes);
            }
            close();
        } catch (final IOException e) {
            failure.addSuppressed(e);
            channel = null;
        }
    }

    /** The file that is written to, or was last; the directory before there is one. */
    Path place() {
        final Path last = file;
        return last == null ? directory : last;
    }

    /** Null before there is one. */
    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            final FileChannel closing = channel;
            channel = null;
            closing.close();
        }
    }
}
