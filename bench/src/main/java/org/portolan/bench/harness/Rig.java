package org.portolan.bench.harness;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.portolan.bench.bpf.BpfGenerator;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.Terms;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.CpuUse;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Wait;
import org.portolan.bench.traffic.AddressBlock;
import org.portolan.bench.traffic.Arrivals;
import org.portolan.bench.traffic.CheckingSink;
import org.portolan.bench.traffic.Checksums;
import org.portolan.bench.traffic.FrameSize;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Generator;
import org.portolan.bench.traffic.KernelSink;
import org.portolan.bench.traffic.LatencyIntervals;
import org.portolan.bench.traffic.Load;
import org.portolan.bench.traffic.MachinePauses;
import org.portolan.bench.traffic.Passage;
import org.portolan.bench.traffic.RingGenerator;
import org.portolan.bench.traffic.Sent;
import org.portolan.bench.traffic.TrafficDirection;
import org.portolan.bench.traffic.TrafficFlows;

/** A device under test in a lab of its own, generators before it and a sink behind it. */
final class Rig implements AutoCloseable {
    /** Shorter frames have no room for the probe; it is the plan's standard size. */
    private static final String SMALL = "64";

    private static final int PORT = 9000;
    private static final int GENERATOR_CPU = 0;
    private static final int ANY_CPU = -1;
    private static final long SETTLE_MS = 200;
    private static final long WARM_UP_RATE = 100_000;
    private static final double WARM_UP_S = 4;
    private static final double START_TIMEOUT_S = 30;

    private final DeviceKind kind;
    private final Lab lab;
    private final DeviceUnderTest device;
    private TrafficFlows flows;
    private Passage passage;
    private KernelSink sink;
    private final Map<String, Generator> generators = new HashMap<>();
    private Generator program;

