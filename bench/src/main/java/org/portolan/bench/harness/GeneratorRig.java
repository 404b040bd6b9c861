package org.portolan.bench.harness;

import java.util.function.Function;
import org.portolan.bench.bpf.BpfGenerator;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
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

/** One generator, of either kind, in a lab, and a sink that counts: at the router's ingress, or behind a device. */
final class GeneratorRig implements AutoCloseable {
    private static final int PORT = 9000;
    private static final long SETTLE_MS = 200;
    /** What sends, and with the XDP program also what receives in the router's namespace. */
    private static final int CPU = 0;

    private final Lab lab;
    private final DeviceUnderTest device;
    private final KernelSink sink;
    private final Generator generator;

    /** @param delivered frames that the sink counted */
    record Trial(Sent sent, long delivered) {
        long lost() {
            return sent.frames() - delivered;
        }
    }

    private GeneratorRig(
            final Lab lab, final DeviceUnderTest device, final KernelSink sink, final Generator generator) {
        this.lab = lab;
        this.device = device;
        this.sink = sink;
        this.generator = generator;
    }

    /** Frames end at the router's ingress. */
    static GeneratorRig deadEnd(final int flows, final boolean program) {
        final Lab lab = Lab.builder().build();
        try {
            final boolean oneHost = flows <= TrafficFlows.MOST_OF_ONE_HOST;
            final AddressBlock sources = oneHost
                    ? AddressBlock.of(Lab.CLIENT_ADDRESS)
                    : new AddressBlock(
                            AddressBlock.address(TrafficFlows.INSIDE_NETWORK.split("/")[0]), 1 << 24);
            final KernelSink sink = new KernelSink(lab.router(), Lab.LAN, passage(sources, 0), Checksums.FULL);
            return new GeneratorRig(lab, null, sink, generator(lab, flows(flows), program));
        } catch (final RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /** Frames go through a NAT to the server. */
    static GeneratorRig through(final Function<Lab, DeviceUnderTest> nat, final int flows, final boolean program) {
        final Lab lab = Lab.builder().build();
        final DeviceUnderTest device = nat.apply(lab);
        try {
            device.start();
            if (lab.client().ping(Lab.SERVER_ADDRESS, "-c", "3", "-i", "0.2").received() == 0) {
                throw new LabException(device.name() + " does not forward a ping");
            }
            final KernelSink sink = new KernelSink(
                    lab.server().namespace(),
                    Host.DEVICE,
                    passage(AddressBlock.of(Lab.OUTSIDE_ADDRESS), 1),
                    Checksums.FULL);
            return new GeneratorRig(lab, device, sink, generator(lab, flows(flows), program));
        } catch (final RuntimeException e) {
            device.close();
            lab.close();
            throw e;
        }
    }

    private static Passage passage(final AddressBlock sources, final int hops) {
        return new Passage(TrafficDirection.OUTBOUND, sources, AddressBlock.address(Lab.SERVER_ADDRESS), PORT, hops);
    }

    private static TrafficFlows flows(final int count) {
        return TrafficFlows.fromInside(
                count, AddressBlock.address(Lab.CLIENT_ADDRESS), AddressBlock.address(Lab.SERVER_ADDRESS), PORT);
    }

    private static Generator generator(final Lab lab, final TrafficFlows flows, final boolean program) {
        final FrameWriter writer = new FrameWriter(
                mac(lab.client().mac()),
                mac(lab.router().deviceMac(Lab.LAN)),
                flows,
                TrafficDirection.OUTBOUND,
                Checksums.FULL,
                FrameSize.of("64"));
        return program
                ? new BpfGenerator(lab.client(), lab.router(), Lab.LAN, writer, CPU)
                : new RingGenerator(lab.client(), writer, CPU);
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    String device() {
        return device.name();
    }

    String generator() {
        return generator.name();
    }

    Trial run(final Load load) {
        final long before = sink.delivered();
        final Sent sent = generator.run(load);
        Wait.ms(SETTLE_MS);
        if (sink.strangers() != 0 || sink.sampled().wrong() != 0) {
            throw new LabException("frames came with a wrong source, or wrong: " + sink.sampled());
        }
        return new Trial(sent, sink.delivered() - before);
    }

    @Override
    public void close() {
        generator.close();
        if (device != null) {
            device.close();
        }
        lab.close();
    }
}
