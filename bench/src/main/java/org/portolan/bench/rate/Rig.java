package org.portolan.bench.rate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.CpuTime;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Json;
import org.portolan.bench.lab.KernelNat;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;

/**
 * A device under test in a lab of its own, with a generator before it and a sink behind it. While another is measured
 * it is stopped (SIGSTOP).
 */
final class Rig implements AutoCloseable {
    private static final int PORT = 9000;
    private static final double SETTLE_S = 0.2;

    private final Lab lab;
    private final DeviceUnderTest device;
    private final Generator generator;
    private final Sink sink;

    /**
     * One trial.
     *
     * @param delivered frames that reached the sink with the right source
     * @param cpu time taken meanwhile
     */
    record Trial(Generator.Sent sent, long delivered, Cpu cpu) {
        boolean isLossFree() {
            return delivered == sent.frames();
        }

        double deliveredPerSecond() {
            return delivered / sent.seconds();
        }

        double lossPercent() {
            return 100.0 * (sent.frames() - delivered) / Math.max(1, sent.frames());
        }
    }

    /**
     * CPU time in seconds.
     *
     * @param machine of the whole machine, generator included
     * @param softirq the part of it that the kernel spent in softirq, where veth delivers and the kernel's NAT works
     * @param router of the router's process; 0 for the kernel
     */
    record Cpu(double machine, double softirq, double router) {
        Cpu since(final Cpu before) {
            return new Cpu(machine - before.machine, softirq - before.softirq, router - before.router);
        }
    }

    private Rig(final Lab lab, final DeviceUnderTest device, final Sink sink, final int flows) {
        this.lab = lab;
        this.device = device;
        this.sink = sink;
        device.start();
        final long routerMac = Long.parseLong(lab.router().deviceMac(Lab.LAN).replace(":", ""), 16);
        generator = new Generator(lab.client(), routerMac, Generator.address(Lab.SERVER_ADDRESS), PORT, flows, 0);
    }

    /** Also lets the ARP tables on the way fill, so that the first trial does not lose frames to them. */
    private Rig thatForwards() {
        if (lab.client().ping(Lab.SERVER_ADDRESS, "-c", "3", "-i", "0.2").received() == 0) {
            throw new LabException(device.name() + " does not forward a ping");
        }
        return this;
    }

    private static Sink atServer(final Lab lab, final String source) {
        return new Sink(lab.server().namespace(), Host.DEVICE, source, PORT);
    }

    static Rig portolan(final int flows) {
        final Lab lab = Lab.builder().build();
        final DeviceUnderTest router = PortolanProcess.in(lab).idle("busy").config("io", "cpus = [1]").build();
        return new Rig(lab, router, atServer(lab, Lab.OUTSIDE_ADDRESS), flows).thatForwards();
    }

    static Rig kernel(final int flows) {
        final Lab lab = Lab.builder().build();
        return new Rig(lab, new KernelNat(lab), atServer(lab, Lab.OUTSIDE_ADDRESS), flows).thatForwards();
    }

    static Rig base(final int flows) {
        final Lab lab = Lab.builder().build();
        return new Rig(lab, new PlainRoute(lab), atServer(lab, Lab.CLIENT_ADDRESS), flows).thatForwards();
    }

    static Rig generatorAlone(final int flows) {
        final Lab lab = Lab.builder().build();
        return new Rig(lab, new DeadEnd(), new Sink(lab.router(), Lab.LAN, Lab.CLIENT_ADDRESS, PORT), flows);
    }

    String name() {
        return device.name();
    }

    Lab lab() {
        return lab;
    }

    /**
     * Lets the device run, or keeps it from running. The kernel cannot be stopped, and takes no time when nothing
     * arrives.
     */
    void let(final boolean run) {
        if (device instanceof final PortolanProcess router) {
            Command.run("kill", run ? "-CONT" : "-STOP", Long.toString(router.process().pid()));
        }
    }

    Trial run(final double seconds, final long perSecond) {
        final long before = sink.delivered();
        final Cpu cpuBefore = cpu();
        final Generator.Sent sent = generator.run(seconds, perSecond);
        final Cpu cpu = cpu().since(cpuBefore);
        sleep(SETTLE_S);
        if (sink.strangers() != 0) {
            throw new LabException(device.name() + " let frames through with a wrong source");
        }
        return new Trial(sent, sink.delivered() - before, cpu);
    }

    static void sleep(final double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    /** User, nice, system, irq and softirq time of all CPUs (/proc/stat, 100 ticks a second). */
    private Cpu cpu() {
        final String[] fields = read(Path.of("/proc/stat")).getFirst().split("\\s+");
        long ticks = 0;
        for (final int field : new int[] {1, 2, 3, 6, 7}) {
            ticks += Long.parseLong(fields[field]);
        }
        return new Cpu(ticks / 100.0, Long.parseLong(fields[7]) / 100.0, routerCpuS());
    }

    private double routerCpuS() {
        return device instanceof final PortolanProcess router ? CpuTime.of(router.process()) : 0;
    }

    private static List<String> read(final Path file) {
        try {
            return Files.readAllLines(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Heap bytes that the worker's thread ever allocated; -1 for a device that has no heap. */
    long allocatedBytes() {
        return device instanceof final PortolanProcess router
                ? router.askJson("stats").get("frames").get("allocated_bytes").number()
                : -1;
    }

    /** Gbit/s of one TCP stream, by iperf3, default offloads. */
    double iperfGigabits(final int seconds) {
        final Process server = lab.server().namespace().start(
                new ProcessBuilder("iperf3", "-s", "-1", "-B", Lab.SERVER_ADDRESS).redirectOutput(ProcessBuilder.Redirect.DISCARD));
        try {
            sleep(0.5);
            final Json result = Json.parse(lab.client().namespace().run(
                    "iperf3", "-c", Lab.SERVER_ADDRESS, "-t", Integer.toString(seconds), "-J"));
            return Double.parseDouble(result.get("end").get("sum_received").get("bits_per_second").toString()) / 1e9;
        } finally {
            server.destroyForcibly();
        }
    }

    @Override
    public void close() {
        let(true);
        generator.close();
        device.close();
        lab.close();
    }
}