    /** @param sessions that the traffic has, and the device must hold */
    Rig(final DeviceKind kind, final long sessions) {
        this.kind = kind;
        final Terms terms = new Terms(sessions);
        lab = Lab.builder().build();
        device = kind.in(lab, terms);
        try {
            flows = TrafficFlows.fromInside(
                    Math.toIntExact(sessions),
                    AddressBlock.address(Lab.CLIENT_ADDRESS),
                    AddressBlock.address(Lab.SERVER_ADDRESS),
                    PORT);
            passage = passage(kind, terms, flows);
            sink = new KernelSink(lab.server().namespace(), Host.DEVICE, passage, Checksums.FULL);
            device.start();
            awaitForwarding();
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Passage passage(final DeviceKind kind, final Terms terms, final TrafficFlows flows) {
        final AddressBlock outside = kind.translates()
                ? AddressBlock.of(terms.firstOutside() + "-" + terms.lastOutside())
                : flows.addresses();
        return new Passage(
                TrafficDirection.OUTBOUND, outside, AddressBlock.address(Lab.SERVER_ADDRESS), PORT, kind.hops());
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
    void warmUp() {
        trial(SMALL, Math.max(WARM_UP_S, 1.1 * flows.count() / WARM_UP_RATE), WARM_UP_RATE);
        trial(SMALL, WARM_UP_S, 0);
    }

    /**
     * One trial.
     *
     * @param frame size, as {@link FrameSize} reads it
     * @param perSecond frames a second, 0 for as many as go
     */
    Trial trial(final String frame, final double seconds, final long perSecond) {
        return run(ring(frame), load(seconds, perSecond)).trial;
    }

    /** What came of a load, and what the generator says of it. */
    private record Ran(Trial trial, Sent sent) {}

    /**
     * One trial whose latencies are noted.
     *
     * @param pauses of the machine meanwhile
     */
    record Timed(Trial trial, LatencyIntervals latencies, MachinePauses.Pauses pauses) {}

    /**
     * Latencies are those of one frame in 256. The generator spins between frames: one that rests sends late, by as
     * much as a timer is late.
     */
    Timed timed(final String frame, final double seconds, final long perSecond) {
        return timed(ring(frame), load(seconds, perSecond));
    }

    /** The same with the XDP program, where a ring cannot keep up; empty where the program cannot run. */
    Optional<Timed> timedFlood(final String frame, final double seconds, final long perSecond) {
        return program(frame).map(each -> timed(each, load(seconds, perSecond)));
    }

    private Timed timed(final Generator generator, final Load load) {
        sink.begin(load);
        try (MachinePauses meter = new MachinePauses(ANY_CPU)) {
            final Trial trial = run(generator, load).trial;
            return new Timed(trial, sink.end(), meter.stop());
        }
    }

    /**
     * Like {@link #timed}, but every frame is looked at, and whether it came once, in order, and from an endpoint that
     * is its flow's alone. That takes a good part of a CPU: for rates below half of the throughput.
     */
    Timed checked(final String frame, final double seconds, final long perSecond) {
        final Load load = load(seconds, perSecond);
        try (MachinePauses meter = new MachinePauses(ANY_CPU);
                CheckingSink all = new CheckingSink(
                        lab.server().namespace(), Host.DEVICE, passage, Checksums.FULL, flows, ANY_CPU, sink)) {
            all.begin(load);
            final Ran ran = run(ring(frame), load);
            final MachinePauses.Pauses pauses = meter.stop();
            final Arrivals arrivals = all.end(ran.sent);
            final long wrong =
                    arrivals.faults().wrong() + arrivals.duplicates() + arrivals.reordered() + arrivals.tooLate();
            return new Timed(ran.trial.withChecks(arrivals.faults().judged(), wrong), arrivals.latency(), pauses);
        }
    }

    private static Load load(final double seconds, final long perSecond) {
        return perSecond == 0 ? Load.flatOut(seconds) : Load.at(perSecond, seconds);
    }

    private Generator ring(final String frame) {
        return generators.computeIfAbsent(frame, each -> new RingGenerator(lab.client(), writer(each), GENERATOR_CPU));
    }

    private Ran run(final Generator generator, final Load load) {
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
        Wait.ms(SETTLE_MS);
        if (sink.strangers() != 0) {
            throw new LabException(kind.name() + " let frames through with a wrong source");
        }
        final Trial trial = new Trial(
                load.perSecond(),
                sent.frames(),
                sent.seconds(),
                sink.delivered() - deliveredBefore,
                sink.sampled().judged() - judgedBefore,
                sink.sampled().wrong() - wrongBefore,
                sent.lateNs(),
                new Trial.Cpu(machine.busy(), machine.softirq(), deviceS, machine.stolen()));
        return new Ran(trial, sent);
    }

    /** Why the XDP program cannot send here; empty when it can. */
    static Optional<String> floodObstacle() {
        return Command.find("ethtool").isEmpty()
                ? Optional.of("ethtool is not installed (package ethtool)")
                : BpfGenerator.obstacle();
    }

    /**
     * A trial whose frames come from the XDP program, which takes less of the CPU than a ring, and gives more; from the
     * ring where the kernel forbids it, and for frames of several sizes. {@link #endFlood} comes after.
     */
    Trial flood(final String frame, final double seconds, final long perSecond) {
        return run(program(frame).orElseGet(() -> ring(frame)), load(seconds, perSecond)).trial;
    }

    private Optional<Generator> program(final String frame) {
        if (program == null && !isMixed(frame) && floodObstacle().isEmpty()) {
            program = new BpfGenerator(lab.client(), lab.router(), Lab.LAN, writer(frame), GENERATOR_CPU);
        }
        return Optional.ofNullable(program);
    }

    private static boolean isMixed(final String frame) {
        return !frame.matches("\\d+");
    }

    /** The program goes, and the receiving device is set as it was. */
    void endFlood() {
        if (program != null) {
            program.close();
            program = null;
        }
    }

    private FrameWriter writer(final String frame) {
        return new FrameWriter(
                mac(lab.client().mac()),
                mac(lab.router().deviceMac(Lab.LAN)),
                flows,
                TrafficDirection.OUTBOUND,
                Checksums.FULL,
                FrameSize.of(frame));
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    Lab lab() {
        return lab;
    }

    DeviceUnderTest device() {
        return device;
    }

    /** Settings of the device, for people. */
    Map<String, String> settings() {
        return device.settings();
    }

    /** Lets the device run, or keeps it from taking time while another one is measured. */
    void let(final boolean run) {
        device.let(run);
    }

    @Override
    public void close() {
        endFlood();
        generators.values().forEach(Generator::close);
        if (sink != null) {
            sink.close();
        }
        device.let(true);
        device.close();
        lab.close();
    }
}
