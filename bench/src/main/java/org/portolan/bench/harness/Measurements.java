package org.portolan.bench.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.Terms;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Wait;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunDirectory;

/** How each kind of point is measured. */
final class Measurements {
    /** A set-up trial makes sessions that stay: it is short, so that a search finds unused ones to the end. */
    private static final double SETUP_S = 0.5;

    private static final double START_TIMEOUT_S = 60;
    private static final int PERCENT = 100;

    /** Below it every frame is looked at. */
    private static final int HALF = 50;

    private static final double THOUSAND = 1_000;
    private static final double US = 1_000;

    /** A log's interval is a second; it is gathered and written within another. */
    private static final long INTERVAL_MS = 2_500;

    /** Tag of the direction that the traffic has, in a router's latency log. */
    private static final String OUTBOUND = "worker-0.outbound";

    private final Plan plan;
    private final RunDirectory run;
    private final List<Measurement> known;

    /** @param known measured before */
    Measurements(final Plan plan, final RunDirectory run, final List<Measurement> known) {
        this.plan = plan;
        this.run = run;
        this.known = new ArrayList<>(known);
    }

    /**
     * With a device that is set up and warm.
     *
     * @return what was asked for first; more may have come of the same trial
     */
    List<Measurement> of(final Rig rig, final Point point) {
        final List<Measurement> found = switch (point.kind()) {
            case THROUGHPUT -> List.of(throughput(rig, point));
            case LADDER -> List.of(rung(rig, point));
            case OVERLOAD -> List.of(overload(rig, point));
            case LATENCY, ROUTER_LATENCY -> latency(rig, point);
            case ALLOCATION -> List.of(allocation(rig, point));
            case TCP -> List.of(Everyday.tcp(rig.lab(), point, run));
            case PING -> List.of(Everyday.ping(rig.lab(), point));
            case SETUP, START -> throw new IllegalArgumentException(point.kind() + " wants a fresh device");
        };
        known.addAll(found);
        return found;
    }

    /** With a device of its own that starts with empty tables. */
    List<Measurement> fresh(final DeviceKind kind, final Scene scene, final Point point) {
        final List<Measurement> found = List.of(
                switch (point.kind()) {
                    case SETUP -> setup(kind, scene, point);
                    case START -> start(kind, point);
                    default -> throw new IllegalArgumentException(point.kind() + " wants a warm device");
                });
        known.addAll(found);
        return found;
    }

    private Measurement throughput(final Rig rig, final Point point) {
        final ThroughputSearch.Found found =
                ThroughputSearch.run(rate -> rig.flood(point.frame(), plan.trialS(), rate));
        rig.endFlood();
        final Measurement.Builder measurement = found(point, Figure.LOSS_FREE_FPS, found);
        cost(measurement, found.lossFree().orElse(found.flatOut()));
        return measurement.build();
    }

    private static void cost(final Measurement.Builder measurement, final Trial trial) {
        measurement
                .put(Figure.CPU_MACHINE, trial.perMillion(trial.cpu().machine()))
                .put(Figure.CPU_SOFTIRQ, trial.perMillion(trial.cpu().softirq()))
                .put(Figure.CPU_DEVICE, trial.perMillion(trial.cpu().device()))
                .put(Figure.CHECKED_FRAMES, trial.checked())
                .put(Figure.WRONG_FRAMES, trial.wrong());
    }

    private Measurement rung(final Rig rig, final Point point) {
        final Trial trial = rig.trial(point.frame(), plan.trialS(), (long) (point.load() * THOUSAND));
        final Measurement.Builder measurement = Measurement.at(point)
                .put(Figure.DELIVERED_FPS, trial.deliveredPerSecond())
                .put(Figure.OFFERED_FPS, trial.offeredPerSecond())
                .put(Figure.LOST_FRAMES, trial.lost());
        cost(measurement, trial);
        return measurement.build();
    }

    /** @param lossFree what the highest rate without loss is called */
    private static Measurement.Builder found(
            final Point point, final Figure lossFree, final ThroughputSearch.Found found) {
        return Measurement.at(point)
                .put(lossFree, found.lossFree().map(Trial::deliveredPerSecond).orElse(0.0))
                .put(
                        Figure.TOLERANT_FPS,
                        found.tolerant().map(Trial::deliveredPerSecond).orElse(0.0))
                .put(Figure.FLAT_OFFERED_FPS, found.flatOut().offeredPerSecond())
                .put(Figure.FLAT_DELIVERED_FPS, found.flatOut().deliveredPerSecond());
    }

    private Measurement overload(final Rig rig, final Point point) {
        final double peak = Throughput.found(known, point);
        final Trial trial = rig.flood(point.frame(), plan.trialS(), (long) (2 * peak));
        rig.endFlood();
        return Measurement.at(point)
                .put(Figure.DELIVERED_FPS, trial.deliveredPerSecond())
                .put(Figure.OFFERED_FPS, trial.offeredPerSecond())
                .put(Figure.PEAK_SHARE, peak == 0 ? 0 : PERCENT * trial.deliveredPerSecond() / peak)
                .build();
    }

