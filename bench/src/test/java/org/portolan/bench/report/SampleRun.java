package org.portolan.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Point.Kind;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;

/** A run as a plan might leave it: invented figures of every kind, the same for the same factor. */
final class SampleRun {
    private static final int ROUNDS = 3;
    private static final List<String> DEVICES = List.of("portolan", "nftables", "route");
    private static final double[] RATES = {742_000, 667_000, 924_000};
    private static final double[] CPU = {2.8, 1.5, 1.1};
    private static final double[] NOISE = {1.0, 0.97, 1.04};

    private final RunDirectory run;
    private final double factor;
    private final SplittableRandom random = new SplittableRandom(7);

    private SampleRun(final RunDirectory run, final double factor) {
        this.run = run;
        this.factor = factor;
    }

    /** @param factor of Portolan's rates; 1 for the plain sample */
    static RunDirectory write(final Path directory, final double factor) {
        return write(directory, factor, "Intel Xeon, 2.2 GHz", true);
    }

    static RunDirectory write(final Path directory, final double factor, final String cpu, final boolean ended) {
        final RunDirectory run = RunDirectory.create(directory);
        run.write(info(cpu, ended));
        new SampleRun(run, factor).measure();
        return run;
    }

    private static RunInfo info(final String cpu, final boolean ended) {
        return new RunInfo(
                "full",
                Instant.parse("2026-11-26T01:00:00Z"),
                ended ? Optional.of(Instant.parse("2026-11-26T02:24:00Z")) : Optional.empty(),
                ROUNDS,
                Map.of(),
                map(
                        "CPU",
                        cpu,
                        "CPUs",
                        "2",
                        "Memory",
                        "7.8 GiB",
                        "Kernel",
                        "Linux 6.18.5",
                        "JDK",
                        "Temurin 25.0.3+9",
                        "Mitigations",
                        "Vulnerable: no microcode; SMT vulnerable"),
                map(
                        "Trial",
                        "5 s",
                        "Frame sizes",
                        "64, 128, 256, 512, 1,024, 1,518, imix",
                        "Sessions",
                        "1 to 100,000",
                        "Generator",
                        "XDP live frames, one core"),
                List.of(
                        new RunInfo.Device(
                                "portolan",
                                "Portolan",
                                map("Driver", "af_packet", "Idle", "busy", "Huge pages", "madvise")),
                        new RunInfo.Device(
                                "nftables",
                                "kernel nftables masquerade",
                                map("nf_conntrack_max", "1,048,576", "Hash size", "262,144")),
                        new RunInfo.Device("route", "kernel route, no NAT", map())),
                List.of(
                        "2 CPUs: the generator and the router share them; with a core for each, rates are higher.",
                        "AF_XDP was left out: <b>the driver</b> is not there yet."));
    }

