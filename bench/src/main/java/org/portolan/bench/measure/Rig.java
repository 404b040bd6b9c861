package org.portolan.bench.measure;

import java.util.HashMap;
import java.util.Map;
import org.portolan.bench.bpf.BpfGenerator;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.Terms;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.CpuUse;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Pause;
import org.portolan.bench.traffic.AddressRange;
import org.portolan.bench.traffic.Checksums;
import org.portolan.bench.traffic.Direction;
import org.portolan.bench.traffic.Faults;
import org.portolan.bench.traffic.Flows;
import org.portolan.bench.traffic.FrameSize;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Generator;
import org.portolan.bench.traffic.KernelSink;
import org.portolan.bench.traffic.LatencyIntervals;
import org.portolan.bench.traffic.Load;
import org.portolan.bench.traffic.Passage;
import org.portolan.bench.traffic.PauseMeter;
import org.portolan.bench.traffic.RingGenerator;
import org.portolan.bench.traffic.Sent;

/** A device under test in a lab of its own, generators before it and a sink behind it. */
public final class Rig implements AutoCloseable {
    /** Shorter frames have no room for the probe; it is the plan's standard size. */
    private static final String SMALL = "64";

    private static final int PORT = 9000;
    private static final int GENERATOR_CPU = 0;
    private static final int ANY_CPU = -1;
    private static final long SETTLE_MS = 200;
    private static final long REST_NS = 20_000;
    private static final long WARM_UP_RATE = 100_000;
    private static final double WARM_UP_S = 4;
    private static final double START_TIMEOUT_S = 30;

    private final DeviceKind kind;
    private final Lab lab;
    private final DeviceUnderTest device;
    private Flows flows;
    private KernelSink sink;
    private final Map<String, Generator> generators = new HashMap<>();

    /** @param sessions that the traffic has, and the device must hold */
    public Rig(final DeviceKind kind, final long sessions) {
        this.kind = kind;
        final Terms terms = new Terms(sessions);
        lab = Lab.builder().build();
        device = kind.in(lab, terms);
        try {
            flows = Flows.fromInside(
                    Math.toIntExact(sessions),
                    AddressRange.address(Lab.CLIENT_ADDRESS),
                    AddressRange.address(Lab.SERVER_ADDRESS),
                    PORT);
            sink = new KernelSink(
                    lab.server().namespace(), Host.DEVICE, passage(kind, terms, flows), Checksums.FULL);
            device.start();
            awaitForwarding();
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Passage passage(final DeviceKind kind, final Terms terms, final Flows flows) {
        final AddressRange outside = kind.translates()
                ? AddressRange.of(terms.firstOutside() + "-" + terms.lastOutside())
                : flows.addresses();
        return new Passage(
                Direction.OUTBOUND, outside, AddressRange.address(Lab.SERVER_ADDRESS), PORT, kind.hops());
    }

    /** Also lets the ARP tables on the way fill, so that the first trial does not lose frames to them. */
    private void awaitForwarding() {
        final long beganNs = System.nanoTime();
        while (lab.client().ping(Lab.SERVER_ADDRESS, "-c", "3", "-i", "0.1").received() == 0) {
            if ((System.nanoTime() - beganNs) / 1e9 > START_TIMEOUT_S) {
                throw new LabException(kind.name() + " does not forward a ping");
            }
        }
    }

    /** Every session is opened, in twice its lap, and every path of the device's code has run hot. */
    public void warmUp() {
        trial(SMALL, Math.max(WARM_UP_S, 1.1 * flows.count() / WARM_UP_RATE), WARM_UP_RATE);
        trial(SMALL, WARM_UP_S, 0);
    }

    /**
     * One trial.
     *
     * @param frame size, as {@link FrameSize} reads it
     * @param perSecond frames a second, 0 for as many as go
     */
    public Trial trial(final String frame, final double seconds, final long perSecond) {
        return run(ring(frame), load(seconds, perSecond));
    }

    /**
     * One trial whose latencies are noted, of one frame in 256.
     *
     * @param pauses of the machine meanwhile
     */
    public record Timed(Trial trial, LatencyIntervals latencies, PauseMeter.Pauses pauses) {}

    /** Like {@link #trial}, but leaves the CPU to others between frames, as a rate below the highest allows. */
    public Timed timed(final String frame, final double seconds, final long perSecond) {
        final Load load = load(seconds, perSecond).resting(REST_NS);
        sink.begin(load);
        try (PauseMeter meter = new PauseMeter(ANY_CPU)) {
            final Trial trial = run(ring(frame), load);
            return new Timed(trial, sink.end(), meter.stop());
        }
    }

    private static Load load(final double seconds, final long perSecond) {
        return perSecond == 0 ? Load.flatOut(seconds) : Load.at(perSecond, seconds);
    }

    private Generator ring(final String frame) {
        return generators.computeIfAbsent(
                frame, each -> new RingGenerator(lab.client(), writer(each), GENERATOR_CPU));
    }

    private Trial run(final Generator generator, final Load load) {
        device.requireRunning();
        final long deliveredBefore = sink.delivered();
        final long judgedBefore = sink.sampled().judged();
        final long wrongBefore = sink.sampled().wrong();
        final double deviceBefore = device.cpuSeconds();
        final CpuUse machineBefore = CpuUse.now();
        final Sent sent = generator.run(load);
        device.requireRunning();
        final CpuUse machine = CpuUse.now().since(machineBefore);
        final double deviceS = device.cpuSeconds() - deviceBefore;
        Pause.ms(SETTLE_MS);
        if (sink.strangers() != 0) {
            throw new LabException(kind.name() + " let frames through with a wrong source");
        }
        return new Trial(
                load.perSecond(),
                sent.frames() - sent.dropped(),
                sent.seconds(),
                sink.delivered() - deliveredBefore,
                sink.sampled().judged() - judgedBefore,
                sink.sampled().wrong() - wrongBefore,
                sent.lateNs(),
                new Trial.Cpu(machine.busy(), machine.softirq(), deviceS, machine.stolen()));
    }

    /**
     * A trial above what a ring gives: frames come from the XDP program where the kernel lets it, from the ring
     * elsewhere. What the program loses at the queue before the device was not offered to it.
     */
    public Trial flood(final String frame, final double seconds, final long perSecond) {
        if (Command.find("ethtool").isEmpty() || BpfGenerator.obstacle().isPresent()) {
            return trial(frame, seconds, perSecond);
        }
        try (Generator program = new BpfGenerator(
                lab.client(), lab.router(), Lab.LAN, writer(frame), GENERATOR_CPU)) {
            return run(program, load(seconds, perSecond));
        }
    }

    /** What was wrong with frames that arrived, over all trials. */
    public Faults faults() {
        return sink.sampled();
    }

    private FrameWriter writer(final String frame) {
        return new FrameWriter(
                mac(lab.client().mac()),
                mac(lab.router().deviceMac(Lab.LAN)),
                flows,
                Direction.OUTBOUND,
                Checksums.FULL,
                FrameSize.of(frame));
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    public Lab lab() {
        return lab;
    }

    public DeviceUnderTest device() {
        return device;
    }

    /** Settings of the device, for people. */
    public Map<String, String> settings() {
        return device.settings();
    }

    /** Lets the device run, or keeps it from taking time while another one is measured. */
    public void let(final boolean run) {
        device.let(run);
    }

    @Override
    public void close() {
        generators.values().forEach(Generator::close);
        if (sink != null) {
            sink.close();
        }
        device.let(true);
        device.close();
        lab.close();
    }
}