    /** Below half load every frame is looked at; above it the ring, and the program where that cannot keep up. */
    private Rig.Timed timed(final Rig rig, final Point point, final long rate) {
        if (point.load() < HALF) {
            return rig.checked(point.frame(), plan.latencyS(), rate);
        }
        final Rig.Timed timed = rig.timed(point.frame(), plan.latencyS(), rate);
        if (timed.trial().isOffered()) {
            return timed;
        }
        final Rig.Timed flooded =
                rig.timedFlood(point.frame(), plan.latencyS(), rate).orElse(timed);
        rig.endFlood();
        return flooded;
    }

    /**
     * At the point's share of the throughput found; without figures where no rate passed without loss, or no generator
     * offers that much.
     */
    private List<Measurement> latency(final Rig rig, final Point point) {
        final long rate = (long) (Throughput.found(known, point) * point.load() / PERCENT);
        final Measurement.Builder measurement = Measurement.at(point);
        if (rate == 0) {
            return List.of(measurement.build());
        }
        final Rig.Timed timed = timed(rig, point, rate);
        if (!timed.trial().isOffered()) {
            return List.of(measurement
                    .put(Figure.OFFERED_FPS, timed.trial().offeredPerSecond())
                    .build());
        }
        final long untilMs = System.currentTimeMillis();
        final long fromMs = untilMs - (long) (THOUSAND * timed.trial().seconds()) - INTERVAL_MS / 2;
        final String log = run.raw(point, "hlog");
        timed.latencies().writeTo(run.resolve(log));
        final String pauses = run.raw(point, "pause.hlog");
        LatencyFiles.write(timed.pauses().pauses(), LatencyFiles.PAUSE, run.resolve(pauses));
        final Trial trial = timed.trial();
        measurement
                .put(Figure.OFFERED_FPS, trial.offeredPerSecond())
                .put(Figure.LOST_FRAMES, trial.lost())
                .put(Figure.CHECKED_FRAMES, trial.checked())
                .put(Figure.WRONG_FRAMES, trial.wrong());
        LatencyFiles.percentiles(measurement, timed.latencies().all());
        measurement
                .put(Figure.PAUSE_P99_9_US, timed.pauses().pauses().getValueAtPercentile(99.9) / US)
                .put(Figure.PAUSE_MAX_US, timed.pauses().pauses().getMaxValue() / US)
                .put(Figure.STEAL_PERCENT, PERCENT * timed.pauses().steal())
                .put(Figure.LATE_P99_US, trial.lateP99Ns() / US)
                .file(log)
                .file(pauses);
        final List<Measurement> found = new ArrayList<>(List.of(measurement.build()));
        rig.device().latencyLog().ifPresent(own -> found.add(ownLatency(point, own, fromMs, untilMs)));
        return found;
    }

    /** The same frames as the device itself saw them; an interval is written when it is over. */
    private Measurement ownLatency(final Point point, final Path own, final long fromMs, final long untilMs) {
        final Point ownPoint = new Point(
                Point.Kind.ROUTER_LATENCY,
                point.device(),
                point.frame(),
                point.sessions(),
                point.load(),
                point.round());
        Wait.ms(INTERVAL_MS);
        final Histogram histogram = LatencyFiles.read(own, OUTBOUND, fromMs, untilMs);
        final String log = run.raw(ownPoint, "hlog");
        LatencyFiles.write(histogram, OUTBOUND, run.resolve(log));
        final Measurement.Builder measurement = Measurement.at(ownPoint).file(log);
        LatencyFiles.percentiles(measurement, histogram);
        return measurement.build();
    }

    private Measurement allocation(final Rig rig, final Point point) {
        final long before = rig.device().allocatedBytes();
        final Trial trial = rig.trial(point.frame(), plan.trialS(), 0);
        return Measurement.at(point)
                .put(Figure.ALLOCATED_BYTES, rig.device().allocatedBytes() - before)
                .put(Figure.DELIVERED_FPS, trial.deliveredPerSecond())
                .build();
    }

    private static Measurement setup(final DeviceKind kind, final Scene scene, final Point point) {
        try (Rig rig = new Rig(kind, scene.sessions())) {
            final ThroughputSearch.Found found = ThroughputSearch.run(rate -> rig.trial(point.frame(), SETUP_S, rate));
            return found(point, Figure.SESSIONS_PER_S, found).build();
        }
    }

    private static Measurement start(final DeviceKind kind, final Point point) {
        try (Lab lab = Lab.builder().build();
                DeviceUnderTest device = kind.in(lab, new Terms(Plan.FEW_SESSIONS))) {
            final long beganNs = System.nanoTime();
            device.start();
            while (lab.client().ping(Lab.SERVER_ADDRESS, "-c", "1", "-i", "0.1").received() == 0) {
                if ((System.nanoTime() - beganNs) / 1e9 > START_TIMEOUT_S) {
                    throw new LabException(kind.name() + " does not forward a ping");
                }
            }
            return Measurement.at(point)
                    .put(Figure.START_S, (System.nanoTime() - beganNs) / 1e9)
                    .build();
        }
    }
}