    private static Map<String, String> map(final String... pairs) {
        final Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private void measure() {
        for (int round = 1; round <= ROUNDS; round++) {
            for (final String device : DEVICES) {
                round(device, DEVICES.indexOf(device), round);
            }
        }
    }

    private void round(final String device, final int index, final int round) {
        final double noise = NOISE[round - 1];
        final double rate = RATES[index] * noise * (index == 0 ? factor : 1);
        for (final long sessions : new long[] {1, 1_000, 10_000, 100_000}) {
            // The second device is missing in the last round of the largest: a run has such holes.
            if (!(index == 1 && round == 3 && sessions == 100_000)) {
                throughput(device, index, "64", sessions, round, rate * (1 - Math.log10(sessions) * 0.07));
            }
        }
        for (final String frame : List.of("128", "256", "512", "1024", "1518", "imix")) {
            final double share = frame.equals("imix") ? 0.7 : 1 - Math.log(Integer.parseInt(frame) / 64.0) * 0.12;
            throughput(device, index, frame, 1_000, round, rate * share);
        }
        run.append(Measurement.at(new Point(Kind.OVERLOAD, device, "64", 1_000, 0, round))
                .put(Figure.PEAK_SHARE, new double[] {91, 3.4, 88}[index] * noise)
                .put(Figure.OFFERED_FPS, rate * 2)
                .put(Figure.DELIVERED_FPS, rate * new double[] {0.91, 0.034, 0.88}[index])
                .put(Figure.CPU_MACHINE, CPU[index] * 1.2)
                .build());
        run.append(Measurement.at(new Point(Kind.SETUP, device, "64", 50_000, 0, round))
                .put(Figure.SESSIONS_PER_S, rate * 0.3)
                .put(Figure.LOST_FRAMES, 0)
                .put(Figure.CPU_MACHINE, CPU[index] * 3)
                .build());
        for (int rung = 100; rung <= 1_000; rung += 150) {
            final double offered = rung * 1_000.0;
            final int load = rung == 1_000 ? 0 : rung;
            run.append(Measurement.at(new Point(Kind.LADDER, device, "64", 1_000, load, round))
                    .put(Figure.OFFERED_FPS, offered)
                    .put(Figure.DELIVERED_FPS, Math.min(offered, index == 1 && offered > rate ? rate * 0.4 : rate))
                    .put(Figure.LOST_FRAMES, Math.max(0, offered - rate))
                    .build());
        }
        for (final int load : new int[] {10, 50, 90}) {
            latency(Kind.LATENCY, device, load, round, (18 + index * 6) * (1 + load / 60.0), rate * load / 100);
            if (index == 0) {
                latency(Kind.ROUTER_LATENCY, device, load, round, 1.7, rate * load / 100);
            }
        }
        run.append(Measurement.at(new Point(Kind.TCP, device, "", 0, 0, round))
                .put(Figure.TCP_GBIT, new double[] {11.9, 17.1, 18.4}[index] * noise)
                .put(Figure.TCP_RETRANSMITS, 3 * round * (index + 1))
                .build());
        run.append(Measurement.at(new Point(Kind.PING, device, "", 0, 0, round))
                .put(Figure.RTT_MIN_US, 31 + index)
                .put(Figure.RTT_AVG_US, 44 * noise + index)
                .put(Figure.RTT_MAX_US, 210 * noise)
                .build());
        if (index == 0) {
            run.append(Measurement.at(new Point(Kind.START, device, "", 0, 0, round))
                    .put(Figure.START_S, noise)
                    .build());
            run.append(Measurement.at(new Point(Kind.ALLOCATION, device, "64", 1_000, 0, round))
                    .put(Figure.ALLOCATED_BYTES, 0)
                    .put(Figure.DELIVERED_FPS, rate)
                    .build());
        }
    }

    private void throughput(
            final String device,
            final int index,
            final String frame,
            final long sessions,
            final int round,
            final double rate) {
        // The first device's rounds lie far apart at one session.
        final double swing = index == 0 && sessions == 1 ? 1 - 0.15 * (round - 1) : 1;
        run.append(Measurement.at(new Point(Kind.THROUGHPUT, device, frame, sessions, 0, round))
                .put(Figure.LOSS_FREE_FPS, rate * swing)
                .put(Figure.TOLERANT_FPS, rate * 1.03)
                .put(Figure.FLAT_OFFERED_FPS, 1_400_000)
                .put(Figure.FLAT_DELIVERED_FPS, rate * 0.9)
                .put(Figure.CPU_MACHINE, CPU[index] * NOISE[round - 1])
                .put(Figure.CPU_SOFTIRQ, CPU[index] * 0.4)
                .put(Figure.CPU_DEVICE, index == 0 ? 1.4 : 0)
                .put(Figure.CHECKED_FRAMES, 14_500)
                .put(Figure.WRONG_FRAMES, 0)
                .put(Figure.STEAL_PERCENT, 0.3 * round)
                .build());
    }

    private void latency(
            final Kind kind,
            final String device,
            final int load,
            final int round,
            final double medianUs,
            final double rate) {
        final Point point = new Point(kind, device, "64", 1_000, load, round);
        final Histogram latencies = new Histogram(3);
        final Histogram pauses = new Histogram(3);
        for (int i = 0; i < 20_000; i++) {
            // A long tail, as of a queue, and now and then the scheduler's.
            final double tail = Math.pow(1 - random.nextDouble(), -0.35);
            latencies.recordValue((long) (medianUs * 1e3 * 0.8 * tail * (random.nextInt(2_000) == 0 ? 60 : 1)));
            pauses.recordValue((long) (300 * Math.pow(1 - random.nextDouble(), -0.7)));
        }
        final String file = run.raw(point, "hlog");
        log(run.resolve(file), latencies, kind == Kind.LATENCY ? Optional.of(pauses) : Optional.empty());
        run.append(Measurement.at(point)
                .put(Figure.OFFERED_FPS, rate)
                .put(Figure.SAMPLES, latencies.getTotalCount())
                .put(Figure.P50_US, latencies.getValueAtPercentile(50) / 1e3)
                .put(Figure.P90_US, latencies.getValueAtPercentile(90) / 1e3)
                .put(Figure.P99_US, latencies.getValueAtPercentile(99) / 1e3)
                .put(Figure.P99_9_US, latencies.getValueAtPercentile(99.9) / 1e3)
                .put(Figure.P99_99_US, latencies.getValueAtPercentile(99.99) / 1e3)
                .put(Figure.MAX_US, latencies.getMaxValue() / 1e3)
                .put(Figure.PAUSE_P99_9_US, pauses.getValueAtPercentile(99.9) / 1e3)
                .put(Figure.LOST_FRAMES, 0)
                .file(file)
                .build());
    }

    private static void log(final Path file, final Histogram latencies, final Optional<Histogram> pauses) {
        try (PrintStream stream = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
            final HistogramLogWriter log = new HistogramLogWriter(stream);
            log.outputLogFormatVersion();
            // Two intervals, so that a reader which takes only the first one is found out.
            final Histogram half = new Histogram(3);
            half.recordValue(latencies.getMaxValue());
            log.outputIntervalHistogram(0, 1, latencies, 1e6);
            log.outputIntervalHistogram(1, 2, half, 1e6);
            pauses.ifPresent(each -> {
                each.setTag(PointLatency.PAUSE);
                log.outputIntervalHistogram(0, 2, each, 1e6);
            });
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a sample to look at: {@code SampleRun DIR [FACTOR]}. */
    public static void main(final String[] arguments) {
        System.out.println(write(Path.of(arguments[0]), arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1)
                .path());
    }
}
