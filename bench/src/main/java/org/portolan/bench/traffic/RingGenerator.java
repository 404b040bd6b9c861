package org.portolan.bench.traffic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.LabException;
import org.portolan.dataplane.io.packet.TransmitRing;
import org.portolan.dataplane.system.LibcThread;

/**
 * A generator on a transmit ring of a host of the lab (PACKET_TX_RING, PACKET_QDISC_BYPASS): frames are written in
 * their slots, one system call hands over up to 64.
 *
 * <p>A run goes on with the flow after the last one of the run before, so that runs shorter than a lap do not keep to
 * the first flows.
 *
 * <p>It keeps time by CLOCK_REALTIME ({@link RealtimeClock}).
 */
public final class RingGenerator implements Generator {
    private static final int BATCH = 64;
    private static final int SLOTS = 1024;
    /** Column of /proc/net/dev behind the device's name. */
    private static final int SEND_DROPS = 11;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /** For what fell due at the very end. */
    private static final long OVERTIME_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LATEST_NS = TimeUnit.MINUTES.toNanos(10);

    private final Host host;
    private final FrameWriter writer;
    private final int cpu;
    private final TransmitRing ring;
    private final RealtimeClock clock = new RealtimeClock();
    private final Histogram late = new Histogram(LATEST_NS, 2);
    private long sent;
    private long refused;
    private int flow;
    private int lap;

    /**
     * @param host who sends, out of its one device
     * @param writer closed with the generator
     * @param cpu to pin the sending thread to, or -1
     */
    public RingGenerator(final Host host, final FrameWriter writer, final int cpu) {
        this.host = host;
        this.writer = writer;
        this.cpu = cpu;
        try {
            final int index = host.namespace().deviceIndex(Host.DEVICE);
            ring = host.namespace().call(() -> new TransmitRing(Host.DEVICE, index, FrameSize.MOST_BYTES, SLOTS));
        } catch (final Exception e) {
            throw new LabException("no generator: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "transmit ring";
    }

    @Override
    public Sent run(final Load load) {
        try {
            return host.namespace().call(() -> send(load));
        } catch (final Exception e) {
            throw new LabException("generator: " + e.getMessage(), e);
        }
    }

    private Sent send(final Load load) {
        if (cpu >= 0) {
            LibcThread.pinToCpu(cpu);
        }
        late.reset();
        sent = 0;
        refused = 0;
        final long droppedBefore = dropped();
        final long aheadNs = clock.aheadNs();
        final long beganNs = clock.nowNs();
        final long endNs = load.perSecond() == 0 ? flatOut(load, beganNs) : atRate(load, beganNs);
        clock.requireUnset(aheadNs);
        if (ring.isDown()) {
            throw new LabException("%s in %s went down".formatted(Host.DEVICE, host.namespace()));
        }
        return new Sent(
                load,
                sent,
                (endNs - beganNs) / 1e9,
                refused,
                dropped() - droppedBefore,
                late.getValueAtPercentile(99),
                late.getMaxValue());
    }

    /** The device's own count of frames to send that it dropped (proc_pid_net(5), the calling thread's namespace). */
    private static long dropped() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/net/dev"))) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith(Host.DEVICE + ":"))
                    .map(line ->
                            line.substring(Host.DEVICE.length() + 1).strip().split("\\s+"))
                    .mapToLong(fields -> Long.parseLong(fields[SEND_DROPS]))
                    .sum();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long flatOut(final Load load, final long beganNs) {
        final long lastNs = beganNs + (long) (load.seconds() * SECOND_NS);
        long nowNs = beganNs;
        while (nowNs < lastNs) {
            for (int i = 0; i < BATCH && put(load.run(), nowNs); i++) {}
            ring.kick();
            nowNs = clock.nowNs();
        }
        return nowNs;
    }

    /** Ends when all is sent, or a little after the time when the generator cannot keep up. */
    private long atRate(final Load load, final long beganNs) {
        final double gapNs = (double) SECOND_NS / load.perSecond();
        final long frames = load.frames();
        final long lastNs = beganNs + (long) (load.seconds() * SECOND_NS) + OVERTIME_NS;
        long nowNs = beganNs;
        while (sent < frames && nowNs < lastNs) {
            final long first = sent;
            final long due = Math.min(Math.min((long) ((nowNs - beganNs) / gapNs) + 1, frames), first + BATCH);
            while (sent < due && put(load.run(), beganNs + (long) (sent * gapNs))) {}
            ring.kick();
            if (due <= first && load.restNs() > 0) {
                LockSupport.parkNanos(load.restNs());
            }
            nowNs = clock.nowNs();
            for (long frame = first; frame < sent; frame++) {
                late.recordValue(Math.clamp(nowNs - beganNs - (long) (frame * gapNs), 0, LATEST_NS));
            }
        }
        return nowNs;
    }

    /** Whether there was a slot for the next frame. */
    private boolean put(final int run, final long intendedNs) {
        final long place = ring.claim();
        if (place == 0) {
            refused++;
            return false;
        }
        ring.commit(writer.write(place, run, sent, intendedNs, flow, lap), writer.offload());
        sent++;
        if (++flow == writer.flows().count()) {
            flow = 0;
            lap++;
        }
        return true;
    }

    @Override
    public void close() {
        ring.close();
        writer.close();
        clock.close();
    }
}
