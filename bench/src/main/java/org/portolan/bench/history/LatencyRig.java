package org.portolan.bench.history;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.portolan.bench.lab.CpuTime;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.Wait;
import org.portolan.bench.traffic.AddressBlock;
import org.portolan.bench.traffic.Checksums;
import org.portolan.bench.traffic.FrameSize;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Generator;
import org.portolan.bench.traffic.KernelSink;
import org.portolan.bench.traffic.Load;
import org.portolan.bench.traffic.Passage;
import org.portolan.bench.traffic.RingGenerator;
import org.portolan.bench.traffic.Sent;
import org.portolan.bench.traffic.TrafficDirection;
import org.portolan.bench.traffic.TrafficFlows;

/**
 * A fresh router in a lab of its own under moderate traffic, while ten thousand of its neighbors change each second;
 * with a history or without.
 */
final class LatencyRig implements AutoCloseable {
    /** Frames a second. */
    static final long TRAFFIC = 100_000;

    /** Sent slowly before: their latency is in the histogram, which begins with the process. */
    static final long WARM_UP_FRAMES = 20_000;

    private static final double WARM_UP_S = 4;
    private static final int FLOWS = 1_000;
    private static final int PORT = 9000;
    private static final int INSIDE_PREFIX_LENGTH = 16;
    private static final long REST_NS = 100_000;
    private static final long SECOND_NS = 1_000_000_000;
    private static final long DRAIN_S = 120;

    private final boolean withHistory;
    private final Lab lab = Lab.builder().build();
    private final PortolanProcess router;
    private final KernelSink sink;
    private final Generator generator;
    private final Churn churn;
    private long mostWaiting;
    private long mostLagMs;

    /** What the worker took for frames on the way out, ns; since the process began. */
    record Latency(long samples, long p50, long p90, long p99, long p999, long max) {}

    /** CPU seconds while the traffic ran: of the process, and the part of the historian's thread. */
    record Cpu(double process, double historian) {
        Cpu since(final Cpu before) {
            return new Cpu(process - before.process, historian - before.historian);
        }
    }

    /**
     * What the history did.
     *
     * @param mostWaiting changes that waited, at worst of once a second; so is {@code mostLagMs}
     * @param drainS from the end of the traffic until nothing waited
     */
    record Kept(Accounts end, long mostWaiting, long mostLagMs, double drainS) {}

    /**
     * One round.
     *
     * @param maxBefore the worst latency of the warm-up, ns
     * @param kept null without a history
     */
    record Result(Latency latency, long maxBefore, long sent, long lost, double changesPerSecond, Cpu cpu, Kept kept) {}

    /** @param repository of the history; null for none */
    LatencyRig(final Path repository) {
        withHistory = repository != null;
        final PortolanProcess.Builder options = PortolanProcess.in(lab)
                .idle("busy")
                .config("io", "cpus = [1]")
                .insidePrefixLength(INSIDE_PREFIX_LENGTH);
        router = withHistory
                ? options.config("control", "[history]\npath = \"%s\"".formatted(repository))
                        .build()
                : options.build();
        try {
            router.start();
            final int server = AddressBlock.address(Lab.SERVER_ADDRESS);
            sink = new KernelSink(
                    lab.server().namespace(),
                    Host.DEVICE,
                    new Passage(TrafficDirection.OUTBOUND, AddressBlock.of(Lab.OUTSIDE_ADDRESS), server, PORT, 1),
                    Checksums.FULL);
            final TrafficFlows flows =
                    TrafficFlows.fromInside(FLOWS, AddressBlock.address(Lab.CLIENT_ADDRESS), server, PORT);
            generator = new RingGenerator(
                    lab.client(),
                    new FrameWriter(
                            mac(lab.client().mac()),
                            mac(lab.router().deviceMac(Lab.LAN)),
                            flows,
                            TrafficDirection.OUTBOUND,
                            Checksums.FULL,
                            FrameSize.of("64")),
                    0);
            if (lab.client().ping(Lab.SERVER_ADDRESS, "-c", "3", "-i", "0.2").received() == 0) {
                throw new LabException("the router does not forward a ping:\n" + router.log());
            }
        } catch (final RuntimeException e) {
            router.close();
            lab.close();
            throw e;
        }
        churn = new Churn(router);
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    Result run(final int seconds) {
        churn.pass(0);
        churn.pass(0);
        generator.run(Load.at((long) (WARM_UP_FRAMES / WARM_UP_S), WARM_UP_S).resting(REST_NS));
        drain();
        Wait.ms(1_500);
        mostWaiting = 0;
        mostLagMs = 0;
        final long maxBefore = latency().max;
        final long deliveredBefore = sink.delivered();
        final Cpu before = cpu();
        final CompletableFuture<Sent> traffic = CompletableFuture.supplyAsync(
                () -> generator.run(Load.at(TRAFFIC, seconds).resting(REST_NS)));
        final double changesPerSecond = change(seconds);
        final Sent sent = traffic.join();
        final Cpu cpu = cpu().since(before);
        final Kept kept = withHistory ? drain() : null;
        // Histograms are gathered once a second.
        Wait.ms(2_500);
        final long lost = sent.frames() - (sink.delivered() - deliveredBefore);
        return new Result(latency(), maxBefore, sent.frames(), lost, changesPerSecond, cpu, kept);
    }

    private double change(final int seconds) {
        final long beganNs = System.nanoTime();
        long changed = 0;
        while (System.nanoTime() - beganNs < seconds * SECOND_NS - SECOND_NS / 2) {
            changed += churn.pass(SECOND_NS);
            look();
        }
        return changed * 1e9 / (System.nanoTime() - beganNs);
    }

    /** Without a history as much is asked: an answer takes the router time too. */
    private Accounts look() {
        if (!withHistory) {
            router.askJson("interfaces");
            return null;
        }
        final Accounts now = Accounts.of(router.askJson("history"));
        mostWaiting = Math.max(mostWaiting, now.waiting());
        mostLagMs = Math.max(mostLagMs, now.lagMs());
        return now;
    }

    private Kept drain() {
        if (!withHistory) {
            return null;
        }
        final long beganNs = System.nanoTime();
        Accounts now = look();
        while (now.waiting() > 0) {
            if (System.nanoTime() - beganNs > TimeUnit.SECONDS.toNanos(DRAIN_S)) {
                throw new LabException(
                        "%,d changes still wait after %d s:%n%s".formatted(now.waiting(), DRAIN_S, router.log()));
            }
            Wait.ms(50);
            now = look();
        }
        return new Kept(now, mostWaiting, mostLagMs, (System.nanoTime() - beganNs) / 1e9);
    }

    /** Of the direction with the traffic. */
    private Latency latency() {
        final JsonValue outbound = router.askJson("stats").get("latency_ns").get("outbound");
        return new Latency(
                outbound.get("samples").number(),
                outbound.get("p50").number(),
                outbound.get("p90").number(),
                outbound.get("p99").number(),
                outbound.get("p99_9").number(),
                outbound.get("max").number());
    }

    private Cpu cpu() {
        return new Cpu(CpuTime.of(router.process()), CpuTime.ofThreads(router.process(), "historian"));
    }

    @Override
    public void close() {
        generator.close();
        router.close();
        lab.close();
    }
}
